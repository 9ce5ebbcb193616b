// From simulated records through the methods to the verdict: what hand-made findings cannot show is
// whether methods and explanations speak of the same thing. Seeds 1 to 3, drawn once and kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "../methods/toy.h"
#include "assay/verdict.h"
#include "sim/cache.h"

namespace assay {
namespace {

using toy::Toy;

constexpr double kTtl = 3600;
constexpr std::uint64_t kSeeds[] = {1, 2, 3};

// By all methods, or by those alone that a test is about.
Verdict judged(Toy& toy, const std::vector<std::string_view>& methods = {}) {
  std::vector<Finding> findings;
  for (const Method* method : all_methods()) {
    const bool is_wanted = methods.empty() || std::find(methods.begin(), methods.end(),
                                                        method->name()) != methods.end();
    if (!is_wanted) continue;
    for (Finding& finding : toy.run(method->name())) findings.push_back(std::move(finding));
  }
  return judge(toy.file().questions.front(), toy.file(), FindingSet(std::move(findings)));
}

const Assessment& of(const Verdict& verdict, std::string_view explanation) {
  return *std::find_if(
      verdict.assessments.begin(), verdict.assessments.end(),
      [&](const Assessment& assessment) { return assessment.explanation == explanation; });
}

// Sum of the leanings of one method's findings: above zero for, below against.
int leaning(const Assessment& assessment, std::string_view method) {
  int sum = 0;
  for (const Bearing& bearing : assessment.bearings) {
    if (bearing.finding.find(method) == std::string::npos) continue;
    const bool is_for =
        bearing.direction == Direction::strongly_for || bearing.direction == Direction::weakly_for;
    sum += is_for ? 1 : bearing.direction == Direction::neutral ? 0 : -1;
  }
  return sum;
}

// Behind Bank's resolver, with late answers and second questions at three servers, through the
// simulator's cache.
void ask_behind_a_cache(Toy& toy, const toy::Times& demands, sim::Random& random) {
  toy.file().ttl_seconds["mail1.sender.example"] = kTtl;
  sim::Scenario scenario;
  scenario.target.ttl_seconds = kTtl;
  sim::Party party;
  party.addresses = {"192.0.2.53"};
  party.iteration.loss_probability = 0.15;
  party.iteration.repeat_probability = 0.5;
  std::vector<sim::StubQuestion> questions;
  for (const double t : demands) questions.push_back({t});
  auto queries = sim::pass_caches(questions, scenario, party, random);
  std::sort(queries.begin(), queries.end(),
            [](const auto& a, const auto& b) { return a.time_s < b.time_s; });
  for (const sim::UpstreamQuery& query : queries) {
    toy::RowOptions options;
    options.server = scenario.vantage.servers[query.server];
    toy.ask(query.time_s, "192.0.2.53", options);
  }
}

// Every five minutes in stretches of four hours on average, two a day or so.
toy::Times poll_in_stretches(double days, sim::Random& random) {
  toy::Times times;
  for (double start = random.exponential(toy::kDay / 2); start < days * toy::kDay;
       start += random.exponential(toy::kDay / 2)) {
    const double end = std::min(days * toy::kDay, start + random.exponential(4 * 3600));
    for (; start < end; start += 300) times.push_back(start + random.uniform(0, 0.4));
  }
  return times;
}

TEST(FromRecords, APollInStretchesFavoursTheMisconfiguredApplicationAndNoPersons) {
  for (const std::uint64_t seed : kSeeds) {
    sim::Random random(seed);
    Toy toy(70);
    ask_behind_a_cache(toy, poll_in_stretches(70, random), random);
    const Verdict verdict = judged(toy);
    EXPECT_GT(leaning(of(verdict, "misconfigured_application"), "gap_law"), 0) << seed;
    EXPECT_LT(leaning(of(verdict, "person_to_person_mail"), "gap_law"), 0) << seed;
    EXPECT_LE(leaning(of(verdict, "archive_rescan"), "gap_law"), 0) << seed;
    EXPECT_EQ(verdict.surviving.front(), "misconfigured_application") << seed;
    EXPECT_THAT(verdict.surviving, testing::Contains("person_to_person_mail"));
  }
}

TEST(FromRecords, APollByDayAndNightFavoursTheMisconfiguredApplicationAndNoPersons) {
  for (const std::uint64_t seed : kSeeds) {
    sim::Random random(seed);
    toy::Times demands;
    for (double t = 0; t < 70 * toy::kDay; t += 300) {
      demands.push_back(t + random.uniform(0, 10));
    }
    Toy toy(70);
    ask_behind_a_cache(toy, demands, random);
    const Verdict verdict = judged(toy);
    EXPECT_EQ(verdict.surviving.front(), "misconfigured_application") << seed;
    EXPECT_LT(leaning(of(verdict, "person_to_person_mail"), "gap_law"), 0) << seed;
  }
}

// Offices that open on the hour and offices that drift in; weekdays only.
TEST(FromRecords, PeopleInOfficeHoursBehindACacheAreNoClock) {
  for (const std::uint64_t seed : kSeeds) {
    for (const double early_s : {0.0, 1200.0}) {
      sim::Random random(seed);
      toy::Times demands;
      for (int day = 0; day < 70; ++day) {
        if ((day + 2) % 7 >= 5) continue;
        const double opens = day * toy::kDay + 9 * 3600 + random.uniform(-early_s, early_s);
        for (double t = opens + random.exponential(300); t < opens + 8 * 3600;
             t += random.exponential(300)) {
          demands.push_back(t);
        }
      }
      Toy toy(70);
      ask_behind_a_cache(toy, demands, random);
      const auto gaps = toy.run("gap_law");
      EXPECT_EQ(toy::find(gaps, "gap_law/Bank")->value_or("clock_shaped", 1), 0) << seed;
      const Verdict verdict = judged(toy);
      EXPECT_GE(leaning(of(verdict, "person_to_person_mail"), "gap_law"), 0) << seed;
      EXPECT_LE(leaning(of(verdict, "misconfigured_application"), "gap_law"), 0) << seed;
      EXPECT_LE(of(verdict, "misconfigured_application").support,
                of(verdict, "person_to_person_mail").support);
    }
  }
}

// A level that wanders about one mean, log AR(1) from day to day, is no change at the asker, and
// none at the sensor.
TEST(FromRecords, ALevelThatWandersBearsOnNothing) {
  for (const std::uint64_t seed : kSeeds) {
    sim::Random random(seed);
    double level = 0;
    toy::Times demands;
    for (int day = 0; day < 143; ++day) {
      double noise = -6;
      for (int i = 0; i < 12; ++i) noise += random.uniform();
      level = 0.6 * level + 0.8 * noise;
      const double per_day = 12 * std::exp(0.6 * level - 0.18);
      for (double t = random.exponential(toy::kDay / per_day); t < toy::kDay;
           t += random.exponential(toy::kDay / per_day)) {
        demands.push_back(day * toy::kDay + t);
      }
    }
    Toy toy(143);
    ask_behind_a_cache(toy, demands, random);
    const Verdict verdict = judged(toy);
    EXPECT_EQ(leaning(of(verdict, "misconfigured_application"), "change_points"), 0) << seed;
    EXPECT_EQ(leaning(of(verdict, "sensor_bias"), "change_points"), 0) << seed;
  }
}

// Whoever forges a source knows nothing of that resolver's cache; the same number of look-ups from
// behind it keeps to the TTL.
TEST(FromRecords, ForgedSourcesTakeNoNoticeOfACacheAndRealOnesDo) {
  for (const std::uint64_t seed : kSeeds) {
    sim::Random random(seed);
    Toy forged(70), real(70);
    forged.file().ttl_seconds["mail1.sender.example"] = 3600;
    toy::Times demands;
    for (double t = random.exponential(4000); t < 70 * toy::kDay; t += random.exponential(4000)) {
      forged.ask(t, "192.0.2.53");
      demands.push_back(t);
    }
    ask_behind_a_cache(real, demands, random);
    const Verdict of_forged = judged(forged, {"volume", "gap_law"}),
                  of_real = judged(real, {"volume", "gap_law"});
    EXPECT_GT(leaning(of(of_forged, "forged_sources"), "gap_law"), 0) << seed;
    EXPECT_LT(leaning(of(of_real, "forged_sources"), "gap_law"), 0) << seed;
    EXPECT_GT(of(of_forged, "forged_sources").support, of(of_real, "forged_sources").support);
    EXPECT_THAT(of_real.surviving, testing::Contains("forged_sources"));
  }
}

TEST(FromRecords, AJobEverySixHoursSpeaksForDataCopiedAndAgainstPersons) {
  for (const std::uint64_t seed : kSeeds) {
    sim::Random random(seed);
    toy::Times demands;
    for (double t = 1234; t < 35 * toy::kDay; t += 6 * 3600) {
      demands.push_back(t + random.exponential(2));
    }
    Toy toy(35);
    ask_behind_a_cache(toy, demands, random);
    const Verdict verdict = judged(toy, {"volume", "gap_law", "automation"});
    const Assessment& job = of(verdict, "data_copied_between_systems");
    EXPECT_GT(leaning(job, "gap_law") + leaning(job, "automation"), 0) << seed;
    EXPECT_EQ(job.support, Support::weak) << seed;  // shared with every other timer
    const Assessment& letters = of(verdict, "person_to_person_mail");
    EXPECT_LT(leaning(letters, "gap_law") + leaning(letters, "automation"), 0) << seed;
    EXPECT_THAT(verdict.statement, testing::HasSubstr("a clock is kept")) << seed;
  }
}

TEST(FromRecords, DataWrittenIntoNamesIsToldFromManyHosts) {
  for (const std::uint64_t seed : kSeeds) {
    for (const bool has_data : {true, false}) {
      sim::Random random(seed);
      Toy toy(10);
      toy.ask_about("*.t.sender.example");
      for (double t = 60; t < 6 * 3600; t += 60) {
        std::string label = "host-" + std::to_string(static_cast<int>(random.uniform(0, 90)));
        for (int i = 0; has_data && i < 40; ++i) {
          label += "0123456789abcdef"[static_cast<int>(random.uniform(0, 16))];
        }
        toy.ask(t, "192.0.2.53", {.name = label + ".t.sender.example"});
      }
      const Assessment data =
          of(judged(toy, {"volume", "tunnel_signs", "capacity"}), "data_in_lookups");
      EXPECT_EQ(data.support, has_data ? Support::moderate : Support::none) << seed;
      EXPECT_EQ(leaning(data, "tunnel_signs") > 0, has_data) << seed;
    }
  }
}

}  // namespace
}  // namespace assay
