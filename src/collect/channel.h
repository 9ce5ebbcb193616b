// A program that is talked to over its standard streams: ssh.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"
#include "collect/system.h"

namespace assay::collecting {

// What it prints is the other machine's text: every length is bounded, nothing is trusted.
class Channel {
 public:
  Channel() = default;
  ~Channel() { close(); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  Status open(const std::vector<std::string>& argv, const std::atomic<bool>* stop);
  bool is_open() const { return child_ > 0; }
  void close();  // kills it when it still runs
  // Written while lines are read.
  void send(std::string_view bytes) { outgoing_ += bytes; }
  // The longest silence that is no cut line.
  void allow_silence(std::int64_t seconds) { silence_s_ = seconds; }

  // Errors: io (the line was cut, or was silent for too long), interrupted.
  Result<std::string> line();
  Status exact(std::uint64_t count, const std::function<Status(std::string_view)>& each);
  Result<std::string> text(std::uint64_t count);
  // Everything before `mark`, which is taken as well.
  Status until(std::string_view mark, const std::function<Status(std::string_view)>& each);

 private:
  Status fill();  // more of what it prints
  Error cut(std::string_view how);

  pid_t child_ = 0;
  Handle to_, from_, errors_;
  std::string outgoing_, incoming_, error_text_;
  const std::atomic<bool>* stop_ = nullptr;
  std::int64_t silence_s_ = 600;
};

}  // namespace assay::collecting
