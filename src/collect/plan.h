// The plan: what is to be collected, written by a person and read by whoever has to allow it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"
#include "collect/manifest.h"

namespace assay::collecting {

struct Limits {
  std::uint64_t file_bytes = std::uint64_t{4} << 30;
  std::uint64_t total_bytes = std::uint64_t{32} << 30;
  std::uint64_t files = 10'000;
  std::uint64_t output_bytes = std::uint64_t{256} << 20;  // of a command
  std::uint64_t seconds = 60;                             // of a command
};
inline constexpr std::uint64_t kMostFiles = 90'000;  // `assay add` takes archives of 100,000
inline constexpr int kMostDepth = 16;                // of folders below one that is named

struct PlannedFiles {
  std::string what;
  std::vector<std::string> patterns;  // absolute; * ? [ ] as in a shell
  bool follow_links = false;
};

struct PlannedCommand {
  std::string what;
  // The first that the host has is run; each an argument vector, without a shell.
  std::vector<std::vector<std::string>> choices;
  bool is_spelled_out = false;  // by the plan: needs --allow-commands
};

struct Plan {
  std::string text;  // as read
  std::string title, authority, collector;
  Limits limits;
  StatedClock clock;
  std::vector<PlannedFiles> files;
  std::vector<PlannedCommand> commands;
};

// Errors: usage; each names the file, the line and what is allowed.
Result<Plan> parse_plan(std::string_view text, std::string_view file);

// The words that a plan may use, and what they run (src/collect/known_commands.cc).
struct KnownCommand {
  std::string_view table, word;
  std::vector<std::vector<std::string>> choices;
};
const std::vector<KnownCommand>& known_commands();

}  // namespace assay::collecting
