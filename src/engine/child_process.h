// An outside program, run to its end: no shell, fixed arguments, an environment of three variables,
// limits on what it may use, and killed when somebody interrupts.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "assay/result.h"

namespace assay {

struct ChildLimits {
  std::int64_t wall_ms = 0;
  std::uint64_t output_bytes = 0;  // of all files in `folder` together, and of each
  std::uint64_t files = 0;         // in `folder`
};

struct ChildRun {
  // The name of the program first; it is looked for on the PATH of this process, by the system.
  std::vector<std::string> arguments;
  int input = -1;      // becomes descriptor kChildInput; -1 = none
  int output = -1;     // takes what it prints, on both streams
  std::string folder;  // where it writes, watched for the limits; "" = nowhere
};
inline constexpr int kChildInput = 3;

struct ChildEnd {
  bool was_found = true;  // false: there is no such program
  int exit_code = 0;
  int signal = 0;           // that ended it, also when the reason is `stopped_for`
  std::string stopped_for;  // "it ran for more than 60 seconds"; "" = nobody stopped it

  bool is_good() const { return was_found && exit_code == 0 && signal == 0; }
};

// Errors: interrupted, when `stop` (may be nullptr) is set; io, when the program cannot be started
// or when the disk beneath `folder` is full: what it wrote may then be cut without a word.
Result<ChildEnd> run_child(const ChildRun& run, const ChildLimits& limits,
                           const std::atomic<bool>* stop);

}  // namespace assay
