#include "engine/walk.h"

#include <algorithm>
#include <filesystem>

namespace assay {
namespace {

namespace fs = std::filesystem;

std::string why_not(const fs::file_status& status) {
  switch (status.type()) {
    case fs::file_type::symlink:
      return "a symbolic link below a folder is not followed; name it to have it added";
    case fs::file_type::fifo:
    case fs::file_type::socket:
    case fs::file_type::block:
    case fs::file_type::character:
      return "a special file (pipe, socket or device) holds no bytes to seal";
    case fs::file_type::not_found:
      return "there is no such file";
    case fs::file_type::regular:
      return "";
    default:
      return "it is neither a file nor a folder";
  }
}

void walk(const fs::path& folder, const std::string& prefix, const fs::path& case_folder,
          std::vector<FoundFile>& found) {
  std::error_code problem;
  if (fs::equivalent(folder, case_folder, problem)) {
    found.push_back({folder.string(), prefix, "the case itself is not evidence"});
    return;
  }
  std::vector<fs::path> entries;
  fs::directory_iterator iterator(folder, problem);
  for (; !problem && iterator != fs::directory_iterator(); iterator.increment(problem)) {
    entries.push_back(iterator->path());
  }
  if (problem) {
    found.push_back(
        {folder.string(), prefix, "the folder cannot be read: " + problem.message(), true});
  }
  std::sort(entries.begin(), entries.end(),
            [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  for (const fs::path& entry : entries) {
    const std::string name = prefix + "/" + entry.filename().string();
    const fs::file_status status = fs::symlink_status(entry, problem);
    if (fs::is_directory(status)) {
      walk(entry, name, case_folder, found);
    } else {
      found.push_back({entry.string(), name, why_not(status)});
    }
  }
}

}  // namespace

std::vector<FoundFile> find_files(const std::string& path, const std::string& case_folder) {
  std::error_code problem;
  const fs::file_status status = fs::status(path, problem);
  fs::path absolute = fs::canonical(path, problem);
  if (problem) absolute = fs::absolute(path, problem);
  const std::string base = fs::path(path).filename().string();
  const std::string name =
      base.empty() || base == "." || base == ".." ? absolute.filename().string() : base;
  std::vector<FoundFile> found;
  if (fs::is_directory(status)) {
    walk(absolute, name, case_folder, found);
    if (found.empty()) found.push_back({absolute.string(), name, "the folder is empty"});
  } else {
    std::string why = why_not(status);
    if (fs::is_fifo(status) || fs::is_character_file(status)) {
      why = "a pipe or device is read as standard input alone: assay add CASE - < " + path;
    }
    const bool is_refused = !why.empty();  // it was asked for by its name
    found.push_back({absolute.string(), name, std::move(why), is_refused});
  }
  return found;
}

}  // namespace assay
