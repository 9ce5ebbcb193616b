// Case: examining, and keeping what came out under seal.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "engine/case_impl.h"
#include "engine/examine.h"
#include "engine/files.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

struct Sealed {
  std::string case_file, findings, verdict;  // SHA-256
};

// Nothing that the result rests on has changed since it was sealed.
bool is_sealed_already(const Case::Impl& inside, const Sealed& now) {
  const auto& last = inside.state.examined;
  if (!last || last->case_file_sha256 != now.case_file || last->findings_sha256 != now.findings ||
      last->verdict_sha256 != now.verdict ||
      last->engine_version != inside.surroundings.engine_version) {
    return false;
  }
  return std::none_of(inside.state.details.begin(), inside.state.details.end(),
                      [&](const EvidenceDetail& detail) { return detail.seq > last->seq; });
}

Status keep(Case::Impl& inside, std::string_view name, const std::string& bytes) {
  const std::string path = inside.path_in(name);
  if (auto there = read_regular_file(path); there.ok() && *there == bytes) return {};
  return replace_file(path, bytes);
}

std::string store_words(const RecordStore& store) {
  const std::string version = store.engine_version();
  return version.empty() ? std::string(store.engine())
                         : fmt::format("{} ({})", store.engine(), version);
}

Error changed_since(std::string_view what) {
  return {ErrorCode::check_failed,
          fmt::format("{} is not what it was at the last examination", what),
          "examine the case again with: assay examine CASE; see what changed with: assay verify "
          "CASE"};
}

// Refuses to write over what must stay as it is.
Status check_target(const Case::Impl& inside, const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code problem;
  const fs::path target = fs::weakly_canonical(path, problem);
  for (const Evidence& evidence : inside.state.evidences) {
    if (fs::weakly_canonical(inside.bytes_path(evidence), problem) == target) {
      return Error{ErrorCode::usage, fmt::format("{} is the evidence {}", path, evidence.id),
                   "choose another name for the report"};
    }
  }
  for (const char* own : {"case.toml", "custody.jsonl", "custody.head", "custody.torn",
                          "findings.jsonl", "verdict.json"}) {
    if (fs::weakly_canonical(inside.path_in(own), problem) == target) {
      return Error{ErrorCode::usage, fmt::format("{} belongs to the case itself", path),
                   "choose another name for the report"};
    }
  }
  return {};
}

Status check_is_file(const std::string& path) {
  std::error_code problem;
  if (!is_there(path) || std::filesystem::is_regular_file(path, problem)) return {};
  return Error{ErrorCode::usage, fmt::format("{} is not a regular file", path),
               "name a file that the report may be written to"};
}

}  // namespace

Result<ExamineOutcome> Case::examine() {
  ASSAY_TRY(impl_->lock());
  const std::string path = impl_->path_in("case.toml");
  auto text = read_regular_file(path);
  if (!text.ok()) return text.error();
  auto file = parse_case_file(*text, path);
  if (!file.ok()) return file.error();
  if (file->questions.empty()) {
    return Error{ErrorCode::usage, "the case asks no question yet",
                 "state parties and a question: assay party CASE add Bank 192.0.2.0/24; assay ask "
                 "CASE --between Bank --and Sender"};
  }
  auto store = impl_->rows();
  if (!store.ok()) return store.error();
  auto result = recompute(*file, impl_->state.evidences, **store, impl_->surroundings.stop);
  if (!result.ok()) return result.error();
  const Sealed now{sha256_hex(*text), sha256_hex(result->findings_jsonl),
                   sha256_hex(result->verdict_json)};
  ASSAY_TRY(keep(*impl_, "findings.jsonl", result->findings_jsonl));
  ASSAY_TRY(keep(*impl_, "verdict.json", result->verdict_json));
  if (!is_sealed_already(*impl_, now)) {
    const Json payload = {{"case_file_sha256", now.case_file},
                          {"findings_sha256", now.findings},
                          {"verdict_sha256", now.verdict},
                          {"store_engine", store_words(**store)},
                          {"zone_database", zone_database_version()}};
    ASSAY_TRY(impl_->seal("examined", payload.dump()));
  }
  return ExamineOutcome{std::move(result->questions), impl_->state.examined->case_hash};
}

Result<CaseModel> Case::model() {
  const auto& examined = impl_->state.examined;
  if (!examined) {
    return Error{ErrorCode::not_found, "the case has not been examined yet",
                 fmt::format("examine it with: assay examine {}", impl_->directory)};
  }
  const std::string path = impl_->path_in("case.toml");
  auto text = read_regular_file(path);
  if (!text.ok()) return text.error();
  if (sha256_hex(*text) != examined->case_file_sha256) return changed_since("case.toml");
  auto file = parse_case_file(*text, path);
  if (!file.ok()) return file.error();
  auto lines = read_regular_file(impl_->path_in("findings.jsonl"));
  if (!lines.ok()) return lines.error();
  if (sha256_hex(*lines) != examined->findings_sha256) return changed_since("findings.jsonl");
  const auto verdict = read_regular_file(impl_->path_in("verdict.json"));
  if (!verdict.ok()) return verdict.error();
  if (sha256_hex(*verdict) != examined->verdict_sha256) return changed_since("verdict.json");
  for (std::size_t i = 0; i < impl_->state.details.size(); ++i) {
    if (impl_->state.details[i].seq <= examined->seq) continue;
    return Error{ErrorCode::check_failed,
                 fmt::format("{} was added or read after the last examination",
                             impl_->state.evidences[i].id),
                 fmt::format("examine the case again with: assay examine {}", impl_->directory)};
  }

  CaseModel model;
  model.case_hash = examined->case_hash;
  model.case_toml_sha256 = examined->case_file_sha256;
  model.engine_version = examined->engine_version;
  model.store_engine = examined->store_engine;
  model.zone_database = examined->zone_database;
  model.examined_us = examined->time_us;
  model.evidences = impl_->state.evidences;
  model.rejects = impl_->state.reject_summaries("");
  for (const CustodyLine& line : impl_->custody.lines()) {
    if (line.type == "examined" && line.seq < examined->seq) {
      model.earlier_hashes.push_back(line.sha256);
    }
  }
  for (const Method* method : all_methods()) {
    model.methods.emplace_back(method->name(), method->version());
  }
  std::map<std::string, std::vector<Finding>> by_question;
  for (std::size_t start = 0; start < lines->size();) {
    const std::size_t end = std::min(lines->find('\n', start), lines->size());
    auto finding = finding_from_json(std::string_view(*lines).substr(start, end - start));
    if (!finding.ok()) return finding.error();
    by_question[finding->question].push_back(std::move(*finding));
    start = end + 1;
  }
  for (const Question& question : file->questions) {
    const FindingSet set(std::move(by_question[question.id]));
    model.questions.push_back({question, set.all(), judge(question, *file, set)});
  }
  model.case_file = std::move(*file);
  return model;
}

Status Case::render(std::string_view writer_name, const std::string& path) {
  const Writer* writer = find_writer(writer_name);
  if (writer == nullptr) {
    std::vector<std::string> known;
    for (const Writer* candidate : all_writers()) known.emplace_back(candidate->name());
    return Error{ErrorCode::usage, fmt::format("there is no output '{}'", writer_name),
                 fmt::format("the outputs are: {}", fmt::join(known, ", "))};
  }
  ASSAY_TRY(impl_->lock());
  ASSAY_TRY(check_target(*impl_, path));
  auto model = this->model();
  if (!model.ok()) return model.error();
  auto bytes = writer->write(*model);
  if (!bytes.ok()) return bytes.error();
  ASSAY_TRY(check_is_file(path));
  auto there = read_regular_file(path);
  if (!there.ok() || *there != *bytes) ASSAY_TRY(replace_file(path, *bytes));

  const std::string chain_path = impl_->chain_path(path);
  const std::string sha256 = sha256_hex(*bytes);
  const auto known = impl_->state.rendered.find(chain_path);
  if (known != impl_->state.rendered.end() && known->second.sha256 == sha256 &&
      known->second.writer == writer_name && known->second.case_hash == model->case_hash) {
    return {};
  }
  const Json payload = {{"writer", writer_name},
                        {"path", chain_path},
                        {"sha256", sha256},
                        {"case_hash", model->case_hash}};
  return impl_->seal("rendered", payload.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Status Case::render_difference(Case& before, const std::string& path) {
  ASSAY_TRY(check_target(*impl_, path));
  ASSAY_TRY(check_target(*before.impl_, path));
  ASSAY_TRY(check_is_file(path));
  const auto old = before.model();
  if (!old.ok()) return old.error();
  const auto now = model();
  if (!now.ok()) return now.error();
  return replace_file(path, path.ends_with(".json") ? difference_to_json(*old, *now)
                                                    : difference_to_html(*old, *now));
}

}  // namespace assay
