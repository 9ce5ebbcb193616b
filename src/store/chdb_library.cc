#include "store/chdb_library.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <array>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <system_error>
#include <vector>

namespace assay::chdb {
namespace {

// The ABI above was read from this release; another may change a signature without a word.
constexpr std::string_view kVersionPrefix = "26.7.";

std::vector<std::string> candidates(const std::string& library_path) {
  if (!library_path.empty()) return {library_path};
  std::vector<std::string> paths;
#ifdef ASSAY_CHDB_LIBRARY
  paths.push_back(ASSAY_CHDB_LIBRARY);
#endif
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) {
    paths.push_back(program.parent_path().parent_path() / "lib" / "assay" / "libchdb.so");
  }
  return paths;
}

template <class Function>
bool resolve(void* library, const char* name, Function*& into) {
  into = reinterpret_cast<Function*>(dlsym(library, name));
  return into != nullptr;
}

bool resolve_all(void* library, Abi& abi) {
  return resolve(library, "chdb_version", abi.version) &&
         resolve(library, "chdb_set_signal_handlers_enabled", abi.set_signal_handlers_enabled) &&
         resolve(library, "chdb_connect", abi.connect) &&
         resolve(library, "chdb_close_conn", abi.close_conn) &&
         resolve(library, "chdb_query_n", abi.query_n) &&
         resolve(library, "chdb_stream_query_n", abi.stream_query_n) &&
         resolve(library, "chdb_stream_fetch_result", abi.stream_fetch_result) &&
         resolve(library, "chdb_stream_cancel_query", abi.stream_cancel_query) &&
         resolve(library, "chdb_destroy_query_result", abi.destroy_query_result) &&
         resolve(library, "chdb_result_buffer", abi.result_buffer) &&
         resolve(library, "chdb_result_length", abi.result_length) &&
         resolve(library, "chdb_result_error", abi.result_error) &&
         resolve(library, "chdb_stream_insert_n", abi.stream_insert_n) &&
         resolve(library, "chdb_stream_append", abi.stream_append) &&
         resolve(library, "chdb_stream_done", abi.stream_done) &&
         resolve(library, "chdb_stream_insert_error", abi.stream_insert_error) &&
         resolve(library, "chdb_destroy_insert_stream", abi.destroy_insert_stream);
}

Result<const Abi*> load(const std::string& path) {
  static Abi abi;
  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    return Error{ErrorCode::unsupported,
                 fmt::format("cannot load the record store's library {}: {}", path,
                             why == nullptr ? "unknown reason" : why),
                 "run `npm ci` in the source folder, or reinstall assay"};
  }
  if (!resolve_all(library, abi) || !std::string_view(abi.version()).starts_with(kVersionPrefix)) {
    return Error{ErrorCode::unsupported,
                 fmt::format("{} is version {} of the record store's library; this assay was "
                             "written for {}x",
                             path, abi.version == nullptr ? "?" : abi.version(), kVersionPrefix),
                 "run `npm ci` in the source folder: package.json pins the version"};
  }
  // The library would take SIGSEGV, SIGTSTP and six more from the program.
  abi.set_signal_handlers_enabled(0);
  return &abi;
}

}  // namespace

Result<const Abi*> load_library(const std::string& library_path) {
  static std::mutex mutex;
  static const Abi* loaded = nullptr;
  const std::lock_guard lock(mutex);
  if (loaded != nullptr) return loaded;
#if defined(__x86_64__)
  // The library is built for x86-64-v3 and would end the process with SIGILL in its first function.
  if (!__builtin_cpu_supports("avx2")) {
    return Error{ErrorCode::unsupported,
                 "this processor has no AVX2, which the embedded record store needs",
                 "use a processor made since 2013, or build assay with "
                 "-DASSAY_EMBEDDED_STORE=OFF"};
  }
#endif
  std::string looked_at;
  for (const std::string& path : candidates(library_path)) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
      auto result = load(path);
      if (result.ok()) loaded = *result;
      return result;
    }
    looked_at += (looked_at.empty() ? "" : ", ") + path;
  }
  return Error{ErrorCode::unsupported,
               "the record store's library is not there (looked at " + looked_at + ")",
               "run `npm ci` in the source folder, or reinstall assay"};
}

}  // namespace assay::chdb
