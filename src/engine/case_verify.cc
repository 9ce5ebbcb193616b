// Case::verify: what the other side's expert runs. Every byte that the chain names is hashed again,
// and the findings are computed again from the evidence, not from the store.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/digest.h"
#include "engine/case_impl.h"
#include "engine/examine.h"
#include "engine/files.h"

namespace assay {
namespace {

// Up to so many rows are read again into memory for the recomputation; beyond, the record store
// answers after its counts have been compared with the chain's.
constexpr std::uint64_t kMaxRowsInMemory = 3'000'000;

class Verification {
 public:
  explicit Verification(Case::Impl& inside) : inside_(inside) {}

  Result<VerifyReport> run(bool recompute_findings) {
    report_.case_hash = inside_.custody.hash();
    report_.custody_lines = inside_.custody.lines().size();
    report_.problems = inside_.custody.problems();
    for (const std::string& remark : inside_.custody.remarks()) {
      if (remark.find("unfinished line") == std::string::npos) continue;
      problem("custody.jsonl", remark + "; the next assay add or examine sets them aside");
    }
    for (std::size_t i = 0; i < inside_.state.evidences.size(); ++i) {
      ASSAY_TRY(check_evidence(i));
      check_rejects(i);
    }
    if (inside_.state.examined) {
      check_results();
      if (recompute_findings) ASSAY_TRY(check_findings());
    }
    check_rendered();
    return std::move(report_);
  }

 private:
  void problem(std::string where, std::string what) {
    report_.problems.push_back({std::move(where), std::move(what)});
  }

  Status check_evidence(std::size_t index) {
    const Evidence& evidence = inside_.state.evidences[index];
    if (!inside_.state.details[index].is_sealed || evidence.container != 0) return {};
    if (inside_.surroundings.stop && inside_.surroundings.stop->load()) {
      return Error{ErrorCode::interrupted, "stopped while verifying", ""};
    }
    if (inside_.surroundings.progress) {
      inside_.surroundings.progress(evidence.name, 0, evidence.size_bytes);
    }
    const std::string path = inside_.bytes_path(evidence);
    const auto seal = seal_of_file(path);
    ++report_.evidences_checked;
    if (!seal.ok()) {
      problem(evidence.id, seal.error().code == ErrorCode::not_found
                               ? fmt::format("its file is missing: {}", path)
                               : seal.error().message);
    } else if (seal->size_bytes != evidence.size_bytes) {
      problem(evidence.id, fmt::format("{} has {} bytes, {} were sealed", path, seal->size_bytes,
                                       evidence.size_bytes));
    } else if (seal->sha256 != evidence.sha256) {
      problem(evidence.id,
              fmt::format("the bytes of {} were changed: SHA-256 {} where {} was sealed", path,
                          seal->sha256, evidence.sha256));
    }
    return {};
  }

  void check_rejects(std::size_t index) {
    const std::string& sealed = inside_.state.details[index].rejects_sha256;
    if (sealed.empty()) return;
    const Evidence& evidence = inside_.state.evidences[index];
    check_file(fmt::format("rejects/{}.jsonl", evidence.id), inside_.rejects_path(evidence),
               sealed);
  }

  void check_file(const std::string& name, const std::string& path, const std::string& sealed) {
    const auto seal = seal_of_file(path);
    if (!seal.ok()) {
      problem(name,
              seal.error().code == ErrorCode::not_found ? "is missing" : seal.error().message);
    } else if (seal->sha256 != sealed) {
      problem(name, "its bytes are not those that were sealed");
    }
  }

  void check_results() {
    const Examined& examined = *inside_.state.examined;
    const auto text = read_file(inside_.path_in("case.toml"));
    if (!text.ok()) {
      problem("case.toml", text.error().message);
    } else if (sha256_hex(*text) != examined.case_file_sha256) {
      const bool was_command = sha256_hex(*text) == inside_.state.case_file_sha256;
      problem("case.toml",
              fmt::format("was changed after the examination of line {}{}", examined.seq,
                          was_command ? " (by a command of assay, see the chain)" : ""));
    }
    check_file("findings.jsonl", inside_.path_in("findings.jsonl"), examined.findings_sha256);
    check_file("verdict.json", inside_.path_in("verdict.json"), examined.verdict_sha256);
    for (std::size_t i = 0; i < inside_.state.evidences.size(); ++i) {
      if (inside_.state.details[i].seq <= examined.seq) continue;
      problem(inside_.state.evidences[i].id,
              "was added or read after the last examination: the verdict does not know it");
    }
  }

  void check_rendered() {
    for (const auto& [path, rendered] : inside_.state.rendered) {
      const bool is_inside = !path.starts_with('/');
      const std::string full = is_inside ? inside_.path_in(path) : path;
      // A report that was handed on may have gone; one that is there must be the one sealed.
      if (!is_inside && !is_there(full)) continue;
      check_file(path, full, rendered.sha256);
    }
  }

  std::uint64_t rows_in_all() const {
    std::uint64_t rows = 0;
    for (const Evidence& evidence : inside_.state.evidences) rows += evidence.balance.rows;
    return rows;
  }

  Status check_findings() {
    const std::string path = inside_.path_in("case.toml");
    const auto text = read_file(path);
    if (!text.ok()) return {};  // said above
    const auto file = parse_case_file(*text, path);
    if (!file.ok()) {
      problem("case.toml", file.error().message);
      return {};
    }
    // A second view of the same chain, whose rows come from the evidence and nowhere else.
    Case::Impl fresh;
    fresh.directory = inside_.directory;
    fresh.surroundings = inside_.surroundings;
    fresh.surroundings.store = StoreChoice::memory;
    fresh.state = inside_.state;
    Case::Impl& source = rows_in_all() <= kMaxRowsInMemory ? fresh : inside_;
    auto store = source.rows();
    if (!store.ok()) {
      if (store.error().code == ErrorCode::interrupted) return store.error();
      problem("findings.jsonl", "cannot be recomputed: " + store.error().message);
      return {};
    }
    auto again = recompute(*file, source.state.evidences, **store);
    if (!again.ok()) {
      problem("findings.jsonl", "cannot be recomputed: " + again.error().message);
      return {};
    }
    compare(*again);
    return {};
  }

  static std::map<std::string, std::string> by_id(std::string_view lines) {
    std::map<std::string, std::string> found;
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      const std::string line(lines.substr(0, end));
      lines.remove_prefix(std::min(end + 1, lines.size()));
      const auto json = nlohmann::json::parse(line, nullptr, false);
      found[json.is_object() ? json.value("id", "") : "a line that is not JSON"] = line;
    }
    return found;
  }

  void compare(const Recomputed& again) {
    const auto stored = read_file(inside_.path_in("findings.jsonl"));
    const auto old_findings = by_id(stored.ok() ? std::string_view(*stored) : std::string_view());
    const auto new_findings = by_id(again.findings_jsonl);
    for (const auto& [id, line] : new_findings) {
      const auto old = old_findings.find(id);
      if (old == old_findings.end()) {
        problem("findings.jsonl",
                fmt::format("the finding {} is not there, and is found again", id));
      } else if (old->second != line) {
        problem("findings.jsonl",
                fmt::format("the finding {} comes out otherwise when it is computed "
                            "again",
                            id));
      } else {
        ++report_.findings_recomputed;
      }
    }
    for (const auto& [id, line] : old_findings) {
      if (new_findings.contains(id)) continue;
      problem("findings.jsonl", fmt::format("the finding {} is not found again", id));
    }
    const auto verdict = read_file(inside_.path_in("verdict.json"));
    if (verdict.ok() && *verdict != again.verdict_json) {
      problem("verdict.json", "the verdict comes out otherwise when it is computed again");
    }
  }

  Case::Impl& inside_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> Case::verify(bool recompute_findings) {
  return Verification(*impl_).run(recompute_findings);
}

}  // namespace assay
