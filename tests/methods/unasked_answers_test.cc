#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::Toy;

TEST(UnaskedAnswers, CountsAnswersThatNobodyAskedFor) {
  Toy toy(5);
  toy.ask(10, "192.0.2.53");
  for (int i = 0; i < 60; ++i) {
    toy.ask(i * 400.0, "192.0.2.53", {.flags = kHasAnswer, .is_lookup = false});
  }
  toy.ask(99, "", {.flags = kHasQuery | kMulticast, .is_lookup = false});
  const auto findings = toy.run("unasked_answers");
  const Finding* all = find(findings, "unasked_answers/all");
  EXPECT_EQ(all->outcome, Outcome::found);
  EXPECT_EQ(all->value_or("answers_without_query", 0), 60);
  EXPECT_EQ(all->value_or("multicast", 0), 1);
  EXPECT_EQ(all->selection.rows, 61u);
  const Finding* bank = find(findings, "unasked_answers/Bank");
  EXPECT_EQ(bank->value_or("answers_without_query", 0), 60);
  EXPECT_THAT(bank->statement, HasSubstr("count as no look-up"));
  EXPECT_EQ(find(toy.run("volume"), "volume/Bank/raw")->value_or("rows", 0), 1);
}

TEST(UnaskedAnswers, StaysSilentWhereEveryRowShowsAQuery) {
  Toy toy(5);
  for (int i = 0; i < 60; ++i) toy.ask(i * 400.0, "192.0.2.53", {.flags = kHasQuery | kHasAnswer});
  const auto findings = toy.run("unasked_answers");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].outcome, Outcome::nothing_found);
}

}  // namespace
}  // namespace assay
