#include "explanations/registry.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class CuratedExport final : public Explanation {
 public:
  std::string_view name() const override { return "curated_export"; }
  std::string_view code() const override { return "E11"; }
  std::string_view title() const override { return "A curated or filtered export"; }
  std::string_view proposition() const override {
    return "The file is a selection: who asked, what was asked or when was chosen by whoever made "
           "it.";
  }
  ExplanationRole role() const override { return ExplanationRole::recording; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "one name, one type, few askers, and no other name of the same servers"},
        {"host", "the query with which the file was taken from a larger one", true},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        {"collection_method", "who took the records, where, with which filter, and its hash", 4},
        {"control_name_same_sensor", "look-ups of a sibling name from the same servers or sensor",
         4},
        {"second_vantage", "an independent copy from another vantage", 5},
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* types : about_all(findings, "type_profile")) {
      if (types->outcome == Outcome::nothing_found || types->outcome == Outcome::not_enough)
        continue;
      if (!is_set(*types, "foreign_rows")) {
        weighing.bear(*types, Direction::strongly_for,
                      "the files hold nothing but these names, as no server's own log would");
      } else {
        weighing.bear(*types, Direction::weakly_against,
                      "the files hold look-ups of other names too");
      }
      if (types->outcome == Outcome::found) {
        weighing.bear(*types, Direction::weakly_for, "one query type only");
      }
    }
    for (const Finding* others : about_all(findings, "exclusivity")) {
      if (is_set(*others, "complete_coverage")) {
        weighing.bear(*others, Direction::weakly_against,
                      "somebody declares these records complete");
      }
    }
    return std::move(weighing).finish(findings, role());
  }
};

}  // namespace

const Explanation& curated_export_explanation() {
  static const CuratedExport kExplanation;
  return kExplanation;
}

}  // namespace assay
