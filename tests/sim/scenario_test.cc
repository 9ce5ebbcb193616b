#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

#include "sim/cause.h"
#include "sim/run.h"
#include "sim/scenario_toml.h"

namespace assay::sim {
namespace {

constexpr const char* kHead = R"(
title = "a test"
seed = 7
begin = "2021-05-04T00:00:00Z"
end = "2021-06-15T00:00:00Z"
[[party]]
name = "Bank"
addresses = ["192.0.2.10", "192.0.2.11"]
)";

Scenario scenario_of(const std::string& more) {
  auto scenario = parse_scenario(kHead + more, "test.toml");
  EXPECT_TRUE(scenario.ok()) << scenario.error().message;
  return scenario.ok() ? *scenario : Scenario();
}

SimulatedRun run_of(const Scenario& scenario) {
  auto run = run_scenario(scenario);
  EXPECT_TRUE(run.ok());
  return run.ok() ? std::move(*run) : SimulatedRun(scenario);
}

TEST(Scenario, IsReadWithEveryCauseUnderItsUsualParameters) {
  for (const CauseKind* kind : all_causes()) {
    const Scenario scenario =
        scenario_of("[[party.cause]]\nkind = \"" + std::string(kind->name()) + "\"\n");
    const SimulatedRun run = run_of(scenario);
    EXPECT_GT(run.rows.size(), 3u) << kind->name();
    ASSERT_EQ(run.truth.size(), 1u);
    EXPECT_EQ(run.truth[0].kind, kind->name());
    for (const Row& row : run.rows) {
      EXPECT_GE(row.time_s, scenario.begin_s - 1);
      EXPECT_LT(row.time_s, scenario.end_s);
    }
    EXPECT_EQ(run.transfers.empty() && run.flows.empty(), !kind->truth().is_contact)
        << kind->name();
  }
}

TEST(Scenario, GivesTheSameRunForTheSameSeedAndAnotherForAnother) {
  Scenario scenario = scenario_of("[[party.cause]]\nkind = \"human_software\"\n");
  const auto times = [](const SimulatedRun& run) {
    std::vector<double> out;
    for (const Row& row : run.rows) out.push_back(row.time_s);
    return out;
  };
  const auto first = times(run_of(scenario));
  EXPECT_EQ(times(run_of(scenario)), first);
  scenario.seed = 8;
  EXPECT_NE(times(run_of(scenario)), first);
}

TEST(Scenario, NamesTheLineAndTheNearestWordOfAMistake) {
  const auto refused = [](const std::string& more) {
    const auto scenario = parse_scenario(kHead + more, "test.toml");
    return scenario.ok() ? "" : scenario.error().message + " | " + scenario.error().mend;
  };
  EXPECT_EQ(refused("adresses = [\"192.0.2.1\"]\n"),
            "test.toml:9: 'adresses' is no key of a party | did you mean 'addresses'?");
  EXPECT_THAT(refused("[[party.cause]]\nkind = \"magic\"\n"), testing::HasSubstr("kind is one of"));
  EXPECT_THAT(refused("[[party.cause]]\nkind = \"poll\"\nperiod_seconds = -1\n"),
              testing::HasSubstr("period_seconds is a number from 0 to"));
  EXPECT_THAT(refused("[party.hours]\nzone = \"Mars/Base\"\n"), testing::HasSubstr("no time zone"));
  EXPECT_THAT(refused("[vantage]\nseen_probability = 2\n"), testing::HasSubstr("from 0 to 1"));
  EXPECT_THAT(refused("x = [\n"), testing::HasSubstr("test.toml:"));
}

// Whatever asks, and however often: a cache lets nothing through before its TTL has run out.
TEST(Scenario, KeepsRefreshesOfOneCacheATtlApart) {
  Scenario scenario = scenario_of(
      "[[party.cause]]\nkind = \"steady\"\nper_day = 2000\n[party.stub]\nretry_probability = 0\n");
  scenario.parties[0].addresses.resize(1);
  scenario.parties[0].iteration.loss_probability = 0;
  const SimulatedRun run = run_of(scenario);
  ASSERT_GT(run.rows.size(), 500u);
  for (std::size_t i = 1; i < run.rows.size(); ++i) {
    EXPECT_GE(run.rows[i].time_s - run.rows[i - 1].time_s, 3'600 - 1);
  }
}

// Poisson demand through one cache: mean gap TTL + 1/rate (Jung et al. 2003).
TEST(Scenario, HasTheGapLawOfTheoryForConstantDemand) {
  Scenario scenario = scenario_of(
      "[[party.cause]]\nkind = \"steady\"\nper_day = 48\n[party.stub]\nretry_probability = 0\n");
  scenario.parties[0].addresses.resize(1);
  scenario.parties[0].iteration.loss_probability = 0;
  double rows = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    scenario.seed = seed;
    rows += static_cast<double>(run_of(scenario).rows.size());
  }
  const double expected = 40 * (scenario.end_s - scenario.begin_s) / (3'600 + 1'800);
  EXPECT_NEAR(rows / expected, 1, 0.01);
}

TEST(Scenario, PrefetchesBeforeExpiryWhereTheCacheDoes) {
  Scenario scenario = scenario_of(
      "[[party.cause]]\nkind = \"steady\"\nper_day = 2000\n[party.cache]\nprefetch_share = 0.1\n"
      "[party.stub]\nretry_probability = 0\n");
  scenario.parties[0].addresses.resize(1);
  scenario.parties[0].iteration.loss_probability = 0;
  const SimulatedRun run = run_of(scenario);
  std::size_t early = 0;
  for (std::size_t i = 1; i < run.rows.size(); ++i) {
    const double gap = run.rows[i].time_s - run.rows[i - 1].time_s;
    EXPECT_GE(gap, 3'240 - 1);
    early += gap < 3'600;
  }
  EXPECT_GT(early, run.rows.size() * 9 / 10);
}

// As BIND 9 and Unbound do; tests/sim/recorded_resolvers_test.cc has what those did.
TEST(Scenario, CountsTtlsInWholeSecondsWhereTheCacheDoes) {
  const auto least_and_most = [](const std::string& clock) {
    Scenario scenario = scenario_of(
        "[[party.cause]]\nkind = \"steady\"\nper_day = 200000\n"
        "[party.cache]\nttl_clock = \"" +
        clock + "\"\n[party.stub]\nretry_probability = 0\n[vantage]\nresolution_seconds = 0\n");
    scenario.end_s = scenario.begin_s + 43'200;
    scenario.target.ttl_seconds = 600;
    scenario.parties[0].addresses.resize(1);
    scenario.parties[0].iteration.loss_probability = 0;
    const SimulatedRun run = run_of(scenario);
    std::pair<double, double> out = {1e9, 0};
    for (std::size_t i = 1; i < run.rows.size(); ++i) {
      const double gap = run.rows[i].time_s - run.rows[i - 1].time_s;
      out = {std::min(out.first, gap), std::max(out.second, gap)};
    }
    return out;
  };
  EXPECT_GE(least_and_most("exact").first, 600);
  EXPECT_LT(least_and_most("early").first, 599.5);
  EXPECT_GE(least_and_most("early").first, 599);
  EXPECT_GE(least_and_most("late").first, 600);
  EXPECT_GT(least_and_most("late").second, 600.5);
}

TEST(Scenario, FollowsTheWorkingDayOfItsZoneThroughDaylightSaving) {
  const WorkingDay hours{.zone = "America/New_York", .weekend_share = 0, .night_share = 0};
  // The clocks go forward on 14 March 2021.
  const double begin = 1'614'556'800;  // 1 March
  const Rhythm rhythm(hours, begin, begin + 31 * 86'400);
  const auto weight = [&](int day, double utc_hour) {
    return rhythm.weight_at(begin + (day - 1) * 86'400 + utc_hour * 3'600);
  };
  EXPECT_EQ(weight(10, 13.8), 0);
  EXPECT_EQ(weight(10, 14.2), 1);
  EXPECT_EQ(weight(17, 12.8), 0);
  EXPECT_EQ(weight(17, 13.2), 1);
  EXPECT_EQ(weight(13, 15), 0);  // a Saturday
  Random random(3);
  const auto times = rhythm.draw(20, begin, begin + 31 * 86'400, random);
  EXPECT_NEAR(static_cast<double>(times.size()), 20 * 23, 4 * std::sqrt(20 * 23.0));
  for (const double t : times) EXPECT_GT(rhythm.weight_at(t), 0);
}

TEST(Scenario, PeopleComeTogetherAtMarksOfTheirDay) {
  const WorkingDay hours{.zone = "Asia/Kolkata",  // half an hour off
                         .start_hour = 9,
                         .lunch_share = 1,
                         .weekend_share = 0,
                         .night_share = 0,
                         .appointed_share = 1,
                         .appointed_every_minutes = 60,
                         .appointed_spread_seconds = 30};
  const double begin = 1'614'556'800;
  const Rhythm rhythm(hours, begin, begin + 31 * 86'400);
  Random random(4);
  const auto times = rhythm.draw(20, begin, begin + 31 * 86'400, random);
  EXPECT_GT(times.size(), 300u);
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  for (const double t : times) EXPECT_LT(std::abs(std::remainder(t - 1'800, 3'600)), 150);

  // Lessons of 45 minutes from eight on, two and then a break of 20.
  WorkingDay school = hours;
  school.zone = "UTC";
  school.start_hour = 8;
  school.appointed_every_minutes = 45;
  school.appointed_break_minutes = 20;
  const Rhythm lessons(school, begin, begin + 31 * 86'400);
  for (const double t : lessons.draw(20, begin, begin + 31 * 86'400, random)) {
    const double of_day = std::fmod(t - begin - 8 * 3'600 + 600, 86'400) - 600;
    const double since = std::fmod(of_day + 6'600, 6'600);
    const double off = std::min({since, std::abs(since - 45 * 60), 6'600 - since});
    EXPECT_LT(off, 150) << t;
  }
}

TEST(Scenario, RecordsOnlyWhatReachesTheVantage) {
  Scenario scenario = scenario_of(
      "[[party.cause]]\nkind = \"archive_rescan\"\nsiblings = 2\n"
      "[vantage]\nonly_target = true\n[[vantage.outage]]\nbegin = \"2021-05-10T00:00:00Z\"\n"
      "end = \"2021-05-12T00:00:00Z\"\n");
  const SimulatedRun filtered = run_of(scenario);
  scenario.vantage.only_target = false;
  const SimulatedRun whole = run_of(scenario);
  EXPECT_GT(whole.rows.size(), filtered.rows.size());
  for (const Row& row : filtered.rows) {
    EXPECT_EQ(row.name, 0u);
    const double day = (row.time_s - scenario.begin_s) / 86'400;
    EXPECT_FALSE(day >= 6 && day < 8);
  }
}

TEST(Scenario, EditsAsItIsTold) {
  Scenario scenario = scenario_of("[[party.cause]]\nkind = \"steady\"\n");
  const auto before = run_of(scenario).rows.size();
  scenario.edit.deleted_share = 0.2;
  scenario.edit.invented_share = 0.1;
  const SimulatedRun run = run_of(scenario);
  EXPECT_NEAR(static_cast<double>(run.deleted_rows), 0.2 * static_cast<double>(before),
              0.05 * static_cast<double>(before));
  EXPECT_EQ(run.invented_rows,
            static_cast<std::uint64_t>(std::llround(0.1 * static_cast<double>(before))));
  EXPECT_EQ(run.rows.size(), before - run.deleted_rows + run.invented_rows);
}

TEST(Scenario, AsksForTheNameWithItsSuffixWhenItIsGone) {
  const Scenario scenario = scenario_of(
      "[[party.cause]]\nkind = \"poll\"\n[party.stub]\nsuffix = \"corp.bank.example\"\n"
      "[target]\nremoved = \"2021-06-01T00:00:00Z\"\n");
  const SimulatedRun run = run_of(scenario);
  std::size_t run_on = 0;
  for (const Row& row : run.rows) {
    if (row.name == 0) continue;
    EXPECT_EQ(run.names.name(row.name), "news1.sender.example.corp.bank.example");
    EXPECT_GE(row.time_s, 1'622'505'600);
    ++run_on;
  }
  EXPECT_GT(run_on, 10u);
}

TEST(Scenario, RefusesACauseThatThereIsNotAndAParameterThatItsKindHasNot) {
  Scenario scenario = scenario_of("[[party.cause]]\nkind = \"steady\"\n");
  const Party& party = scenario.parties[0];
  const Rhythm rhythm(party.hours, scenario.begin_s, scenario.end_s);
  Random random(1);
  const auto parameters = find_cause("steady")->parameters();
  CauseContext context(scenario, party, party.causes[0], parameters, rhythm, random);
  EXPECT_EQ(context["per_day"], 60);
  EXPECT_THROW(context["per_dya"], std::logic_error);
  scenario.parties[0].causes[0].kind = "stedy";
  const auto run = run_scenario(scenario);
  ASSERT_FALSE(run.ok());
  EXPECT_THAT(run.error().message, testing::HasSubstr("no kind of cause 'stedy'"));
}

TEST(Scenario, CountsQueriesThatReachTheServersByNoResolver) {
  for (const char* kind : {"spoofed", "echo", "probing"}) {
    const SimulatedRun run =
        run_of(scenario_of("[[party.cause]]\nkind = \"" + std::string(kind) + "\"\n"));
    const CauseCount& truth = run.truth.front();
    EXPECT_GT(truth.direct_queries, 0u) << kind;
    EXPECT_EQ(truth.demands, truth.direct_queries) << kind;
    EXPECT_EQ(truth.upstream_queries, truth.rows) << kind;
  }
}

TEST(Scenario, KeepsTheQuestionsFromInsideWhenAskedAndChangesNothingElse) {
  const Scenario scenario =
      scenario_of("[[party.cause]]\nkind = \"invitations\"\n[[party.cause]]\nkind = \"spoofed\"\n");
  const SimulatedRun bare = run_of(scenario);
  EXPECT_TRUE(bare.inside.empty());
  const auto whole = run_scenario(scenario, {.keeps_inside = true});
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole->rows.size(), bare.rows.size());
  std::set<std::string> askers;
  for (const InsideQuery& query : whole->inside) {
    EXPECT_EQ(query.cause, 0) << "nobody inside asks what is forged";
    askers.insert(whole->clients[query.client]);
  }
  EXPECT_GE(whole->inside.size(), whole->truth[0].demands);
  EXPECT_THAT(askers, testing::Contains("192.0.2.10"));  // the mail host, before people click
  EXPECT_THAT(askers, testing::Contains(testing::StartsWith("10.1.1.")));
}

// Each kind of server sees its own: RFC 8601 section 2.7.3, RFC 5782 section 2.1.
TEST(Scenario, ShowsSenderChecksToTheServersThatAreAsked) {
  const std::string cause = "[[party.cause]]\nkind = \"campaign_checks\"\n";
  const SimulatedRun bare = run_of(scenario_of(cause));
  EXPECT_TRUE(bare.elsewhere.empty());
  const SimulatedRun run = run_of(
      scenario_of(cause + "[party.checks]\nreverse = true\nblocklists = [\"bl.list.example\"]\n"
                          "policy = true\n"));
  std::map<std::string, int> here, elsewhere;
  for (const Row& row : run.rows) ++here[run.names.name(row.name)];
  for (const Row& row : run.elsewhere) ++elsewhere[run.names.name(row.name)];
  EXPECT_THAT(here, testing::UnorderedElementsAre(testing::Key("news1.sender.example"),
                                                  testing::Key("sender.example"),
                                                  testing::Key("_dmarc.sender.example")));
  EXPECT_THAT(elsewhere,
              testing::UnorderedElementsAre(testing::Key("25.113.0.203.in-addr.arpa"),
                                            testing::Key("25.113.0.203.bl.list.example")));
  EXPECT_GT(elsewhere["25.113.0.203.in-addr.arpa"], 10);
}

TEST(Scenario, MixesCausesThatBeginAndEnd) {
  const Scenario scenario = scenario_of(
      "[[party.cause]]\nkind = \"steady\"\nend = \"2021-05-20T00:00:00Z\"\n"
      "[[party.cause]]\nkind = \"poll\"\nbegin = \"2021-06-01T00:00:00Z\"\n");
  const SimulatedRun run = run_of(scenario);
  const double day = 86'400, begin = scenario.begin_s;
  for (const Row& row : run.rows) {
    if (row.cause == 0) EXPECT_LT(row.time_s, begin + 16 * day + 60);
    if (row.cause == 1) EXPECT_GE(row.time_s, begin + 28 * day);
  }
  ASSERT_EQ(run.truth.size(), 2u);
  EXPECT_GT(run.truth[0].rows, 100u);
  EXPECT_GT(run.truth[1].rows, 100u);
}

}  // namespace
}  // namespace assay::sim
