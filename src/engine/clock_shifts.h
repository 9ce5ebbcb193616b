// Clocks that case.toml says went wrong ([[clock]]), applied to the records of a question and to
// nothing else: the store and the evidence keep what was recorded.
#pragma once

#include <map>
#include <vector>

#include "assay/case.h"
#include "assay/evidence.h"
#include "assay/finding.h"

namespace assay {

class ClockShifts {
 public:
  // Errors: usage, when an evidence is not in the case.
  static Result<ClockShifts> make(const CaseFile& case_file,
                                  const std::vector<Evidence>& evidences);

  // What to add to the recorded times of an evidence, in microseconds.
  std::int64_t of(std::uint32_t evidence) const;
  // A window in true time, as wide as the recorded times of what falls into it can be.
  Interval recorded(const Interval& window) const;
  // The evidences with their spans in true time.
  std::vector<Evidence> corrected(std::vector<Evidence> evidences) const;
  // Every finding whose instants were moved says so.
  void say(Finding& finding) const;

 private:
  std::map<std::uint32_t, ClockCorrection> by_number_;
};

}  // namespace assay
