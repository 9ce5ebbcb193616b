// A name that a party was stated to hold stands for itself alone. Who meant all names below it too
// gets few rows or none, and must not take that for silence.
#pragma once

#include <string>
#include <vector>

#include "assay/case.h"
#include "assay/evidence.h"
#include "assay/store.h"
#include "engine/clock_shifts.h"

namespace assay {

struct NamesBelow {
  std::uint64_t taken = 0;         // look-ups of the names that the question takes
  std::uint64_t rows = 0;          // look-ups of names below them that it does not
  std::vector<std::string> names;  // the first of the latter, in order; at most three
  std::vector<std::string> bases;  // below which they lie

  // "" unless what was left out outweighs what was taken.
  std::string statement() const;
};

Result<NamesBelow> names_below(RecordStore& store, const CaseFile& case_file,
                               const Question& question, const std::vector<Evidence>& evidences,
                               const ClockShifts& shifts);

}  // namespace assay
