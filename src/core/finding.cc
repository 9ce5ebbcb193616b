#include "assay/finding.h"

#include <fmt/format.h>

namespace assay {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::measured:
      return "measured";
    case Outcome::found:
      return "found";
    case Outcome::nothing_found:
      return "nothing_found";
    case Outcome::not_enough:
      return "not_enough";
    case Outcome::not_applicable:
      return "not_applicable";
  }
  return "measured";
}

std::optional<Absence> Absence::establish(const std::vector<const Evidence*>& evidences,
                                          std::string_view record_kind, const Interval& window,
                                          std::optional<std::string_view> name,
                                          std::uint64_t observed) {
  if (observed != 0 || window.empty()) return std::nullopt;
  // Parts of the window may be vouched for by different evidences; each part must be wholly read.
  std::vector<Interval> vouched;
  Absence absence;
  for (const Evidence* evidence : evidences) {
    if (evidence->state != ReadState::read || !evidence->id.starts_with(record_kind) ||
        evidence->balance.rejected != 0) {
      continue;
    }
    bool helps = false;
    for (const Interval& part : evidence->coverage.intervals) {
      const Interval inside = intersect(part, window);
      if (inside.empty() || !evidence->coverage.is_complete_for(inside, name)) continue;
      vouched.push_back(inside);
      helps = true;
    }
    if (helps) absence.evidence_ids_.push_back(evidence->id);
  }
  if (vouched.empty() || !uncovered(window, vouched).empty()) return std::nullopt;
  absence.statement_ =
      fmt::format("no {} record{} in {}, within coverage declared complete by {}", record_kind,
                  name ? fmt::format(" for {}", display_name(*name)) : "", format_interval(window),
                  fmt::join(absence.evidence_ids_, ", "));
  return absence;
}

const Quantity* Finding::quantity(std::string_view wanted) const {
  for (const Quantity& candidate : quantities) {
    if (candidate.name == wanted) return &candidate;
  }
  return nullptr;
}

double Finding::value_or(std::string_view wanted, double otherwise) const {
  const Quantity* found = quantity(wanted);
  return found != nullptr ? found->value : otherwise;
}

const Table* Finding::table(std::string_view wanted) const {
  for (const Table& candidate : tables) {
    if (candidate.name == wanted) return &candidate;
  }
  return nullptr;
}

std::vector<const Finding*> FindingSet::by_method(std::string_view method, std::string_view subject,
                                                  std::string_view vantage) const {
  std::vector<const Finding*> found;
  for (const Finding& finding : findings_) {
    if (finding.method == method && (subject.empty() || finding.subject == subject) &&
        (vantage.empty() || finding.vantage == vantage)) {
      found.push_back(&finding);
    }
  }
  return found;
}

const Finding* FindingSet::first(std::string_view method, std::string_view subject,
                                 std::string_view vantage) const {
  const auto found = by_method(method, subject, vantage);
  return found.empty() ? nullptr : found.front();
}

const Finding* FindingSet::by_id(std::string_view id) const {
  for (const Finding& finding : findings_) {
    if (finding.id == id) return &finding;
  }
  return nullptr;
}

}  // namespace assay
