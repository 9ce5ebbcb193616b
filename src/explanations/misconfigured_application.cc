#include <fmt/format.h>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
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
    for (const Finding* gaps : about_parties(findings, "gap_law")) weigh_gaps(*gaps, weighing);
    for (const Finding* automation : about_parties(findings, "automation")) {
      weigh_automation(findings, *automation, weighing);
    }
    for (const Finding* rhythm : about_parties(findings, "day_hour")) {
      weigh_rhythm(*rhythm, weighing);
    }
    for (const Finding* changes : about_parties(findings, "change_points")) {
      if (changes->outcome != Outcome::found) continue;
      weighing.bear(*changes, Direction::weakly_against,
                    fmt::format("{}'s rate changed; a timer's does not, unless its configuration "
                                "or the collector changed",
                                changes->subject));
    }
    for (const Finding* others : about_all(findings, "exclusivity")) {
      if (has_many_others(*others)) {
        weighing.bear(*others, Direction::weakly_against,
                      "many unrelated networks asked too, and one asker's configuration does not "
                      "make strangers ask");
      }
    }
    weighing.open("the inside host and its configuration: no host record in the case shows them");
    return std::move(weighing).finish(findings, role());
  }

 private:
  static void weigh_gaps(const Finding& gaps, Weighing& weighing) {
    if (is_set(gaps, "clock_shaped")) {
      weighing.bear(gaps, Direction::strongly_for,
                    fmt::format("{}'s look-ups keep the phase of a clock{}", gaps.subject,
                                is_set(gaps, "cache_shaped") ? " behind its cache"
                                                             : ", with no regard to the TTL"));
    } else if (is_set(gaps, "timer_shaped")) {
      weighing.bear(gaps, Direction::strongly_for,
                    fmt::format("{}'s gaps beyond the TTL are whole multiples of {:.0f} s, as a "
                                "program that asks on a timer leaves them",
                                gaps.subject, gaps.value_or("timer_interval_seconds", 0)));
    } else if (is_set(gaps, "excess_two_rates")) {
      weighing.bear(gaps, Direction::neutral, demand_that_comes_and_goes(gaps));
    } else if (is_set(gaps, "near_constant_demand")) {
      weighing.bear(
          gaps, Direction::weakly_for,
          fmt::format("{}'s demand is steady inside the TTL; a timer shorter than the TTL "
                      "looks so",
                      gaps.subject));
    } else if (is_set(gaps, "sparse_demand")) {
      weighing.bear(gaps, Direction::weakly_against,
                    fmt::format("{}'s demand leaves the cache open long enough for a timer to show "
                                "its phase, and none shows",
                                gaps.subject));
    } else if (gaps.outcome != Outcome::not_enough) {
      weighing.bear(gaps, Direction::neutral,
                    "no clock phase shows, and a timer shorter than the TTL would show none");
    }
  }

  // A clock or a timer that gap_law has seen already is one effect and counts there.
  static void weigh_automation(const FindingSet& findings, const Finding& automation,
                               Weighing& weighing) {
    const Finding* gaps = findings.first("gap_law", automation.subject, automation.vantage);
    const bool is_counted =
        gaps != nullptr && (is_set(*gaps, "clock_shaped") || is_set(*gaps, "timer_shaped"));
    if (automation.outcome == Outcome::found) {
      weighing.bear(
          automation, is_counted ? Direction::neutral : Direction::strongly_for,
          is_counted ? "the clock or timer that the gaps show, counted there"
                     : fmt::format("{}'s look-ups keep a period of about {:.0f} s",
                                   automation.subject, automation.value_or("period_seconds", 0)));
    } else if (automation.outcome == Outcome::nothing_found) {
      weighing.bear(automation, Direction::neutral,
                    "no clock, period or timer shows; a program whose timer is shorter than the "
                    "TTL, or that waits at random, shows none");
    }
  }

  static void weigh_rhythm(const Finding& rhythm, Weighing& weighing) {
    if (rhythm.outcome == Outcome::found) {
      weighing.bear(rhythm, Direction::weakly_against,
                    fmt::format("{}'s look-ups follow the hours of a day; a plain timer does not, "
                                "a program that runs while people work does",
                                rhythm.subject));
    } else if (rhythm.outcome == Outcome::nothing_found) {
      weighing.bear(rhythm, Direction::neutral,
                    "no hours show; a timer keeps none, and neither do mail from anywhere, a scan "
                    "by night, or people behind a cache that is always full");
    }
  }
};

}  // namespace

const Explanation& misconfigured_application_explanation() {
  static const MisconfiguredApplication kExplanation;
  return kExplanation;
}

}  // namespace assay
