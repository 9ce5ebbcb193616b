#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Toy;

constexpr char kBank[] = "192.0.2.53";
constexpr std::uint16_t kTxt = 16;

std::string label(toy::Random& random, int letters) {
  std::string text;
  while (static_cast<int>(text.size()) < letters) {
    text += "0123456789abcdefghijklmnopqrstuv"[random.next() >> 59];
  }
  return text;
}

// Seeds 1 to 10 each; nothing was tuned to them.
TEST(TunnelSigns, FindsDataWrittenIntoNames) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Toy toy(2);
    toy.set_seed(seed);
    toy.ask_about("*.t.sender.example");
    auto random = toy.random("tunnel");
    for (double t = 0; t < 20'000; t += 60) {
      const std::string name = label(random, 50) + "." + label(random, 40) + ".t.sender.example";
      toy.ask(t, kBank, {.qtype = kTxt, .name = name});
    }
    const auto findings = toy.run("tunnel_signs");
    const Finding* bank = find(findings, "tunnel_signs/Bank");
    EXPECT_EQ(bank->outcome, Outcome::found);
    EXPECT_EQ(bank->value_or("share_txt_null_cname", 0), 1);
    EXPECT_NEAR(bank->value_or("bytes_per_name_mean", 0), 90, 1);
    EXPECT_GT(bank->value_or("entropy_bits_per_letter", 0), 4.8);
    EXPECT_EQ(bank->value_or("is_heavy_hitter", 0), 1) << "1.5 bytes a second";
    EXPECT_EQ(bank->parameters.at("below"), "t.sender.example");
    EXPECT_THAT(bank->limitations, Contains(HasSubstr("virus scanners")));
  }
}

// Many hosts, asked again and again; and block-list look-ups, new each time but short.
TEST(TunnelSigns, StaysSilentOnManyHostsAndOnReversedAddresses) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Toy toy(10);
    toy.set_seed(seed);
    toy.ask_about("*.hosts.sender.example");
    toy.ask_about("*.list.sender.example");
    auto random = toy.random("hosts");
    for (const double t : toy::poisson(random, 200, 10)) {
      const auto host = static_cast<int>(300 * random.uniform());
      toy.ask(t, kBank, {.name = "host-" + std::to_string(host) + ".hosts.sender.example"});
    }
    for (const double t : toy::poisson(random, 60, 10)) {
      std::string name;
      for (int i = 0; i < 4; ++i)
        name += std::to_string(static_cast<int>(256 * random.uniform())) + ".";
      toy.ask(t, kBank, {.name = name + "list.sender.example"});
    }
    const auto findings = toy.run("tunnel_signs");
    const Finding* bank = find(findings, "tunnel_signs/Bank");
    EXPECT_EQ(bank->outcome, Outcome::nothing_found);
    EXPECT_EQ(bank->value_or("is_heavy_hitter", 1), 0);
    EXPECT_EQ(bank->value_or("can_names_carry", 0), 1);
    EXPECT_EQ(bank->table("below_each_name")->rows.size(), 2u);
  }
}

TEST(TunnelSigns, SaysThatOneNameAndOneTypeCanCarryNothing) {
  Toy toy(60);
  auto random = toy.random("constant");
  toy.ask_all(toy::poisson(random, 20, 60), kBank);
  const auto findings = toy.run("tunnel_signs");
  const Finding* bank = find(findings, "tunnel_signs/Bank");
  EXPECT_EQ(bank->outcome, Outcome::nothing_found);
  EXPECT_EQ(bank->value_or("can_names_carry", 1), 0);
  EXPECT_THAT(bank->statement, HasSubstr("a tunnel in names is impossible in these records"));
  EXPECT_THAT(bank->limitations, Contains(HasSubstr("*.ZONE")));
}

TEST(TunnelSigns, TellsRunOnNamesApart) {
  Toy toy(10);
  auto random = toy.random("run-on");
  toy.ask(0, kBank);
  for (double t = 100; t < 50'000; t += 300) {
    toy.ask(t, kBank, {.name = "mail1.sender.example." + label(random, 60) + ".corp.example"});
  }
  const auto findings = toy.run("tunnel_signs");
  const Finding* bank = find(findings, "tunnel_signs/Bank");
  EXPECT_EQ(bank->outcome, Outcome::found);
  EXPECT_EQ(bank->parameters.at("below"), "corp.example") << "its servers see them, not Sender's";
}

TEST(TunnelSigns, SaysThatAFewRowsAreNotEnough) {
  Toy toy(10);
  toy.ask_about("*.t.sender.example");
  for (const char* name : {"a.t.sender.example", "b.t.sender.example"})
    toy.ask(0, kBank, {.name = name});
  const auto findings = toy.run("tunnel_signs");
  EXPECT_EQ(find(findings, "tunnel_signs/Bank")->outcome, Outcome::not_enough);
  EXPECT_EQ(find(findings, "tunnel_signs/Clinic")->outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
