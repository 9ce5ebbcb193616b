#include "explanations/likelihood/pav.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "cases.h"
#include "core/random.h"

namespace assay::likelihood {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The fit in closed form: the largest, over beginnings at or before i, of the smallest mean, over
// ends at or after i. Cubic, and without any pooling.
std::vector<double> by_max_min(const std::vector<double>& values,
                               const std::vector<double>& weights) {
  std::vector<double> fitted;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double most = -kInfinity;
    for (std::size_t begin = 0; begin <= i; ++begin) {
      double least = kInfinity;
      for (std::size_t end = i; end < values.size(); ++end) {
        double sum = 0, weight = 0;
        for (std::size_t j = begin; j <= end; ++j) {
          sum += values[j] * weights[j];
          weight += weights[j];
        }
        least = std::min(least, sum / weight);
      }
      most = std::max(most, least);
    }
    fitted.push_back(most);
  }
  return fitted;
}

TEST(Pav, PoolsWhatFalls) {
  EXPECT_THAT(pool_adjacent_violators(std::vector<double>{1, 3, 2, 2, 5},
                                      std::vector<double>{1, 1, 1, 2, 1}),
              ElementsAre(1, DoubleEq(2.25), DoubleEq(2.25), DoubleEq(2.25), 5));
  EXPECT_TRUE(pool_adjacent_violators({}, {}).empty());
}

TEST(Pav, FitsAsTheClosedFormDoes) {
  Random random(7);
  for (int run = 0; run < 200; ++run) {
    std::vector<double> values, weights;
    for (std::uint64_t i = 0, n = 1 + random.below(12); i < n; ++i) {
      values.push_back(static_cast<double>(random.below(5)));
      weights.push_back(static_cast<double>(1 + random.below(3)));
    }
    const auto fitted = pool_adjacent_violators(values, weights);
    const auto expected = by_max_min(values, weights);
    for (std::size_t i = 0; i < fitted.size(); ++i) EXPECT_NEAR(fitted[i], expected[i], 1e-12);
  }
}

TEST(IsotonicCalibration, GivesTheRatioOfSharesWithinAPool) {
  // Scores 2 and 3 are out of order: 1 of 2 H1 cases there, 1 of 3 H2 cases, LR 3/2.
  const auto fit =
      IsotonicCalibration::fit(std::vector<double>{2, 4}, std::vector<double>{1, 1, 3});
  ASSERT_TRUE(fit);
  ASSERT_EQ(fit->pools().size(), 3u);
  EXPECT_EQ(fit->ln_lr(1), -kInfinity);
  EXPECT_NEAR(fit->ln_lr(2), std::log(1.5), 1e-12);
  EXPECT_NEAR(fit->ln_lr(2.5), std::log(1.5), 1e-12);
  EXPECT_EQ(fit->ln_lr(4), kInfinity);
  EXPECT_EQ(fit->ln_lr(100), kInfinity);
  EXPECT_EQ(fit->ln_lr(1.5), 0) << "the pools on both sides point apart";
  EXPECT_NEAR(fit->ln_lr(3.5), std::log(1.5), 1e-12) << "the weaker of the two";
}

TEST(IsotonicCalibration, StaysFiniteWithAMisleadingCaseOnEachSide) {
  const auto fit =
      IsotonicCalibration::fit(std::vector<double>{5, 6, 7}, std::vector<double>{1, 2, 3}, 1);
  ASSERT_TRUE(fit);
  // 3 H1 cases of 4 beside 1 H2 case of 4.
  EXPECT_NEAR(fit->ln_lr(6), std::log(3.0), 1e-12);
  EXPECT_NEAR(fit->ln_lr(-kInfinity), -std::log(3.0), 1e-12);
}

TEST(IsotonicCalibration, PoolsEqualScoresAndRefusesWhatIsNoNumber) {
  const auto fit = IsotonicCalibration::fit(std::vector<double>{1, 1, 1}, std::vector<double>{1});
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->ln_lr(1), 0);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(IsotonicCalibration::fit(std::vector<double>{nan}, std::vector<double>{1}));
  EXPECT_FALSE(IsotonicCalibration::fit({}, std::vector<double>{1}));
  EXPECT_FALSE(IsotonicCalibration::fit(std::vector<double>{1}, std::vector<double>{1}, -1));
}

TEST(IsotonicCalibration, NeverFallsWithTheScore) {
  Random random(11);
  for (int run = 0; run < 50; ++run) {
    std::vector<double> h1, h2;
    for (std::uint64_t i = 0, n = 1 + random.below(30); i < n; ++i) h1.push_back(random.uniform());
    for (std::uint64_t i = 0, n = 1 + random.below(30); i < n; ++i) h2.push_back(random.uniform());
    const auto fit = IsotonicCalibration::fit(h1, h2, run % 2);
    double before = -kInfinity;
    for (double score = -0.1; score < 1.1; score += 0.003) {
      EXPECT_GE(fit->ln_lr(score), before);
      before = fit->ln_lr(score);
    }
  }
}

}  // namespace
}  // namespace assay::likelihood
