// Assertions put together: what each source held of a thing, when, and where sources differ.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "methods/support/assertions.h"

namespace assay::methods {

inline constexpr std::size_t kMostSources = 64;  // of one thing, that are held against each other
inline constexpr std::int64_t kOneTimeUs = 7 * kMicrosPerDay;
inline constexpr std::size_t kMostPairs = 200;  // of sources that disagree, kept one by one

// One value of one source, over all times at which it said so.
struct Held {
  std::string about, value, key, source;
  Interval seen;  // first to last; between them it need not have said so
  double times = 0, undated = 0;
  bool is_hidden = false, is_opaque = false, is_person = false;
  std::vector<const Assertion*> said;  // each time
};

// By thing, source and value.
std::vector<Held> held_of(std::vector<const Assertion*> assertions);
// "2016-05-04 to 2016-05-06", "no date"
std::string seen_text(const Interval& seen);

struct Differences {
  double at_one_time = 0, at_other_times = 0;  // pairs of sources of one thing
  double changes = 0;                          // values of one source behind its first
  double not_compared = 0;                     // sources of one thing, beyond the limit
  std::string example;
  std::vector<std::pair<const Held*, const Held*>> pairs;  // at one time; of `held`
};

// `held` by thing. What is hidden or opaque differs from nothing, and no person from an
// organisation.
Differences differences_of(const std::vector<Held>& held);

}  // namespace assay::methods
