#include "explanations/likelihood/logistic.h"

#include <gtest/gtest.h>

#include <limits>

#include "cases.h"
#include "core/random.h"
#include "explanations/likelihood/measures.h"
#include "explanations/likelihood/multinomial.h"

namespace assay::likelihood {
namespace {

KnownCases scaled(KnownCases cases, double factor, double shift) {
  for (auto* side : {&cases.h1, &cases.h2}) {
    for (double& value : *side) value = value * factor + shift;
  }
  return cases;
}

TEST(LogisticCalibration, UndoesAStraightLine) {
  const KnownCases scores = scaled(test::calibrated(2, 2000), 3, 1);
  const auto fit = fit_logistic(scores.h1, scores.h2, {.ridge = 0});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->has_converged);
  EXPECT_NEAR(fit->slope, 1.0 / 3, 2e-3);
  EXPECT_NEAR(fit->intercept, -1.0 / 3, 4e-3);
  KnownCases after = scores;
  for (double& value : after.h1) value = fit->ln_lr(value);
  for (double& value : after.h2) value = fit->ln_lr(value);
  EXPECT_LT(*cllr_cal(after), 3e-3);
}

TEST(LogisticCalibration, DoesNotDependOnHowManyCasesThereAreOfEachKind) {
  KnownCases scores = test::calibrated(1, 300);
  const auto even = fit_logistic(scores.h1, scores.h2);
  const std::vector<double> once = scores.h2;
  for (int i = 0; i < 4; ++i) scores.h2.insert(scores.h2.end(), once.begin(), once.end());
  const auto uneven = fit_logistic(scores.h1, scores.h2);
  ASSERT_TRUE(even && uneven);
  EXPECT_NEAR(even->slope, uneven->slope, 1e-9);
  EXPECT_NEAR(even->intercept, uneven->intercept, 1e-9);
}

TEST(LogisticCalibration, IsTheSameLineForCalibratedScoresWhateverThePriorItIsMadeFor) {
  const KnownCases scores = test::calibrated(2, 4000);
  for (const double prior : {0.1, 0.9}) {
    const auto fit = fit_logistic(scores.h1, scores.h2, {.prior_h1 = prior});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->slope, 1, 0.01);
    EXPECT_NEAR(fit->intercept, 0, 0.01);
  }
}

TEST(LogisticCalibration, StaysFiniteWhereTheScoresSeparateTheCases) {
  for (const double size : {1e-200, 1.0, 1e300}) {
    const auto fit = fit_logistic(std::vector<double>{2 * size, 3 * size},
                                  std::vector<double>{-2 * size, -3 * size});
    ASSERT_TRUE(fit) << size;
    EXPECT_TRUE(fit->has_converged);
    EXPECT_GT(fit->ln_lr(2 * size), 1);
    EXPECT_LT(fit->ln_lr(2 * size), 50);
    EXPECT_NEAR(fit->ln_lr(-2 * size), -fit->ln_lr(2 * size), 1e-6);
  }
}

TEST(LogisticCalibration, SaysNothingWhereScoresAreAllAlikeAndRefusesWhatIsNotFinite) {
  EXPECT_EQ(fit_logistic(std::vector<double>{4, 4}, std::vector<double>{4})->ln_lr(4), 0);
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(fit_logistic({}, std::vector<double>{4}));
  EXPECT_FALSE(fit_logistic(std::vector<double>{infinity}, std::vector<double>{4}));
  EXPECT_FALSE(fit_logistic(std::vector<double>{1}, std::vector<double>{2}, {.prior_h1 = 1}));
  EXPECT_FALSE(fit_logistic(std::vector<double>{1}, std::vector<double>{2}, {.ridge = -1}));
}

// Classes are normal distributions of deviation 1 around these means, on the first feature; the
// second feature is noise. Unequal numbers on purpose.
constexpr double kMeans[] = {-1, 0.5, 2};
constexpr int kNumbers[] = {300, 1200, 600};

LabelledCases three_normals() {
  LabelledCases cases{2, 3, {}, {}};
  Random random(5);
  for (std::size_t label = 0; label < 3; ++label) {
    for (const double x : test::normal_quantiles(kMeans[label], 1, kNumbers[label])) {
      cases.values.insert(cases.values.end(), {x, random.normal(0, 1)});
      cases.labels.push_back(label);
    }
  }
  return cases;
}

TEST(MultinomialLogistic, FindsTheLikelihoodRatiosOfNormalDistributions) {
  const auto fit = MultinomialLogistic::fit(three_normals(), {.ridge = 1e-8});
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_TRUE(fit->has_converged());
  for (const double x : {-2.0, 0.0, 1.0, 3.0}) {
    const auto ln = fit->log_likelihoods(std::vector<double>{x, 0});
    EXPECT_NEAR(std::exp(ln[0]) + std::exp(ln[1]) + std::exp(ln[2]), 1, 1e-12);
    for (const auto& [a, b] : {std::pair{0, 1}, {1, 2}, {0, 2}}) {
      const double known = (std::pow(x - kMeans[b], 2) - std::pow(x - kMeans[a], 2)) / 2;
      EXPECT_NEAR(ln[a] - ln[b], known, 0.12) << x << " " << a << b;
    }
  }
}

TEST(MultinomialLogistic, IsBinaryCalibrationWhenThereAreTwoClasses) {
  const KnownCases scores = scaled(test::calibrated(1.5, 500), 2, -1);
  LabelledCases cases{1, 2, {}, {}};
  for (const double value : scores.h1) cases.values.push_back(value), cases.labels.push_back(0);
  for (const double value : scores.h2) cases.values.push_back(value), cases.labels.push_back(1);
  const auto fit = MultinomialLogistic::fit(cases, {.ridge = 1e-9});
  const auto line = fit_logistic(scores.h1, scores.h2, {.ridge = 0});
  ASSERT_TRUE(fit);
  for (const double score : {-4.0, 0.0, 3.0}) {
    const auto ln = fit->log_likelihoods(std::vector<double>{score});
    EXPECT_NEAR(ln[0] - ln[1], line->ln_lr(score), 1e-3);
  }
}

TEST(MultinomialLogistic, GivesTheSameBitsAgainAndAfterBeingWrittenAndRead) {
  const LabelledCases cases = three_normals();
  const auto fit = MultinomialLogistic::fit(cases);
  const std::string text = fit->to_text();
  EXPECT_EQ(MultinomialLogistic::fit(cases)->to_text(), text);
  const auto read = MultinomialLogistic::from_text(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->to_text(), text);
  EXPECT_EQ(read->log_likelihoods(cases.row(7)), fit->log_likelihoods(cases.row(7)));
}

TEST(MultinomialLogistic, RefusesAFileThatWasCutOrChangedAtAnyByte) {
  const std::string text = MultinomialLogistic::fit(three_normals())->to_text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(MultinomialLogistic::from_text(text.substr(0, i)));
    std::string flipped = text;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    EXPECT_FALSE(MultinomialLogistic::from_text(flipped));
  }
}

TEST(MultinomialLogistic, MakesNothingOfWhatIsNoNumberAndStaysFiniteFarOut) {
  const auto fit = MultinomialLogistic::fit(three_normals());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double x : {nan, infinity, -infinity, 1e308}) {
    for (const double ln : fit->log_likelihoods(std::vector<double>{x, nan})) {
      EXPECT_TRUE(std::isfinite(ln));
    }
  }
}

TEST(MultinomialLogistic, RefusesCasesThatAreIncomplete) {
  LabelledCases cases = three_normals();
  cases.classes = 4;
  EXPECT_FALSE(MultinomialLogistic::fit(cases)) << "no case of the fourth";
  cases = three_normals();
  cases.values.pop_back();
  EXPECT_FALSE(MultinomialLogistic::fit(cases));
  cases = three_normals();
  cases.values[3] = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(MultinomialLogistic::fit(cases));
  EXPECT_FALSE(MultinomialLogistic::fit({}));
  EXPECT_FALSE(MultinomialLogistic::fit(three_normals(), {.ridge = 0}));
}

}  // namespace
}  // namespace assay::likelihood
