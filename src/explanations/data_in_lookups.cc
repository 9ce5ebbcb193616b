#include <fmt/core.h>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class DataInLookups final : public Explanation {
 public:
  std::string_view name() const override { return "data_in_lookups"; }
  std::string_view code() const override { return "E15"; }
  std::string_view title() const override { return "Data carried in the look-ups themselves"; }
  std::string_view proposition() const override {
    return "The look-ups themselves carried data, in their names, types or moments, to whoever "
           "answers for the names or watches there.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns",
         "names that vary, most of them asked once, long and without meaning; often of types with "
         "large answers"},
        {"dns",
         "with one name and one type throughout: nothing but the choice of moments, a few bytes a "
         "day"},
        {"host",
         "a program at the asker that makes such look-ups, and whoever reads them at the servers "
         "of the names",
         true},
        {"flow", "no connection to the named host is needed"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::zone_server_log(5),
        records::resolver_client_log(4),
        records::capture_at_servers(3),
        records::host_forensics(3),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    auto signs = about_parties(findings, "tunnel_signs");
    if (signs.empty()) signs = about_all(findings, "tunnel_signs");
    for (const Finding* sign : signs) weigh_names(*sign, weighing);
    for (const Finding* bound : about_parties(findings, "capacity")) {
      if (bound->outcome != Outcome::measured) continue;
      weighing.bear(*bound, Direction::neutral,
                    fmt::format("{}'s look-ups could have carried at most {:.0f} bytes a day, by "
                                "all that the record keeps; a bound shows nothing that was carried",
                                bound->subject, bound->value_or("bytes_per_day_at_most", 0)));
    }
    for (const Finding* gaps : about_parties(findings, "gap_law")) {
      if (!is_set(*gaps, "clock_shaped") && !is_set(*gaps, "timer_shaped")) continue;
      weighing.bear(*gaps, Direction::neutral,
                    fmt::format("{}'s look-ups keep a clock or a timer, and moments that are fixed "
                                "carry nothing; what strays from them could",
                                gaps->subject));
    }
    weighing.open(
        "other names below the same zone: a question that names none of them does not show them");
    return std::move(weighing).finish(role());
  }

 private:
  // Of all causes the only one that writes itself into the names, so look-ups may speak for it.
  static void weigh_names(const Finding& names, Weighing& weighing) {
    const Quantity* can_carry = names.quantity("can_names_carry");
    if (names.outcome == Outcome::found) {
      weighing.has_lookups_of_its_own();
      weighing.bear(
          names, Direction::strongly_for,
          "names look as if data were written into them, as a channel does; so do look-ups "
          "of block lists, virus scanners and measurements, which carry data for ends of "
          "their own");
    } else if (can_carry != nullptr && can_carry->value == 0) {
      weighing.bear(names, Direction::strongly_against,
                    "one name and one type throughout carry nothing; what is left is the choice of "
                    "moments, within the bound of capacity");
    } else if (names.outcome == Outcome::nothing_found) {
      weighing.bear(
          names, Direction::weakly_against,
          "names vary, but not as if data were written into them; few or short ones would "
          "not show");
    }
  }
};

}  // namespace

const Explanation& data_in_lookups_explanation() {
  static const DataInLookups kExplanation;
  return kExplanation;
}

}  // namespace assay
