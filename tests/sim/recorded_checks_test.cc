// The simulator beside what Postfix, Rspamd, SpamAssassin and cron asked (tests/data/lab/checks).
// The lab has no round trips: what is compared is what is asked, in which order, and how much of
// it a cache lets out; delays only as far as the programs and not the network make them.
#include "recorded_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/mail_queue.h"
#include "sim/run.h"

namespace assay::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::Not;

const std::string kPointer = "PTR 25.100.51.198.in-addr.arpa", kAddress = "A mail1.sender.example",
                  kFirstList = "A 25.100.51.198.list01.example";

class RecordedChecks : public testing::Test {
 protected:
  std::vector<Received> messages_of(const std::string& setup, const std::string& client) const {
    std::vector<Received> out;
    for (const Received& each : recording_.messages) {
      if (each.setup == setup && each.client == client) out.push_back(each);
    }
    return out;
  }
  std::vector<std::string> asked(const std::string& program, const std::string& message) const {
    return whats(of_message(recording_.asked, program, message));
  }
  const ChecksRecording recording_ = read_checks_recording();
};

// smtpd asks a list once in its life, which lasted the whole recording.
const SenderChecks kRestrictions = {.reverse = true,
                                    .blocklists = {"list01.example"},
                                    .lists_kept_seconds = 3'600,
                                    .greeting = true,
                                    .exchanger = true};

// Pointer, address, the list, the name of the greeting, MX of the sender's domain.
TEST_F(RecordedChecks, OfPostfixAreAskedInTheSimulatorsOrder) {
  const auto messages = messages_of("restrictions", "confirmed");
  ASSERT_EQ(messages.size(), 4u);
  const SimulatedChecks said = simulate(recording_, kRestrictions, messages);
  EXPECT_THAT(asked("postfix", "1"),
              ElementsAre(kPointer, kAddress, kFirstList, kAddress, "MX sender.example"));
  for (const Received& each : messages) {
    EXPECT_THAT(whats(of_message(said.inside, "simulated", each.number)),
                ElementsAreArray(asked("postfix", each.number)))
        << each.number;
  }
  // Without restrictions of its own it asks for pointer and address, as the simulator by `reverse`.
  const auto plain = messages_of("rspamd", "confirmed");
  const SimulatedChecks reverse = simulate(recording_, {.reverse = true}, plain);
  for (const Received& each : plain) {
    EXPECT_THAT(asked("postfix", each.number), ElementsAre(kPointer, kAddress));
    EXPECT_THAT(whats(of_message(reverse.inside, "simulated", each.number)),
                ElementsAre(kPointer, kAddress));
  }
}

// What two messages within the TTL, and two a few minutes later, let out of the resolver. Mail that
// the recording's Postfix sent just before the first had asked for its host and the MX.
TEST_F(RecordedChecks, LeaveTheResolverAsTheSimulatorSays) {
  const auto messages = messages_of("restrictions", "confirmed");
  const SimulatedChecks said = simulate(recording_, kRestrictions, messages);
  for (const Received& each : messages) {
    auto simulated = whats(of_message(said.upstream, "resolver", each.number));
    if (each.number == "1") {
      std::erase(simulated, kAddress);
      std::erase(simulated, "MX sender.example");
    }
    EXPECT_THAT(asked("resolver", each.number), testing::UnorderedElementsAreArray(simulated))
        << each.number;
  }
  EXPECT_EQ(asked("resolver", "1").size(), 4u);  // two of them on the way to a name
  EXPECT_TRUE(asked("resolver", messages[1].number).empty());
}

// -- Rspamd ---------------------------------------------------------------------------------------

SenderChecks rspamd(const std::vector<std::string>& asked_of_it) {
  SenderChecks checks{.policy = true, .exchanger = true, .both_families = true};
  checks.dkim_selector = "news";
  for (const std::string& what : asked_of_it) {
    const auto at = what.find(".list");
    if (at == std::string::npos) continue;
    const std::string list = what.substr(at + 1);
    if (what.starts_with("A 25.100.51.198.")) checks.blocklists.push_back(list);
    if (what.starts_with("A sender.example.")) checks.domain_lists.push_back(list);
  }
  return checks;
}

TEST_F(RecordedChecks, OfRspamdHoldAllThatTheSimulatorAsksAndAsMuchOfOtherNames) {
  const auto messages = messages_of("rspamd", "confirmed");
  const auto real = asked("rspamd", messages[0].number);
  const SenderChecks checks = rspamd(real);
  EXPECT_EQ(checks.blocklists.size(), 8u);
  EXPECT_EQ(checks.domain_lists.size(), 6u);
  const SimulatedChecks said = simulate(recording_, checks, {messages[0]});
  const auto simulated = whats(said.inside);
  for (const std::string& what : simulated) EXPECT_THAT(real, Contains(what));
  const std::set<std::string> both(simulated.begin(), simulated.end());
  std::set<std::string> others(real.begin(), real.end());
  for (const std::string& what : both) others.erase(what);
  // Lists asked about the host's own name and the link's, the number of its network, and the
  // domain as if it were a host.
  EXPECT_EQ(both.size(), 20u);
  EXPECT_EQ(others.size(), 13u);
  EXPECT_THAT(others, Contains("AAAA sender.example"));
  // The policy of DMARC is asked for last of the texts.
  const auto place = [&real](const std::string& what) {
    return std::find(real.begin(), real.end(), what) - real.begin();
  };
  EXPECT_LT(place("TXT sender.example"), place("TXT _dmarc.sender.example"));
  EXPECT_LT(place("TXT news._domainkey.sender.example"), place("TXT _dmarc.sender.example"));
}

TEST_F(RecordedChecks, DifferInWhatRspamdAndSmtpdRememberThemselves) {
  const auto messages = messages_of("rspamd", "confirmed");
  ASSERT_EQ(messages.size(), 4u);
  // The first of each pair finds nothing in the resolver's cache: three minutes lie between.
  for (const std::size_t i : {1u, 2u, 3u}) {
    const auto real = asked("rspamd", messages[i].number);
    EXPECT_THAT(real, Not(Contains("TXT sender.example"))) << i;
    EXPECT_THAT(real, Contains("TXT _dmarc.sender.example")) << i;
  }
  EXPECT_THAT(asked("resolver", messages[2].number), Contains("TXT _dmarc.sender.example"));
}

TEST_F(RecordedChecks, DifferInWhatRspamdAsksWhileNoMailComes) {
  std::map<std::string, std::vector<double>> of_list;
  for (const Asked& row : recording_.asked) {
    if (row.program == "rspamd" && row.message == "probe") of_list[row.what].push_back(row.time_s);
  }
  EXPECT_EQ(of_list.size(), 18u);
  for (const auto& [list, times] : of_list) {
    for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GT(times[i] - times[i - 1], 60) << list;
  }
}

// -- SpamAssassin ---------------------------------------------------------------------------------

TEST_F(RecordedChecks, OfSpamAssassinHoldNoPointerAndNoDmarcButTheHostsOfLinks) {
  for (const Received& each : messages_of("spamassassin", "confirmed")) {
    const auto real = asked("spamassassin", each.number);
    EXPECT_THAT(real, Not(Contains(kPointer)));
    EXPECT_THAT(real, Not(Contains("TXT _dmarc.sender.example")));
    for (const char* what : {"A sender.example", "MX sender.example", "TXT sender.example",
                             "TXT mail1.sender.example", "A mail1.sender.example"}) {
      EXPECT_THAT(real, Contains(what)) << each.number;
    }
    const bool has_link = each.form == "signed";
    for (const char* what : {"A www.shop.example", "NS shop.example", "NS sender.example",
                             "TXT news._domainkey.sender.example"}) {
      if (has_link) EXPECT_THAT(real, Contains(what)) << each.number;
      if (!has_link) EXPECT_THAT(real, Not(Contains(what))) << each.number;
    }
    // It begins when the mail is in, and asks all at once.
    const auto rows = of_message(recording_.asked, "spamassassin", each.number);
    EXPECT_GT(rows.front().time_s, each.connects_s + 1);
    EXPECT_LT(rows.back().time_s - rows.front().time_s, 1);
  }
}

// A server of a zone sees questions that nobody asked: a third at the sender's.
TEST_F(RecordedChecks, ShowTheServersQuestionsOnTheWayToANameToo) {
  std::set<std::string> inside;
  int rows = 0, on_the_way = 0;
  for (const Asked& row : recording_.asked) {
    if (row.program != "resolver") inside.insert(row.what);
  }
  for (const Asked& row : recording_.asked) {
    if (row.program != "resolver") continue;
    if (!row.what.ends_with("sender.example") && !row.what.ends_with("in-addr.arpa")) continue;
    ++rows;
    if (inside.count(row.what) != 0) continue;
    ++on_the_way;
    EXPECT_TRUE(row.what.starts_with("A ")) << row.what;
  }
  EXPECT_EQ(rows, 112);
  EXPECT_EQ(on_the_way, 34);
}

// -- the queue and the clock
// -----------------------------------------------------------------------

TEST_F(RecordedChecks, FollowPutOffMailWhenTheSimulatorSays) {
  std::vector<double> tries;
  for (const Asked& row : recording_.asked) {
    if (row.program == "postfix" && row.what == "MX later.example") {
      tries.push_back(recording_.start_s + row.time_s);
    }
  }
  ASSERT_EQ(tries.size(), 7u);
  const MailQueue queue{
      .minimal_backoff_seconds = 10, .maximal_backoff_seconds = 60, .run_seconds = 5};
  // The second try tells when the queue is run. It is run up to 0.7 s early or late on this
  // machine.
  for (std::size_t i = 1; i < tries.size(); ++i) {
    EXPECT_NEAR(next_try_s(queue, tries[0], tries[i - 1], tries[1]), tries[i], 1) << i;
  }
  EXPECT_NEAR(tries[6] - tries[5], 60, 1);
}

TEST_F(RecordedChecks, OfCronsJobsComeInTheFirstFullSecondOfAMinuteAsSimulated) {
  std::map<double, std::vector<double>> phases;  // by minute
  for (const Asked& row : recording_.asked) {
    if (row.program != "postfix" || !row.what.ends_with("jobs.example")) continue;
    const double at = recording_.start_s + row.time_s, minute = std::floor(at / 60);
    phases[minute].push_back(at - 60 * minute);
  }
  ASSERT_EQ(phases.size(), 5u);
  for (const auto& [minute, of_minute] : phases) {
    EXPECT_EQ(of_minute.size(), 3u);
    for (const double phase : of_minute) {
      EXPECT_GE(phase, 1);
      EXPECT_LT(phase, 2.1);
    }
    EXPECT_LT(of_minute.back() - of_minute.front(), 0.1);  // three jobs of one minute
  }
  Scenario scenario;
  scenario.begin_s = 1.6e9;
  scenario.end_s = scenario.begin_s + 7 * 86'400;
  scenario.target.ttl_seconds = 30;
  Party& party = scenario.parties.emplace_back();
  party.addresses = {"192.0.2.10"};
  party.stub.retry_probability = 0;
  party.iteration.loss_probability = 0;
  party.causes.push_back(
      {"poll", {{"by_cron", 1}, {"period_seconds", 60}, {"jitter_share", 0}}, 0, 0});
  const auto run = run_scenario(scenario, {.keeps_inside = true});
  ASSERT_TRUE(run.ok());
  EXPECT_NEAR(static_cast<double>(run->inside.size()), 7 * 1'440, 1);
  std::size_t within = 0;
  for (const InsideQuery& query : run->inside) {
    const double phase = std::fmod(query.time_s, 60);
    EXPECT_GE(phase, 1);
    within += phase < 3;
  }
  EXPECT_GT(static_cast<double>(within), 0.95 * static_cast<double>(run->inside.size()));
}

// Mail that is put off is looked up again at every try.
TEST_F(RecordedChecks, AreRepeatedForPutOffMailOfTheSimulator) {
  Scenario scenario;
  scenario.begin_s = 1.6e9;
  scenario.end_s = scenario.begin_s + 30 * 86'400;
  Party& party = scenario.parties.emplace_back();
  party.addresses = {"192.0.2.10"};
  party.causes.push_back({"correspondence", {}, 0, 0});
  const auto usual = run_scenario(scenario);
  party.queue.put_off_share = 0.5;
  party.queue.times = 2;
  const auto put_off = run_scenario(scenario);
  ASSERT_TRUE(usual.ok() && put_off.ok());
  const auto count = [](const SimulatedRun& run, std::uint16_t code) {
    return std::count_if(run.transfers.begin(), run.transfers.end(),
                         [code](const auto& each) { return each.transfer.code == code; });
  };
  EXPECT_EQ(count(*usual, 450), 0);
  EXPECT_NEAR(static_cast<double>(count(*put_off, 450)), static_cast<double>(count(*usual, 250)),
              0.3 * static_cast<double>(count(*usual, 250)));
  EXPECT_GT(put_off->truth.front().demands, usual->truth.front().demands * 3 / 2);
}

}  // namespace
}  // namespace assay::sim
