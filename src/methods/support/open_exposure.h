// When a demand could have been seen. A cache hides all demand inside its TTL, so look-ups over the
// time in which it was open give the rate of demand; look-ups over the clock give the cache's.
#pragma once

#include <cstdint>
#include <vector>

#include "assay/method.h"
#include "methods/support/gap_series.h"
#include "methods/support/observed.h"

namespace assay::methods {

inline constexpr std::int64_t kSlotSeconds = 900;  // no zone's clock is set in finer steps
inline constexpr std::int64_t kSlotsPerDay = 86'400 / kSlotSeconds;
inline constexpr std::int64_t kSlotsPerWeek = 7 * kSlotsPerDay;
inline constexpr std::int64_t kMaxSlots = 1'100 * kSlotsPerDay;  // three years, from the first

// Bursts and open time of one series, by quarter hours of UTC.
struct OpenExposure {
  std::int64_t first_slot = 0;  // quarter hours since the epoch
  std::vector<double> events;
  std::vector<double> open_seconds;      // weighted by the share of caches that were open
  std::vector<double> observed_seconds;  // as if there were no cache
  double caches = 1;                     // taken to stand side by side
  double ttl_seconds = 0;                // 0 = no cache is allowed for
  bool is_cut = false;                   // the window is longer than kMaxSlots

  std::size_t size() const { return events.size(); }
  double total_events() const;
  double total_open_seconds() const;
  double open_share() const;  // of the observed time
  double slot_of_day(std::size_t i) const;
  int weekday_of_slot(std::size_t i) const;  // UTC, 0 = Monday
};

// A burst as a cache sees it.
struct Refresh {
  std::int64_t begin_us = 0;
  std::int64_t answered_us = 0;  // the entry lives from here
};

// `refreshes` ascending. Caches: the fewest that leave at most 1 % of refreshes with no cache open.
// The first TTL of every observed stretch is left out: what was asked before it is not known.
// O(refreshes + quarter hours).
OpenExposure open_exposure(const std::vector<Refresh>& refreshes, const ObservedTime& observed,
                           double ttl_seconds, double tolerance_seconds);

// The same of a series of rows: its bursts, its TTL from answers, statement or gaps.
struct SeriesExposure {
  GapSeries series;
  Ttl ttl;
  double burst_gap_seconds = kDefaultBurstGap;
  OpenExposure exposure;

  static constexpr double kDefaultBurstGap = 60;
};
SeriesExposure exposure_of(const QuestionRecords& records, const MethodContext& context,
                           GapSeries series, const ObservedTime& observed);

// Parameters `ttl_source`, `caches`, `ttl_seconds`, and what cannot be allowed for.
void say_exposure(const SeriesExposure& measured, Finding& finding);

}  // namespace assay::methods
