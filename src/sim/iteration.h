// A resolver asks authoritative servers: which one, and what it does when none answers in time.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/random.h"
#include "sim/scenario.h"

namespace assay::sim {

// A query as it leaves a resolver.
struct UpstreamQuery {
  double time_s = 0;
  std::uint32_t name = 0;
  std::uint16_t qtype = 0;
  std::uint16_t cause = 0;
  std::uint16_t address = 0;
  std::uint8_t server = 0;
  bool is_retry = false;
  bool is_elsewhere = false;
};

// One for each resolver: it remembers how fast the servers were.
class Iterator {
 public:
  Iterator(const Iteration& iteration, const Vantage& vantage, Random& random);

  struct Answer {
    double time_s = 0;
    bool has_come = false;
  };
  // Sends `first` to a server of its choice, and again until an answer comes or it gives up; adds
  // what leaves to `out`.
  Answer resolve(UpstreamQuery first, std::vector<UpstreamQuery>& out);

 private:
  std::uint8_t choose();
  void forget(std::size_t answered, double time_s);
  double latency_s(std::size_t server) const;

  const Iteration& iteration_;
  const Vantage& vantage_;
  Random& random_;
  std::vector<double> srtt_ms_;
  std::vector<bool> was_tried_;  // in this round of a resolution
  double forgot_s_ = 0;          // the last second in which round-trip times were forgotten
};

}  // namespace assay::sim
