#include "engine/demo_folder.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "core/digest.h"
#include "engine/files.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Last the chain: as long as it is there, the folder is known for what it is.
constexpr std::string_view kFiles[] = {"findings.jsonl", "verdict.json",    "report.html",
                                       "report.json",    "difference.html", "custody.torn",
                                       "case.toml",      "custody.head",    "custody.jsonl"};
constexpr std::string_view kFolders[] = {"store", "received", "evidence", "rejects"};

template <typename List>
bool is_one_of(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code problem;
  for (fs::directory_iterator each(folder, problem); !problem && each != fs::directory_iterator();
       each.increment(problem)) {
    names.push_back(each->path().filename().string());
  }
  return names;
}

std::string text_of(const std::string& path) {
  auto text = read_file(path);
  return text.ok() ? std::move(*text) : std::string();
}

bool is_demo_file(std::string_view name) {
  return (name.starts_with("list-ns") && name.ends_with(".log")) || name == "list-truth.json" ||
         (name.starts_with("ns") && name.find(".query.log") != std::string_view::npos) ||
         name == "sender-edge.pcap.gz" || name == "bank-mail.log";
}

std::string_view without_tmp(std::string_view name) {
  if (name.ends_with(".tmp")) name.remove_suffix(4);
  return name;
}

bool holds_only_the_demos_files(const fs::path& directory) {
  for (const std::string& name : names_in(directory)) {
    if (!is_one_of(kFiles, without_tmp(name)) && !is_one_of(kFolders, name)) return false;
  }
  for (const std::string& name : names_in(directory / "received")) {
    if (!is_demo_file(without_tmp(name))) return false;
  }
  for (const std::string& name : names_in(directory / "evidence")) {
    if (name != ".incoming" && name.size() != 64) return false;
  }
  return true;
}

// Values are copied by recursion, and the folder may be anybody's: what lies deeper than any line
// of the demo's is left out.
Json parse_line(const std::string& text) {
  constexpr int kMaxLevels = 64;
  return Json::parse(
      text, [](int level, Json::parse_event_t, Json&) { return level <= kMaxLevels; }, false);
}

struct ChainWords {
  bool is_demos = false;
  bool is_changed = false;  // a line that the demo does not write
  bool is_examined = false;
  std::string case_file_sha256;  // of the case.toml that was first examined
};

ChainWords words_of(const std::string& chain) {
  ChainWords words;
  std::istringstream lines(chain);
  std::size_t number = 0;
  for (std::string text; std::getline(lines, text); ++number) {
    const Json line = parse_line(text);
    if (!line.is_object()) continue;  // the last one, torn
    const std::string type = line.value("type", "");
    const Json payload = line.value("payload", Json::object());
    if (number == 0) {
      words.is_demos = type == "init" && payload.value("title", "") == kDemoTitle &&
                       payload.value("key_seed", "") == fmt::format("{:016x}", kDemoKeySeed);
    } else if (type == "begun") {
      words.is_changed = words.is_changed || !is_demo_file(payload.value("name", ""));
    } else if (type == "case_file") {
      words.is_changed = true;
    } else if (type == "examined" && !words.is_examined) {
      words.is_examined = true;
      words.case_file_sha256 = payload.value("case_file_sha256", "");
    }
  }
  return words;
}

// Killed before the chain had a line: nothing but what `init` writes first.
bool is_barely_begun(const fs::path& directory, const std::string& case_toml) {
  return holds_only_the_demos_files(directory) && names_in(directory / "evidence").empty() &&
         names_in(directory / "rejects").empty() && !fs::exists(directory / "store") &&
         (case_toml.empty() ||
          case_toml.find(fmt::format("\ntitle = \"{}\"\n", kDemoTitle)) != std::string::npos);
}

}  // namespace

DemoFolder look_at_demo_folder(const std::string& directory, std::string_view shipped) {
  std::error_code problem;
  if (!fs::exists(directory, problem)) return DemoFolder::free;
  if (!fs::is_directory(directory, problem)) return DemoFolder::foreign;
  if (names_in(directory).empty()) return DemoFolder::free;
  const std::string chain = text_of(directory + "/custody.jsonl");
  const std::string case_toml = text_of(directory + "/case.toml");
  if (chain.empty()) {
    return is_barely_begun(directory, case_toml) ? DemoFolder::demo : DemoFolder::foreign;
  }
  ChainWords words;
  try {
    words = words_of(chain);
  } catch (const Json::exception&) {
    return DemoFolder::foreign;
  }
  if (!words.is_demos) return DemoFolder::foreign;
  // Before the first examination nobody has had a reason to edit case.toml.
  const bool is_edited = words.is_examined && !case_toml.empty() && case_toml != shipped &&
                         sha256_hex(case_toml) != words.case_file_sha256;
  return words.is_changed || is_edited || !holds_only_the_demos_files(directory)
             ? DemoFolder::lived_in
             : DemoFolder::demo;
}

Status clear_demo_folder(const std::string& directory) {
  std::error_code problem;
  const auto gone = [&](const std::string& name) {
    if (!problem) fs::remove_all(fs::path(directory) / name, problem);
  };
  for (const std::string_view name : kFolders) gone(std::string(name));
  for (const std::string_view name : kFiles) {
    gone(std::string(name) + ".tmp");
    gone(std::string(name));
  }
  if (!problem) return {};
  return Error{ErrorCode::io,
               fmt::format("cannot empty the demo folder {}: {}", directory, problem.message()),
               "choose another name: assay demo NAME"};
}

}  // namespace assay
