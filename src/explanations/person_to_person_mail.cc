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
        records::sending_mail_log(5),    records::receiving_mail_log(5),  records::mailboxes(5),
        records::flow_at_either_edge(4), records::resolver_client_log(3),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* types : about_all(findings, "type_profile")) weigh_types(*types, weighing);
    weigh_timers(findings, weighing);
    weigh_rhythms(findings, weighing);
    read_turns(findings,
               {Direction::weakly_for,
                "letters and their answers do that, and so do mail and its checks, a mailing to "
                "both, and one program that asks for both names; none of it is an exchange"},
               {Direction::neutral, "faster than a person answers"}, weighing);
    note(findings, "event_coincidence", Outcome::found,
         "people write about events, and mailings and programs follow them too", weighing);
    for (const Finding* others : about_who_asked(findings)) {
      if (has_many_others(*others)) {
        weighing.bear(*others, Direction::weakly_against,
                      "many unrelated networks asked too, and letters between two sides do not "
                      "make strangers ask");
      }
    }
    weigh_relation(findings, weighing);
    weigh_mail(findings, weighing);
    if (!weighing.exclude_without(findings, "mail")) open_letters(findings, weighing);
    return std::move(weighing).finish(role());
  }

 private:
  static void weigh_mail(const FindingSet& findings, Weighing& weighing) {
    read_joins(findings,
               {.checks = {Direction::neutral,
                           "letters that arrive are checked like all mail, and so are mailings"},
                .letters = {Direction::weakly_for,
                            "as a mail host does that delivers letters; programs that send mail do "
                            "so too"},
                .visits = {}},
               weighing);
    read_messages(findings,
                  {.answered = {Direction::weakly_for,
                                "letters that answer each other passed; that the look-ups are "
                                "theirs is not shown by it"},
                   .bulk = {Direction::neutral, "letters may pass beside mailings"}},
                  weighing);
    read_bulk(findings, {Direction::neutral, "letters may pass beside mailings"}, weighing);
    read_threads(
        findings,
        {Direction::weakly_for,
         "as persons do who write to each other; that the look-ups are of these letters is "
         "not shown by it"},
        weighing);
  }

  static void weigh_relation(const FindingSet& findings, Weighing& weighing) {
    read_fan_out(findings,
                 {Direction::weakly_against,
                  "and letters between two sides do not make strangers ask; a mailing beside them "
                  "would"},
                 weighing);
    read_rarity(findings,
                {Direction::neutral,
                 "as two that write to each other leave it, and every other cause with two sides; "
                 "unusual is not secret"},
                weighing);
    read_acceptance(
        findings,
        {.named_side_takes_none = {Direction::weakly_against,
                                   "so that letters to it do not pass; another exchanger may take "
                                   "them"},
         .parties_refused = {Direction::weakly_against,
                             "so that no letter passed there; another host of either may have let "
                             "some in"},
         .why_otherwise =
             "whom a mail host lets in or refuses is no list of whom it wants to hear; "
             "block lists, hosts that only send and lists of friends refuse alike"},
        weighing);
    read_dormancy(findings, {Direction::weakly_against, "and letters would be a sign of use"},
                  weighing);
  }

  static void weigh_types(const Finding& types, Weighing& weighing) {
    if (is_set(types, "rows_MX")) {
      weighing.bear(types, Direction::weakly_for,
                    "MX look-ups stand in the records, as a delivering server makes them; sender "
                    "checks make them too");
    } else if (types.outcome == Outcome::found && is_set(types, "foreign_rows")) {
      weighing.bear(types, Direction::weakly_against,
                    "a delivering server asks for MX first, and these logs hold other look-ups "
                    "but no MX for these names");
    } else if (types.outcome == Outcome::found) {
      weighing.bear(types, Direction::neutral,
                    "no MX, but the file may have been filtered to one type");
    }
  }

  static void weigh_timers(const FindingSet& findings, Weighing& weighing) {
    constexpr std::string_view kNotKept = "people who write keep none";
    read_gaps(findings,
              {.clock = {Direction::strongly_against, kNotKept},
               .timer = {Direction::weakly_against, kNotKept},
               .steady = {Direction::weakly_against, "by day and night, more than letters would"},
               .sparse = {}},
              weighing);
    read_automation(findings, {Direction::weakly_against, kNotKept}, weighing);
    note(findings, "cache_inversion", Outcome::measured,
         "so much reached the cache, of persons or of programs: it counts no letters", weighing);
  }

  static void weigh_rhythms(const FindingSet& findings, Weighing& weighing) {
    constexpr std::string_view kPeopleAndSoftware =
        "people keep hours, and so does software that follows people";
    for (const Finding* rhythm : about_parties(findings, "day_hour")) {
      const Finding* demand = findings.first("circadian", rhythm->subject, rhythm->vantage);
      if (demand != nullptr && demand->outcome == Outcome::found) {
        weighing.bear(*rhythm, Direction::neutral,
                      "the hours as the cache lets them through; circadian tests the demand "
                      "behind it");
      } else {
        weigh_rhythm(findings, *rhythm, weighing);
      }
    }
    note(findings, "circadian", Outcome::found, kPeopleAndSoftware, weighing);
    note(findings, "circadian", Outcome::nothing_found,
         "no hours of people show behind the cache; little open time or few bursts would hide them",
         weighing);
    note(findings, "holidays", Outcome::found, kPeopleAndSoftware, weighing);
    note(findings, "time_zone", Outcome::found,
         "where these hours would be a working day tells nothing of what was done in them",
         weighing);
  }

  // Hours of people would show where the cache leaves most of the time open and the test had the
  // power: nine hours of each day have a strength of 0.8, and 100 bursts tell that from 0.3 even
  // when only one in four of them is independent.
  static void weigh_rhythm(const FindingSet& findings, const Finding& rhythm, Weighing& weighing) {
    constexpr double kMostlyOpen = 0.5;
    constexpr double kBurstsForPower = 100;
    constexpr double kFarBelowAnOffice = 0.3;
    if (rhythm.outcome == Outcome::found) {
      weighing.bear(rhythm, Direction::neutral,
                    "people keep hours, and so does software that follows people");
    } else if (rhythm.outcome == Outcome::nothing_found) {
      const Finding* gaps = findings.first("gap_law", rhythm.subject, rhythm.vantage);
      const bool is_open = gaps != nullptr && gaps->quantity("saturation") != nullptr &&
                           gaps->value_or("saturation", 1) < kMostlyOpen &&
                           rhythm.value_or("bursts", 0) >= kBurstsForPower &&
                           rhythm.value_or("rhythm_strength", 1) < kFarBelowAnOffice;
      weighing.bear(
          rhythm, is_open ? Direction::weakly_against : Direction::neutral,
          is_open ? fmt::format("{}'s look-ups keep no hours (strength {:.2f}; an office's have "
                                "about 0.8), though its cache left more than half of the time open "
                                "for them to show",
                                rhythm.subject, rhythm.value_or("rhythm_strength", 0))
                  : "no hours of people show; a full cache or few bursts would hide them");
    }
  }
};

}  // namespace

const Explanation& person_to_person_mail_explanation() {
  static const PersonToPersonMail kExplanation;
  return kExplanation;
}

}  // namespace assay
