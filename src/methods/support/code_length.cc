#include "methods/support/code_length.h"

#include <algorithm>
#include <bit>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace assay::methods {

double log2_choose(double n, double k) {
  if (k <= 0 || k >= n) return 0;
  // Not std::lgamma: it writes a global. In double the difference of two large terms loses bits.
  using boost::math::lgamma;
  const auto wide = static_cast<long double>(n);
  const auto part = static_cast<long double>(k);
  const long double nats = lgamma(wide + 1) - lgamma(part + 1) - lgamma(wide - part + 1);
  return static_cast<double>(nats / std::numbers::ln2_v<long double>);
}

double log2_placings(double slots, double events) {
  if (slots <= 1 || events <= 0) return 0;
  return log2_choose(slots + events - 1, events);
}

double integer_bits(double value) {
  double bits = 1.5186;  // log2 of the sum that makes the code's shares add up to one
  for (double rest = std::log2(value + 1); rest > 0; rest = std::log2(rest)) bits += rest;
  return bits;
}

double AdaptiveCode::bits_of(std::uint64_t value) {
  const auto seen = static_cast<double>(counts_.size());
  const double whole = total_ + seen + 1;
  double& count = counts_[value];
  total_ += 1;
  if (count > 0) {
    const double bits = -std::log2(count / whole);
    count += 1;
    return bits;
  }
  count = 1;
  const auto digits = static_cast<std::size_t>(std::bit_width(value));
  double& alike = new_by_digits_[digits];
  const double share = (alike + 0.5) / (new_total_ + 0.5 * std::size(new_by_digits_));
  alike += 1;
  new_total_ += 1;
  const double rest = digits > 1 ? static_cast<double>(digits - 1) : 0.0;
  return -std::log2((seen + 1) / whole) - std::log2(share) + rest;
}

double adaptive_symbol_bits(const std::vector<std::uint32_t>& symbols, double alphabet) {
  struct Context {
    std::map<std::uint32_t, double> counts;
    double total = 0;
  };
  std::map<std::uint32_t, Context> contexts;
  double bits = 0;
  std::uint32_t before = 0xffffffff;
  for (const std::uint32_t symbol : symbols) {
    Context& context = contexts[before];
    const auto seen = static_cast<double>(context.counts.size());
    const double whole = context.total + seen + 1;
    double& count = context.counts[symbol];
    bits += count > 0 ? -std::log2(count / whole) : std::log2(whole / (seen + 1) * alphabet);
    count += 1;
    context.total += 1;
    before = symbol;
  }
  return bits;
}

// Intervals [t, t + closed) of which no K + 1 share a slot are those of K caches (interval graphs
// are perfect). K timelines set end to end have K * slots places, less what the caches keep closed
// after each refresh that is not their last; how the refreshes are dealt out is C(n - 1, K - 1).
std::optional<CachedPlacings> cached_placings(const std::vector<std::int64_t>& events, double slots,
                                              std::int64_t closed_slots) {
  if (closed_slots < 1 || events.empty()) return std::nullopt;
  std::size_t most = 1;
  std::size_t from = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    while (events[i] - events[from] >= closed_slots) ++from;
    most = std::max(most, i - from + 1);
  }
  const auto n = static_cast<double>(events.size());
  const auto caches = static_cast<double>(most);
  const double open = caches * slots - (n - caches) * static_cast<double>(closed_slots);
  return CachedPlacings{
      caches, integer_bits(caches) + log2_choose(n - 1, caches - 1) + log2_placings(open, n)};
}

}  // namespace assay::methods
