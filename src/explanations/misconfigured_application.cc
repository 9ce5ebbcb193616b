#include <fmt/format.h>

#include "explanations/registry.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class MisconfiguredApplication final : public Explanation {
 public:
  std::string_view name() const override { return "misconfigured_application"; }
  std::string_view code() const override { return "E3"; }
  std::string_view title() const override { return "A misconfigured application or monitoring"; }
  std::string_view proposition() const override {
    return "The names were looked up by a program that asks on a timer, whatever people do.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns",
         "a fixed period with little jitter at all hours, weekends included; hidden when it "
         "is shorter than the TTL"},
        {"dns", "always the same type, from one inside host"},
        {"host", "a configuration in which the name stands", true},
        {"flow", "perhaps failed connections to the address"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        {"resolver_client_log", "the asker's resolver log with the inside host that asked", 5},
        {"host_configuration", "configuration and process list of that inside host", 4},
        {"flow_at_either_edge", "flow records at either network's edge", 2},
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* gaps : about_parties(findings, "gap_law")) weigh_gaps(*gaps, weighing);
    for (const Finding* rhythm : about_parties(findings, "day_hour")) {
      if (rhythm->outcome == Outcome::found) {
        weighing.bear(
            *rhythm, Direction::weakly_against,
            fmt::format("{}'s look-ups follow the hours of a day; a plain timer does not, "
                        "a program that runs while people work does",
                        rhythm->subject));
      } else if (rhythm->outcome == Outcome::nothing_found) {
        weighing.bear(*rhythm, Direction::weakly_for,
                      fmt::format("{}'s look-ups keep no hours, as a timer's do", rhythm->subject));
      }
    }
    weighing.open("the inside host and its configuration: not in the case");
    return std::move(weighing).finish(findings, role());
  }

 private:
  static void weigh_gaps(const Finding& gaps, Weighing& weighing) {
    if (is_set(gaps, "clock_shaped")) {
      weighing.bear(
          gaps, Direction::strongly_for,
          fmt::format("{}'s look-ups keep the phase of a clock, with no regard to the TTL",
                      gaps.subject));
    } else if (is_set(gaps, "near_constant_demand")) {
      weighing.bear(
          gaps, Direction::weakly_for,
          fmt::format("{}'s demand is steady inside the TTL; a timer shorter than the TTL "
                      "looks so",
                      gaps.subject));
    } else if (gaps.outcome != Outcome::not_enough) {
      weighing.bear(gaps, Direction::neutral,
                    "no clock phase shows, and a timer shorter than the TTL would show none");
    }
  }
};

}  // namespace

const Explanation& misconfigured_application_explanation() {
  static const MisconfiguredApplication kExplanation;
  return kExplanation;
}

}  // namespace assay
