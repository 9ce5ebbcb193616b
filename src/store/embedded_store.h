// The record store in an embedded ClickHouse (libchdb).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assay/store.h"
#include "store/chdb_pool.h"
#include "store/store_schema.h"

namespace assay {

class NativeReader;

class EmbeddedStore final : public RecordStore {
 public:
  struct Parts {
    StoreLock lock;
    std::string directory;
    std::unique_ptr<chdb::Pool> pool;          // may write
    std::unique_ptr<chdb::Pool> reading_pool;  // the engine refuses writes: for people's SQL
    std::uint64_t key_seed = 0;
    std::string version;
    CommittedList committed;
    bool is_read_only = false;
  };
  explicit EmbeddedStore(Parts parts);
  ~EmbeddedStore() override;

  std::string_view engine() const override { return "embedded"; }
  std::string engine_version() const override { return parts_.version; }
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

  Status sql(std::string_view statement, std::string_view format,
             const std::function<bool(std::string_view)>& each) override;
  Status export_parquet(const RowFilter& filter, const std::string& path) override;

  // From now on sql() shows these evidences alone, as far as they are committed here.
  void show_only(std::set<std::uint32_t> evidences) override { wanted_ = std::move(evidences); }

 private:
  Status refuse_writing() const;
  Status run(const std::string& sql);
  Status stream(const std::string& sql, const std::function<bool(NativeReader&)>& each);
  Status check_collisions(std::uint32_t evidence);
  Status count_pairs(const RowFilter& filter, const std::vector<std::string>& keys,
                     const std::function<bool(const GroupCount&)>& each);

  Status load_partition_rows();
  Status count_partitions(const RowFilter& filter,
                          const std::function<bool(const GroupCount&)>& each);
  // Makes the views show what is committed now.
  Status refresh_views();

  Parts parts_;
  std::optional<std::set<std::uint32_t>> wanted_;  // none: all that are committed
  std::optional<std::set<std::uint32_t>> shown_;   // the evidences in the views; none made yet
  std::optional<std::map<std::uint32_t, std::uint64_t>> partition_rows_;  // none: not asked yet
  // Keys of the names that each evidence brought since begin(); none when there are many.
  std::map<std::uint32_t, std::vector<std::uint64_t>> new_keys_;
};

}  // namespace assay
