// change_points: days on which the level of a party's daily bursts changed, and whether the change
// lies at a silence.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "methods/registry.h"
#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"
#include "methods/support/random.h"
#include "methods/support/self_normal.h"
#include "methods/support/silence.h"
#include "methods/support/synchrony.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinDays = 2 * kContrastDays;
constexpr std::size_t kMinSegment = 5;  // days
constexpr std::size_t kMostDays = 4'000;
constexpr double kMinBursts = 30;
constexpr double kLevel = 0.05;
// A level that remembers itself for about a week; with less memory false alarms are rarer.
constexpr double kCorrelation = 0.85;
constexpr std::size_t kNullSeries = 399;
// Confidence set of a change: within this much cost of the best, (1 - exp(-x/2))^2 = 0.95.
constexpr double kCostOfInterval = 7.35;
constexpr std::size_t kSilences = 5;
// Weaker than for a silence looked for by itself: here it only has to lie where the change does.
constexpr double kUnusual = 0.05;

// Means and sums of squares of the days' square roots, which make counts of unequal means about
// equally variable, in O(1).
class Levels {
 public:
  explicit Levels(const std::vector<double>& counts)
      : counts_(counts.size() + 1), roots_(counts.size() + 1), squares_(counts.size() + 1) {
    for (std::size_t d = 0; d < counts.size(); ++d) {
      counts_[d + 1] = counts_[d] + counts[d];
      roots_[d + 1] = roots_[d] + std::sqrt(counts[d]);
      squares_[d + 1] = squares_[d] + counts[d];
    }
  }
  double rate(std::size_t from, std::size_t to) const {
    return (counts_[to] - counts_[from]) / static_cast<double>(to - from);
  }
  double root(std::size_t from, std::size_t to) const {
    return (roots_[to] - roots_[from]) / static_cast<double>(to - from);
  }
  double squares(std::size_t from, std::size_t to) const {
    const double mean = root(from, to);
    return squares_[to] - squares_[from] - mean * mean * static_cast<double>(to - from);
  }

 private:
  std::vector<double> counts_, roots_, squares_;
};

// Variance over mean from differences of neighbouring days, which a change of level hardly touches.
double dispersion_of(const std::vector<double>& counts) {
  double squares = 0;
  double sum = 0;
  for (std::size_t d = 1; d < counts.size(); ++d) {
    squares += (counts[d] - counts[d - 1]) * (counts[d] - counts[d - 1]);
    sum += counts[d] + counts[d - 1];
  }
  return sum > 0 ? std::max(1.0, squares / sum) : 1.0;
}

struct Change {
  std::size_t at = 0;  // first day of the new level
  std::size_t low = 0, high = 0;
  double before = 0, after = 0, p = 1;
  bool is_at_gap = false;    // an unusual silence
  bool is_at_pause = false;  // a time that nobody covers, by their own declaration
};

// Splits where the largest contrast is beyond what one level shows, then looks on either side.
void split(const SelfNormal& series, const std::vector<double>& null, std::size_t from,
           std::size_t to, std::vector<Change>& changes) {
  const Contrast contrast = series.largest(from, to);
  if (contrast.at == 0) return;
  const auto beyond = static_cast<double>(
      null.end() - std::lower_bound(null.begin(), null.end(), contrast.statistic));
  const double p = (1 + beyond) / (1 + static_cast<double>(null.size()));
  if (p > kLevel) return;
  split(series, null, from, contrast.at, changes);
  Change change;
  change.at = contrast.at;
  change.p = p;
  changes.push_back(change);
  split(series, null, contrast.at, to, changes);
}

// Variance of a day's root, were days independent as blocks of days are: the larger of single days'
// and of kBlockDays' sums, about the two levels.
double long_run_variance(const Levels& levels, std::size_t from, std::size_t at, std::size_t to) {
  double largest = 0;
  for (const std::size_t length : {std::size_t{1}, kContrastDays}) {
    double squares = 0;
    double freedom = 0;
    for (const auto& [begin, end] : {std::pair{from, at}, std::pair{at, to}}) {
      const std::size_t blocks = (end - begin) / length;
      if (blocks < 2) continue;
      for (std::size_t b = 0; b < blocks; ++b) {
        const std::size_t day = begin + b * length;
        const double off = levels.root(day, day + length) - levels.root(begin, end);
        squares += off * off * static_cast<double>(length);
      }
      freedom += static_cast<double>(blocks - 1);
    }
    if (freedom > 0) largest = std::max(largest, squares / freedom);
  }
  return largest;
}

// Least squares between the neighbouring changes: the day, its interval, and the rates about it.
void place(const Levels& levels, std::size_t days, std::vector<Change>& changes) {
  for (std::size_t c = 0; c < changes.size(); ++c) {
    Change& change = changes[c];
    const std::size_t from = c == 0 ? 0 : changes[c - 1].at;
    const std::size_t to = c + 1 == changes.size() ? days : changes[c + 1].at;
    const auto left_over = [&](std::size_t at) {
      return levels.squares(from, at) + levels.squares(at, to);
    };
    for (std::size_t at = from + kMinSegment; at + kMinSegment <= to; ++at) {
      if (left_over(at) < left_over(change.at)) change.at = at;
    }
    const double allowed =
        left_over(change.at) + kCostOfInterval * long_run_variance(levels, from, change.at, to);
    change.low = change.high = change.at;
    for (std::size_t at = from + 1; at < to; ++at) {
      if (left_over(at) > allowed) continue;
      change.low = std::min(change.low, at);
      change.high = std::max(change.high, at);
    }
    change.before = levels.rate(from, change.at);
    change.after = levels.rate(change.at, to);
  }
}

std::int64_t day_start(const ObservedDays& days, std::size_t day) {
  return days.day(day) * kMicrosPerDay;
}

// Unusual silences of this subject's own bursts, and pauses that the recorders declare.
void mark_gaps(const QuestionRecords& records, const RowIndices& rows, const ObservedTime& observed,
               const ObservedDays& days, std::vector<Change>& changes) {
  for (Change& change : changes) {
    for (std::size_t day = change.low; day <= change.high; ++day) {
      change.is_at_pause |= days.has_pause_before(day);
    }
  }
  const auto heads = head_times(records, rows);
  for (const Interval& silence : longest_silences(heads, observed, kSilences)) {
    const Expectation expectation = expect_in(heads, silence, observed);
    if (chance_of(expectation.log_p(), silence, observed) >= kUnusual) continue;
    for (Change& change : changes) {
      const Interval around{day_start(days, change.low) - kMicrosPerDay,
                            day_start(days, change.high) + kMicrosPerDay};
      change.is_at_gap |= !intersect(around, silence).empty();
    }
  }
}

void add_tables(const std::vector<Change>& changes, const Levels& levels, const ObservedDays& days,
                Finding& finding) {
  Table table{"changes",
              {"time_s", "low_s", "high_s", "rate_before", "rate_after", "in_gap", "p", "at_pause"},
              {},
              {}};
  Table segments{"segments", {"begin_s", "end_s", "rate"}, {}, {}};
  const auto seconds = [&days](std::size_t day) {
    return static_cast<double>(day_start(days, day)) / kMicrosPerSecond;
  };
  std::size_t from = 0;
  for (std::size_t c = 0; c <= changes.size(); ++c) {
    const std::size_t to = c == changes.size() ? days.count() : changes[c].at;
    segments.row_labels.push_back(date_text(days.day(from)));
    segments.rows.push_back({seconds(from), seconds(to), levels.rate(from, to)});
    from = to;
    if (c == changes.size()) break;
    const Change& change = changes[c];
    table.row_labels.push_back(date_text(days.day(change.at)));
    table.rows.push_back({seconds(change.at), seconds(change.low), seconds(change.high),
                          change.before, change.after, change.is_at_gap ? 1.0 : 0.0, change.p,
                          change.is_at_pause ? 1.0 : 0.0});
  }
  finding.tables.push_back(std::move(table));
  finding.tables.push_back(std::move(segments));
}

std::string change_words(const std::vector<Change>& changes, const ObservedDays& days) {
  std::vector<std::string> words;
  for (const Change& change : changes) {
    const auto date = [&days](std::size_t day) { return date_text(days.day(day)); };
    words.push_back(fmt::format("{}Z ({}Z to {}Z; {} to {} a day, {}{})", date(change.at),
                                date(change.low), date(change.high), number_text(change.before),
                                number_text(change.after), probability_text(change.p),
                                change.is_at_pause ? ", at a declared pause"
                                : change.is_at_gap ? ", at an unusual silence"
                                                   : ""));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, const RowIndices& rows, const BurstGroups& groups,
                const ObservedTime& observed, const std::vector<double>& null) {
  Finding finding = make_finding(change_points_method(), records, context, subject);
  const ObservedDays days = ObservedDays::of(observed);
  RowIndices heads = burst_heads(records, rows, groups, kBurstSeconds);
  const double all_bursts = static_cast<double>(heads.size());
  std::erase_if(heads,
                [&](std::uint32_t row) { return !days.index_of(records.rows[row].time_us); });
  const auto counts = count_by_day(records, heads, days);
  const double n = static_cast<double>(heads.size());
  const std::string who = who_text(subject);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator = fmt::format("of {} on {}", plural(n, "burst"),
                                    plural(static_cast<double>(days.count()),
                                           observed.is_declared ? "wholly covered day" : "day"));
  finding.selection =
      seal(records, heads,
           fmt::format("first rows of the bursts of {} for {}", who, target_text(records)));
  if (days.count() < kMinDays || n < kMinBursts || days.count() > kMostDays) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "{} of {} and {} to look at {}: changes of level are looked for with {} bursts on {} to {} "
        "days.",
        plural(all_bursts, "burst"), who,
        plural(static_cast<double>(days.count()),
               observed.is_declared ? "wholly covered day" : "day"),
        window_text(records.window), kMinBursts, kMinDays, kMostDays);
    return finding;
  }
  const Levels levels(counts);
  std::vector<double> roots;
  for (const double count : counts) roots.push_back(std::sqrt(count));
  std::vector<Change> changes;
  split(SelfNormal(roots), null, 0, days.count(), changes);
  place(levels, days.count(), changes);
  mark_gaps(records, rows, observed, days, changes);
  finding.parameters["null"] = fmt::format(
      "{} series of one level, correlation {:g} from day to day", kNullSeries, kCorrelation);
  finding.parameters["random_seed"] = std::to_string(context.random_seed);
  finding.parameters["least_days_of_a_level"] = std::to_string(kContrastDays);
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
  add(finding, "changes", static_cast<double>(changes.size()), "changes");
  add(finding, "dispersion", dispersion_of(counts));
  add_tables(changes, levels, days, finding);
  finding.outcome = changes.empty() ? Outcome::nothing_found : Outcome::found;
  finding.statement =
      changes.empty()
          ? fmt::format(
                "The daily level of the {} of {} for {} shows no change {} that this test can "
                "tell from a level that wanders.",
                plural(n, "burst"), who, target_text(records), window_text(records.window))
          : fmt::format("The daily level of the {} of {} for {} changes {} {}: {}.",
                        plural(n, "burst"), who, target_text(records),
                        plural(static_cast<double>(changes.size()), "time"),
                        window_text(records.window), change_words(changes, days));
  finding.limitations.push_back(fmt::format(
      "A p value is that of so large a contrast anywhere in a record whose level never changes but "
      "remembers itself from day to day with a correlation of {:g}. Levels that last less than {} "
      "days, small changes and slow ones do not show.",
      kCorrelation, kContrastDays));
  finding.limitations.emplace_back(
      "A change of level may lie in the asker, in what it was sent, in the TTL, or in how records "
      "were taken; days are UTC, and the first and last may be cut short.");
  say_window(records, finding);
  say_observed(records, observed, finding);
  return finding;
}

class ChangePoints : public Method {
 public:
  std::string_view name() const override { return "change_points"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "days on which the level of daily bursts changed";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    const BurstGroups groups = group_by_party(records);
    const ObservedTime observed = ObservedTime::of(records);
    const std::size_t days = ObservedDays::of(observed).count();
    const bool is_in_reach = days >= kMinDays && days <= kMostDays;
    const auto null = contrasts_of_one_level(days, kCorrelation, is_in_reach ? kNullSeries : 0,
                                             Random(context.random_seed, "one level"));
    std::vector<Finding> findings{
        measure(records, context, "", askers.all, groups, observed, null)};
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(
          measure(records, context, group->subject, group->rows, groups, observed, null));
    }
    return findings;
  }
};

}  // namespace

const Method& change_points_method() {
  static const ChangePoints kMethod;
  return kMethod;
}

}  // namespace assay::methods
