#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "methods/support/code_length.h"
#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Random;
using toy::Times;
using toy::Toy;

constexpr char kBank[] = "192.0.2.53";
constexpr double kTtl = 3600;

std::uint64_t draw(Random& random, int bits) { return random.next() >> (64 - bits); }

// A message of so many random bits, put into look-ups.
struct Embedded {
  Toy toy;
  double bits = 0;
};

// One row in each stretch of 4,096 s; its second says 12 bits.
Embedded by_place(std::uint64_t seed) {
  Embedded in{Toy(10)};
  Random random(seed, "place");
  for (double t = 0; t + 4096 <= 10 * toy::kDay; t += 4096, in.bits += 12) {
    in.toy.ask(t + static_cast<double>(draw(random, 12)), kBank);
  }
  return in;
}

// Asked or not asked, once a minute.
Embedded by_silence(std::uint64_t seed) {
  Embedded in{Toy(2)};
  Random random(seed, "silence");
  for (double t = 0; t < 2 * toy::kDay; t += 60, in.bits += 1) {
    if (draw(random, 1) != 0) in.toy.ask(t, kBank, {.width_us = 60'000'000});
  }
  return in;
}

// As many rows in one second as two bits say.
Embedded by_number(std::uint64_t seed) {
  Embedded in{Toy(10)};
  Random random(seed, "number");
  for (double t = 0; t < 10 * toy::kDay; t += 1800, in.bits += 2) {
    for (std::uint64_t i = draw(random, 2); i > 0; --i) in.toy.ask(t, kBank);
  }
  return in;
}

// How long after expiry each cache is asked again: 10 bits of seconds.
Embedded by_wait(std::uint64_t seed, int caches) {
  Embedded in{Toy(30)};
  in.toy.file().ttl_seconds["mail1.sender.example"] = kTtl;
  Random random(seed, "wait");
  for (int cache = 0; cache < caches; ++cache) {
    double t = 1000 * cache;
    while (t + kTtl + 1024 < 30 * toy::kDay) {
      t += kTtl + static_cast<double>(draw(random, 10));
      in.toy.ask(t, kBank);
      in.bits += 10;
    }
  }
  return in;
}

// Common words short: gaps of 1 to 6 minutes for 0, 10, 110, ...
Embedded by_short_words(std::uint64_t seed) {
  Embedded in{Toy(20)};
  Random random(seed, "words");
  for (double t = 0; t < 20 * toy::kDay - 360;) {
    int ones = 0;
    while (ones < 5 && draw(random, 1) != 0) ++ones;
    in.bits += ones < 5 ? ones + 1 : 5;
    t += 60 * (ones + 1);
    in.toy.ask(t, kBank);
  }
  return in;
}

// Labels behind the name, 32 letters of five bits, at whole hours.
Embedded by_label(std::uint64_t seed) {
  Embedded in{Toy(5)};
  Random random(seed, "label");
  for (double t = 0; t < 5 * toy::kDay; t += 3600, in.bits += 160) {
    std::string name = "mail1.sender.example.";
    for (int i = 0; i < 32; ++i)
      name += static_cast<char>("0123456789abcdefghijklmnopqrstuv"[draw(random, 5)]);
    in.toy.ask(t, kBank, {.name = name + ".example"});
  }
  in.toy.ask(0, kBank);
  return in;
}

// One of 16 types, one of 8 addresses and one of two names at whole hours.
Embedded by_kind(std::uint64_t seed) {
  Embedded in{Toy(20)};
  Random random(seed, "kind");
  for (double t = 0; t < 20 * toy::kDay; t += 3600, in.bits += 8) {
    in.toy.ask(t, "192.0.2." + std::to_string(1 + draw(random, 3)),
               {.qtype = static_cast<std::uint16_t>(1 + draw(random, 4)),
                .name = draw(random, 1) != 0 ? "mail1.sender.example" : "mail2.sender.example"});
  }
  return in;
}

double bound_of(Embedded& in) {
  const auto findings = in.toy.run("capacity");
  const Finding* bank = find(findings, "capacity/Bank");
  EXPECT_EQ(bank->outcome, Outcome::measured);
  return bank->value_or("bits_at_most", 0);
}

// No other seeds than 101 to 130 were ever run: nothing was tuned to them.
TEST(Capacity, IsNeverExceededByAMessageThatWasReallyEmbedded) {
  for (std::uint64_t seed = 101; seed <= 110; ++seed) {
    Embedded all[] = {by_place(seed),   by_silence(seed), by_number(seed),
                      by_wait(seed, 1), by_wait(seed, 2), by_wait(seed, 3),
                      by_label(seed),   by_kind(seed),    by_short_words(seed)};
    for (Embedded& in : all) {
      EXPECT_LE(in.bits, bound_of(in)) << "seed " << seed << ", encoder " << &in - all;
    }
  }
}

// A bound that is never exceeded because it is huge would be none.
TEST(Capacity, LiesNotFarAboveWhatWasEmbedded) {
  Embedded place = by_place(101);
  EXPECT_LT(bound_of(place), 1.2 * place.bits + 100);
  Embedded wait = by_wait(101, 1);
  EXPECT_LT(bound_of(wait), 1.4 * wait.bits + 100);
  Embedded words = by_short_words(101);
  EXPECT_LT(bound_of(words), 1.1 * words.bits + 200);
  Embedded kind = by_kind(101);
  EXPECT_LT(bound_of(kind), 1.3 * kind.bits + 600);
}

TEST(Capacity, GivesATimerNextToNothing) {
  Toy timed(60);
  auto random = timed.random("timer");
  timed.ask_all(toy::timer(random, 3600, 0, 60), kBank);
  const auto findings = timed.run("capacity");
  EXPECT_LT(find(findings, "capacity/Bank")->value_or("bits_at_most", 1e9), 250);
}

TEST(Capacity, CountsPlacingsAsTheirFormulasDo) {
  using methods::cached_placings;
  using methods::log2_placings;
  EXPECT_NEAR(methods::log2_choose(10, 3), std::log2(120.0), 1e-9);
  EXPECT_NEAR(log2_placings(12'096'000, 3500), 46'184, 5) << "140 days of seconds";
  EXPECT_NEAR(log2_placings(1e15, 2), 2 * std::log2(1e15) - 1, 0.1);
  std::vector<std::int64_t> events;
  for (std::int64_t i = 0; i < 2900; ++i) events.push_back(i * 4100);
  const auto one = cached_placings(events, 12'096'000, 3600);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->caches, 1);
  EXPECT_NEAR(one->bits, 30'737, 30);
  events.push_back(4101);
  std::sort(events.begin(), events.end());
  EXPECT_EQ(cached_placings(events, 12'096'000, 3600)->caches, 2);
}

// What a cache leaves is less than what its rows could say without one.
TEST(Capacity, IsLowerBehindACacheAndSaysSo) {
  Toy toy(60);
  toy.file().ttl_seconds["mail1.sender.example"] = kTtl;
  auto random = toy.random("busy");
  toy.ask_all(toy::through_cache(toy::poisson(random, 24 * 5, 60), kTtl), kBank);
  const auto findings = toy.run("capacity");
  const Finding* bank = find(findings, "capacity/Bank");
  EXPECT_LT(bank->value_or("bits_timing_through_cache", 0),
            0.9 * bank->value_or("bits_timing_without_cache", 0));
  EXPECT_EQ(bank->value_or("caches_assumed", 0), 1);
  EXPECT_THAT(bank->statement, HasSubstr("refreshes of 1 cache"));
  EXPECT_THAT(bank->statement, HasSubstr("no sign that anything was carried"));
}

TEST(Capacity, SaysWhichFieldsWereNotRecorded) {
  Toy toy(10);
  toy.ask(1000, kBank);
  auto findings = toy.run("capacity");
  EXPECT_EQ(find(findings, "capacity/Bank")->parameters.at("fields_not_recorded"),
            "the message id, the source port, which letters were capitals (0x20), whether and what "
            "stood in EDNS");
  toy.ask(9000, kBank, {.id = 77, .flags = kHasQuery | kEdns});
  findings = toy.run("capacity");
  const Finding* bank = find(findings, "capacity/Bank");
  EXPECT_EQ(bank->parameters.at("fields_recorded_beyond_the_bound"), "message id");
  EXPECT_THAT(bank->limitations, Contains(HasSubstr("A bound is no evidence")));
  EXPECT_EQ(find(findings, "capacity/Clinic")->outcome, Outcome::nothing_found);
}

}  // namespace
}  // namespace assay
