// Records of mail hosts, of a host out of use and of registries as the simulator has them: the
// methods find in them what is true of the run. Seeds 1 to 3 were used in development, 101 to 103
// are the check.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "assay/method.h"
#include "engine/calibrate/simulated_case.h"
#include "sim/acceptance.h"
#include "sim/scenario_toml.h"
#include "sim/times.h"

namespace assay {
namespace {

constexpr std::uint64_t kSeeds[] = {1, 2, 3, 101, 102, 103};
using testing::HasSubstr;

struct Measured {
  sim::Scenario scenario;
  sim::SimulatedRun run;
  std::vector<Finding> findings;

  const Finding* finding(std::string_view subject) const {
    for (const Finding& each : findings) {
      if (each.subject == subject) return &each;
    }
    return nullptr;
  }
};

// By one method, which reads records beside the look-ups.
Measured measured(const char* method, const std::string& text, std::uint64_t seed,
                  const FurtherRecords& further) {
  auto scenario = sim::parse_scenario(text, "test.toml");
  EXPECT_TRUE(scenario.ok()) << scenario.error().message;
  scenario->seed = seed;
  auto run = sim::run_scenario(*scenario);
  EXPECT_TRUE(run.ok());
  std::vector<Finding> findings;
  const Status looked = look_at_run(
      *scenario, *run, DeclaredCoverage::as_it_was,
      [&](const QuestionRecords& records, const MethodContext& context) {
        findings = find_method(method)->compare({records}, context);
      },
      further);
  EXPECT_TRUE(looked.ok()) << looked.error().message;
  return {std::move(*scenario), std::move(*run), std::move(findings)};
}

std::string party_of(const Finding& finding) {
  const auto told = finding.parameters.find("party");
  return told == finding.parameters.end() ? "" : told->second;
}

std::string correspondence(const std::string& target_mail, const std::string& bank_mail) {
  return fmt::format(
      "begin = \"2021-05-04T00:00:00Z\"\nend = \"2021-06-04T00:00:00Z\"\n[target]\nmail = {}\n"
      "[[party]]\nname = \"Bank\"\naddresses = [\"192.0.2.10\"]\nmail_addresses = "
      "[\"192.0.2.25\"]\nmail = {}\n[[party.cause]]\nkind = \"correspondence\"\n",
      target_mail, bank_mail);
}

const Finding& at(const Measured& measured, std::string_view subject) {
  static const Finding kNone;
  const Finding* finding = measured.finding(subject);
  EXPECT_NE(finding, nullptr) << "nothing of " << subject;
  return finding == nullptr ? kNone : *finding;
}

std::string reading(const Finding& finding) {
  const auto told = finding.parameters.find("reading");
  return told == finding.parameters.end() ? "" : told->second;
}

TEST(SimulatedRecords, WhatAMailHostAnswersIsReadAsItsPolicyWas) {
  const std::pair<const char*, const char*> kPolicies[] = {
      {"{host = \"mx1.bank.example\", strangers_per_day = 6}", "nobody_refused"},
      {"{host = \"mx1.bank.example\", accepts = \"nobody\", strangers_per_day = 6}",
       "no_mail_at_all"},
      {"{host = \"mx1.bank.example\", accepts = \"listed\", listed = [\"203.0.113.25\"], "
       "strangers_per_day = 6}",
       "some_in_some_refused"},
      {"{host = \"mx1.bank.example\", accepts = \"listed\", strangers_per_day = 6}",
       "no_positive_control"}};
  for (const std::uint64_t seed : kSeeds) {
    for (const auto& [policy, expected] : kPolicies) {
      const Measured made =
          measured("acceptance_policy", correspondence("{}", policy), seed, {.has_mail_log = true});
      const Finding& finding = at(made, "mx1.bank.example");
      EXPECT_EQ(reading(finding), expected) << seed;
      EXPECT_EQ(party_of(finding), "Bank");
      std::set<std::string> in, out;
      for (const sim::PartyTransfer& each : made.run.transfers) {
        if (!each.transfer.is_inbound) continue;
        (each.transfer.code < 400 ? in : out)
            .insert(each.transfer.stranger == 0 ? "Sender"
                                                : sim::stranger_address(each.transfer.stranger));
      }
      EXPECT_EQ(finding.value_or("accepted_askers", -1), static_cast<double>(in.size()));
      EXPECT_EQ(finding.value_or("refused_askers", -1), static_cast<double>(out.size()));
    }
  }
}

// Where the log names its host by a short name and nobody comes so far as to name a recipient,
// nothing says whose log it is.
TEST(SimulatedRecords, ALogThatNobodyCanBeToldByIsNobodys) {
  const Measured made = measured(
      "acceptance_policy", correspondence("{}", "{accepts = \"nobody\", strangers_per_day = 6}"), 1,
      {.has_mail_log = true});
  EXPECT_EQ(made.finding("mx1"), nullptr);
}

TEST(SimulatedRecords, AHostThatTellsEverybodyThatItTakesNoMailIsReadSoFromTheOtherSidesLog) {
  for (const std::uint64_t seed : kSeeds) {
    const Measured refused =
        measured("acceptance_policy", correspondence("{accepts = \"nobody\"}", "{}"), seed,
                 {.has_mail_log = true});
    const Finding& told = at(refused, "203.0.113.25");
    EXPECT_EQ(party_of(told), "Sender");
    EXPECT_THAT(reading(told), testing::StartsWith("no_")) << told.statement;
    EXPECT_EQ(told.outcome, Outcome::not_enough);
    const Measured taken =
        measured("acceptance_policy", correspondence("{}", "{}"), seed, {.has_mail_log = true});
    EXPECT_EQ(reading(at(taken, "203.0.113.25")), "nobody_refused");
  }
}

// A thread's messages go to and fro; each but the first answers the one before.
TEST(SimulatedRecords, MessageThreadsAreThoseOfTheRun) {
  for (const std::uint64_t seed : kSeeds) {
    const Measured made =
        measured("message_threads", correspondence("{}", "{}"), seed, {.has_mailbox = true});
    const Finding& finding = at(made, "");
    std::map<std::uint32_t, std::vector<bool>> threads;
    for (const sim::PartyTransfer& each : made.run.transfers) {
      if (each.transfer.thread == 0 || each.transfer.code >= 400) continue;
      threads[each.transfer.thread].push_back(each.transfer.is_inbound);
    }
    double answers = 0, turned = 0;
    for (const auto& [thread, ways] : threads) {
      answers += static_cast<double>(ways.size()) - 1;
      for (std::size_t i = 1; i < ways.size(); ++i) turned += ways[i] != ways[i - 1];
    }
    ASSERT_GT(turned, 20);
    EXPECT_EQ(finding.outcome, Outcome::found);
    EXPECT_EQ(finding.value_or("replies", -1), answers) << seed;
    EXPECT_EQ(finding.value_or("cross_replies", -1), turned) << seed;
    EXPECT_EQ(finding.value_or("replies_to_missing", -1), 0) << finding.statement;
  }
}

TEST(SimulatedRecords, MessageThreadsAreSilentOnMailingsThatNobodyAnswers) {
  const std::string scenario =
      "begin = \"2021-05-04T00:00:00Z\"\nend = \"2021-07-04T00:00:00Z\"\n[[party]]\nname = "
      "\"Bank\"\naddresses = [\"192.0.2.10\"]\nmail_addresses = [\"192.0.2.25\"]\n"
      "[[party.cause]]\nkind = \"campaign_checks\"\n";
  for (const std::uint64_t seed : kSeeds) {
    const Measured made = measured("message_threads", scenario, seed, {.has_mailbox = true});
    const Finding& finding = at(made, "");
    EXPECT_EQ(finding.outcome, Outcome::nothing_found);
    EXPECT_GT(finding.value_or("messages", 0), 20);
    EXPECT_EQ(finding.value_or("threads", -1), 0);
  }
}

// Mail until March, look-ups by a scan from May on.
TEST(SimulatedRecords, TheLastSignOfUseOfAHostIsItsLastContact) {
  const std::string scenario =
      "begin = \"2021-01-04T00:00:00Z\"\nend = \"2021-07-04T00:00:00Z\"\n[[party]]\nname = "
      "\"Bank\"\naddresses = [\"192.0.2.10\"]\nmail_addresses = [\"192.0.2.25\"]\n"
      "[[party.cause]]\nkind = \"campaign_checks\"\nend = \"2021-03-04T00:00:00Z\"\n"
      "[[party.cause]]\nkind = \"archive_rescan\"\nbegin = \"2021-05-04T00:00:00Z\"\n"
      "archived_messages = 0\n[vantage]\noutage = [{begin = \"2021-01-04T00:00:00Z\", end = "
      "\"2021-05-04T00:00:00Z\"}]\n";
  for (const std::uint64_t seed : kSeeds) {
    const Measured made =
        measured("dormancy", scenario, seed, {.has_mail_log = true, .has_flows = true});
    const Finding& finding = at(made, "Sender");
    EXPECT_EQ(finding.outcome, Outcome::measured);
    const double last = made.run.truth[0].last_contact_s;
    ASSERT_GT(last, 0);
    // A refused session is a sign of use as well, and a session ends behind its transfer.
    EXPECT_NEAR(finding.value_or("last_sign_unix_s", 0), last, 2 * 3'600) << seed;
    EXPECT_GT(made.run.rows.front().time_s, last + 30 * 86'400);
  }
}

TEST(SimulatedRecords, RolesInRegistrationsAreFoundAsTheyWereAndApart) {
  const std::string told =
      "[registrations]\nregistrant = \"Sender Holding Ltd\"\nadministrator = \"Agency GmbH\"\n"
      "name_servers = [\"ns1.hosting.example\"]\nnetwork = \"203.0.113.0/24\"\naddress_holder = "
      "\"Network Inc\"\nptr = \"news1.sender.example\"\nneighbours = [\"shop.other.example\"]\n";
  const std::string cause = correspondence("{}", "{}");
  for (const std::uint64_t seed : kSeeds) {
    const Measured made =
        measured("registrations", cause + told, seed, {.has_registrations = true});
    const std::pair<const char*, const char*> kRoles[] = {
        {"registrant", "registrant of sender.example: 'Sender Holding Ltd'"},
        {"administrator", "of sender.example: 'Agency GmbH'"},
        {"name_server", "ns1.hosting.example"},
        {"address_holder", "203.0.113.0/24: 'Network Inc'"},
        {"ptr", "203.0.113.25: 'news1.sender.example'"}};
    for (const auto& [role, words] : kRoles) {
      const Finding& finding = at(made, role);
      EXPECT_THAT(finding.statement, HasSubstr(words));
      EXPECT_EQ(finding.value_or("values", 0), 1);
    }
    EXPECT_EQ(at(made, "neighbourhood").value_or("names", 0), 2);
    const Measured silent = measured("registrations", cause, seed, {.has_registrations = true});
    EXPECT_EQ(at(silent, "").outcome, Outcome::not_applicable);
  }
}

}  // namespace
}  // namespace assay
