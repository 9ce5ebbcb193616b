#include "methods/support/dedup.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace assay::methods {
namespace {

std::int64_t second_of(const LookupRow& row) {
  const std::int64_t whole = row.time_us / kMicrosPerSecond;
  return row.time_us < 0 && row.time_us % kMicrosPerSecond != 0 ? whole - 1 : whole;
}

}  // namespace

std::string bursts_rule(double gap_seconds) { return fmt::format("bursts ({:g} s)", gap_seconds); }

RowIndices collapse_identical(const QuestionRecords& records, const RowIndices& rows) {
  const auto key = [&records](std::uint32_t index) {
    const LookupRow& row = records.rows[index];
    // A log that names no server stands for one (docs/ladder.md): rows of two are two servers'
    // rows.
    const std::uint32_t log = row.server == 0 ? row.evidence : 0;
    return std::tuple(row.client, row.name, row.qtype, row.server, log);
  };
  RowIndices kept;
  kept.reserve(rows.size());
  RowIndices same_second;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i + 1;
    const std::int64_t second = second_of(records.rows[rows[i]]);
    while (end < rows.size() && second_of(records.rows[rows[end]]) == second) ++end;
    same_second.assign(rows.begin() + static_cast<std::ptrdiff_t>(i),
                       rows.begin() + static_cast<std::ptrdiff_t>(end));
    std::stable_sort(same_second.begin(), same_second.end(),
                     [&key](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
    const std::size_t before = kept.size();
    for (std::size_t k = 0; k < same_second.size(); ++k) {
      if (k == 0 || key(same_second[k]) != key(same_second[k - 1])) kept.push_back(same_second[k]);
    }
    std::sort(kept.begin() + static_cast<std::ptrdiff_t>(before), kept.end());
    i = end;
  }
  return kept;
}

RowIndices burst_heads(const QuestionRecords& records, const RowIndices& rows,
                       const BurstGroups& groups, double gap_seconds) {
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  const auto gap_us = static_cast<std::int64_t>(std::llround(gap_seconds * kMicrosPerSecond));
  std::vector<std::int64_t> last_us(groups.count, kNever);
  RowIndices heads;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    std::int64_t& last = last_us[groups.group_of_host[row.client]];
    if (last == kNever || row.time_us - last > gap_us) heads.push_back(index);
    last = row.time_us;
  }
  return heads;
}

std::vector<Burst> merge_bursts(const QuestionRecords& records, const RowIndices& rows,
                                double gap_seconds) {
  const auto gap_us = static_cast<std::int64_t>(std::llround(gap_seconds * kMicrosPerSecond));
  std::vector<Burst> bursts;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const LookupRow& row = records.rows[rows[i]];
    const std::int64_t answered =
        row.delay_us == kNoDelay ? row.time_us : row.time_us + row.delay_us;
    if (bursts.empty() || row.time_us - bursts.back().end_us > gap_us) {
      bursts.push_back({i, i, row.time_us, row.time_us, answered});
      continue;
    }
    bursts.back().last = i;
    bursts.back().end_us = row.time_us;
    bursts.back().answered_us = std::max(bursts.back().answered_us, answered);
  }
  return bursts;
}

}  // namespace assay::methods
