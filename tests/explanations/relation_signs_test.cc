// What is not timing: who else asks, how packets look, whom a mail host lets in, when a host was
// last in use, who is registered. For each a scenario in which it speaks and one in which it is
// silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "../methods/toy.h"
#include "finding_builder.h"
#include "sim/random.h"

namespace assay {
namespace {

using test::Findings;
using test::judged;
using test::of;
using ::testing::Contains;
using ::testing::HasSubstr;

// The first bearing of a method's findings; nullopt when none bears.
std::optional<Direction> leaning(const Assessment& assessment, std::string_view method) {
  for (const Bearing& bearing : assessment.bearings) {
    if (bearing.finding.find("/" + std::string(method) + "/") != std::string::npos) {
      return bearing.direction;
    }
  }
  return std::nullopt;
}

// Bank asks for Sender's names from 4 May 2021 on.
Findings lookups() {
  Findings findings;
  findings.volume("raw", 900, {{"Bank", 900}, {"Sender", 0}});
  for (const char* subject : {"Sender", "Bank"}) {
    Finding& raw = findings.add("volume", subject, Outcome::measured, {}, "raw");
    Quantity others;
    others.name = "rows_for_others_names";
    others.value = subject == std::string_view("Bank") ? 900 : 0;
    raw.quantities.push_back(others);
  }
  Finding& all = findings.add("volume", "", Outcome::measured, {{"rows", 900}}, "raw");
  all.parameters["first"] = "2021-05-04T00:00:10Z";
  return findings;
}

constexpr double kFirst = 1'620'086'410;
constexpr double kDay = 86'400;

// ---- campaign_fan_out ----

TEST(FanOut, ManyAtOnceSpeakForMailToManyAndAgainstARelationOfTwo) {
  Findings findings = lookups();
  findings.add("campaign_fan_out", "", Outcome::found,
               {{"fan_out_hours", 4}, {"hours_after_mailings", 3}});
  const Verdict verdict = judged(findings);
  for (const char* cause :
       {"live_mail_with_checks", "another_use_of_the_host", "probing_after_disclosure"}) {
    EXPECT_EQ(leaning(of(verdict, cause), "campaign_fan_out"), Direction::weakly_for) << cause;
  }
  for (const char* cause : {"person_to_person_mail", "mailbox_on_the_host",
                            "data_copied_between_systems", "misconfigured_application"}) {
    EXPECT_EQ(leaning(of(verdict, cause), "campaign_fan_out"), Direction::weakly_against) << cause;
    EXPECT_THAT(verdict.surviving, Contains(cause));
  }
  EXPECT_EQ(leaning(of(verdict, "archive_rescan"), "campaign_fan_out"), Direction::neutral);
  EXPECT_THAT(of(verdict, "live_mail_with_checks").bearings,
              Contains(testing::Field(&Bearing::reason, HasSubstr("3 hours of them soon after"))));
}

// The hosts that a resolver serves are the asker's own desks.
TEST(WhoAsked, TheHostsOfOneResolverAreNoUnrelatedNetworks) {
  for (const char* vantage : {"resolver", "authoritative"}) {
    Findings findings = lookups();
    findings.vantage(vantage);
    findings.add("exclusivity", "", Outcome::found, {{"outside_askers", 40}, {"named_askers", 1}});
    findings.add("campaign_fan_out", "", Outcome::found, {{"fan_out_hours", 4}});
    const Verdict verdict = judged(findings);
    const bool is_told = std::string_view(vantage) == "authoritative";
    for (const char* method : {"exclusivity", "campaign_fan_out"}) {
      for (const char* cause : {"live_mail_with_checks", "person_to_person_mail",
                                "probing_after_disclosure", "data_copied_between_systems"}) {
        EXPECT_EQ(leaning(of(verdict, cause), method).has_value(), is_told) << method << cause;
      }
    }
  }
}

TEST(FanOut, NoneFoundTellsNothing) {
  Findings findings = lookups();
  findings.add("campaign_fan_out", "", Outcome::nothing_found, {{"askers", 40}});
  for (const Assessment& assessment : judged(findings).assessments) {
    EXPECT_EQ(leaning(assessment, "campaign_fan_out"), std::nullopt) << assessment.explanation;
  }
}

TEST(FanOut, ManyAskersAndManyAtOnceAndRarityCountOnce) {
  Findings findings = lookups();
  findings.add("exclusivity", "", Outcome::measured,
               {{"outside_askers", 400}, {"named_askers", 2}});
  findings.add("campaign_fan_out", "", Outcome::found, {{"fan_out_hours", 4}});
  const Assessment mail = of(judged(findings), "live_mail_with_checks");
  EXPECT_THAT(mail.support_reason, HasSubstr("Weight for it 1, against it 0"));
}

// Look-ups count 1 at most beside what other records say.
TEST(FanOut, AMailLogWithMailingsComesOnTopOfWhatLookupsSay) {
  Findings findings = lookups();
  findings.add("campaign_fan_out", "", Outcome::found, {{"fan_out_hours", 4}});
  findings.add("chains", "Bank", Outcome::found, {{"check_shaped", 1}});
  EXPECT_EQ(of(judged(findings), "live_mail_with_checks").support, Support::weak);
  findings.add("campaign_fan_out", "", Outcome::found, {{"mailings", 3}}, "mail");
  const Assessment mail = of(judged(findings), "live_mail_with_checks");
  EXPECT_EQ(mail.support, Support::moderate);
  EXPECT_THAT(mail.support_reason, HasSubstr("Held at moderate"));
}

// ---- rarity ----

TEST(Rarity, SpeaksAgainstMailToManyAtTheNamesOwnServersAndForNobody) {
  for (const char* vantage : {"authoritative", "passive_sensor"}) {
    Findings findings = lookups();
    findings.vantage(vantage).add("rarity", "mail1.sender.example", Outcome::found, {{"q", 0.002}});
    const Verdict verdict = judged(findings);
    const bool is_own = std::string_view(vantage) == "authoritative";
    EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "rarity"),
              is_own ? Direction::weakly_against : Direction::neutral);
    EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "rarity"), Direction::neutral);
    EXPECT_EQ(of(verdict, "person_to_person_mail").support, Support::none);
  }
  Findings silent = lookups();
  silent.add("rarity", "mail1.sender.example", Outcome::nothing_found, {{"q", 0.4}});
  EXPECT_EQ(leaning(of(judged(silent), "live_mail_with_checks"), "rarity"), std::nullopt);
}

// ---- path_evidence ----

TEST(PathEvidence, TwoHabitsUnderAPartysAddressSpeakForForgedSourcesAndAnUpgradeForNone) {
  const auto bears = [](Outcome outcome, double in_turn, bool is_party) {
    Findings findings = lookups();
    Finding& packets = findings.add("path_evidence", "192.0.2.10", outcome,
                                    {{"reasons", 1}, {"reasons_in_turn", in_turn}});
    if (is_party) packets.parameters["party"] = "Bank";
    return leaning(of(judged(findings), "forged_sources"), "path_evidence");
  };
  EXPECT_EQ(bears(Outcome::found, 0, true), Direction::weakly_for);
  EXPECT_EQ(bears(Outcome::found, 1, true), Direction::neutral);
  EXPECT_EQ(bears(Outcome::nothing_found, 0, true), Direction::neutral);
  EXPECT_EQ(bears(Outcome::found, 0, false), std::nullopt);
  EXPECT_EQ(bears(Outcome::not_applicable, 0, true), std::nullopt);
}

// Rows with ports, ids and flags: a resolver of one habit, and the same with forged ones between.
TEST(PathEvidence, ForgedQueriesBetweenAResolversOwnAreSeenByTheirFields) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    for (const bool is_forged : {true, false}) {
      sim::Random random(seed);
      toy::Toy toy(20);
      const auto send = [&](double t, std::uint32_t flags) {
        toy::RowOptions row;
        row.flags = flags;
        row.id = static_cast<std::uint16_t>(1 + random.below(65'000));
        row.client_port = static_cast<std::uint16_t>(1'100 + random.below(64'000));
        toy.ask(t, "192.0.2.53", row);
      };
      for (double t = 0; t < 20 * toy::kDay; t += 3'700 + random.exponential(900)) {
        send(t, kHasQuery | kEdns | kDnssecOk);
        if (is_forged && random.chance(0.4)) send(t + random.uniform(120, 3'000), kHasQuery);
      }
      const FindingSet findings(toy.run("path_evidence"));
      const Assessment forged = find_explanation("forged_sources")->assess(findings);
      EXPECT_EQ(leaning(forged, "path_evidence"),
                is_forged ? Direction::weakly_for : Direction::neutral)
          << seed;
      EXPECT_THAT(forged.open, Contains(HasSubstr("EDNS sizes")));
    }
  }
}

// ---- acceptance_policy ----

Finding& policy(Findings& findings, const char* party, const char* reading, double networks,
                double party_refused_days = 0) {
  Finding& finding = findings.add("acceptance_policy", "mx", Outcome::not_enough,
                                  {{"refused_networks", networks},
                                   {"refused_days", 5},
                                   {"party_askers_accepted", 0},
                                   {"party_refused_days", party_refused_days}});
  finding.parameters = {{"party", party}, {"reading", reading}};
  return finding;
}

TEST(Acceptance, AHostThatTellsManyThatItTakesNoMailSpeaksForSendingOnlyAndAgainstLetters) {
  Findings findings = lookups();
  policy(findings, "Sender", "no_mail_at_all", 6);
  const Verdict verdict = judged(findings);
  EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "acceptance_policy"),
            Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "another_use_of_the_host"), "acceptance_policy"),
            Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "acceptance_policy"),
            Direction::weakly_against);
  EXPECT_EQ(leaning(of(verdict, "mailbox_on_the_host"), "acceptance_policy"), Direction::neutral);
  EXPECT_THAT(verdict.surviving, Contains("person_to_person_mail"));
}

// A list of friends refuses strangers too: probes from elsewhere favour nobody.
TEST(Acceptance, RefusalsOfStrangersOrOfOneAskerLeanNowhere) {
  for (const char* reading : {"no_positive_control", "some_in_some_refused", "nobody_refused"}) {
    Findings findings = lookups();
    policy(findings, "Sender", reading, 6);
    const Verdict verdict = judged(findings);
    for (const char* cause : {"live_mail_with_checks", "person_to_person_mail"}) {
      EXPECT_EQ(leaning(of(verdict, cause), "acceptance_policy"), Direction::neutral) << reading;
    }
  }
  Findings one = lookups();
  policy(one, "Sender", "no_mail_at_all", 1);
  EXPECT_EQ(leaning(of(judged(one), "person_to_person_mail"), "acceptance_policy"),
            Direction::neutral);
}

TEST(Acceptance, RefusingTheOtherPartyOnEveryDaySpeaksAgainstLettersBetweenThem) {
  Findings findings = lookups();
  policy(findings, "Sender", "no_positive_control", 1, 9);
  const Assessment letters = of(judged(findings), "person_to_person_mail");
  EXPECT_EQ(leaning(letters, "acceptance_policy"), Direction::weakly_against);
  EXPECT_THAT(letters.bearings,
              Contains(testing::Field(&Bearing::reason, HasSubstr("each time, on 9 days"))));
}

TEST(Acceptance, TriesThatEndedOtherwiseOrMayBeTheirsAreNotRefusedEachTime) {
  for (const char* number :
       {"party_tries_otherwise", "maybe_of_parties", "party_askers_accepted"}) {
    Findings findings = lookups();
    Finding& finding = findings.add("acceptance_policy", "mx", Outcome::not_enough,
                                    {{"refused_networks", 1},
                                     {"refused_days", 3},
                                     {"party_refused_days", 3},
                                     {"party_days", 20},
                                     {number, 17}});
    finding.parameters = {{"party", "Sender"}, {"reading", "no_positive_control"}};
    const Assessment letters = of(judged(findings), "person_to_person_mail");
    EXPECT_EQ(leaning(letters, "acceptance_policy"), Direction::neutral) << number;
    EXPECT_THAT(letters.bearings,
                Contains(testing::Field(&Bearing::reason,
                                        HasSubstr("on 3 of 20 days, and not each time"))));
  }
}

// ---- dormancy ----

Finding& last_use(Findings& findings, double last, double vouched_until) {
  return findings.add("dormancy", "Sender", Outcome::measured,
                      {{"last_sign_unix_s", last}, {"vouched_until_unix_s", vouched_until}});
}

TEST(Dormancy, AHostLongOutOfUseSpeaksForOldNamesAndAgainstLiveDealings) {
  Findings findings = lookups();
  last_use(findings, kFirst - 700 * kDay, kFirst + 30 * kDay);
  const Verdict verdict = judged(findings);
  for (const char* cause : {"archive_rescan", "misconfigured_application", "replayed_lookups"}) {
    EXPECT_EQ(leaning(of(verdict, cause), "dormancy"), Direction::weakly_for) << cause;
  }
  for (const char* cause : {"live_mail_with_checks", "person_to_person_mail", "mailbox_on_the_host",
                            "data_copied_between_systems", "another_use_of_the_host"}) {
    EXPECT_EQ(leaning(of(verdict, cause), "dormancy"), Direction::weakly_against) << cause;
    EXPECT_THAT(verdict.surviving, Contains(cause));
  }
}

TEST(Dormancy, SilenceThatNobodyVouchesForAndAHostInUseLeanNowhere) {
  Findings unvouched = lookups();
  last_use(unvouched, kFirst - 700 * kDay, kFirst - 700 * kDay);
  EXPECT_EQ(leaning(of(judged(unvouched), "archive_rescan"), "dormancy"), Direction::neutral);
  Findings in_use = lookups();
  last_use(in_use, kFirst + 20 * kDay, kFirst + 30 * kDay);
  EXPECT_EQ(leaning(of(judged(in_use), "archive_rescan"), "dormancy"), std::nullopt);
}

void messages_at_rest(Findings& findings, const char* party, double last, double undated) {
  Finding& use = findings.add("dormancy", party, Outcome::not_enough, {{"messages", 40}});
  use.tables.push_back(
      {"signs",
       {"first_unix_s", "last_unix_s", "count", "is_use", "is_doubtful", "undated"},
       {"messages"},
       {{kFirst - 300 * kDay, last, 40, 0, 1, undated}}});
}

TEST(Dormancy, StoredMessagesOfBeforeAreWhatAScanGoesThroughAndLaterOnesAreNot) {
  struct Stored {
    double days, undated;
    bool are_before;
  };
  for (const auto& [days, undated, are_before] :
       {Stored{-90, 0, true}, Stored{5, 0, false}, Stored{-90, 3, false}}) {
    Findings findings = lookups();
    messages_at_rest(findings, "Sender", kFirst + days * kDay, undated);
    const Assessment scan = of(judged(findings), "archive_rescan");
    EXPECT_EQ(leaning(scan, "dormancy"),
              are_before ? std::optional(Direction::weakly_for) : std::nullopt);
    EXPECT_EQ(std::any_of(scan.open.begin(), scan.open.end(),
                          [](const std::string& text) {
                            return text.find("stored messages") != std::string::npos;
                          }),
              !are_before);
  }
}

// Nothing is said of the asker's own hosts, whenever the messages are from that name them.
TEST(Dormancy, StoredMessagesThatNameTheAskersHostsAreNotWhatAScanGoesThrough) {
  for (const double days : {-90.0, 5.0}) {
    Findings findings = lookups();
    messages_at_rest(findings, "Bank", kFirst + days * kDay, 0);
    EXPECT_EQ(leaning(of(judged(findings), "archive_rescan"), "dormancy"), std::nullopt);
    messages_at_rest(findings, "Sender", kFirst - 90 * kDay, 0);
    const Assessment scan = of(judged(findings), "archive_rescan");
    EXPECT_EQ(leaning(scan, "dormancy"), Direction::weakly_for);
    for (const Bearing& bearing : scan.bearings) {
      EXPECT_THAT(bearing.reason, testing::Not(HasSubstr("host of Bank")));
    }
  }
}

// ---- registrations ----

TEST(Registrations, AreNamedWhereTheyMatterAndLeanNowhere) {
  Findings findings = lookups();
  for (const char* role : {"registrant", "address_holder", "ptr"}) {
    findings.add("registrations", role, Outcome::measured, {{"values", 1}});
  }
  const Verdict verdict = judged(findings);
  EXPECT_EQ(leaning(of(verdict, "another_use_of_the_host"), "registrations"), Direction::neutral);
  EXPECT_EQ(leaning(of(verdict, "probing_after_disclosure"), "registrations"), Direction::neutral);
  Findings silent = lookups();
  silent.add("registrations", "", Outcome::not_applicable, {});
  for (const Assessment& assessment : judged(silent).assessments) {
    EXPECT_EQ(leaning(assessment, "registrations"), std::nullopt) << assessment.explanation;
  }
}

}  // namespace
}  // namespace assay
