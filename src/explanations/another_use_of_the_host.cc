#include <fmt/core.h>

#include "explanations/record_signs.h"
#include "explanations/registry.h"
#include "explanations/relation_signs.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class AnotherUseOfTheHost final : public Explanation {
 public:
  std::string_view name() const override { return "another_use_of_the_host"; }
  std::string_view code() const override { return "E18"; }
  std::string_view title() const override { return "Another use of the host, such as invitations"; }
  std::string_view proposition() const override {
    return "The names were looked up because a third party used the named host, for invitations, a "
           "customer system or the like, and had recipients or users at the asker.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns",
         "look-ups after each invitation or notice, and when somebody opens it, thinned by the "
         "cache"},
        {"dns", "look-ups by other recipients' networks at the same times"},
        {"host",
         "in the records of the service on the host, the third party's use, with recipients or "
         "users at the asker",
         true},
        {"mail", "messages from the host, or from elsewhere with links to it"},
        {"message", "invitations, notices or calendar entries that lead to the host"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::application_log(5),     records::receiving_mail_log(3),
        records::sending_mail_log(3),    records::message_archive(3),
        records::resolver_client_log(3), records::flow_at_either_edge(2),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* others : about_who_asked(findings)) {
      if (has_many_others(*others)) {
        weighing.bear(*others, Direction::weakly_for,
                      "many unrelated networks asked too, as recipients of the same service would");
      } else if (others->outcome == Outcome::found || others->outcome == Outcome::measured) {
        weighing.bear(*others, Direction::neutral, "few others asked; a list may be short");
      }
    }
    for (const Finding* together : parties_moving_together(findings)) {
      weighing.bear(
          *together, Direction::weakly_for,
          fmt::format("{} move together, as recipients of the same notices would; a common "
                      "recorder makes them so too",
                      together->subject));
    }
    constexpr std::string_view kNoTimer =
        "notices and those who open them come when they come, unless the service is on a timer";
    read_gaps(findings,
              {.clock = {Direction::weakly_against, kNoTimer},
               .timer = {Direction::weakly_against, kNoTimer},
               .steady = {Direction::weakly_against,
                          "by day and night, more than occasional notices would make it"},
               .sparse = {}},
              weighing);
    read_automation(findings, {Direction::weakly_against, kNoTimer}, weighing);
    constexpr std::string_view kHours =
        "recipients open notices at work, and software follows people too";
    read_rhythm(findings, {Direction::neutral, kHours},
                "checks of notices that arrive at any hour keep none", weighing);
    read_holidays(findings, {Direction::neutral, kHours}, weighing);
    if (has_check_chains(findings)) {
      note(findings, "chains", Outcome::found,
           "notices by mail are checked like all mail that arrives, whoever had them sent",
           weighing);
    }
    weigh_relation(findings, weighing);
    read_joins(findings,
               {.checks = {Direction::neutral,
                           "notices by mail are checked like all mail that arrives, whoever had "
                           "them sent"},
                .letters = {},
                .visits = {Direction::weakly_for,
                           "as those do who follow a notice's link; whatever else uses the host "
                           "does so too"}},
               weighing);
    constexpr Lean kNotices{Direction::weakly_for,
                            "as notices to many are; a holder's own mailings are so too"};
    read_messages(findings, {.answered = {}, .bulk = kNotices}, weighing);
    read_bulk(findings, kNotices, weighing);
    weighing.open(
        "which customers used the host and whom they wrote to: no record of its service "
        "is in the case");
    return std::move(weighing).finish(role());
  }

 private:
  static void weigh_relation(const FindingSet& findings, Weighing& weighing) {
    read_fan_out(
        findings,
        {Direction::weakly_for,
         "as recipients of one notice do; those of a mailing, and readers of news, do too"},
        weighing);
    read_mailings(
        findings,
        {Direction::weakly_for, "as for customers of a service; for its own ends as well"},
        weighing);
    read_rarity(findings, {Direction::neutral, "as a service with a short list leaves it"},
                weighing);
    read_acceptance(
        findings,
        {.named_side_takes_none = {Direction::weakly_for, "as a host that only sends notices does"},
         .parties_refused = {},
         .why_otherwise = {}},
        weighing);
    read_dormancy(findings, {Direction::weakly_against, "and its service would be a sign of use"},
                  weighing);
    constexpr std::string_view kNotTheUser =
        "who is told there holds or runs something, and whoever used the host for another end need "
        "stand in none of these roles";
    for (const std::string_view role : {"registrant", "address_holder"}) {
      note_registrations(findings, role, kNotTheUser, weighing);
    }
    note_registrations(findings, "neighbourhood",
                       "neighbours are what a service with many customers has, and what every "
                       "provider has",
                       weighing);
  }
};

}  // namespace

const Explanation& another_use_of_the_host_explanation() {
  static const AnotherUseOfTheHost kExplanation;
  return kExplanation;
}

}  // namespace assay
