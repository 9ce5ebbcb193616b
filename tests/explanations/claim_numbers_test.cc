// count, share and rate: quoted numbers against counted ones.
#include "claim_fixture.h"
#include "explanations/quoted_number.h"

namespace assay {
namespace {

using claims::NumberUnit;
using claims::parse_quoted;
using test::answer;
using test::demo_findings;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(QuotedNumber, RangeIsWhatThePrintedDigitsAllow) {
  EXPECT_EQ(range_text(*parse_quoted("80 %", NumberUnit::share)), "79.5 % to below 80.5 %");
  EXPECT_EQ(range_text(*parse_quoted("80.0%", NumberUnit::share)), "79.95 % to below 80.05 %");
  EXPECT_EQ(range_text(*parse_quoted("0.87", NumberUnit::share)), "0.865 to below 0.875");
  EXPECT_EQ(range_text(*parse_quoted("2,820", NumberUnit::count)), "exactly 2,820");
  EXPECT_EQ(range_text(*parse_quoted("about 2,800", NumberUnit::count)), "2,750 to below 2,850");
  EXPECT_EQ(range_text(*parse_quoted("at least 80 %", NumberUnit::share)), "at least 80 %");
  EXPECT_EQ(range_text(*parse_quoted("80 %", NumberUnit::share, "2")), "78 % to 82 %");
}

TEST(QuotedNumber, RefusesWhatCannotBeReadInOneWay) {
  for (const char* text :
       {"", "many", "87", "1,5 %", "28,20", "1.2.3 %", "80 % %", "123456789012"}) {
    EXPECT_FALSE(parse_quoted(text, NumberUnit::share)) << text;
  }
  EXPECT_FALSE(parse_quoted("80 %", NumberUnit::count));
  EXPECT_FALSE(parse_quoted("at least 80 %", NumberUnit::share, "2"));
}

TEST(Count, HoldsWithinFilesThatNobodyDeclaresComplete) {
  const auto quoted =
      answer("count", {{"party", "Bank"}, {"value", "2820"}}, demo_findings().set());
  EXPECT_EQ(quoted.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(quoted.statement, HasSubstr("2,820 (raw rows)"));
  EXPECT_THAT(quoted.statement, HasSubstr("2,700 (identical rows collapsed)"));
  EXPECT_THAT(quoted.findings, Contains("q1/authoritative/volume/Bank/raw"));
  EXPECT_EQ(quoted.quantities.size(), 3u);
}

TEST(Count, IsSupportedWhenTheRecordsAreDeclaredComplete) {
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "2820"}}, demo_findings(1).set()).answer,
            Answer::supported);
}

TEST(Count, SaysUnderWhichRuleTheQuoteHolds) {
  const auto quoted =
      answer("count", {{"party", "Bank"}, {"value", "2,700"}}, demo_findings().set());
  EXPECT_EQ(quoted.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(quoted.statement, HasSubstr("2,700 (identical rows collapsed)"));
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "2,700"}, {"dedup", "raw"}},
                   demo_findings().set())
                .answer,
            Answer::contradicted);
}

TEST(Count, ARangeThatOneRuleMeetsAndAnotherMissesDependsOnTheRule) {
  // 2,820 and 2,700 are 2,750 to below 2,850 or not: only whoever counted knows.
  const auto about =
      answer("count", {{"party", "Bank"}, {"value", "about 2,800"}}, demo_findings(1).set());
  EXPECT_EQ(about.answer, Answer::not_testable);
  EXPECT_EQ(about.in_short, "2,820 by raw rows as quoted, 2,700 by collapsed, 1,300 by bursts not");
  EXPECT_THAT(about.statement, HasSubstr("depends on the counting rule"));
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "about 2,800"}, {"dedup", "raw"}},
                   demo_findings(1).set())
                .answer,
            Answer::supported);
  // Nobody knows who counted bursts, so their number names no rule.
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "1,300"}}, demo_findings(1).set()).answer,
            Answer::not_testable);
}

TEST(Count, BetweenTwoRulesIsLeftOpenByFilesThatMayNotBeAll) {
  const test::Fields fields{{"party", "Bank"}, {"value", "2000"}};
  EXPECT_EQ(answer("count", fields, demo_findings(0).set()).answer, Answer::not_testable);
  EXPECT_EQ(answer("count", fields, demo_findings(1).set()).answer, Answer::contradicted);
}

TEST(Count, OneResolversCompleteLogIsNoTotal) {
  test::Findings findings("resolver");
  for (const char* rule : {"raw", "collapsed", "bursts"}) findings.volume(rule, 40, {{"Bank", 40}});
  findings.coverage("dns", 1, 1);
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "500"}}, findings.set()).answer,
            Answer::not_testable);
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "40"}}, findings.set()).answer,
            Answer::supported_only_within_these_files);
  EXPECT_EQ(answer("share", {{"party", "Bank"}, {"value", "100 %"}}, findings.set()).answer,
            Answer::supported_only_within_these_files);
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "12"}}, findings.set()).answer,
            Answer::contradicted);
}

TEST(Count, MoreRowsThanQuotedContradictWhateverTheCoverage) {
  const auto quoted = answer("count", {{"party", "Bank"}, {"value", "12"}}, demo_findings().set());
  EXPECT_EQ(quoted.answer, Answer::contradicted);
  EXPECT_FALSE(quoted.findings.empty());
}

TEST(Count, FewerRowsThanQuotedContradictOnlyInCompleteRecords) {
  const test::Fields fields{{"party", "Bank"}, {"value", "5000"}};
  const auto open = answer("count", fields, demo_findings(0).set());
  EXPECT_EQ(open.answer, Answer::not_testable);
  EXPECT_FALSE(open.would_test.empty());
  EXPECT_EQ(answer("count", fields, demo_findings(1).set()).answer, Answer::contradicted);
}

TEST(Count, SumsSeveralParties) {
  EXPECT_EQ(
      answer("count", {{"value", "3534"}}, {{"parties", {"Bank", "Clinic"}}}, demo_findings().set())
          .answer,
      Answer::supported_only_within_these_files);
}

TEST(Count, TakesAToleranceInTheUnitOfTheValue) {
  test::Fields fields{{"party", "Bank"}, {"value", "2800"}, {"tolerance", "30"}, {"dedup", "raw"}};
  EXPECT_EQ(answer("count", fields, demo_findings().set()).answer,
            Answer::supported_only_within_these_files);
  fields["tolerance"] = "10";
  EXPECT_EQ(answer("count", fields, demo_findings().set()).answer, Answer::contradicted);
}

TEST(Count, SaysWhyItCannotAnswer) {
  const FindingSet findings = demo_findings().set();
  for (const test::Fields& fields : std::vector<test::Fields>{
           {{"party", "Bank"}, {"value", "a lot"}},
           {{"party", "Nobody"}, {"value", "3"}},
           {{"value", "3"}},
           {{"party", "Bank"}, {"value", "3"}, {"dedup", "twice"}},
           {{"party", "Bank"}, {"value", "3"}, {"window", "soon"}},
           {{"party", "Bank"}, {"value", "3"}, {"window", "2020-01-01/2020-02-01"}},
           {{"party", "Bank"}, {"value", "3"}, {"vantage", "resolver"}}}) {
    EXPECT_EQ(answer("count", fields, findings).answer, Answer::not_testable);
  }
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "3"}}, FindingSet({})).answer,
            Answer::not_testable);
}

TEST(Count, OfATimeForWhichNoAddressIsKnownIsNotTestable) {
  CaseFile file = test::demo_case();
  file.parties.front().holds = parse_interval("2010-01-01/2010-12-31").value();
  const std::string party = file.parties.front().name;
  const auto zero =
      answer("count", {{"party", party}, {"value", "0"}}, {}, demo_findings(1).set(), file);
  EXPECT_EQ(zero.answer, Answer::not_testable);
  EXPECT_THAT(zero.statement, HasSubstr("is stated to hold its addresses in 2010"));
}

TEST(Count, CountsWholeDaysInsideTheWindowFromTheDailyTable) {
  test::Findings findings;
  findings.volume("raw", 60, {{"Bank", 50}, {"other", 10}});
  findings.volume("collapsed", 60, {{"Bank", 50}, {"other", 10}});
  findings.volume("bursts", 60, {{"Bank", 50}, {"other", 10}});
  std::vector<Finding> all = findings.set().all();
  all.front().tables.push_back({"daily_counts",
                                {"Bank", "other"},
                                {"2021-06-01", "2021-06-02", "2021-06-03"},
                                {{20, 1}, {12, 2}, {18, 7}}});
  const test::Fields fields{
      {"party", "Bank"}, {"value", "32"}, {"window", "2021-06-01/2021-06-02"}};
  const auto days = answer("count", fields, FindingSet(all));
  EXPECT_EQ(days.answer, Answer::supported_only_within_these_files) << days.statement;
  test::Fields of_share = fields;
  of_share["value"] = "91 %";  // 32 of 35
  EXPECT_EQ(answer("share", of_share, FindingSet(all)).answer,
            Answer::supported_only_within_these_files);
}

// A log and its copy as a list, both added at one vantage: 407 of 996 look-ups, told twice.
FindingSet told_twice(double same_events) {
  test::Findings findings;
  findings.volume("raw", 1992, {{"Bank", 814}, {"other", 1178}});
  findings.volume("collapsed", 1992, {{"Bank", 814}, {"other", 1178}});
  findings.volume("bursts", 990, {{"Bank", 404}, {"other", 586}});
  findings.coverage("dns", 2, 1);
  findings.add("duplicates", "dns-1+dns-2", Outcome::found, {{"same_events", same_events}});
  return findings.set();
}

TEST(Count, OfLookupsThatTwoFilesTellIsNeitherAffirmedNorRefuted) {
  for (const char* value : {"407", "814", "600"}) {
    const auto quoted = answer("count", {{"party", "Bank"}, {"value", value}}, told_twice(996));
    EXPECT_EQ(quoted.answer, Answer::not_testable) << value;
    EXPECT_THAT(quoted.statement, HasSubstr("The same look-ups stand in two files: dns-1+dns-2"));
    EXPECT_THAT(quoted.findings, Contains("q1/authoritative/duplicates/dns-1+dns-2"));
  }
  // Nothing that was counted twice makes these true, or these false.
  for (const char* value : {"350", "815"}) {
    EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", value}}, told_twice(996)).answer,
              Answer::contradicted);
  }
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "at least 300"}}, told_twice(996)).answer,
            Answer::supported);
  EXPECT_EQ(answer("count", {{"party", "Bank"}, {"value", "407"}}, told_twice(0)).answer,
            Answer::contradicted);
}

TEST(Share, OfLookupsThatTwoFilesTellIsNeitherAffirmedNorRefuted) {
  test::Fields fields{{"party", "Bank"}, {"value", "30 %"}, {"dedup", "raw"}};
  EXPECT_EQ(answer("share", fields, told_twice(996)).answer, Answer::not_testable);
  EXPECT_EQ(answer("share", fields, told_twice(0)).answer, Answer::contradicted);
  fields["value"] = "90 %";
  EXPECT_EQ(answer("share", fields, told_twice(996)).answer, Answer::contradicted);
}

TEST(Rate, OfLookupsThatTwoFilesTellIsNeitherAffirmedNorRefuted) {
  test::Fields fields{{"party", "Bank"}, {"value", "3"}, {"per", "day"}, {"dedup", "raw"}};
  EXPECT_EQ(answer("rate", fields, told_twice(996)).answer, Answer::not_testable);
  EXPECT_EQ(answer("rate", fields, told_twice(0)).answer, Answer::contradicted);
}

TEST(Share, QuoteIsHeldAgainstItsRoundingRange) {
  const FindingSet findings = demo_findings().set();
  // 2,820 of 3,561 is 79.19 %: that rounds to 79 %, not to 80 %.
  EXPECT_EQ(
      answer("share", {{"party", "Bank"}, {"value", "79 %"}, {"dedup", "raw"}}, findings).answer,
      Answer::supported_only_within_these_files);
  EXPECT_EQ(
      answer("share", {{"party", "Bank"}, {"value", "80 %"}, {"dedup", "raw"}, {"of", "files"}},
             findings)
          .answer,
      Answer::contradicted);
  EXPECT_EQ(
      answer("share", {{"party", "Bank"}, {"value", "0.79"}, {"dedup", "raw"}}, findings).answer,
      Answer::supported_only_within_these_files);
}

TEST(Share, EightySevenPercentOfTheseFilesIsContradictedUnderEveryRule) {
  const auto quoted = answer("share", {{"party", "Bank"}, {"value", "87 %"}, {"of", "files"}},
                             demo_findings().set());
  EXPECT_EQ(quoted.answer, Answer::contradicted);
  EXPECT_THAT(quoted.statement, HasSubstr("79.19 % = 2,820 of 3,561 (raw rows)"));
  EXPECT_EQ(quoted.in_short, "72.22 % to 79.41 % by counting rule, not 87 %");
}

TEST(Share, OfAllLookupsIsNotRefutedByFilesThatMayNotBeAll) {
  const test::Fields fields{{"party", "Bank"}, {"value", "87 %"}};
  const auto open = answer("share", fields, demo_findings().set());
  EXPECT_EQ(open.answer, Answer::not_testable);
  EXPECT_THAT(open.statement, HasSubstr("79.19 % = 2,820 of 3,561 (raw rows)"));
  EXPECT_FALSE(open.findings.empty());
  EXPECT_EQ(answer("share", fields, demo_findings(1).set()).answer, Answer::contradicted);
  // Whatever else there is, those who asked have asked.
  EXPECT_EQ(answer("share", {{"party", "Bank"}, {"value", "at least 100 %"}}, demo_findings().set())
                .answer,
            Answer::contradicted);
}

TEST(Share, ThatOneRuleMeetsAndAnotherMissesDependsOnTheRule) {
  const auto quoted = answer("share", {{"party", "Bank"}, {"value", "79 %"}, {"of", "files"}},
                             demo_findings(1).set());
  EXPECT_EQ(quoted.answer, Answer::not_testable);
  EXPECT_THAT(quoted.statement, HasSubstr("depends on the counting rule"));
  EXPECT_EQ(quoted.in_short,
            "79.19 % by raw rows, 79.41 % by collapsed as quoted, 72.22 % by bursts not");
}

TEST(Share, BothTogetherAreSummed) {
  const auto both = answer("share", {{"value", "99 %"}}, {{"parties", {"Bank", "Clinic"}}},
                           demo_findings().set());
  EXPECT_EQ(both.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(both.statement, HasSubstr("99.24 % = 3,534 of 3,561"));
  EXPECT_EQ(answer("share", {{"value", "99 %"}}, {{"parties", {"Bank", "Clinic"}}},
                   demo_findings(1).set())
                .answer,
            Answer::supported);
}

TEST(Share, CanBeOfThePartiesAlone) {
  // 2,820 of 3,534 is 79.8 %.
  EXPECT_EQ(
      answer("share", {{"party", "Bank"}, {"value", "80 %"}, {"of", "parties"}, {"dedup", "raw"}},
             demo_findings().set())
          .answer,
      Answer::supported_only_within_these_files);
  EXPECT_EQ(answer("share", {{"party", "Bank"}, {"value", "80 %"}, {"of", "the world"}},
                   demo_findings().set())
                .answer,
            Answer::not_testable);
}

TEST(Share, OfNothingIsNotTestable) {
  test::Findings findings;
  for (const char* rule : {"raw", "collapsed", "bursts"}) findings.volume(rule, 0, {{"Bank", 0}});
  EXPECT_EQ(answer("share", {{"party", "Bank"}, {"value", "80 %"}}, findings.set()).answer,
            Answer::not_testable);
}

TEST(Share, HoldingAtOneVantageAndNotAtAnotherStaysWithTheFiles) {
  test::Findings findings = demo_findings(1);
  findings.vantage("passive_sensor");
  for (const char* rule : {"raw", "collapsed", "bursts"}) {
    findings.volume(rule, 100, {{"Bank", 10}, {"Clinic", 0}, {"Sender", 0}, {"other", 90}});
  }
  findings.coverage("dns", 1, 1);
  test::Fields fields{{"party", "Bank"}, {"value", "79 %"}, {"dedup", "raw"}};
  // What a sensor does not see takes nothing from complete records of the names' own servers.
  EXPECT_EQ(answer("share", fields, findings.set()).answer, Answer::supported);
  fields["of"] = "files";
  const auto quoted = answer("share", fields, findings.set());
  EXPECT_EQ(quoted.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(quoted.statement, HasSubstr("At the vantage 'authoritative'"));
  EXPECT_THAT(quoted.statement, HasSubstr("At the vantage 'passive_sensor'"));
  test::Fields at_sensor = fields;
  at_sensor["vantage"] = "passive_sensor";
  EXPECT_EQ(answer("share", at_sensor, findings.set()).answer, Answer::contradicted);
  at_sensor["of"] = "names";
  EXPECT_EQ(answer("share", at_sensor, findings.set()).answer, Answer::not_testable);
}

TEST(Rate, MeanThatHoldsIsNotAPeriod) {
  test::Findings findings = demo_findings();
  findings.add("gap_law", "Bank", Outcome::found,
               {{"cache_shaped", 1},
                {"ttl_seconds", 3600},
                {"gap_seconds_median", 4210},
                {"gap_seconds_min", 3600}});
  // 2,820 rows in 143 days are 0.82 an hour.
  const auto hourly =
      answer("rate", {{"party", "Bank"}, {"value", "1"}, {"per", "hour"}, {"dedup", "raw"}},
             findings.set());
  EXPECT_EQ(hourly.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(hourly.statement, HasSubstr("0.82 per hour (raw rows)"));
  EXPECT_THAT(hourly.statement, HasSubstr("A mean is not a period"));
  EXPECT_THAT(hourly.statement, HasSubstr("4,210 s at the median"));
  EXPECT_THAT(hourly.findings, Contains("q1/authoritative/gap_law/Bank"));
}

TEST(Rate, OnceAnHourByRowsAndNotByBurstsDependsOnTheRule) {
  const auto hourly =
      answer("rate", {{"party", "Bank"}, {"value", "1"}, {"per", "hour"}}, demo_findings(1).set());
  EXPECT_EQ(hourly.answer, Answer::not_testable);
  EXPECT_EQ(hourly.in_short,
            "0.82 by raw rows, 0.79 by collapsed as quoted, 0.38 by bursts not; no period");
  EXPECT_THAT(hourly.statement, HasSubstr("A mean is not a period"));
}

TEST(Rate, MeanAboveTheQuoteIsContradictedAndBelowItOnlyByCompleteRecords) {
  const test::Fields seldom{{"party", "Bank"}, {"value", "1"}, {"per", "week"}};
  EXPECT_EQ(answer("rate", seldom, demo_findings().set()).answer, Answer::contradicted);
  const test::Fields often{{"party", "Bank"}, {"value", "1"}, {"per", "minute"}};
  EXPECT_EQ(answer("rate", often, demo_findings().set()).answer, Answer::not_testable);
  EXPECT_EQ(answer("rate", often, demo_findings(1).set()).answer, Answer::contradicted);
}

TEST(Rate, IsHeldAgainstTheTimeThatWasMeasuredAndItsInterval) {
  // Half of the window was recorded: 2,820 rows in 71.5 days, 39.4 a day.
  const auto measured = [](double complete) {
    std::vector<Finding> all = demo_findings(complete).set().all();
    for (Finding& finding : all) {
      if (finding.id != "q1/authoritative/volume/Bank/raw") continue;
      Quantity rate;
      rate.name = "rate_per_day";
      rate.value = 2820 / 71.5;
      rate.interval = {{30.0, 49.0}};
      rate.interval_method = "95 % block t";
      finding.quantities.push_back(rate);
    }
    return FindingSet(all);
  };
  const auto per_day = [&](const char* value, double complete) {
    return answer("rate", {{"party", "Bank"}, {"value", value}, {"per", "day"}, {"dedup", "raw"}},
                  measured(complete));
  };
  EXPECT_EQ(per_day("39", 1).answer, Answer::supported);
  // Outside the mean, within the interval: neither shown nor ruled out, complete or not.
  EXPECT_EQ(per_day("45", 1).answer, Answer::not_testable);
  EXPECT_THAT(per_day("45", 1).statement,
              HasSubstr("an interval that allows for them is 30 to 49"));
  EXPECT_EQ(per_day("60", 1).answer, Answer::contradicted);
  EXPECT_EQ(per_day("60", 0).answer, Answer::not_testable);
  // 2,820 rows in 143 days are 19.7 a day if nothing was asked while nobody recorded.
  EXPECT_EQ(per_day("20", 0).answer, Answer::not_testable);
  EXPECT_EQ(per_day("19", 0).answer, Answer::contradicted);
}

// Ten of a hundred days are recorded, with ten look-ups each.
FindingSet recorded_a_tenth_of_the_window() {
  test::Findings findings;
  for (const char* rule : {"raw", "collapsed", "bursts"})
    findings.volume(rule, 100, {{"Bank", 100}});
  std::vector<Finding> all = findings.set().all();
  for (Finding& finding : all) {
    finding.window = parse_interval("2021-06-01/2021-09-08").value();
    for (const auto& [name, value] : {std::pair("rate_per_day", 10), {"observed_days", 10}}) {
      finding.quantities.emplace_back();
      finding.quantities.back().name = name;
      finding.quantities.back().value = value;
    }
  }
  all.front().tables.push_back(
      {"daily_counts", {"Bank"}, {"2021-06-01", "2021-06-02"}, {{10}, {10}}});
  return FindingSet(all);
}

TEST(Rate, AboveTheQuoteWhereRecordedIsNotAboveItOverTheWindow) {
  const FindingSet findings = recorded_a_tenth_of_the_window();
  test::Fields fields{{"party", "Bank"}, {"value", "1"}, {"per", "day"}};
  const auto quoted = answer("rate", fields, findings);
  EXPECT_EQ(quoted.answer, Answer::not_testable) << quoted.statement;
  EXPECT_THAT(quoted.statement, HasSubstr("over the 10 observed days of 2021-06-01"));
  fields["value"] = "0.5";  // even 100 rows in 100 days are more
  EXPECT_EQ(answer("rate", fields, findings).answer, Answer::contradicted);
}

TEST(Rate, OfDaysThatMayNotBeRecordedIsNotTestable) {
  test::Fields fields{{"party", "Bank"}, {"value", "20"}, {"window", "2021-06-01/2021-06-02"}};
  const FindingSet findings = recorded_a_tenth_of_the_window();
  EXPECT_EQ(answer("count", fields, findings).answer, Answer::supported_only_within_these_files);
  fields["per"] = "day";
  fields["value"] = "10";
  EXPECT_THAT(answer("rate", fields, findings).in_short,
              HasSubstr("Coverage is declared for 10 of the 100 days"));
}

TEST(Rate, RefusesAnUnknownUnit) {
  EXPECT_EQ(answer("rate", {{"party", "Bank"}, {"value", "1"}, {"per", "fortnight"}},
                   demo_findings().set())
                .answer,
            Answer::not_testable);
}

}  // namespace
TEST(Count, SaysThatNothingWasReadOfAPartyThatHoldsAddresses) {
  test::Findings nothing{""};
  nothing.volume("raw", 0, {{"Clinic", 0}});
  const auto bank = [&](const CaseFile& file) {
    return answer("count", {{"party", "Bank"}, {"value", "12"}}, {}, nothing.set(), file).statement;
  };
  CaseFile file = test::demo_case();
  EXPECT_THAT(bank(file), HasSubstr("it holds no address in the case"));
  file.parties.front().addresses = {IpPrefix::parse("192.0.2.0/24").value()};
  EXPECT_THAT(bank(file), HasSubstr("no record of look-ups was read"));
}

}  // namespace assay
