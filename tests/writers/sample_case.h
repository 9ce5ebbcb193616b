// A case model as examining a case of 143 days gives it, made by hand: no record is read. Writers
// are tested on it, and `test_writers` can leave the rendered report in a folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/writer.h"

namespace assay::sample {

inline constexpr std::int64_t kBeginS = 1'620'086'400;  // 2021-05-04T00:00:00Z
inline constexpr int kDays = 143;

// Every method of the first issue with every table, for one question of the sample case.
std::vector<Finding> list_findings();
// A short record of five minutes, where most methods have too little.
std::vector<Finding> lab_findings();

// Bank, Clinic and Sender; two questions; claims; rejects; verdicts made by judge().
CaseModel sample_case();

// The same with the attacker's text in every place that evidence or a stranger can reach.
CaseModel hostile_case(const std::string& text);

}  // namespace assay::sample
