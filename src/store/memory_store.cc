// The record store in memory: the simplest thing that is right. Sanitizer builds, unit tests and
// the conformance tests measure other engines by it; nothing survives the process.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "assay/store.h"
#include "store/row_match.h"
#include "store/side_tables.h"

namespace assay {
namespace {

constexpr std::size_t kRowsPerBlock = 65'536;

struct StoredName {
  std::uint64_t check;
  std::string canonical;
};

struct Stored {
  std::set<std::uint64_t> batch_numbers;
  RowBatch rows;  // without its side tables
  std::vector<StoredAnswer> answers;
  std::vector<StoredRecord> records;
  std::multimap<std::uint64_t, StoredName> names;  // two under one key are a collision
  std::multimap<std::uint64_t, NewHost> hosts;
};

struct RowAt {
  std::uint32_t evidence;
  const RowBatch* rows;
  std::size_t i;
};

bool precedes_by_time(const RowAt& a, const RowAt& b) {
  const auto key = [](const RowAt& row) {
    return std::tuple(row.rows->time_us[row.i], row.evidence, row.rows->offset[row.i]);
  };
  return key(a) < key(b);
}

bool precedes_by_pair(const RowAt& a, const RowAt& b) {
  const auto pair = [](const RowAt& row) {
    return std::pair(row.rows->client[row.i], row.rows->qname[row.i]);
  };
  const auto pair_a = pair(a), pair_b = pair(b);
  return pair_a != pair_b ? pair_a < pair_b : precedes_by_time(a, b);
}

void append_records(std::uint32_t evidence, const RowBatch& batch,
                    std::vector<StoredRecord>& records) {
  std::size_t field = 0;
  for (const RecordRow& row : batch.records) {
    StoredRecord& record = records.emplace_back(StoredRecord{evidence, row, {}});
    for (; field < batch.fields.size() && batch.fields[field].number == row.number; ++field) {
      record.fields.emplace_back(batch.fields[field].field, field_text_of(batch, field));
    }
  }
}

class MemoryStore final : public RecordStore {
 public:
  explicit MemoryStore(std::uint64_t key_seed) : key_seed_(key_seed) {}

  std::string_view engine() const override { return "memory"; }
  std::string engine_version() const override { return "1"; }
  std::uint64_t key_seed() const override { return key_seed_; }

  Status begin(std::uint32_t evidence) override {
    stored_[evidence] = Stored{};
    return {};
  }

  Status append(std::uint32_t evidence, std::uint64_t batch_number,
                const RowBatch& batch) override {
    Stored& stored = stored_[evidence];
    if (!stored.batch_numbers.insert(batch_number).second) return {};
    for (std::size_t i = 0; i < batch.size(); ++i) stored.rows.push(batch.row(i));
    for (std::size_t i = 0; i < batch.answers.size(); ++i) {
      stored.answers.push_back({evidence, batch.answers[i], std::string(rdata_of(batch, i))});
    }
    append_records(evidence, batch, stored.records);
    for (std::size_t i = 0; i < batch.names.size(); ++i) {
      stored.names.emplace(batch.names.key[i],
                           StoredName{batch.names.check[i], std::string(batch.names.canonical(i))});
    }
    for (const NewHost& host : batch.hosts) {
      if (!is_ipv4_key(host.key)) stored.hosts.emplace(host.key, host);
    }
    return {};
  }

  Status commit(const std::vector<std::uint32_t>&) override {
    CollisionCheck check;
    for (const auto& [key, entry] : all_names()) ASSAY_TRY(check.add_name(key, entry->check));
    for (const auto& [key, entry] : all_hosts()) ASSAY_TRY(check.add_host(key, entry->address));
    return {};
  }

  Status drop(std::uint32_t evidence) override {
    stored_.erase(evidence);
    return {};
  }

  Status scan(const RowFilter& filter, RowOrder order,
              const std::function<bool(const RowBlock&)>& each) override {
    std::vector<RowAt> wanted = select(filter);
    std::stable_sort(wanted.begin(), wanted.end(),
                     order == RowOrder::by_pair ? precedes_by_pair : precedes_by_time);
    RowBatch block;
    std::vector<std::uint32_t> evidence;
    for (std::size_t from = 0; from < wanted.size(); from += kRowsPerBlock) {
      block = RowBatch{};
      evidence.clear();
      const std::size_t to = std::min(wanted.size(), from + kRowsPerBlock);
      for (std::size_t i = from; i < to; ++i) {
        block.push(wanted[i].rows->row(wanted[i].i));
        evidence.push_back(wanted[i].evidence);
      }
      if (!each({&block, &evidence})) break;
    }
    return {};
  }

  Status count(const RowFilter& filter, const std::vector<GroupKey>& by,
               const std::function<bool(const GroupCount&)>& each) override {
    std::map<std::vector<std::uint64_t>, std::uint64_t> groups;
    std::vector<std::uint64_t> key(by.size());
    for (const RowAt& row : select(filter)) {
      for (std::size_t k = 0; k < by.size(); ++k) {
        key[k] = group_value(by[k], row.evidence, *row.rows, row.i);
      }
      ++groups[key];
    }
    for (const auto& [group, count] : groups) {
      if (!each({group, count})) break;
    }
    return {};
  }

  Result<std::uint64_t> count_rows(const RowFilter& filter) override {
    return std::uint64_t{select(filter).size()};
  }

  Status answers(const RowFilter& filter,
                 const std::function<bool(const StoredAnswer&)>& each) override {
    std::set<std::pair<std::uint32_t, std::uint64_t>> loci;
    for (const RowAt& row : select(filter)) loci.emplace(row.evidence, row.rows->offset[row.i]);
    for (const auto& [number, stored] : stored_) {
      std::vector<const StoredAnswer*> wanted;
      for (const StoredAnswer& answer : stored.answers) {
        if (loci.contains({number, answer.answer.offset})) wanted.push_back(&answer);
      }
      std::stable_sort(wanted.begin(), wanted.end(), [](const auto* a, const auto* b) {
        return a->answer.offset < b->answer.offset;
      });
      for (const StoredAnswer* answer : wanted) {
        if (!each(*answer)) return {};
      }
    }
    return {};
  }

  Status records(const RowFilter& filter,
                 const std::function<bool(const StoredRecord&)>& each) override {
    for (const StoredRecord* record : select_records(filter)) {
      if (!each(*record)) break;
    }
    return {};
  }

  Result<std::uint64_t> count_records(const RowFilter& filter) override {
    return std::uint64_t{select_records(filter).size()};
  }

  Result<std::optional<std::string>> name(std::uint64_t key) override {
    for (const auto& [number, stored] : stored_) {
      const auto found = stored.names.find(key);
      if (found != stored.names.end()) return std::optional(found->second.canonical);
    }
    return std::optional<std::string>();
  }

  Result<std::optional<IpAddress>> host(std::uint64_t key) override {
    if (is_ipv4_key(key)) {
      return std::optional(IpAddress::from_v4(static_cast<std::uint32_t>(key)));
    }
    for (const auto& [number, stored] : stored_) {
      const auto found = stored.hosts.find(key);
      if (found != stored.hosts.end()) return std::optional(found->second.address);
    }
    return std::optional<IpAddress>();
  }

  Status names(const std::function<bool(std::uint64_t, std::string_view)>& each) override {
    std::optional<std::uint64_t> last;
    for (const auto& [key, entry] : all_names()) {
      if (std::exchange(last, key) == key) continue;
      if (!each(key, entry->canonical)) break;
    }
    return {};
  }

  Status hosts(const std::function<bool(std::uint64_t, const IpAddress&)>& each) override {
    std::optional<std::uint64_t> last;
    for (const auto& [key, entry] : all_hosts()) {
      if (std::exchange(last, key) == key) continue;
      if (!each(key, entry->address)) break;
    }
    return {};
  }

  Status sql(std::string_view, std::string_view,
             const std::function<bool(std::string_view)>&) override {
    return unsupported("SQL");
  }

  Status export_parquet(const RowFilter&, const std::string&) override {
    return unsupported("a Parquet export");
  }

 private:
  static Error unsupported(std::string_view what) {
    return {ErrorCode::unsupported, "the in-memory record store cannot do " + std::string(what),
            "use a build with the embedded store (-DASSAY_EMBEDDED_STORE=ON)"};
  }

  std::vector<RowAt> select(const RowFilter& filter) const {
    const RowMatcher matcher(filter);
    std::vector<RowAt> wanted;
    for (const auto& [number, stored] : stored_) {
      if (!matcher.wants_evidence(number)) continue;
      for (std::size_t i = 0; i < stored.rows.size(); ++i) {
        if (matcher.matches(stored.rows, i)) wanted.push_back({number, &stored.rows, i});
      }
    }
    return wanted;
  }

  std::vector<const StoredRecord*> select_records(const RowFilter& filter) const {
    const RowMatcher matcher(filter);
    std::vector<const StoredRecord*> wanted;
    for (const auto& [number, stored] : stored_) {
      if (!matcher.wants_evidence(number)) continue;
      for (const StoredRecord& record : stored.records) {
        if (matcher.matches(record.row)) wanted.push_back(&record);
      }
    }
    std::sort(wanted.begin(), wanted.end(), [](const StoredRecord* a, const StoredRecord* b) {
      return std::tuple(a->row.time_us, a->evidence, a->row.number) <
             std::tuple(b->row.time_us, b->evidence, b->row.number);
    });
    return wanted;
  }

  std::multimap<std::uint64_t, const StoredName*> all_names() const {
    std::multimap<std::uint64_t, const StoredName*> all;
    for (const auto& [number, stored] : stored_) {
      for (const auto& [key, name] : stored.names) all.emplace(key, &name);
    }
    return all;
  }

  std::multimap<std::uint64_t, const NewHost*> all_hosts() const {
    std::multimap<std::uint64_t, const NewHost*> all;
    for (const auto& [number, stored] : stored_) {
      for (const auto& [key, host] : stored.hosts) all.emplace(key, &host);
    }
    return all;
  }

  const std::uint64_t key_seed_;
  std::map<std::uint32_t, Stored> stored_;
};

}  // namespace

std::unique_ptr<RecordStore> make_memory_store(std::uint64_t key_seed) {
  return std::make_unique<MemoryStore>(key_seed);
}

}  // namespace assay
