// change_points: days on which the level of a party's daily bursts changed, and whether the change
// lies at a silence.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "methods/registry.h"
#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/silence.h"
#include "methods/support/synchrony.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinDays = 20;
constexpr std::size_t kMinSegment = 5;  // days
constexpr std::size_t kMostDays = 4'000;
constexpr double kMinBursts = 30;
constexpr double kLevel = 0.01;
// Confidence set of a change: within this much cost of the best, (1 - exp(-x/2))^2 = 0.95.
constexpr double kCostOfInterval = 7.35;
constexpr std::size_t kBlocksAside = 5;
constexpr std::size_t kSilences = 5;
// Weaker than for a silence looked for by itself: here it only has to lie where the change does.
constexpr double kUnusual = 0.05;

// -2 log-likelihood of Poisson counts with one mean, up to terms without it, in O(1).
class Cost {
 public:
  explicit Cost(const std::vector<double>& counts) : sums_(counts.size() + 1, 0.0) {
    for (std::size_t d = 0; d < counts.size(); ++d) sums_[d + 1] = sums_[d] + counts[d];
  }
  double of(std::size_t from, std::size_t to) const {
    const double sum = sums_[to] - sums_[from];
    return sum <= 0 ? 0.0 : -2 * sum * std::log(sum / static_cast<double>(to - from));
  }
  double mean(std::size_t from, std::size_t to) const {
    return (sums_[to] - sums_[from]) / static_cast<double>(to - from);
  }

 private:
  std::vector<double> sums_;
};

// Optimal partitioning (Jackson et al. 2005) with the pruning of PELT (Killick et al. 2012).
std::vector<std::size_t> partition(const Cost& cost, std::size_t days, double penalty) {
  std::vector<double> best(days + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> previous(days + 1, 0);
  best[0] = -penalty;
  std::vector<std::size_t> candidates{0};
  for (std::size_t end = kMinSegment; end <= days; ++end) {
    for (const std::size_t from : candidates) {
      const double value = best[from] + cost.of(from, end) + penalty;
      if (value >= best[end]) continue;
      best[end] = value;
      previous[end] = from;
    }
    std::erase_if(candidates, [&](std::size_t from) {
      return best[from] + cost.of(from, end) > best[end] + penalty;
    });
    // The next end may begin a segment here.
    if (end + 1 >= 2 * kMinSegment) candidates.push_back(end + 1 - kMinSegment);
  }
  std::vector<std::size_t> changes;
  for (std::size_t at = previous[days]; at > 0; at = previous[at]) changes.push_back(at);
  std::reverse(changes.begin(), changes.end());
  return changes;
}

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

// Welch's t between block means of the two segments: days remember each other, blocks less.
double p_of_change(const std::vector<double>& counts, std::size_t from, std::size_t at,
                   std::size_t to) {
  const auto blocks = [&counts](std::size_t begin, std::size_t end) {
    std::vector<double> means;
    const std::size_t q = std::min(kBlocksAside, end - begin);
    for (std::size_t b = 0; b < q; ++b) {
      const std::size_t low = begin + b * (end - begin) / q;
      const std::size_t high = begin + (b + 1) * (end - begin) / q;
      double sum = 0;
      for (std::size_t d = low; d < high; ++d) sum += counts[d];
      // The square root makes counts of unequal means about equally variable.
      means.push_back(std::sqrt(sum / static_cast<double>(high - low)));
    }
    return means;
  };
  const auto a = blocks(from, at);
  const auto b = blocks(at, to);
  const double va = variance_of(a) / static_cast<double>(a.size());
  const double vb = variance_of(b) / static_cast<double>(b.size());
  if (va + vb <= 0) return mean_of(a) == mean_of(b) ? 1.0 : 0.0;
  const double freedom =
      (va + vb) * (va + vb) /
      (va * va / static_cast<double>(a.size() - 1) + vb * vb / static_cast<double>(b.size() - 1));
  return student_t_two_sided((mean_of(a) - mean_of(b)) / std::sqrt(va + vb), freedom);
}

struct Change {
  std::size_t at = 0;  // first day of the new level
  std::size_t low = 0, high = 0;
  double before = 0, after = 0, p = 1;
  bool is_at_gap = false;
};

// Drops the least significant change until all that remain hold at kLevel against their neighbours.
std::vector<Change> confirm(const std::vector<double>& counts, const Cost& cost,
                            std::vector<std::size_t> changes, double dispersion) {
  const std::size_t days = counts.size();
  std::vector<Change> confirmed;
  while (true) {
    confirmed.clear();
    std::size_t worst = 0;
    for (std::size_t c = 0; c < changes.size(); ++c) {
      Change change;
      const std::size_t from = c == 0 ? 0 : changes[c - 1];
      const std::size_t to = c + 1 == changes.size() ? days : changes[c + 1];
      change.at = change.low = change.high = changes[c];
      change.before = cost.mean(from, change.at);
      change.after = cost.mean(change.at, to);
      change.p = p_of_change(counts, from, change.at, to);
      const double best = cost.of(from, change.at) + cost.of(change.at, to);
      for (std::size_t at = from + 1; at < to; ++at) {
        if (cost.of(from, at) + cost.of(at, to) > best + kCostOfInterval * dispersion) continue;
        change.low = std::min(change.low, at);
        change.high = std::max(change.high, at);
      }
      confirmed.push_back(change);
      if (change.p > confirmed[worst].p) worst = c;
    }
    if (confirmed.empty() || confirmed[worst].p <= kLevel) return confirmed;
    changes.erase(changes.begin() + static_cast<std::ptrdiff_t>(worst));
  }
}

std::int64_t day_start(const DayGrid& grid, std::size_t day) {
  return (grid.first_day + static_cast<std::int64_t>(day)) * kMicrosPerDay;
}

// Unusual silences of this subject's own bursts.
void mark_gaps(const QuestionRecords& records, const RowIndices& rows, const DayGrid& grid,
               std::vector<Change>& changes) {
  const auto heads = head_times(records, rows);
  for (const Interval& silence : longest_silences(heads, records.window, kSilences)) {
    const Expectation expectation = expect_in(heads, silence, records.window);
    if (chance_of(expectation.log_p(), silence, records.window) >= kUnusual) continue;
    for (Change& change : changes) {
      const Interval around{day_start(grid, change.low) - kMicrosPerDay,
                            day_start(grid, change.high) + kMicrosPerDay};
      change.is_at_gap |= !intersect(around, silence).empty();
    }
  }
}

void add_tables(const std::vector<Change>& changes, const Cost& cost, const DayGrid& grid,
                Finding& finding) {
  Table table{
      "changes", {"time_s", "low_s", "high_s", "rate_before", "rate_after", "in_gap", "p"}, {}, {}};
  Table segments{"segments", {"begin_s", "end_s", "rate"}, {}, {}};
  const auto seconds = [&grid](std::size_t day) {
    return static_cast<double>(day_start(grid, day)) / kMicrosPerSecond;
  };
  std::size_t from = 0;
  for (std::size_t c = 0; c <= changes.size(); ++c) {
    const std::size_t to = c == changes.size() ? grid.count : changes[c].at;
    segments.row_labels.push_back(date_text(grid.first_day + static_cast<std::int64_t>(from)));
    segments.rows.push_back({seconds(from), seconds(to), cost.mean(from, to)});
    from = to;
    if (c == changes.size()) break;
    const Change& change = changes[c];
    table.row_labels.push_back(date_text(grid.first_day + static_cast<std::int64_t>(change.at)));
    table.rows.push_back({seconds(change.at), seconds(change.low), seconds(change.high),
                          change.before, change.after, change.is_at_gap ? 1.0 : 0.0, change.p});
  }
  finding.tables.push_back(std::move(table));
  finding.tables.push_back(std::move(segments));
}

std::string change_words(const std::vector<Change>& changes, const DayGrid& grid) {
  std::vector<std::string> words;
  for (const Change& change : changes) {
    const auto date = [&grid](std::size_t day) {
      return date_text(grid.first_day + static_cast<std::int64_t>(day));
    };
    words.push_back(fmt::format("{}Z ({}Z to {}Z; {} to {} a day, {}{})", date(change.at),
                                date(change.low), date(change.high), number_text(change.before),
                                number_text(change.after), probability_text(change.p),
                                change.is_at_gap ? ", at an unusual silence" : ""));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, const RowIndices& rows, const BurstGroups& groups) {
  Finding finding = make_finding(change_points_method(), records, context, subject);
  const RowIndices heads = burst_heads(records, rows, groups, kBurstSeconds);
  const DayGrid grid = DayGrid::over(records.window);
  const auto counts = count_by_day(records, heads, grid);
  const double n = static_cast<double>(heads.size());
  const std::string who = who_text(subject);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator = fmt::format("of {} on {}", plural(n, "burst"),
                                    plural(static_cast<double>(grid.count), "day"));
  finding.selection =
      seal(records, heads,
           fmt::format("first rows of the bursts of {} for {}", who, target_text(records)));
  if (grid.count < kMinDays || n < kMinBursts || grid.count > kMostDays) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "{} of {} on {} {}: changes of level are looked for with {} bursts on {} to {} "
        "days.",
        plural(n, "burst"), who, plural(static_cast<double>(grid.count), "day"),
        window_text(records.window), kMinBursts, kMinDays, kMostDays);
    return finding;
  }
  const Cost cost(counts);
  const double dispersion = dispersion_of(counts);
  const double penalty = 3 * std::log(static_cast<double>(grid.count)) * dispersion;
  auto changes = confirm(counts, cost, partition(cost, grid.count, penalty), dispersion);
  mark_gaps(records, rows, grid, changes);
  finding.parameters["penalty"] = fmt::format("{:.3f}", penalty);
  finding.parameters["min_segment_days"] = std::to_string(kMinSegment);
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
  add(finding, "changes", static_cast<double>(changes.size()), "changes");
  add(finding, "dispersion", dispersion);
  add_tables(changes, cost, grid, finding);
  finding.outcome = changes.empty() ? Outcome::nothing_found : Outcome::found;
  finding.statement =
      changes.empty()
          ? fmt::format("The daily level of the {} of {} for {} does not change {}.",
                        plural(n, "burst"), who, target_text(records), window_text(records.window))
          : fmt::format("The daily level of the {} of {} for {} changes {} {}: {}.",
                        plural(n, "burst"), who, target_text(records),
                        plural(static_cast<double>(changes.size()), "time"),
                        window_text(records.window), change_words(changes, grid));
  finding.limitations.emplace_back(
      "A change of level may lie in the asker, in what it was sent, in the TTL, or in how records "
      "were taken; days are UTC, and the first and last may be cut short.");
  say_window(records, finding);
  return finding;
}

class ChangePoints : public Method {
 public:
  std::string_view name() const override { return "change_points"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "days on which the level of daily bursts changed";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    const BurstGroups groups = group_by_party(records);
    std::vector<Finding> findings{measure(records, context, "", askers.all, groups)};
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(measure(records, context, group->subject, group->rows, groups));
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
