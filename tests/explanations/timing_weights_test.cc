// From a party's numbers to a sentence: within caps, and none outside what was simulated.
#include "explanations/timing_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "explanations/likelihood/verbal.h"

namespace assay {
namespace {

using likelihood::FamilyModel;
using likelihood::LabelledCases;
using testing::HasSubstr;

LabelledCases draw(std::size_t n, std::uint64_t seed) {
  LabelledCases cases{1, 2, {}, {}};
  Random random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    cases.values.push_back(random.normal(i % 2 == 0 ? 0 : 6, 1));
    cases.labels.push_back(i % 2);
  }
  return cases;
}

FamilyModel model() {
  auto learnt = FamilyModel::learn(draw(800, 1), draw(400, 2), {"people", "timer"}, {"place"},
                                   {.rounds = 20});
  learnt->claims().push_back({.word = "timer",
                              .a = "a timer",
                              .b = "people",
                              .for_a = {"timer"},
                              .for_b = {"people"},
                              .bounds = {-9, 9},
                              .power_a = {0.1, 0.5, 0.9},
                              .cap_a = 30,
                              .cap_b = 1});
  return std::move(*learnt);
}

FindingSet bank_at(double place, std::optional<std::string> label = "place") {
  Finding finding;
  finding.id = "q1/authoritative/timing_summary/Bank";
  finding.method = "timing_summary";
  finding.subject = "Bank";
  finding.quantities.push_back({.name = "rows", .value = 500, .unit = "rows"});
  Table table{"features", {"value"}, {}, {}};
  if (label) {
    table.row_labels.push_back(*label);
    table.rows.push_back({place});
  }
  finding.tables.push_back(table);
  return FindingSet({finding});
}

TEST(TimingWeights, CutSupportToTheCapAndSaySo) {
  const auto weights = timing_weights(model(), bank_at(6));
  ASSERT_EQ(weights.size(), 1u);
  ASSERT_TRUE(weights[0].ln_lr.has_value());
  EXPECT_NEAR(*weights[0].ln_lr, std::log(30), 1e-9);
  EXPECT_THAT(weights[0].statement, HasSubstr("LR 30 at most for a timer rather than people"));
  EXPECT_THAT(weights[0].statement, HasSubstr("under these stated models"));
  EXPECT_THAT(weights[0].expected, HasSubstr("with 200 to 999 rows, 50 %"));
  EXPECT_THAT(weights[0].expected, HasSubstr("At most LR 30 for the one and 1 for the other"));
}

TEST(TimingWeights, GiveNoSupportToASideWhoseCapIsOne) {
  const auto weights = timing_weights(model(), bank_at(0));
  ASSERT_EQ(weights.size(), 1u);
  EXPECT_EQ(weights[0].ln_lr, 0);
  EXPECT_THAT(weights[0].statement, HasSubstr("no support that can be reported"));
}

TEST(TimingWeights, GiveWordsAloneForACaseUnlikeThoseSimulated) {
  const auto weights = timing_weights(model(), bank_at(400));
  ASSERT_EQ(weights.size(), 1u);
  EXPECT_FALSE(weights[0].ln_lr.has_value());
  EXPECT_THAT(weights[0].statement, HasSubstr("No number"));
  EXPECT_THAT(weights[0].statement, HasSubstr("place is 400"));
}

TEST(TimingWeights, SayNothingOfPartiesThatWereNotSummedUp) {
  EXPECT_TRUE(timing_weights(model(), FindingSet({})).empty());
  // Numbers that the model does not know, or lacks, change nothing and crash nothing.
  EXPECT_EQ(timing_weights(model(), bank_at(1, "unheard_of")).size(), 1u);
  EXPECT_EQ(timing_weights(model(), bank_at(1, std::nullopt)).size(), 1u);
}

}  // namespace
}  // namespace assay
