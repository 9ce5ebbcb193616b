#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Random;
using toy::Times;
using toy::Toy;

constexpr char kBank[] = "192.0.2.53";
constexpr double kTtl = 3600;

// A case in which Bank asks so, behind a cache whose TTL is stated; 0: no cache.
Finding bank_of(std::uint64_t seed, double days, double ttl,
                const std::function<Times(Random&)>& cause) {
  Toy toy(days);
  toy.set_seed(seed);
  if (ttl > 0) toy.file().ttl_seconds["mail1.sender.example"] = ttl;
  auto random = toy.random("automation");
  const Times demand = cause(random);
  toy.ask_all(ttl > 0 ? toy::through_cache(demand, ttl) : demand, kBank);
  return *find(toy.run("automation"), "automation/Bank");
}

std::string answer(const Finding& finding) { return finding.parameters.at("answer"); }

Times cron(Random& random, double period, double jitter, double days) {
  return toy::timer(random, period, jitter, days, 5);
}

// Each on its own mark, up to `share` of a period early or late; the marks do not move.
Times poll(Random& random, double period, double share, double days) {
  Times times;
  for (double t = period; t < days * toy::kDay; t += period) {
    times.push_back(t + (2 * random.uniform() - 1) * share * period);
  }
  std::sort(times.begin(), times.end());
  return times;
}

// Sleeps after each run: the next mark moves with the last.
Times drifting(Random& random, double period, double share, double days) {
  Times times;
  for (double t = 100; t < days * toy::kDay;) {
    times.push_back(t);
    t += period * (1 + (2 * random.uniform() - 1) * share);
  }
  return times;
}

// People who come, ask a few times within minutes, and go.
Times sessions(Random& random, double per_day, double days) {
  Times times;
  for (const double start : toy::office(random, per_day, days)) {
    double t = start;
    do {
      times.push_back(t);
      t += toy::exponential(random, 400);
    } while (random.uniform() < 0.75);
  }
  std::sort(times.begin(), times.end());
  return times;
}

TEST(Automation, FindsTheClockOfACronJobBehindAnHourlyCache) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Finding bank =
        bank_of(seed, 60, kTtl, [](Random& random) { return cron(random, 900, 10, 60); });
    EXPECT_EQ(bank.outcome, Outcome::found);
    EXPECT_EQ(answer(bank), "clock_locked") << bank.statement;
    EXPECT_EQ(bank.value_or("period_seconds", 0), 900);
    EXPECT_LT(bank.value_or("jitter_share", 1), 0.1);
    EXPECT_THAT(bank.limitations, Contains(HasSubstr("not whose")));
  }
}

TEST(Automation, FindsThePeriodOfAPollWithATenthOfJitter) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Finding bank =
        bank_of(seed, 60, kTtl, [](Random& random) { return poll(random, 7000, 0.1, 60); });
    EXPECT_EQ(answer(bank), "period") << bank.statement;
    EXPECT_NEAR(bank.value_or("period_seconds", 0), 7000, 40);
    EXPECT_NEAR(bank.value_or("jitter_share", 0), 0.1, 0.05);
  }
}

TEST(Automation, FindsADriftingTimerByItsGaps) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Finding bank =
        bank_of(seed, 60, kTtl, [](Random& random) { return drifting(random, 5000, 0.1, 60); });
    EXPECT_EQ(answer(bank), "period") << bank.statement;
    EXPECT_NEAR(bank.value_or("period_seconds", 0), 5000, 100);
    EXPECT_LT(bank.value_or("p_steady", 1), 0.001);
  }
}

// Desks that open at any moment and look every `period` seconds, `most` times at most.
Times desks(Random& random, double per_day, double period, int most, double days) {
  Times times;
  for (const double start : toy::office(random, per_day, days)) {
    const int steps = 1 + static_cast<int>(random.uniform() * most);
    for (int step = 0; step < steps; ++step) {
      times.push_back(start + step * period + random.uniform());
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

// Gaps of 600 s are multiples of 60, 120 and 300 s too. Seeds 1 to 6 for development, 11 to 16 for
// the check.
TEST(Automation, NamesThePeriodAndNotItsHarmonic) {
  int found = 0;
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16}) {
    const Finding bank =
        bank_of(seed, 60, 300, [](Random& random) { return desks(random, 8, 600, 4, 60); });
    if (bank.value_or("timer_interval_seconds", 0) == 0) continue;
    EXPECT_EQ(bank.value_or("timer_interval_seconds", 0), 600) << seed << bank.statement;
    ++found;
  }
  EXPECT_GE(found, 6);
}

// The control: a timer of 60 s that starts at any moment leaves gaps of 300 and of 360 s and more.
TEST(Automation, NamesNoMultipleOfATimersPeriod) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16}) {
    const Finding bank = bank_of(seed, 60, 300, [](Random& random) {
      Times times = desks(random, 4, 60, 60, 60);
      std::erase_if(times, [&](double) { return random.uniform() < 0.3; });
      return times;
    });
    EXPECT_EQ(bank.value_or("timer_interval_seconds", 0), 60) << seed << bank.statement;
  }
}

TEST(Automation, FindsACronJobWhoseClockGoesWrong) {
  const Finding bank =
      bank_of(1, 60, 300, [](Random& random) { return cron(random, 900.6, 10, 60); });
  EXPECT_EQ(answer(bank), "period") << bank.statement;
  EXPECT_NEAR(bank.value_or("clock_drift_seconds_per_day", 0), 57.6, 10);
}

// A busy cache makes an hourly line as sharp as a timer's. Seeds 1 to 8.
// At 7 and 37 past by a clock that gains ten seconds a day: seen best in a fifth of its period,
// since the period itself lies among the lines of the day.
TEST(Automation, NamesTheWholePeriodOfAClockThatGoesWrong) {
  const Finding bank = bank_of(4, 84, 600, [](Random& random) {
    Times times;
    for (int i = 0; i < 84 * 48; ++i) {
      times.push_back(420 + 1'800 * i * (1 + 10 / 86'400.0) + random.uniform());
    }
    return times;
  });
  EXPECT_NEAR(bank.value_or("period_seconds", 0), 1'800, 2) << bank.statement;
  EXPECT_EQ(bank.value_or("could_be_appointed", 1), 0);
}

// Meetings on the half hour of working days: a period is kept, and not only programs keep it.
TEST(Automation, SaysThatPeopleAtAppointedTimesKeepAPeriodToo) {
  const auto meetings = [](double spread) {
    return [spread](Random& random) {
      Times times;
      for (int day = 0; day < 60; ++day) {
        if (day % 7 >= 5) continue;
        for (double hour = 8; hour < 17; hour += 0.5) {
          double sum = -6;
          for (int i = 0; i < 12; ++i) sum += random.uniform();
          times.push_back(day * toy::kDay + hour * 3'600 + spread * sum);
        }
      }
      std::sort(times.begin(), times.end());
      return times;
    };
  };
  const Finding people = bank_of(3, 60, 900, meetings(90));
  EXPECT_EQ(people.outcome, Outcome::found);
  EXPECT_EQ(people.value_or("could_be_appointed", 0), 1) << people.statement;
  EXPECT_THAT(people.statement, HasSubstr("people at appointed times"));
  const Finding program = bank_of(3, 60, 900, meetings(1));
  EXPECT_EQ(program.value_or("could_be_appointed", 1), 0) << program.statement;
}

TEST(Automation, StaysSilentOnEvenDemandBehindACache) {
  int alarms = 0;
  int declined = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const double per_hour = seed % 4 == 0 ? 1200 : seed % 4 == 1 ? 60 : seed % 4 == 2 ? 6 : 1;
    const Finding bank = bank_of(
        seed, 40, kTtl, [&](Random& random) { return toy::poisson(random, 24 * per_hour, 40); });
    alarms += bank.outcome == Outcome::found ? 1 : 0;
    declined += answer(bank) == "not_testable" ? 1 : 0;
  }
  EXPECT_EQ(alarms, 0);
  EXPECT_GE(declined, 2) << "a saturated cache hides any rhythm, and that must be said";
}

TEST(Automation, StaysSilentOnOfficeHoursAndOnSessions) {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const double ttl = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 300 : kTtl;
    const Finding bank = bank_of(seed, 60, ttl, [&](Random& random) {
      return seed % 2 == 0 ? toy::office(random, 60, 60) : sessions(random, 8, 60);
    });
    alarms += bank.outcome == Outcome::found ? 1 : 0;
    EXPECT_EQ(answer(bank) == "none_found", bank.outcome == Outcome::nothing_found);
    if (bank.outcome == Outcome::nothing_found) {
      EXPECT_THAT(bank.limitations, Contains(HasSubstr("does not mean people")));
    }
  }
  EXPECT_EQ(alarms, 0);
}

TEST(Automation, GivesTheBeaconScoreForComparisonOnly) {
  const Finding bank =
      bank_of(1, 20, kTtl, [](Random& random) { return toy::poisson(random, 24 * 60, 20); });
  EXPECT_GT(bank.value_or("beacon_score_for_comparison", 0), 0.8) << "even demand scores high";
  EXPECT_THAT(bank.limitations, Contains(HasSubstr("no evidence here")));
}

TEST(Automation, SaysThatAFewGapsAreNotEnough) {
  const Finding bank = bank_of(1, 10, kTtl, [](Random&) { return Times{0, 9000, 30'000}; });
  EXPECT_EQ(bank.outcome, Outcome::not_enough);
  EXPECT_EQ(answer(bank), "not_testable");
}

}  // namespace
}  // namespace assay
