#include <fmt/core.h>

#include <algorithm>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
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
        records::control_name_same_sensor(5),
        records::collection_method(4),
        records::second_vantage(4),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* silence : about_all(findings, "coverage_gaps")) {
      weigh_silence(*silence, weighing);
    }
    for (const Finding* together : parties_moving_together(findings)) {
      weighing.bear(*together, Direction::weakly_for,
                    fmt::format("{} move together, which a common recorder makes; so does whatever "
                                "both were sent",
                                together->subject));
    }
    for (const Finding* changes : about_all(findings, "change_points")) {
      if (is_set_for_a_change(*changes, "in_gap")) {
        weighing.bear(*changes, Direction::weakly_for,
                      "the rate changed across a silence, as after a change at the collector");
      } else if (is_set_for_a_change(*changes, "at_pause")) {
        weighing.bear(*changes, Direction::weakly_for,
                      "the rate changed across a declared pause, as after a change at the "
                      "collector");
      }
    }
    for (const Finding* missing : findings.by_method("deletion")) {
      if (missing->outcome != Outcome::found) continue;
      weighing.bear(*missing, Direction::weakly_for,
                    fmt::format("about {:.1f} % of what {}'s cache must have asked is not there, "
                                "as where a recorder samples, loses, or sees one server of "
                                "several; rows that somebody took out leave the same",
                                100 * missing->value_or("share_lost", 0), missing->subject));
    }
    for (const Finding* others : about_all(findings, "exclusivity")) {
      if (shows_every_asker(findings, *others)) {
        weighing.bear(*others, Direction::weakly_against,
                      "the operator of the names' own servers declares the records complete");
      } else if (others->outcome == Outcome::found || others->outcome == Outcome::measured) {
        weighing.bear(*others, Direction::neutral,
                      "nobody vouches that this vantage saw everyone who asked");
      }
    }
    weighing.open("the collector's own record of outages and changes: not in the case");
    return std::move(weighing).finish(role());
  }

 private:
  static void weigh_silence(const Finding& silence, Weighing& weighing) {
    const Quantity* outage = silence.quantity("collector_outage");
    // Silences in a pause that the collector declares are not looked for, so none speaks here.
    if (outage != nullptr && outage->value != 0) {
      weighing.bear(silence, Direction::strongly_for,
                    "unrelated askers were silent together, and so was everything else in the "
                    "same files");
    } else if (outage != nullptr && silence.outcome == Outcome::found) {
      weighing.bear(silence, Direction::weakly_against,
                    "the files went on recording other look-ups during the joint silence");
    } else if (silence.outcome == Outcome::found) {
      weighing.bear(silence, Direction::weakly_for,
                    "unrelated askers were silent together, and the files hold nothing else that "
                    "could tell why");
    } else if (silence.outcome == Outcome::nothing_found) {
      weighing.bear(silence, Direction::neutral,
                    "no joint silence that this test can tell from chance; an outage among quiet "
                    "or uneven askers would not show");
    }
  }

  static bool is_set_for_a_change(const Finding& changes, std::string_view name) {
    const Table* table = changes.table("changes");
    if (table == nullptr) return false;
    const auto column = std::find(table->columns.begin(), table->columns.end(), name);
    if (column == table->columns.end()) return false;
    const auto at = static_cast<std::size_t>(column - table->columns.begin());
    return std::any_of(table->rows.begin(), table->rows.end(),
                       [&](const auto& row) { return at < row.size() && row[at] != 0; });
  }
};

}  // namespace

const Explanation& sensor_bias_explanation() {
  static const SensorBias kExplanation;
  return kExplanation;
}

}  // namespace assay
