// Scenarios drawn at random around one cause, for the published error rates.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/cause.h"
#include "sim/run.h"

namespace assay::sim {

// By which customs the world around a cause is drawn. `other` is a second stated model of the same
// causes: people keep other hours and are up at night more, caches clamp, prefetch and restart more
// and count TTLs in any way, resolvers ask again and lose more, clocks are off by more, and each
// parameter of a cause is up to twice or half of what it would be. `textbook` is a third: sharp
// hours, nothing lost, asked twice or thrown away, every clock right. In `appointed`, the fourth,
// people come at marks of the day.
enum class Customs { usual, other, textbook, appointed };

// From where TTL, length and rows are drawn; TTL and length evenly on a logarithm. Everything else
// (zone, resolvers, shards, clocks of TTLs, prefetch, loss, outages, sampling, clocks, background,
// edits in one of ten) is drawn as well.
struct ScenarioRanges {
  double least_ttl_s = 60, most_ttl_s = 86'400;
  double least_days = 7, most_days = 180;
  std::size_t fewest_rows = 50, most_rows = 20'000;  // of parties, for the target
  // Of the scenarios, the share that have one or two further causes of other kinds; in half of
  // these some cause begins late or ends early. The first one is the cause that was asked for.
  double mixture_share = 0;
  // Causes whose look-ups come from nobody's networks (those with an `own_share`) send, with this
  // probability, a tenth to all of them through the party's own resolvers.
  double own_probability = 0;
  bool keeps_inside = false;  // as RunOptions
  Customs customs = Customs::usual;
};
struct ScenarioDraw {
  Scenario scenario;
  SimulatedRun run;
};
// Draws again, a bounded number of times, while the rows of the target are outside the ranges; the
// last draw stands. The same seed and ranges give the same draw.
Result<ScenarioDraw> draw_scenario(const CauseKind& cause, std::uint64_t seed,
                                   const ScenarioRanges& ranges = {});

}  // namespace assay::sim
