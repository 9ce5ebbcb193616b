// What the packets of look-ups told beyond their rows (hop limit, EDNS size), and how one claimed
// source fills them. Records tell them where they change; see docs/records.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "assay/method.h"
#include "methods/support/path_habits.h"

namespace assay::methods {

struct PathOfQuery {
  std::optional<std::uint8_t> hop_limit;
  std::optional<std::uint16_t> edns_size;  // of a query with EDNS
};

class QueryPaths {
 public:
  explicit QueryPaths(const MethodContext& context);

  PathOfQuery of(const QuestionRecords& records, const LookupRow& row) const;
  bool is_told() const { return !changes_.empty(); }
  bool is_cut() const { return is_cut_; }  // by a limit: nothing is told then

 private:
  struct Change {
    std::uint64_t offset = 0;
    PathOfQuery path;
  };
  using Key = std::tuple<std::uint32_t, std::array<std::uint8_t, 16>, bool>;
  std::map<Key, std::vector<Change>> changes_;  // ascending offset
  bool is_cut_ = false;
};

// The value that hosts start with, of those in use: 64, 128 or 255.
int initial_hop_limit(int hop_limit);

// A router more or fewer is what routes and load balancers do all the time.
inline constexpr int kHopSpread = 2;

// One query: from whom it came is told by its hop limit as one sensor sees it.
struct HopSeen {
  std::pair<std::uint32_t, std::uint32_t> sensor;  // evidence and asked server
  std::uint8_t hop_limit = 0;
};

struct HopHabit {
  double told = 0;  // by sensors that saw kFewestBySensor queries
  // Of each sensor the commonest hop limit, and what lies kHopSpread around it with the same start.
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> usual;
  int commonest = 0;  // of all
  TwoHabits two = TwoHabits::none;
  double other_share = 0;  // away from the usual one
  std::optional<Range> other_interval;
  int other_commonest = 0;
  bool is_other_start = false;  // most of the others started from another value
  std::size_t turned_at = 0;    // index into what was given
  bool is_enough() const { return told >= kFewestSent; }
  // Another length of path in stretches or from some moment on is what a changed route does.
  bool is_like_route() const {
    return two != TwoHabits::none && two != TwoHabits::mixed && !is_other_start;
  }
  bool is_reason() const { return two != TwoHabits::none && !is_like_route(); }
  bool is_usual(const HopSeen& seen) const;
};
inline constexpr double kFewestBySensor = 10;
// In order of time.
HopHabit hop_habit(const std::vector<HopSeen>& seen);
std::string hops_text(int hop_limit);  // "57 (64 less 7)"

// Sizes that EDNS offers, in order of time.
struct SizeHabit {
  double told = 0;
  std::vector<FlagHabit::Kind> kinds;  // most first; flags is the size
  TwoHabits two = TwoHabits::none;
  double second_share = 0;
  std::size_t turned_at = 0;
  // The smaller of the two is one that resolvers fall back to where large answers are lost.
  bool is_like_fallback = false;
  bool is_enough() const { return told >= kFewestSent; }
  bool is_reason() const { return two != TwoHabits::none && !is_like_fallback; }
};
SizeHabit size_habit(const std::vector<std::uint32_t>& sizes);

}  // namespace assay::methods
