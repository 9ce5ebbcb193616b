#include "engine/rejects_file.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/evidence_lines.h"

namespace assay {

namespace {
constexpr std::size_t kPendingBytes = std::size_t{1} << 18;
}  // namespace

Status RejectsFile::write(const Reject& reject) {
  ++count_;
  auto [summary, is_new] = by_code_.try_emplace(reject.code);
  if (is_new) {
    summary->second = {evidence_, reject.code, 0, reject.text, reject.offset, reject.why};
  }
  ++summary->second.count;
  if (stored_ >= kMaxStoredRejects || path_.empty()) return {};
  if (!file_.is_open()) {
    auto file = create_anew(path_);
    if (!file.ok()) return file.error();
    file_ = std::move(*file);
  }
  ++stored_;
  nlohmann::ordered_json json = {
      {"offset", reject.offset}, {"length", reject.length}, {"code", reject.code}};
  put_bytes(json, "why", reject.why);
  json["text"] = escape_bytes(reject.text);
  pending_ += json.dump() + "\n";
  return pending_.size() >= kPendingBytes ? flush() : Status();
}

Status RejectsFile::flush() {
  digest_.update(pending_);
  ASSAY_TRY(write_all(file_.number(), pending_, path_));
  pending_.clear();
  return {};
}

Status RejectsFile::finish() {
  if (path_.empty()) return {};
  if (!file_.is_open()) {
    if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return system_error("remove", path_);
    return {};
  }
  ASSAY_TRY(flush());
  if (::fsync(file_.number()) != 0) return system_error("sync", path_);
  file_.close();
  sha256_ = digest_.hex();
  return sync_folder_of(path_);
}

std::vector<RejectSummary> RejectsFile::summaries() const {
  std::vector<RejectSummary> all;
  for (const auto& [code, summary] : by_code_) all.push_back(summary);
  return all;
}

Status read_rejects_file(const std::string& path, const std::function<bool(const Reject&)>& each) {
  std::error_code problem;
  if (is_there(path) && !std::filesystem::is_regular_file(path, problem)) {
    return Error{ErrorCode::io, fmt::format("{} is not a regular file", path), ""};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return is_there(path) ? Status(system_error("read", path)) : Status();
  std::string line;
  for (std::uint64_t number = 1; std::getline(file, line); ++number) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) {
      return Error{ErrorCode::malformed, fmt::format("{}:{}: is not a JSON object", path, number),
                   "read the evidence again with: assay read CASE --rebuild"};
    }
    Reject reject;
    reject.code = json.value("code", "");
    reject.offset = json.value("offset", std::uint64_t{0});
    reject.length = json.value("length", std::uint64_t{0});
    reject.text = unescape_bytes(json.value("text", ""));
    reject.why = get_bytes(json, "why");
    if (!each(reject)) break;
  }
  return {};
}

}  // namespace assay
