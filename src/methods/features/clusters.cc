// Whether bursts come one by one or in clusters, once the party's own hours and the TTL are taken
// out: independent demand, sessions, mailings and answers differ there, and in how a day begins and
// ends.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "methods/features/features.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kHour = 3'600, kDay = 86'400;
constexpr std::size_t kFewHeads = 20;

double middle_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile_of_sorted(values, 0.5);
}

// Bursts in an ordinary hour, by the hour of the UTC day, on quiet days of the week and on others;
// the quiet ones are the two neighbouring weekdays that have least.
class OwnHours {
 public:
  explicit OwnHours(const FeatureInput& input) : begin_hour_(std::floor(input.begin_s / kHour)) {
    const auto hours = static_cast<std::size_t>(std::clamp(input.days * 24, 24.0, 240'000.0));
    counts_.assign(hours, 0);
    std::array<double, 7> by_weekday{};
    for (const double t : input.heads_s) {
      const double at = std::floor(t / kHour) - begin_hour_;
      if (at < 0 || at >= static_cast<double>(hours)) continue;
      ++counts_[static_cast<std::size_t>(at)];
      ++by_weekday[weekday(static_cast<std::size_t>(at))];
    }
    find_quiet(by_weekday, input.days);
    std::array<std::array<double, 24>, 2> sums{}, seen{};
    for (std::size_t i = 0; i < hours; ++i) {
      sums[is_quiet(i)][hour_of_day(i)] += counts_[i];
      ++seen[is_quiet(i)][hour_of_day(i)];
    }
    for (std::size_t quiet = 0; quiet < 2; ++quiet) {
      for (std::size_t hour = 0; hour < 24; ++hour) {
        // A twentieth of a burst more, so that no hour is impossible.
        means_[quiet][hour] = (sums[quiet][hour] + 0.05) / std::max(1.0, seen[quiet][hour]);
      }
    }
  }

  const std::vector<double>& counts() const { return counts_; }
  double expected(std::size_t hour) const { return means_[is_quiet(hour)][hour_of_day(hour)]; }
  double of_day(bool quiet, std::size_t hour) const { return means_[quiet ? 1 : 0][hour % 24]; }
  bool is_quiet(std::size_t hour) const { return quiet_[weekday(hour)]; }
  std::size_t hour_of_day(std::size_t hour) const { return cycle(begin_hour_ + whole(hour), 24); }

  // Bursts that these hours would bring between two times.
  double between(double from, double to) const {
    double sum = 0;
    while (from < to) {
      const double hour = std::floor(from / kHour);
      const double end = std::min(to, (hour + 1) * kHour);
      const double at = std::max(0.0, hour - begin_hour_);
      sum += (end - from) / kHour * expected(static_cast<std::size_t>(at));
      from = end;
    }
    return sum;
  }

 private:
  static double whole(std::size_t number) { return static_cast<double>(number); }
  // Also of times before the epoch.
  static std::size_t cycle(double number, double length) {
    return static_cast<std::size_t>(number - length * std::floor(number / length));
  }
  std::size_t weekday(std::size_t hour) const {
    return cycle(std::floor((begin_hour_ + whole(hour)) / 24), 7);
  }
  void find_quiet(const std::array<double, 7>& by_weekday, double days) {
    if (days < 13) return;
    std::size_t first = 0;
    for (std::size_t i = 1; i < 7; ++i) {
      if (by_weekday[i] + by_weekday[(i + 1) % 7] <
          by_weekday[first] + by_weekday[(first + 1) % 7]) {
        first = i;
      }
    }
    quiet_[first] = quiet_[(first + 1) % 7] = true;
  }

  double begin_hour_;
  std::vector<double> counts_;
  std::array<bool, 7> quiet_{};
  std::array<std::array<double, 24>, 2> means_{};
};

// Variance about what the own hours bring, in units of it: 1 for independent bursts.
void add_dispersion(const OwnHours& hours, Features& out) {
  const std::vector<double>& counts = hours.counts();
  for (const std::size_t width : {1u, 4u, 24u}) {
    double squares = 0, expected = 0;
    for (std::size_t i = 0; i + width <= counts.size(); i += width) {
      double count = 0, mean = 0;
      for (std::size_t k = i; k < i + width; ++k) {
        count += counts[k];
        mean += hours.expected(k);
      }
      squares += (count - mean) * (count - mean);
      expected += mean;
    }
    out.add("own_hours_fano_" + std::to_string(width), expected > 0 ? squares / expected : kNaN);
  }
  std::vector<double> residuals;
  double squares = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    residuals.push_back(counts[i] - hours.expected(i));
    squares += residuals[i] * residuals[i];
  }
  for (const std::size_t lag : {1u, 2u, 3u, 6u, 24u}) {
    double sum = 0;
    for (std::size_t i = lag; i < residuals.size(); ++i) sum += residuals[i] * residuals[i - lag];
    out.add("own_hours_correlation_" + std::to_string(lag), squares > 0 ? sum / squares : kNaN);
  }
}

// What is left of gaps beyond the TTL, in units of what the own hours bring meanwhile: exponential
// for independent demand and one cache.
void add_excess(const FeatureInput& input, const OwnHours& hours, Features& out) {
  std::vector<double> rescaled, seconds;
  for (std::size_t i = 1; i < input.heads_s.size(); ++i) {
    const double from = input.heads_s[i - 1] + input.ttl_seconds, to = input.heads_s[i];
    if (to <= from) continue;
    rescaled.push_back(hours.between(from, to));
    seconds.push_back(to - from);
  }
  const bool has = rescaled.size() >= kFewHeads;
  const double mean = has ? mean_of(rescaled) : kNaN;
  out.add("excess_spread", has ? std::sqrt(variance_of(rescaled)) / mean : kNaN);
  double memory = kNaN;
  if (has) {
    double top = 0, bottom = 0, log_mean = 0;
    std::vector<double> logs;
    for (const double each : rescaled) logs.push_back(std::log(std::max(each, 1e-4)));
    log_mean = mean_of(logs);
    for (std::size_t i = 0; i < logs.size(); ++i) {
      bottom += (logs[i] - log_mean) * (logs[i] - log_mean);
      if (i > 0) top += (logs[i] - log_mean) * (logs[i - 1] - log_mean);
    }
    memory = bottom > 0 ? top / bottom : kNaN;
  }
  out.add("excess_memory", memory);
  for (double& each : rescaled) each /= mean;
  std::sort(rescaled.begin(), rescaled.end());
  std::sort(seconds.begin(), seconds.end());
  if (!has) rescaled.clear(), seconds.clear();
  out.add_log_quantiles("log_excess_in_own_hours", rescaled, {0.05, 0.1, 0.25, 0.5, 0.75, 0.9});
  out.add_log_quantiles("log_excess", seconds, {0.05, 0.1, 0.25, 0.5, 0.75});
}

// Bursts that follow each other within half an hour beyond the TTL, taken together.
void add_sessions(const FeatureInput& input, Features& out) {
  const std::vector<double>& heads = input.heads_s;
  std::vector<double> sizes, lengths, firsts, laters;
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= heads.size(); ++i) {
    const double reach = 1.1 * input.ttl_seconds + 1'800;
    if (i < heads.size() && heads[i] - heads[i - 1] <= reach) {
      (i - begin == 1 ? firsts : laters).push_back(heads[i] - heads[i - 1]);
      continue;
    }
    sizes.push_back(static_cast<double>(i - begin));
    if (i - begin > 1) lengths.push_back(heads[i - 1] - heads[begin]);
    begin = i;
  }
  const bool has = heads.size() >= kFewHeads && sizes.size() >= 5;
  const auto single = std::count(sizes.begin(), sizes.end(), 1.0);
  out.add("session_bursts_mean", has ? std::log10(mean_of(sizes)) : kNaN);
  out.add("session_bursts_spread", has ? std::sqrt(variance_of(sizes)) / mean_of(sizes) : kNaN);
  out.add("session_single_share",
          has ? static_cast<double>(single) / static_cast<double>(sizes.size()) : kNaN);
  out.add("session_first_gap_over_later",
          has && firsts.size() >= 10 && laters.size() >= 10
              ? std::log10(std::max(1.0, middle_of(firsts)) / std::max(1.0, middle_of(laters)))
              : kNaN);
  std::sort(lengths.begin(), lengths.end());
  if (!has || lengths.size() < 5) lengths.clear();
  out.add_log_quantiles("log_session_seconds", lengths, {0.25, 0.5, 0.9});
}

// Edges of the working day, cut at the middle of its six emptiest hours.
void add_day_edges(const FeatureInput& input, const OwnHours& hours, Features& out) {
  std::size_t emptiest = 0;
  double least = 1e300, total = 0, most = 0;
  for (std::size_t start = 0; start < 24; ++start) {
    double sum = 0;
    for (std::size_t k = 0; k < 6; ++k) sum += hours.of_day(false, start + k);
    if (sum < least) {
      least = sum;
      emptiest = start;
    }
    total += hours.of_day(false, start);
    most = std::max(most, hours.of_day(false, start));
  }
  const double cut = kHour * static_cast<double>((emptiest + 3) % 24);
  std::vector<double> firsts, lasts, heads_a_day;
  double day_now = -1;
  for (const double t : input.heads_s) {
    const double day = std::floor((t - cut) / kDay);
    if (day != day_now) {
      firsts.push_back((t - cut) / kDay - day);
      lasts.push_back(0);
      heads_a_day.push_back(0);
      day_now = day;
    }
    lasts.back() = (t - cut) / kDay - day;
    ++heads_a_day.back();
  }
  const bool has = input.heads_s.size() >= kFewHeads && firsts.size() >= 5;
  const auto spread = [&](std::vector<double>& times, std::string_view name) {
    std::sort(times.begin(), times.end());
    const double low = has ? quantile_of_sorted(times, 0.1) : kNaN,
                 middle = has ? quantile_of_sorted(times, 0.5) : kNaN,
                 high = has ? quantile_of_sorted(times, 0.9) : kNaN;
    out.add(std::string(name) + "_early", 24 * (middle - low));
    out.add(std::string(name) + "_late", 24 * (high - middle));
  };
  spread(firsts, "first_of_day");
  spread(lasts, "last_of_day");
  out.add("bursts_an_active_day_fano",
          has ? variance_of(heads_a_day) / mean_of(heads_a_day) : kNaN);
  // How steep the day begins and ends, and how deep its middle lies.
  std::array<double, 24> ordered{};
  for (std::size_t k = 0; k < 24; ++k) {
    ordered[k] = hours.of_day(false, emptiest + 3 + k) / std::max(total, 1e-9);
  }
  double sum = 0, rise[3] = {kNaN, kNaN, kNaN}, low_hours = 0;
  for (std::size_t k = 0; k < 24; ++k) {
    low_hours += ordered[k] * total < 0.1 * most;
    const double before = sum;
    sum += ordered[k];
    const double marks[3] = {0.05, 0.5, 0.95};
    for (std::size_t m = 0; m < 3; ++m) {
      if (std::isnan(rise[m]) && sum >= marks[m]) {
        rise[m] = static_cast<double>(k) + (marks[m] - before) / std::max(ordered[k], 1e-9);
      }
    }
  }
  out.add("day_first_half_hours", has ? rise[1] - rise[0] : kNaN);
  out.add("day_second_half_hours", has ? rise[2] - rise[1] : kNaN);
  out.add("day_low_hours", has ? low_hours : kNaN);
  double middle = kNaN;
  if (has) {
    const auto at = static_cast<std::size_t>(std::clamp((rise[0] + rise[2]) / 2, 3.0, 20.0));
    const double near = std::min({ordered[at - 1], ordered[at], ordered[at + 1]});
    const double around =
        (ordered[at - 3] + ordered[at - 2] + ordered[at + 2] + ordered[at + 3]) / 4;
    middle = around > 0 ? near / around : kNaN;
  }
  out.add("day_middle_depth", middle);
}

}  // namespace

void add_cluster_features(const FeatureInput& input, Features& out) {
  const OwnHours hours(input);
  add_dispersion(hours, out);
  add_excess(input, hours, out);
  add_sessions(input, out);
  add_day_edges(input, hours, out);
}

}  // namespace assay::methods
