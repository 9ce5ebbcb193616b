#include <fmt/core.h>

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
    for (const Finding* gaps : about_parties(findings, "gap_law")) weigh_gaps(*gaps, weighing);
    weighing.open(
        "a renewal in the last one or two seconds of the TTL: it leaves the gap of one at expiry, "
        "so no gaps exclude it");
    return std::move(weighing).finish(role());
  }

 private:
  // Only renewal over the last tenth of a TTL shows in the gaps, and only against a TTL that was
  // not read off these gaps. Resolvers that renew in the last seconds are out of sight, so there is
  // no contradiction here, however steady the demand.
  static void weigh_gaps(const Finding& gaps, Weighing& weighing) {
    if (gaps.outcome != Outcome::found && gaps.outcome != Outcome::nothing_found) return;
    if (is_set(gaps, "prefetch_shaped")) {
      weighing.bear(gaps, Direction::strongly_for,
                    fmt::format("{}'s gaps crowd just before the TTL", gaps.subject));
      return;
    }
    const auto source = gaps.parameters.find("ttl_source");
    const bool is_ttl_known = source != gaps.parameters.end() &&
                              (source->second == "answers" || source->second == "stated");
    if (!is_ttl_known) {
      weighing.bear(gaps, Direction::neutral,
                    "nobody tells the TTL, and one read off the gaps cannot show what comes before "
                    "it");
    } else if (is_set(gaps, "cache_shaped") && is_set(gaps, "near_constant_demand")) {
      weighing.bear(gaps, Direction::weakly_against,
                    fmt::format("{}'s gaps do not crowd in the last tenth of the TTL, though "
                                "somebody asked then; a resolver that renews in its last two "
                                "seconds would leave these gaps",
                                gaps.subject));
    } else {
      weighing.bear(gaps, Direction::neutral,
                    "without demand just before expiry a resolver does not refresh early");
    }
  }
};

}  // namespace

const Explanation& resolver_prefetch_explanation() {
  static const ResolverPrefetch kExplanation;
  return kExplanation;
}

}  // namespace assay
