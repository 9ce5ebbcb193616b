// Scenarios drawn at random around one cause, for the published error rates.
#pragma once

#include <cstdint>

#include "sim/cause.h"
#include "sim/run.h"

namespace assay::sim {

// What a scenario is drawn for and from. Everything else (TTL 60 to 86,400 s, 7 to 180 days, zone,
// resolvers, shards, prefetch, loss, outages, sampling, clocks, background, edits in one of ten) is
// drawn as well.
struct ScenarioDraw {
  Scenario scenario;
  SimulatedRun run;
};
// Draws again, a bounded number of times, while the rows of the target are fewer than 50 or more
// than 20,000; the last draw stands. The same seed gives the same draw.
Result<ScenarioDraw> draw_scenario(const CauseKind& cause, std::uint64_t seed);

}  // namespace assay::sim
