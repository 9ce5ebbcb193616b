// Where and how the embedded store lies on disk: the folder, its lock, its schema file, its tables.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "assay/result.h"
#include "assay/store.h"

namespace assay {

// Raised whenever a table or key changes. A store of another version is rebuilt from the evidence,
// never converted: the store holds nothing that the evidence does not.
inline constexpr int kStoreSchemaVersion = 7;

// Held for as long as the store is open; the kernel releases it when the process dies. The engine
// has a lock of its own, but prints to stderr when it is taken, and has emptied the folder of
// temporary files by then, under the feet of the process that holds it.
class StoreLock {
 public:
  // Errors: locked (another process has the store open), io.
  static Result<StoreLock> take(const std::string& directory);
  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

  // Returns when everything written to the store's file system is on its disk. Errors: io.
  Status sync() const;

 private:
  explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// The file that says under which version and key seed an engine's files were written.
struct SchemaFile {
  std::string path;
  int version = 0;
  bool has_data = false;  // there are files that it should explain
};
SchemaFile embedded_schema_file(const StoreOptions& options);

// Reads the schema file, or writes it for a new store. Returns the key seed in force: the one
// written, which `options.key_seed` must equal unless it is 0. Errors: malformed (another schema
// version or seed: says how to rebuild), not_found (no store, and is_read_only), io.
Result<std::uint64_t> settle_schema(const StoreOptions& options, const SchemaFile& file);

// How a person gets a sound store again.
std::string rebuild_hint(const std::string& directory);

// Two engines in one folder share its lock and nothing else. Once one is written to, what the other
// holds is no longer so: it goes. Errors: io.
Status remove_other_engine(const std::string& directory);  // the embedded one's
Status remove_segments(const std::string& directory);

// Where the engine keeps its own files.
std::string engine_directory(const std::string& directory);

// Statements that create what is missing, in order.
std::vector<std::string> schema_statements();

// Statements that make the views over these evidences, replacing older ones.
std::vector<std::string> view_statements(const std::set<std::uint32_t>& evidences);

// Tables with one partition an evidence. Names and hosts have none: what a key spells depends on
// the seed alone, whichever evidence brought it, and a dropped evidence leaves them.
inline constexpr const char* kPartitionedTables[] = {"dns", "answers", "record_rows",
                                                     "record_fields"};

// Which evidences were committed, for the views that people query: one number a line in
// <directory>/committed. A table would cost an evidence 5 ms and a dozen small files.
class CommittedList {
 public:
  explicit CommittedList(const std::string& directory, const char* name = "committed")
      : path_(directory + "/" + name) {}
  // Errors: malformed (says how to rebuild), io.
  Status load();
  // Durable when they return. Errors: io.
  Status add(const std::vector<std::uint32_t>& evidences);
  Status remove(std::uint32_t evidence);
  const std::set<std::uint32_t>& numbers() const { return numbers_; }

 private:
  Status save() const;

  std::string path_;
  std::set<std::uint32_t> numbers_;
};

}  // namespace assay
