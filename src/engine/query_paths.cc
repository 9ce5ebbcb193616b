#include "engine/query_paths.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace assay {
namespace {

constexpr std::uint8_t kTcpNumber = 6;

// Whose records follow each other: evidence, client, over TCP.
using PathKey = std::tuple<std::uint32_t, std::uint64_t, bool>;

struct Asked {
  IpAddress client;
  std::vector<std::uint64_t> offsets;        // of its look-ups, ascending
  std::map<std::size_t, OtherRow> in_force;  // from this look-up on
};

class PathLoader {
 public:
  PathLoader(const ClockShifts& shifts, OtherRecords& others, std::size_t most)
      : shifts_(shifts), others_(others), most_(most) {}

  void learn(const QuestionRecords& group, std::uint64_t key_seed) {
    std::vector<std::uint64_t> keys;
    for (const HostInfo& host : group.hosts) keys.push_back(host_key(host.address, key_seed));
    for (const LookupRow& row : group.rows) {
      if (row.client == 0) continue;
      Asked& asked = asked_[{row.evidence, keys[row.client], (row.flags & kTcp) != 0}];
      asked.client = group.hosts[row.client].address;
      asked.offsets.push_back(row.offset);
    }
  }

  RowFilter filter() {
    std::set<std::uint32_t> evidences;
    std::set<std::uint64_t> clients;
    for (auto& [key, asked] : asked_) {
      std::sort(asked.offsets.begin(), asked.offsets.end());
      evidences.insert(std::get<0>(key));
      clients.insert(std::get<1>(key));
    }
    RowFilter filter;
    filter.kinds = {RecordKind::dns};
    filter.evidences.assign(evidences.begin(), evidences.end());
    filter.clients.assign(clients.begin(), clients.end());
    return filter;
  }

  // Of the records before a look-up the last one is in force, so of a client whose hop limit
  // changes with every packet no more are kept than it has look-ups of the question.
  void take(const StoredRecord& record) {
    static const FieldId kHopLimit = field_id("hop_limit"), kEdnsSize = field_id("edns_size");
    const auto found =
        asked_.find({record.evidence, record.row.client, record.row.protocol == kTcpNumber});
    if (found == asked_.end()) return;
    Asked& asked = found->second;
    OtherRow row;
    for (const auto& field : record.fields) {
      if (field.first == kHopLimit || field.first == kEdnsSize) row.fields.push_back(field);
    }
    const auto first =
        std::lower_bound(asked.offsets.begin(), asked.offsets.end(), record.row.offset);
    if (row.fields.empty() || first == asked.offsets.end()) return;
    const auto place = static_cast<std::size_t>(first - asked.offsets.begin());
    const auto known = asked.in_force.find(place);
    if (known != asked.in_force.end() && known->second.row.offset > record.row.offset) return;
    if (known == asked.in_force.end() && kept_ == most_) {
      ++others_.left_out[RecordKind::dns];
      return;
    }
    kept_ += known == asked.in_force.end();
    row.row = record.row;
    row.evidence = record.evidence;
    row.client = asked.client;
    if (const std::int64_t add_us = shifts_.of(record.evidence); add_us != 0) {
      row.row.time_us += add_us;
      row.row.until_us += add_us;
      row.row.flags |= kClockCorrected;
    }
    asked.in_force.insert_or_assign(place, std::move(row));
  }

  void finish() {
    for (auto& [key, asked] : asked_) {
      for (auto& [place, row] : asked.in_force) others_.rows.push_back(std::move(row));
    }
    std::stable_sort(others_.rows.begin(), others_.rows.end(),
                     [](const OtherRow& a, const OtherRow& b) {
                       return std::tuple(a.row.time_us, a.evidence, a.row.number) <
                              std::tuple(b.row.time_us, b.evidence, b.row.number);
                     });
  }

 private:
  const ClockShifts& shifts_;
  OtherRecords& others_;
  std::size_t most_;
  std::size_t kept_ = 0;
  std::map<PathKey, Asked> asked_;
};

}  // namespace

Status load_query_paths(RecordStore& store, const std::vector<QuestionRecords>& groups,
                        const ClockShifts& shifts, OtherRecords& others, std::size_t most) {
  PathLoader loader(shifts, others, most);
  for (const QuestionRecords& group : groups) loader.learn(group, store.key_seed());
  const RowFilter filter = loader.filter();
  if (filter.clients.empty()) return {};
  ASSAY_TRY(store.records(filter, [&](const StoredRecord& record) {
    loader.take(record);
    return true;
  }));
  loader.finish();
  return {};
}

}  // namespace assay
