// Likelihood ratios between families of simulated causes: trained, calibrated and tested on cases
// apart, and with each rival family left out. docs/weighing.md argues what they are worth.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/result.h"
#include "explanations/likelihood/leave_family_out.h"
#include "explanations/likelihood/measures.h"

namespace assay {

struct RatioRequest {
  std::uint64_t first_seed = 1;
  std::uint32_t train = 300, calibrate = 150, test = 200;  // cases of each family
  std::uint32_t trees = 200;
  unsigned threads = 1;
};

// "A person chose the moments", "persons answered one another": true of these families.
struct ClaimStudy {
  std::string claim;
  std::vector<std::string> families;
  likelihood::KnownCases test;  // ln LR for the claim against all other families
  likelihood::ClaimCap cap;     // by leaving each rival family out
};

struct RatioStudy {
  std::vector<std::string> families;
  std::vector<std::vector<std::uint32_t>> confusion;  // true family x likeliest family
  std::vector<ClaimStudy> claims;
  std::size_t features = 0, cases = 0;
};
std::uint32_t ratio_families();
// Errors: of the simulator and of training. The same request gives the same study whatever the
// threads.
Result<RatioStudy> study_ratios(const RatioRequest& request);

std::string ratio_page(const RatioStudy& study, const RatioRequest& request);

}  // namespace assay
