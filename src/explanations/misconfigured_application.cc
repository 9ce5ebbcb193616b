#include <fmt/core.h>

#include "explanations/record_signs.h"
#include "explanations/registry.h"
#include "explanations/relation_signs.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
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
        records::resolver_client_log(5),
        records::host_configuration(4),
        records::flow_at_either_edge(2),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    constexpr std::string_view kTimer = "as a program that asks on a timer leaves them";
    constexpr std::string_view kShortTimer = "a timer shorter than the TTL looks so";
    read_gaps(findings,
              {.clock = {Direction::strongly_for, kTimer},
               .timer = {Direction::strongly_for, kTimer},
               .steady = {Direction::weakly_for, kShortTimer},
               .sparse = {Direction::weakly_against,
                          "a program that asks so seldom, and waits for nothing, would keep one"}},
              weighing);
    read_automation(findings, {Direction::strongly_for, kTimer}, weighing);
    read_demand(findings, {Direction::weakly_for, kShortTimer}, weighing);
    constexpr Lean kHours{Direction::weakly_against,
                          "a plain timer does not, a program that runs while people work does"};
    read_rhythm(findings, kHours,
                "a timer keeps none, and neither do mail from anywhere, a scan by night, or people "
                "behind a cache that is always full",
                weighing);
    read_holidays(findings, kHours, weighing);
    for (const Finding* changes : about_parties(findings, "change_points")) {
      if (changes->outcome != Outcome::found) continue;
      weighing.bear(*changes, Direction::weakly_against,
                    fmt::format("{}'s rate changed; a timer's does not, unless its configuration "
                                "or the collector changed",
                                changes->subject));
    }
    for (const Finding* others : about_who_asked(findings)) {
      if (has_many_others(*others)) {
        weighing.bear(*others, Direction::weakly_against,
                      "many unrelated networks asked too, and one asker's configuration does not "
                      "make strangers ask");
      }
    }
    read_fan_out(findings,
                 {Direction::weakly_against,
                  "which one asker's configuration does not make them do; software that many have "
                  "and that all change at once does"},
                 weighing);
    read_rarity(findings, {Direction::neutral, "as one asker's program leaves it, and much else"},
                weighing);
    read_dormancy(findings,
                  {Direction::weakly_for,
                   "as with a name that was left in a configuration; scans of stored mail and "
                   "repeats of old look-ups ask for such names too"},
                  weighing);
    read_joins(
        findings,
        {.checks = {},
         .letters = {},
         .visits = {Direction::weakly_for,
                    "as an application does that uses the host; so does whatever else does"}},
        weighing);
    weighing.open("the inside host and its configuration: no host record in the case shows them");
    return std::move(weighing).finish(role());
  }
};

}  // namespace

const Explanation& misconfigured_application_explanation() {
  static const MisconfiguredApplication kExplanation;
  return kExplanation;
}

}  // namespace assay
