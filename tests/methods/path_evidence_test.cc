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
using toy::Random;
using toy::RowOptions;
using toy::Times;
using toy::Toy;

constexpr double kDays = 30;
constexpr char kSource[] = "192.0.2.53";

std::uint16_t between(Random& random, int low, int high) {
  return static_cast<std::uint16_t>(low + random.uniform() * (high - low + 1));
}

// How a sender fills the fields of the n-th of its queries.
using Sender = std::function<void(Random&, int n, RowOptions&)>;

Sender resolver(int low_port, int high_port, std::uint32_t flags) {
  return [=](Random& random, int, RowOptions& options) {
    options.client_port = between(random, low_port, high_port);
    options.id = between(random, 0, 65535);
    options.flags = kHasQuery | flags;
  };
}
const Sender kUnbound = resolver(1024, 65535, kEdns | kDnssecOk);
const Sender kOtherResolver = resolver(32768, 60999, kEdns | kDnssecOk | kNameHadCapitals);
const Sender kFullRangeTool = resolver(1, 65535, kRecursionDesired);

// An old forwarder: one port, ids by chance.
void forwarder(Random& random, int, RowOptions& options) {
  options.client_port = 53;
  options.id = between(random, 0, 65535);
  options.flags = kHasQuery;
}
// Behind address translation that counts its ports upwards.
void translated(Random& random, int n, RowOptions& options) {
  kUnbound(random, n, options);
  options.client_port = static_cast<std::uint16_t>(1024 + (n * 3 + between(random, 0, 2)) % 64000);
}
// Loss makes it leave EDNS out for the rest of a day now and then.
void losing_edns(Random& random, int n, RowOptions& options) {
  kUnbound(random, n, options);
  if (n / 12 % 9 == 4) options.flags = kHasQuery;
}
// Counts its ids, as nothing that is kept up does since 2008.
void counting_tool(Random& random, int n, RowOptions& options) {
  kUnbound(random, n, options);
  options.id = static_cast<std::uint16_t>(7 + 3 * n);
}

// 300 look-ups behind a cache, those of `second` at a share `mixed` of them; a tenth are asked
// again, without EDNS, as resolvers do.
void fill(Toy& toy, Random& random, const Sender& first, const Sender& second, double mixed) {
  int n = 0;
  for (const double t : toy::through_cache(toy::poisson(random, 20, kDays), 3600)) {
    RowOptions options;
    options.ttl = 3600;
    (random.uniform() < mixed ? second : first)(random, n++, options);
    toy.ask(t, kSource, options);
    if (random.uniform() >= 0.1) continue;
    first(random, n, options);
    options.flags &= ~static_cast<std::uint32_t>(kEdns | kDnssecOk);
    toy.ask(t + 2, kSource, options);
  }
}

Finding finding_of(std::uint64_t seed, const Sender& first, const Sender& second, double mixed) {
  Toy toy(kDays);
  toy.set_seed(seed);
  auto random = toy.random("path");
  fill(toy, random, first, second, mixed);
  return *find(toy.run("path_evidence"), std::string("path_evidence/") + kSource);
}

// Seeds 1 to 4 each.
TEST(PathEvidence, FindsASecondSenderUnderOneAddress) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Finding finding = finding_of(seed, kUnbound, kFullRangeTool, 0.2);
    EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
    EXPECT_THAT(finding.statement, HasSubstr("mixed"));
    EXPECT_NEAR(finding.value_or("second_flags_share", 0), 0.2, 0.1);
    EXPECT_THAT(finding.limitations, Contains(HasSubstr("hop limit")));
    ASSERT_NE(finding.table("second_habit_by_name"), nullptr);
  }
}

TEST(PathEvidence, FindsWhatNoResolverDoes) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Finding low = finding_of(seed, resolver(1, 65535, kEdns | kDnssecOk), kUnbound, 0);
    EXPECT_GE(low.value_or("ports_below_1024", 0), 1);
    const Finding counting = finding_of(seed, counting_tool, kUnbound, 0);
    EXPECT_EQ(counting.outcome, Outcome::found) << counting.statement;
    EXPECT_THAT(counting.statement, HasSubstr("message ids count upwards"));
  }
}

TEST(PathEvidence, TellsAChangeOfTheSenderFromAMixture) {
  Toy toy(kDays);
  auto random = toy.random("turn");
  int n = 0;
  for (const double t : toy::through_cache(toy::poisson(random, 20, kDays), 3600)) {
    RowOptions options;
    (t < 12 * toy::kDay ? kUnbound : kOtherResolver)(random, n++, options);
    toy.ask(t, kSource, options);
  }
  const auto findings = toy.run("path_evidence");
  const Finding* finding = find(findings, kSource);
  EXPECT_EQ(finding->outcome, Outcome::found);
  EXPECT_THAT(finding->statement, HasSubstr("one before and one since 2016-05-1"));
}

// Seeds 11 to 14 each.
TEST(PathEvidence, StaysSilentOnOneSender) {
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    for (const Sender& sender :
         {kUnbound, kOtherResolver, Sender(forwarder), Sender(translated), Sender(losing_edns)}) {
      const Finding finding = finding_of(seed, sender, sender, 0);
      EXPECT_EQ(finding.outcome, Outcome::nothing_found) << finding.statement;
      EXPECT_THAT(finding.limitations, Contains(HasSubstr("hardly at all against forging")));
    }
  }
}

TEST(PathEvidence, CannotTellAForgerWhoFillsTheFieldsAlike) {
  EXPECT_EQ(finding_of(1, kUnbound, kUnbound, 0.3).outcome, Outcome::nothing_found);
}

TEST(PathEvidence, OfNamesAndTimesAloneHoldsTheTtlOnly) {
  const Sender bare = [](Random&, int, RowOptions&) {};
  const Finding finding = finding_of(1, bare, bare, 0);
  EXPECT_EQ(finding.outcome, Outcome::not_applicable);
  EXPECT_THAT(finding.statement, HasSubstr("the times keep to a cache"));
  EXPECT_LT(finding.value_or("p_obeys_by_chance", 1), 0.001);

  Toy toy(kDays);
  auto random = toy.random("unaware");
  toy.ask_all(toy::poisson(random, 20, kDays), kSource, {.ttl = 3600});
  EXPECT_THAT(find(toy.run("path_evidence"), kSource)->statement, HasSubstr("no cache shows"));
}

TEST(PathEvidence, ReadsNoFieldOutOfARecordThatDoesNotTellIt) {
  // One log tells flags and ports, the other neither.
  Toy toy(kDays, 2);
  auto random = toy.random("two logs");
  int n = 0;
  for (const double t : toy::through_cache(toy::poisson(random, 20, kDays), 3600)) {
    RowOptions options;
    if (n++ % 2 == 0) {
      kUnbound(random, n, options);
    } else {
      options.evidence = 2;
    }
    toy.ask(t, kSource, options);
  }
  const auto findings = toy.run("path_evidence");
  const Finding* finding = find(findings, kSource);
  EXPECT_EQ(finding->outcome, Outcome::nothing_found) << finding->statement;
  EXPECT_LT(finding->value_or("flags_told", 0), n * 0.6);
}

TEST(PathEvidence, WantsFiftyQueries) {
  Toy toy(kDays);
  auto random = toy.random("few");
  for (int i = 0; i < 40; ++i) {
    RowOptions options;
    (i % 2 == 0 ? kUnbound : kFullRangeTool)(random, i, options);
    toy.ask(i * 5000.0, kSource, options);
  }
  EXPECT_EQ(find(toy.run("path_evidence"), kSource)->outcome, Outcome::not_enough);
}

// --- Error rates, for docs/methods/path_evidence.md; in release. Seeds 3,000,001 and up. ---

TEST(PathEvidenceRates, DISABLED_Print) {
  struct Case {
    const char* words;
    Sender first, second;
    double mixed;
  };
  const Sender alike = resolver(1, 65535, kEdns | kDnssecOk);
  for (const Case& one :
       {Case{"one resolver, all ports from 1,024", kUnbound, kUnbound, 0},
        Case{"one resolver with 0x20, ports 32,768 to 60,999", kOtherResolver, kOtherResolver, 0},
        Case{"one forwarder on port 53", forwarder, forwarder, 0},
        Case{"one resolver, its ports counted by translation", translated, translated, 0},
        Case{"one resolver that leaves EDNS out for some days", losing_edns, losing_edns, 0},
        Case{"two resolvers behind one address, half each", kUnbound, kOtherResolver, 0.5},
        Case{"forged 5 %, RD and no EDNS", kUnbound, kFullRangeTool, 0.05},
        Case{"forged 10 %", kUnbound, kFullRangeTool, 0.1},
        Case{"forged 30 %", kUnbound, kFullRangeTool, 0.3},
        Case{"all forged, flags as a resolver's, ports from 1", alike, alike, 0},
        Case{"forged 30 %, every field as the resolver's", kUnbound, kUnbound, 0.3}}) {
    int found = 0;
    for (std::uint64_t run = 0; run < 500; ++run) {
      found +=
          finding_of(3'000'001 + run, one.first, one.second, one.mixed).outcome == Outcome::found;
    }
    std::printf("| %s | %.3f |\n", one.words, found / 500.0);
  }
}

}  // namespace
}  // namespace assay
