#include "engine/other_names.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "engine/question_records.h"

namespace assay {
namespace {

constexpr std::int64_t kBurstUs = 60 * kMicrosPerSecond;
constexpr std::uint16_t kA = 1, kAaaa = 28;

// Keys of IPv6 hosts are hashes: only IPv4 addresses can be put together without their texts.
std::uint64_t network_of(std::uint64_t client) {
  return client <= 0xffffffffu ? client >> 8 : client;
}

std::uint64_t mixed(std::uint64_t key) {
  key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9ULL;
  key = (key ^ (key >> 27)) * 0x94d049bb133111ebULL;
  return key ^ (key >> 31);
}

struct OfNetwork {
  std::uint32_t bursts = 0, for_addresses = 0;
};
struct Sum {
  std::uint32_t bursts = 0, for_addresses = 0, networks = 0, most = 0, second = 0;
};

// Fed in the order (client, qname, time), so that a network's rows come one after the other.
class SharesByName {
 public:
  explicit SharesByName(std::size_t most_names) : most_names_(most_names) {}

  bool is_drawn(std::uint64_t name) const { return (mixed(name) & mask_) == 0; }

  void add(std::uint64_t client, std::uint64_t name, std::int64_t time_us, std::uint16_t qtype) {
    if (network_of(client) != network_) close_network();
    network_ = network_of(client);
    const bool goes_on = client == client_ && name == name_ && time_us - last_us_ <= kBurstUs;
    client_ = client;
    name_ = name;
    last_us_ = time_us;
    if (goes_on) return;
    OfNetwork& own = of_network_[name];
    ++own.bursts;
    own.for_addresses += qtype == kA || qtype == kAaaa;
    if (of_network_.size() > most_names_) draw_fewer();
  }

  std::uint32_t one_in() const { return static_cast<std::uint32_t>(mask_ + 1); }

  std::vector<OtherName> finish() {
    close_network();
    std::vector<OtherName> names;
    names.reserve(sums_.size());
    for (const auto& [key, sum] : sums_) {
      names.push_back(
          {sum.bursts, sum.most + sum.second, sum.networks, 2 * sum.for_addresses >= sum.bursts});
    }
    const auto order = [](const OtherName& one) {
      return std::tie(one.bursts, one.top_two, one.networks, one.is_for_addresses);
    };
    std::sort(names.begin(), names.end(),
              [&](const OtherName& a, const OtherName& b) { return order(a) < order(b); });
    return names;
  }

 private:
  void close_network() {
    for (const auto& [name, own] : of_network_) {
      Sum& sum = sums_[name];
      sum.bursts += own.bursts;
      sum.for_addresses += own.for_addresses;
      ++sum.networks;
      sum.second = std::max(sum.second, std::min(own.bursts, sum.most));
      sum.most = std::max(sum.most, own.bursts);
    }
    of_network_.clear();
    if (sums_.size() > most_names_) draw_fewer();
  }

  void draw_fewer() {
    while (std::max(sums_.size(), of_network_.size()) > most_names_) {
      mask_ = 2 * mask_ + 1;
      std::erase_if(sums_, [this](const auto& one) { return !is_drawn(one.first); });
      std::erase_if(of_network_, [this](const auto& one) { return !is_drawn(one.first); });
    }
  }

  const std::size_t most_names_;
  std::uint64_t mask_ = 0;
  std::uint64_t network_ = 0, client_ = 0, name_ = 0;
  std::int64_t last_us_ = 0;
  std::unordered_map<std::uint64_t, OfNetwork> of_network_;
  std::unordered_map<std::uint64_t, Sum> sums_;
};

}  // namespace

Status load_other_names(RecordStore& store, const ClockShifts& shifts,
                        const std::function<bool(std::uint64_t)>& is_ours, QuestionRecords& records,
                        std::size_t most_names) {
  RowFilter filter;
  for (const Evidence* evidence : records.evidences) filter.evidences.push_back(evidence->number);
  if (records.window_is_stated) filter.window = shifts.recorded(records.window);
  SharesByName shares(most_names);
  std::uint64_t last_name = 0;
  bool is_wanted = false, is_first = true;
  ASSAY_TRY(store.scan(filter, RowOrder::by_pair, [&](const RowBlock& block) {
    const RowBatch& rows = *block.rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (is_first || rows.qname[i] != last_name) {
        last_name = rows.qname[i];
        is_wanted = !is_ours(last_name);
        is_first = false;
      }
      if (!is_wanted || rows.client[i] == 0 || !is_lookup(rows.flags[i])) continue;
      const std::int64_t time_us = rows.time_us[i] + shifts.of((*block.evidence)[i]);
      if (records.window_is_stated && !records.window.contains(time_us)) continue;
      if (!shares.is_drawn(last_name)) continue;
      shares.add(rows.client[i], last_name, time_us, rows.qtype[i]);
    }
    return true;
  }));
  records.other_names = shares.finish();
  records.other_names_one_in = shares.one_in();
  return {};
}

}  // namespace assay
