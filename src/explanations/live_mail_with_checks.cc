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

class LiveMailWithChecks final : public Explanation {
 public:
  std::string_view name() const override { return "live_mail_with_checks"; }
  std::string_view code() const override { return "E1"; }
  std::string_view title() const override { return "Live mail and its anti-spam look-ups"; }
  std::string_view proposition() const override {
    return "The names were looked up because mail from their host was arriving and the receiving "
           "side checked where it came from.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "look-ups within seconds of each delivery, thinned by the cache"},
        {"dns",
         "the pointer of the sending address, and TXT or MX of the envelope's domain, where "
         "the vantage can see them"},
        {"dns", "the resolvers of many unrelated recipients around each mailing"},
        {"mail", "a connection or a rejection from the sending host just before each burst", true},
        {"flow", "connections to port 25 from the sending host just before each burst", true},
        {"message", "messages whose Received line names the sending host"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::receiving_mail_log(5),
        records::sending_mail_log(5),
        records::resolver_client_log(4),
        records::flow_at_either_edge(3),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* types : about_all(findings, "type_profile")) {
      weigh_types(findings, *types, weighing);
    }
    for (const Finding* chains : about_parties(findings, "chains")) {
      weigh_chains(*chains, weighing);
    }
    for (const Finding* others : about_who_asked(findings)) {
      weigh_others(findings, *others, weighing);
    }
    weigh_relation(findings, weighing);
    weigh_mail(findings, weighing);
    constexpr Direction kAgainst = Direction::weakly_against;
    read_gaps(findings,
              {.clock = {kAgainst,
                         "deliveries come when they come, unless the mailing itself is on "
                         "a timer"},
               .timer = {kAgainst, "deliveries come when they come"},
               .steady = {kAgainst, "more than deliveries of occasional mail would make it"},
               .sparse = {}},
              weighing);
    read_automation(findings,
                    {kAgainst,
                     "deliveries come when they come, unless the mailing itself is on a "
                     "timer"},
                    weighing);
    for (const Finding* together : parties_moving_together(findings)) {
      weighing.bear(*together, Direction::weakly_for,
                    fmt::format("{} move together, as recipients of the same mailings would; a "
                                "common recorder makes them so too",
                                together->subject));
    }
    weigh_rhythms(findings, weighing);
    const bool has_no_mail = weighing.exclude_without(findings, "mail");
    const bool has_no_flow = weighing.exclude_without(findings, "flow");
    if (!has_no_mail && !has_no_flow && !are_checks_joined(findings)) {
      open_tie(findings,
               {.what = "deliveries just before the bursts",
                .kind = "mail",
                .record = "mail log",
                .joins = {"check_transfer"}},
               weighing);
      open_tie(findings,
               {.what = "connections to port 25 from the sending host",
                .kind = "flow",
                .record = "flow records",
                .joins = {"check_flow"}},
               weighing);
    }
    return std::move(weighing).finish(role());
  }

 private:
  static void weigh_mail(const FindingSet& findings, Weighing& weighing) {
    read_joins(findings,
               {.checks = {Direction::strongly_for,
                           "as a receiving side does that checks whoever hands mail over"},
                .letters = {},
                .visits = {}},
               weighing);
    read_mail_turns(findings,
                    {Direction::weakly_for,
                     "as checks of mail that arrives do, and whatever else follows mail"},
                    weighing);
    constexpr Lean kMailings{Direction::weakly_for, "mailings are checked as they arrive"};
    read_mail_from_holder(findings,
                          {Direction::weakly_for,
                           "mail that arrives is checked; whether these look-ups are its checks "
                           "their times tell, if anything"},
                          weighing);
    read_messages(findings, {.answered = {}, .bulk = kMailings}, weighing);
    read_bulk(findings, kMailings, weighing);
    read_threads(findings, {Direction::neutral, "letters that arrive are checked as mailings are"},
                 weighing);
  }

  static void weigh_relation(const FindingSet& findings, Weighing& weighing) {
    read_fan_out(findings,
                 {Direction::weakly_for,
                  "as the recipients of a mailing do; news, a change of software that many use and "
                  "the end of an outage do it too, and whether the asker is one of them is not "
                  "told"},
                 weighing);
    read_mailings(findings,
                  {Direction::weakly_for,
                   "mail in bulk, which checks follow; whether it went to the asker too is told by "
                   "direct_records"},
                  weighing);
    read_rarity(findings,
                {Direction::weakly_against,
                 "a mailing reaches many; a short list remains, and so does that the name was "
                 "picked because few ask for it"},
                weighing);
    read_acceptance(
        findings,
        {.named_side_takes_none = {Direction::weakly_for, "as a host that only sends does"},
         .parties_refused = {},
         .why_otherwise = "whom a mail host lets in is told; checks are made of mail "
                          "that is refused as well"},
        weighing);
    read_dormancy(findings,
                  {Direction::weakly_against, "and mail that arrives would be a sign of use"},
                  weighing);
  }

  static void weigh_types(const FindingSet& findings, const Finding& types, Weighing& weighing) {
    const double companions = types.value_or("rows_PTR", 0) + types.value_or("rows_TXT", 0) +
                              types.value_or("rows_MX", 0);
    if (companions > 0 && has_check_chains(findings)) {
      weighing.bear(types, Direction::neutral,
                    "the PTR, TXT or MX look-ups of the sets that stand in seconds, counted there");
    } else if (companions > 0) {
      weighing.bear(types, Direction::weakly_for,
                    "PTR, TXT or MX look-ups stand beside the address look-ups, as sender checks "
                    "make them");
    } else if (types.outcome == Outcome::found) {
      weighing.bear(types, Direction::neutral,
                    "a log of the forward zone shows only the address part of a sender check; "
                    "the pointer is asked elsewhere");
    }
  }

  static void weigh_chains(const Finding& chains, Weighing& weighing) {
    if (is_set(chains, "check_shaped")) {
      weighing.bear(chains, Direction::weakly_for,
                    fmt::format("{}'s look-ups come in the sets that sender checks ask within "
                                "seconds; monitors and mail testers ask alike",
                                chains.subject));
    } else if (chains.outcome == Outcome::nothing_found) {
      weighing.bear(chains, Direction::neutral,
                    "no sets of a sender check stand in the same seconds; caches answer parts of "
                    "them, and other parts are asked of other servers");
    }
  }

  static void weigh_others(const FindingSet& findings, const Finding& others, Weighing& weighing) {
    if (others.outcome == Outcome::not_enough || others.outcome == Outcome::not_applicable) return;
    if (has_many_others(others)) {
      weighing.bear(others, Direction::weakly_for,
                    "many unrelated networks asked too, as the recipients of a mailing would");
    } else if (shows_every_asker(findings, others)) {
      weighing.bear(others, Direction::weakly_against,
                    "a mailing reaches many networks, and few others asked in a log that is "
                    "declared complete; a list with few recipients remains");
    } else {
      weighing.bear(others, Direction::neutral,
                    "few others asked, but nobody vouches that the file shows everyone");
    }
  }

  static void weigh_rhythms(const FindingSet& findings, Weighing& weighing) {
    constexpr std::string_view kMailAndHours =
        "mail follows the working day of its senders or none, so this tells little";
    read_rhythm(findings, {Direction::neutral, kMailAndHours}, kMailAndHours, weighing);
    read_holidays(findings, {Direction::neutral, kMailAndHours}, weighing);
    read_turns(findings,
               {Direction::weakly_for,
                "mail that is checked where it arrives ties the two, and so do letters and their "
                "answers, a mailing to both, and one program that asks for both"},
               {Direction::weakly_for,
                "as a check does that mail sets off at once; so does one program that asks for "
                "both names"},
               weighing);
    note(findings, "event_coincidence", Outcome::found,
         "mailings follow events, and so does much else", weighing);
    for (const Finding* changes : about_parties(findings, "change_points")) {
      if (changes->outcome != Outcome::found) continue;
      weighing.bear(*changes, Direction::neutral,
                    "a campaign that begins or ends makes such a change; so do a scan, a new "
                    "configuration and a change at the collector");
    }
  }
};

}  // namespace

const Explanation& live_mail_with_checks_explanation() {
  static const LiveMailWithChecks kExplanation;
  return kExplanation;
}

}  // namespace assay
