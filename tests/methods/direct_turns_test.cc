#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "other_toy.h"
#include "people.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::OtherToy;
using toy::Times;

constexpr char kBankHost[] = "192.0.2.25", kSenderHost[] = "198.51.100.9";
constexpr double kDays = 100;

// Letters of both sides in the same working day; Sender answers a share of Bank's.
OtherToy letters(std::uint64_t seed, double share) {
  OtherToy toy;
  toy.file().questions[0].window = Interval{OtherToy::at(0), OtherToy::at(kDays)};
  toy.evidence("mail-1", "pcap_smtp", {"mail"});
  methods::Random random(seed, "letters");
  const auto day = toy::WorkDay::any(random);
  const Times bank = toy::sessions(random, day, 4, kDays, 3);
  Times sender = toy::sessions(random, day, 4 * (1 - share), kDays, 3);
  for (const double t : bank) {
    if (random.uniform() < share) sender.push_back(t + 900 * std::exp(0.5 * toy::normal(random)));
  }
  for (const double t : bank) toy.mail(t / toy::kDay, kBankHost, kSenderHost, 250, "DATA");
  for (const double t : sender) {
    if (t < kDays * toy::kDay) toy.mail(t / toy::kDay, kSenderHost, kBankHost, 250, "DATA");
  }
  return toy;
}

TEST(DirectTurns, FindsAnswersAmongLetters) {
  for (std::uint64_t seed = 100; seed < 104; ++seed) {
    OtherToy toy = letters(seed, 0.3);
    const Finding finding = toy.one("direct_turns", "Bank+Sender/mail");
    EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
    EXPECT_THAT(finding.statement, HasSubstr("mail from Bank to Sender"));
    EXPECT_LT(finding.value_or("share_answered_within_60_s", 1), 0.1);
  }
}

TEST(DirectTurns, IsSilentWhereBothKeepTheSameHours) {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    OtherToy toy = letters(seed, 0);
    alarms += toy.one("direct_turns", "Bank+Sender/mail").outcome == Outcome::found;
  }
  EXPECT_LE(alarms, 1);
}

TEST(DirectTurns, FewLettersAreNotEnough) {
  OtherToy toy;
  toy.evidence("mail-1", "pcap_smtp", {"mail"});
  for (int day = 1; day < 20; ++day) {
    toy.mail(day, kBankHost, kSenderHost, 250, "DATA");
    toy.mail(day + 0.01, kSenderHost, kBankHost, 250, "DATA");
  }
  EXPECT_EQ(toy.one("direct_turns", "Bank+Sender/mail").outcome, Outcome::not_enough);
}

TEST(DirectTurns, OneWayAloneIsNoPairOfSeries) {
  OtherToy toy;
  toy.evidence("mail-1", "pcap_smtp", {"mail"});
  for (int i = 0; i < 80; ++i) toy.mail(i / 3.0, kBankHost, kSenderHost, 250, "DATA");
  const Finding finding = toy.one("direct_turns", "direct_turns/all");
  EXPECT_EQ(finding.outcome, Outcome::not_applicable);
  EXPECT_THAT(finding.statement, HasSubstr("would be needed"));
}

}  // namespace
}  // namespace assay
