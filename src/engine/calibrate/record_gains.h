// What a further kind of record would add to look-ups: simulated cases are told apart with and
// without it. docs/weighing.md says what the bits mean; they rank the records that a verdict lacks.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "assay/result.h"
#include "explanations/likelihood/family_model.h"
#include "sim/random_scenario.h"

namespace assay {

struct GainRequest {
  std::uint64_t first_seed = 1;
  std::uint32_t train = 100, calibrate = 50, test = 100;  // cases of each family
  sim::ScenarioRanges ranges;
  std::uint32_t rounds = 80;
  unsigned threads = 1;
};

// Mean -log2 of what a calibrated model gives to the true one, on cases apart: bits left open.
struct OpenBits {
  std::string record;      // SettlingRecord::record; "" = look-ups alone; "all" = with all of them
  std::string text;        // in words
  double of_family = 0;    // which of the families it was
  double of_contact = 0;   // whether the parties' servers exchanged more than look-ups
  double of_exchange = 0;  // whether persons answered one another
  double of_persons =
      0;  // whether persons acted at these moments; of families that are one or the other
};
struct GainStudy {
  std::size_t families = 0, cases = 0;
  std::vector<OpenBits> open;  // look-ups alone first
};
// Errors: of the simulator and of training. The same whatever the threads.
Result<GainStudy> study_gains(const GainRequest& request);

// Best first, for the model: bits that each record adds on whether there was contact, which is what
// the question of a case asks.
std::vector<likelihood::RecordGain> gains_of(const GainStudy& study);
std::string gain_page(const GainStudy& study, const GainRequest& request);
nlohmann::ordered_json gain_json(const GainStudy& study, const GainRequest& request);

}  // namespace assay
