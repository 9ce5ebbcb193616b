#include <fmt/core.h>

#include "explanations/held_records.h"
#include "explanations/record_signs.h"
#include "explanations/registry.h"
#include "explanations/relation_signs.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class ArchiveRescan final : public Explanation {
 public:
  std::string_view name() const override { return "archive_rescan"; }
  std::string_view code() const override { return "E2"; }
  std::string_view title() const override { return "Software going through stored mail"; }
  std::string_view proposition() const override {
    return "The names were looked up because software at the asker's side examined stored messages "
           "in which they stand.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns",
         "look-ups in stretches, steady while a stretch lasts, with no regard to deliveries"},
        {"dns", "other names of the same old messages in the same burst"},
        {"host", "a scan schedule and its log", true},
        {"message", "stored messages in which the name stands", true},
        {"mail", "no session with the named host is needed"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::resolver_client_log(5),
        records::message_archive(4),
        records::scan_schedule(4),
        records::receiving_mail_log(3),
        records::control_name_same_sensor(2),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    constexpr std::string_view kAnyTimer = "as a scheduled scan or any other timer would";
    constexpr std::string_view kLongScan = "a long scan makes it so, and a short timer too";
    read_gaps(findings,
              {.clock = {Direction::neutral, kAnyTimer},
               .timer = {Direction::neutral, kAnyTimer},
               .steady = {Direction::weakly_for, kLongScan},
               .sparse = {}},
              weighing);
    read_automation(findings, {Direction::neutral, kAnyTimer}, weighing);
    read_demand(findings, {Direction::weakly_for, kLongScan}, weighing);
    for (const Finding* types : about_all(findings, "type_profile")) {
      if (types->outcome == Outcome::found) {
        weighing.bear(*types, Direction::neutral,
                      "one type is what a re-check of a stored name asks, and what a filtered list "
                      "shows");
      }
    }
    for (const Finding* others : about_who_asked(findings)) {
      if (has_many_others(*others)) {
        weighing.bear(*others, Direction::weakly_against,
                      "many unrelated networks asked too, and they would all have to go through "
                      "stored mail");
      } else if (others->outcome == Outcome::found || others->outcome == Outcome::measured) {
        weighing.bear(*others, Direction::neutral,
                      "few askers are what scanners at few places leave, and what a filtered list "
                      "shows");
      }
    }
    weigh_relation(findings, weighing);
    read_joins(findings,
               {.checks = {Direction::neutral,
                           "what is looked up as mail arrives is no stored mail's, and what a scan "
                           "looked up would stand among the others"},
                .letters = {},
                .visits = {}},
               weighing);
    constexpr std::string_view kScansAndHours =
        "a scan may run at any hour or follow the working day of its users";
    read_rhythm(findings, {Direction::neutral, kScansAndHours}, kScansAndHours, weighing);
    read_holidays(findings, {Direction::neutral, kScansAndHours}, weighing);
    for (const Finding* changes : about_parties(findings, "change_points")) {
      if (changes->outcome != Outcome::found) continue;
      weighing.bear(*changes, Direction::neutral,
                    "a scan that starts or ends makes such a change; so do a campaign, a new "
                    "configuration and a change at the collector");
    }
    weighing.open("a scan schedule at the asker: no host record in the case shows it");
    if (messages_of_before(findings).empty()) {
      weighing.open(is_held(findings, "message")
                        ? "stored messages with the name: those in the case are of the question's "
                          "time, or have no date; older ones would show it"
                        : "stored messages with the name: no mail archive in the case shows them");
    }
    weighing.open("other names of the same messages in the same bursts: not looked for");
    return std::move(weighing).finish(role());
  }

 private:
  static void weigh_relation(const FindingSet& findings, Weighing& weighing) {
    read_fan_out(findings,
                 {Direction::neutral,
                  "a mailing to many leaves the name in many archives; who goes through them, and "
                  "when, is another matter"},
                 weighing);
    read_rarity(findings, {Direction::neutral, "as scanners at few places leave it, and much else"},
                weighing);
    read_dormancy(findings,
                  {Direction::weakly_for,
                   "as with names that stand in old messages; a forgotten configuration and "
                   "repeats of old look-ups ask for them too"},
                  weighing);
    for (const Finding* use : messages_of_before(findings)) {
      weighing.bear(*use, Direction::weakly_for,
                    fmt::format("messages at rest name a host of {}, all from before the look-ups: "
                                "what a scan would go through, if it did; anybody's archive holds "
                                "such, and a Received field can be forged",
                                use->subject));
    }
  }
};

}  // namespace

const Explanation& archive_rescan_explanation() {
  static const ArchiveRescan kExplanation;
  return kExplanation;
}

}  // namespace assay
