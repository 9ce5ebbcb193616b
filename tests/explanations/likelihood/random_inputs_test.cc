// Whatever is measured, however odd: every answer is a number or is missing, and keeps its range.
#include <gtest/gtest.h>

#include <limits>

#include "cases.h"
#include "core/random.h"
#include "explanations/likelihood/boosting.h"
#include "explanations/likelihood/curves.h"
#include "explanations/likelihood/elub.h"
#include "explanations/likelihood/leave_family_out.h"
#include "explanations/likelihood/logistic.h"
#include "explanations/likelihood/measures.h"
#include "explanations/likelihood/multinomial.h"
#include "explanations/likelihood/verbal.h"

namespace assay::likelihood {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double odd_value(Random& random, bool is_finite) {
  switch (random.below(10)) {
    case 0:
      return is_finite ? 1e12 : kInfinity;
    case 1:
      return is_finite ? -1e12 : -kInfinity;
    case 2:
      return 0;
    case 3:
      return random.chance(0.5) ? 1e308 : -1e308;
    case 4:
      return random.uniform(-1e-300, 1e-300);
    case 5:
      return static_cast<double>(random.below(3));
    default:
      return random.uniform(-20, 20);
  }
}

std::vector<double> odd_values(Random& random, bool is_finite) {
  std::vector<double> values(1 + random.below(random.chance(0.3) ? 3 : 40));
  for (double& value : values) value = odd_value(random, is_finite);
  return values;
}

bool is_within(double value, double low, double high) { return value >= low && value <= high; }

void check_measures(const KnownCases& cases) {
  EXPECT_TRUE(is_within(*cllr(cases), 0, kInfinity));
  EXPECT_TRUE(is_within(*cllr_min(cases), 0, 1 + 1e-12));
  EXPECT_GE(*cllr(cases), *cllr_min(cases) - 1e-9);
  EXPECT_TRUE(is_within(*cllr_cal(cases), 0, kInfinity));
  EXPECT_TRUE(is_within(*auc(cases), 0, 1));
  EXPECT_TRUE(is_within(dev_pav(cases).value_or(0), 0, kInfinity));
  for (const MisleadingRate& rate : misleading_rates(cases)) {
    EXPECT_TRUE(is_within(rate.for_h1.rate, rate.for_h1.lower, rate.for_h1.upper));
    EXPECT_TRUE(is_within(rate.for_h2.rate, rate.for_h2.lower, rate.for_h2.upper));
  }
  for (const TippettPoint& point : tippett_curve(cases)) {
    EXPECT_TRUE(is_within(point.share_h1, 0, 1) && is_within(point.share_h2, 0, 1));
  }
  for (const EcePoint& point : ece_curve(cases, 1e9, 21)) {
    EXPECT_TRUE(is_within(point.of_lr, 0, kInfinity));
    EXPECT_TRUE(is_within(point.of_neutral, 0, 1));
    EXPECT_TRUE(is_within(point.after_pav, 0, point.of_neutral + 1e-9));
  }
  std::size_t counted = 0;
  for (const ReliabilityPoint& point : reliability_curve(cases, 7)) {
    EXPECT_TRUE(is_within(point.stated, 0, 1));
    EXPECT_TRUE(is_within(point.found, point.found_low, point.found_high));
    counted += point.h1 + point.h2;
  }
  EXPECT_EQ(counted, cases.h1.size() + cases.h2.size());
}

TEST(RandomInputs, AreMeasuredWithoutANumberThatIsNone) {
  Random random(20);
  for (int run = 0; run < 300 && !testing::Test::HasFailure(); ++run) {
    const KnownCases cases{odd_values(random, false), odd_values(random, false)};
    check_measures(cases);
    const LrBounds bounds = supported_bounds(cases);
    EXPECT_TRUE(is_within(bounds.high, 0, std::log1p(static_cast<double>(cases.h2.size()))));
    EXPECT_TRUE(is_within(bounds.low, -std::log1p(static_cast<double>(cases.h1.size())), 0));
    const ClaimCap cap = claim_cap({{"a", cases.h1}, {"b", cases.h2}});
    EXPECT_TRUE(is_within(cap.steady_cap, 1, cap.cap));
    const std::pair range{std::min(cases.h1[0], cases.h2[0]), std::max(cases.h1[0], cases.h2[0])};
    const std::string text = weight_text({cases.h1[0], bounds, range}, "A", "B");
    EXPECT_EQ(text.find("nan"), std::string::npos) << text;
    EXPECT_EQ(text.find("inf"), std::string::npos) << text;
  }
}

TEST(RandomInputs, AreCalibratedToFiniteNumbersOrRefused) {
  Random random(21);
  for (int run = 0; run < 200 && !testing::Test::HasFailure(); ++run) {
    const auto h1 = odd_values(random, true), h2 = odd_values(random, true);
    const auto line = fit_logistic(h1, h2);
    if (line) {
      for (const double score : h1) EXPECT_FALSE(std::isnan(line->ln_lr(score)));
      EXPECT_FALSE(std::isnan(line->ln_lr(kInfinity)));
    }
  }
}

TEST(RandomInputs, AreLearntOrRefused) {
  Random random(22);
  for (int run = 0; run < 40 && !testing::Test::HasFailure(); ++run) {
    LabelledCases cases{1 + random.below(5), 2 + random.below(3), {}, {}};
    for (std::uint64_t i = 0, n = cases.classes + random.below(30); i < n; ++i) {
      cases.labels.push_back(i < cases.classes ? i : random.below(cases.classes));
      for (std::size_t j = 0; j < cases.features; ++j) {
        cases.values.push_back(odd_value(random, false));
      }
    }
    const auto trained = Boosting::train(cases, {.seed = random.bits(), .rounds = 5});
    ASSERT_TRUE(trained);
    LabelledCases shares{cases.classes, cases.classes, {}, cases.labels};
    for (std::size_t i = 0; i < cases.size(); ++i) {
      double sum = 0;
      for (const double score : trained->scores(cases.row(i))) {
        sum += score;
        shares.values.push_back(score);
      }
      EXPECT_NEAR(sum, 0, 1e-9);
    }
    const auto fit = MultinomialLogistic::fit(shares);
    ASSERT_TRUE(fit);
    for (const double ln : fit->log_likelihoods(shares.row(0))) EXPECT_TRUE(std::isfinite(ln));
    EXPECT_FALSE(MultinomialLogistic::fit(cases).ok() &&
                 std::count_if(cases.values.begin(), cases.values.end(),
                               [](double value) { return std::isinf(value); }) > 0);
  }
}

}  // namespace
}  // namespace assay::likelihood
