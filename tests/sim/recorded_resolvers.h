// What real resolvers did with a known demand (lab/simulator), and what the simulator does with it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/scenario.h"

namespace assay::sim {

struct Upstream {
  double time_s = 0;  // from the start of the recording
  std::string name;   // "dense1", below sender.example
  int server = 0;     // 0 to 2
};

struct Recording {
  double start_s = 0;             // since the epoch: resolvers count whole seconds
  std::vector<Upstream> demands;  // of the hosts; their server means nothing
  std::map<std::string, std::vector<Upstream>> upstream;  // by resolver
};

Recording read_recording();

// All servers answer until kQuietEnd; no answer of the second comes from kOneLost to kOneBack, and
// none at all from kAllLost to kAllBack.
inline constexpr double kQuietEnd = 275, kOneLost = 280, kOneBack = 330, kAllLost = 345,
                        kAllBack = 370;

// "dense1" is of the kind "dense"; kinds have their TTL in common.
std::string kind_of(const std::string& name);
double ttl_of(const std::string& kind);

// The same demand through the simulator's caches, in order of time.
std::vector<Upstream> simulate(const Recording& recording, const Cache& cache,
                               const Iteration& iteration, std::uint64_t seed);

std::vector<Upstream> between(const std::vector<Upstream>& rows, double begin_s, double end_s);
std::vector<Upstream> of_kind(const std::vector<Upstream>& rows, const std::string& kind);

// Between rows of the same name.
std::vector<double> gaps(const std::vector<Upstream>& rows);

// The largest distance between two empirical distribution functions (Smirnov 1939), and what two
// samples of these sizes from one law exceed once in a thousand times.
double distance(std::vector<double> a, std::vector<double> b);
double distance_by_chance(std::size_t a, std::size_t b);

// How many of `a` have a row of `b` of their own: the same name, at most `within_s` away.
std::size_t paired(const std::vector<Upstream>& a, const std::vector<Upstream>& b, double within_s);

}  // namespace assay::sim
