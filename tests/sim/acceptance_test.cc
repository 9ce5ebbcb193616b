// Whom mail hosts let in, and what follows from it. Seeds 1 to 5, for development; what is checked
// is what is built in, so that none is held back.
#include "sim/acceptance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/records/records.h"
#include "sim/run.h"
#include "sim/scenario_toml.h"

namespace assay::sim {
namespace {

Scenario scenario_of(std::uint64_t seed, const std::string& cause, const std::string& mail,
                     const std::string& target_mail = "{}") {
  auto scenario = parse_scenario(
      "begin = \"2021-05-04T00:00:00Z\"\nend = \"2021-06-15T00:00:00Z\"\n[target]\nmail = " +
          target_mail + "\n[[party]]\nname = \"Bank\"\naddresses = [\"192.0.2.10\"]\nmail = " +
          mail + "\n[[party.cause]]\nkind = \"" + cause + "\"\n",
      "test.toml");
  EXPECT_TRUE(scenario.ok()) << scenario.error().message;
  scenario->seed = seed;
  return *scenario;
}

SimulatedRun run_of(const Scenario& scenario) {
  auto run = run_scenario(scenario);
  EXPECT_TRUE(run.ok());
  return std::move(*run);
}

std::size_t files_named(const std::vector<RecordFile>& files, std::string_view end) {
  return static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(),
                    [&](const RecordFile& file) { return file.name.ends_with(end); }));
}

TEST(Acceptance, AHostThatTakesNoMailHasNoneAndNobodyClicksOrAnswers) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    for (const char* cause : {"campaign_checks", "invitations"}) {
      const Scenario scenario = scenario_of(seed, cause, "{accepts = \"nobody\"}");
      const SimulatedRun run = run_of(scenario);
      ASSERT_FALSE(run.transfers.empty()) << cause;
      for (const PartyTransfer& each : run.transfers) EXPECT_EQ(each.transfer.code, kTakesNoMail);
      EXPECT_EQ(run.truth[0].refused_transfers, run.truth[0].transfers);
      EXPECT_EQ(run.truth[0].last_contact_s, 0) << cause;
      EXPECT_FALSE(run.truth[0].passed_content()) << cause;
      EXPECT_TRUE(mailboxes(scenario, run).empty());
      EXPECT_GT(run.rows.size(), 3u);  // who connects is looked up all the same
    }
  }
}

TEST(Acceptance, LettersThatAreRefusedAreNotAnswered) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const SimulatedRun run =
        run_of(scenario_of(seed, "correspondence", "{}", "{accepts = \"nobody\"}"));
    std::uint64_t refused = 0;
    for (const PartyTransfer& each : run.transfers) {
      EXPECT_EQ(each.transfer.code, each.transfer.is_inbound ? 250 : kTakesNoMail);
      refused += !each.transfer.is_inbound;
      if (each.transfer.is_inbound) {
        EXPECT_FALSE(each.transfer.is_reply);
      }
    }
    EXPECT_GT(refused, 0u);
    EXPECT_EQ(run.truth[0].refused_transfers, refused);
    EXPECT_TRUE(run.truth[0].passed_content());
  }
}

TEST(Acceptance, AListLetsInWhoStandsOnItAndStrangersChangeNoLookUp) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const SimulatedRun without = run_of(scenario_of(seed, "correspondence", "{}"));
    const SimulatedRun run = run_of(
        scenario_of(seed, "correspondence",
                    "{accepts = \"listed\", listed = [\"203.0.113.25\", \"2001:db8:7::25\"], "
                    "strangers_per_day = 20}"));
    std::uint64_t let_in = 0;
    for (const PartyTransfer& each : run.transfers) {
      const Transfer& transfer = each.transfer;
      const bool is_listed = transfer.stranger == 0 || transfer.stranger == 7;
      EXPECT_EQ(transfer.code, is_listed ? 250 : kNotOnTheList);
      EXPECT_EQ(each.cause == kNobody, transfer.stranger != 0);
      let_in += transfer.stranger == 7;
    }
    EXPECT_GT(run.stranger_transfers, let_in + 400);
    EXPECT_EQ(run.rows.size(), without.rows.size());
    EXPECT_EQ(run.transfers.size(), without.transfers.size() + run.stranger_transfers);
  }
}

TEST(Registrations, AreWrittenWhereAScenarioTellsThemAndNowhereElse) {
  Scenario scenario = scenario_of(1, "invitations", "{}");
  EXPECT_TRUE(registration_files(scenario).empty());
  scenario.registrations.registrant = "Sender Ltd";
  auto files = registration_files(scenario);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files_named(files, "whois.txt"), 1u);
  EXPECT_EQ(files[0].records["registration"], 1u);
  EXPECT_THAT(files[0].bytes, testing::HasSubstr("Registrant Organization: Sender Ltd\n"));
  scenario.registrations.ptr = "news1.sender.example";
  scenario.registrations.neighbours = {"shop.other.example"};
  files = registration_files(scenario);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_THAT(files[1].bytes,
              testing::HasSubstr("26.113.0.203.in-addr.arpa domain name pointer shop.other"));
}

TEST(Registrations, AndMailHostsThatCannotBeAreRefused) {
  const auto refused = [](const std::string& more) {
    const auto scenario = parse_scenario(
        "begin = \"2021-05-04T00:00:00Z\"\nend = \"2021-06-15T00:00:00Z\"\n" + more, "test.toml");
    return scenario.ok() ? "" : scenario.error().message;
  };
  EXPECT_THAT(refused("[registrations]\naddress_holder = \"Network Inc\"\n"),
              testing::HasSubstr("needs the network"));
  EXPECT_THAT(refused("[registrations]\nregistrant = \"a\\nb\"\n"),
              testing::HasSubstr("plain characters"));
  EXPECT_THAT(refused("[registrations]\nptr = \"a..b\"\n"), testing::HasSubstr("no name"));
  EXPECT_THAT(refused("[target]\nmail = {accepts = \"friends\"}\n"),
              testing::HasSubstr("accepts is one of"));
  EXPECT_THAT(refused("[target]\nmail = {strangers_per_day = 3}\n"),
              testing::HasSubstr("is no key"));
}

// Old questions that come back, and people who try a name, may pass the party's own resolvers.
TEST(Scenario, AShareOfWhatComesFromNobodyPassesThePartysResolvers) {
  for (const char* cause : {"echo", "probing"}) {
    for (const double share : {0.0, 1.0}) {
      Scenario scenario = scenario_of(3, cause, "{}");
      scenario.parties[0].causes[0].parameters = {{"own_share", share}, {"per_day", 40}};
      const SimulatedRun run = run_of(scenario);
      ASSERT_GT(run.rows.size(), 20u);
      for (const Row& row : run.rows) {
        EXPECT_EQ(run.clients[row.client] == "192.0.2.10", share == 1) << cause;
      }
      EXPECT_EQ(run.truth[0].direct_queries == 0, share == 1) << cause;
    }
  }
}

}  // namespace
}  // namespace assay::sim
