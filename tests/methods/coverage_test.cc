#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using toy::find;
using toy::Toy;

TEST(CoverageMethod, SaysWhichKindsOfRecordTheCaseLacks) {
  Toy toy(10);
  toy.ask(100, "192.0.2.53");
  const auto findings = toy.run("coverage");
  ASSERT_EQ(findings.size(), 4u);
  EXPECT_EQ(find(findings, "coverage/mail")->outcome, Outcome::nothing_found);
  EXPECT_FALSE(find(findings, "coverage/mail")->absence);
  EXPECT_EQ(find(findings, "coverage/dns")->outcome, Outcome::measured);
  EXPECT_EQ(find(findings, "coverage/dns")->value_or("complete", 1), 0);
}

TEST(CoverageMethod, FindsDeclaredCoverageAndItsGap) {
  Toy toy(10);
  toy.ask(100, "192.0.2.53");
  toy.declare_complete();
  EXPECT_EQ(find(toy.run("coverage"), "coverage/dns")->outcome, Outcome::found);
  const Interval window = toy.records().window;
  toy.evidence().coverage.intervals = {{window.begin_us, window.begin_us + 6 * kMicrosPerDay}};
  const auto findings = toy.run("coverage");
  EXPECT_EQ(find(findings, "coverage/dns")->outcome, Outcome::measured);
  EXPECT_NEAR(find(findings, "coverage/dns")->value_or("complete_share", 0), 0.6, 1e-9);
}

TEST(CoverageMethod, EstablishesAbsenceOnlyWithoutRows) {
  Toy toy(10);
  toy.declare_complete();
  EXPECT_TRUE(find(toy.run("coverage"), "coverage/dns")->absence);
  toy.ask(100, "192.0.2.53");
  EXPECT_FALSE(find(toy.run("coverage"), "coverage/dns")->absence);
}

TEST(CoverageMethod, EstablishesNoAbsenceWhileALossyNameCouldBeTheOneSought) {
  Toy toy(10);
  toy.declare_complete();
  toy.could_be(2);
  const auto findings = toy.run("coverage");
  EXPECT_FALSE(find(findings, "coverage/dns")->absence);
  EXPECT_THAT(
      find(findings, "coverage/dns")->limitations,
      Contains(HasSubstr("2 more look-ups whose name the server printed with something left "
                         "out could be for mail1.sender.example; they are not counted")));
}

TEST(CoverageMethod, EstablishesTheAbsenceOfANameThatNobodyAskedFor) {
  Toy toy(10);
  toy.declare_complete();
  toy.ask(100, "192.0.2.53", {.name = "mail1.sender.example.corp.bank.example"});
  const auto findings = toy.run("coverage");
  const Finding* dns = find(findings, "coverage/dns");
  ASSERT_TRUE(dns->absence) << "a run-on name is another name";
  EXPECT_THAT(dns->absence->statement(), HasSubstr("no look-up of mail1.sender.example in "));
}

TEST(CoverageMethod, SaysWhichRecorderFallsShort) {
  Toy toy(10, 2);
  toy.declare_complete();
  const Interval window = toy.records().window;
  toy.evidence(2).coverage.intervals = {{window.begin_us, window.begin_us + 6 * kMicrosPerDay}};
  const auto findings = toy.run("coverage");
  const Finding* dns = find(findings, "coverage/dns");
  EXPECT_EQ(dns->value_or("complete", 1), 0) << "one server does not speak for the other";
  EXPECT_FALSE(dns->absence);
  EXPECT_THAT(dns->statement, HasSubstr("vouches for no absence: dns-2 does not cover"));
  ASSERT_EQ(dns->table("recorders")->rows.size(), 2u);
  EXPECT_NEAR(dns->table("recorders")->rows[1][1], 0.6, 1e-9);
  EXPECT_THAT(dns->limitations, testing::Contains(HasSubstr("dns-2 does not cover 2016-05-10")));
}

TEST(CoverageMethod, LowersCompleteCoverageToLossyWhereARecorderSaysThatItLost) {
  Toy toy(10);
  toy.declare_complete();
  EXPECT_EQ(find(toy.run("coverage"), "coverage/dns")->quantity("lossy_share"), nullptr);
  const Interval window = toy.records().window;
  const std::int64_t day = kMicrosPerDay;
  toy.lose({{window.begin_us + day, window.begin_us + 2 * day}, 0.25, {1}, 1, 77});
  toy.lose({{window.begin_us + 5 * day, window.begin_us + 6 * day}, 0.05, {1}, 1, 99});
  const auto findings = toy.run("coverage");
  const Finding* dns = find(findings, "coverage/dns");
  EXPECT_EQ(dns->outcome, Outcome::measured);
  EXPECT_FALSE(dns->absence);
  EXPECT_EQ(dns->value_or("complete", 1), 0);
  EXPECT_NEAR(dns->value_or("complete_share", 0), 0.8, 1e-9);
  EXPECT_NEAR(dns->value_or("lossy_share", 0), 0.2, 1e-9);
  EXPECT_NEAR(dns->value_or("lost_share_largest", 0), 0.25, 1e-9);
  EXPECT_NEAR(dns->value_or("lost_share_mean", 0), 0.15, 1e-9);
  ASSERT_NE(dns->table("losses"), nullptr);
  EXPECT_THAT(dns->table("losses")->row_labels[0], HasSubstr("(dns-1:77)"));
  EXPECT_THAT(dns->statement, HasSubstr("coverage is lossy, not complete"));
  EXPECT_THAT(dns->limitations, Contains(HasSubstr("its own estimate")));
}

TEST(CoverageMethod, LeavesCoverageAsItIsWhenAnotherRecorderLost) {
  Toy toy(10);
  toy.declare_complete();
  const Interval window = toy.records().window;
  toy.lose({window, 0.25, {9}, 9, 77});
  const auto findings = toy.run("coverage");
  const Finding* dns = find(findings, "coverage/dns");
  EXPECT_TRUE(dns->absence);
  EXPECT_EQ(dns->quantity("lossy_share"), nullptr);
}

TEST(CoverageMethod, AsksForEveryNameOfTheQuestion) {
  Toy toy(10);
  toy.declare_complete();
  toy.evidence().coverage.names = {NamePattern::parse("mail1.sender.example").value()};
  EXPECT_EQ(find(toy.run("coverage"), "coverage/dns")->value_or("complete", 0), 1);
  toy.evidence().coverage.names = {NamePattern::parse("mail2.sender.example").value()};
  EXPECT_EQ(find(toy.run("coverage"), "coverage/dns")->value_or("complete", 1), 0);
}

TEST(Exclusivity, FindsThatNobodyElseAskedButOnlyInTheseFiles) {
  Toy toy(10);
  for (int i = 0; i < 20; ++i) toy.ask(i * 4000.0, "192.0.2.53");
  auto findings = toy.run("exclusivity");
  EXPECT_EQ(findings.front().outcome, Outcome::found);
  EXPECT_FALSE(findings.front().absence);
  EXPECT_THAT(findings.front().statement, HasSubstr("in these files"));
  EXPECT_EQ(findings.front().value_or("complete_coverage", 1), 0);
  EXPECT_THAT(findings.front().limitations, Contains(HasSubstr("these files only")));
  toy.declare_complete();
  findings = toy.run("exclusivity");
  EXPECT_TRUE(findings.front().absence);
  EXPECT_THAT(findings.front().statement, HasSubstr("declared complete"));
}

TEST(Exclusivity, CountsStrangersAndEstimatesThoseUnseen) {
  for (const int twice : {4, 5}) {
    Toy toy(10);
    toy.declare_complete();
    for (int i = 0; i < 20; ++i) toy.ask(i * 4000.0, "192.0.2.53");
    for (int i = 1; i <= 6; ++i) {
      const std::string once = "203.0.113." + std::to_string(100 + i);
      toy.ask(i * 5000.0, once);
      toy.ask(i * 5000.0 + 3, once);  // a retry is no second asking
    }
    for (int i = 1; i <= twice; ++i) {
      for (const double t : {9000.0, 19000.0}) {
        toy.ask(t + i * 100, "203.0.113." + std::to_string(200 + i));
      }
    }
    const auto findings = toy.run("exclusivity");
    const Finding& finding = findings.front();
    EXPECT_EQ(finding.outcome, Outcome::measured);
    EXPECT_EQ(finding.value_or("outside_askers", 0), 6 + twice);
    EXPECT_EQ(finding.value_or("outside_rows", 0), 12 + 2 * twice);
    EXPECT_FALSE(finding.absence);
    EXPECT_EQ(finding.value_or("complete_coverage", 0), 1) << "whoever asked";
    EXPECT_THAT(finding.limitations, Each(Not(HasSubstr("these files only"))));
    const Quantity* unseen = finding.quantity("unseen_askers_estimate");
    EXPECT_EQ(unseen != nullptr, twice >= 5) << "four say too little";
    if (unseen == nullptr) continue;
    EXPECT_DOUBLE_EQ(unseen->value, 6 * 6 / (2.0 * 5));
    ASSERT_TRUE(unseen->interval);
    EXPECT_LT(unseen->interval->first, 1.5);
    EXPECT_GT(unseen->interval->second, 10);
  }
}

TEST(Exclusivity, DoesNotVouchWhenClientsAreNotTold) {
  Toy toy(10);
  toy.declare_complete();
  toy.ask(100, "");
  const auto findings = toy.run("exclusivity");
  EXPECT_EQ(findings.front().outcome, Outcome::measured);
  EXPECT_FALSE(findings.front().absence);
}

}  // namespace
}  // namespace assay
