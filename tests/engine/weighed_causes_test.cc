// From a simulated run to the verdict, with the party's mail log and flows complete: the true cause
// is never excluded, and what it cannot have left is weighed down. Seed 5 was used in development,
// 105 is the check.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/calibrate/simulated_case.h"
#include "sim/scenario_toml.h"

namespace assay {
namespace {

using testing::Contains;
using testing::Not;

constexpr std::uint64_t kSeeds[] = {5, 105};
constexpr FurtherRecords kMailAndFlows{.has_mail_log = true, .has_flows = true};

QuestionResult examined(const std::string& text, std::uint64_t seed,
                        const FurtherRecords& further = kMailAndFlows,
                        AskedAbout about = AskedAbout::name) {
  auto scenario = sim::parse_scenario(text, "test.toml");
  EXPECT_TRUE(scenario.ok()) << scenario.error().message;
  scenario->seed = seed;
  const auto run = sim::run_scenario(*scenario);
  EXPECT_TRUE(run.ok());
  auto result = examine_run(*scenario, *run, DeclaredCoverage::as_it_was, further, about);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return std::move(*result);
}

std::string party_with(const std::string& cause, const std::string& more = "") {
  return "begin = \"2021-05-04T00:00:00Z\"\nend = \"2021-06-08T00:00:00Z\"\n" + more +
         "[[party]]\nname = \"Bank\"\naddresses = [\"192.0.2.10\"]\nmail_addresses = "
         "[\"192.0.2.25\"]\n[[party.cause]]\nkind = " +
         cause + "\n[vantage]\nother_names = [\"www.sender.example\"]\nother_rows_per_day = 20\n";
}

const Assessment& of(const Verdict& verdict, std::string_view explanation) {
  return *std::find_if(verdict.assessments.begin(), verdict.assessments.end(),
                       [&](const Assessment& each) { return each.explanation == explanation; });
}

bool leans(const Assessment& assessment, std::string_view method, Direction direction) {
  return std::any_of(
      assessment.bearings.begin(), assessment.bearings.end(), [&](const Bearing& bearing) {
        return bearing.direction == direction &&
               bearing.finding.find("/" + std::string(method) + "/") != std::string::npos;
      });
}

struct Cause {
  const char* toml;
  const char* explanation;
  std::vector<const char*> excluded;  // rivals, by the records beside the look-ups
  AskedAbout about = AskedAbout::name;
};

const std::vector<const char*> kAllContact = {"live_mail_with_checks", "person_to_person_mail",
                                              "mailbox_on_the_host", "data_copied_between_systems"};
const std::vector<const char*> kMail = {"live_mail_with_checks", "person_to_person_mail"};

const Cause kCauses[] = {
    {"\"echo\"\nper_day = 12\nown_share = 0.5", "replayed_lookups", kAllContact},
    {"\"spoofed\"\nper_day = 15", "forged_sources", kAllContact},
    {"\"mail_client\"", "mailbox_on_the_host", kMail},
    {"\"dns_channel\"\nbytes_per_day = 600", "data_in_lookups", kAllContact, AskedAbout::zone},
    {"\"replication\"", "data_copied_between_systems", kMail},
    {"\"beacon\"", "compromised_host", kMail},
    {"\"invitations\"\ninvitations_per_week = 5", "another_use_of_the_host", {}},
    {"\"probing\"\nbegins_share = 0.1\nper_day = 40\nown_share = 0.4", "probing_after_disclosure",
     kAllContact},
};

TEST(WeighedCauses, TheTruthSurvivesAndWhatItCannotHaveLeftIsOut) {
  for (const std::uint64_t seed : kSeeds) {
    for (const Cause& cause : kCauses) {
      const Verdict verdict =
          examined(party_with(cause.toml), seed, kMailAndFlows, cause.about).verdict;
      EXPECT_THAT(verdict.surviving, Contains(cause.explanation)) << seed;
      EXPECT_GE(verdict.rung, Rung::asked_for_a_name) << cause.explanation;
      for (const char* rival : cause.excluded) {
        EXPECT_THAT(verdict.excluded, Contains(rival)) << cause.explanation << " " << seed;
      }
      const auto causes_out = std::count_if(
          verdict.excluded.begin(), verdict.excluded.end(), [](const std::string& name) {
            return find_explanation(name)->role() == ExplanationRole::cause;
          });
      EXPECT_EQ(static_cast<std::size_t>(causes_out), cause.excluded.size()) << cause.explanation;
      EXPECT_NE(verdict.conclusion, Conclusion::settled) << cause.explanation;
    }
  }
}

// What only one of them writes: data in the names, and a clock that people do not keep.
TEST(WeighedCauses, TheTruthIsSpokenForWhereItsLookupsAreItsOwn) {
  for (const std::uint64_t seed : kSeeds) {
    const Verdict channel =
        examined(party_with("\"dns_channel\"\nbytes_per_day = 600"), seed, {}, AskedAbout::zone)
            .verdict;
    EXPECT_TRUE(leans(of(channel, "data_in_lookups"), "tunnel_signs", Direction::strongly_for));
    EXPECT_EQ(channel.surviving.front(), "data_in_lookups");
    const Verdict one_name = examined(party_with("\"mail_client\""), seed, {}).verdict;
    EXPECT_FALSE(leans(of(one_name, "data_in_lookups"), "tunnel_signs", Direction::strongly_for));
  }
}

TEST(WeighedCauses, LettersThatSenderRefusesSpeakAgainstLettersAndExcludeNone) {
  for (const std::uint64_t seed : kSeeds) {
    for (const bool is_refused : {true, false}) {
      const Verdict verdict =
          examined(party_with("\"correspondence\"",
                              is_refused ? "[target]\nmail = {accepts = \"nobody\"}\n" : ""),
                   seed, {.has_mail_log = true})
              .verdict;
      const Assessment& letters = of(verdict, "person_to_person_mail");
      EXPECT_EQ(leans(letters, "acceptance_policy", Direction::weakly_against), is_refused) << seed;
      EXPECT_THAT(verdict.excluded, Not(Contains("person_to_person_mail")));
    }
  }
}

// Behind a cache and in query logs of whole seconds, and where no mail came.
TEST(WeighedCauses, LookUpsTiedToMailSpeakForChecksOnlyWhereMailCame) {
  for (const std::uint64_t seed : kSeeds) {
    const Verdict checked =
        examined(party_with("\"campaign_checks\"\nmailings_per_week = 5\nrecipients = 10"), seed)
            .verdict;
    const Assessment& checks = of(checked, "live_mail_with_checks");
    EXPECT_TRUE(leans(checks, "timeline", Direction::weakly_for) ||
                leans(checks, "timeline", Direction::strongly_for))
        << seed;
    EXPECT_TRUE(leans(of(checked, "forged_sources"), "timeline", Direction::weakly_against));
    const Verdict beacon = examined(party_with("\"beacon\""), seed).verdict;
    for (const Direction direction : {Direction::weakly_for, Direction::strongly_for}) {
      EXPECT_FALSE(leans(of(beacon, "live_mail_with_checks"), "timeline", direction)) << seed;
    }
    EXPECT_TRUE(leans(of(beacon, "compromised_host"), "timeline", Direction::weakly_for)) << seed;
    EXPECT_EQ(of(beacon, "live_mail_with_checks").exclusion.has_value(), true);
  }
}

TEST(WeighedCauses, TheAskersOwnCompleteRecordsVouchForNoDisuseOfTheOtherSide) {
  const auto scenario = [](bool goes_on) {
    return std::string(
               "begin = \"2021-01-04T00:00:00Z\"\nend = \"2021-06-08T00:00:00Z\"\n[[party]]\nname "
               "= \"Bank\"\naddresses = [\"192.0.2.10\"]\nmail_addresses = [\"192.0.2.25\"]\n"
               "[[party.cause]]\nkind = \"campaign_checks\"\nmailings_per_week = 2\n") +
           (goes_on ? "" : "end = \"2021-02-20T00:00:00Z\"\n") +
           "[[party.cause]]\nkind = \"archive_rescan\"\narchived_messages = 0\nbegin = "
           "\"2021-05-01T00:00:00Z\"\n[vantage]\noutage = [{begin = \"2021-01-04T00:00:00Z\", end "
           "= "
           "\"2021-05-01T00:00:00Z\"}]\n";
  };
  for (const std::uint64_t seed : kSeeds) {
    for (const bool goes_on : {false, true}) {
      const Verdict verdict = examined(scenario(goes_on), seed).verdict;
      const Assessment& scan = of(verdict, "archive_rescan");
      EXPECT_FALSE(leans(scan, "dormancy", Direction::weakly_for)) << seed;
      EXPECT_FALSE(
          leans(of(verdict, "person_to_person_mail"), "dormancy", Direction::weakly_against));
      EXPECT_EQ(leans(scan, "dormancy", Direction::neutral), !goes_on);
      EXPECT_THAT(verdict.surviving, Contains("archive_rescan"));
    }
  }
}

}  // namespace
}  // namespace assay
