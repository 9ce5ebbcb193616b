#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "offices.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::Toy;

struct Placed {
  Finding finding;
  bool is_in_set = false;
  bool is_in_usual_set = false;
  double set_size = 0, usual_size = 0;
  bool is_declined() const { return finding.outcome != Outcome::found; }
};

Finding zone_of(const toy::Times& times, double days, std::uint32_t ttl, std::uint64_t seed) {
  Toy toy(days);
  toy.set_seed(seed);
  toy::RowOptions options;
  options.ttl = ttl;
  options.flags = kHasQuery | kHasAnswer | kAuthoritative;
  toy.ask_all(times, "192.0.2.53", options);
  const auto findings = toy.run("time_zone");
  return *find(findings, "time_zone/Bank");
}

Placed placed(const toy::Times& times, double days, std::uint32_t ttl, std::uint64_t seed,
              double offset) {
  Placed result{zone_of(times, days, ttl, seed)};
  const Table* table = result.finding.table("working_day_by_zone");
  if (table == nullptr) return result;
  for (const auto& row : table->rows) {
    result.set_size += row[4];
    result.usual_size += row[5];
    if (row[0] != offset) continue;
    result.is_in_set |= row[4] > 0;
    result.is_in_usual_set |= row[5] > 0;
  }
  return result;
}

TEST(TimeZone, PlacesAnOfficeInASetOfZonesAndSaysWhatTheSetRestsOn) {
  toy::Random random(1, "office");
  toy::Office office;
  office.per_day = 200;
  const auto demand = toy::office_at(random, 140, office, toy::clock_of(2));
  const Placed result = placed(toy::through_caches(random, demand, 3600, 2), 140, 3600, 1, 2);
  const Finding& bank = result.finding;
  EXPECT_EQ(bank.outcome, Outcome::found) << bank.statement;
  EXPECT_TRUE(result.is_in_set);
  EXPECT_TRUE(result.is_in_usual_set);
  EXPECT_GE(result.usual_size, 3) << "no record narrows it to one zone";
  EXPECT_GT(result.set_size, 2 * result.usual_size);
  EXPECT_NEAR(bank.value_or("start_hour_utc", 0), 7, 0.4);
  EXPECT_NEAR(bank.value_or("length_hours", 0), 9, 0.7);
  EXPECT_EQ(bank.table("working_day_by_zone")->columns.size(), 6u);
  EXPECT_EQ(bank.parameters.at("usual_set_local_start"), "normal, 08:54 local, sd 36 min");
}

// Seeds 1 to 6: an office that begins at noon, three hours from what the usual set takes for given.
TEST(TimeZone, KeepsTheTruthInItsSetWherePeopleBeginAtNoon) {
  int in_set = 0, in_usual_set = 0, named = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    toy::Random random(seed, "noon");
    const auto office = toy::any_office(random, 120, 11.9, 0.2);
    const auto demand = toy::office_at(random, 140, office, toy::clock_of(2));
    const Placed result = placed(toy::through_caches(random, demand, 3600, 1), 140, 3600, seed, 2);
    named += result.is_declined() ? 0 : 1;
    in_set += !result.is_declined() && result.is_in_set ? 1 : 0;
    in_usual_set += !result.is_declined() && result.is_in_usual_set ? 1 : 0;
  }
  EXPECT_GE(named, 2);
  EXPECT_EQ(in_set, named);
  EXPECT_LE(in_usual_set, 1);
}

TEST(TimeZone, NamesNoZoneForMachines) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    toy::Random random(seed, "machines");
    const auto constant = toy::through_caches(random, toy::poisson(random, 200, 140), 3600, 1);
    EXPECT_EQ(zone_of(constant, 140, 3600, seed).outcome, Outcome::nothing_found);
    const auto week = toy::through_caches(
        random, toy::machine_24x5(random, 140, 400, 0.1, toy::clock_of(0.0)), 3600, 1);
    EXPECT_EQ(zone_of(week, 140, 3600, seed).outcome, Outcome::nothing_found);
    const auto job =
        toy::through_caches(random, toy::office_job(random, 140, 8, 18, 900, 300, 3), 3600, 1);
    EXPECT_NE(zone_of(job, 140, 3600, seed).outcome, Outcome::found);
  }
}

TEST(TimeZone, DoesNotChooseBetweenOneLongDayAndTwoOffices) {
  toy::Random random(3, "two");
  toy::Office office;
  const auto east = toy::office_at(random, 140, office, toy::clock_of(3));
  const auto west = toy::office_at(random, 140, office, toy::clock_of(-4));
  const Finding bank =
      zone_of(toy::through_caches(random, toy::merged(east, west), 3600, 1), 140, 3600, 3);
  EXPECT_EQ(bank.outcome, Outcome::measured) << bank.statement;
  EXPECT_THAT(bank.statement, HasSubstr("No zone is named"));
}

Finding claim_of(const toy::Times& times, std::vector<std::string> zones, std::uint64_t seed) {
  Toy toy(140);
  toy.set_seed(seed);
  Claim claim;
  claim.id = "c1";
  claim.kind = "active_in_office_hours";
  claim.question = "q1";
  claim.fields["party"] = "Bank";
  claim.lists["zones"] = std::move(zones);
  toy.file().claims = {claim};
  toy.file().ttl_seconds["mail1.sender.example"] = 3600;
  toy.ask_all(times, "192.0.2.53");
  const auto findings = toy.run("time_zone");
  const Finding* finding = find(findings, "time_zone/Bank/c1");
  return finding == nullptr ? Finding{} : *finding;
}

TEST(TimeZone, HoldsQuotedZonesAgainstAllOthers) {
  const std::vector<std::string> both{"America/Sao_Paulo", "Asia/Dubai"};
  toy::Random random(5, "claims");
  toy::Office office;
  office.per_day = 150;
  const auto dubai = toy::office_at(random, 140, office, toy::clock_of(4));
  const auto sao_paulo = toy::office_at(random, 140, office, toy::clock_of(-3));
  const auto rows = [&](const toy::Times& demand) {
    return toy::through_caches(random, demand, 3600, 1);
  };
  const Finding one = claim_of(rows(dubai), {"Asia/Dubai"}, 5);
  EXPECT_EQ(one.outcome, Outcome::found) << one.statement;
  EXPECT_THAT(one.statement, HasSubstr("so do"));
  EXPECT_NEAR(one.value_or("share_in_hours_if_uniform", 0), 45.0 / 168, 0.01);
  EXPECT_EQ(claim_of(rows(dubai), {"America/Sao_Paulo"}, 5).value_or("is_excluded", 0), 1);
  EXPECT_EQ(claim_of(rows(dubai), both, 5).value_or("is_excluded", 0), 1) << "one office does";
  const Finding two = claim_of(rows(toy::merged(dubai, sao_paulo)), both, 5);
  EXPECT_EQ(two.value_or("is_excluded", 1), 0) << two.statement;
  EXPECT_THAT(two.statement, HasSubstr("fits as well as these two offices"));
  EXPECT_GT(two.value_or("pairs_as_good", 0), 1);
  EXPECT_GT(two.value_or("share_in_hours_if_uniform", 0), 0.4);
  const auto machine = toy::machine_24x5(random, 140, 400, 0.1, toy::clock_of(4));
  EXPECT_NE(claim_of(rows(machine), both, 5).outcome, Outcome::found);
  EXPECT_NE(claim_of(rows(machine), {"Asia/Dubai"}, 5).outcome, Outcome::found);
}

// A quoted zone that no list here names has the clock of its own rules, not that of any zone with
// the same offset. Seed 7; 220 days from May hold the end of Europe's summer time.
TEST(TimeZone, HoldsAQuotedZoneByItsOwnClockChanges) {
  const auto claimed = [](const toy::LocalClock& clock, const char* zone) {
    toy::Random random(7, "clocks");
    toy::Office office;
    office.per_day = 200;
    Toy toy(220);
    toy.set_seed(7);
    Claim claim{.id = "c1", .kind = "active_in_office_hours", .question = "q1"};
    claim.fields["party"] = "Bank";
    claim.lists["zones"] = {zone};
    toy.file().claims = {claim};
    toy::RowOptions options;
    options.ttl = 3600;
    options.flags = kHasQuery | kHasAnswer | kAuthoritative;
    toy.ask_all(toy::through_caches(random, toy::office_at(random, 220, office, clock), 3600, 2),
                "192.0.2.53", options);
    const auto findings = toy.run("time_zone");
    return *find(findings, "time_zone/Bank/c1");
  };
  const auto madrid = toy::clock_of(Zone::find("Europe/Madrid").value());
  EXPECT_EQ(claimed(madrid, "Europe/Madrid").value_or("fits", 0), 1);
  const Finding unmoved = claimed(toy::clock_of(2), "Europe/Madrid");
  EXPECT_EQ(unmoved.value_or("fits", 1), 0) << unmoved.statement;
  EXPECT_EQ(unmoved.value_or("is_excluded", 0), 1) << unmoved.statement;
  EXPECT_EQ(claimed(toy::clock_of(2), "Africa/Maputo").value_or("fits", 0), 1);
}

}  // namespace
}  // namespace assay
