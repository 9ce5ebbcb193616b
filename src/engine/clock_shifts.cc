#include "engine/clock_shifts.h"

#include <fmt/core.h>

#include <algorithm>

namespace assay {

Result<ClockShifts> ClockShifts::make(const CaseFile& case_file,
                                      const std::vector<Evidence>& evidences) {
  ClockShifts shifts;
  for (const ClockCorrection& correction : case_file.clocks) {
    const auto found = std::find_if(evidences.begin(), evidences.end(), [&](const Evidence& each) {
      return each.id == correction.evidence;
    });
    if (found != evidences.end()) {
      shifts.by_number_[found->number] = correction;
      continue;
    }
    std::vector<std::string> known;
    for (const Evidence& evidence : evidences) known.push_back(evidence.id);
    const auto nearest = nearest_word(correction.evidence, known);
    return Error{ErrorCode::usage,
                 fmt::format("case.toml:{}: [[clock]] corrects '{}', which is not in the case",
                             correction.line, correction.evidence),
                 nearest ? fmt::format("did you mean '{}'?", *nearest)
                         : "see what there is with: assay evidence CASE"};
  }
  return shifts;
}

std::int64_t ClockShifts::of(std::uint32_t evidence) const {
  const auto found = by_number_.find(evidence);
  return found == by_number_.end() ? 0 : found->second.add_us;
}

Interval ClockShifts::recorded(const Interval& window) const {
  Interval wide = window;
  for (const auto& [number, correction] : by_number_) {
    wide.begin_us = std::min(wide.begin_us, window.begin_us - correction.add_us);
    wide.end_us = std::max(wide.end_us, window.end_us - correction.add_us);
  }
  return wide;
}

std::vector<Evidence> ClockShifts::corrected(std::vector<Evidence> evidences) const {
  for (Evidence& evidence : evidences) {
    if (!evidence.span) continue;
    evidence.span->begin_us += of(evidence.number);
    evidence.span->end_us += of(evidence.number);
  }
  return evidences;
}

void ClockShifts::say(Finding& finding) const {
  for (const std::uint32_t number : finding.selection.evidences) {
    const auto found = by_number_.find(number);
    if (found == by_number_.end()) continue;
    const ClockCorrection& correction = found->second;
    finding.limitations.push_back(fmt::format(
        "The times of {} are those of its file {:+} s, as case.toml says{}.", correction.evidence,
        static_cast<double>(correction.add_us) / kMicrosPerSecond,
        correction.source.empty() ? std::string() : fmt::format(" ({})", correction.source)));
  }
}

}  // namespace assay
