#include "methods/support/path_habits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "assay/record.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kParts = 16;
constexpr std::uint16_t kMostStep = 64;
constexpr double kFewRuns = -3.29;  // standard deviations, p = 0.0005 on one side

double p_of_evenness(const std::vector<std::uint16_t>& values, double least, double largest) {
  std::array<double, kParts> counts{};
  const double width = largest - least + 1;
  if (width < kParts * 4) return 1;
  for (const std::uint16_t value : values) {
    const auto part = static_cast<std::size_t>((value - least) / width * kParts);
    counts[std::min(part, kParts - 1)] += 1;
  }
  const double expected = static_cast<double>(values.size()) / kParts;
  double chi = 0;
  for (const double count : counts) chi += (count - expected) * (count - expected) / expected;
  return chi_squared_upper(chi, kParts - 1);
}

double p_of_memory(const std::vector<std::uint16_t>& values) {
  double mean = 0;
  for (const std::uint16_t value : values) mean += value;
  mean /= static_cast<double>(values.size());
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - mean) * (values[i] - mean);
    if (i > 0) products += (values[i] - mean) * (values[i - 1] - mean);
  }
  if (squares <= 0) return 1;
  const double z = products / squares * std::sqrt(static_cast<double>(values.size()));
  return std::erfc(std::fabs(z) / std::sqrt(2.0));
}

}  // namespace

bool NumberHabit::is_one_value_and_many() const {
  const double rest = told * (1 - most_common_share);
  return most_common_share >= kSecondHabitShare && !is_one_value() &&
         told * most_common_share >= kFewestOfSecond && rest >= kFewestOfSecond &&
         distinct - 1 >= 0.5 * rest;
}

NumberHabit number_habit(const std::vector<std::uint16_t>& values) {
  NumberHabit habit;
  habit.told = static_cast<double>(values.size());
  if (values.empty()) return habit;
  std::map<std::uint16_t, double> counts;
  for (const std::uint16_t value : values) {
    counts[value] += 1;
    habit.low += value > 0 && value < 1024 && value != 53;
  }
  habit.distinct = static_cast<double>(counts.size());
  double most = 0;
  for (const auto& [value, count] : counts) {
    if (count <= most) continue;
    most = count;
    habit.most_common = value;
  }
  habit.most_common_share = most / habit.told;
  habit.least = counts.begin()->first;
  habit.largest = counts.rbegin()->first;
  double steps = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const auto step = static_cast<std::uint16_t>(values[i] - values[i - 1]);
    steps += step >= 1 && step <= kMostStep;
  }
  if (values.size() > 1) habit.counting_share = steps / (habit.told - 1);
  if (!habit.is_enough()) return habit;
  habit.p_even = p_of_evenness(values, habit.least, habit.largest);
  habit.p_memory = p_of_memory(values);
  return habit;
}

std::string habit_text(const NumberHabit& habit, const char* plural_word) {
  const std::string common = std::to_string(habit.most_common);
  if (habit.is_one_value()) {
    return fmt::format("{} are {} in {}", plural_word, common, share_text(habit.most_common_share));
  }
  if (habit.is_one_value_and_many()) {
    return fmt::format("{} are {} in {} and vary in the rest", plural_word, common,
                       share_text(habit.most_common_share));
  }
  if (habit.is_counting()) {
    return fmt::format("{} count upwards in {} of steps", plural_word,
                       share_text(habit.counting_share));
  }
  if (!habit.is_varied()) {
    return fmt::format("{} come from {}", plural_word, plural(habit.distinct, "value"));
  }
  const bool is_even = habit.p_even >= kHabitLevel, is_free = habit.p_memory >= kHabitLevel;
  return fmt::format("{} vary from {} to {}, {}{}", plural_word, habit.least, habit.largest,
                     is_even ? "evenly" : "unevenly",
                     is_free ? ", none tied to the one before" : ", tied to the one before");
}

std::uint32_t habit_flags(std::uint32_t row_flags) {
  return row_flags & (kEdns | kDnssecOk | kCheckingDisabled | kRecursionDesired | kNameHadCapitals);
}

std::string flags_text(std::uint32_t flags) {
  std::vector<std::string_view> words;
  words.emplace_back((flags & kEdns) != 0 ? "EDNS" : "no EDNS");
  if ((flags & kDnssecOk) != 0) words.emplace_back("DO");
  if ((flags & kCheckingDisabled) != 0) words.emplace_back("CD");
  if ((flags & kRecursionDesired) != 0) words.emplace_back("RD");
  if ((flags & kNameHadCapitals) != 0) words.emplace_back("capitals in the name");
  return fmt::format("{}", fmt::join(words, ", "));
}

void place_second(const std::vector<std::uint32_t>& flags, FlagHabit& habit) {
  const std::uint32_t first = habit.kinds[0].flags, second = habit.kinds[1].flags;
  std::vector<std::size_t> at;
  std::vector<bool> is_second;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags[i] != first && flags[i] != second) continue;
    at.push_back(i);
    is_second.push_back(flags[i] == second);
  }
  const double n2 = habit.kinds[1].count, n1 = habit.kinds[0].count, n = n1 + n2;
  double runs = 1;
  for (std::size_t i = 1; i < is_second.size(); ++i) runs += is_second[i] != is_second[i - 1];
  const double mean = 1 + 2 * n1 * n2 / n;
  const double variance = (mean - 1) * (mean - 2) / (n - 1);
  habit.two = TwoHabits::mixed;
  if (variance <= 0 || (runs - mean) / std::sqrt(variance) > kFewRuns) return;
  habit.two = TwoHabits::stretches;
  habit.is_like_fallback = ((first ^ second) & ~(kEdns | kDnssecOk)) == 0;
  // The moment with the fewest on the wrong side, for either order.
  double before = 0, best = n;
  for (std::size_t i = 0; i < is_second.size(); ++i) {
    before += is_second[i];
    const double seen = static_cast<double>(i + 1);
    const double wrong = before + (n1 - (seen - before));
    const double fewer = std::min(wrong, n - wrong);
    if (fewer < best && i + 1 < at.size()) {
      best = fewer;
      habit.turned_at = at[i + 1];
    }
  }
  if (best > 0.02 * n) return;
  habit.two = TwoHabits::in_turn;
  habit.is_like_fallback = false;
}

FlagHabit flag_habit(const std::vector<std::uint32_t>& flags) {
  FlagHabit habit;
  habit.told = static_cast<double>(flags.size());
  std::map<std::uint32_t, double> counts;
  for (const std::uint32_t each : flags) counts[each] += 1;
  for (const auto& [kind, count] : counts) habit.kinds.push_back({kind, count});
  std::stable_sort(habit.kinds.begin(), habit.kinds.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  if (habit.told < kFewestSent || habit.kinds.size() < 2) return habit;
  const double second = habit.kinds[1].count;
  habit.second_share = second / habit.told;
  habit.second_interval = clopper_pearson(second, habit.told);
  if (second >= kFewestOfSecond && habit.second_share >= kSecondHabitShare) {
    place_second(flags, habit);
  }
  return habit;
}

}  // namespace assay::methods
