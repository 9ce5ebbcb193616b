#include <fmt/core.h>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
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
        records::collection_method(4),
        records::control_name_same_sensor(4),
        records::second_vantage(5),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* types : about_all(findings, "type_profile")) weigh_types(*types, weighing);
    for (const Finding* others : about_all(findings, "exclusivity")) {
      if (are_lookups_declared_complete(findings, others->vantage)) {
        weighing.bear(*others, Direction::weakly_against,
                      "somebody declares these records complete");
      }
    }
    weighing.open("the query or filter with which the file was taken: nobody stated it");
    return std::move(weighing).finish(role());
  }

 private:
  static void weigh_types(const Finding& types, Weighing& weighing) {
    if (types.outcome == Outcome::nothing_found || types.outcome == Outcome::not_enough) return;
    if (is_set(types, "declared_filtered")) {
      weighing.bear(types, Direction::strongly_for,
                    "whoever handed the files over says that they were filtered");
    } else if (!is_set(types, "foreign_rows")) {
      // A server that answers for one zone is asked for little else; a resolver is asked for all.
      const bool is_authoritative = types.vantage == "authoritative";
      weighing.bear(types, is_authoritative ? Direction::weakly_for : Direction::strongly_for,
                    fmt::format("the files hold nothing but these names{}, {}",
                                types.outcome == Outcome::found ? ", and of one query type" : "",
                                is_authoritative
                                    ? "as a selection would; so would the log of a server of just "
                                      "this zone"
                                    : "as no log of a resolver or sensor would unless somebody "
                                      "chose them"));
    } else {
      weighing.bear(types, Direction::weakly_against, "the files hold look-ups of other names too");
    }
  }
};

}  // namespace

const Explanation& curated_export_explanation() {
  static const CuratedExport kExplanation;
  return kExplanation;
}

}  // namespace assay
