// Opening the embedded store: everything that can be said before the engine runs is said in plain
// words here.
#include <fmt/core.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "store/chdb_library.h"
#include "store/embedded_store.h"

namespace assay {

#ifndef ASSAY_CHDB_LIBRARY

bool has_embedded_store() { return false; }

Result<std::unique_ptr<RecordStore>> open_embedded_store(const StoreOptions&) {
  return Error{ErrorCode::unsupported, "this assay was built without the embedded record store",
               "build it with -DASSAY_EMBEDDED_STORE=ON (the release preset does)"};
}

#else

namespace {

std::vector<std::string> engine_arguments(const StoreOptions& options) {
  const std::uint64_t memory = options.max_memory_bytes;
  return {
      // Of the whole engine, and of one statement. The defaults are nine tenths of the machine and
      // a 5 GB mark cache.
      fmt::format("--max_server_memory_usage={}", memory),
      fmt::format("--max_memory_usage={}", memory),
      "--mark_cache_size=67108864",
      "--uncompressed_cache_size=0",
      // One thread in the engine: assay runs beside it, a scan in key order then holds one block a
      // part, and an insert's peak falls by 85 MiB.
      "--max_threads=1",
      "--max_insert_threads=1",
      // Sorting and grouping go to disk rather than over the limit.
      fmt::format("--max_bytes_before_external_sort={}", memory / 4),
      fmt::format("--max_bytes_before_external_group_by={}", memory / 4),
      // Filters list keys: a party with a hundred thousand names is 2 MB of SQL.
      "--max_query_size=268435456",
      "--max_ast_elements=50000000",
      "--max_expanded_ast_elements=50000000",
  };
}

Status make_folder(const std::string& directory) {
  std::error_code problem;
  std::filesystem::create_directories(directory, problem);
  if (!problem) return {};
  return Error{ErrorCode::io, fmt::format("cannot make {}: {}", directory, problem.message()), ""};
}

}  // namespace

bool has_embedded_store() { return true; }

Result<std::unique_ptr<RecordStore>> open_embedded_store(const StoreOptions& options) {
  if (!options.is_read_only) ASSAY_TRY(make_folder(options.directory));
  std::error_code ignored;
  if (!std::filesystem::exists(options.directory, ignored)) {
    return Error{ErrorCode::not_found, "there is no record store in " + options.directory,
                 "run `assay read` first"};
  }
  auto lock = StoreLock::take(options.directory);
  if (!lock.ok()) return lock.error();
  auto key_seed = settle_schema(options, embedded_schema_file(options));
  if (!key_seed.ok()) return key_seed.error();
  CommittedList committed(options.directory);
  ASSAY_TRY(committed.load());
  auto abi = chdb::load_library(options.library_path);
  if (!abi.ok()) return abi.error();

  const std::string directory = engine_directory(options.directory);
  std::vector<std::string> arguments = engine_arguments(options);
  auto pool = std::make_unique<chdb::Pool>(**abi, directory, arguments);
  if (!options.is_read_only) {
    auto session = pool->borrow();
    if (!session.ok()) return session.error();
    for (const std::string& statement : schema_statements()) {
      ASSAY_TRY((*session)->run(statement));
    }
  }
  arguments.push_back("--readonly=1");
  return std::unique_ptr<RecordStore>(new EmbeddedStore({
      .lock = std::move(*lock),
      .directory = options.directory,
      .pool = std::move(pool),
      .reading_pool = std::make_unique<chdb::Pool>(**abi, directory, std::move(arguments)),
      .key_seed = *key_seed,
      .version = (*abi)->version(),
      .committed = std::move(committed),
      .is_read_only = options.is_read_only,
  }));
}

#endif

}  // namespace assay
