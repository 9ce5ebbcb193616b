// Writer: the door through which an output leaves. A writer turns the examined case into bytes; it
// reads no clock, opens nothing, and gives the same bytes for the same model.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/case.h"
#include "assay/evidence.h"
#include "assay/explanation.h"
#include "assay/finding.h"
#include "assay/result.h"
#include "assay/verdict.h"

namespace assay {

struct QuestionResult {
  Question question;
  std::vector<Finding> findings;
  Verdict verdict;
};

struct RejectSummary {
  std::uint32_t evidence = 0;
  std::string code;
  std::uint64_t count = 0;
  std::string example_text;  // the attacker's bytes: escape before showing
  std::uint64_t example_offset = 0;
  std::string why;
};

// Everything that a report may say.
struct CaseModel {
  std::string case_hash;  // of the custody chain at examination
  std::string case_toml_sha256;
  std::string engine_version;  // assay's
  std::string store_engine;    // "embedded ClickHouse 26.7..." or "memory"
  std::string zone_database;   // "2025b"
  std::int64_t examined_us = 0;
  CaseFile case_file;
  std::vector<Evidence> evidences;
  std::vector<RejectSummary> rejects;
  std::vector<QuestionResult> questions;
  std::vector<std::pair<std::string, std::string>> methods;  // name, version
  std::vector<std::string> earlier_hashes;  // of the chain's examinations before this one
};

class Writer {
 public:
  virtual ~Writer() = default;
  virtual std::string_view name() const = 0;  // "html"
  virtual std::string_view summary() const = 0;
  virtual Result<std::string> write(const CaseModel& model) const = 0;
};

const std::vector<const Writer*>& all_writers();
const Writer* find_writer(std::string_view name);

// --- what changed between two examinations, and by which finding (docs/difference.md) ---

enum class Change { came, gone, changed };
std::string_view to_string(Change change);

struct EvidenceChange {
  Change change = Change::came;
  std::string id;  // in the later case, in the earlier one when gone
  std::string text;
};

struct FindingChange {
  Change change = Change::came;
  std::string id, method;
  std::string version_before, version_after;
  std::vector<std::string> what;   // of a changed one: "outcome", "numbers", "records" ...
  std::string statement;           // of the later one, of the earlier one when gone
  std::string statement_before{};  // of a changed one
};

// A sign that came, went or turned. nullopt: the finding bears on it in one of the two alone.
struct BearingChange {
  std::string finding;
  std::optional<Direction> before, after;
  std::string reason;
};

struct ExplanationChange {
  std::string explanation;              // name
  std::string before, after;            // "weak support", "excluded", "cannot be tested"
  std::string why;                      // of the later standing
  std::vector<std::string> exclusions;  // findings that exclude it now and did not
  std::vector<BearingChange> bearings;
  bool has_moved() const { return before != after; }
};

struct ClaimChange {
  std::string claim;
  std::optional<Answer> before, after;  // nullopt: not claimed in that case
  std::string short_before, short_after, statement;
  std::vector<std::string> findings;  // cited by the later answer and new or changed
  bool has_moved() const { return before != after; }
};

struct MissingChange {
  std::string record, text;
  std::size_t place_before = 0, place_after = 0;  // from 1; 0 = not in that list
  int weight_before = 0, weight_after = 0;
};

struct QuestionDifference {
  const QuestionResult* before = nullptr;  // nullptr: not asked there
  const QuestionResult* after = nullptr;
  bool is_verdict_changed = false;  // rung, conclusion or sentence
  std::vector<FindingChange> findings;
  std::vector<ExplanationChange> explanations;  // that changed in standing or signs
  std::vector<ClaimChange> claims;              // whose answer, words or findings changed
  std::vector<MissingChange> missing;           // all of both lists, best of the later one first
};

struct Difference {
  bool is_same_case_later = false;  // the later chain holds the earlier examination
  std::vector<std::string> stated;  // what case.toml and the versions say otherwise
  std::vector<EvidenceChange> evidences;
  std::vector<QuestionDifference> questions;
  bool is_nothing() const;  // evidence, statements, findings and verdicts are the same
};

// Pure; the result points into both models. O(findings).
Difference difference_between(const CaseModel& before, const CaseModel& after);
std::string difference_to_json(const CaseModel& before, const CaseModel& after);
// One self-contained page.
std::string difference_to_html(const CaseModel& before, const CaseModel& after);

// JSON of the values, with one fixed number format; what `--json`, findings.jsonl and the report
// share. Round trip: finding_from_json(finding_to_json(f)) gives the same JSON.
std::string finding_to_json(const Finding& finding);
Result<Finding> finding_from_json(std::string_view json);
std::string verdict_to_json(const Verdict& verdict);
std::string evidence_to_json(const Evidence& evidence);
Result<Evidence> evidence_from_json(std::string_view json);

}  // namespace assay
