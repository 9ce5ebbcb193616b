#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

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

const std::vector<std::string> kBoth{"America/Sao_Paulo", "Asia/Dubai"};

TEST(TimeZone, HoldsAQuotedZoneAgainstAllOthers) {
  toy::Random random(5, "claims");
  toy::Office office;
  office.per_day = 150;
  const auto dubai =
      toy::through_caches(random, toy::office_at(random, 140, office, toy::clock_of(4)), 3600, 1);
  const Finding one = claim_of(dubai, {"Asia/Dubai"}, 5);
  EXPECT_EQ(one.outcome, Outcome::found) << one.statement;
  EXPECT_THAT(one.statement, HasSubstr("so do"));
  EXPECT_GT(one.value_or("others_that_fit", 0), 5);
  EXPECT_NEAR(one.value_or("share_in_hours_if_uniform", 0), 45.0 / 168, 0.01);
  EXPECT_EQ(claim_of(dubai, {"America/Sao_Paulo"}, 5).value_or("is_excluded", 0), 1);
  const auto machine = toy::through_caches(
      random, toy::machine_24x5(random, 140, 400, 0.1, toy::clock_of(4)), 3600, 1);
  const Finding told = claim_of(machine, {"Asia/Dubai"}, 5);
  EXPECT_NE(told.outcome, Outcome::found);
  EXPECT_THAT(told.statement,
              HasSubstr("whether these are that place's office hours cannot be told: "));
}

// Two offices are there, alike or one a tenth of the other, and no model that fits their sum better
// than two flat days speaks against them.
TEST(TimeZone, ContradictsNoTwoOfficesThatAreThere) {
  for (const double second : {100.0, 10.0}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      toy::Random random(seed, "pairs");
      const auto east = toy::office_at(random, 84, toy::any_office(random, 100), toy::clock_of(4));
      const auto west =
          toy::office_at(random, 84, toy::any_office(random, second), toy::clock_of(-3));
      const Finding two =
          claim_of(toy::through_caches(random, toy::merged(east, west), 3600, 1), kBoth, seed);
      EXPECT_EQ(two.value_or("is_excluded", 1), 0) << two.statement;
      if (two.outcome == Outcome::nothing_found) {
        EXPECT_THAT(two.statement, HasSubstr("cannot be told: "));
      }
      EXPECT_GT(two.value_or("others_that_fit", 0), 1);
      EXPECT_GT(two.value_or("share_in_hours_if_uniform", 0), 0.4);
    }
  }
}

TEST(TimeZone, ContradictsTwoOfficesWhereOneOfThemNeverAskedOrAMachineDid) {
  toy::Random random(5, "no pair");
  toy::Office office;
  office.per_day = 200;
  office.evening = 0.01;
  const auto tokyo = toy::office_at(random, 140, office, toy::clock_of(9));
  const Finding one = claim_of(toy::through_caches(random, tokyo, 3600, 1),
                               {"America/New_York", "Europe/Moscow"}, 5);
  EXPECT_EQ(one.value_or("is_excluded", 0), 1) << one.statement;
  EXPECT_THAT(one.statement, HasSubstr("whenever an office in America/New_York began"));
  EXPECT_LT(one.value_or("most_of_America/New_York", 1), 0.03);
  const auto constant = toy::through_caches(random, toy::poisson(random, 200, 140), 3600, 1);
  const Finding none = claim_of(constant, kBoth, 5);
  EXPECT_EQ(none.value_or("is_excluded", 0), 1) << none.statement;
  EXPECT_THAT(none.statement, HasSubstr("better than any two offices"));
}

// Days 140 to 220 of the record, of which day 179 is the end of Europe's summer time.
TEST(TimeZone, TellsAZonesHoursByItsOwnClocksWhereTheyChanged) {
  const auto berlin = toy::clock_of(Zone::find("Europe/Berlin").value());
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    toy::Random random(seed, "change");
    toy::Office office;
    office.per_day = 100;
    Toy toy(220);
    toy.set_seed(seed);
    toy.file().ttl_seconds["mail1.sender.example"] = 1800;
    const std::int64_t from = toy::kStartUs + 140 * kMicrosPerDay;
    toy.evidence().coverage.intervals = {{from, toy::kStartUs + 220 * kMicrosPerDay}};
    toy.evidence().coverage.completeness = Completeness::complete;
    toy::Times demand = toy::office_at(random, 220, office, berlin);
    std::erase_if(demand, [](double t) { return t < 140 * toy::kDay; });
    toy.ask_all(toy::through_caches(random, demand, 1800, 1), "192.0.2.53");
    const auto findings = toy.run("time_zone");
    const Finding& bank = *find(findings, "time_zone/Bank");
    const Table* table = bank.table("working_day_by_zone");
    ASSERT_NE(table, nullptr) << bank.statement;
    bool is_seen = false;
    for (std::size_t i = 0; i < table->rows.size(); ++i) {
      if (table->row_labels[i].find("Europe/Berlin") == std::string::npos) continue;
      is_seen = true;
      EXPECT_NEAR(table->rows[i][1], 9, 0.4) << table->row_labels[i];
      EXPECT_NEAR(table->rows[i][2], 18, 0.7);
      EXPECT_EQ(table->rows[i][5], 1) << "in the usual set";
    }
    EXPECT_TRUE(is_seen);
    EXPECT_NEAR(bank.value_or("start_hour_utc", 0), 7, 0.4) << "before the change";
    EXPECT_THAT(bank.parameters.at("clock_changes"), HasSubstr("-1 h from 2016-10-30"));
    EXPECT_GT(bank.value_or("clock_change_over_none_log_ratio", 0), 3);
  }
}

// Whoever works seven days a week has no weekend that would tell Monday's start from Tuesday's, a
// day apart: both are one hour of the clock.
TEST(TimeZone, TellsAStartInsideItsOwnRangeWhateverTheWeek) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    toy::Random random(seed, "seven days");
    toy::Office office;
    office.per_day = 100;
    office.weekend = 1;
    const auto demand = toy::office_at(random, 84, office, toy::clock_of(7.75));
    const Finding bank = zone_of(toy::through_caches(random, demand, 1800, 1), 84, 1800, seed);
    const Quantity* start = bank.quantity("start_hour_utc");
    if (start == nullptr) continue;
    EXPECT_NEAR(std::remainder(start->value - 1.25, 24), 0, 0.5) << bank.statement;
    EXPECT_LE(start->interval->first, start->value);
    EXPECT_GE(start->interval->second, start->value);
    EXPECT_GE(start->interval->second - start->interval->first, 0.25);
    EXPECT_LT(start->interval->second - start->interval->first, 3);
  }
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
