#include "sim/random_scenario.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/cause.h"

namespace assay {
namespace {

TEST(RandomScenario, DrawsScenariosWithinTheirRangesAndTheSameForTheSameSeed) {
  for (const sim::CauseKind* cause : sim::all_causes()) {
    const auto draw = sim::draw_scenario(*cause, 18), again = sim::draw_scenario(*cause, 18);
    ASSERT_TRUE(draw.ok() && again.ok());
    const sim::Scenario& scenario = draw->scenario;
    EXPECT_EQ(draw->run.rows.size(), again->run.rows.size());
    EXPECT_EQ(scenario.seed, again->scenario.seed);
    EXPECT_GE(scenario.target.ttl_seconds, 60);
    EXPECT_LE(scenario.target.ttl_seconds, 86'400);
    const double days = (scenario.end_s - scenario.begin_s) / 86'400;
    EXPECT_GE(days, 7);
    EXPECT_LE(days, 180);
    EXPECT_GE(draw->run.rows.size(), 50u) << cause->name();
  }
}

TEST(RandomScenario, DrawsMixturesInTheShareThatIsAskedFor) {
  const sim::CauseKind& cause = *sim::find_cause("archive_rescan");
  int mixed = 0, shortened = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto pure = sim::draw_scenario(cause, seed);
    const auto draw = sim::draw_scenario(cause, seed, {.mixture_share = 0.5});
    ASSERT_TRUE(pure.ok() && draw.ok());
    const auto& causes = draw->scenario.parties.front().causes;
    EXPECT_EQ(causes.front().kind, "archive_rescan");
    EXPECT_EQ(pure->scenario.parties.front().causes.size(), 1u);
    EXPECT_NE(draw->scenario.parties.front().cache.ttl_clock, sim::TtlClock::exact);
    if (causes.size() == 1) continue;
    ++mixed;
    for (const sim::CauseSpec& spec : causes) shortened += spec.begin_s != 0 || spec.end_s != 0;
  }
  EXPECT_GE(mixed, 10);
  EXPECT_LE(mixed, 30);
  EXPECT_GT(shortened, 0);
}

}  // namespace
}  // namespace assay
