#include "methods/features/features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "../toy.h"

namespace assay::methods {
namespace {

using toy::kDay;
using toy::Times;
using toy::Toy;

std::map<std::string, double> features_of(Toy& toy) {
  const QuestionRecords& records = toy.records();
  const MethodContext context = toy.context();
  const Askers askers = split_by_asker(records, context);
  const Features features = summary_features(records, context, askers.parties.front());
  std::map<std::string, double> by_name;
  for (std::size_t i = 0; i < features.names().size(); ++i) {
    by_name[features.names()[i]] = features.values()[i];
  }
  EXPECT_EQ(by_name.size(), features.names().size()) << "a name stands twice";
  return by_name;
}

Toy asked_at(const Times& times, double days = 60) {
  Toy toy(days);
  toy.ask_all(times, "192.0.2.10");
  return toy;
}

TEST(Features, HaveTheSameNamesWithAndWithoutRows) {
  toy::Random random(3, "features");
  Toy empty(60), full = asked_at(toy::timer(random, 3'600, 5, 60));
  const auto none = features_of(empty), some = features_of(full);
  ASSERT_EQ(none.size(), some.size());
  EXPECT_GE(some.size(), 60u);
  for (const auto& [name, value] : some) {
    EXPECT_TRUE(none.count(name)) << name;
    EXPECT_FALSE(std::isinf(value)) << name;
  }
  EXPECT_TRUE(std::isnan(none.at("phase_3600")));
  EXPECT_EQ(none.at("log_rows"), 0);
}

TEST(Features, TellATimerByItsPhaseAndPeopleByTheirHours) {
  toy::Random random(5, "features");
  Toy timer = asked_at(toy::timer(random, 1'800, 20, 60));
  Toy office = asked_at(toy::office(random, 30, 60));
  const auto of_timer = features_of(timer), of_office = features_of(office);
  EXPECT_GT(of_timer.at("phase_1800"), 0.95);
  EXPECT_LT(of_office.at("phase_1800"), 0.3);
  EXPECT_LT(of_timer.at("day_resultant"), 0.05);
  EXPECT_GT(of_office.at("day_resultant"), 0.4);
  EXPECT_NEAR(of_timer.at("best_10_hours_share"), 10 / 24.0, 0.02);
  EXPECT_GT(of_office.at("best_10_hours_share"), 0.97);
  EXPECT_LT(of_office.at("quiet_days_ratio"), 0.05);
  EXPECT_NEAR(of_timer.at("quiet_days_ratio"), 1, 0.1);
  EXPECT_LT(of_timer.at("gap_relative_spread"), 0.02);
  EXPECT_LT(of_timer.at("burstiness"), of_office.at("burstiness"));
}

// A model must not learn in which year its training cases lay.
TEST(Features, DoNotKnowTheDate) {
  toy::Random random(7, "features");
  const Times times = toy::office(random, 20, 28);
  Times later;
  for (const double t : times) later.push_back(t + 4 * 7 * kDay);
  Toy early = asked_at(times, 56), late = asked_at(later, 56);
  const auto one = features_of(early), other = features_of(late);
  for (const auto& [name, value] : one) {
    if (std::isnan(value)) continue;
    EXPECT_NEAR(value, other.at(name), 0.05) << name;  // autocorrelations see the window's ends
  }
}

TEST(Features, SeeTheShadowOfACache) {
  toy::Random random(9, "features");
  Toy cached = asked_at(toy::through_cache(toy::poisson(random, 200, 60), 3'600));
  const auto features = features_of(cached);
  EXPECT_NEAR(features.at("log_ttl"), std::log10(3'600), 0.01);
  EXPECT_GT(features.at("gap_share_at_expiry"), 0.15);
  EXPECT_LT(features.at("gap_share_below_ttl"), 0.01);
  EXPECT_GT(features.at("saturation"), 0.8);
}

// The same number of bursts in the same hours, one by one and in sessions.
TEST(Features, TellSessionsFromBurstsThatComeOneByOne) {
  toy::Random random(11, "features");
  Times sessions;
  for (const double t : toy::office(random, 5, 60)) {
    for (int i = 0; i < 6; ++i) sessions.push_back(t + 240 * i);
  }
  std::sort(sessions.begin(), sessions.end());
  Toy single = asked_at(toy::office(random, 30, 60)), clustered = asked_at(sessions);
  const auto one = features_of(single), many = features_of(clustered);
  EXPECT_NEAR(one.at("own_hours_fano_1"), 1, 0.25);
  EXPECT_GT(many.at("own_hours_fano_1"), 2.5);
  EXPECT_NEAR(one.at("own_hours_fano_24"), 1, 0.5);
  EXPECT_GT(many.at("own_hours_fano_24"), 2);
  EXPECT_NEAR(one.at("excess_spread"), 1, 0.25);
  EXPECT_GT(many.at("excess_spread"), one.at("excess_spread") + 0.5);
}

// A log may be dated to any century; days of the week go on backwards too.
TEST(Features, TakeTimesOfEveryCentury) {
  Times times;
  for (int i = 0; i < 120; ++i) times.push_back(-8.5e9 + i * 40'000.0);
  Toy toy = asked_at(times);
  const auto features = features_of(toy);
  EXPECT_GT(features.at("quiet_days_ratio"), 0.5);
}

}  // namespace
}  // namespace assay::methods
