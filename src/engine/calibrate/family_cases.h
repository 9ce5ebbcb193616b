// Simulated cases of the families of causes that look alike to the names' servers, each summed up
// in the numbers that models learn from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/result.h"
#include "sim/random_scenario.h"

namespace assay {

struct FamilyCases {
  std::vector<std::string> families, features;
  std::vector<std::vector<double>> values;  // of each case; families in turn
  std::size_t family_of(std::size_t i) const { return i % families.size(); }
};

// Causes whose look-ups leave by the party's own resolvers.
const std::vector<std::string>& modelled_families();

// In which persons acted at the moments of the look-ups, and in which a program, a mailing or a
// flow of others' mail set these. Invitations are of both kinds and stand in neither.
const std::vector<std::string>& person_families();
const std::vector<std::string>& program_families();

// `each` cases of every family, seeds first_seed, ... The same for any number of threads. Errors:
// of the simulator.
Result<FamilyCases> draw_family_cases(std::uint64_t first_seed, std::uint32_t each,
                                      const sim::ScenarioRanges& ranges, unsigned threads);

}  // namespace assay
