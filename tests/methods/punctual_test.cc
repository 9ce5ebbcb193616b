#include "methods/support/punctual.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "toy.h"

namespace assay::methods {
namespace {

constexpr double kDay = 86'400;
constexpr double kMonday = 1'620'000'000 - 1'620'000'000 % 604'800 + 4 * kDay;  // midnight UTC

// Every `period` seconds between two hours of the day, on so many days of each week, give or take a
// normal spread.
std::vector<double> marks(double period, double from_hour, double to_hour, int days_of_week,
                          double spread) {
  toy::Random random(7, "marks");
  std::vector<double> times;
  for (int day = 0; day < 8 * 7; ++day) {
    if (day % 7 >= days_of_week) continue;
    for (double t = from_hour * 3'600; t < to_hour * 3'600; t += period) {
      const double normal = std::sqrt(-2 * std::log(1 - random.uniform())) *
                            std::cos(2 * 3.14159265 * random.uniform());
      times.push_back(day * kDay + t + spread * normal);
    }
  }
  return times;
}

Punctuality of(const std::vector<double>& times, double period) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) gaps.push_back(times[i] - times[i - 1]);
  return punctuality(times, kMonday, gaps, period);
}

TEST(Punctuality, PeopleComeToMeetingsAndLessonsAndChangeShifts) {
  EXPECT_TRUE(of(marks(1'800, 8, 17, 5, 90), 1'800).could_be_appointed());
  EXPECT_TRUE(of(marks(3'000, 8, 15, 5, 60), 3'000).could_be_appointed());
  EXPECT_TRUE(of(marks(86'400, 9, 10, 5, 240), 86'400).could_be_appointed());
  const Punctuality shifts = of(marks(28'800, 6, 30, 7, 300), 28'800);
  EXPECT_FALSE(shifts.is_round_the_clock);
  EXPECT_TRUE(shifts.could_be_appointed());
}

TEST(Punctuality, NobodyIsAsSharpAsAProgramNorThereDayAndNight) {
  const Punctuality sharp = of(marks(1'800, 8, 17, 5, 2), 1'800);
  EXPECT_GT(sharp.sharp_share, 0.9);
  EXPECT_FALSE(sharp.could_be_appointed());
  const Punctuality always = of(marks(3'600, 0, 24, 7, 90), 3'600);
  EXPECT_LT(always.sharp_share, 0.3);
  EXPECT_NEAR(always.quiet_hours_share, 1 / 3.0, 0.02);
  EXPECT_TRUE(always.is_round_the_clock);
  EXPECT_FALSE(always.could_be_appointed());
  // Gaps alone are sharp where each stretch starts the timer anew.
  std::vector<double> anew = marks(1'800, 8, 17, 5, 1);
  for (double& t : anew) t += 700 * std::fmod(std::floor(t / kDay), 7);
  const Punctuality stretches = of(anew, 1'800);
  EXPECT_LT(stretches.sharp_share, 0.5);
  EXPECT_GT(stretches.sharp_gap_share, 0.9);
  EXPECT_FALSE(stretches.could_be_appointed());
}

TEST(Punctuality, NoAppointmentIsEvery1003Seconds) {
  EXPECT_FALSE(of(marks(1'003, 8, 17, 5, 90), 1'003).could_be_appointed());
  EXPECT_TRUE(of(marks(1'800.9, 8, 17, 5, 90), 1'800.9).is_wall_clock);
  // A part of the quarter of an hour.
  EXPECT_TRUE(of(marks(450, 8, 17, 5, 60), 450).is_wall_clock);
}

}  // namespace
}  // namespace assay::methods
