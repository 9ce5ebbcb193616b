#include "explanations/likelihood/verbal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay::likelihood {
namespace {

using testing::HasSubstr;
using testing::Not;

const LrBounds kWide{-std::log(5000.0), std::log(5000.0)};

TEST(VerbalScale, ChangesItsWordAtEachStepAndNowhereElse) {
  EXPECT_EQ(verbal_word(1), "no");
  EXPECT_EQ(verbal_word(1.99), "no");
  EXPECT_EQ(verbal_word(2), "weak");
  EXPECT_EQ(verbal_word(9.99), "weak");
  EXPECT_EQ(verbal_word(std::exp(std::log(10.0))), "moderate");
  EXPECT_EQ(verbal_word(std::exp(std::log(1000.0))), "strong");
  EXPECT_EQ(verbal_word(999), "moderately strong");
  EXPECT_EQ(verbal_word(999'999), "very strong");
  EXPECT_EQ(verbal_word(1e6), "extremely strong");
  EXPECT_EQ(verbal_word(std::numeric_limits<double>::infinity()), "extremely strong");
  EXPECT_EQ(verbal_word(0.001), "no");
  EXPECT_EQ(verbal_word(std::numeric_limits<double>::quiet_NaN()), "no");
}

TEST(LrText, NeverRoundsSupportUp) {
  EXPECT_EQ(lr_text(1), "1");
  EXPECT_EQ(lr_text(1.09), "1");
  EXPECT_EQ(lr_text(3.29), "3.2");
  EXPECT_EQ(lr_text(9.99), "9.9");
  EXPECT_EQ(lr_text(99.9), "99");
  EXPECT_EQ(lr_text(999), "990");
  EXPECT_EQ(lr_text(std::exp(std::log(1000.0))), "1,000");
  EXPECT_EQ(lr_text(12'987), "12,000");
  EXPECT_EQ(lr_text(3.4e8), "340,000,000");
  EXPECT_EQ(lr_text(1e12), "more than 1,000,000,000");
  EXPECT_EQ(lr_text(std::numeric_limits<double>::infinity()), "more than 1,000,000,000");
  EXPECT_EQ(lr_text(0.5), "1");
}

TEST(WeightText, NamesBothPropositionsAndTheNumberFirst) {
  EXPECT_EQ(weight_text({std::log(42.5), kWide, {}}, "a poll", "a person"),
            "LR 42 for a poll rather than a person: moderate support, under these stated models");
  EXPECT_EQ(weight_text({-std::log(42.5), kWide, {}}, "a poll", "a person"),
            "LR 42 for a person rather than a poll: moderate support, under these stated models");
  EXPECT_EQ(weight_text({0, kWide, {}}, "A", "B"),
            "LR 1 for A rather than B: no support, under these stated models");
}

TEST(WeightText, SaysThatTheCalibrationSupportsNoMore) {
  const std::string text = weight_text({std::log(1e9), kWide, {}}, "A", "B");
  EXPECT_THAT(text, HasSubstr("LR 5,000 at most for A rather than B"));
  EXPECT_THAT(text, HasSubstr("strong support"));
  EXPECT_THAT(text, HasSubstr("the most that may be reported"));
  EXPECT_THAT(weight_text({-1e9, kWide, {}}, "A", "B"),
              HasSubstr("LR 5,000 at most for B rather than A"));
  EXPECT_THAT(weight_text({std::log(40.0), kWide, {}}, "A", "B"), Not(HasSubstr("at most")));
  EXPECT_THAT(weight_text({std::log(40.0), {}, {}}, "A", "B"), HasSubstr("LR 1 at most"));
}

TEST(WeightText, TakesTheWordFromTheWeakestEndOfARange) {
  const double low = std::log(5.0), high = std::log(600.0);
  EXPECT_EQ(weight_text({std::log(120.0), kWide, std::pair{low, high}}, "A", "B"),
            "LR 120 for A rather than B, between 5 and 600 in the cases counted (95 %): weak "
            "support, under these stated models");
  EXPECT_THAT(weight_text({-std::log(120.0), kWide, std::pair{-high, -low}}, "A", "B"),
              HasSubstr("LR 120 for B rather than A, between 5 and 600"));
  EXPECT_THAT(weight_text({std::log(120.0), kWide, std::pair{-low, high}}, "A", "B"),
              HasSubstr("from 5 for B rather than A to 600 for A rather than B in the cases "
                        "counted (95 %): no support"));
}

}  // namespace
}  // namespace assay::likelihood
