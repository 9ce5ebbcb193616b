#include <fmt/core.h>

#include "explanations/registry.h"
#include "explanations/relation_signs.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class ProbingAfterDisclosure final : public Explanation {
 public:
  std::string_view name() const override { return "probing_after_disclosure"; }
  std::string_view code() const override { return "E19"; }
  std::string_view title() const override { return "People who tried the name once it was known"; }
  std::string_view proposition() const override {
    return "The names were looked up by people who had read or heard of them and tried them, such "
           "as researchers and reporters.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"host",
         "a publication, or another way by which whoever asked had learned the name, before the "
         "look-up",
         true},
        {"dns",
         "no such look-up before the name was known; many new askers after it, then fewer and "
         "fewer"},
        {"dns", "several types, ANY and zone transfers among them, asked by hand"},
        {"flow", "short connections from the same askers: scans, a greeting and a farewell"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::publication_dates(5),
        records::resolver_client_log(3),
        records::capture_at_servers(2),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* types : about_all(findings, "type_profile")) weigh_types(*types, weighing);
    for (const Finding* others : about_who_asked(findings)) {
      if (has_many_others(*others)) {
        weighing.bear(*others, Direction::weakly_for,
                      "many unrelated networks asked too, as after a publication");
      } else if (others->outcome == Outcome::found || others->outcome == Outcome::measured) {
        weighing.bear(*others, Direction::neutral,
                      "few others asked; of those who knew the name early there may have been few");
      }
    }
    for (const Finding* gaps : about_parties(findings, "gap_law")) {
      if (!is_set(*gaps, "near_constant_demand") || is_set(*gaps, "excess_two_rates")) continue;
      weighing.bear(*gaps, Direction::weakly_against,
                    fmt::format("{}'s demand is steady inside the TTL by day and night, more than "
                                "people who try a name make it; a monitor that they set up could",
                                gaps->subject));
    }
    read_automation(findings,
                    {Direction::neutral, "a monitor that a researcher sets up does that as well"},
                    weighing);
    note(findings, "change_points", Outcome::found,
         "a publication makes such a change, and so does much else; its date is not stated here",
         weighing);
    note(findings, "event_coincidence", Outcome::found,
         "if the events made the name known it would be as predicted; nothing tells that they did",
         weighing);
    read_fan_out(findings,
                 {Direction::weakly_for, "as readers of news do; so do recipients of a mailing"},
                 weighing);
    read_rarity(findings,
                {Direction::weakly_against,
                 "and a name that is made known is tried by many; those who knew it early may have "
                 "been few"},
                weighing);
    note_registrations(findings, "ptr",
                       "the name stands in the reverse tree, where whoever goes through addresses "
                       "finds it without being told",
                       weighing);
    weighing.open(
        "the date on which the name became known: not stated; look-ups before it had another "
        "cause");
    return std::move(weighing).finish(role());
  }

 private:
  // Neither mail checks nor a program that connects asks for all types or for the whole zone; a few
  // mail servers ask ANY, and monitors ask anything.
  static double rows_asked_by_hand(const Finding& types) {
    const Table* table = types.table("types");
    double rows = 0;
    for (std::size_t i = 0; table != nullptr && i < table->rows.size(); ++i) {
      const std::string& type = table->row_labels.at(i);
      if (type == "ANY" || type == "AXFR" || type == "IXFR") rows += table->rows[i].at(0);
    }
    return rows;
  }

  static void weigh_types(const Finding& types, Weighing& weighing) {
    const double rows = rows_asked_by_hand(types);
    if (rows > 0) {
      weighing.bear(
          types, Direction::weakly_for,
          fmt::format("{:.0f} look-ups ask for all types or for the whole zone, as people "
                      "do who try a name; monitors and a few mail servers do too",
                      rows));
    } else if (types.outcome == Outcome::found) {
      weighing.bear(types, Direction::neutral,
                    "one type throughout; by hand most people ask for the address alone, and the "
                    "file may have been filtered");
    }
  }
};

}  // namespace

const Explanation& probing_after_disclosure_explanation() {
  static const ProbingAfterDisclosure kExplanation;
  return kExplanation;
}

}  // namespace assay
