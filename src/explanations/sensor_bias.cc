#include <fmt/format.h>

#include "explanations/registry.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class SensorBias final : public Explanation {
 public:
  std::string_view name() const override { return "sensor_bias"; }
  std::string_view code() const override { return "E12"; }
  std::string_view title() const override { return "What the sensor could not see"; }
  std::string_view proposition() const override {
    return "Silences, steps or the set of askers come from what the collector recorded, not from "
           "what happened.";
  }
  ExplanationRole role() const override { return ExplanationRole::recording; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "unrelated askers fall silent together, or step together"},
        {"dns", "the same silence for an unrelated, busy name at the same sensor"},
        {"host", "outages and changes in the collector's own records", true},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        {"control_name_same_sensor", "look-ups of a busy, unrelated name at the same sensor", 5},
        {"collection_method", "the collector's own record of outages and changes", 4},
        {"second_vantage", "an independent copy from another vantage", 4},
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* silence : about_all(findings, "coverage_gaps")) {
      const Quantity* outage = silence->quantity("collector_outage");
      if (outage != nullptr && outage->value != 0) {
        weighing.bear(*silence, Direction::strongly_for,
                      "unrelated askers were silent together, and so was everything else in the "
                      "same files");
      } else if (outage != nullptr) {
        weighing.bear(*silence, Direction::weakly_against,
                      "the files went on recording other look-ups during the joint silence");
      } else if (silence->outcome == Outcome::found) {
        weighing.bear(*silence, Direction::weakly_for,
                      "unrelated askers were silent together, and the files hold nothing else that "
                      "could tell why");
      } else if (silence->outcome == Outcome::nothing_found) {
        weighing.bear(*silence, Direction::weakly_against,
                      "no joint silence beyond what chance makes");
      }
    }
    return std::move(weighing).finish(findings, role());
  }
};

}  // namespace

const Explanation& sensor_bias_explanation() {
  static const SensorBias kExplanation;
  return kExplanation;
}

}  // namespace assay
