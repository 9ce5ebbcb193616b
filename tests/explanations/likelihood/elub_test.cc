#include "explanations/likelihood/elub.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "cases.h"
#include "core/random.h"

namespace assay::likelihood {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

KnownCases apart(std::size_t n1, std::size_t n2, double ln_lr) {
  return {std::vector<double>(n1, ln_lr), std::vector<double>(n2, -ln_lr)};
}

TEST(EmpiricalBounds, GrowWithTheCasesOfTheOtherKind) {
  // 1/100 + t/100 = 1 at t = 99; 1/100 + t/1000 = 1 at t = 990.
  EXPECT_NEAR(empirical_bounds(apart(99, 99, 50)).high, std::log(99.0), 1e-12);
  EXPECT_NEAR(empirical_bounds(apart(99, 99, kInfinity)).high, std::log(99.0), 1e-12);
  EXPECT_NEAR(empirical_bounds(apart(99, 999, 50)).high, std::log(990.0), 1e-12);
  EXPECT_NEAR(empirical_bounds(apart(99, 999, 50)).low, -std::log(99.9), 1e-12);
}

TEST(EmpiricalBounds, GoNoFurtherThanTheNumbersThatOccur) {
  EXPECT_NEAR(empirical_bounds(apart(99, 99, std::log(20.0))).high, std::log(20.0), 1e-12);
  EXPECT_NEAR(empirical_bounds(apart(99, 99, std::log(20.0))).low, -std::log(20.0), 1e-12);
}

TEST(EmpiricalBounds, ShrinkWithMisleadingCases) {
  KnownCases cases = apart(99, 99, 50);
  cases.h2[0] = std::log(50.0);
  EXPECT_NEAR(empirical_bounds(cases).high, std::log(49.5), 1e-12) << "1/100 + 2t/100 = 1";
  cases.h2[0] = std::log(20.0);
  EXPECT_NEAR(empirical_bounds(cases).high, std::log(99.0), 1e-12) << "not misleading above 20";
  for (int i = 0; i < 10; ++i) cases.h2[i] = 10;
  EXPECT_NEAR(empirical_bounds(cases).high, std::log(9.0), 1e-12) << "1/100 + 11t/100 = 1";
}

TEST(EmpiricalBounds, AllowNothingWhereTheNumbersAreWorthless) {
  EXPECT_EQ(empirical_bounds({{0, 0}, {0, 0}}).high, 0);
  EXPECT_EQ(empirical_bounds(apart(50, 50, -3)).high, 0);
  EXPECT_EQ(empirical_bounds(apart(50, 50, -3)).low, 0);
  EXPECT_EQ(empirical_bounds({{1}, {}}).high, 0);
  EXPECT_EQ(supported_bounds({}).high, 0);
  EXPECT_EQ(supported_bounds({{5}, {-5}}).high, 0) << "one case of each kind supports nothing";
}

// Beside a fine grid of thresholds, with ties, errors and infinite values.
TEST(EmpiricalBounds, AreWhereTheUtilityFallsBelowThatOfSayingNothing) {
  Random random(3);
  for (int run = 0; run < 200; ++run) {
    KnownCases cases;
    const std::uint64_t n1 = 1 + random.below(60), n2 = 1 + random.below(60);
    for (std::uint64_t i = 0; i < n1; ++i) cases.h1.push_back(std::round(random.uniform(-2, 6)));
    for (std::uint64_t i = 0; i < n2; ++i) cases.h2.push_back(std::round(random.uniform(-6, 2)));
    if (run % 3 == 0) cases.h1[0] = kInfinity;
    if (run % 5 == 0) cases.h2[0] = kInfinity;
    double high = 0;
    for (double ln_t = 0.0005; ln_t < 8; ln_t += 0.001, high = ln_t) {
      double missed = 1, misled = 1;
      for (const double value : cases.h1) missed += value <= ln_t ? 1 : 0;
      for (const double value : cases.h2) misled += value > ln_t ? 1 : 0;
      const double cost = missed / static_cast<double>(n1 + 1) +
                          std::exp(ln_t) * misled / static_cast<double>(n2 + 1);
      if (cost >= 1) break;
    }
    EXPECT_NEAR(empirical_bounds(cases).high, high, 0.0011) << run;
  }
}

TEST(SupportedBounds, AreTheNarrowerOfBoth) {
  const LrBounds counted = count_bounds(9, 99);
  EXPECT_NEAR(counted.high, std::log(100.0), 1e-12);
  EXPECT_NEAR(counted.low, -std::log(10.0), 1e-12);
  const LrBounds both = supported_bounds(apart(9, 99, 50));
  EXPECT_NEAR(both.high, std::log(90.0), 1e-12);
  EXPECT_NEAR(both.low, -std::log(9.9), 1e-12);
}

TEST(Clamped, KeepsWithinTheBoundsAndMakesNothingOfNoNumber) {
  const LrBounds bounds{-1, 2};
  EXPECT_EQ(clamped(5, bounds), 2);
  EXPECT_EQ(clamped(-kInfinity, bounds), -1);
  EXPECT_EQ(clamped(0.5, bounds), 0.5);
  EXPECT_EQ(clamped(std::numeric_limits<double>::quiet_NaN(), bounds), 0);
  EXPECT_EQ(clamped(7, LrBounds{}), 0);
}

}  // namespace
}  // namespace assay::likelihood
