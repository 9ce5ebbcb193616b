#include "store/store_schema.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace assay {
namespace {

constexpr std::string_view kFirstLine = "assay record store";

Error system_error(std::string_view what, const std::string& path) {
  return {ErrorCode::io, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)), ""};
}

std::string schema_text(int version, std::uint64_t key_seed) {
  return fmt::format("{}\nschema {}\nkey_seed {}\n", kFirstLine, version, key_seed);
}

Status write_durably(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return system_error("write", temporary);
  const bool is_written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  if (::close(file) != 0 || !is_written) return system_error("write", temporary);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error("write", path);
  return {};
}

struct Schema {
  int version = 0;
  std::uint64_t key_seed = 0;
};

std::optional<Schema> parse_schema(const std::string& text) {
  std::istringstream lines(text);
  std::string first, word_version, word_seed;
  Schema schema;
  std::getline(lines, first);
  lines >> word_version >> schema.version >> word_seed >> schema.key_seed;
  if (first != kFirstLine || word_version != "schema" || word_seed != "key_seed" || !lines) {
    return std::nullopt;
  }
  return schema;
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::string& directory) {
  const std::string path = directory + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return system_error("open", path);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return StoreLock(file);
  const bool is_taken = errno == EWOULDBLOCK;
  Error error = system_error("lock", path);
  ::close(file);
  if (!is_taken) return error;
  return Error{ErrorCode::locked,
               fmt::format("another assay process has this case's store open ({})", directory),
               "wait until it has finished, or stop it"};
}

StoreLock::StoreLock(StoreLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status StoreLock::sync() const {
  if (::syncfs(descriptor_) == 0) return {};
  return Error{ErrorCode::io,
               fmt::format("cannot bring the record store to disk: {}", std::strerror(errno)), ""};
}

std::string rebuild_hint(const std::string& directory) {
  return fmt::format(
      "remove the folder {}: the next command that needs it builds it anew from the evidence, "
      "which is not touched",
      directory);
}

std::string engine_directory(const std::string& directory) { return directory + "/engine"; }

SchemaFile embedded_schema_file(const StoreOptions& options) {
  std::error_code ignored;
  return {options.directory + "/schema", kStoreSchemaVersion,
          std::filesystem::exists(engine_directory(options.directory), ignored)};
}

Result<std::uint64_t> settle_schema(const StoreOptions& options, const SchemaFile& place) {
  std::ifstream file(place.path);
  if (!file) {
    if (place.has_data) {
      return Error{ErrorCode::malformed,
                   fmt::format("the record store {} has lost its schema file", options.directory),
                   rebuild_hint(options.directory)};
    }
    if (options.is_read_only) {
      return Error{ErrorCode::not_found,
                   fmt::format("there is no record store in {}", options.directory),
                   "run `assay read` first"};
    }
    // Written before the engine makes anything, so that its files never lie there unexplained.
    ASSAY_TRY(write_durably(place.path, schema_text(place.version, options.key_seed)));
    return options.key_seed;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::optional<Schema> schema = parse_schema(text);
  if (!schema || schema->version != place.version) {
    return Error{ErrorCode::malformed,
                 fmt::format("the record store {} was written by another version of assay (schema "
                             "{}, this one writes {})",
                             options.directory, schema ? std::to_string(schema->version) : "?",
                             place.version),
                 rebuild_hint(options.directory)};
  }
  if (options.key_seed != 0 && options.key_seed != schema->key_seed) {
    return Error{
        ErrorCode::malformed,
        fmt::format("the record store {} was built under another key seed", options.directory),
        rebuild_hint(options.directory)};
  }
  return schema->key_seed;
}

namespace {

Status remove_all(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code problem;
    std::filesystem::remove_all(path, problem);
    if (problem) {
      return Error{ErrorCode::io, fmt::format("cannot remove {}: {}", path, problem.message()), ""};
    }
  }
  return {};
}

}  // namespace

Status remove_other_engine(const std::string& directory) {
  return remove_all({engine_directory(directory), directory + "/schema", directory + "/committed"});
}

Status remove_segments(const std::string& directory) {
  return remove_all({directory + "/segments", directory + "/sql"});
}

Status CommittedList::load() {
  numbers_.clear();
  std::ifstream file(path_);
  if (!file) return {};
  for (std::uint32_t number; file >> number;) numbers_.insert(number);
  if (file.eof()) return {};
  return Error{ErrorCode::malformed, "cannot read " + path_,
               rebuild_hint(path_.substr(0, path_.rfind('/')))};
}

Status CommittedList::save() const {
  return write_durably(path_, fmt::format("{}\n", fmt::join(numbers_, "\n")));
}

Status CommittedList::add(const std::vector<std::uint32_t>& evidences) {
  const std::size_t before = numbers_.size();
  numbers_.insert(evidences.begin(), evidences.end());
  return numbers_.size() == before ? Status{} : save();
}

Status CommittedList::remove(std::uint32_t evidence) {
  return numbers_.erase(evidence) > 0 ? save() : Status{};
}

}  // namespace assay
