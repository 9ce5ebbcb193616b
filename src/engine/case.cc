#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "engine/case_file_edit.h"
#include "engine/case_impl.h"
#include "engine/files.h"
#include "engine/open_inside.h"

namespace assay {
namespace {

std::string first_case_file(std::string_view title, std::string_view zone) {
  return fmt::format(
      "# What people state in this case. Edit it, or use: assay party, assay ask, assay claim.\n"
      "# docs/case-format.md lists every word that may stand here.\n"
      "title = {}\n"
      "default_zone = {}\n",
      toml_string(title), toml_string(zone));
}

Status make_folders(const std::string& directory) {
  std::error_code problem;
  if (std::filesystem::exists(directory, problem)) {
    if (is_there(directory + "/custody.jsonl") &&
        !std::filesystem::is_empty(directory + "/custody.jsonl", problem)) {
      return Error{ErrorCode::usage, fmt::format("{} is a case already", directory),
                   fmt::format("add evidence to it with: assay add {} FILE...", directory)};
    }
    if (!std::filesystem::is_directory(directory, problem) ||
        !std::filesystem::is_empty(directory, problem)) {
      return Error{ErrorCode::usage, fmt::format("{} is there already and is not empty", directory),
                   "choose a name that is not in use, or remove it first"};
    }
  }
  std::filesystem::create_directories(directory, problem);
  if (problem) {
    return Error{ErrorCode::io, fmt::format("cannot make {}: {}", directory, problem.message()),
                 ""};
  }
  ASSAY_TRY(make_folder(directory + "/evidence"));
  return make_folder(directory + "/rejects");
}

}  // namespace

Case::Case(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Case::~Case() = default;
Case::Case(Case&&) noexcept = default;
Case& Case::operator=(Case&&) noexcept = default;

Result<Case> Case::init(const std::string& directory, std::string_view title,
                        std::string_view default_zone, std::uint64_t key_seed,
                        const Surroundings& surroundings) {
  if (auto zone = Zone::find(default_zone); !zone.ok()) return zone.error();
  ASSAY_TRY(make_folders(directory));
  const std::string case_file = first_case_file(title, default_zone);
  ASSAY_TRY(replace_file(directory + "/case.toml", case_file));
  // Last: a folder is a case once its chain is there.
  ASSAY_TRY(replace_file(directory + "/custody.jsonl", ""));

  auto impl = std::make_unique<Impl>();
  impl->directory = directory;
  impl->surroundings = surroundings;
  auto custody = Custody::load_empty(directory);
  if (!custody.ok()) return custody.error();
  impl->custody = std::move(*custody);
  ASSAY_TRY(impl->lock());
  const nlohmann::ordered_json payload = {{"format", kCaseFormat},
                                          {"title", title},
                                          {"default_zone", default_zone},
                                          {"key_seed", fmt::format("{:016x}", key_seed)},
                                          {"case_file_sha256", sha256_hex(case_file)}};
  ASSAY_TRY(impl->seal(
      "init", payload.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)));
  return Case(std::move(impl));
}

Result<std::unique_ptr<Case::Impl>> open_inside(const std::string& directory,
                                                const Surroundings& surroundings) {
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) {
    return Error{ErrorCode::not_found, fmt::format("there is no case {}", directory),
                 fmt::format("make one with: assay init {}", directory)};
  }
  auto impl = std::make_unique<Case::Impl>();
  impl->directory = directory;
  impl->surroundings = surroundings;
  auto custody = Custody::load(directory);
  if (!custody.ok()) return custody.error();
  impl->custody = std::move(*custody);
  impl->replay();
  return impl;
}

Result<Case> Case::open(const std::string& directory, const Surroundings& surroundings) {
  auto impl = open_inside(directory, surroundings);
  if (!impl.ok()) return impl.error();
  return Case(std::move(*impl));
}

const std::string& Case::directory() const { return impl_->directory; }
const std::string& Case::case_hash() const { return impl_->custody.hash(); }
const std::vector<std::string>& Case::remarks() const { return impl_->remarks; }
const std::vector<Evidence>& Case::evidences() const { return impl_->state.evidences; }

std::vector<RejectSummary> Case::reject_summaries(std::string_view evidence) const {
  return impl_->state.reject_summaries(evidence);
}

Result<CaseFile> Case::case_file() const {
  const std::string path = impl_->path_in("case.toml");
  auto text = read_regular_file(path);
  if (!text.ok()) return text.error();
  return parse_case_file(*text, path);
}

// A chain that does not hold is shown as far as it can be understood, and nothing is written into
// it. A line that no assay writes is a problem of the chain like a changed one.
void Case::Impl::replay() {
  state = CaseState();
  for (const CustodyLine& line : custody.lines()) {
    if (line.type.empty()) continue;
    const Status status = state.apply(line);
    if (status.ok() || !custody.problems().empty()) continue;
    custody.add_problem({fmt::format("custody.jsonl line {}", line.seq), status.error().message});
  }
  tell_remarks();
}

void Case::Impl::tell_remarks() {
  remarks = custody.remarks();
  if (custody.problems().empty()) return;
  const Error broken = custody.broken();
  remarks.push_back(fmt::format("{}{}; {}", kWarning, broken.message, broken.mend));
}

Status Case::Impl::lock() {
  // A link would let a case that was received delete and write elsewhere.
  for (const char* own : {"rejects", "evidence"}) {
    std::error_code problem;
    if (std::filesystem::is_symlink(path_in(own), problem)) {
      return Error{ErrorCode::malformed,
                   fmt::format("{} is a symbolic link, which assay does not make", path_in(own)),
                   "put a folder in its place"};
    }
  }
  bool has_grown = false;
  ASSAY_TRY(custody.lock(has_grown));
  if (has_grown) replay();
  tell_remarks();
  if (custody.problems().empty()) return {};
  custody.unlock();
  return custody.broken();
}

Status Case::Impl::seal(std::string_view type, const std::string& payload) {
  CustodyLine line;
  line.time_us = surroundings.now_us ? surroundings.now_us() : 0;
  line.actor = surroundings.actor;
  line.engine_version = surroundings.engine_version;
  line.type = type;
  line.payload = payload;
  auto sealed = custody.append(std::move(line));
  if (!sealed.ok()) return sealed.error();
  ASSAY_TRY(state.apply(*sealed));
  return holds_back_ && custody.held_lines() < kMostHeldLines ? Status() : sync();
}

Status Case::Impl::commit_rows(std::uint32_t number) {
  uncommitted_.push_back(number);
  present.insert(number);
  return holds_back_ ? Status() : sync();
}

void Case::Impl::forget_rows(std::uint32_t number) {
  present.erase(number);
  std::erase(uncommitted_, number);
}

Status Case::Impl::while_held_back(const std::function<Status()>& work) {
  const bool was = std::exchange(holds_back_, true);
  Status worked = work();
  holds_back_ = was;
  Status synced = was ? Status() : sync();
  return worked.ok() ? synced : worked;
}

Status Case::Impl::sync() {
  if (!uncommitted_.empty()) {
    auto store = open_store();
    if (!store.ok()) return store.error();
    ASSAY_TRY((*store)->commit(uncommitted_));
    uncommitted_.clear();
  }
  return custody.write();
}

std::string Case::Impl::chain_path(const std::string& path) const {
  namespace fs = std::filesystem;
  std::error_code problem;
  const fs::path target = fs::weakly_canonical(path, problem);
  const fs::path relative = target.lexically_relative(fs::weakly_canonical(directory, problem));
  if (relative.empty() || *relative.begin() == "..") return target.string();
  return relative.string();
}

std::string Case::Impl::bytes_path(const Evidence& evidence) const {
  if (evidence.path.starts_with('/')) return evidence.path;
  return directory + "/" + evidence.path;
}

std::uint64_t Case::Impl::bytes_end(const Evidence& evidence) const {
  const auto later = state.first_of(state.index.at_path(evidence.path), [&](std::size_t i) {
    return state.evidences[i].predecessor == evidence.number &&
           state.evidences[i].path == evidence.path && state.details[i].is_sealed;
  });
  return later ? evidence.size_bytes : UINT64_MAX;
}

std::string Case::Impl::rejects_path(const Evidence& evidence) const {
  return directory + "/rejects/" + evidence.id + ".jsonl";
}

std::string Case::Impl::sealed_rejects_path(const Evidence& evidence) const {
  const auto index = state.index_of(evidence.number);
  const bool is_sealed = index && !state.details[*index].rejects_sha256.empty();
  return is_sealed ? rejects_path(evidence) : std::string();
}

}  // namespace assay
