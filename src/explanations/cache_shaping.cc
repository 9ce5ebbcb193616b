#include <fmt/core.h>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class CacheShaping final : public Explanation {
 public:
  std::string_view name() const override { return "cache_shaping"; }
  std::string_view code() const override { return "E4"; }
  std::string_view title() const override { return "A cache that keeps the answer for its TTL"; }
  std::string_view proposition() const override {
    return "The spacing of the look-ups is made by a resolver's cache, whatever asked behind it.";
  }
  ExplanationRole role() const override { return ExplanationRole::filter; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "no gap between refreshes of one cache shorter than the TTL, most just above it"},
        {"dns", "at most one refresh a TTL and cache"},
        {"dns", "another spacing after the TTL is changed"},
        {"dns", "addresses that share a cache keep out of each other's TTL"},
        {"host", "a resolver that caches, with no lower limit on the TTL than the record's"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::resolver_client_log(3),
        records::zone_change_log(2),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* demand : about_parties(findings, "cache_inversion")) {
      weigh_inversion(findings, *demand, weighing);
    }
    for (const Finding* gaps : about_parties(findings, "gap_law")) {
      if (is_set(*gaps, "clock_shaped") && !is_set(*gaps, "cache_shaped")) {
        weighing.bear(*gaps, Direction::weakly_against,
                      fmt::format("{}'s look-ups keep the phase of a clock, with no regard to the "
                                  "TTL",
                                  gaps->subject));
      } else if (is_set(*gaps, "cache_shaped")) {
        weighing.bear(*gaps, Direction::strongly_for,
                      fmt::format("{}'s gaps begin at the TTL of {:.0f} s", gaps->subject,
                                  gaps->value_or("ttl_seconds", 0)));
      } else if (gaps->outcome == Outcome::nothing_found) {
        weighing.bear(*gaps, Direction::weakly_against,
                      fmt::format("{}'s gaps have no floor at a TTL; several caches behind one "
                                  "address would blur it",
                                  gaps->subject));
      }
    }
    for (const Finding* sync : findings.by_method("source_sync")) {
      const Quantity* p = sync->quantity("p_suppressed");
      if (p == nullptr || p->value >= kLevel) continue;
      weighing.bear(*sync, Direction::weakly_for,
                    fmt::format("{} seldom ask within one TTL of each other's bursts, as addresses "
                                "with one cache behind them",
                                sync->subject));
    }
    return std::move(weighing).finish(role());
  }

 private:
  static constexpr double kLevel = 0.001;

  // Several caches behind one address blur the floor that gap_law looks for; a demand that fits
  // that many caches of one TTL is the same effect where gap_law has seen it already.
  static void weigh_inversion(const FindingSet& findings, const Finding& demand,
                              Weighing& weighing) {
    if (demand.outcome != Outcome::measured || !is_set(demand, "identifiable")) return;
    const Finding* gaps = findings.first("gap_law", demand.subject, demand.vantage);
    if (gaps != nullptr && is_set(*gaps, "cache_shaped")) {
      weighing.bear(demand, Direction::neutral, "the cache that the gaps show, counted there");
    } else {
      weighing.bear(demand, Direction::strongly_for,
                    fmt::format("{}'s look-ups come as those of {:.0f} caches of one TTL with "
                                "demand one by one behind them, and of no other number",
                                demand.subject, demand.value_or("caches", 1)));
    }
  }
};

}  // namespace

const Explanation& cache_shaping_explanation() {
  static const CacheShaping kExplanation;
  return kExplanation;
}

}  // namespace assay
