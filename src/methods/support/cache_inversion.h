// From the rows that a cache let through to the demand behind it, with what tells that they cannot
// be inverted. docs/methods/cache_inversion.md has model and error rates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "assay/instant.h"

namespace assay::methods {

inline constexpr int kMostCaches = 6;
inline constexpr std::size_t kMaxInverted = 10'000;  // rows; more are not fitted

// Rows of one name and type, seconds since the epoch, ascending; those of one cache or of several
// that a demand reaches at random.
struct Thinned {
  std::vector<double> times;
  double begin = 0, end = 0;  // of the window
  double ttl = 0;
};

// lambda(t) = rate of the hour * free share of the caches + violations + repeats within 60 s.
struct CacheFit {
  int caches = 1;
  int bins = 1;  // of the week: 1, or 8, 24 or 48 of a day, weekends apart
  double likelihood = 0;
  double refreshes = 0;   // rows that are no repeats, by weight
  double repeats = 0;     // mean number after a row
  double open_share = 0;  // of the time, weighted alike over caches
  double demands = 0;     // over the window, open-exposure estimate
  double log_error = 0;   // standard error of log(demands), by days
  double per_ttl = 0;     // demands in one TTL while awake: mean over refreshes, one cache's part
  double dispersion = 1;  // of those times: 1 exponential, more in clusters, less by a clock
  double p_fit = 1;       // of the times between refreshes, rescaled, against an exponential
  double p_soon = 1;      // of so many in the shortest tenth, where sessions cut by an expiry go on
};
CacheFit fit_caches(const Thinned& rows, int caches, int bins, int rounds);

// The most rows within one TTL, repeats within 60 s taken as one: so many caches at least.
int caches_at_least(const Thinned& rows);

// The first rows, enough to tell the number of caches and the TTL.
Thinned beginning_of(const Thinned& rows);

// The fit over 1..kMostCaches by likelihood, up to two worse ones, then over the bins by BIC.
struct Inversion {
  std::vector<double> likelihood_of_caches;
  CacheFit fit;
};
Inversion invert(const Thinned& rows);

}  // namespace assay::methods
