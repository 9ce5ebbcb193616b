#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>

#include "people.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::kDay;
using toy::Random;
using toy::Times;
using toy::Toy;
using toy::WorkDay;

constexpr double kDays = 84;
constexpr int kAskers = 60;

std::string client_of(int asker) { return "10.0." + std::to_string(asker) + ".53"; }

// Networks that ask for reasons of their own, all in one country's working hours, behind caches.
void ask_steadily(Toy& toy, Random& random, int askers, double per_day) {
  for (int asker = 0; asker < askers; ++asker) {
    const WorkDay day = WorkDay::any(random);
    toy.ask_all(toy::through_cache(toy::by_day(random, day, per_day, kDays), 3600),
                client_of(asker));
  }
}

// A mailing: a share of the networks asks within about two hours.
void mail(Toy& toy, Random& random, double at, double share) {
  for (int asker = 0; asker < kAskers; ++asker) {
    if (random.uniform() < share) toy.ask(at + toy::exponential(random, 3600), client_of(asker));
  }
}

// Days that are busy for everybody, as news make them.
void ask_on_busy_days(Toy& toy, Random& random, int askers, double per_day) {
  std::vector<double> level;
  for (int d = 0; d <= kDays; ++d) level.push_back(std::exp(0.4 * toy::normal(random)) / 3);
  for (int asker = 0; asker < askers; ++asker) {
    for (const double t : toy::by_day(random, WorkDay(), 3 * per_day, kDays)) {
      if (random.uniform() < level[static_cast<std::size_t>(t / kDay)]) {
        toy.ask(t, client_of(asker));
      }
    }
  }
}

Finding finding_of(Toy& toy) { return *find(toy.run("campaign_fan_out"), "fan_out/all"); }

Finding campaigns(std::uint64_t seed, int mailings, double share, double per_day = 0.5) {
  Toy toy(kDays);
  toy.set_seed(seed);
  auto random = toy.random("campaign");
  ask_steadily(toy, random, kAskers, per_day);
  for (int i = 0; i < mailings; ++i) {
    mail(toy, random, (std::floor(random.uniform() * 80) + 0.4) * kDay, share);
  }
  return finding_of(toy);
}

// Seeds 1 to 5.
TEST(CampaignFanOut, FindsManyAskersAfterAMailing) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Finding finding = campaigns(seed, 2, 0.5);
    EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
    EXPECT_EQ(finding.value_or("askers", 0), kAskers);
    EXPECT_GE(finding.value_or("fan_out_hours", 0), 1);
    EXPECT_GT(finding.value_or("excess_askers", 0), 10);
    EXPECT_THAT(finding.limitations, Contains(HasSubstr("news that many react to")));
    ASSERT_NE(finding.table("hours"), nullptr);
  }
}

// Seeds 11 to 15. Level 1 %.
TEST(CampaignFanOut, StaysSilentOnManyAskersWithoutAMailing) {
  int alarms = 0;
  for (std::uint64_t seed = 11; seed <= 15; ++seed) {
    alarms += campaigns(seed, 0, 0, 1).outcome == Outcome::found;
  }
  EXPECT_EQ(alarms, 0);
}

TEST(CampaignFanOut, NeedsManyUnrelatedAskers) {
  Toy toy(kDays);
  auto random = toy.random("two");
  // Two parties with farms of addresses that ask at the same moments.
  for (const double t : toy::poisson(random, 5, kDays)) {
    for (int address = 1; address <= 8; ++address) {
      toy.ask(t, "192.0.2." + std::to_string(address));
      toy.ask(t + 1, "198.51.100." + std::to_string(address));
    }
  }
  const Finding finding = finding_of(toy);
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_EQ(finding.value_or("askers", 0), 2);
  EXPECT_THAT(finding.statement, HasSubstr("a mailing to many brings many"));
}

TEST(CampaignFanOut, WantsThreeWeeks) {
  Toy toy(14);
  auto random = toy.random("brief");
  for (int asker = 0; asker < 20; ++asker) {
    toy.ask_all(toy::poisson(random, 3, 14), client_of(asker));
  }
  EXPECT_EQ(finding_of(toy).outcome, Outcome::not_enough);
}

// Transfers of Sender: so many recipients' domains from a moment, a second apart.
void send(Toy& toy, double at, int domains, int first = 1) {
  for (int i = 0; i < domains; ++i) {
    OtherRow row;
    row.row.kind = RecordKind::mail;
    row.row.time_us = toy::kStartUs + static_cast<std::int64_t>((at + i) * 1e6);
    row.row.offset = 100 * toy.others().rows.size();
    row.row.length = 90;
    row.evidence = 1;
    row.fields = {{field_id("envelope_from"), "<news@Sender.example>"},
                  {field_id("recipient"), "a@r" + std::to_string(first + i) + ".example"}};
    toy.others().rows.push_back(row);
  }
}

std::vector<Finding> mail_findings(Toy& toy) {
  std::stable_sort(toy.others().rows.begin(), toy.others().rows.end(),
                   [](const auto& a, const auto& b) { return a.row.time_us < b.row.time_us; });
  const auto context = toy.context();
  return find_method("campaign_fan_out")->compare({toy.records()}, context);
}

TEST(CampaignFanOut, CountsMailInBulkAndTheLookUpsAfterIt) {
  Toy toy(kDays);
  auto random = toy.random("mail");
  ask_steadily(toy, random, kAskers, 0.5);
  for (const double day : {20.0, 41.0}) {
    send(toy, (day + 0.375) * kDay, 300);
    mail(toy, random, (day + 0.376) * kDay, 0.5);
  }
  for (double t = 1000; t < kDays * kDay; t += 20'000) send(toy, t, 2, 7);
  const auto mail = mail_findings(toy);
  ASSERT_EQ(mail.size(), 1u);
  EXPECT_EQ(mail[0].outcome, Outcome::found);
  EXPECT_EQ(mail[0].value_or("mailings", 0), 2);
  EXPECT_EQ(mail[0].value_or("most_domains_in_an_hour", 0), 300);
  EXPECT_EQ(mail[0].selection.rows, toy.others().rows.size());
  const Finding finding = finding_of(toy);
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("hours_after_mailings", 0), finding.value_or("fan_out_hours", -1));
}

TEST(CampaignFanOut, StaysSilentOnACorrespondenceAndOnABusyMailServer) {
  Toy quiet(kDays);
  for (double t = 1000; t < kDays * kDay; t += 9'000) send(quiet, t, 1, 3);
  EXPECT_EQ(mail_findings(quiet).at(0).outcome, Outcome::nothing_found);

  Toy busy(kDays);
  for (int day = 0; day < kDays; ++day) {
    for (int hour = 8; hour < 18; ++hour) {
      send(busy, day * kDay + hour * 3600, 20 + hour + day % 7);
    }
  }
  EXPECT_EQ(mail_findings(busy).at(0).outcome, Outcome::nothing_found);

  Toy none(kDays);
  EXPECT_TRUE(mail_findings(none).empty());
}

// --- Error rates, for docs/methods/campaign_fan_out.md; in release. Seeds 4,000,001 and up. ---

Finding on_busy_days(std::uint64_t seed) {
  Toy toy(kDays);
  toy.set_seed(seed);
  auto random = toy.random("busy");
  ask_on_busy_days(toy, random, kAskers, 1);
  return finding_of(toy);
}

// Seeds 40 to 44: busy for all is not at once.
TEST(CampaignFanOut, StaysMostlySilentOnDaysThatAreBusyForAll) {
  int alarms = 0;
  for (std::uint64_t seed = 40; seed < 45; ++seed) {
    alarms += on_busy_days(seed).outcome == Outcome::found;
  }
  EXPECT_LE(alarms, 1);
}

TEST(CampaignFanOutRates, DISABLED_Print) {
  struct Case {
    const char* words;
    std::uint64_t runs;
    std::function<Finding(std::uint64_t)> run;
  };
  for (const Case& one :
       {Case{"steady, half a look-up a day each", 300,
             [](auto seed) { return campaigns(seed, 0, 0); }},
        Case{"steady, three a day each", 300, [](auto seed) { return campaigns(seed, 0, 0, 3); }},
        Case{"days that are busy for all, sd 0.4", 100, on_busy_days},
        Case{"one mailing, a tenth of the askers", 100,
             [](auto seed) { return campaigns(seed, 1, 0.1); }},
        Case{"one mailing, a quarter", 100, [](auto seed) { return campaigns(seed, 1, 0.25); }},
        Case{"one mailing, half", 100, [](auto seed) { return campaigns(seed, 1, 0.5); }},
        Case{"four mailings, a quarter", 100,
             [](auto seed) { return campaigns(seed, 4, 0.25); }}}) {
    int found = 0;
    for (std::uint64_t run = 0; run < one.runs; ++run) {
      found += one.run(4'000'001 + run).outcome == Outcome::found;
    }
    std::printf("| %s | %d | %.3f |\n", one.words, static_cast<int>(one.runs),
                found / double(one.runs));
  }
}

}  // namespace
}  // namespace assay
