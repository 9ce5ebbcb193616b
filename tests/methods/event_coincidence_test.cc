#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Times;
using toy::Toy;
using toy::WorkDay;

constexpr int kDays = 143;

std::vector<double> any_days(methods::Random& random, std::size_t count, bool is_working) {
  std::vector<double> days;
  while (days.size() < count) {
    const double day = std::floor(random.uniform() * kDays);
    if (is_working && static_cast<int>(day + 2) % 7 >= 5) continue;
    if (std::find(days.begin(), days.end(), day) == days.end()) days.push_back(day);
  }
  return days;
}

void add_events(const std::vector<double>& days, CaseFile& file) {
  for (const double day : days) {
    const std::int64_t begin = toy::kStartUs + static_cast<std::int64_t>(day) * kMicrosPerDay;
    file.calendar.push_back(
        {"event " + std::to_string(file.calendar.size() + 1), {begin, begin + kMicrosPerDay}});
  }
}

// Look-ups of an office whose level wanders from week to week, busier by `more` on days of events.
Times office_with(methods::Random& random, const std::vector<double>& events, double per_day,
                  double more) {
  double level = 0;
  std::vector<double> levels;
  for (int day = 0; day <= kDays; ++day) {
    level = 0.8 * level + 0.2 * toy::normal(random);
    const bool is_event = std::find(events.begin(), events.end(), day) != events.end();
    levels.push_back(std::exp(level) * (is_event ? 1 + more : 1.0));
  }
  const double most = *std::max_element(levels.begin(), levels.end());
  Times times;
  for (const double t : toy::sessions(random, WorkDay(), per_day * most, kDays, 3)) {
    if (random.uniform() * most <
        levels[std::min<std::size_t>(static_cast<std::size_t>(t / toy::kDay), kDays)]) {
      times.push_back(t);
    }
  }
  return times;
}

const Finding* bank(Toy& toy, std::vector<Finding>& findings) {
  findings = toy.run("event_coincidence");
  return find(findings, "event_coincidence/Bank");
}

// Seeds 100 to 104.
TEST(EventCoincidence, FindsDaysThatAreTwiceAsBusy) {
  int found = 0;
  for (std::uint64_t seed = 100; seed < 105; ++seed) {
    Toy toy(kDays);
    toy.set_seed(seed);
    auto random = toy.random("events");
    const auto events = any_days(random, 6, true);
    add_events(events, toy.file());
    toy.ask_all(office_with(random, events, 20, 2), "192.0.2.53");
    std::vector<Finding> findings;
    const Finding* finding = bank(toy, findings);
    ASSERT_NE(finding, nullptr);
    found += finding->outcome == Outcome::found ? 1 : 0;
    EXPECT_GT(finding->value_or("bursts_inside", 0), finding->value_or("bursts_expected", 0));
    EXPECT_EQ(finding->value_or("calendar_events", 0), 6);
    EXPECT_THAT(finding->limitations, Contains(HasSubstr("before anybody looked")));
    ASSERT_NE(finding->table("windows_tried"), nullptr);
    EXPECT_EQ(finding->table("windows_tried")->rows.size(), 3u);
  }
  EXPECT_GE(found, 4);
}

// Seeds 200 to 239: events on working days, an office that rests at weekends. Level 1 %.
TEST(EventCoincidence, StaysSilentOnWorkingDaysOfAnOffice) {
  int alarms = 0;
  for (std::uint64_t seed = 200; seed < 240; ++seed) {
    Toy toy(kDays);
    toy.set_seed(seed);
    auto random = toy.random("no tie");
    const auto events = any_days(random, 8, true);
    add_events(events, toy.file());
    toy.ask_all(office_with(random, {}, 15, 0), "192.0.2.53");
    std::vector<Finding> findings;
    alarms += bank(toy, findings)->outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_LE(alarms, 2);
}

TEST(EventCoincidence, TestsTheEventsOfAClaimAndCorrectsForThem) {
  Toy toy(kDays);
  auto random = toy.random("claim");
  const std::vector<double> events{20, 41, 77, 100, 120};
  add_events(events, toy.file());
  Claim claim;
  claim.id = "c7";
  claim.kind = "coincides_with";
  claim.lists["events"] = {"event 1", "event 3"};
  toy.file().claims = {claim};
  toy.ask_all(office_with(random, {20, 77}, 20, 4), "192.0.2.53");
  std::vector<Finding> findings;
  ASSERT_NE(bank(toy, findings), nullptr);
  const Finding* own = find(findings, "event_coincidence/Bank/c7");
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->value_or("calendar_events", 0), 2);
  EXPECT_EQ(own->value_or("looks", 0), 6);
  EXPECT_GE(own->value_or("p_corrected", 0), own->value_or("p", 1));
}

TEST(EventCoincidence, DeclinesWhereEverythingWouldCoincide) {
  Toy many(kDays);
  auto random = many.random("many");
  add_events(any_days(random, 90, false), many.file());
  many.ask_all(toy::poisson(random, 20, kDays), "192.0.2.53");
  EXPECT_EQ(many.run("event_coincidence")[0].outcome, Outcome::not_applicable);

  Toy none(kDays);
  none.ask_all(toy::poisson(random, 20, kDays), "192.0.2.53");
  EXPECT_THAT(none.run("event_coincidence")[0].statement, HasSubstr("no calendar"));

  Toy brief(30);
  add_events({3}, brief.file());
  brief.ask_all(toy::poisson(random, 20, 30), "192.0.2.53");
  EXPECT_EQ(brief.run("event_coincidence")[0].outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
