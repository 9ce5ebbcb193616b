#include "methods/support/gap_series.h"

#include <algorithm>
#include <map>

#include "methods/support/dedup.h"

namespace assay::methods {
namespace {

constexpr double kShareOfTtl = 0.2;

// A stamp in whole seconds, and a cache that counts whole seconds, each blur the gap.
double tolerance_of(const QuestionRecords& records, const RowIndices& rows) {
  std::vector<std::uint32_t> widths;
  widths.reserve(rows.size());
  for (const std::uint32_t index : rows) widths.push_back(records.rows[index].width_us);
  if (widths.empty()) return 1.0;
  const auto middle = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2);
  std::nth_element(widths.begin(), middle, widths.end());
  return 1.0 + static_cast<double>(*middle) / kMicrosPerSecond;
}

double most_within(const std::vector<Burst>& bursts, double ttl_seconds, double tolerance) {
  if (ttl_seconds <= tolerance) return 0;
  const auto width = static_cast<std::int64_t>((ttl_seconds - tolerance) * kMicrosPerSecond);
  std::size_t from = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < bursts.size(); ++i) {
    while (bursts[i].begin_us - bursts[from].answered_us >= width) ++from;
    most = std::max(most, i - from + 1);
  }
  return static_cast<double>(most);
}

}  // namespace

std::string_view to_string(TtlSource source) {
  switch (source) {
    case TtlSource::answers:
      return "answers";
    case TtlSource::stated:
      return "stated";
    case TtlSource::estimated:
      return "estimated";
    case TtlSource::unknown:
      break;
  }
  return "unknown";
}

Ttl known_ttl(const QuestionRecords& records, const MethodContext& context,
              const RowIndices& rows) {
  Ttl ttl;
  // An authoritative server answers with the whole TTL, a cache with what is left of it.
  std::map<std::uint32_t, std::uint64_t> authoritative;
  std::uint32_t largest = 0;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    if (row.ttl == kNoTtl) continue;
    largest = std::max(largest, row.ttl);
    if ((row.flags & kAuthoritative) != 0) ++authoritative[row.ttl];
  }
  ttl.answered = largest;
  std::uint64_t most = 0;
  for (const auto& [seconds, count] : authoritative) {
    if (count <= most) continue;
    most = count;
    ttl.answered = seconds;
  }
  if (!rows.empty()) {
    const auto& stated = context.case_file->ttl_seconds;
    const auto found = stated.find(records.names[records.rows[rows.front()].name].canonical);
    if (found != stated.end()) ttl.stated = found->second;
  }
  if (ttl.answered > 0) {
    ttl.seconds = ttl.answered;
    ttl.source = TtlSource::answers;
  } else if (ttl.stated > 0) {
    ttl.seconds = ttl.stated;
    ttl.source = TtlSource::stated;
  }
  return ttl;
}

double burst_gap_for(const Ttl& ttl) {
  if (ttl.seconds <= 0) return kBurstSeconds;
  return std::clamp(kShareOfTtl * ttl.seconds, 1.0, kBurstSeconds);
}

std::vector<GapSeries> split_series(const QuestionRecords& records, const RowIndices& rows) {
  std::map<std::pair<std::uint32_t, std::uint16_t>, GapSeries> found;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    GapSeries& series = found[{row.name, row.qtype}];
    series.name = row.name;
    series.qtype = row.qtype;
    series.rows.push_back(index);
  }
  std::vector<GapSeries> all;
  for (auto& [key, series] : found) all.push_back(std::move(series));
  std::sort(all.begin(), all.end(), [&records](const GapSeries& a, const GapSeries& b) {
    if (a.rows.size() != b.rows.size()) return a.rows.size() > b.rows.size();
    const std::string& left = records.names[a.name].canonical;
    const std::string& right = records.names[b.name].canonical;
    return left != right ? left < right : a.qtype < b.qtype;
  });
  return all;
}

void measure_gaps(const QuestionRecords& records, bool is_pooled, double burst_gap_seconds,
                  double ttl_seconds, GapSeries& series) {
  series.tolerance_seconds = tolerance_of(records, series.rows);
  std::map<std::uint32_t, RowIndices> by_client;
  for (const std::uint32_t index : series.rows) {
    by_client[is_pooled ? 0 : records.rows[index].client].push_back(index);
  }
  series.gaps.clear();
  series.bursts = 0;
  series.caches = static_cast<double>(by_client.size());
  series.most_at_once = 0;
  for (const auto& [client, rows] : by_client) {
    const auto bursts = merge_bursts(records, rows, burst_gap_seconds);
    series.bursts += static_cast<double>(bursts.size());
    for (std::size_t i = 1; i < bursts.size(); ++i) {
      const double gap =
          static_cast<double>(bursts[i].begin_us - bursts[i - 1].answered_us) / kMicrosPerSecond;
      series.gaps.push_back({std::max(gap, 0.0), bursts[i].begin_us, client});
    }
    series.most_at_once =
        std::max(series.most_at_once, most_within(bursts, ttl_seconds, series.tolerance_seconds));
  }
  std::sort(series.gaps.begin(), series.gaps.end(), [](const Gap& a, const Gap& b) {
    return a.end_us != b.end_us ? a.end_us < b.end_us : a.seconds < b.seconds;
  });
}

}  // namespace assay::methods
