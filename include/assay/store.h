// RecordStore: where rows lie, behind one small interface. Nothing above it names an engine.
//
// An evidence is committed whole or not at all: begin drops what an interrupted read left, appended
// batches carry numbers so that sending one twice adds nothing, and only rows of evidences that the
// caller names as committed (from the custody chain) are ever seen by scan or count.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/record.h"
#include "assay/result.h"

namespace assay {

// All conditions must hold; an empty list means no condition. Keys within one list are
// alternatives, and `clients` and `client_ranges` are one list of two kinds.
struct RowFilter {
  std::vector<std::uint32_t> evidences;
  std::vector<std::uint64_t> clients;                                  // host keys
  std::vector<std::pair<std::uint64_t, std::uint64_t>> client_ranges;  // IPv4 keys, inclusive
  std::vector<std::uint64_t> servers;
  std::vector<std::uint64_t> qnames;  // name keys
  // The client lists and `qnames` are alternatives; when only one of them is given, it decides.
  bool clients_or_qnames = false;
  std::vector<std::uint16_t> qtypes;
  std::optional<Interval> window;       // on time_us
  std::optional<std::uint64_t> offset;  // one record's locus
  std::vector<RecordKind> kinds;        // of records(); look-ups do not ask for it
};

enum class RowOrder {
  by_pair,  // client, qname, time_us, evidence, offset: how rows lie; streams in constant memory
  by_time,  // time_us, evidence, offset
};

// A block of rows in the asked order. Valid during the call only.
struct RowBlock {
  const RowBatch* rows = nullptr;
  const std::vector<std::uint32_t>* evidence = nullptr;  // evidence number of each row
};

enum class GroupKey { evidence, client, server, qname, qtype, rcode, hour, day };

struct GroupCount {
  std::vector<std::uint64_t> key;  // in the order of the group-by list; hour and day in UTC number
  std::uint64_t count = 0;
};

struct StoredAnswer {
  std::uint32_t evidence = 0;
  AnswerRow answer;
  std::string rdata;
};

// A record with its fields, in the order in which the reader gave them.
struct StoredRecord {
  std::uint32_t evidence = 0;
  RecordRow row;
  std::vector<std::pair<FieldId, std::string>> fields;
};

// Used by one thread at a time, except that a callback may call the reading functions.
class RecordStore {
 public:
  virtual ~RecordStore() = default;
  virtual std::string_view engine() const = 0;  // "memory", "segments", "embedded"
  virtual std::string engine_version() const = 0;
  virtual std::uint64_t key_seed() const = 0;

  // --- writing, one evidence at a time ---
  virtual Status begin(std::uint32_t evidence) = 0;  // drops all rows of that evidence
  // Atomic: the batch is there whole or not at all. The same number twice is stored once.
  virtual Status append(std::uint32_t evidence, std::uint64_t batch_number,
                        const RowBatch& batch) = 0;
  // After this returns, the rows of these evidences survive a crash. Errors: internal when two
  // names share a key (the caller rebuilds under another seed).
  virtual Status commit(const std::vector<std::uint32_t>& evidences) = 0;
  Status commit(std::uint32_t evidence) { return commit(std::vector<std::uint32_t>{evidence}); }
  virtual Status drop(std::uint32_t evidence) = 0;

  // --- reading ---
  // Calls `each` until it returns false. Errors: io, and a memory limit said in plain words.
  virtual Status scan(const RowFilter& filter, RowOrder order,
                      const std::function<bool(const RowBlock&)>& each) = 0;
  // Groups in ascending key order; streamed, never all in memory when the order allows it.
  virtual Status count(const RowFilter& filter, const std::vector<GroupKey>& by,
                       const std::function<bool(const GroupCount&)>& each) = 0;
  virtual Result<std::uint64_t> count_rows(const RowFilter& filter) = 0;
  // The answers that belong to the filter's rows, by evidence and offset.
  virtual Status answers(const RowFilter& filter,
                         const std::function<bool(const StoredAnswer&)>& each) = 0;

  // Records that are no look-ups, by time_us, evidence and number. Of the filter, `qnames` is held
  // against RecordRow::name and `qtypes` against its type.
  virtual Status records(const RowFilter& filter,
                         const std::function<bool(const StoredRecord&)>& each) = 0;
  virtual Result<std::uint64_t> count_records(const RowFilter& filter) = 0;

  // --- side tables ---
  virtual Result<std::optional<std::string>> name(std::uint64_t key) = 0;
  virtual Result<std::optional<IpAddress>> host(std::uint64_t key) = 0;
  // Every name, and every host that is not its own key (IPv6), each once, by ascending key. What
  // only a dropped evidence named may still be among them.
  virtual Status names(const std::function<bool(std::uint64_t, std::string_view)>& each) = 0;
  virtual Status hosts(const std::function<bool(std::uint64_t, const IpAddress&)>& each) = 0;

  // --- for people ---
  // From now on people's SQL sees these evidences alone: a store calls an evidence committed a
  // moment before the custody chain calls it read; after a crash in between, its rows do not count.
  virtual void show_only(std::set<std::uint32_t> /*evidences*/) {}
  // Read-only SQL; the result as text in `format` ("csv", "tsv", "json"). Errors: unsupported (no
  // SQL engine here), usage (the engine's message, shortened).
  virtual Status sql(std::string_view statement, std::string_view format,
                     const std::function<bool(std::string_view)>& each) = 0;
  // Everything in `filter` as a Parquet file. Errors: unsupported, io.
  virtual Status export_parquet(const RowFilter& filter, const std::string& path) = 0;
};

struct StoreOptions {
  std::string directory;  // of the engine's data
  std::uint64_t key_seed = 0;
  std::uint64_t max_memory_bytes = 600ull << 20;
  bool is_read_only = false;
  std::string library_path;  // of the engine's library; "" = where the build found it
};

std::unique_ptr<RecordStore> make_memory_store(std::uint64_t key_seed);
// Sorted column segments on disk. SQL and Parquet come from an embedded store that is filled from
// them when first asked. Errors: locked (another assay has this case open), malformed (says how to
// rebuild), not_found (no store, and is_read_only), io.
Result<std::unique_ptr<RecordStore>> open_segment_store(const StoreOptions& options);
// Errors: locked (another assay has this case open), unsupported (no AVX2, library missing, built
// without it), io.
Result<std::unique_ptr<RecordStore>> open_embedded_store(const StoreOptions& options);
bool has_embedded_store();  // was this build made with it

// One evidence's sink into a store: batches are numbered and appended on a second thread.
class RecordSink;
using RejectWriter = std::function<Status(const struct Reject&)>;
std::unique_ptr<RecordSink> make_store_sink(RecordStore& store, std::uint32_t evidence,
                                            RejectWriter rejects, std::uint32_t rows_per_batch);
// Sends what is pending and waits until all batches are in.
Status finish_store_sink(RecordSink& sink);

}  // namespace assay
