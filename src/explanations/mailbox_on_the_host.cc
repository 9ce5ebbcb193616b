#include "explanations/held_records.h"
#include "explanations/record_signs.h"
#include "explanations/registry.h"
#include "explanations/relation_signs.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class MailboxOnTheHost final : public Explanation {
 public:
  std::string_view name() const override { return "mailbox_on_the_host"; }
  std::string_view code() const override { return "E14"; }
  std::string_view title() const override { return "A mailbox, drafts or web mail on the host"; }
  std::string_view proposition() const override {
    return "The names were looked up because somebody at the asker opened a mailbox, drafts or "
           "pages that are kept on the named host.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns",
         "an address look-up before a session, thinned by the cache; nothing that differs from "
         "other causes"},
        {"flow",
         "connections from the asker's network to the host soon after look-ups, to the ports of "
         "mail clients or of the web, for minutes",
         true},
        {"host", "accesses from the asker's network in the records of the host's service", true},
        {"mail",
         "no transfer between the two is needed: drafts that several persons read are never sent"},
        {"message", "messages or drafts kept on the host, perhaps edited and not sent"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::application_log(5),
        records::flow_at_either_edge(4),
        records::resolver_client_log(3),
        records::mailboxes(3),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* others : about_who_asked(findings)) {
      if (has_many_others(*others)) {
        weighing.bear(*others, Direction::weakly_against,
                      "many unrelated networks asked too, and a mailbox that few use does not make "
                      "strangers ask; a host with many customers does");
      } else if (others->outcome == Outcome::found || others->outcome == Outcome::measured) {
        weighing.bear(
            *others, Direction::neutral,
            "few askers are what a mailbox of few leaves, and what a filtered list shows");
      }
    }
    constexpr std::string_view kClients =
        "a mail client left open looks for mail on a timer, and so does much else";
    constexpr std::string_view kHours =
        "people who open a mailbox keep hours, and so does software that follows people";
    read_gaps(findings,
              {.clock = {Direction::neutral, kClients},
               .timer = {Direction::neutral, kClients},
               .steady = {Direction::neutral, kClients},
               .sparse = {}},
              weighing);
    read_automation(findings, {Direction::neutral, kClients}, weighing);
    read_rhythm(findings, {Direction::neutral, kHours},
                "a client left open keeps none, and a full cache hides them", weighing);
    read_holidays(findings, {Direction::neutral, kHours}, weighing);
    read_fan_out(
        findings,
        {Direction::weakly_against, "and a mailbox that few use does not make strangers ask"},
        weighing);
    read_rarity(findings, {Direction::neutral, "as a mailbox of few leaves it, and much else"},
                weighing);
    read_acceptance(
        findings,
        {.named_side_takes_none = {Direction::neutral, "drafts are read there without being sent"},
         .parties_refused = {},
         .why_otherwise = {}},
        weighing);
    read_joins(findings,
               {.checks = {},
                .letters = {},
                .visits = {Direction::weakly_for,
                           "as somebody does who opens a mailbox or pages there; whatever uses the "
                           "host does so too"}},
               weighing);
    read_dormancy(findings,
                  {Direction::weakly_against, "and sessions with it would be a sign of use"},
                  weighing);
    if (!weighing.exclude_without(findings, "flow")) {
      open_tie(findings,
               {.what = "connections to the host after look-ups",
                .kind = "flow",
                .record = "flow records",
                .joins = {"lookup_flow"}},
               weighing);
      weighing.open("accesses in the records of the host's service: not in the case");
    }
    return std::move(weighing).finish(role());
  }
};

}  // namespace

const Explanation& mailbox_on_the_host_explanation() {
  static const MailboxOnTheHost kExplanation;
  return kExplanation;
}

}  // namespace assay
