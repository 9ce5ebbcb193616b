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

std::string ids_of(const std::vector<const Evidence*>& pieces) {
  std::vector<std::string> ids;
  for (const Evidence* piece : pieces) ids.push_back(piece->id);
  return fmt::format("{}", fmt::join(ids, ", "));
}

std::string shortfall_of_piece(const Evidence& piece, const Sought& sought) {
  if (piece.state == ReadState::container) {
    return fmt::format("{} touches the window and has members that could not be read", piece.id);
  }
  if (piece.state != ReadState::read) {
    return fmt::format("{} touches the window and is {}", piece.id,
                       piece.state == ReadState::partly_read ? "read in part" : "not read");
  }
  if (piece.balance.rejected != 0) {
    return fmt::format("{} of the units of {} were rejected", piece.balance.rejected, piece.id);
  }
  for (const Interval& part : piece.coverage.intervals) {
    const Interval inside = intersect(part, sought.window);
    if (!inside.empty() && piece.coverage.is_complete_for(inside, sought.names)) return "";
  }
  const bool is_complete = piece.coverage.completeness == Completeness::complete;
  return fmt::format("{} touches the window and is not declared complete{}", piece.id,
                     is_complete ? " for all of the names there" : "");
}

// Empty when the recorder has no say, or vouches for all of the window.
std::string shortfall_of(const Recorder& recorder, const Sought& sought) {
  std::vector<Interval> vouched;
  std::vector<const Evidence*> touching;
  for (const Evidence* piece : recorder.pieces) {
    if (!touches(*piece, sought.window)) continue;
    touching.push_back(piece);
    if (std::string why = shortfall_of_piece(*piece, sought); !why.empty()) return why;
    vouched.insert(vouched.end(), piece->coverage.intervals.begin(),
                   piece->coverage.intervals.end());
  }
  if (touching.empty()) return "";
  if (!recorder.objection.empty()) {
    return fmt::format("{}: {}", ids_of(touching), recorder.objection);
  }
  const std::vector<Interval> open = uncovered(sought.window, vouched);
  if (open.empty()) return "";
  return fmt::format("{} does not cover {}{}", ids_of(touching), format_interval(open.front()),
                     open.size() > 1 ? " and more" : "");
}

}  // namespace

std::vector<std::string> Absence::shortfalls(const std::vector<Recorder>& recorders,
                                             const Sought& sought) {
  std::vector<std::string> reasons;
  bool is_touched = false;
  for (const Recorder& recorder : recorders) {
    for (const Evidence* piece : recorder.pieces) {
      is_touched = is_touched || touches(*piece, sought.window);
    }
    if (std::string why = shortfall_of(recorder, sought); !why.empty()) {
      reasons.push_back(std::move(why));
    }
  }
  if (sought.window.empty() || !is_touched)
    reasons.emplace_back("no evidence speaks of the window");
  return reasons;
}

std::optional<Absence> Absence::establish(const std::vector<Recorder>& recorders,
                                          const Sought& sought, std::uint64_t observed) {
  // Pieces of one recorder may each vouch for a part of the window (a rotated log). Recorders are
  // never added up: one complete server does not speak for its neighbours, and what one missed at
  // the beginning the other need not have been asked.
  if (observed != 0 || !shortfalls(recorders, sought).empty()) return std::nullopt;
  Absence absence;
  for (const Recorder& recorder : recorders) {
    for (const Evidence* piece : recorder.pieces) {
      if (touches(*piece, sought.window)) absence.evidence_ids_.push_back(piece->id);
    }
  }
  absence.statement_ =
      fmt::format("no {} in {}, within coverage declared complete by {}", sought.what,
                  format_interval(sought.window), fmt::join(absence.evidence_ids_, ", "));
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
