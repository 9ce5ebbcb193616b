// Case::verify: what the other side's expert runs. Every byte that the chain names is hashed again,
// what the chain does not name is said, and the findings are computed again from the evidence.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "core/digest.h"
#include "engine/case_impl.h"
#include "engine/files.h"
#include "engine/recompute_findings.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Evidences that are named one by one as newer than the examination.
constexpr std::size_t kMaxNamed = 10;

constexpr const char* kChangedByCommand = "was changed by a command of assay since the examination";
constexpr const char* kExamineAgain = "examine again with: assay examine";

class Verification {
 public:
  explicit Verification(Case::Impl& inside) : inside_(inside) {}

  Result<VerifyReport> run(bool recompute) {
    report_.case_hash = inside_.custody.hash();
    report_.custody_lines = inside_.custody.lines().size();
    report_.problems = inside_.custody.problems();
    const bool holds = report_.problems.empty();
    for (const std::string& remark : inside_.custody.remarks()) {
      if (remark.find("unfinished line") == std::string::npos) continue;
      problem("custody.jsonl", remark + "; the next assay add or examine sets them aside");
    }
    for (std::size_t i = 0; i < inside_.state.evidences.size(); ++i) {
      ASSAY_TRY(check_evidence(i));
      ASSAY_TRY(check_rejects(i));
    }
    if (inside_.state.examined) ASSAY_TRY(check_results());
    ASSAY_TRY(check_rendered());
    check_unsealed();
    if (inside_.state.examined && recompute) {
      if (holds) {
        ASSAY_TRY(check_findings());
      } else {
        problem("findings.jsonl", "not computed again: the custody chain does not hold");
      }
    }
    return finish();
  }

 private:
  void problem(std::string where, std::string what) {
    report_.problems.push_back({std::move(where), std::move(what)});
  }

  // What this machine or this person cannot do says nothing about the case: an error, unless
  // something else is wrong with it.
  void cannot(std::string where, Error error) {
    unable_.push_back({std::move(where), "could not be checked: " + error.message});
    if (!first_inability_) first_inability_ = std::move(error);
  }

  Result<VerifyReport> finish() {
    if (first_inability_ && report_.problems.empty()) {
      first_inability_->message = fmt::format("{}: {}; what could be checked has not changed",
                                              unable_.front().where, unable_.front().what);
      return *first_inability_;
    }
    report_.problems.insert(report_.problems.end(), unable_.begin(), unable_.end());
    return std::move(report_);
  }

  Status check_evidence(std::size_t index) {
    const Evidence& evidence = inside_.state.evidences[index];
    if (!inside_.state.details[index].is_sealed || evidence.container != 0) return {};
    if (inside_.surroundings.progress) {
      inside_.surroundings.progress(evidence.name, 0, evidence.size_bytes);
    }
    const std::string path = inside_.bytes_path(evidence);
    const auto seal = seal_of_file(path, inside_.surroundings.stop, inside_.bytes_end(evidence));
    ++report_.evidences_checked;
    if (!seal.ok()) {
      return cannot_seal(evidence.id, fmt::format("its file is missing: {}", path), seal.error());
    }
    if (seal->size_bytes != evidence.size_bytes) {
      problem(evidence.id, fmt::format("{} has {} bytes, {} were sealed", path, seal->size_bytes,
                                       evidence.size_bytes));
    } else if (seal->sha256 != evidence.sha256) {
      problem(evidence.id,
              fmt::format("the bytes of {} were changed: SHA-256 {} where {} was sealed", path,
                          seal->sha256, evidence.sha256));
    }
    return {};
  }

  Status cannot_seal(const std::string& name, std::string missing, const Error& error) {
    if (error.code == ErrorCode::interrupted) return error;
    if (error.code == ErrorCode::not_found) {
      problem(name, std::move(missing));
    } else if (error.message.ends_with("is not a regular file")) {
      problem(name, error.message);
    } else {
      cannot(name, error);
    }
    return {};
  }

  Status check_rejects(std::size_t index) {
    const std::string& sealed = inside_.state.details[index].rejects_sha256;
    if (sealed.empty()) return {};
    const Evidence& evidence = inside_.state.evidences[index];
    return check_file(fmt::format("rejects/{}.jsonl", evidence.id), inside_.rejects_path(evidence),
                      sealed);
  }

  Status check_file(const std::string& name, const std::string& path, const std::string& sealed) {
    const auto seal = seal_of_file(path, inside_.surroundings.stop);
    if (!seal.ok()) return cannot_seal(name, "is missing", seal.error());
    if (seal->sha256 != sealed) problem(name, "its bytes are not those that were sealed");
    return {};
  }

  Status check_results() {
    const Examined& examined = *inside_.state.examined;
    const auto text = read_regular_file(inside_.path_in("case.toml"));
    if (!text.ok()) {
      ASSAY_TRY(cannot_seal("case.toml", "is missing", text.error()));
    } else if (sha256_hex(*text) != examined.case_file_sha256) {
      const bool was_command = sha256_hex(*text) == inside_.state.case_file_sha256;
      problem("case.toml", was_command ? fmt::format("{} of line {}: {} {}", kChangedByCommand,
                                                     examined.seq, kExamineAgain, inside_.directory)
                                       : fmt::format("was changed after the examination of line {}",
                                                     examined.seq));
    }
    ASSAY_TRY(
        check_file("findings.jsonl", inside_.path_in("findings.jsonl"), examined.findings_sha256));
    ASSAY_TRY(check_file("verdict.json", inside_.path_in("verdict.json"), examined.verdict_sha256));
    std::size_t newer = 0;
    for (std::size_t i = 0; i < inside_.state.evidences.size(); ++i) {
      if (inside_.state.details[i].seq <= examined.seq || ++newer > kMaxNamed) continue;
      problem(inside_.state.evidences[i].id,
              fmt::format("was added or read after the last examination, the verdict does not know "
                          "it: {} {}",
                          kExamineAgain, inside_.directory));
    }
    if (newer > kMaxNamed) {
      problem("evidence", fmt::format("{} further ones were added or read after the last "
                                      "examination",
                                      newer - kMaxNamed));
    }
    return {};
  }

  Status check_rendered() {
    for (const auto& [path, rendered] : inside_.state.rendered) {
      const bool is_inside = !path.starts_with('/');
      const std::string full = is_inside ? inside_.path_in(path) : path;
      // A report that was handed on may have gone; one that is there must be the one sealed.
      if (!is_inside && !is_there(full)) continue;
      ASSAY_TRY(check_file(path, full, rendered.sha256));
      const auto& examined = inside_.state.examined;
      if (!examined || rendered.case_hash == examined->case_hash) continue;
      const std::string what = fmt::format(
          "tells an earlier examination than that of line {}; write it again with: assay report",
          examined->seq);
      if (is_inside) {
        problem(path, what);
      } else {
        inside_.remarks.push_back(path + " " + what);  // handed on as it was then
      }
    }
    return {};
  }

  // Files that the commands of assay would show although no line of the chain vouches for them. A
  // writer at work makes the file first and the line afterwards.
  void check_unsealed() {
    if (inside_.custody.is_being_written()) return;
    constexpr const char* kUnknown = "no line of the custody chain seals it";
    for (const char* name : {"findings.jsonl", "verdict.json"}) {
      if (!inside_.state.examined && is_there(inside_.path_in(name))) problem(name, kUnknown);
    }
    for (const char* name : {"report.html", "report.json"}) {
      if (!inside_.state.rendered.contains(name) && is_there(inside_.path_in(name))) {
        problem(name, kUnknown);
      }
    }
    for (const std::string& name : files_in("rejects")) {
      if (is_rejects_file_known(name)) continue;
      problem("rejects/" + name, kUnknown);
    }
    for (const std::string& name : files_in("evidence")) {
      const bool is_known = std::any_of(
          inside_.state.evidences.begin(), inside_.state.evidences.end(),
          [&](const Evidence& evidence) { return evidence.path == "evidence/" + name; });
      if (is_known) continue;
      inside_.remarks.push_back(fmt::format(
          "evidence/{} is no evidence of this case: a command was stopped while it copied, or "
          "somebody put it there; it may be removed",
          name));
    }
  }

  // Also what an interrupted reading left: it is written anew before its line, and not shown.
  bool is_rejects_file_known(const std::string& name) const {
    for (std::size_t i = 0; i < inside_.state.evidences.size(); ++i) {
      const EvidenceDetail& detail = inside_.state.details[i];
      if (name != inside_.state.evidences[i].id + ".jsonl") continue;
      return !detail.rejects_sha256.empty() || !detail.is_read;
    }
    return false;
  }

  std::vector<std::string> files_in(const char* folder) const {
    std::vector<std::string> names;
    std::error_code stop;
    for (fs::directory_iterator it(inside_.path_in(folder), stop), end; !stop && it != end;
         it.increment(stop)) {
      names.push_back(it->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Status check_findings() {
    const auto same = recompute_findings(inside_, [&](std::string where, std::string what) {
      problem(std::move(where), std::move(what));
    });
    if (same.ok()) {
      report_.findings_recomputed = *same;
    } else if (same.error().code == ErrorCode::interrupted) {
      return same.error();
    } else {
      cannot("findings.jsonl", same.error());
    }
    return {};
  }

  Case::Impl& inside_;
  VerifyReport report_;
  std::vector<VerifyProblem> unable_;
  std::optional<Error> first_inability_;
};

}  // namespace

Result<VerifyReport> Case::verify(bool recompute_findings) {
  return Verification(*impl_).run(recompute_findings);
}

}  // namespace assay
