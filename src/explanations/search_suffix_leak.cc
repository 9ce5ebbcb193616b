#include <fmt/format.h>

#include "explanations/registry.h"
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
        {"stub_configuration", "search list of the asker's inside hosts", 3},
        {"resolver_client_log", "the asker's resolver log with the inside host that asked", 3},
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* leak : about_all(findings, "suffix_leak")) {
      if (leak->outcome == Outcome::found) {
        weighing.bear(
            *leak,
            is_set(*leak, "rows_known_suffix") ? Direction::strongly_for : Direction::weakly_for,
            is_set(*leak, "rows_known_suffix")
                ? "run-on names end in a search suffix that a party is stated to use"
                : "run-on names stand in the records; whose suffix it is nobody stated");
      } else if (leak->outcome == Outcome::nothing_found) {
        if (!weighing.exclude_by_absence(leak)) {
          weighing.bear(*leak, Direction::strongly_against, "no run-on name stands in the records");
        }
      }
    }
    return std::move(weighing).finish(findings, role());
  }
};

}  // namespace

const Explanation& search_suffix_leak_explanation() {
  static const SearchSuffixLeak kExplanation;
  return kExplanation;
}

}  // namespace assay
