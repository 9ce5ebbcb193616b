#include <fmt/format.h>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class ResolverPrefetch final : public Explanation {
 public:
  std::string_view name() const override { return "resolver_prefetch"; }
  std::string_view code() const override { return "E5"; }
  std::string_view title() const override { return "A resolver that refreshes before expiry"; }
  std::string_view proposition() const override {
    return "Look-ups shortly before the TTL runs out are the resolver's own refreshes of an entry "
           "still in use.";
  }
  ExplanationRole role() const override { return ExplanationRole::filter; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "gaps in the last tenth of the TTL, or in its last seconds"},
        {"host", "prefetch switched on in the resolver's configuration", true},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::resolver_configuration(3),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    std::vector<std::string> without;
    bool can_be_out = true;
    for (const Finding* gaps : about_parties(findings, "gap_law")) {
      if (is_set(*gaps, "prefetch_shaped")) {
        weighing.bear(*gaps, Direction::strongly_for,
                      fmt::format("{}'s gaps crowd just before the TTL", gaps->subject));
      } else if (gaps->outcome == Outcome::found || gaps->outcome == Outcome::nothing_found) {
        const bool is_steady = is_set(*gaps, "near_constant_demand");
        weighing.bear(
            *gaps, is_steady ? Direction::strongly_against : Direction::weakly_against,
            is_steady ? fmt::format("{}'s gaps do not crowd before the TTL, though somebody asked "
                                    "then",
                                    gaps->subject)
                      : fmt::format("{}'s gaps do not crowd before the TTL; without demand at "
                                    "that moment a resolver does not refresh early",
                                    gaps->subject));
      }
      if (gaps->outcome == Outcome::not_enough) continue;
      if (contradicts(*gaps)) {
        without.push_back(gaps->id);
      } else {
        can_be_out = false;
      }
    }
    if (can_be_out && !without.empty()) {
      weighing.exclude({without,
                        "the demand is steady inside the TTL, so a resolver that refreshes early "
                        "would have done so, and not one gap ends in the last tenth of the TTL"});
    }
    return std::move(weighing).finish(findings, role());
  }

 private:
  // Steady demand asks in the last tenth of every TTL; a prefetching resolver answers by
  // refreshing.
  static bool contradicts(const Finding& gaps) {
    constexpr double kGapsNeeded = 50;
    return is_set(gaps, "cache_shaped") && is_set(gaps, "near_constant_demand") &&
           gaps.value_or("gaps", 0) >= kGapsNeeded && gaps.quantity("share_prefetch_band") &&
           !is_set(gaps, "share_prefetch_band");
  }
};

}  // namespace

const Explanation& resolver_prefetch_explanation() {
  static const ResolverPrefetch kExplanation;
  return kExplanation;
}

}  // namespace assay
