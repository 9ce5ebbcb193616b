// What the keys of a store stand for, held in memory while they are few: the commit of a small
// evidence need not read the names of all others then.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "store/side_blocks.h"

namespace assay {

class KeyChecks {
 public:
  // Whether two names or hosts of `fresh`, or of `fresh` and `others`, share a key. A segment that
  // is dropped leaves its keys here: what a key stands for depends on the seed alone. Errors:
  // internal (a collision), io.
  Status add(const Segments& fresh, const Segments& others, const SegmentLimits& limits);

 private:
  Status take(const Segments& segments);

  bool is_loaded_ = false;
  std::unordered_map<std::uint64_t, std::uint64_t> names_;
  std::unordered_map<std::uint64_t, IpAddress> hosts_;
};

}  // namespace assay
