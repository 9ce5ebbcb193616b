// Gaps between bursts of one name and type, and the TTL to hold them against.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"

namespace assay::methods {

// From the last answer (else last row) of a burst to the first row of the next.
struct Gap {
  double seconds = 0;
  std::int64_t end_us = 0;  // when the next burst begins
  std::uint32_t cache = 0;  // of the caches set side by side; gaps of one follow each other
};

// Bursts of one cache, or of several caches set side by side.
struct GapSeries {
  std::uint32_t name = 0;
  std::uint16_t qtype = 0;
  RowIndices rows;
  std::vector<Gap> gaps;
  double bursts = 0;
  double caches = 1;        // how many addresses were set side by side
  double most_at_once = 0;  // most bursts within one TTL, of the worst address
  double tolerance_seconds = 1;
};

enum class TtlSource { unknown, answers, stated, estimated };
std::string_view to_string(TtlSource source);

struct Ttl {
  double seconds = 0;  // 0 = unknown
  TtlSource source = TtlSource::unknown;
  double stated = 0;     // in case.toml, 0 = not
  double answered = 0;   // most common in authoritative answers, else the largest seen; 0 = none
  double estimated = 0;  // what stands out of the gaps, 0 = nothing
};

// What answers and case.toml say; estimation is a matter of gaps (estimate_ttl).
Ttl known_ttl(const QuestionRecords& records, const MethodContext& context, const RowIndices& rows);
// Bursts must end well before a cache entry does.
double burst_gap_for(const Ttl& ttl);

// Rows of the most frequent (name, type), then the next, each with its rows in order.
std::vector<GapSeries> split_series(const QuestionRecords& records, const RowIndices& rows);

// Fills in gaps and bursts. Pooled: all rows as one cache; else each address alone, gaps together
// in order of their ends.
void measure_gaps(const QuestionRecords& records, bool is_pooled, double burst_gap_seconds,
                  double ttl_seconds, GapSeries& series);

}  // namespace assay::methods
