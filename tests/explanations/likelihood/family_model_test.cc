// A model of families whose overlap is known: what it weighs, what it refuses, and its text.
#include "explanations/likelihood/family_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace assay::likelihood {
namespace {

const std::vector<std::string> kNames = {"low", "middle", "high"};

// Normal families, two steps apart in the first feature; the second says nothing, the third is
// never a number.
LabelledCases draw(std::size_t n, std::uint64_t seed) {
  LabelledCases cases{3, 3, {}, {}};
  Random random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t label = i % 3;
    cases.values.push_back(random.normal(2.0 * static_cast<double>(label), 1));
    cases.values.push_back(random.normal(0, 1));
    cases.values.push_back(std::nan(""));
    cases.labels.push_back(label);
  }
  return cases;
}

FamilyModel learnt() {
  auto model = FamilyModel::learn(draw(1'500, 1), draw(600, 2), kNames, {"place", "noise", "none"},
                                  {.seed = 1, .rounds = 30});
  EXPECT_TRUE(model.ok());
  model->claims().push_back({.word = "high",
                             .a = "the high family",
                             .b = "one of the others",
                             .for_a = {"high"},
                             .for_b = {"low", "middle"},
                             .bounds = {-3, 3},
                             .cap_a = 20,
                             .cap_b = 1.5});
  return std::move(*model);
}

double ratio(const FamilyModel& model, double place) {
  const double values[] = {place, 0, std::nan("")};
  return model.ln_ratio(model.look_at(values), model.claims().front()).value();
}

TEST(FamilyModel, WeighsTheFamilyThatACaseIsDrawnFrom) {
  const FamilyModel model = learnt();
  EXPECT_GT(ratio(model, 4.5), std::log(10));
  EXPECT_LT(ratio(model, -1), -std::log(10));
  EXPECT_LT(ratio(model, 2), ratio(model, 3));
}

TEST(FamilyModel, SaysOfACaseBeyondAllThoseSimulatedThatItIsUnlikeThem) {
  const FamilyModel model = learnt();
  const double inside[] = {2, 0.5, std::nan("")}, outside[] = {40, 0, std::nan("")};
  EXPECT_TRUE(model.look_at(inside).unlike.empty());
  const ModelCase far = model.look_at(outside);
  ASSERT_FALSE(far.unlike.empty());
  EXPECT_NE(far.unlike.front().find("place is 40"), std::string::npos) << far.unlike.front();
  // A feature that no simulated case has is as odd as a value that none has.
  const double odd[] = {2, 0, 7};
  EXPECT_FALSE(model.look_at(odd).unlike.empty());
}

TEST(FamilyModel, CallsAboutOneInAHundredKnownCasesUnlike) {
  const FamilyModel model = learnt();
  const LabelledCases fresh = draw(3'000, 3);
  std::size_t unlike = 0;
  for (std::size_t i = 0; i < fresh.size(); ++i)
    unlike += !model.look_at(fresh.row(i)).unlike.empty();
  EXPECT_LT(unlike, 90u);
}

// 80 of 100 cases where it is so got an LR of 10 to 30, and 4 of 100 where it is not.
TEST(FamilyModel, SaysWhatNumbersHaveBeenWorthInCountedCases) {
  ModelClaim claim;
  EXPECT_FALSE(counted_range(claim, 3).has_value()) << "nothing was counted";
  KnownCases cases;
  for (int i = 0; i < 100; ++i) {
    cases.h1.push_back(i < 80 ? std::log(20) : std::log(2));
    cases.h2.push_back(i < 4 ? std::log(20) : -std::log(2));
  }
  claim.counted = lr_counts(cases);
  const auto range = counted_range(claim, std::log(11));
  ASSERT_TRUE(range.has_value());
  EXPECT_LT(range->first, std::log(20));
  EXPECT_GT(range->first, std::log(5));
  EXPECT_GT(range->second, std::log(20));
  EXPECT_LT(range->second, std::log(120));
  // Where none of the other side was counted there is no upper end.
  EXPECT_TRUE(std::isinf(counted_range(claim, std::log(2))->second));
  EXPECT_FALSE(counted_range(claim, std::nan("")).has_value());
  // Other customs in which the number was worth less widen the range.
  for (int i = 0; i < 60; ++i) cases.h2[static_cast<std::size_t>(i)] = std::log(20);
  claim.counted_elsewhere = lr_counts(cases);
  EXPECT_LT(counted_range(claim, std::log(11))->first, std::log(1.5));
  EXPECT_DOUBLE_EQ(counted_range(claim, std::log(11))->second, range->second);
}

TEST(FamilyModel, GivesNoRatioWhenItLacksOneSideOfAClaim) {
  const FamilyModel model = learnt();
  ModelClaim claim = model.claims().front();
  claim.for_b = {"unheard of"};
  const double values[] = {2, 0, 0};
  EXPECT_FALSE(model.ln_ratio(model.look_at(values), claim).has_value());
}

TEST(FamilyModel, IsTheSameAfterItsText) {
  const FamilyModel model = learnt();
  const std::string text = model.to_text();
  const auto again = FamilyModel::from_text(text);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->to_text(), text);
  EXPECT_EQ(again->claims().front().b, "one of the others");
  for (const double place : {-3.0, 0.1, 1.7, 5.0})
    EXPECT_EQ(ratio(*again, place), ratio(model, place));
}

TEST(FamilyModel, RefusesTextThatWasCutOrChanged) {
  const std::string text = learnt().to_text();
  Random random(7);
  for (int i = 0; i < 60; ++i) {
    std::string bad = text;
    if (i % 2 == 0) {
      bad.resize(random.below(text.size()));
    } else {
      bad[random.below(text.size())] ^= 1;
    }
    const auto read = FamilyModel::from_text(bad);
    ASSERT_FALSE(read.ok()) << i;
    EXPECT_EQ(read.error().code, ErrorCode::malformed);
  }
}

TEST(FamilyModel, RefusesCasesThatDoNotFitTheirNames) {
  EXPECT_FALSE(FamilyModel::learn(draw(30, 1), draw(30, 2), {"one"}, {"a", "b", "c"}, {}).ok());
  EXPECT_FALSE(FamilyModel::learn(draw(30, 1), draw(30, 2), kNames, {"a"}, {}).ok());
}

}  // namespace
}  // namespace assay::likelihood
