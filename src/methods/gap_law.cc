// gap_law: the time from one burst's answer to the next burst, held against the record's TTL.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/registry.h"
#include "methods/support/cache_shape.h"
#include "methods/support/dedup.h"
#include "methods/support/gap_series.h"
#include "methods/support/measure.h"
#include "methods/support/no_rows.h"
#include "methods/support/one_cache.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinGaps = 20;
constexpr double kMostBelowEstimate = 0.10;  // of the gaps, where the TTL was read off them
constexpr std::size_t kMinFurtherRows = 60;  // for a second name or type of the same asker
constexpr std::size_t kMaxFurther = 4;
constexpr std::size_t kAddresses = 8;
constexpr double kNearConstant = 3;
constexpr double kSparse = 2;
constexpr double kHistogramBins = 60;  // a TTL long
constexpr double kSecondsPerDay = 86400;

double mode_of(const std::vector<double>& gaps, double bin) {
  double best_at = 0;
  std::size_t best = 0;
  for (std::size_t i = 0; i < gaps.size();) {
    const double from = std::floor(gaps[i] / bin) * bin;
    const auto end =
        std::lower_bound(gaps.begin() + static_cast<std::ptrdiff_t>(i), gaps.end(), from + bin);
    const auto next = std::max(static_cast<std::size_t>(end - gaps.begin()), i + 1);
    if (next - i > best) {
      best = next - i;
      best_at = from;
    }
    i = next;
  }
  return best_at;
}

void add_histogram(const std::vector<double>& gaps, double ttl, Finding& finding) {
  const double scale = ttl > 0 ? ttl : std::max(quantile_of_sorted(gaps, 0.5), 60.0);
  const double width = std::max(1.0, std::round(scale / kHistogramBins));
  const double end = std::min(3 * scale, gaps.back() + width);
  Table table{"gap_histogram", {"gap_seconds_from", "gap_seconds_to", "gaps"}, {}, {}};
  std::size_t at = 0;
  const auto bin = [&](double from, double to, bool is_last) {
    std::size_t count = 0;
    while (at < gaps.size() && (gaps[at] < to || is_last)) ++at, ++count;
    table.row_labels.push_back(fmt::format("{:.0f} s to {:.0f} s", from, to));
    table.rows.push_back({from, to, static_cast<double>(count)});
  };
  double from = 0;
  for (; from < end; from += width) bin(from, from + width, false);
  if (gaps.back() >= from) bin(from, gaps.back(), true);
  finding.tables.push_back(std::move(table));
}

void add_law(const std::vector<double>& gaps, Finding& finding) {
  add(finding, "gap_seconds_min", gaps.front(), "s");
  add(finding, "gap_seconds_floor", quantile_of_sorted(gaps, 0.05), "s");
  add(finding, "gap_seconds_median", quantile_of_sorted(gaps, 0.5), "s");
  add(finding, "gap_seconds_p95", quantile_of_sorted(gaps, 0.95), "s");
  add(finding, "gap_seconds_mode", mode_of(gaps, 60), "s");
}

// Demand in the open time after each expiry: N over open exposure. One cache, even demand.
void add_demand(const GapSeries& series, double ttl, Finding& finding) {
  std::vector<double> excesses;
  for (const Gap& gap : series.gaps) {
    if (gap.seconds >= ttl - series.tolerance_seconds) {
      excesses.push_back(std::max(gap.seconds - ttl, 0.0));
    }
  }
  if (excesses.size() < kMinGaps) return;
  const ExcessLaw law = excess_law(excesses);
  std::vector<double> in_order = excesses;
  std::sort(excesses.begin(), excesses.end());
  add(finding, "excess_seconds_mean", law.mean_seconds, "s");
  add(finding, "excess_seconds_median", quantile_of_sorted(excesses, 0.5), "s");
  add(finding, "excess_two_rates", law.is_two_rates ? 1 : 0);
  if (law.is_two_rates) {
    add(finding, "excess_quick_share", law.quick_share);
    add(finding, "excess_quick_seconds_mean", law.quick_mean_seconds, "s");
    add(finding, "excess_slow_seconds_mean", law.slow_mean_seconds, "s");
  }
  std::vector<double> logs;
  constexpr std::size_t kBlocks = 8;
  for (std::size_t b = 0; b < kBlocks; ++b) {
    const std::size_t from = b * in_order.size() / kBlocks;
    const std::size_t to = (b + 1) * in_order.size() / kBlocks;
    if (to - from < 3) return;
    double open = 0;
    for (std::size_t i = from; i < to; ++i) open += in_order[i];
    logs.push_back(std::log(ttl * static_cast<double>(to - from) / std::max(open, 1.0)));
  }
  auto range = t_interval(logs);
  const double value = ttl / std::max(law.mean_seconds, 1e-3);
  range->first = std::min(std::exp(range->first), value);
  range->second = std::max(std::exp(range->second), value);
  add(finding, "demand_per_ttl", value, "demands", range, fmt::format("{}, q = 8", kBlockT));
  add(finding, "near_constant_demand", range->first > kNearConstant ? 1 : 0);
  add(finding, "sparse_demand", range->second < kSparse ? 1 : 0);
}

void add_ceiling(const QuestionRecords& records, const GapSeries& series, double ttl,
                 Finding& finding) {
  const double seconds = records.window.length_days() * kSecondsPerDay;
  add(finding, "refreshes_per_day_ceiling", series.caches * kSecondsPerDay / ttl, "per day");
  if (seconds > 0) {
    add(finding, "saturation", series.bursts / (series.caches * (seconds / ttl + 1)));
  }
  add(finding, "caches_at_least", series.most_at_once, "caches");
}

void say_ttl(const Ttl& ttl, Finding& finding) {
  finding.parameters["ttl_source"] = to_string(ttl.source);
  finding.parameters["ttl_seconds"] = fmt::format("{:g}", ttl.seconds);
  add(finding, "ttl_seconds", ttl.seconds, "s");
  add(finding, "ttl_seconds_estimated", ttl.estimated, "s");
  if (ttl.answered > 0 && ttl.stated > 0 && ttl.answered != ttl.stated) {
    finding.limitations.push_back(
        fmt::format("case.toml states a TTL of {:g} s, the answers in the record bear {:g} s; the "
                    "answers are used.",
                    ttl.stated, ttl.answered));
  }
  if (ttl.source == TtlSource::estimated) {
    finding.limitations.emplace_back(
        "No record and no statement gives the TTL; it was estimated from these same gaps, so that "
        "the floor lies at it is no surprise.");
  }
  if (ttl.seconds > 0 && ttl.estimated > 0 && ttl.estimated != ttl.seconds) {
    finding.limitations.push_back(
        fmt::format("From the gaps alone {:g} s would have been read off.", ttl.estimated));
  }
}

// What the same law of gaps fits equally well.
void say_alike(const CacheShape& shape, const ClockPhase& clock, const TimerComb& timer,
               Finding& finding) {
  auto& says = finding.limitations;
  if (shape.is_cache && finding.value_or("near_constant_demand", 0) > 0) {
    says.emplace_back(
        "The cache is nearly always renewed as soon as it expires: any steady demand, of one "
        "program or of many people, leaves this same row of gaps.");
  } else if (shape.is_cache) {
    says.emplace_back(
        "A cache hides all demand inside the TTL: from the gaps it cannot be told who or what "
        "asked, nor how often.");
  }
  if (shape.is_prefetch) {
    says.emplace_back(
        "A resolver that renews ahead of expiry and an upper bound on its TTL a tenth lower leave "
        "the same gaps.");
  }
  if (clock.period_seconds > 0) {
    says.emplace_back(
        "A kept phase shows a clock, not whose: a timer at the asker, a mailing sent on the hour "
        "by "
        "somebody else and people at appointed times look alike here; automation tells more.");
  }
  if (timer.interval_seconds > 0 && clock.period_seconds == 0) {
    says.emplace_back(
        "Whole multiples of one interval show a timer without a fixed phase: a program that polls, "
        "but not which, nor for whom.");
  }
  if (!shape.is_cache && !shape.is_prefetch && clock.period_seconds == 0) {
    says.emplace_back(
        "Gaps without a floor cannot tell no cache from several caches behind one address, or from "
        "a TTL shorter than the pause that ends a burst.");
  }
  says.emplace_back(
      "Resolvers count a TTL in whole seconds and may renew an entry in its last two (BIND): a gap "
      "up to 4 s short of the TTL in a log of whole seconds is not counted as below it.");
}

std::string shape_words(const CacheShape& shape, const ClockPhase& clock, const TimerComb& timer) {
  std::vector<std::string> words;
  if (shape.is_prefetch) {
    words.emplace_back("shaped by a cache that renews ahead of expiry");
  } else if (shape.is_cache) {
    words.emplace_back("shaped by a cache");
  }
  if (clock.period_seconds > 0) {
    words.push_back(fmt::format("keeping the phase of a clock of {:g} s (resultant {:.2f}, {})",
                                clock.period_seconds, clock.strength, probability_text(clock.p)));
  }
  if (timer.interval_seconds > 0) {
    words.push_back(
        fmt::format("spaced beyond the floor by whole multiples of {:g} s (resultant "
                    "{:.2f}, {})",
                    timer.interval_seconds, timer.strength, probability_text(timer.p)));
  }
  if (words.empty()) return "neither a cache's floor nor a clock's phase shows";
  return fmt::format("{}", fmt::join(words, ", and "));
}

struct Subject {
  const AskerGroup& group;
  GapSeries series;
  bool is_pooled;
  std::string variant;
};

void fill_in(const QuestionRecords& records, const Subject& subject, const Ttl& ttl,
             double burst_gap, Finding& finding) {
  const GapSeries& series = subject.series;
  const auto gaps = sorted_gaps(series);
  const double n = static_cast<double>(gaps.size());
  const bool has_ttl = ttl.seconds > series.tolerance_seconds + burst_gap;
  CacheShape shape;
  if (has_ttl) {
    shape = cache_shape(gaps, ttl.seconds, series.tolerance_seconds, burst_gap, kShapeLevel);
    // An early renewal needs a TTL that was not read off the same gaps.
    if (ttl.source == TtlSource::estimated) shape.is_prefetch = false;
  }
  const double floor = has_ttl ? ttl.seconds : quantile_of_sorted(gaps, 0.05);
  const ClockPhase clock = clock_phase(series.gaps, floor, series.tolerance_seconds);
  const TimerComb timer = timer_comb(series.gaps, floor, series.tolerance_seconds);
  add_law(gaps, finding);
  add(finding, "cache_shaped", shape.is_cache ? 1 : 0);
  add(finding, "prefetch_shaped", shape.is_prefetch ? 1 : 0);
  add(finding, "clock_shaped", clock.period_seconds > 0 ? 1 : 0);
  add(finding, "clock_period_seconds", clock.period_seconds, "s");
  add(finding, "clock_phase_strength", clock.strength);
  add(finding, "clock_phase_seconds", clock.phase_seconds, "s");
  add(finding, "p_clock", clock.p);
  add(finding, "uncensored_rows", clock.uncensored_rows, "bursts");
  add(finding, "timer_shaped", timer.interval_seconds > 0 ? 1 : 0);
  add(finding, "timer_interval_seconds", timer.interval_seconds, "s");
  add(finding, "timer_strength", timer.strength);
  add(finding, "p_timer", timer.p);
  std::string against = "no TTL is known or stands out";
  if (has_ttl) {
    add(finding, "share_below_ttl", shape.below / n, "", clopper_pearson(shape.below, n),
        "95 % Clopper-Pearson, if every gap were independent");
    add(finding, "share_within_120_s_after_ttl", shape.within_120 / n);
    add(finding, "share_prefetch_band", shape.prefetch_band / n);
    add(finding, "p_suppressed", shape.p_suppressed);
    add(finding, "p_no_onset", shape.p_no_onset);
    add_demand(series, ttl.seconds, finding);
    add_ceiling(records, series, ttl.seconds, finding);
    against = fmt::format(
        "{} ({}) are shorter than the TTL of {} ({}) and {} end within 120 s after it",
        count_text(shape.below), share_text(shape.below / n), duration_text(ttl.seconds),
        to_string(ttl.source), share_text(shape.within_120 / n));
  }
  add_histogram(gaps, has_ttl ? ttl.seconds : 0, finding);
  say_alike(shape, clock, timer, finding);
  const bool is_shaped =
      shape.is_cache || shape.is_prefetch || clock.period_seconds > 0 || timer.interval_seconds > 0;
  finding.outcome = is_shaped ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "Of the {} between bursts of {}{} for {} {}, {}; the floor (5 % quantile) is {}, the median "
      "{}: {}.",
      plural(n, "gap"), who_text(subject.group.subject),
      subject.is_pooled && series.caches == 1 && subject.group.clients.size() > 1
          ? ", its addresses taken as one,"
      : series.caches > 1 ? ", each address alone,"
                          : "",
      display_name(records.names[series.name].canonical), window_text(records.window), against,
      duration_text(quantile_of_sorted(gaps, 0.05)), duration_text(quantile_of_sorted(gaps, 0.5)),
      shape_words(shape, clock, timer));
}

// A TTL that was read off the gaps has to be their floor. Where a tenth of them and more lie below
// it, it took early renewals to find one, and a timer that is early now and then leaves the same.
void drop_unsound_estimate(const QuestionRecords& records, CacheSeries& settled) {
  Ttl& ttl = settled.ttl;
  if (ttl.source != TtlSource::estimated) return;
  const auto gaps = sorted_gaps(settled.series);
  const CacheShape shape = cache_shape(gaps, ttl.seconds, settled.series.tolerance_seconds,
                                       settled.burst_gap, kShapeLevel);
  if (shape.below <= kMostBelowEstimate * static_cast<double>(gaps.size())) return;
  ttl = {};
  measure_gaps(records, settled.is_pooled, settled.burst_gap, 0, settled.series);
}

Finding measure(const QuestionRecords& records, const MethodContext& context, Subject subject) {
  Finding finding =
      make_finding(gap_law_method(), records, context, subject.group.subject, subject.variant);
  CacheSeries settled =
      settle_series(records, context, subject.group, std::move(subject.series), subject.is_pooled);
  drop_unsound_estimate(records, settled);
  subject.series = std::move(settled.series);
  subject.is_pooled = settled.is_pooled;
  const Ttl& ttl = settled.ttl;
  const double burst_gap = settled.burst_gap;
  const GapSeries& series = subject.series;
  finding.dedup_rule = bursts_rule(burst_gap);
  const std::string name{display_name(records.names[series.name].canonical)};
  finding.selection = seal(records, series.rows,
                           fmt::format("{} rows of {} for {}", qtype_text(series.qtype),
                                       who_text(subject.group.subject), name));
  finding.denominator =
      fmt::format("of {} between {}", plural(static_cast<double>(series.gaps.size()), "gap"),
                  plural(series.bursts, "burst"));
  finding.parameters["series"] = subject.group.clients.size() < 2 ? "one"
                                 : subject.is_pooled              ? "pooled"
                                                                  : "per_address";
  finding.parameters["name"] = name;
  finding.parameters["qtype"] = series.qtype == kNoQtype ? "not told" : qtype_text(series.qtype);
  finding.parameters["burst_gap_seconds"] = fmt::format("{:g}", burst_gap);
  finding.parameters["tolerance_seconds"] = fmt::format("{:g}", series.tolerance_seconds);
  finding.parameters["shape_level"] = fmt::format("{:g}", kShapeLevel);
  add(finding, "gaps", static_cast<double>(series.gaps.size()), "gaps");
  add(finding, "bursts", series.bursts, "bursts");
  say_ttl(ttl, finding);
  if (series.gaps.size() < kMinGaps) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "{} between bursts of {} for {} {}; at least {} are needed to see a law of gaps.",
        plural(static_cast<double>(series.gaps.size()), "gap"), who_text(subject.group.subject),
        name, window_text(records.window), kMinGaps);
    return finding;
  }
  fill_in(records, subject, ttl, burst_gap, finding);
  return finding;
}

void measure_group(const QuestionRecords& records, const MethodContext& context,
                   const AskerGroup& group, bool is_pooled, std::vector<Finding>& findings) {
  std::size_t further = 0;
  for (GapSeries& series : split_series(records, group.rows)) {
    std::string variant;
    if (further > 0) {
      if (further > kMaxFurther || series.rows.size() < kMinFurtherRows) break;
      variant =
          fmt::format("{}/{}", records.names[series.name].canonical, qtype_text(series.qtype));
    }
    ++further;
    findings.push_back(measure(records, context, {group, std::move(series), is_pooled, variant}));
  }
}

Finding nothing(const Method& method, const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& group) {
  Finding finding = no_rows(method, records, context, group.subject, bursts_rule(kBurstSeconds),
                            "gap", "there is no gap to measure");
  add(finding, "gaps", 0, "gaps");
  return finding;
}

class GapLaw : public Method {
 public:
  std::string_view name() const override { return "gap_law"; }
  std::string_view version() const override { return "5"; }
  std::string_view summary() const override {
    return "gaps between bursts against the TTL: cache-shaped, clock-shaped or neither";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings;
    for (const AskerGroup* group : askers.groups()) {
      const auto addresses = split_by_address(records, *group, kAddresses);
      const bool is_pooled = act_as_one(records, context, *group, addresses);
      measure_group(records, context, *group, is_pooled || group->clients.size() < 2, findings);
      if (group->rows.empty()) findings.push_back(nothing(*this, records, context, *group));
      if (group->party < 0 || addresses.size() < 2) continue;
      for (const AskerGroup& address : addresses) {
        measure_group(records, context, address, true, findings);
      }
    }
    if (findings.empty()) findings.push_back(nothing(*this, records, context, askers.other));
    return findings;
  }
};

}  // namespace

const Method& gap_law_method() {
  static const GapLaw kMethod;
  return kMethod;
}

}  // namespace assay::methods
