// The ladder, exclusion, and the ranking of missing records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "finding_builder.h"

namespace assay {
namespace {

using test::Findings;
using test::judged;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Ladder, LookupsByAPartyReachRungOneAndNoFurther) {
  const Verdict verdict = judged(test::demo_findings(1).set());
  EXPECT_EQ(verdict.rung, Rung::asked_for_a_name);
  EXPECT_THAT(verdict.rung_findings, ElementsAre("q1/authoritative/volume/Bank/raw"));
  EXPECT_THAT(verdict.rung_statement, HasSubstr("Bank's: 2,820 rows, in the authoritative"));
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
}

// A source address is a claim: forged look-ups of somebody else leave the same rows.
TEST(Ladder, RungOneSaysWhoseAddressesAskedAndNotWho) {
  const Verdict verdict = judged(test::demo_findings(1).set());
  EXPECT_THAT(verdict.rung_statement,
              HasSubstr("whose source address the case states to be Bank's"));
  EXPECT_THAT(verdict.rung_statement,
              HasSubstr("They do not show that Bank sent them (a source address can be forged)"));
  EXPECT_THAT(verdict.statement, HasSubstr("bears a party's address as its source (rung 1"));
  EXPECT_THAT(verdict.statement, ::testing::Not(HasSubstr("resolver asked")));
}

TEST(Ladder, OthersThanTheQuestionsPartiesDoNotClimb) {
  Findings findings;
  findings.volume("raw", 714, {{"Bank", 0}, {"Clinic", 714}, {"Sender", 0}});
  const Verdict verdict = judged(findings.set());
  EXPECT_EQ(verdict.rung, Rung::nothing);
  EXPECT_EQ(verdict.conclusion, Conclusion::insufficient);
}

TEST(Ladder, APartyThatAsksForItsOwnNamesDoesNotClimb) {
  CaseFile file = test::demo_case();
  file.parties[2].names = {NamePattern::parse("*.sender.example").value()};
  file.questions[0].names = {NamePattern::parse("mail1.sender.example").value()};
  Findings findings;
  findings.volume("raw", 12, {{"Bank", 0}, {"Clinic", 0}, {"Sender", 12}});
  std::vector<Finding> all = findings.set().all();
  for (Finding& finding : all) {
    for (Quantity& quantity : finding.quantities) {
      if (quantity.name == "rows_for_others_names") quantity.value = 0;
    }
  }
  EXPECT_EQ(judged(FindingSet(all), file).rung, Rung::nothing);
}

TEST(Ladder, RowsForOnesOwnNamesDoNotClimbWhenTheQuestionNamesNone) {
  // As `assay ask` makes it: no names, so the question is about those of both parties.
  const auto verdict_for = [](double of_others) {
    Findings findings;
    findings.volume("raw", 50, {{"Bank", 50}, {"Sender", 0}});
    std::vector<Finding> all = findings.set().all();
    for (Finding& finding : all) {
      for (Quantity& quantity : finding.quantities) {
        if (finding.subject == "Bank" && quantity.name == "rows_for_others_names") {
          quantity.value = of_others;
        }
      }
    }
    return judged(FindingSet(all));
  };
  EXPECT_EQ(verdict_for(0).rung, Rung::nothing);
  EXPECT_EQ(verdict_for(0).conclusion, Conclusion::insufficient);
  EXPECT_EQ(verdict_for(3).rung, Rung::asked_for_a_name);
  EXPECT_THAT(verdict_for(3).rung_statement, HasSubstr("Bank's: 3 rows"));
}

TEST(Ladder, SilenceAtOneResolverIsNotSaidOfTheParty) {
  for (const char* vantage : {"resolver", "authoritative"}) {
    Findings findings{vantage};
    findings.volume("raw", 9, {{"Bank", 0}, {"Sender", 0}, {"Clinic", 9}});
    std::vector<Finding> all = findings.set().all();
    for (Finding& finding : all) {
      if (finding.subject == "Bank") finding.absence = test::absence_of("dns");
    }
    const bool is_said =
        judged(FindingSet(all)).statement.find("Bank did not look") != std::string::npos;
    EXPECT_EQ(is_said, std::string(vantage) == "authoritative");
  }
}

TEST(Ladder, NoLookupInCompleteRecordsIsSaidWithoutClaimingMore) {
  Findings findings;
  findings.volume("raw", 0, {{"Bank", 0}, {"Sender", 0}});
  std::vector<Finding> all = findings.set().all();
  for (Finding& finding : all) {
    if (finding.subject == "Bank") finding.absence = test::absence_of("dns");
  }
  const Verdict verdict = judged(FindingSet(all));
  EXPECT_EQ(verdict.rung, Rung::nothing);
  EXPECT_EQ(verdict.conclusion, Conclusion::insufficient);
  EXPECT_THAT(verdict.statement, HasSubstr("Bank did not look the names up"));
  EXPECT_THAT(verdict.statement, HasSubstr("cannot tell"));
}

TEST(Ladder, NothingReadIsInsufficientAndSaysSo) {
  const Verdict verdict = judged(FindingSet({}));
  EXPECT_EQ(verdict.rung, Rung::nothing);
  EXPECT_EQ(verdict.conclusion, Conclusion::insufficient);
  EXPECT_EQ(verdict.assessments.size(), all_explanations().size());
  EXPECT_THAT(verdict.excluded, IsEmpty());
  // Nobody vouches that they asked for nothing; and which names are meant.
  EXPECT_THAT(verdict.statement, HasSubstr("they hold no look-up by one of these"));
  CaseFile file = test::demo_case();
  file.questions.front().names = {NamePattern::parse("*.sender.example").value()};
  EXPECT_THAT(judged(FindingSet({}), file).statement, HasSubstr("itself (*.sender.example)."));
}

// The question is whether there was contact, which flows answer.
TEST(Missing, FlowsComeFirstForTheDemoThenMailAndTheResolversLog) {
  const Verdict verdict = judged(test::demo_findings().set());
  ASSERT_GE(verdict.missing.size(), 4u);
  EXPECT_EQ(verdict.missing[0].record, "flow_at_either_edge");
  std::vector<std::string> next;
  for (std::size_t i = 1; i < 4; ++i) next.push_back(verdict.missing[i].record);
  EXPECT_THAT(next, Contains("resolver_client_log"));
  EXPECT_THAT(verdict.statement, HasSubstr(verdict.missing[0].text));
}

// What was measured on simulated cases stands by its bits, everything else by weight, then name.
TEST(Missing, RanksByMeasuredBitsElseByWeightAndBreaksTiesByName) {
  const Verdict verdict = judged(test::demo_findings().set());
  std::vector<MissingRecord> measured, others;
  for (const MissingRecord& missing : verdict.missing) {
    (missing.bits ? measured : others).push_back(missing);
  }
  ASSERT_GE(measured.size(), 2u);
  ASSERT_GE(others.size(), 2u);
  for (std::size_t i = 1; i < measured.size(); ++i) {
    EXPECT_GE(*measured[i - 1].bits, *measured[i].bits) << measured[i].record;
  }
  for (std::size_t i = 1; i < others.size(); ++i) {
    const MissingRecord &before = others[i - 1], &after = others[i];
    EXPECT_TRUE(before.weight > after.weight ||
                (before.weight == after.weight && before.record < after.record))
        << before.record << ' ' << after.record;
  }
  std::vector<Finding> reversed = test::demo_findings().set().all();
  std::reverse(reversed.begin(), reversed.end());
  const Verdict again = judged(FindingSet(reversed));
  ASSERT_EQ(again.missing.size(), verdict.missing.size());
  for (std::size_t i = 0; i < verdict.missing.size(); ++i) {
    EXPECT_EQ(again.missing[i].record, verdict.missing[i].record);
    EXPECT_EQ(again.missing[i].weight, verdict.missing[i].weight);
  }
}

TEST(Missing, WhatTheCaseHoldsIsNotMissing) {
  Findings findings = test::demo_findings();
  findings.vantage("resolver").volume("raw", 9, {{"Bank", 9}});
  const Verdict verdict = judged(findings.set());
  for (const MissingRecord& missing : verdict.missing) {
    EXPECT_NE(missing.record, "resolver_client_log");
    EXPECT_NE(missing.record, "second_vantage");
  }
}

TEST(Verdict, OneCauseLeftIsSettledOnlyAsFarAsTheRecordsGo) {
  // Complete mail logs without the session take E1 and E13 out; ten causes stay that need no mail,
  // and no finding can exclude them yet, so the verdict stays open.
  Findings findings = test::demo_findings();
  test::add_absence_between(findings, "mail");
  const Verdict verdict = judged(findings.set());
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
  EXPECT_THAT(verdict.statement, HasSubstr("10 causes survive"));
}

// ---- properties over random findings ----

const std::vector<std::string> kMethods{
    "volume",           "type_profile",   "bursts",        "gap_law",     "source_sync",
    "coverage_gaps",    "day_hour",       "change_points", "suffix_leak", "duplicates",
    "exclusivity",      "server_balance", "digit_pattern", "coverage",    "automation",
    "chains",           "circadian",      "holidays",      "time_zone",   "turn_taking",
    "cache_inversion",  "deletion",       "tunnel_signs",  "capacity",    "unasked_answers",
    "event_coincidence"};
const std::vector<const char*> kQuantities{"rows",
                                           "rows_MX",
                                           "rows_PTR",
                                           "rows_TXT",
                                           "foreign_rows",
                                           "declared_filtered",
                                           "cache_shaped",
                                           "clock_shaped",
                                           "prefetch_shaped",
                                           "near_constant_demand",
                                           "sparse_demand",
                                           "excess_two_rates",
                                           "gaps",
                                           "share_prefetch_band",
                                           "share_below_ttl",
                                           "saturation",
                                           "ttl_seconds",
                                           "outside_askers",
                                           "named_askers",
                                           "complete_coverage",
                                           "collector_outage",
                                           "repeated_block",
                                           "rows_known_suffix",
                                           "share_after_failed_base",
                                           "p_suppressed",
                                           "acts_as_one",
                                           "timer_shaped",
                                           "period_seconds",
                                           "check_shaped",
                                           "identifiable",
                                           "can_names_carry",
                                           "answers_without_query",
                                           "share_answered",
                                           "share_answered_within_60_s",
                                           "share_lost",
                                           "evidences",
                                           "complete"};

struct Options {
  bool only_dns = false;  // no finding about mail, flow or messages
};

FindingSet random_findings(std::mt19937& random, const Options& options) {
  const auto pick = [&](const auto& list) { return list[random() % list.size()]; };
  const std::vector<std::string> subjects{"",      "Bank",        "Clinic",   "Sender",
                                          "other", "Bank+Clinic", "192.0.2.1"};
  const std::vector<std::string> kinds =
      options.only_dns ? std::vector<std::string>{"dns"}
                       : std::vector<std::string>{"dns", "mail", "flow", "message"};
  const std::vector<Outcome> outcomes{Outcome::measured, Outcome::found, Outcome::nothing_found,
                                      Outcome::not_enough, Outcome::not_applicable};
  const std::vector<std::string> vantages{"authoritative", "resolver", "passive_sensor"};
  const std::vector<double> values{0, 0, 1, 1, 3, 60, 0.01, 0.3, 1000};
  Findings findings;
  if (random() % 2 == 0) findings.volume("raw", 12, {{"Bank", 9}, {"other", 3}});
  const std::size_t count = random() % 40;
  for (std::size_t i = 0; i < count; ++i) {
    findings.vantage(pick(vantages));
    const std::string method = pick(kMethods);
    const bool is_coverage = method == "coverage";
    const std::string subject = is_coverage ? pick(kinds) : pick(subjects);
    Finding& finding =
        findings.add(method, subject, pick(outcomes), {}, method == "volume" ? "raw" : "");
    finding.id += "#" + std::to_string(i);
    if (method == "volume") finding.id += "/raw";
    for (const char* name : kQuantities) {
      if (random() % 2 == 0) continue;
      Quantity quantity;
      quantity.name = name;
      quantity.value = pick(values);
      finding.quantities.push_back(std::move(quantity));
    }
    if (random() % 4 == 0) finding.absence = test::absence_of(is_coverage ? subject : "dns");
  }
  if (!options.only_dns && random() % 4 == 0) test::add_absence_between(findings, pick(kinds));
  return findings.set();
}

Rung ceiling_of_kinds(const FindingSet& findings) {
  Rung highest = Rung::nothing;
  for (const Finding& finding : findings.all()) {
    const bool has_rows = finding.method == "volume" && finding.value_or("rows", 0) > 0;
    const bool has_evidence = finding.method == "coverage" && finding.value_or("evidences", 0) > 0;
    if (has_rows) highest = std::max(highest, ceiling_of("dns"));
    if (has_evidence) highest = std::max(highest, ceiling_of(finding.subject));
  }
  return highest;
}

TEST(Property, ExclusionCitesFindingsThatAreThere) {
  std::mt19937 random(1);
  int excluded = 0;
  for (int i = 0; i < 250; ++i) {
    const FindingSet findings = random_findings(random, {});
    const Verdict verdict = judged(findings);
    for (const Assessment& assessment : verdict.assessments) {
      for (const Bearing& bearing : assessment.bearings) {
        EXPECT_NE(findings.by_id(bearing.finding), nullptr) << bearing.finding;
        EXPECT_FALSE(bearing.reason.empty());
      }
      if (!assessment.exclusion) continue;
      ++excluded;
      EXPECT_FALSE(assessment.exclusion->statement().empty());
      ASSERT_FALSE(assessment.exclusion->findings().empty());
      bool has_ground = false;
      for (const std::string& id : assessment.exclusion->findings()) {
        const Finding* finding = findings.by_id(id);
        ASSERT_NE(finding, nullptr) << id;
        // An absence that somebody vouched for, or the one contradiction that gaps can make.
        has_ground |= finding->absence.has_value() || finding->method == "gap_law";
      }
      EXPECT_TRUE(has_ground) << assessment.explanation;
    }
    EXPECT_EQ(verdict.surviving.size() + verdict.excluded.size(), all_explanations().size());
  }
  EXPECT_GT(excluded, 15);
}

TEST(Property, LookupsAloneNeverSettleWhyTheyWereMade) {
  std::mt19937 random(2);
  int reached = 0;
  for (int i = 0; i < 250; ++i) {
    const Verdict verdict = judged(random_findings(random, {.only_dns = true}));
    for (const Assessment& assessment : verdict.assessments) {
      const Explanation& explanation = *find_explanation(assessment.explanation);
      if (explanation.role() != ExplanationRole::cause) continue;
      EXPECT_FALSE(assessment.exclusion) << assessment.explanation;
      // Data in names is the one cause whose look-ups no other cause leaves.
      const bool is_told = assessment.explanation == "data_in_lookups";
      EXPECT_LE(assessment.support, is_told ? Support::moderate : Support::weak)
          << assessment.explanation;
    }
    EXPECT_NE(verdict.conclusion, Conclusion::settled);
    reached += verdict.rung == Rung::asked_for_a_name;
  }
  EXPECT_GT(reached, 90);
}

TEST(Property, RungNeverExceedsWhatTheKindsOfRecordCanShow) {
  std::mt19937 random(3);
  for (int i = 0; i < 250; ++i) {
    const FindingSet findings = random_findings(random, {});
    const Verdict verdict = judged(findings);
    EXPECT_LE(verdict.rung, ceiling_of_kinds(findings));
    EXPECT_LE(verdict.rung, Rung::asked_for_a_name);  // this version reads look-ups alone
    EXPECT_EQ(verdict.rung == Rung::nothing, verdict.rung_findings.empty());
  }
}

TEST(Property, VerdictDependsOnNothingButTheFindings) {
  std::mt19937 random(4);
  for (int i = 0; i < 200; ++i) {
    const FindingSet findings = random_findings(random, {});
    const Verdict once = judged(findings), twice = judged(findings);
    EXPECT_EQ(once.statement, twice.statement);
    EXPECT_EQ(once.surviving, twice.surviving);
    ASSERT_EQ(once.missing.size(), twice.missing.size());
  }
}

}  // namespace
}  // namespace assay
