#include <fmt/core.h>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class SearchSuffixLeak final : public Explanation {
 public:
  std::string_view name() const override { return "search_suffix_leak"; }
  std::string_view code() const override { return "E8"; }
  std::string_view title() const override { return "A stub's search suffix"; }
  std::string_view proposition() const override {
    return "Run-on names (name.suffix) were made by a stub resolver that tried its search list "
           "after "
           "the name itself had failed.";
  }
  ExplanationRole role() const override { return ExplanationRole::filter; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "name.suffix within seconds after the name alone failed", true},
        {"host", "the suffix in the stub's configuration", true},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::stub_configuration(3),
        records::resolver_client_log(3),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* leak : about_all(findings, "suffix_leak")) {
      if (leak->outcome == Outcome::found) {
        weigh_names(*leak, weighing);
      } else if (leak->outcome == Outcome::nothing_found) {
        weighing.bear(
            *leak, Direction::strongly_against,
            "no run-on name stands in the records, so there is nothing for it to explain");
      }
    }
    return std::move(weighing).finish(role());
  }

 private:
  static void weigh_names(const Finding& leak, Weighing& weighing) {
    const Quantity* after_failure = leak.quantity("share_after_failed_base");
    if (is_set(leak, "rows_known_suffix")) {
      weighing.bear(leak, Direction::strongly_for,
                    "run-on names end in a search suffix that a party is stated to use");
    } else if (after_failure != nullptr && after_failure->value > 0.5) {
      weighing.bear(leak, Direction::strongly_for,
                    "run-on names follow seconds after the name itself had failed");
    } else if (after_failure != nullptr && after_failure->value == 0) {
      weighing.bear(leak, Direction::weakly_against,
                    "run-on names stand in the records, but the name itself had not failed just "
                    "before; its failure may have been answered from a cache");
    } else {
      weighing.bear(leak, Direction::weakly_for,
                    "run-on names stand in the records; whose suffix it is nobody stated");
    }
  }
};

}  // namespace

const Explanation& search_suffix_leak_explanation() {
  static const SearchSuffixLeak kExplanation;
  return kExplanation;
}

}  // namespace assay
