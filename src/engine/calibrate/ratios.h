// Likelihood ratios between families of simulated causes: trained, calibrated and tested on cases
// apart, and with each rival family left out. docs/weighing.md argues what they are worth.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "assay/simulate.h"
#include "explanations/likelihood/family_model.h"
#include "explanations/likelihood/leave_family_out.h"
#include "explanations/likelihood/measures.h"
#include "sim/random_scenario.h"

namespace assay {

struct RatioRequest {
  std::uint64_t first_seed = 1;
  std::uint32_t train = 300, calibrate = 150, test = 200;  // cases of each family
  sim::ScenarioRanges ranges;
  std::uint32_t rounds = 150;
  std::uint32_t trainings = 3;  // with other cases to train, calibrate and test on, for the caps
  unsigned threads = 1;
};

// Test cases of one side and kind of record, to see where a claim can be told at all.
struct Stratum {
  std::string name;  // "50 to 199 rows"
  likelihood::KnownCases cases;
};
// How well a model that never met a family notices that it is new.
struct Noticed {
  std::string family;
  likelihood::ExactRate rate;
};
struct ClaimStudy {
  likelihood::ModelClaim claim;
  // ln LR of a over b of the test cases: the first half sets the bounds, the second is measured.
  likelihood::KnownCases for_bounds, test;
  std::vector<Stratum> strata;
  // By leaving out each family of b, and the other way round: of the training in which the cap is
  // least. Steady caps of every training, the shipped model's first.
  likelihood::ClaimCap cap_a, cap_b;
  std::vector<double> training_caps_a, training_caps_b;
  // Cases drawn by other customs than the model was trained on, and what they allow.
  likelihood::KnownCases other;
  likelihood::ClaimCap other_cap_a, other_cap_b;
};
// What it costs to tell two families apart, of the test cases.
struct PairCost {
  std::string a, b;
  double cllr = 0;
};

struct RatioStudy {
  likelihood::FamilyModel model;                      // of all families, its claims with limits
  std::vector<std::vector<std::uint32_t>> confusion;  // true family x likeliest family
  std::vector<ClaimStudy> claims;
  std::vector<Noticed> noticed;
  likelihood::ExactRate taken_for_new;        // test cases of families that the model knows
  likelihood::ExactRate other_taken_for_new;  // cases of other customs
  std::vector<PairCost> pairs;                // dearest first
  std::size_t other_cases = 0;                // of other customs, with seeds after the others
  std::size_t cases = 0;
};
// Errors: of the simulator and of training. The same request gives the same study whatever the
// threads.
Result<RatioStudy> study_ratios(const RatioRequest& request);

std::string ratio_page(const RatioStudy& study, const RatioRequest& request);
nlohmann::ordered_json ratio_json(const RatioStudy& study, const RatioRequest& request);
// Model, card, numbers and figures.
std::vector<SimulatedFile> ratio_files(const RatioStudy& study, const std::string& page,
                                       const std::string& json);

}  // namespace assay
