// Opening a store of segments: what lies in its folder, and what a crash left there.
#include <dirent.h>
#include <fmt/core.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "store/segment_store.h"

namespace assay {
namespace {

// Raised whenever a file or key changes; see kStoreSchemaVersion.
constexpr int kSegmentSchemaVersion = 6;
constexpr std::string_view kEnding = ".segment";

struct FileName {
  std::uint32_t evidence = 0;
  std::uint64_t batch = 0;
};

// "3-17.segment".
std::optional<FileName> parse_file_name(std::string_view text) {
  if (!text.ends_with(kEnding)) return std::nullopt;
  text.remove_suffix(kEnding.size());
  FileName name;
  const auto [hyphen, problem] = std::from_chars(text.begin(), text.end(), name.evidence);
  if (problem != std::errc() || hyphen == text.end() || *hyphen != '-') return std::nullopt;
  const auto [end, trouble] = std::from_chars(hyphen + 1, text.end(), name.batch);
  if (trouble != std::errc() || end != text.end()) return std::nullopt;
  return name;
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code problem;
  for (std::filesystem::directory_iterator each(folder, problem), end; !problem && each != end;
       each.increment(problem)) {
    names.push_back(each->path().filename().string());
  }
  return names;
}

// An evidence that was being read when the power failed may have left a file that is damaged; it
// will be read again, so the file goes. In one that is committed it is an error.
Status load_segments(const StoreOptions& options, const CommittedList& committed,
                     SegmentTable& segments) {
  const std::string folder = segments_directory(options.directory);
  for (const std::string& file : files_in(folder)) {
    const std::string path = folder + "/" + file;
    if (file.ends_with(".tmp") && !options.is_read_only) ::unlink(path.c_str());
    const auto name = parse_file_name(file);
    if (!name) continue;
    Segment segment;
    const auto source = std::make_shared<const BlockSource>(path, rebuild_hint(options.directory));
    auto index = source->read_index();
    if (index.ok() && (index->evidence != name->evidence || index->batch != name->batch)) {
      index = source->damaged("it has the name of another");
    }
    if (!index.ok()) {
      const bool can_go = index.error().code == ErrorCode::malformed && !options.is_read_only &&
                          !committed.numbers().contains(name->evidence);
      if (!can_go) return index.error();
      ::unlink(path.c_str());
      continue;
    }
    segment.source = source;
    segment.index = std::move(*index);
    segments[name->evidence].emplace(name->batch, std::move(segment));
  }
  return {};
}

bool has_segments(const std::string& folder) {
  for (const std::string& file : files_in(folder)) {
    if (parse_file_name(file)) return true;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<RecordStore>> open_segment_store(const StoreOptions& options,
                                                        const SegmentLimits& limits) {
  const std::string folder = segments_directory(options.directory);
  std::error_code problem;
  if (!options.is_read_only) {
    std::filesystem::create_directories(folder, problem);
    if (problem) {
      return Error{ErrorCode::io, fmt::format("cannot make {}: {}", folder, problem.message()), ""};
    }
  } else if (!std::filesystem::exists(folder, problem)) {
    return Error{ErrorCode::not_found, "there is no record store in " + options.directory,
                 "run `assay read` first"};
  }
  auto lock = StoreLock::take(options.directory);
  if (!lock.ok()) return lock.error();
  auto key_seed =
      settle_schema(options, {folder + "/schema", kSegmentSchemaVersion, has_segments(folder)});
  if (!key_seed.ok()) return key_seed.error();
  CommittedList committed(folder);
  ASSAY_TRY(committed.load());
  StoreOptions settled = options;
  settled.key_seed = *key_seed;
  SqlMirror mirror(settled);
  ASSAY_TRY(mirror.load());
  SegmentTable segments;
  ASSAY_TRY(load_segments(options, committed, segments));
  return std::unique_ptr<RecordStore>(new SegmentStore({
      .lock = std::move(*lock),
      .options = settled,
      .limits = limits,
      .key_seed = *key_seed,
      .committed = std::move(committed),
      .mirror = std::move(mirror),
      .segments = std::move(segments),
  }));
}

Result<std::unique_ptr<RecordStore>> open_segment_store(const StoreOptions& options) {
  return open_segment_store(options, SegmentLimits::within(options.max_memory_bytes));
}

}  // namespace assay
