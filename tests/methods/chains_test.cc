#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using toy::find;
using toy::Random;
using toy::Toy;

constexpr char kBank[] = "192.0.2.53";
constexpr std::uint16_t kPtr = 12, kMx = 15, kTxt = 16;
constexpr char kName[] = "mail1.sender.example";
constexpr char kPointer[] = "9.113.0.203.in-addr.arpa";

// What a receiving server asks about one session: pointer, its name, the policies.
void check_sender(Toy& toy, Random& random, double t) {
  const auto soon = [&] { return t += 0.2 + random.uniform(); };
  toy.ask(t, kBank, {.qtype = kPtr, .name = kPointer});
  toy.ask(soon(), kBank, {.name = kName});
  if (random.uniform() < 0.9) toy.ask(soon(), kBank, {.qtype = kTxt, .name = "m.sender.example"});
  if (random.uniform() < 0.7) {
    toy.ask(soon(), kBank, {.qtype = kTxt, .name = "_dmarc.m.sender.example"});
  }
}

Toy whole_view(std::uint64_t seed) {
  Toy toy(60);
  toy.set_seed(seed);
  toy.ask_about("*.sender.example");
  toy.ask_about("*.113.0.203.in-addr.arpa");
  return toy;
}

// Seeds 1 to 10, run once.
TEST(Chains, FindsTheLookUpsOfSenderChecks) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Toy toy = whole_view(seed);
    auto random = toy.random("checks");
    for (const double t : toy::office(random, 6, 60)) check_sender(toy, random, t);
    const auto findings = toy.run("chains");
    const Finding* bank = find(findings, "chains/Bank");
    EXPECT_EQ(bank->outcome, Outcome::found);
    EXPECT_EQ(bank->value_or("check_shaped", 0), 1);
    EXPECT_THAT(bank->parameters.at("commonest_order"), HasSubstr("pointer > address > policy"));
    EXPECT_THAT(bank->limitations, Contains(HasSubstr("spam included")));
    EXPECT_EQ(bank->table("visibility")->rows.size(), 8u);
  }
}

TEST(Chains, FindsHowADeliveryBegins) {
  Toy toy = whole_view(1);
  auto random = toy.random("delivery");
  for (const double t : toy::office(random, 6, 60)) {
    toy.ask(t, kBank, {.qtype = kMx, .name = "m.sender.example"});
    toy.ask(t + 1, kBank, {.name = kName});
  }
  const auto findings = toy.run("chains");
  const Finding* bank = find(findings, "chains/Bank");
  EXPECT_EQ(bank->outcome, Outcome::found);
  EXPECT_EQ(bank->value_or("check_shaped", 1), 0);
  EXPECT_THAT(bank->statement, HasSubstr("as a delivery to these names begins"));
}

// The same kinds in the same office hours, each for its own reason. Seeds 1 to 40 were used while
// writing, 101 to 112 are the check.
TEST(Chains, StaysSilentOnKindsThatOnlyShareTheirHours) {
  int alarms = 0;
  for (std::uint64_t seed = 101; seed <= 112; ++seed) {
    Toy toy = whole_view(seed);
    auto random = toy.random("apart");
    for (const double t : toy::office(random, 200, 60)) toy.ask(t, kBank, {.name = kName});
    for (const double t : toy::office(random, 60, 60)) {
      toy.ask(t, kBank, {.qtype = kTxt, .name = "m.sender.example"});
    }
    const auto findings = toy.run("chains");
    const Finding* bank = find(findings, "chains/Bank");
    EXPECT_GE(bank->value_or("bursts_of_several_kinds", 0), 10) << "by chance";
    alarms += bank->outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_EQ(alarms, 0);
}

double rows_of(const Finding& finding, std::string_view kind) {
  const Table& table = *finding.table("visibility");
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    if (table.row_labels[i].starts_with(kind)) return table.rows[i][1];
  }
  return -1;
}

// What Postfix, Rspamd and SpamAssassin made Unbound ask the servers of the sender and of its
// addresses (tests/data/lab/checks). 34 of the rows are A of what lies on the way to a name.
TEST(Chains, CountsWhatAMinimisingResolverAsksOnItsWayWithWhatIsWanted) {
  Toy toy(60);
  toy.ask_about("*.sender.example");
  toy.ask_about("*.100.51.198.in-addr.arpa");
  std::ifstream in(ASSAY_TEST_DATA "/lab/checks/records/asked.tsv");
  std::string line, program, message, qtype, name;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    double time_ms = 0;
    fields >> time_ms >> program >> message >> qtype >> name;
    const std::map<std::string, std::uint16_t> types{
        {"A", 1}, {"PTR", kPtr}, {"MX", kMx}, {"TXT", kTxt}, {"AAAA", 28}};
    if (program != "resolver" || !types.contains(qtype)) continue;
    toy.ask(time_ms / 1e3, kBank, {.qtype = types.at(qtype), .name = name.c_str()});
  }
  const auto findings = toy.run("chains");
  const Finding* bank = find(findings, "chains/Bank");
  EXPECT_EQ(rows_of(*bank, "pointer"), 32);  // 16 of them on the way
  EXPECT_EQ(rows_of(*bank, "block list"), 0);
  EXPECT_EQ(rows_of(*bank, "dkim"), 21);  // 14
  EXPECT_EQ(rows_of(*bank, "dmarc"), 8);  // 4
  EXPECT_EQ(rows_of(*bank, "address"), 19);
  EXPECT_EQ(rows_of(*bank, "mx"), 0);  // the question is of what lies below the domain
  EXPECT_EQ(rows_of(*bank, "policy"), 4);
  for (const std::string& order : bank->table("orders")->row_labels) {
    EXPECT_THAT(order, Not(HasSubstr("block list")));
  }
}

// A pointer and its own way are one kind: before, each such pair was a chain.
TEST(Chains, StaysSilentOnPointersOfAMinimisingResolver) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Toy toy = whole_view(seed);
    auto random = toy.random("pointers");
    for (const double t : toy::office(random, 6, 60)) {
      toy.ask(t, kBank, {.name = kPointer});
      toy.ask(t + 1, kBank, {.qtype = kPtr, .name = kPointer});
    }
    const auto findings = toy.run("chains");
    const Finding* bank = find(findings, "chains/Bank");
    EXPECT_EQ(bank->outcome, Outcome::not_applicable) << bank->statement;
  }
}

TEST(Chains, StillCountsAReversedAddressBelowAListAsOfTheList) {
  Toy toy(60);
  toy.ask_about("*.list.example");
  auto random = toy.random("list");
  for (const double t : toy::office(random, 6, 60)) {
    toy.ask(t, kBank, {.name = "9.113.0.203.list.example"});
    toy.ask(t + 1, kBank, {.name = kName});
  }
  const auto findings = toy.run("chains");
  EXPECT_GT(rows_of(*find(findings, "chains/Bank"), "block list"), 50);
}

TEST(Chains, SaysThatAVantageOfOneKindCanShowNone) {
  Toy toy(60);
  auto random = toy.random("a-only");
  toy.ask_all(toy::poisson(random, 20, 60), kBank);
  const auto findings = toy.run("chains");
  const Finding* bank = find(findings, "chains/Bank");
  EXPECT_EQ(bank->outcome, Outcome::not_applicable);
  EXPECT_THAT(bank->statement, HasSubstr("that no chain shows says nothing"));
  EXPECT_THAT(bank->parameters.at("kinds_not_seen"),
              HasSubstr("pointer (asked of the servers of the reverse zone)"));
  EXPECT_EQ(find(findings, "chains/Clinic")->outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
