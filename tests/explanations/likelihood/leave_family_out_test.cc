#include "explanations/likelihood/leave_family_out.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cases.h"
#include "core/random.h"

namespace assay::likelihood {
namespace {

LeftOutFamily family(const char* name, std::size_t cases, std::size_t above, double lr) {
  LeftOutFamily made{name, std::vector<double>(cases, -5)};
  std::fill_n(made.ln_lr.begin(), above, std::log(lr));
  return made;
}

TEST(ClaimCap, IsTheInverseOfTheWorstFamilysUpperLimitAtTen) {
  const ClaimCap cap = claim_cap({family("poll", 600, 0, 1), family("batch", 600, 60, 500)});
  EXPECT_EQ(cap.worst_family, "batch");
  EXPECT_NEAR(cap.worst_upper_at_10, exact_rate(60, 600).upper, 1e-12);
  EXPECT_NEAR(cap.cap, 1 / exact_rate(60, 600).upper, 1e-12);
  ASSERT_EQ(cap.families.size(), 2u);
  EXPECT_EQ(cap.families[1].above[4].count, 60u) << "above 100";
  EXPECT_EQ(cap.families[1].above[5].count, 0u) << "above 1000";
}

TEST(ClaimCap, GivesNoSupportWhereALeftOutFamilyPassesForTheClaim) {
  const ClaimCap cap = claim_cap({family("poll", 660, 0, 1), family("campaign", 660, 650, 500)});
  EXPECT_LT(cap.cap, 1.03);
  EXPECT_EQ(cap.worst_family, "campaign");
  EXPECT_EQ(claim_cap({family("campaign", 10, 10, 500)}).cap, 1);
}

TEST(ClaimCap, IsNoLargerThanTheCasesAllow) {
  EXPECT_NEAR(claim_cap({family("poll", 20, 0, 1)}).cap, 1 / (1 - std::pow(0.05, 0.05)), 1e-9);
  EXPECT_EQ(claim_cap({}).cap, 1);
  const ClaimCap empty = claim_cap({family("poll", 600, 0, 1), family("unseen", 0, 0, 1)});
  EXPECT_EQ(empty.cap, 1);
  EXPECT_EQ(empty.worst_family, "unseen");
}

TEST(ClaimCap, CountsWhatIsNoNumberAsSupport) {
  LeftOutFamily broken{"broken", std::vector<double>(50, std::numeric_limits<double>::quiet_NaN())};
  EXPECT_EQ(claim_cap({broken}).cap, 1);
}

TEST(ClaimCap, SteadyCapEndsAtTheFirstThresholdThatIsPassedTooOften) {
  // 70 % have LR 3, 1 % have LR 50: above 1.4 too often already, above 10 rarely.
  LeftOutFamily mixed = family("mixed", 1000, 10, 50);
  std::fill_n(mixed.ln_lr.begin() + 10, 700, std::log(3.0));
  const ClaimCap cap = claim_cap({mixed});
  EXPECT_GT(cap.cap, 50);
  EXPECT_NEAR(cap.steady_cap, 1 / exact_rate(710, 1000).upper, 1e-9);
  const ClaimCap steady = claim_cap({family("poll", 1000, 10, 50)});
  EXPECT_EQ(steady.steady_cap, steady.cap);
}

TEST(ClaimCap, SteadyCapLiesBetweenTwoValuesWhereTheLimitIsPassed) {
  // 30 % have LR 1.5, 20 % LR 5: below 1.5 half are above, which 1/k allows; from there to 5 a
  // fifth is, which it allows up to about 4.5.
  LeftOutFamily mixed = family("mixed", 2000, 0, 1);
  std::fill_n(mixed.ln_lr.begin(), 600, std::log(1.5));
  std::fill_n(mixed.ln_lr.begin() + 600, 400, std::log(5.0));
  EXPECT_NEAR(claim_cap({mixed}).steady_cap, 1 / exact_rate(400, 2000).upper, 1e-9);
}

// The promise of the header, on fresh cases of the family that set the cap. Seeds 1 to 40.
TEST(ClaimCap, KeepsCappedReportsBelowOneInKForEveryKFromTen) {
  int broken = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    const double spread = random.uniform(0.5, 4);
    const auto sample = [&](std::size_t n) {
      std::vector<double> values(n);
      for (double& value : values) value = spread * random.normal(0, 1);
      return values;
    };
    const ClaimCap cap = claim_cap({{"rival", sample(500)}});
    const std::vector<double> fresh = sample(20'000);
    for (const double k : {10.0, 20.0, 50.0, 100.0, 1000.0}) {
      const auto beyond = std::count_if(fresh.begin(), fresh.end(), [&](double ln_lr) {
        return std::min(std::exp(ln_lr), cap.cap) > k;
      });
      broken += static_cast<double>(beyond) > 20'000 / k ? 1 : 0;
    }
  }
  EXPECT_LE(broken, 2) << "5 % of 40 samples may set the cap too high";
}

}  // namespace
}  // namespace assay::likelihood
