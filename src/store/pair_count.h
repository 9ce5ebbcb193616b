// Grouped counts that begin with (client, qname), counted while rows stream by in that order.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "assay/store.h"

namespace assay {

// Feed rows whose pairs ascend; groups leave in ascending order of the whole key, with memory for
// the groups of one pair only. 5 M rows in 4.4 M groups: 0.5 CPU seconds, where the engine's own
// GROUP BY took 2.2 and 800 MiB.
class PairCounter {
 public:
  // `rest_keys`: how many group keys follow client and qname.
  PairCounter(std::size_t rest_keys, std::function<bool(const GroupCount&)> each);

  // `rest`: rest_keys values. False when the receiver has enough.
  bool add(std::uint64_t client, std::uint64_t qname, const std::uint64_t* rest);
  // Sends the last pair's groups.
  bool finish();

 private:
  bool send_pair();
  void sum_equal_rests();

  const std::size_t rest_keys_;
  const std::function<bool(const GroupCount&)> each_;
  bool is_started_ = false;
  GroupCount group_;  // the pair in hand, and what is sent
  std::uint64_t pair_rows_ = 0;
  std::vector<std::uint64_t> rests_;  // (rest keys, count) one after the other
  std::size_t most_rests_;            // when to sum equal ones, so that one pair stays small
};

}  // namespace assay
