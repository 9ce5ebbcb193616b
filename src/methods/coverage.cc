// coverage: for each kind of record, whether the case has any, and what is vouched for in the
// window.

#include <fmt/format.h>

#include <algorithm>

#include "methods/registry.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

// The kinds that an explanation may lean on (docs/ladder.md). This version reads dns only.
constexpr const char* kKinds[] = {"dns", "flow", "mail", "message"};
constexpr const char* kRead = "dns";

bool is_of_kind(const Evidence& evidence, std::string_view kind) {
  return std::string_view(evidence.id).substr(0, evidence.id.find('-')) == kind;
}

std::vector<const Evidence*> evidences_of_kind(const QuestionRecords& records,
                                               const MethodContext& context,
                                               std::string_view kind) {
  if (kind == kRead) return records.evidences;
  std::vector<const Evidence*> found;
  if (context.all_evidences == nullptr) return found;
  for (const Evidence& evidence : *context.all_evidences) {
    if (is_of_kind(evidence, kind)) found.push_back(&evidence);
  }
  return found;
}

std::optional<std::string_view> only_target(const QuestionRecords& records) {
  std::optional<std::string_view> only;
  for (const NameInfo& name : records.names) {
    if (!name.is_target) continue;
    if (only) return std::nullopt;
    only = name.canonical;
  }
  return only;
}

double covered_share(const Interval& window, const std::vector<Interval>& parts) {
  if (window.empty()) return 0;
  double open = 0;
  for (const Interval& gap : uncovered(window, parts)) {
    open += static_cast<double>(gap.length_us());
  }
  return 1 - open / static_cast<double>(window.length_us());
}

struct Declared {
  std::vector<Interval> any;
  std::vector<Interval> complete;
  double complete_evidences = 0;
  double rows = 0;
};

Declared declared_by(const std::vector<const Evidence*>& evidences, const Interval& window,
                     std::optional<std::string_view> name) {
  Declared declared;
  for (const Evidence* evidence : evidences) {
    bool is_complete = false;
    for (const Interval& part : evidence->coverage.intervals) {
      const Interval inside = intersect(part, window);
      if (inside.empty()) continue;
      declared.any.push_back(inside);
      if (!evidence->coverage.is_complete_for(inside, name)) continue;
      declared.complete.push_back(inside);
      is_complete = true;
    }
    declared.complete_evidences += is_complete ? 1 : 0;
    declared.rows += static_cast<double>(evidence->balance.rows);
  }
  return declared;
}

void say(const QuestionRecords& records, std::string_view kind, double evidences,
         const Declared& declared, Finding& finding) {
  const bool is_complete = finding.value_or("complete", 0) > 0;
  if (evidences == 0) {
    finding.outcome = Outcome::nothing_found;
    finding.statement = fmt::format("The case holds no {} evidence{}.", kind,
                                    kind == kRead ? " at this vantage" : "");
    finding.limitations.push_back(
        fmt::format("Nothing can be concluded from the absence of {} records that nobody handed "
                    "over.",
                    kind));
    return;
  }
  finding.outcome = is_complete ? Outcome::found : Outcome::measured;
  finding.statement = fmt::format(
      "{} with {}; coverage of {} of the window {} is declared, {} of it complete, by {}.",
      plural(evidences, fmt::format("{} evidence", kind)), plural(declared.rows, "row"),
      share_text(finding.value_or("declared_share", 0)), window_text(records.window),
      share_text(finding.value_or("complete_share", 0)),
      plural(declared.complete_evidences, "evidence"));
  finding.limitations.emplace_back(
      "Coverage is what was stated when the evidence was added; nothing in a record vouches for "
      "its "
      "own completeness.");
  if (evidences > 1 && !is_complete) {
    finding.limitations.emplace_back(
        "Every evidence of the kind that touches the window has to be complete: one complete "
        "server "
        "does not speak for its neighbours.");
  }
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view kind) {
  Finding finding = make_finding(coverage_method(), records, context, kind);
  const auto evidences = evidences_of_kind(records, context, kind);
  const bool is_dns = kind == kRead;
  const auto name = is_dns ? only_target(records) : std::nullopt;
  const Declared declared = declared_by(evidences, records.window, name);
  finding.dedup_rule = "evidences";
  finding.denominator = fmt::format("of the window {}", window_text(records.window));
  finding.selection = seal(records, {}, fmt::format("declared coverage of {} evidences", kind));
  for (const Evidence* evidence : evidences) {
    finding.selection.evidences.push_back(evidence->number);
  }
  add(finding, "evidences", static_cast<double>(evidences.size()), "evidences");
  add(finding, "complete_evidences", declared.complete_evidences, "evidences");
  add(finding, "rows", declared.rows, "rows");
  add(finding, "declared_share", covered_share(records.window, declared.any));
  const double complete_share = covered_share(records.window, declared.complete);
  add(finding, "complete_share", complete_share);
  // The rule by which an absence could be established, whatever was observed.
  const bool is_complete = Absence::establish(evidences, kind, records.window, name, 0).has_value();
  add(finding, "complete", is_complete ? 1 : 0);
  const double observed = is_dns ? static_cast<double>(records.rows.size()) : declared.rows;
  finding.absence = Absence::establish(evidences, kind, records.window, name,
                                       static_cast<std::uint64_t>(observed));
  say(records, kind, static_cast<double>(evidences.size()), declared, finding);
  if (finding.absence) finding.statement += " Established: " + finding.absence->statement() + ".";
  return finding;
}

class CoverageMethod : public Method {
 public:
  std::string_view name() const override { return "coverage"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "which kinds of record the case has, and what coverage is declared";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    std::vector<Finding> findings;
    for (const char* kind : kKinds) findings.push_back(measure(records, context, kind));
    return findings;
  }
};

}  // namespace

const Method& coverage_method() {
  static const CoverageMethod kMethod;
  return kMethod;
}

}  // namespace assay::methods
