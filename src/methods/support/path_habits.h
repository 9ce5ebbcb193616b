// How one claimed source fills the fields that a sender chooses freely: source port, message id and
// flags. Two habits under one address are two senders, or one that was changed. Plain numbers in
// and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "methods/support/stats.h"

namespace assay::methods {

inline constexpr double kHabitLevel = 0.001;  // of the tests for evenness and memory
inline constexpr double kFewestSent = 50;     // queries, else nothing is said of a field
inline constexpr double kSecondHabitShare = 0.05;
inline constexpr double kFewestOfSecond = 5;

// A field of 16 bits over the queries of one source, in order of time.
struct NumberHabit {
  double told = 0;
  double distinct = 0;
  std::uint16_t most_common = 0;
  double most_common_share = 0;
  double counting_share = 0;  // steps of 1 to 64 from one query to the next, modulo 2^16
  double low = 0;             // ports below 1,024 other than 53
  std::uint16_t least = 0, largest = 0;
  double p_even = 1;    // chi-squared, 16 equal parts of [least, largest]
  double p_memory = 1;  // lag-1 correlation of the values

  bool is_enough() const { return told >= kFewestSent; }
  bool is_one_value() const { return most_common_share >= 1 - kSecondHabitShare; }
  bool is_counting() const { return counting_share >= 0.5; }
  // Nearly every query has a value of its own, apart from one value that recurs.
  bool is_one_value_and_many() const;
  bool is_varied() const { return distinct >= 0.5 * told; }
};
NumberHabit number_habit(const std::vector<std::uint16_t>& values);
std::string habit_text(const NumberHabit& habit, const char* plural_word);

// Flags that a resolver sets alike in every first query: EDNS, DO, CD, RD, and whether it mixes
// capitals in (0x20).
std::uint32_t habit_flags(std::uint32_t row_flags);
std::string flags_text(std::uint32_t habit_flags);

enum class TwoHabits {
  none,
  mixed,      // one and the other all the time
  in_turn,    // one until a moment, then the other
  stretches,  // in stretches of time
};

struct FlagHabit {
  double told = 0;
  struct Kind {
    std::uint32_t flags = 0;
    double count = 0;
  };
  std::vector<Kind> kinds;  // most first
  TwoHabits two = TwoHabits::none;
  double second_share = 0;
  std::optional<Range> second_interval;
  std::size_t turned_at = 0;  // first query of the later habit, of in_turn
  // Only EDNS and DO differ and they come in stretches: as of a resolver whose queries with EDNS
  // went unanswered for a while (RFC 6891 section 6.2.2).
  bool is_like_fallback = false;
};
// How the second of habit.kinds lies among the first: fills in `two`, `turned_at` and
// `is_like_fallback`. Both kinds are there.
void place_second(const std::vector<std::uint32_t>& flags, FlagHabit& habit);
// `flags` of first queries (burst heads) in order of time, by habit_flags().
FlagHabit flag_habit(const std::vector<std::uint32_t>& flags);

}  // namespace assay::methods
