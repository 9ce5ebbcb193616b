// The record store of sorted column segments: one file a batch, merged when read.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assay/store.h"
#include "store/key_checks.h"
#include "store/row_scan.h"
#include "store/row_sort.h"
#include "store/segment_file.h"
#include "store/segment_limits.h"
#include "store/sql_mirror.h"
#include "store/store_schema.h"

namespace assay {

// As open_segment_store, with other bounds than those that fit options.max_memory_bytes.
Result<std::unique_ptr<RecordStore>> open_segment_store(const StoreOptions& options,
                                                        const SegmentLimits& limits);

// Where the segments of a store lie; the lock lies in the store's own folder.
std::string segments_directory(const std::string& directory);

class SegmentStore final : public RecordStore {
 public:
  struct Parts {
    StoreLock lock;
    StoreOptions options;
    SegmentLimits limits;
    std::uint64_t key_seed = 0;
    CommittedList committed;
    SqlMirror mirror;
    SegmentTable segments;
  };
  explicit SegmentStore(Parts parts);

  std::string_view engine() const override { return "segments"; }
  std::string engine_version() const override { return "1"; }
  std::uint64_t key_seed() const override { return parts_.key_seed; }

  Status begin(std::uint32_t evidence) override;
  Status append(std::uint32_t evidence, std::uint64_t batch_number, const RowBatch& batch) override;
  using RecordStore::commit;
  Status commit(const std::vector<std::uint32_t>& evidences) override;
  Status drop(std::uint32_t evidence) override;

  Status scan(const RowFilter& filter, RowOrder order,
              const std::function<bool(const RowBlock&)>& each) override;
  Status count(const RowFilter& filter, const std::vector<GroupKey>& by,
               const std::function<bool(const GroupCount&)>& each) override;
  Result<std::uint64_t> count_rows(const RowFilter& filter) override;
  Status answers(const RowFilter& filter,
                 const std::function<bool(const StoredAnswer&)>& each) override;
  Status records(const RowFilter& filter,
                 const std::function<bool(const StoredRecord&)>& each) override;
  Result<std::uint64_t> count_records(const RowFilter& filter) override;

  Result<std::optional<std::string>> name(std::uint64_t key) override;
  Result<std::optional<IpAddress>> host(std::uint64_t key) override;
  Status names(const std::function<bool(std::uint64_t, std::string_view)>& each) override;
  Status hosts(const std::function<bool(std::uint64_t, const IpAddress&)>& each) override;

  void show_only(std::set<std::uint32_t> evidences) override;
  Status sql(std::string_view statement, std::string_view format,
             const std::function<bool(std::string_view)>& each) override;
  Status export_parquet(const RowFilter& filter, const std::string& path) override;

 private:
  Status refuse_writing() const;
  Result<Segment> write_segment(std::uint32_t evidence, std::uint64_t batch_number,
                                const RowBatch& batch);
  // The segments of the evidences that the filter wants.
  ScanInput input(const RowFilter& filter) const;
  std::vector<const Segment*> all_segments() const;
  Status count_pairs(const RowFilter& filter, const std::vector<GroupKey>& by,
                     const std::function<bool(const GroupCount&)>& each);
  Status count_hashed(const RowFilter& filter, const std::vector<GroupKey>& by,
                      const std::function<bool(const GroupCount&)>& each);
  // The store that people's SQL runs in, with everything that is committed here.
  Result<RecordStore*> people_store();

  Parts parts_;
  std::optional<std::set<std::uint32_t>> shown_;  // of people's SQL; none: all that are committed
  KeyChecks key_checks_;
  RowSorter sorter_;  // these two are of append, which comes from one thread at a time
  RowWriter row_writer_;
};

}  // namespace assay
