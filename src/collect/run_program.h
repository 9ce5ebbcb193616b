// A program of this machine, run to its end without a shell, with limits on time and output.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"

namespace assay::collecting {

struct ProgramEnd {
  int exit_code = 0;        // 128 + N when signal N ended it
  std::string stderr_text;  // its first bytes
  std::string stopped_for;  // "it ran for more than 60 seconds"; "" = nobody stopped it
};

// Where the host keeps this program; "" when it has none. The search path is ours, not that of who
// calls: a plan is to run the same program for everybody.
std::string find_program(const std::string& name);

// Standard input is empty, the environment holds PATH, LC_ALL=C and TZ=UTC. Errors: io,
// interrupted, what `each` returns.
Result<ProgramEnd> run_program(const std::string& program, const std::vector<std::string>& argv,
                               std::uint64_t seconds, std::uint64_t most_bytes,
                               const std::atomic<bool>* stop,
                               const std::function<Status(std::string_view)>& each);

}  // namespace assay::collecting
