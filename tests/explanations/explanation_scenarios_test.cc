// One scenario an explanation, with that explanation true: findings as the methods give them for
// such records. The true one must survive, and be named with support where records can show it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "finding_builder.h"

namespace assay {
namespace {

using test::Findings;
using test::judged;
using test::of;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

bool leans_against(const Assessment& assessment, std::string_view method) {
  return std::any_of(assessment.bearings.begin(), assessment.bearings.end(), [&](const Bearing& b) {
    return b.finding.find(method) != std::string::npos &&
           (b.direction == Direction::weakly_against || b.direction == Direction::strongly_against);
  });
}

// What every demo-like list of look-ups shares; scenarios add what their cause leaves.
Findings lookups(double outside_askers = 6, double foreign_rows = 5000) {
  Findings findings;
  findings.volume("raw", 3561, {{"Bank", 2820}, {"Clinic", 714}, {"Sender", 0}, {"other", 27}});
  findings.coverage("dns", 3, 0);
  findings.coverage("mail", 0, 0);
  findings.coverage("flow", 0, 0);
  findings.coverage("message", 0, 0);
  findings.add("exclusivity", "", Outcome::measured,
               {{"outside_askers", outside_askers}, {"outside_rows", 27}, {"named_askers", 3}});
  findings.add("type_profile", "", Outcome::found,
               {{"rows", 3561}, {"types", 1}, {"foreign_rows", foreign_rows}});
  return findings;
}

TEST(LiveMail, MailingsToManyNetworksSpeakForIt) {
  Findings findings = lookups(400);
  findings.add("type_profile", "Bank", Outcome::measured, {{"rows_PTR", 0}});
  findings.add("source_sync", "Bank+Clinic", Outcome::found, {{"share_synchronous", 0.3}});
  findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}, {"sparse_demand", 1}});
  const Verdict verdict = judged(findings);
  EXPECT_THAT(verdict.surviving, Contains("live_mail_with_checks"));
  EXPECT_EQ(of(verdict, "live_mail_with_checks").support, Support::weak);
  EXPECT_EQ(verdict.surviving.front(), "live_mail_with_checks");
  EXPECT_THAT(of(verdict, "live_mail_with_checks").open, Not(IsEmpty()));
}

TEST(LiveMail, FewOthersSpeakAgainstItOnlyInCompleteRecordsOfTheNamesServers) {
  for (const double complete : {0.0, 1.0}) {
    const Verdict verdict = judged(test::demo_findings(complete));
    EXPECT_EQ(leans_against(of(verdict, "live_mail_with_checks"), "exclusivity"), complete != 0);
    EXPECT_THAT(verdict.surviving, Contains("live_mail_with_checks"));
  }
}

bool leans(const Assessment& assessment, std::string_view method) {
  return std::any_of(assessment.bearings.begin(), assessment.bearings.end(), [&](const Bearing& b) {
    return b.finding.find(method) != std::string::npos && b.direction != Direction::neutral;
  });
}

TEST(ArchiveRescan, SteadyDemandSpeaksForItAndNeverAlone) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found,
               {{"cache_shaped", 1}, {"near_constant_demand", 1}});
  findings.add("day_hour", "Bank", Outcome::nothing_found, {});
  findings.add("change_points", "Bank", Outcome::found, {{"changes", 3}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(of(verdict, "archive_rescan").support, Support::weak);
  EXPECT_THAT(verdict.surviving, Contains("archive_rescan"));
  EXPECT_THAT(verdict.surviving, Contains("misconfigured_application"));
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
}

// A working day, mailings, a poll and a scan in stretches all leave two rates.
TEST(Causes, TwoRatesOfDemandSpeakForAndAgainstNone) {
  for (const double near_constant : {0.0, 1.0}) {
    Findings findings = lookups();
    findings.add("gap_law", "Bank", Outcome::found,
                 {{"cache_shaped", 1},
                  {"excess_two_rates", 1},
                  {"sparse_demand", 1 - near_constant},
                  {"near_constant_demand", near_constant}});
    const Verdict verdict = judged(findings);
    for (const char* cause : {"live_mail_with_checks", "archive_rescan",
                              "misconfigured_application", "person_to_person_mail"}) {
      EXPECT_FALSE(leans(of(verdict, cause), "gap_law")) << cause;
    }
  }
}

TEST(MisconfiguredApplication, WholeMultiplesOfOneIntervalSpeakForItEvenWithTwoRates) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found,
               {{"timer_shaped", 1},
                {"timer_interval_seconds", 300},
                {"excess_two_rates", 1},
                {"sparse_demand", 1}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(verdict.surviving.front(), "misconfigured_application");
  EXPECT_FALSE(leans_against(of(verdict, "misconfigured_application"), "gap_law"));
  EXPECT_TRUE(leans_against(of(verdict, "person_to_person_mail"), "gap_law"));
  EXPECT_TRUE(leans_against(of(verdict, "live_mail_with_checks"), "gap_law"));
  EXPECT_FALSE(leans(of(verdict, "archive_rescan"), "gap_law"));
}

TEST(MisconfiguredApplication, HoursThatWereNotFoundSpeakForNothing) {
  Findings findings = lookups();
  findings.add("day_hour", "Bank", Outcome::nothing_found, {{"bursts", 900}});
  EXPECT_FALSE(leans(of(judged(findings), "misconfigured_application"), "day_hour"));
}

TEST(MisconfiguredApplication, ClockPhaseSpeaksForItAndAgainstPersons) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found,
               {{"clock_shaped", 1}, {"clock_period_seconds", 7200}});
  findings.add("day_hour", "Bank", Outcome::nothing_found, {});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(verdict.surviving.front(), "misconfigured_application");
  EXPECT_EQ(of(verdict, "misconfigured_application").support, Support::weak);  // only look-ups
  EXPECT_TRUE(leans_against(of(verdict, "person_to_person_mail"), "gap_law"));
  EXPECT_THAT(verdict.surviving, Contains("person_to_person_mail"));
}

TEST(PersonToPersonMail, SurvivesLookupsOfPeoplesHours) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found,
               {{"cache_shaped", 1}, {"sparse_demand", 1}, {"saturation", 0.2}});
  findings.add("day_hour", "Bank", Outcome::found, {{"p_daily_rhythm", 1e-9}});
  const Verdict verdict = judged(findings);
  EXPECT_THAT(verdict.surviving, Contains("person_to_person_mail"));
  EXPECT_TRUE(leans_against(of(verdict, "misconfigured_application"), "day_hour"));
}

TEST(PersonToPersonMail, NoHoursSpeakAgainstItOnlyWhereTheCacheLeavesThemOpen) {
  for (const double saturation : {0.2, 0.9}) {
    Findings findings = lookups();
    findings.add("gap_law", "Bank", Outcome::found,
                 {{"cache_shaped", 1}, {"saturation", saturation}});
    findings.add("day_hour", "Bank", Outcome::nothing_found,
                 {{"bursts", 200}, {"rhythm_strength", 0.1}});
    EXPECT_EQ(leans_against(of(judged(findings), "person_to_person_mail"), "day_hour"),
              saturation < 0.5);
  }
}

TEST(PersonToPersonMail, NoHoursSpeakAgainstItOnlyWhereTheTestWouldHaveSeenThem) {
  for (const auto& [bursts, strength] : {std::pair{40.0, 0.1}, std::pair{200.0, 0.4}}) {
    Findings findings = lookups();
    findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}, {"saturation", 0.2}});
    findings.add("day_hour", "Bank", Outcome::nothing_found,
                 {{"bursts", bursts}, {"rhythm_strength", strength}});
    EXPECT_FALSE(leans(of(judged(findings), "person_to_person_mail"), "day_hour"));
  }
}

TEST(CacheShaping, GapsThatBeginAtTheTtlSpeakForIt) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}, {"ttl_seconds", 3600}});
  EXPECT_EQ(of(judged(findings), "cache_shaping").support, Support::moderate);
  findings.add("source_sync", "Bank", Outcome::found, {{"acts_as_one", 1}, {"p_suppressed", 1e-6}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(of(verdict, "cache_shaping").support, Support::strong);
  EXPECT_THAT(verdict.surviving, Contains("cache_shaping"));
}

TEST(ResolverPrefetch, GapsCrowdedBeforeTheTtlSpeakForIt) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found,
               {{"prefetch_shaped", 1}, {"gaps", 400}, {"share_prefetch_band", 0.3}});
  EXPECT_EQ(of(judged(findings), "resolver_prefetch").support, Support::moderate);
}

// A renewal in the last two seconds and one at expiry leave the same gaps.
TEST(ResolverPrefetch, NoGapsEverExcludeIt) {
  for (const char* source : {"answers", "stated", "estimated"}) {
    Findings findings = lookups();
    findings
        .add("gap_law", "Bank", Outcome::found,
             {{"cache_shaped", 1},
              {"near_constant_demand", 1},
              {"gaps", 400},
              {"share_prefetch_band", 0}})
        .parameters["ttl_source"] = source;
    const Verdict verdict = judged(findings);
    EXPECT_THAT(verdict.surviving, Contains("resolver_prefetch"));
    EXPECT_EQ(leans_against(of(verdict, "resolver_prefetch"), "gap_law"),
              std::string_view(source) != "estimated");
  }
}

TEST(RetryAndFailover, HoppingRepeatsSpeakForIt) {
  Findings findings = lookups();
  findings.add("bursts", "Bank", Outcome::found, {{"repeat_pairs", 200}, {"share_hopping", 0.8}});
  EXPECT_EQ(of(judged(findings), "retry_and_failover").support, Support::moderate);
}

TEST(SearchSuffixLeak, StatedSuffixSpeaksForIt) {
  Findings findings = lookups();
  findings.add("suffix_leak", "", Outcome::found, {{"rows", 5}, {"rows_known_suffix", 5}});
  EXPECT_EQ(of(judged(findings), "search_suffix_leak").support, Support::moderate);
}

TEST(SearchSuffixLeak, HasNothingToExplainWithoutARunOnName) {
  Findings findings = lookups();
  findings.add("suffix_leak", "", Outcome::nothing_found, {{"rows", 0}});
  const Verdict verdict = judged(findings);
  EXPECT_THAT(verdict.surviving, Contains("search_suffix_leak"));
  EXPECT_TRUE(leans_against(of(verdict, "search_suffix_leak"), "suffix_leak"));
}

TEST(CuratedExport, FilesOfOneNameSpeakForItLessWhereOneZonesServersWroteThem) {
  EXPECT_EQ(of(judged(lookups(6, 0)), "curated_export").support, Support::weak);
  Findings sensor("sensor");
  sensor.volume("raw", 100, {{"Bank", 100}});
  sensor.coverage("dns", 1, 0);
  sensor.add("type_profile", "", Outcome::found, {{"rows", 100}, {"foreign_rows", 0}});
  EXPECT_EQ(of(judged(sensor), "curated_export").support, Support::moderate);
  EXPECT_EQ(of(judged(lookups(6, 9000)), "curated_export").support, Support::none);
}

TEST(EditedLog, RepeatedBlockAndGapsBelowTheTtlSpeakForIt) {
  Findings findings = lookups();
  findings.add("duplicates", "", Outcome::found, {{"repeated_block", 1}, {"longest_repeat", 40}});
  findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}, {"share_below_ttl", 0.2}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(of(verdict, "edited_log").support, Support::moderate);
  EXPECT_THAT(verdict.statement, HasSubstr("as the servers wrote them"));
}

TEST(EditedLog, UntouchedLogLeavesItOpenAndWithoutSupport) {
  Findings findings = lookups();
  findings.add("duplicates", "", Outcome::nothing_found, {{"repeated_block", 0}});
  findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}, {"share_below_ttl", 0.01}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(of(verdict, "edited_log").support, Support::none);
  EXPECT_THAT(verdict.surviving, Contains("edited_log"));
  EXPECT_THAT(of(verdict, "edited_log").open, Contains(HasSubstr("second vantage")));
}

TEST(SensorBias, SilenceOfEverythingSpeaksForIt) {
  Findings findings = lookups();
  findings.add("coverage_gaps", "", Outcome::found, {{"p_joint", 1e-8}, {"collector_outage", 1}});
  EXPECT_EQ(of(judged(findings), "sensor_bias").support, Support::moderate);
  Findings went_on = lookups();
  went_on.add("coverage_gaps", "", Outcome::found, {{"p_joint", 1e-8}, {"collector_outage", 0}});
  EXPECT_EQ(of(judged(went_on), "sensor_bias").support, Support::none);
}

TEST(SensorBias, SilenceThatWasNotFoundSpeaksForNothing) {
  Findings findings = lookups();
  findings.add("coverage_gaps", "", Outcome::nothing_found, {{"p_joint", 0.6}});
  EXPECT_FALSE(leans(of(judged(findings), "sensor_bias"), "coverage_gaps"));
}

TEST(SensorBias, RecordingThatWentOnInNoNotableSilenceSpeaksForNothing) {
  Findings findings = lookups();
  findings.add("coverage_gaps", "", Outcome::nothing_found,
               {{"p_joint", 0.6}, {"collector_outage", 0}});
  EXPECT_FALSE(leans(of(judged(findings), "sensor_bias"), "coverage_gaps"));
}

TEST(Assessment, SaysThatItsFindingsLeanNeitherWayWhenThereAreSome) {
  Findings findings = lookups();
  findings.add("coverage_gaps", "", Outcome::nothing_found, {{"p_joint", 0.6}});
  EXPECT_THAT(of(judged(findings), "sensor_bias").support_reason, HasSubstr("lean neither way"));
  EXPECT_THAT(of(judged(findings), "cache_shaping").support_reason,
              HasSubstr("No finding bears on it"));
}

TEST(Parties, AreNotTheHoldersOfOneAddress) {
  Findings findings = lookups();
  findings.add("source_sync", "192.0.2.1 (Bank)+192.0.2.2 (Bank)", Outcome::found,
               {{"acts_as_one", 1}});
  EXPECT_FALSE(leans(of(judged(findings), "sensor_bias"), "source_sync"));
  findings.add("source_sync", "Bank+Clinic", Outcome::found, {{"acts_as_one", 1}});
  EXPECT_TRUE(leans(of(judged(findings), "sensor_bias"), "source_sync"));
}

TEST(SensorBias, ChangeOfRateAcrossASilenceSpeaksForIt) {
  Findings findings = lookups();
  findings.add("change_points", "", Outcome::found, {{"changes", 1}})
      .tables.push_back({"changes",
                         {"time_s", "low_s", "high_s", "rate_before", "rate_after", "in_gap", "p"},
                         {"2021-07-25"},
                         {{1, 1, 1, 20, 34, 1, 1e-4}}});
  EXPECT_EQ(of(judged(findings), "sensor_bias").support, Support::weak);
}

TEST(SensorBias, ChangeOfRateAcrossADeclaredPauseIsNotCalledASilence) {
  Findings findings = lookups();
  const std::vector<std::string> columns = {"time_s",     "low_s",  "high_s", "rate_before",
                                            "rate_after", "in_gap", "p",      "at_pause"};
  findings.add("change_points", "", Outcome::found, {{"changes", 1}})
      .tables.push_back({"changes", columns, {"2021-07-25"}, {{1, 1, 1, 20, 34, 0, 1e-4, 1}}});
  const Assessment bias = of(judged(findings), "sensor_bias");
  EXPECT_EQ(bias.support, Support::weak);
  const auto bearing = std::find_if(bias.bearings.begin(), bias.bearings.end(), [](const auto& b) {
    return b.finding.find("change_points") != std::string::npos;
  });
  ASSERT_NE(bearing, bias.bearings.end());
  EXPECT_THAT(bearing->reason, HasSubstr("across a declared pause"));
}

TEST(CompleteMailLogWithoutTheSession, ExcludesMailOfBothKinds) {
  Findings findings = lookups();
  test::add_absence_between(findings, "mail");
  const Verdict verdict = judged(findings);
  EXPECT_THAT(verdict.excluded, Contains("live_mail_with_checks"));
  EXPECT_THAT(verdict.excluded, Contains("person_to_person_mail"));
  EXPECT_THAT(verdict.surviving, Contains("archive_rescan"));
  // One way would be no ground, so the verdict names both.
  const Exclusion& why = *of(verdict, "person_to_person_mail").exclusion;
  EXPECT_EQ(why.findings().size(), 2U);
  EXPECT_THAT(why.statement(), HasSubstr("from Bank to Sender"));
  EXPECT_THAT(why.statement(), HasSubstr("from Sender to Bank"));
}

TEST(EmptyLogOfNobody, ExcludesNothingThoughItIsDeclaredComplete) {
  for (const char* kind : {"mail", "flow"}) {
    Findings findings = lookups();
    findings.add("coverage", kind, Outcome::found, {{"evidences", 1}, {"complete", 1}}).absence =
        test::absence_of(kind);
    EXPECT_THAT(judged(findings).excluded, ::testing::IsEmpty()) << kind;
    // One way alone is half of the pair, and a host whose address nobody states may be in any row.
    test::add_absence_between(findings, kind);
    findings.last().absence.reset();
    EXPECT_THAT(judged(findings).excluded, ::testing::IsEmpty()) << kind;
  }
}

TEST(MissingRecords, ALogThatAPartyKeptIsNotMissing) {
  const auto asks_for = [](const Verdict& verdict, std::string_view record) {
    return std::any_of(verdict.missing.begin(), verdict.missing.end(),
                       [&](const MissingRecord& missing) { return missing.record == record; });
  };
  const auto kept = [](const char* kind, const char* whose) {
    Findings findings = lookups();
    Finding& direct = findings.add("direct_records", "Bank>Sender", Outcome::nothing_found,
                                   {{"rows", 0}, {whose, 1}}, kind);
    direct.parameters = {{"from", "Bank"}, {"to", "Sender"}, {"kind", kind}};
    return judged(findings);
  };
  const Verdict none = judged(lookups());
  for (const char* record : {"flow_at_either_edge", "receiving_mail_log", "sending_mail_log"}) {
    EXPECT_TRUE(asks_for(none, record)) << record;
  }
  EXPECT_FALSE(asks_for(kept("flow", "logs_kept_by_to"), "flow_at_either_edge"));
  const Verdict banks = kept("mail", "logs_kept_by_from");  // Bank asked
  EXPECT_FALSE(asks_for(banks, "receiving_mail_log"));
  EXPECT_TRUE(asks_for(banks, "sending_mail_log"));
  const Verdict senders = kept("mail", "logs_kept_by_to");
  EXPECT_TRUE(asks_for(senders, "receiving_mail_log"));
  EXPECT_FALSE(asks_for(senders, "sending_mail_log"));
}

TEST(Explanations, EachSaysWhatItPredictsWhatItMustLeaveAndWhatWouldSettleIt) {
  for (const Explanation* explanation : all_explanations()) {
    EXPECT_FALSE(explanation->proposition().empty());
    EXPECT_FALSE(explanation->predictions().empty()) << explanation->name();
    EXPECT_FALSE(explanation->settles().empty()) << explanation->name();
    for (const SettlingRecord& record : explanation->settles()) {
      EXPECT_GE(record.weight, 1) << explanation->name();
      EXPECT_LE(record.weight, 5) << explanation->name();
    }
    const auto& predictions = explanation->predictions();
    const bool says_must = std::any_of(predictions.begin(), predictions.end(),
                                       [](const Prediction& p) { return p.must_be_there; });
    if (explanation->role() == ExplanationRole::cause) {
      EXPECT_TRUE(says_must) << explanation->name();
    }
    EXPECT_EQ(find_explanation(explanation->name()), explanation);
  }
}

// The same record under the same word reads the same, whoever asks for it.
TEST(Explanations, WordsOfSettlingRecordsAreUsedForOneRecord) {
  std::map<std::string_view, std::set<std::string_view>> texts;
  for (const Explanation* explanation : all_explanations()) {
    for (const SettlingRecord& record : explanation->settles()) {
      texts[record.record].insert(record.text);
    }
  }
  for (const auto& [record, variants] : texts) {
    EXPECT_EQ(variants.size(), 1u) << record << ": " << testing::PrintToString(variants);
  }
}

}  // namespace
}  // namespace assay
