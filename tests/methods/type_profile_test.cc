#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::Toy;

TEST(TypeProfile, FindsThatOnlyAWasAsked) {
  Toy toy(5);
  for (int i = 0; i < 40; ++i) toy.ask(i * 4000.0, "192.0.2.53");
  const auto findings = toy.run("type_profile");
  const Finding* bank = find(findings, "type_profile/Bank");
  EXPECT_EQ(bank->outcome, Outcome::found);
  EXPECT_EQ(bank->parameters.at("only_type"), "A");
  EXPECT_EQ(bank->value_or("share_A", 0), 1.0);
  EXPECT_THAT(bank->statement, HasSubstr("All 40 rows"));
}

TEST(TypeProfile, StaysSilentOnOneTypeWhereSeveralWereAsked) {
  Toy toy(5);
  for (int i = 0; i < 40; ++i) {
    toy.ask(i * 4000.0, "192.0.2.53", {.qtype = static_cast<std::uint16_t>(i % 4 == 0 ? 15 : 1)});
  }
  const auto findings = toy.run("type_profile");
  const Finding* bank = find(findings, "type_profile/Bank");
  EXPECT_EQ(bank->outcome, Outcome::measured);
  EXPECT_EQ(bank->value_or("rows_MX", 0), 10);
  EXPECT_EQ(bank->value_or("share_A", 0), 0.75);
  EXPECT_EQ(bank->parameters.at("types"), "A:30 MX:10");
  EXPECT_FALSE(bank->parameters.contains("only_type"));
}

TEST(TypeProfile, IsNotApplicableWhenTheFormatDoesNotTellTheType) {
  Toy toy(5);
  for (int i = 0; i < 40; ++i) toy.ask(i * 4000.0, "192.0.2.53", {.qtype = kNoQtype});
  EXPECT_EQ(find(toy.run("type_profile"), "type_profile/all")->outcome, Outcome::not_applicable);
}

TEST(TypeProfile, SaysWhenTheFilesHoldNothingElse) {
  Toy toy(5);
  toy.ask(10, "192.0.2.53");
  EXPECT_THAT(find(toy.run("type_profile"), "type_profile/all")->limitations,
              testing::Contains(HasSubstr("selected by name")));
  toy.background(1, 3, 500);
  const auto findings = toy.run("type_profile");
  EXPECT_EQ(find(findings, "type_profile/all")->value_or("foreign_rows", 0), 500);
  EXPECT_THAT(find(findings, "type_profile/all")->limitations,
              testing::Contains(HasSubstr("500 rows about other names")));
}

}  // namespace
}  // namespace assay
