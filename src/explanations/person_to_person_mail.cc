#include <fmt/format.h>

#include "explanations/registry.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class PersonToPersonMail final : public Explanation {
 public:
  std::string_view name() const override { return "person_to_person_mail"; }
  std::string_view code() const override { return "E13"; }
  std::string_view title() const override { return "Mail written by persons to persons"; }
  std::string_view proposition() const override {
    return "The names were looked up because persons on the two sides wrote mail to each other "
           "through these servers.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns",
         "MX of the recipient's domain first, then the address of its exchanger; an address "
         "alone when there is no MX (RFC 5321 section 5.1)"},
        {"dns", "look-ups in both directions, by both sides' resolvers"},
        {"dns", "the days and hours of people at work"},
        {"mail", "accepted messages on both sides", true},
        {"flow", "connections to port 25 or 587 in both directions, with varied bytes"},
        {"message", "messages that answer each other", true},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        {"sending_mail_log", "mail log of the sending host, with its queue", 5},
        {"receiving_mail_log", "mail log of the asker's receiving gateway", 5},
        {"mailboxes", "the mailboxes of the persons in question, both sides", 5},
        {"flow_at_either_edge", "flow records at either network's edge", 4},
        {"resolver_client_log", "the asker's resolver log with the inside host that asked", 3},
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* types : about_all(findings, "type_profile")) {
      if (is_set(*types, "rows_MX")) {
        weighing.bear(*types, Direction::weakly_for,
                      "MX look-ups stand in the records, as a delivering server makes them; sender "
                      "checks make them too");
      } else if (types->outcome == Outcome::found && is_set(*types, "foreign_rows")) {
        weighing.bear(*types, Direction::weakly_against,
                      "a delivering server asks for MX first, and these logs hold other look-ups "
                      "but no MX for these names");
      } else if (types->outcome == Outcome::found) {
        weighing.bear(*types, Direction::neutral,
                      "no MX, but the file may have been filtered to one type");
      }
    }
    for (const Finding* rhythm : about_parties(findings, "day_hour")) {
      weighing.bear(*rhythm, Direction::neutral,
                    rhythm->outcome == Outcome::found
                        ? "people keep hours, and so does software that follows people"
                        : "no hours of people show; a saturated cache hides them");
    }
    for (const Finding* gaps : about_parties(findings, "gap_law")) {
      if (gaps->outcome != Outcome::not_enough) {
        weighing.bear(*gaps, Direction::neutral,
                      "upstream rows behind a cache cannot count what people did");
      }
    }
    bool is_out = false;
    for (const Finding* mail : findings.by_method("coverage", "mail")) {
      is_out = weighing.exclude_by_absence(mail) || is_out;
    }
    if (!is_out)
      weighing.open("accepted messages on both sides: no mail log or mailbox in the case");
    return std::move(weighing).finish(findings, role());
  }
};

}  // namespace

const Explanation& person_to_person_mail_explanation() {
  static const PersonToPersonMail kExplanation;
  return kExplanation;
}

}  // namespace assay
