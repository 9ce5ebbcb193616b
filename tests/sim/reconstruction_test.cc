#include "sim/reconstruction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "assay/instant.h"
#include "sim/demo/resolver.h"

namespace assay::sim {
namespace {

using namespace demo;  // the parts of the reconstruction

TEST(Reconstruction, HasTheQuotedRowsUnderTheDemoSeeds) {
  const Reconstruction made = reconstruct(demo_seeds());
  EXPECT_EQ(made.bank_rows, 2'820u);
  EXPECT_EQ(made.clinic_rows, 714u);
  EXPECT_LE(made.other_rows, 54u);
  EXPECT_EQ(made.run_on_rows, 3u);
  ASSERT_EQ(made.logs.size(), 3u);
}

TEST(Reconstruction, IsTheSameForTheSameSeedsAndOtherForOthers) {
  EXPECT_EQ(reconstruct({7, 8, 9}).logs, reconstruct({7, 8, 9}).logs);
  EXPECT_NE(reconstruct({7, 8, 9}).logs, reconstruct({8, 8, 9}).logs);
}

TEST(Reconstruction, WritesNothingWhileTheCollectorIsOut) {
  for (const std::string& log : reconstruct({3, 3, 3}).logs) {
    EXPECT_EQ(log.find("2021-07-23T"), std::string::npos);
    EXPECT_EQ(log.find("2021-07-24T"), std::string::npos);
    EXPECT_NE(log.find("2021-07-22T"), std::string::npos);
  }
}

// Whatever the demand, a cache lets no refresh through before its TTL has run out.
TEST(Resolver, CacheKeepsRefreshesATtlApart) {
  Random random(5);
  std::vector<Demand> demands;
  for (double t = 0; t < 400'000; t += random.exponential(60)) demands.push_back({t, "test"});
  ResolverFarm farm{.addresses = {"192.0.2.10"}};
  farm.lame_probability = 0;
  farm.repeat_probability = 0;
  const auto queries = resolve(demands, farm, "mail1.sender.example", random);
  ASSERT_GT(queries.size(), 50u);
  for (std::size_t i = 1; i < queries.size(); ++i) {
    EXPECT_GE(queries[i].time_s - queries[i - 1].time_s, farm.ttl_seconds);
  }
}

// Poisson demand r behind one cache: one refresh every TTL + 1/r seconds (METHODS 2.1).
TEST(Resolver, RefreshRateFollowsTheRenewalFormula) {
  Random random(11);
  std::vector<Demand> demands;
  const double mean = 600, span = 143 * 86'400.0;
  for (double t = 0; t < span; t += random.exponential(mean)) demands.push_back({t, "test"});
  ResolverFarm farm{.addresses = {"192.0.2.10"}};
  farm.lame_probability = 0;
  farm.repeat_probability = 0;
  const auto queries = resolve(demands, farm, "mail1.sender.example", random);
  const double expected = span / (farm.ttl_seconds + mean);
  EXPECT_NEAR(static_cast<double>(queries.size()), expected, expected * 0.02);
}

}  // namespace
}  // namespace assay::sim
