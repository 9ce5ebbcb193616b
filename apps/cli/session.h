// What every command shares: where it writes, how it talks, the library's surroundings.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "assay/engine.h"

namespace assay::cli {

using Json = nlohmann::ordered_json;

class Session {
 public:
  // Options that every command takes.
  bool wants_json = false;
  bool is_quiet = false;
  std::string store;  // "", "memory", "embedded"
  std::string actor;
  std::string command;

  Surroundings surroundings() const;

  // Data. False once nobody reads any more.
  bool print(std::string_view text);
  // The one JSON document of a command; adds the envelope.
  void print_json(Json payload);
  // Talk: to stderr, unless --quiet.
  void say(std::string_view text);
  // Names the next command that makes sense.
  void suggest(std::string_view command_line);
  // Those that were not shown yet.
  void show_remarks(const Case& opened);
  // Ends the progress line, so that text can follow.
  void clear_progress() const;
  bool has_failed_output() const { return output_error_ != 0; }
  int finish();  // flushes; errno of a failed write, 0 = fine (nobody reading is fine)

  std::string bold(std::string_view text) const;

  Result<Case> open(const std::string& directory);

 private:
  std::size_t remarks_shown_ = 0;
  int output_error_ = 0;
};

// Set by SIGINT and SIGTERM.
const std::atomic<bool>& stop_flag();
void catch_signals();
// From now on they end the program at once, with exit code 130: for commands that look at no flag
// and whose files are replaced whole, so that stopping them leaves what was there before.
void end_on_signals();

}  // namespace assay::cli
