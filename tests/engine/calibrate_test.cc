#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "assay/simulate.h"
#include "engine/calibrate/tally.h"
#include "sim/random_scenario.h"

namespace assay {
namespace {

// Seeds 1 to 99 are for tests and development; the published rates have others.
TEST(Calibrate, GivesTheSameNumbersWhateverTheThreadsAndNeverExcludesTheTruth) {
  CalibrateRequest request;
  request.runs = 2;
  const auto one = calibrate(request);
  request.threads = 2;
  const auto two = calibrate(request);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(one->json, two->json);
  EXPECT_EQ(one->markdown, two->markdown);
  const auto all = nlohmann::json::parse(one->json)["causes"].back();
  EXPECT_EQ(all["runs"], 2);
  EXPECT_EQ(all["with_explanation"], 2);
  EXPECT_EQ(all["truth_excluded"], 0);
  EXPECT_EQ(all["truth_survives"], all["with_explanation"]);
  EXPECT_EQ(all["settled"], 0);  // look-ups alone settle no question of contact
  EXPECT_EQ(all["rung_too_high"], 0);
  EXPECT_EQ(all["without_missing_records"], 0);
  // Look-ups are neither contact nor mail, and timing never refutes a program.
  for (const char* kind : {"no_contact", "no_mail"}) {
    EXPECT_EQ(all["claims"][kind]["not_testable"], 2) << kind;
  }
  EXPECT_EQ(all["claims"]["automated"]["contradicted"], 0);
  EXPECT_EQ(all["claims"]["not_automated"]["supported"], 0);
}

TEST(Calibrate, CountsAnExclusionOfTheTruthAndAWrongSurvivor) {
  const sim::CauseKind& cause = *sim::find_cause("archive_rescan");
  sim::Scenario scenario;
  scenario.parties.emplace_back().iteration.loss_probability = 0;
  scenario.parties.front().stub.retry_probability = 0;
  QuestionResult result;
  result.verdict.excluded = {"archive_rescan", "cache_shaping"};
  result.verdict.surviving = {"misconfigured_application", "sensor_bias"};
  Assessment& opposed = result.verdict.assessments.emplace_back();
  opposed.explanation = "archive_rescan";
  opposed.bearings = {{"q1/gap_law", Direction::strongly_against, "a wrong reason"}};
  result.question.between = {"Bank"};
  Finding& clock = result.findings.emplace_back();
  clock.method = "automation";
  clock.subject = "Bank";
  clock.outcome = Outcome::found;
  const RunOutcome wrong = outcome_of(cause, scenario, result, 70);
  EXPECT_TRUE(wrong.has_explanation);
  EXPECT_TRUE(wrong.is_truth_excluded);
  EXPECT_FALSE(wrong.is_excludable);  // a scan of stored mail leaves neither mail nor flows
  EXPECT_FALSE(wrong.is_truth_among_survivors);
  EXPECT_TRUE(wrong.is_single_cause_wrong);
  EXPECT_THAT(wrong.wrongly_excluded, testing::ElementsAre("cache_shaping"));
  EXPECT_EQ(wrong.causes_excluded, 1u);  // cache_shaping is no cause
  const auto tallies = tally({wrong});
  EXPECT_EQ(tallies.back().truth_opposed, 1u);
  EXPECT_EQ(tallies.back().program_said, 1u);
  EXPECT_EQ(tallies.back().program_said_wrongly, 0u);  // a scan is a program
  const RunOutcome people = outcome_of(*sim::find_cause("correspondence"), scenario, result, 70);
  EXPECT_EQ(tally({people}).back().program_said_wrongly, 1u);
  EXPECT_EQ(tallies.back().any_excluded, 1u);
  EXPECT_EQ(tallies.back().excluded_by_look_ups, 1u);
  EXPECT_EQ(tallies.back().truth_excluded, 1u);
  EXPECT_EQ(tallies.back().wrong_single, 1u);
}

// Whoever looks stored mail through connects to nobody: with complete mail logs and flows causes
// that must connect are out, and with look-ups alone none is. Seed 18, of those for development.
TEST(Calibrate, RecordsBesideTheLookupsExcludeOthersButNotTheTruth) {
  const sim::CauseKind& cause = *sim::find_cause("archive_rescan");
  const auto draw = sim::draw_scenario(cause, 18);
  ASSERT_TRUE(draw.ok());
  for (const bool has_more : {false, true}) {
    const auto result = examine_run(draw->scenario, draw->run, DeclaredCoverage::as_it_was,
                                    {.has_mail_log = has_more, .has_flows = has_more});
    ASSERT_TRUE(result.ok());
    const RunOutcome outcome = outcome_of(cause, draw->scenario, *result, 70);
    EXPECT_EQ(outcome.causes_excluded, has_more ? 4u : 0u);
    EXPECT_FALSE(outcome.is_truth_excluded);
    EXPECT_TRUE(outcome.is_truth_among_survivors);
  }
}

// The complete logs of one mail host and one line, while all went over the second: the truth, which
// left nothing in them, is not excluded, stated or not.
TEST(Calibrate, LogsOfOneOfTwoHostsAndLinesExcludeNoCause) {
  for (const char* kind : {"campaign_checks", "correspondence"}) {
    const sim::CauseKind& cause = *sim::find_cause(kind);
    const auto draw = sim::draw_scenario(cause, 18);
    ASSERT_TRUE(draw.ok());
    for (const SecondPlaces second : {SecondPlaces::stated, SecondPlaces::unstated}) {
      const auto result = examine_run(draw->scenario, draw->run, DeclaredCoverage::as_it_was,
                                      {.has_mail_log = true, .has_flows = true, .second = second});
      ASSERT_TRUE(result.ok());
      const RunOutcome outcome = outcome_of(cause, draw->scenario, *result, 70, true);
      EXPECT_TRUE(outcome.is_excludable) << kind;
      EXPECT_EQ(outcome.causes_excluded, 0u) << kind;
      EXPECT_FALSE(outcome.is_contact_shown) << kind;
      EXPECT_FALSE(outcome_of(cause, draw->scenario, *result, 70).is_excludable);
    }
  }
}

TEST(Calibrate, RecordsOfATransferExcludeNoCauseThatLeavesOne) {
  const sim::CauseKind& cause = *sim::find_cause("correspondence");
  const auto draw = sim::draw_scenario(cause, 18);
  ASSERT_TRUE(draw.ok());
  const auto result = examine_run(draw->scenario, draw->run, DeclaredCoverage::as_it_was,
                                  {.has_mail_log = true, .has_flows = true});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(outcome_of(cause, draw->scenario, *result, 70).causes_excluded, 0u);
}

TEST(Calibrate, LimitsARateThatWasNeverSeenByTheRuleOfThree) {
  EXPECT_NEAR(upper_limit(0, 2'000), 3.0 / 2'000, 2e-5);
  EXPECT_NEAR(upper_limit(1, 100), 0.0466, 1e-3);
  EXPECT_EQ(upper_limit(5, 5), 1);
}

TEST(Calibrate, RefusesRangesThatNothingCanBeDrawnFrom) {
  for (const auto& spoil :
       std::vector<std::function<void(CalibrateRequest&)>>{[](CalibrateRequest& request) {
                                                             request.ttl_s = {300, 60};
                                                           },
                                                           [](CalibrateRequest& request) {
                                                             request.days = {0, 7};
                                                           },
                                                           [](CalibrateRequest& request) {
                                                             request.rows = {50, 2e9};
                                                           }}) {
    CalibrateRequest request;
    spoil(request);
    const auto outcome = calibrate(request);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().code, ErrorCode::usage);
  }
}

// A run as four further recorders would have it.
TEST(Calibrate, ExaminesRunsWithFurtherRecordsWhenThereAreSome) {
  const FurtherRecords all{true, true, true, true};
  const auto value_of = [](const QuestionResult& result, std::string_view subject,
                           std::string_view value) {
    for (const Finding& finding : result.findings) {
      if (finding.method == "coverage" && finding.subject == subject) {
        return finding.value_or(std::string(value), -1);
      }
    }
    return -2.0;
  };
  for (const char* kind : {"correspondence", "archive_rescan"}) {
    const auto draw = sim::draw_scenario(*sim::find_cause(kind), 3, {.keeps_inside = true});
    ASSERT_TRUE(draw.ok());
    const sim::SimulatedRun& run = draw->run;
    const auto bare = examine_run(draw->scenario, run, DeclaredCoverage::as_it_was);
    const auto whole = examine_run(draw->scenario, run, DeclaredCoverage::as_it_was, all);
    ASSERT_TRUE(bare.ok() && whole.ok()) << whole.error().message;
    EXPECT_EQ(value_of(*bare, "mail", "evidences"), 0);
    EXPECT_EQ(value_of(*whole, "mail", "rows"), static_cast<double>(run.transfers.size()));
    EXPECT_EQ(value_of(*whole, "flow", "rows"), static_cast<double>(2 * run.flows.size()));
    EXPECT_EQ(value_of(*whole, "message", "evidences"), 1);
    EXPECT_EQ(value_of(*whole, "mail", "complete"), 1);
    std::vector<std::string> vantages;
    std::size_t inside = 0;
    const Status looked = look_at_run(
        draw->scenario, run, DeclaredCoverage::as_it_was,
        [&](const QuestionRecords& records, const MethodContext&) {
          vantages.push_back(records.vantage);
          if (records.vantage == "resolver") inside = records.rows.size();
        },
        all);
    ASSERT_TRUE(looked.ok());
    EXPECT_THAT(vantages, testing::ElementsAre("authoritative", "resolver"));
    const auto asked =
        std::count_if(run.inside.begin(), run.inside.end(), [&](const sim::InsideQuery& query) {
          return query.party == 0 && run.names.name(query.name) == draw->scenario.target.qname;
        });
    EXPECT_GT(asked, 0);
    EXPECT_EQ(inside, static_cast<std::size_t>(asked)) << kind;
    const auto& excluded = whole->verdict.excluded;
    const bool is_mail_out =
        std::find(excluded.begin(), excluded.end(), "live_mail_with_checks") != excluded.end();
    EXPECT_EQ(is_mail_out, run.transfers.empty()) << kind;
  }
}

}  // namespace
}  // namespace assay
