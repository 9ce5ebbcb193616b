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

namespace {

// An evidence of which neither span nor coverage is known could be of any time.
bool touches(const Evidence& evidence, const Interval& window) {
  if (!evidence.span && evidence.coverage.intervals.empty()) return true;
  bool is_there = evidence.span && !intersect(*evidence.span, window).empty();
  for (const Interval& part : evidence.coverage.intervals) {
    is_there = is_there || !intersect(part, window).empty();
  }
  return is_there;
}

}  // namespace

std::optional<Absence> Absence::establish(const std::vector<const Evidence*>& evidences,
                                          std::string_view record_kind, const Interval& window,
                                          std::optional<std::string_view> name,
                                          std::uint64_t observed) {
  if (observed != 0 || window.empty()) return std::nullopt;
  // Parts of the window may be vouched for by different evidences (a rotated log). But an evidence
  // of this kind that touches the window and is not itself complete, wholly read and free of
  // rejects could hold what the others lack: one complete server does not speak for its neighbours.
  std::vector<Interval> vouched;
  Absence absence;
  for (const Evidence* evidence : evidences) {
    if (!evidence->id.starts_with(record_kind) || !touches(*evidence, window)) continue;
    if (evidence->state != ReadState::read || evidence->balance.rejected != 0) return std::nullopt;
    bool helps = false;
    for (const Interval& part : evidence->coverage.intervals) {
      const Interval inside = intersect(part, window);
      if (inside.empty() || !evidence->coverage.is_complete_for(inside, name)) continue;
      vouched.push_back(inside);
      helps = true;
    }
    if (!helps) return std::nullopt;
    absence.evidence_ids_.push_back(evidence->id);
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
