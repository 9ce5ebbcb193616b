#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Toy;

constexpr std::uint16_t kNameError = 3;
constexpr char kRunOn[] = "mail1.sender.example.corp.bank.example";

TEST(SuffixLeak, FindsTheSearchListAfterAFailedLookUp) {
  Toy toy(10);
  for (int i = 0; i < 5; ++i) {
    toy.ask(1000 + 20 * i, "192.0.2.53", {.rcode = kNameError});
    toy.ask(1002 + 20 * i, "192.0.2.54", {.name = kRunOn, .rcode = kNameError});
  }
  const auto findings = toy.run("suffix_leak");
  const Finding* all = find(findings, "suffix_leak/all");
  EXPECT_EQ(all->outcome, Outcome::found);
  EXPECT_EQ(all->value_or("rows", 0), 5);
  EXPECT_EQ(all->value_or("names", 0), 1);
  EXPECT_EQ(all->value_or("share_after_failed_base", 0), 1.0);
  EXPECT_EQ(all->value_or("rows_known_suffix", 0), 5);
  EXPECT_EQ(all->value_or("span_seconds", 0), 80);
  const Finding* one = find(findings, kRunOn);
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->parameters.at("suffix"), "corp.bank.example");
  EXPECT_EQ(one->parameters.at("suffix_party"), "Bank");
}

TEST(SuffixLeak, DoesNotCountALookUpThatSucceededOrWasLongAgo) {
  Toy toy(10);
  toy.ask(1000, "192.0.2.53", {.rcode = 0});
  toy.ask(1002, "192.0.2.53", {.name = kRunOn});
  toy.ask(5000, "192.0.2.53", {.rcode = kNameError});
  toy.ask(5060, "192.0.2.53", {.name = kRunOn});
  toy.ask(9000, "198.51.100.53", {.rcode = kNameError});
  toy.ask(9001, "192.0.2.53", {.name = kRunOn});
  const auto findings = toy.run("suffix_leak");
  EXPECT_EQ(find(findings, "suffix_leak/all")->value_or("rows_after_failed_base", -1), 0);
  EXPECT_EQ(find(findings, "suffix_leak/all")->value_or("rows_after_base", -1), 1);
}

TEST(SuffixLeak, NamesASearchListOnlyWithItsSign) {
  constexpr char kStrange[] = "mail1.sender.example.elsewhere.example";
  for (const bool is_after_base : {false, true}) {
    Toy toy(10);
    for (int i = 0; i < 6; ++i) {
      if (is_after_base) toy.ask(999 + 2000 * i, "192.0.2.53");
      toy.ask(1000 + 2000 * i, "192.0.2.53", {.name = kStrange});
    }
    const auto findings = toy.run("suffix_leak");
    const std::string& statement = find(findings, kStrange)->statement;
    EXPECT_EQ(statement.find("search list explains it") != std::string::npos, is_after_base);
    EXPECT_EQ(statement.find("what made it stays open") != std::string::npos, !is_after_base);
  }
}

TEST(SuffixLeak, SaysWhenTheRecordHoldsNoAnswers) {
  Toy toy(10);
  toy.ask(1000, "192.0.2.53");
  toy.ask(1002, "192.0.2.53", {.name = kRunOn});
  const auto findings = toy.run("suffix_leak");
  EXPECT_EQ(find(findings, "suffix_leak/all")->quantity("share_after_failed_base"), nullptr);
  EXPECT_THAT(find(findings, "suffix_leak/all")->limitations,
              Contains(HasSubstr("does not tell whether")));
}

TEST(SuffixLeak, StaysSilentWithoutRunOnNames) {
  Toy toy(10);
  auto random = toy.random("plain");
  toy.ask_all(toy::poisson(random, 20, 10), "192.0.2.53");
  const auto findings = toy.run("suffix_leak");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings.front().outcome, Outcome::nothing_found);
}

}  // namespace
}  // namespace assay
