// The simulator counts seconds; what it writes and what is stored counts microseconds.
#pragma once

#include <cmath>
#include <cstdint>

namespace assay::sim {

inline std::int64_t micros(double time_s) {
  return static_cast<std::int64_t>(std::llround(time_s * 1e6));
}

}  // namespace assay::sim
