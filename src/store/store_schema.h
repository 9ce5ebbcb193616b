// Where and how the embedded store lies on disk: the folder, its lock, its schema file, its tables.
#pragma once

#include <string>
#include <vector>

#include "assay/result.h"
#include "assay/store.h"

namespace assay {

// Raised whenever a table or key changes. A store of another version is rebuilt from the evidence,
// never converted: the store holds nothing that the evidence does not.
inline constexpr int kStoreSchemaVersion = 1;

// Held for as long as the store is open; the kernel releases it when the process dies.
class StoreLock {
 public:
  // Errors: locked (another process has the store open), io.
  static Result<StoreLock> take(const std::string& directory);
  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Reads <directory>/schema, or writes it for a new store. Returns the key seed in force: the one
// written, which `options.key_seed` must equal unless it is 0. Errors: malformed (another schema
// version or seed: says how to rebuild), not_found (no store, and is_read_only), io.
Result<std::uint64_t> settle_schema(const StoreOptions& options);

// Where the engine keeps its own files.
std::string engine_directory(const std::string& directory);

// Statements that create what is missing, in order.
std::vector<std::string> schema_statements();

// The tables with one partition an evidence, in the order in which a batch is inserted and an
// evidence dropped: rows of dns come last and go first.
inline constexpr const char* kPartitionedTables[] = {"committed", "dns", "answers", "names",
                                                     "hosts"};

}  // namespace assay
