// A likelihood ratio in words: the number first, the word second, always "for A rather than B".
//
// The words follow the example scale of ENFSI, Guideline for evaluative reporting in forensic
// science (2015). Scales differ between countries, which is why the number leads and the word never
// stands alone.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "explanations/likelihood/elub.h"

namespace assay::likelihood {

struct VerbalStep {
  double from;  // LR, inclusive; the step ends where the next begins
  std::string_view word;
};

// LRs below 1 are read as 1/LR for the other proposition.
inline constexpr std::array<VerbalStep, 7> kVerbalScale = {{
    {1, "no"},
    {2, "weak"},
    {10, "moderate"},
    {100, "moderately strong"},
    {1'000, "strong"},
    {10'000, "very strong"},
    {1'000'000, "extremely strong"},
}};

// The word for an LR of at least 1; below 1, and for what is no number, "no".
std::string_view verbal_word(double lr);

// Two significant digits, rounded towards 1 so that no support is rounded up: "1", "3.2", "12,000";
// from 1e9 on "more than 1,000,000,000". `lr` at least 1.
std::string lr_text(double lr);

// A reported weight: natural logs of the LR of A over B.
struct Weight {
  double ln_lr = 0;  // as the model gives it
  LrBounds bounds;   // what the calibration can support
  // What numbers like it were worth in cases of known truth (counted_range()); low <= high.
  std::optional<std::pair<double, double>> range;
};

// One sentence without a full stop. The number is clamped to the bounds, and says so where it was.
// With a range the word is that of its end nearest to 1, and "no" when the range reaches both
// sides.
std::string weight_text(const Weight& weight, std::string_view a, std::string_view b);

}  // namespace assay::likelihood
