// When somebody says to have recorded: outside of it, nothing is silence.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"

namespace assay::methods {

// The part of the window in which every recorder that declares coverage recorded. Evidences that
// declare nothing restrict nothing; without any declaration it is the whole window. Logs that name
// no server are pieces of one recorder where their coverages have at most a day in common, else
// recorders of their own (docs/ladder.md). Where no time is common to all, it is the
// time that any of them covers, and `is_common` is false.
class ObservedTime {
 public:
  Interval window;
  std::vector<Interval> parts;  // sorted, disjoint; none: nothing declared touches the window
  bool is_declared = false;
  bool is_common = true;

  static ObservedTime of(const QuestionRecords& records);
  static ObservedTime all_of(const Interval& window);
  static ObservedTime of_evidence(const Evidence& evidence, const Interval& window);

  bool is_whole() const { return parts.size() == 1 && parts.front() == window; }
  std::int64_t length_us() const;
  double days() const;
  bool contains(std::int64_t us) const;
  bool contains(const Interval& stretch) const;
  // Where `us` lies when the parts are set end to end; nothing outside them.
  std::optional<std::int64_t> offset_of(std::int64_t us) const;

 private:
  void set_parts(std::vector<Interval> intervals);
  std::vector<std::int64_t> offsets_;  // of each part's begin
};

// Those of `rows` that lie in observed time.
RowIndices rows_within(const QuestionRecords& records, const RowIndices& rows,
                       const ObservedTime& observed);

// Says in the finding over which time its rates and tests are made, and when that time is sampled
// or filtered; quantity `observed_days`, where coverage is declared.
void say_observed(const QuestionRecords& records, const ObservedTime& observed, Finding& finding);

// The first evidence that is declared a sample or filtered; null: none.
const Evidence* partial_evidence(const QuestionRecords& records);

// Days on which something can be counted: the UTC days that the window touches, without those of
// which a part of the window was not observed. At most kMaxDays.
class ObservedDays {
 public:
  static ObservedDays of(const ObservedTime& observed);
  std::size_t count() const { return days_.size(); }
  // Day number of the i-th; of i = count(), the day after the last.
  std::int64_t day(std::size_t i) const;
  std::optional<std::size_t> index_of(std::int64_t us) const;
  // Days are left out between the (i-1)-th and the i-th.
  bool has_pause_before(std::size_t i) const;

 private:
  std::vector<std::int64_t> days_;
};
std::vector<double> count_by_day(const QuestionRecords& records, const RowIndices& rows,
                                 const ObservedDays& days);

// Blocks of equal observed time.
std::vector<double> count_by_block(const QuestionRecords& records, const RowIndices& rows,
                                   const ObservedTime& observed, int blocks);
// 6 or 5 blocks of at least an observed day, each with at least 10 of `rows`; 0 when even 5 are
// too many. Fewer than 10 rows bend a block's logit towards one half.
int blocks_for_share(const QuestionRecords& records, const RowIndices& rows,
                     const ObservedTime& observed);
// 8, 7, 6 or 5, without the demand on rows: for rates, where an empty block is a value as well.
int blocks_for_rate(const ObservedTime& observed);

}  // namespace assay::methods
