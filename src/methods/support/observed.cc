#include "methods/support/observed.h"

#include <fmt/core.h>

#include <algorithm>

#include "methods/support/calendar.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr int kMostBlocks = 8;
constexpr int kMostShareBlocks = 6;
constexpr int kFewestBlocks = 5;
constexpr double kMinRowsInBlock = 10;

std::vector<Interval> clipped(const std::vector<Interval>& parts, const Interval& window) {
  std::vector<Interval> inside;
  for (const Interval& part : parts) inside.push_back(intersect(part, window));
  return normalise(std::move(inside));
}

std::vector<Interval> common_to(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<Interval> both;
  for (const Interval& one : a) {
    for (const Interval& other : b) both.push_back(intersect(one, other));
  }
  return normalise(std::move(both));
}

std::int64_t length_of(const std::vector<Interval>& parts) {
  std::int64_t length = 0;
  for (const Interval& part : parts) length += part.length_us();
  return length;
}

// Logs that name no server: one that begins where another ended may be its next piece, and two of
// one time are two servers'. Coverage is stated in days, so a day in common is a rotation.
std::vector<std::vector<Interval>> chained(std::vector<std::vector<Interval>> logs) {
  std::erase_if(logs, [](const auto& log) { return log.empty(); });
  std::stable_sort(logs.begin(), logs.end(), [](const auto& a, const auto& b) {
    return a.front().begin_us < b.front().begin_us;
  });
  std::vector<std::vector<Interval>> chains;
  for (std::vector<Interval>& log : logs) {
    const auto chain = std::find_if(chains.begin(), chains.end(), [&](const auto& other) {
      return length_of(common_to(other, log)) <= kMicrosPerDay;
    });
    if (chain == chains.end()) {
      chains.push_back(std::move(log));
      continue;
    }
    chain->insert(chain->end(), log.begin(), log.end());
    *chain = normalise(std::move(*chain));
  }
  return chains;
}

// What each recorder declares, inside the window. A log that names no server is known by its own
// id.
std::vector<std::vector<Interval>> declared_by_recorder(const QuestionRecords& records) {
  std::vector<std::vector<Interval>> declared;
  std::vector<std::vector<Interval>> untold;
  for (const Recorder& recorder : records.recorders) {
    std::vector<Interval> parts;
    bool is_untold = false;
    for (const Evidence* piece : recorder.pieces) {
      if (evidence_of(records, piece->number) == nullptr) continue;
      is_untold = is_untold || recorder.name == piece->id;
      parts.insert(parts.end(), piece->coverage.intervals.begin(), piece->coverage.intervals.end());
    }
    if (parts.empty()) continue;
    (is_untold ? untold : declared).push_back(clipped(parts, records.window));
  }
  const bool has_untold = !untold.empty();
  for (std::vector<Interval>& chain : chained(std::move(untold))) {
    declared.push_back(std::move(chain));
  }
  // Declared, if only for another time.
  if (has_untold && declared.empty()) declared.emplace_back();
  return declared;
}

}  // namespace

void ObservedTime::set_parts(std::vector<Interval> intervals) {
  parts = normalise(std::move(intervals));
  offsets_.clear();
  std::int64_t offset = 0;
  for (const Interval& part : parts) {
    offsets_.push_back(offset);
    offset += part.length_us();
  }
}

ObservedTime ObservedTime::all_of(const Interval& window) {
  ObservedTime observed;
  observed.window = window;
  observed.set_parts({window});
  return observed;
}

ObservedTime ObservedTime::of(const QuestionRecords& records) {
  const auto declared = declared_by_recorder(records);
  if (declared.empty()) return all_of(records.window);
  ObservedTime observed;
  observed.window = records.window;
  observed.is_declared = true;
  std::vector<Interval> common = declared.front();
  std::vector<Interval> any;
  for (const auto& of_one : declared) {
    common = common_to(common, of_one);
    any.insert(any.end(), of_one.begin(), of_one.end());
  }
  observed.is_common = !common.empty();
  observed.set_parts(observed.is_common ? std::move(common) : std::move(any));
  return observed;
}

ObservedTime ObservedTime::of_evidence(const Evidence& evidence, const Interval& window) {
  ObservedTime observed = all_of(window);
  if (evidence.coverage.intervals.empty()) return observed;
  observed.is_declared = true;
  observed.set_parts(clipped(evidence.coverage.intervals, window));
  return observed;
}

std::int64_t ObservedTime::length_us() const {
  return parts.empty() ? 0 : offsets_.back() + parts.back().length_us();
}

double ObservedTime::days() const { return static_cast<double>(length_us()) / kMicrosPerDay; }

bool ObservedTime::contains(std::int64_t us) const { return offset_of(us).has_value(); }

bool ObservedTime::contains(const Interval& stretch) const {
  if (stretch.empty()) return true;
  return std::any_of(parts.begin(), parts.end(),
                     [&](const Interval& part) { return part.contains(stretch); });
}

std::optional<std::int64_t> ObservedTime::offset_of(std::int64_t us) const {
  const auto after = std::upper_bound(
      parts.begin(), parts.end(), us,
      [](std::int64_t value, const Interval& part) { return value < part.begin_us; });
  if (after == parts.begin()) return std::nullopt;
  const auto at = static_cast<std::size_t>(after - parts.begin()) - 1;
  if (us >= parts[at].end_us) return std::nullopt;
  return offsets_[at] + us - parts[at].begin_us;
}

RowIndices rows_within(const QuestionRecords& records, const RowIndices& rows,
                       const ObservedTime& observed) {
  RowIndices inside;
  inside.reserve(rows.size());
  for (const std::uint32_t index : rows) {
    if (observed.contains(records.rows[index].time_us)) inside.push_back(index);
  }
  return inside;
}

void say_observed(const QuestionRecords& records, const ObservedTime& observed, Finding& finding) {
  if (observed.is_declared) add(finding, "observed_days", observed.days(), "days");
  if (observed.is_declared && !observed.is_whole()) {
    finding.limitations.push_back(fmt::format(
        "Coverage is declared for {} of the {} days of the window{}: rates, levels and silences "
        "are measured there, and the rest counts neither as asking nor as silence.",
        number_text(observed.days()), number_text(observed.window.length_days()),
        observed.is_common ? "" : ", at no time by all recorders"));
  }
  if (const Evidence* evidence = partial_evidence(records)) {
    finding.limitations.push_back(
        fmt::format("{} is declared {}: numbers are those of what was kept, not of what was asked.",
                    evidence->id, to_string(evidence->coverage.completeness)));
  }
}

const Evidence* partial_evidence(const QuestionRecords& records) {
  for (const Evidence* evidence : records.evidences) {
    const Completeness is = evidence->coverage.completeness;
    if (is == Completeness::sampled || is == Completeness::filtered) return evidence;
  }
  return nullptr;
}

ObservedDays ObservedDays::of(const ObservedTime& observed) {
  ObservedDays days;
  const DayGrid grid = DayGrid::over(observed.window);
  for (std::size_t d = 0; d < grid.count; ++d) {
    const std::int64_t day = grid.first_day + static_cast<std::int64_t>(d);
    const Interval whole{day * kMicrosPerDay, (day + 1) * kMicrosPerDay};
    if (observed.contains(intersect(whole, observed.window))) days.days_.push_back(day);
  }
  return days;
}

std::int64_t ObservedDays::day(std::size_t i) const {
  if (days_.empty()) return 0;
  return i < days_.size() ? days_[i] : days_.back() + 1;
}

std::optional<std::size_t> ObservedDays::index_of(std::int64_t us) const {
  const std::int64_t day = day_number(us);
  const auto found = std::lower_bound(days_.begin(), days_.end(), day);
  if (found == days_.end() || *found != day) return std::nullopt;
  return static_cast<std::size_t>(found - days_.begin());
}

bool ObservedDays::has_pause_before(std::size_t i) const {
  return i > 0 && i < days_.size() && days_[i] != days_[i - 1] + 1;
}

std::vector<double> count_by_day(const QuestionRecords& records, const RowIndices& rows,
                                 const ObservedDays& days) {
  std::vector<double> counts(days.count(), 0.0);
  for (const std::uint32_t index : rows) {
    if (const auto day = days.index_of(records.rows[index].time_us)) counts[*day] += 1;
  }
  return counts;
}

std::vector<double> count_by_block(const QuestionRecords& records, const RowIndices& rows,
                                   const ObservedTime& observed, int blocks) {
  std::vector<double> counts(static_cast<std::size_t>(blocks), 0.0);
  const double length = static_cast<double>(observed.length_us());
  if (blocks == 0 || length <= 0) return counts;
  for (const std::uint32_t index : rows) {
    const auto offset = observed.offset_of(records.rows[index].time_us);
    if (!offset) continue;
    const double place = static_cast<double>(*offset) / length * blocks;
    counts[std::min(static_cast<std::size_t>(place), counts.size() - 1)] += 1;
  }
  return counts;
}

int blocks_for_rate(const ObservedTime& observed) {
  const int blocks = static_cast<int>(std::min(observed.days(), double{kMostBlocks}));
  return blocks < kFewestBlocks ? 0 : blocks;
}

int blocks_for_share(const QuestionRecords& records, const RowIndices& rows,
                     const ObservedTime& observed) {
  for (int blocks = std::min(blocks_for_rate(observed), kMostShareBlocks); blocks >= kFewestBlocks;
       --blocks) {
    const auto counts = count_by_block(records, rows, observed, blocks);
    if (*std::min_element(counts.begin(), counts.end()) >= kMinRowsInBlock) return blocks;
  }
  return 0;
}

}  // namespace assay::methods
