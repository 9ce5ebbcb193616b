// deletion: do rows of one cache's record lack refreshes that must have been there?

#include <fmt/core.h>

#include <algorithm>

#include "methods/registry.h"
#include "methods/support/cache_shape.h"
#include "methods/support/dedup.h"
#include "methods/support/lost_refreshes.h"
#include "methods/support/measure.h"
#include "methods/support/no_rows.h"
#include "methods/support/one_cache.h"

namespace assay::methods {
namespace {

constexpr std::size_t kAddresses = 4;
// Whole records are to be left alone in 99 of 100 cases. The approximation is off by a factor of
// four here: of 1,200 whole development records a line, 0.9 to 1.8 % had a p below 0.005.
constexpr double kLevel = 0.001;
constexpr double kSingleToTtl = 1.95;
constexpr double kMostEarly = 0.05;  // of the gaps; two seconds ahead blur nothing

// Why gaps near two TTLs mean nothing here; "" when they do.
std::string objection(const CacheSeries& cache, const std::vector<double>& in_order) {
  std::vector<double> gaps = in_order;
  std::sort(gaps.begin(), gaps.end());
  if (cache.ttl.seconds <= 0) return "no record, statement or gap tells the TTL";
  const CacheShape shape = cache_shape(gaps, cache.ttl.seconds, cache.series.tolerance_seconds,
                                       cache.burst_gap, kShapeLevel);
  if (!shape.is_cache) {
    return "the gaps are not those of one cache; where several caches or none stand behind an "
           "address, a lost row leaves no mark in the gaps, and only a second record of the same "
           "look-ups would show it";
  }
  const bool is_early = shape.prefetch_early > kMostEarly * static_cast<double>(gaps.size());
  if (shape.is_prefetch && is_early)
    return "the cache renews ahead of expiry, which blurs twice the TTL";
  const double tolerance = cache.series.tolerance_seconds;
  // Doubled gaps end near twice the TTL and would pass for a timer's themselves.
  std::vector<Gap> single;
  for (const Gap& gap : cache.series.gaps) {
    if (gap.seconds < kSingleToTtl * cache.ttl.seconds) single.push_back(gap);
  }
  if (clock_phase(cache.series.gaps, cache.ttl.seconds, tolerance).period_seconds > 0 ||
      timer_comb(single, cache.ttl.seconds, tolerance).interval_seconds > 0) {
    return "the look-ups keep a timer, whose intervals reach twice the TTL by themselves";
  }
  return "";
}

void add_numbers(const LostRefreshes& lost, Finding& finding) {
  add(finding, "gaps_near_twice_ttl", lost.near_count, "gaps");
  add(finding, "gaps_expected_there", lost.expected, "gaps");
  add(finding, "window_seconds", lost.width_seconds, "s");
  add(finding, "p_deletion", lost.p);
  std::optional<Range> range = lost.lost_range;
  if (range) {
    range->first = std::min(range->first, lost.lost_share);
    range->second = std::max(range->second, lost.lost_share);
  }
  add(finding, "share_lost", lost.lost_share, "", range,
      "95 % profile likelihood, widened for the law of two waits");
  add(finding, "retention", 1 - lost.lost_share);
  add(finding, "share_lost_seen_in_half_of_cases", lost.detectable_share);
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const CacheSeries& cache) {
  Finding finding = make_finding(deletion_method(), records, context, cache.subject);
  const std::string name{display_name(records.names[cache.series.name].canonical)};
  std::vector<double> gaps;
  for (const Gap& gap : cache.series.gaps) gaps.push_back(gap.seconds);
  finding.dedup_rule = bursts_rule(cache.burst_gap);
  finding.denominator = fmt::format("of {}", plural(static_cast<double>(gaps.size()), "gap"));
  finding.selection = seal(records, cache.series.rows,
                           fmt::format("{} rows of {} for {}", qtype_text(cache.series.qtype),
                                       who_text(cache.subject), name));
  finding.parameters["name"] = name;
  finding.parameters["ttl_seconds"] = fmt::format("{:g}", cache.ttl.seconds);
  finding.parameters["ttl_source"] = to_string(cache.ttl.source);
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
  add(finding, "gaps", static_cast<double>(gaps.size()), "gaps");
  const std::string who = fmt::format("{}'s rows for {} {}", who_text(cache.subject), name,
                                      window_text(records.window));
  if (const std::string why = objection(cache, gaps); !why.empty()) {
    finding.outcome = Outcome::not_applicable;
    finding.statement =
        fmt::format("Whether {} are complete cannot be read off their gaps: {}.", who, why);
    return finding;
  }
  const LostRefreshes lost =
      lost_refreshes(cache.series.gaps, cache.ttl.seconds, cache.series.tolerance_seconds);
  if (!lost.is_enough) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "Whether {} are complete cannot be read off {}: {}.", who,
        plural(static_cast<double>(gaps.size()), "gap"),
        gaps.size() < 100 ? "100 are needed"
                          : "too little demand follows an expiry soon enough for gaps that lost "
                            "the row between them to end together");
    return finding;
  }
  add_numbers(lost, finding);
  const bool is_found = lost.p < kLevel;
  finding.outcome = is_found ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "Of the {} between bursts of {}, {} end within {} after twice the TTL of {}, against {} by "
      "the smooth run of longer and shorter ones ({}): {}.",
      plural(static_cast<double>(gaps.size()), "gap"), who, count_text(lost.near_count),
      duration_text(lost.width_seconds), duration_text(cache.ttl.seconds),
      number_text(lost.expected), probability_text(lost.p),
      is_found
          ? fmt::format("about {} of the refreshes are missing", share_text(lost.lost_share))
          : fmt::format("no sign of missing rows; {} missing would show in half of such records",
                        share_text(lost.detectable_share)));
  finding.limitations.emplace_back(
      is_found
          ? "Missing is not deleted: sampling, loss at the recorder, refreshes that went to a "
            "server whose log is not here, and an asker that paused leave the same gaps."
          : "Rows that were taken out evenly with all that belongs to them, whole days, and rows "
            "that were put in leave no mark here. No test shows that a log is genuine.");
  return finding;
}

class Deletion : public Method {
 public:
  std::string_view name() const override { return "deletion"; }
  std::string_view version() const override { return "3"; }
  std::string_view summary() const override {
    return "rows missing from one cache's record, by gaps of twice the TTL";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    std::vector<Finding> findings;
    for (const AskerGroup& group : split_by_asker(records, context).parties) {
      for (const CacheSeries& cache : series_by_cache(records, context, group, kAddresses)) {
        findings.push_back(measure(records, context, cache));
      }
    }
    if (findings.empty()) {
      findings.push_back(no_rows(*this, records, context, "", bursts_rule(kBurstSeconds), "gap",
                                 "there is no gap to look at"));
    }
    return findings;
  }
};

}  // namespace

const Method& deletion_method() {
  static const Deletion kMethod;
  return kMethod;
}

}  // namespace assay::methods
