#include "explanations/likelihood/measures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "cases.h"
#include "explanations/likelihood/curves.h"

namespace assay::likelihood {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kLn3 = std::log(3.0);

TEST(ExactRate, HasTheLimitsOfTheBinomial) {
  const ExactRate none = exact_rate(0, 20);
  EXPECT_EQ(none.rate, 0);
  EXPECT_EQ(none.lower, 0);
  EXPECT_NEAR(none.upper, 1 - std::pow(0.05, 1.0 / 20), 1e-12);
  const ExactRate all = exact_rate(20, 20);
  EXPECT_NEAR(all.lower, std::pow(0.05, 1.0 / 20), 1e-12);
  EXPECT_EQ(all.upper, 1);
  // P(at least 1 of 2) = 1 - (1 - p)^2 = 0.05 and P(at most 1 of 2) = 1 - p^2 = 0.05.
  EXPECT_NEAR(exact_rate(1, 2).lower, 1 - std::sqrt(0.95), 1e-12);
  EXPECT_NEAR(exact_rate(1, 2).upper, std::sqrt(0.95), 1e-12);
  EXPECT_EQ(exact_rate(0, 0).upper, 1);
}

TEST(Cllr, IsOneForWhoSaysNothing) {
  EXPECT_DOUBLE_EQ(*cllr({{0, 0, 0}, {0}}), 1);
  EXPECT_DOUBLE_EQ(*cllr_min({{0, 0, 0}, {0}}), 1);
  EXPECT_EQ(*cllr_cal({{0, 0, 0}, {0}}), 0);
  EXPECT_EQ(*dev_pav({{0, 0, 0}, {0}}), 0);
  EXPECT_EQ(*auc({{0, 0, 0}, {0}}), 0.5);
}

TEST(Cllr, IsTheCostComputedByHand) {
  // 1/2 [ (log2(4/3) + log2(4)) / 2 + log2(4/3) ] = 1/2 [ (0.41504 + 2) / 2 + 0.41504 ]
  EXPECT_NEAR(*cllr({{kLn3, -kLn3}, {-kLn3}}), 0.811278, 1e-6);
}

TEST(Cllr, HasTheKnownValueForCalibratedNormalScores) {
  for (const double separation : {0.5, 1.0, 2.0, 4.0}) {
    const KnownCases cases = test::calibrated(separation, 4000);
    const double known = test::cllr_of_separation(separation);
    EXPECT_NEAR(*cllr(cases), known, 1e-3) << separation;
    EXPECT_NEAR(*cllr_min(cases), known, 3e-3) << separation;
    EXPECT_LT(*cllr_cal(cases), 3e-3);
    EXPECT_LT(*dev_pav(cases), 0.05);
    EXPECT_NEAR(*auc(cases), std::erfc(-separation / 2) / 2, 1e-3) << "Phi(d / sqrt 2)";
  }
}

TEST(Cllr, PaysForNumbersThatAreTooLargeAndTooSmallAndKnowsTheyAreInOrder) {
  const KnownCases good = test::calibrated(1.5, 1000);
  for (const double factor : {0.2, 4.0}) {
    KnownCases bad = good;
    for (auto* side : {&bad.h1, &bad.h2}) {
      for (double& ln_lr : *side) ln_lr *= factor;
    }
    EXPECT_GT(*cllr(bad), *cllr(good) + 0.1);
    EXPECT_NEAR(*cllr_min(bad), *cllr_min(good), 1e-12);
    EXPECT_GT(*cllr_cal(bad), 0.1);
    EXPECT_GT(*dev_pav(bad), 0.2);
  }
}

TEST(Cllr, IsInfiniteAfterOneInfiniteErrorAndUnmovedByInfiniteTruth) {
  EXPECT_EQ(*cllr({{-kInfinity, 5}, {-5}}), kInfinity);
  EXPECT_EQ(*cllr_cal({{5, 5}, {-5, kInfinity}}), kInfinity);
  EXPECT_NEAR(*cllr_min({{5, 5}, {-5, kInfinity}}), *cllr_min({{5, 5}, {-5, 9}}), 1e-12);
  EXPECT_EQ(*cllr({{kInfinity}, {-kInfinity}}), 0);
  EXPECT_EQ(*cllr_min({{kInfinity}, {-kInfinity}}), 0);
  EXPECT_FALSE(dev_pav({{kInfinity}, {-kInfinity}})) << "no mixed pool, nothing to judge by";
  EXPECT_EQ(*dev_pav({{kInfinity, 1}, {kInfinity, -1}}), kInfinity);
}

TEST(Cllr, IsNotMeasuredWithoutCasesOfBothKindsOrWithoutNumbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const KnownCases& cases : {KnownCases{}, KnownCases{{1}, {}}, KnownCases{{}, {1}},
                                  KnownCases{{nan}, {1}}, KnownCases{{1}, {1, nan}}}) {
    EXPECT_FALSE(cllr(cases) || cllr_min(cases) || cllr_cal(cases) || dev_pav(cases) || auc(cases));
    EXPECT_TRUE(tippett_curve(cases).empty());
    EXPECT_TRUE(ece_curve(cases).empty());
    EXPECT_TRUE(reliability_curve(cases).empty());
    EXPECT_EQ(misleading_rates(cases).size(), 4u);
  }
}

TEST(DevPav, IsTheShiftOfNumbersThatAreAllTooLarge) {
  // One mixed pool with equal numbers: PAV says LR = 1 all along, the LRs run from 10 to 1000.
  const double ln10 = std::log(10.0);
  EXPECT_NEAR(*dev_pav({{ln10, 3 * ln10}, {ln10, 3 * ln10}}), 2, 1e-12);
  // From 1/10 to 100 the line crosses the identity: (1/2 + 4/2) / 3.
  EXPECT_NEAR(*dev_pav({{-ln10, 2 * ln10}, {-ln10, 2 * ln10}}), 2.5 / 3, 1e-12);
}

TEST(MisleadingRates, CountOnlyWhatLiesBeyondTheThreshold) {
  const KnownCases cases{{-std::log(10.0), 0, 3}, {std::log(10.0), 5, -1, kInfinity}};
  const auto rates = misleading_rates(cases);
  ASSERT_EQ(rates.size(), 4u);
  EXPECT_EQ(rates[0].for_h1.count, 3u);
  EXPECT_EQ(rates[1].for_h1.count, 2u) << "LR = 10 is not above 10";
  EXPECT_EQ(rates[2].for_h1.count, 2u);
  EXPECT_EQ(rates[3].for_h1.count, 1u);
  EXPECT_EQ(rates[0].for_h2.count, 1u);
  EXPECT_EQ(rates[1].for_h2.count, 0u);
  EXPECT_EQ(rates[0].for_h1.cases, 4u);
  EXPECT_EQ(rates[0].for_h2.cases, 3u);
}

TEST(MisleadingRates, KeepTheUniversalBoundForCalibratedScores) {
  for (const MisleadingRate& rate : misleading_rates(test::calibrated(2, 2000))) {
    EXPECT_LE(rate.for_h1.rate, 1 / rate.k);
    EXPECT_LE(rate.for_h2.rate, 1 / rate.k);
  }
}

TEST(MisleadingRates, CountWhatIsNoNumberAsMisleading) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(misleading_rates({{1}, {nan}})[3].for_h1.count, 1u);
  EXPECT_EQ(misleading_rates({{nan}, {1}})[3].for_h2.count, 1u);
}

TEST(Tippett, FallsFromOneAndCountsEqualValuesTogether) {
  const auto curve = tippett_curve({{kLn3, kLn3, -kLn3, kInfinity}, {-kLn3, kLn3}});
  ASSERT_EQ(curve.size(), 3u);
  EXPECT_NEAR(curve[0].log10_lr, -std::log10(3.0), 1e-12);
  EXPECT_EQ(curve[0].share_h1, 1);
  EXPECT_EQ(curve[0].share_h2, 1);
  EXPECT_EQ(curve[1].share_h1, 0.75);
  EXPECT_EQ(curve[1].share_h2, 0.5);
  EXPECT_EQ(curve[2].log10_lr, kInfinity);
  EXPECT_EQ(curve[2].share_h1, 0.25);
  EXPECT_EQ(curve[2].share_h2, 0);
}

TEST(Ece, IsCllrAtEvenOddsAndTheEntropyOfThePriorForWhoSaysNothing) {
  const KnownCases cases = test::calibrated(1, 500);
  const auto curve = ece_curve(cases, 3, 61);
  ASSERT_EQ(curve.size(), 61u);
  EXPECT_NEAR(curve[30].log10_prior_odds, 0, 1e-12);
  EXPECT_NEAR(curve[30].of_lr, *cllr(cases), 1e-12);
  EXPECT_NEAR(curve[30].after_pav, *cllr_min(cases), 1e-12);
  EXPECT_NEAR(curve[30].of_neutral, 1, 1e-12);
  const double p = 1 / (1 + std::pow(10, -curve[40].log10_prior_odds));
  EXPECT_NEAR(curve[40].of_neutral, -p * std::log2(p) - (1 - p) * std::log2(1 - p), 1e-12);
  for (const EcePoint& point : curve) {
    EXPECT_LE(point.after_pav, point.of_lr + 1e-12);
    EXPECT_LE(point.of_lr, point.of_neutral + 1e-6) << point.log10_prior_odds;
  }
}

TEST(Reliability, FindsWhatCalibratedScoresStateWhateverTheNumbersOfCases) {
  KnownCases cases = test::calibrated(2, 2000);
  cases.h2 = test::normal_quantiles(-2, 2, 500);
  const auto curve = reliability_curve(cases, 10);
  ASSERT_EQ(curve.size(), 10u);
  std::size_t counted = 0;
  for (const ReliabilityPoint& point : curve) {
    EXPECT_NEAR(point.stated, point.found, 0.02);
    EXPECT_LE(point.found_low, point.found);
    EXPECT_GE(point.found_high, point.found);
    counted += point.h1 + point.h2;
  }
  EXPECT_EQ(counted, 2500u);
}

TEST(Reliability, KeepsCasesOfEqualLrTogether) {
  const auto curve = reliability_curve({{1, 1, 1, 1}, {1, 1, 1, -1}}, 4);
  ASSERT_EQ(curve.size(), 2u);
  EXPECT_EQ(curve[0].h1 + curve[0].h2 + curve[1].h1 + curve[1].h2, 8u);
  EXPECT_NEAR(curve[1].stated, 1 / (1 + std::exp(-1.0)), 1e-12);
}

}  // namespace
}  // namespace assay::likelihood
