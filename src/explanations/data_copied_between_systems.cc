#include "explanations/held_records.h"
#include "explanations/record_signs.h"
#include "explanations/registry.h"
#include "explanations/relation_signs.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class DataCopiedBetweenSystems final : public Explanation {
 public:
  std::string_view name() const override { return "data_copied_between_systems"; }
  std::string_view code() const override { return "E16"; }
  std::string_view title() const override { return "A job that copies data between two systems"; }
  std::string_view proposition() const override {
    return "The names were looked up by a job that copied data between a system of the asker and "
           "the named host.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "a look-up before each run, at fixed times or at an interval, whatever people do"},
        {"flow", "after look-ups, connections between the two over which many bytes pass", true},
        {"host", "the job, in the configuration of the system that runs it", true},
        {"dns", "always the same type, from one inside host"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::flow_at_either_edge(4),
        records::host_configuration(4),
        records::resolver_client_log(4),
        records::application_log(3),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    constexpr std::string_view kSchedule =
        "as a job at fixed times leaves them; so does every other program on a timer";
    read_gaps(findings,
              {.clock = {Direction::strongly_for, kSchedule},
               .timer = {Direction::strongly_for, kSchedule},
               .steady = {Direction::neutral, "a job that runs more often than the TTL looks so"},
               .sparse = {Direction::weakly_against, "a job that runs so seldom would keep one"}},
              weighing);
    read_automation(findings, {Direction::strongly_for, kSchedule}, weighing);
    constexpr Lean kHours{Direction::weakly_against,
                          "a job at fixed times does not, one that runs while people work does"};
    read_rhythm(findings, kHours, "a job by day and night keeps none, and neither does much else",
                weighing);
    read_holidays(findings, kHours, weighing);
    for (const Finding* others : about_who_asked(findings)) {
      if (!has_many_others(*others)) continue;
      weighing.bear(*others, Direction::weakly_against,
                    "many unrelated networks asked too, and a job between two does not make "
                    "strangers ask");
    }
    read_turns(findings,
               {Direction::neutral, "two systems that copy both ways do that, and so do others"},
               {Direction::weakly_for,
                "as two systems do that copy both ways; a check that mail sets off does it too"},
               weighing);
    read_fan_out(findings,
                 {Direction::weakly_against, "and a job between two does not make strangers ask"},
                 weighing);
    read_rarity(findings, {Direction::neutral, "as a job between two leaves it, and much else"},
                weighing);
    read_acceptance(findings,
                    {.named_side_takes_none = {Direction::neutral,
                                               "data are copied by another service than mail"},
                     .parties_refused = {},
                     .why_otherwise = {}},
                    weighing);
    read_dormancy(findings,
                  {Direction::weakly_against, "and connections of a job would be a sign of use"},
                  weighing);
    read_joins(
        findings,
        {.checks = {},
         .letters = {},
         .visits = {Direction::weakly_for,
                    "as a job does that copies data; whatever else uses the host does so too"}},
        weighing);
    if (!weighing.exclude_without(findings, "flow")) {
      open_tie(findings,
               {.what = "connections with many bytes after look-ups",
                .kind = "flow",
                .record = "flow records",
                .joins = {"lookup_flow"}},
               weighing);
      weighing.open("the job in a configuration: no host record in the case shows it");
    }
    return std::move(weighing).finish(role());
  }
};

}  // namespace

const Explanation& data_copied_between_systems_explanation() {
  static const DataCopiedBetweenSystems kExplanation;
  return kExplanation;
}

}  // namespace assay
