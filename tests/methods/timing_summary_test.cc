#include <gtest/gtest.h>

#include "methods/registry.h"
#include "toy.h"

namespace assay::methods {
namespace {

using toy::Toy;

const Finding& of_bank(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.subject == "Bank") return finding;
  }
  ADD_FAILURE() << "no finding of Bank";
  return findings.front();
}

TEST(TimingSummary, SumsUpAPartyThatAskedOften) {
  toy::Random random(3, "summary");
  Toy toy(60);
  toy.ask_all(toy::timer(random, 3'600, 5, 60), "192.0.2.10");
  const auto findings = timing_summary_method().run(toy.records(), toy.context());
  const Finding& bank = of_bank(findings);
  EXPECT_EQ(bank.outcome, Outcome::measured);
  const Table* table = bank.table("features");
  ASSERT_NE(table, nullptr);
  EXPECT_GE(table->rows.size(), 50u);
  EXPECT_EQ(table->rows.size(), table->row_labels.size());
  EXPECT_EQ(bank.parameters.at("features_version"), timing_summary_method().version());
}

TEST(TimingSummary, SaysThatFewRowsAreTooFewForTheModels) {
  Toy toy(60);
  toy.ask_all({10, 20'000, 40'000}, "192.0.2.10");
  const auto findings = timing_summary_method().run(toy.records(), toy.context());
  const Finding& bank = of_bank(findings);
  EXPECT_EQ(bank.outcome, Outcome::not_enough);
  EXPECT_EQ(bank.table("features"), nullptr);
}

TEST(TimingSummary, DoesNotReadRowsOfAVantageThatNoModelHas) {
  toy::Random random(3, "summary");
  Toy toy(60);
  toy.ask_all(toy::timer(random, 3'600, 5, 60), "192.0.2.10");
  QuestionRecords records = toy.records();
  records.vantage = "resolver";
  const auto findings = timing_summary_method().run(records, toy.context());
  const Finding& bank = of_bank(findings);
  EXPECT_EQ(bank.outcome, Outcome::not_applicable);
}

}  // namespace
}  // namespace assay::methods
