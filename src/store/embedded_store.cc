// The embedded record store: ClickHouse in the process, behind RecordStore.
#include "store/embedded_store.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "store/batch_insert.h"
#include "store/chdb_library.h"
#include "store/filter_sql.h"
#include "store/native_block.h"
#include "store/pair_count.h"
#include "store/parquet_export.h"
#include "store/people_sql.h"
#include "store/record_tables.h"
#include "store/row_match.h"
#include "store/side_tables.h"

namespace assay {
namespace {

// Reads of a MergeTree in key order, by one thread: the whole of memory is one block a part.
constexpr std::string_view kPairOrder = "client, qname, time_us, evidence, offset";
// Reading 20 parts ahead, the default, held 290 MiB and was no quicker.
constexpr std::string_view kUnbuffered = "SETTINGS read_in_order_use_buffering = 0";
constexpr std::string_view kTimeOrder = "time_us, evidence, offset";
constexpr std::size_t kMostKeysToCheck = 5'000;
constexpr std::string_view kColumns =
    "evidence, time_us, width_us, client, server, qname, qtype, qclass, rcode, id, client_port, "
    "ttl, flags, delay_us, offset, length";

void copy_rows(const NativeReader& block, RowBatch& rows, std::vector<std::uint32_t>& evidence) {
  block.copy(0, evidence);
  block.copy(1, rows.time_us);
  block.copy(2, rows.width_us);
  block.copy(3, rows.client);
  block.copy(4, rows.server);
  block.copy(5, rows.qname);
  block.copy(6, rows.qtype);
  block.copy(7, rows.qclass);
  block.copy(8, rows.rcode);
  block.copy(9, rows.id);
  block.copy(10, rows.client_port);
  block.copy(11, rows.ttl);
  block.copy(12, rows.flags);
  block.copy(13, rows.delay_us);
  block.copy(14, rows.offset);
  block.copy(15, rows.length);
}

IpAddress address_of(std::string_view bytes) {
  IpAddress address;
  std::memcpy(address.bytes.data(), bytes.data(), address.bytes.size());
  return address;
}

bool is_only_evidences(const RowFilter& filter) {
  RowFilter evidences;
  evidences.evidences = filter.evidences;
  return filter_sql(filter) == filter_sql(evidences);
}

bool begins_with_a_pair(const std::vector<GroupKey>& by) {
  return by.size() >= 2 && by[0] == GroupKey::client && by[1] == GroupKey::qname;
}

}  // namespace

EmbeddedStore::EmbeddedStore(Parts parts) : parts_(std::move(parts)) {}

EmbeddedStore::~EmbeddedStore() = default;

Status EmbeddedStore::refuse_writing() const {
  if (!parts_.is_read_only) return {};
  return Error{ErrorCode::usage, "the record store was opened for reading only", ""};
}

Status EmbeddedStore::run(const std::string& sql) {
  auto session = parts_.pool->borrow();
  if (!session.ok()) return session.error();
  return (*session)->run(sql);
}

Status EmbeddedStore::stream(const std::string& sql,
                             const std::function<bool(NativeReader&)>& each) {
  auto session = parts_.pool->borrow();
  if (!session.ok()) return session.error();
  return (*session)->stream(sql, "Native", [&](std::string_view piece) {
    NativeReader reader(piece);
    while (reader.next_block()) {
      if (!each(reader)) return false;
    }
    return true;
  });
}

Status EmbeddedStore::begin(std::uint32_t evidence) {
  ASSAY_TRY(drop(evidence));
  new_keys_[evidence].clear();
  return {};
}

Status EmbeddedStore::append(std::uint32_t evidence, std::uint64_t batch_number,
                             const RowBatch& batch) {
  ASSAY_TRY(refuse_writing());
  partition_rows_.reset();
  if (const auto keys = new_keys_.find(evidence); keys != new_keys_.end()) {
    keys->second.insert(keys->second.end(), batch.names.key.begin(), batch.names.key.end());
    if (keys->second.size() > kMostKeysToCheck) new_keys_.erase(keys);
  }
  auto session = parts_.pool->borrow();
  if (!session.ok()) return session.error();
  return insert_batch(**session, evidence, batch_number, batch);
}

Status EmbeddedStore::commit(const std::vector<std::uint32_t>& evidences) {
  ASSAY_TRY(refuse_writing());
  for (const std::uint32_t evidence : evidences) ASSAY_TRY(check_collisions(evidence));
  ASSAY_TRY(parts_.lock.sync());
  for (const std::uint32_t evidence : evidences) new_keys_.erase(evidence);
  return parts_.committed.add(evidences);
}

Status EmbeddedStore::check_collisions(std::uint32_t evidence) {
  // Few new names are looked up; for many, or after an interrupted read whose names nobody counted,
  // reading the whole table is quicker (0.06 CPU seconds a million names).
  std::string where = "1";
  if (const auto keys = new_keys_.find(evidence); keys != new_keys_.end()) {
    where = keys->second.empty() ? "0" : fmt::format("key IN ({})", fmt::join(keys->second, ","));
  }
  CollisionCheck check;
  Status found;
  ASSAY_TRY(stream(fmt::format("SELECT key, check FROM assay.names WHERE {} ORDER BY key", where),
                   [&](NativeReader& block) {
                     for (std::size_t i = 0; i < block.rows() && found.ok(); ++i) {
                       found = check.add_name(block.number(0, i), block.number(1, i));
                     }
                     return found.ok();
                   }));
  ASSAY_TRY(found);
  ASSAY_TRY(stream("SELECT key, ip FROM assay.hosts ORDER BY key", [&](NativeReader& block) {
    for (std::size_t i = 0; i < block.rows() && found.ok(); ++i) {
      found = check.add_host(block.number(0, i), address_of(block.fixed(1, i)));
    }
    return found.ok();
  }));
  return found;
}

Status EmbeddedStore::drop(std::uint32_t evidence) {
  ASSAY_TRY(refuse_writing());
  partition_rows_.reset();
  ASSAY_TRY(parts_.committed.remove(evidence));
  ASSAY_TRY(remove_segments(parts_.directory));
  for (const char* table : kPartitionedTables) {
    ASSAY_TRY(run(fmt::format("ALTER TABLE assay.{} DROP PARTITION {}", table, evidence)));
  }
  return {};
}

Status EmbeddedStore::scan(const RowFilter& filter, RowOrder order,
                           const std::function<bool(const RowBlock&)>& each) {
  RowBatch rows;
  std::vector<std::uint32_t> evidence;
  return stream(
      fmt::format("SELECT {} FROM assay.dns WHERE {} ORDER BY {} {}", kColumns, filter_sql(filter),
                  order == RowOrder::by_pair ? kPairOrder : kTimeOrder, kUnbuffered),
      [&](NativeReader& block) {
        copy_rows(block, rows, evidence);
        return each({&rows, &evidence});
      });
}

Status EmbeddedStore::count(const RowFilter& filter, const std::vector<GroupKey>& by,
                            const std::function<bool(const GroupCount&)>& each) {
  if (by.empty()) {
    auto rows = count_rows(filter);
    if (!rows.ok()) return rows.error();
    if (*rows > 0) each({{}, *rows});
    return {};
  }
  if (by.size() == 1 && by[0] == GroupKey::evidence && is_only_evidences(filter)) {
    return count_partitions(filter, each);
  }
  std::vector<std::string> keys;
  for (const GroupKey key : by) keys.push_back(group_sql(key));
  if (begins_with_a_pair(by)) return count_pairs(filter, keys, each);
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < by.size(); ++i) positions.push_back(i + 1);
  GroupCount group;
  group.key.resize(by.size());
  return stream(
      fmt::format("SELECT {0}, count() FROM assay.dns WHERE {1} GROUP BY {2} ORDER BY {2}",
                  fmt::join(keys, ", "), filter_sql(filter), fmt::join(positions, ", ")),
      [&](NativeReader& block) {
        for (std::size_t row = 0; row < block.rows(); ++row) {
          for (std::size_t k = 0; k < by.size(); ++k) group.key[k] = block.number(k, row);
          group.count = block.number(by.size(), row);
          if (!each(group)) return false;
        }
        return true;
      });
}

Status EmbeddedStore::count_pairs(const RowFilter& filter, const std::vector<std::string>& keys,
                                  const std::function<bool(const GroupCount&)>& each) {
  const std::size_t rest_keys = keys.size() - 2;
  PairCounter counter(rest_keys, each);
  std::vector<std::vector<std::uint64_t>> columns(keys.size());
  std::vector<std::uint64_t> rest(rest_keys);
  bool is_wanted = true;
  ASSAY_TRY(stream(fmt::format("SELECT {} FROM assay.dns WHERE {} ORDER BY client, qname {}",
                               fmt::join(keys, ", "), filter_sql(filter), kUnbuffered),
                   [&](NativeReader& block) {
                     for (std::size_t k = 0; k < keys.size(); ++k) block.copy(k, columns[k]);
                     for (std::size_t row = 0; row < block.rows() && is_wanted; ++row) {
                       for (std::size_t k = 0; k < rest_keys; ++k) rest[k] = columns[2 + k][row];
                       is_wanted = counter.add(columns[0][row], columns[1][row], rest.data());
                     }
                     return is_wanted;
                   }));
  if (is_wanted) counter.finish();
  return {};
}

// Parts know how many rows they hold, but asking them costs 3 ms when there are hundreds.
Status EmbeddedStore::load_partition_rows() {
  if (partition_rows_) return {};
  std::map<std::uint32_t, std::uint64_t> rows;
  ASSAY_TRY(
      stream("SELECT toUInt32(partition), sum(rows) FROM system.parts WHERE "
             "database = 'assay' AND table = 'dns' AND active GROUP BY partition",
             [&](NativeReader& block) {
               for (std::size_t i = 0; i < block.rows(); ++i) {
                 rows[static_cast<std::uint32_t>(block.number(0, i))] = block.number(1, i);
               }
               return true;
             }));
  partition_rows_ = std::move(rows);
  return {};
}

Status EmbeddedStore::count_partitions(const RowFilter& filter,
                                       const std::function<bool(const GroupCount&)>& each) {
  ASSAY_TRY(load_partition_rows());
  const RowMatcher matcher(filter);
  for (const auto& [evidence, rows] : *partition_rows_) {
    if (matcher.wants_evidence(evidence) && !each({{evidence}, rows})) break;
  }
  return {};
}

Result<std::uint64_t> EmbeddedStore::count_rows(const RowFilter& filter) {
  std::uint64_t rows = 0;
  if (is_only_evidences(filter)) {
    ASSAY_TRY(count_partitions(filter, [&](const GroupCount& group) {
      rows += group.count;
      return true;
    }));
    return rows;
  }
  ASSAY_TRY(
      stream("SELECT count() FROM assay.dns WHERE " + filter_sql(filter), [&](NativeReader& block) {
        rows = block.number(0, 0);
        return true;
      }));
  return rows;
}

Status EmbeddedStore::answers(const RowFilter& filter,
                              const std::function<bool(const StoredAnswer&)>& each) {
  // Evidences and offsets stand in the answers themselves; only other conditions need the rows.
  RowFilter own;
  own.evidences = filter.evidences;
  own.offset = filter.offset;
  std::string where = filter_sql(own);
  if (filter_sql(filter) != where) {
    where +=
        fmt::format(" AND (evidence, offset) IN (SELECT evidence, offset FROM assay.dns WHERE {})",
                    filter_sql(filter));
  }
  StoredAnswer stored;
  return stream(fmt::format("SELECT evidence, offset, section, owner, type, rclass, ttl, rdata "
                            "FROM assay.answers WHERE {} ORDER BY evidence, offset",
                            where),
                [&](NativeReader& block) {
                  for (std::size_t i = 0; i < block.rows(); ++i) {
                    stored.evidence = static_cast<std::uint32_t>(block.number(0, i));
                    AnswerRow& answer = stored.answer;
                    answer.offset = block.number(1, i);
                    answer.section = static_cast<std::uint8_t>(block.number(2, i));
                    answer.owner = block.number(3, i);
                    answer.type = static_cast<std::uint16_t>(block.number(4, i));
                    answer.rclass = static_cast<std::uint16_t>(block.number(5, i));
                    answer.ttl = static_cast<std::uint32_t>(block.number(6, i));
                    stored.rdata = block.next_text(7);
                    if (!each(stored)) return false;
                  }
                  return true;
                });
}

Result<std::optional<std::string>> EmbeddedStore::name(std::uint64_t key) {
  std::optional<std::string> found;
  ASSAY_TRY(stream(fmt::format("SELECT name FROM assay.names WHERE key = {} LIMIT 1", key),
                   [&](NativeReader& block) {
                     found = std::string(block.next_text(0));
                     return false;
                   }));
  return found;
}

Result<std::optional<IpAddress>> EmbeddedStore::host(std::uint64_t key) {
  if (is_ipv4_key(key)) return std::optional(IpAddress::from_v4(static_cast<std::uint32_t>(key)));
  std::optional<IpAddress> found;
  ASSAY_TRY(stream(fmt::format("SELECT ip FROM assay.hosts WHERE key = {} LIMIT 1", key),
                   [&](NativeReader& block) {
                     found = address_of(block.fixed(0, 0));
                     return false;
                   }));
  return found;
}

Status EmbeddedStore::names(const std::function<bool(std::uint64_t, std::string_view)>& each) {
  std::optional<std::uint64_t> last;
  return stream("SELECT key, name FROM assay.names ORDER BY key", [&](NativeReader& block) {
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const std::uint64_t key = block.number(0, i);
      const std::string_view name = block.next_text(1);
      if (std::exchange(last, key) == key) continue;  // not merged yet
      if (!each(key, name)) return false;
    }
    return true;
  });
}

Status EmbeddedStore::hosts(const std::function<bool(std::uint64_t, const IpAddress&)>& each) {
  std::optional<std::uint64_t> last;
  return stream("SELECT key, ip FROM assay.hosts ORDER BY key", [&](NativeReader& block) {
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const std::uint64_t key = block.number(0, i);
      if (std::exchange(last, key) == key) continue;
      if (!each(key, address_of(block.fixed(1, i)))) return false;
    }
    return true;
  });
}

Status EmbeddedStore::records(const RowFilter& filter,
                              const std::function<bool(const StoredRecord&)>& each) {
  return stream_records(*parts_.pool, filter, each);
}

Result<std::uint64_t> EmbeddedStore::count_records(const RowFilter& filter) {
  std::uint64_t records = 0;
  ASSAY_TRY(stream("SELECT count() FROM assay.record_rows WHERE " + record_filter_sql(filter),
                   [&](NativeReader& block) {
                     records = block.number(0, 0);
                     return true;
                   }));
  return records;
}

Status EmbeddedStore::refresh_views() {
  std::set<std::uint32_t> numbers = parts_.committed.numbers();
  std::erase_if(numbers, [&](std::uint32_t each) { return wanted_ && !wanted_->contains(each); });
  if (shown_ == numbers) return {};
  for (const std::string& statement : view_statements(numbers)) ASSAY_TRY(run(statement));
  shown_ = std::move(numbers);
  return {};
}

Status EmbeddedStore::sql(std::string_view statement, std::string_view format,
                          const std::function<bool(std::string_view)>& each) {
  ASSAY_TRY(refresh_views());
  return run_people_sql(*parts_.reading_pool, statement, format, each);
}

Status EmbeddedStore::export_parquet(const RowFilter& filter, const std::string& path) {
  auto session = parts_.pool->borrow();
  if (!session.ok()) return session.error();
  return write_parquet(**session, filter, path);
}

}  // namespace assay
