// Where things are collected: this machine, or a host over ssh.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/manifest.h"
#include "collect/plan.h"

namespace assay::collecting {

// One file to be read, or one command to be run.
struct Item {
  std::string what;
  std::string path;        // of a file, as bytes; links resolved when they are followed
  std::string reached_by;  // the link that was followed
  std::vector<std::vector<std::string>> choices;  // of a command
  std::uint64_t size = 0;                         // when it was listed

  bool is_command() const { return !choices.empty(); }
  std::string title() const;
};

struct Listing {
  std::vector<Item> items;
  std::vector<NotCollected> problems;
};

struct Task {
  std::size_t index = 0;  // of the item
  Item item;
  // What an interrupted attempt has of a file already: so many bytes with this hash.
  std::uint64_t offset = 0;
  std::string prefix_sha256;
};

// What is said of an item once its bytes are through.
struct Ending {
  std::optional<FileFacts> after;
  std::string host_sha256;
  std::vector<std::string> remarks;
  // Of what was brought, so many bytes are the file's: it was cut short.
  std::optional<std::uint64_t> own_bytes;
  bool take_again = false;  // it changed so that a second reading may tell more
  int exit_code = 0;
  std::string stderr_text;
};

// Takes what a source brings, one item after another.
class Sink {
 public:
  virtual ~Sink() = default;
  // `continues`: the bytes that follow stand behind those of the interrupted attempt.
  virtual Status begin(const Task& task, const std::optional<FileFacts>& facts,
                       const std::vector<std::string>& argv, bool continues) = 0;
  virtual Status bytes(std::string_view bytes) = 0;
  virtual Status end(const Ending& ending) = 0;
  // Nothing of this task can be had; also after begin().
  virtual Status refuse(const Task& task, std::string_view code, std::string why) = 0;
  // How many bytes of this item there may be: the plan's limits less what was taken.
  virtual std::uint64_t room_for(const Item& item) const = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  // Errors of all: io (also: the line was cut), interrupted, unsupported.
  virtual Result<HostFacts> look() = 0;
  virtual Result<ClockSample> clock() = 0;
  virtual Result<Listing> list(const Plan& plan) = 0;
  virtual Status take(const std::vector<Task>& tasks, const Plan& plan, Sink& sink) = 0;
};

// `own`: paths of the bundle that is being written, which is not to hold itself.
std::unique_ptr<Source> this_machine(const CollectSurroundings& surroundings,
                                     std::vector<std::string> own);

// `host`: "ssh://[USER@]HOST[:PORT]"; `command`: what is called, none for ssh. Errors: usage.
Result<std::unique_ptr<Source>> over_ssh(const CollectSurroundings& surroundings,
                                         const std::string& host,
                                         const std::vector<std::string>& command);

// Remarks that both sources make in the same words.
std::string grew_remark(std::uint64_t before, std::uint64_t after);
std::string truncated_remark(std::uint64_t before, std::uint64_t now);
inline constexpr const char* kReplacedRemark =
    "the path led to another file when it had been read: what is sealed is the file that was "
    "opened, and the other one was read as well";
inline constexpr const char* kRewrittenRemark =
    "its bytes were changed in place while it was read: what is sealed may be of two states, and "
    "it was read once more";
inline constexpr const char* kAtimeRemark =
    "its access time is another one than before: it was read by us without O_NOATIME, or by others";

}  // namespace assay::collecting
