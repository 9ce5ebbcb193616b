// Two things that readpst writes are others each time it runs: the number in the boundaries of MIME
// parts, and the stamp of appointments that have none of their own. They are replaced, so that the
// same folders give the same bytes.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "assay/reader.h"

namespace assay {

class PstText final : public ByteSource {
 public:
  // DTSTAMPs within `run` (UTC) are those of the run and become 1970-01-01. `inner` outlives this.
  PstText(ByteSource& inner, Interval run) : inner_(inner), run_(run) {}
  Result<std::size_t> read(char* into, std::size_t capacity) override;

 private:
  void fetch();
  void rewrite(std::size_t limit);
  // Length of what stands at `at` when it is one of the two, whose replacement is then in ready_;
  // 0 when it is not.
  std::size_t take_boundary(std::size_t at);
  std::size_t take_stamp(std::size_t at);
  void declare(const std::string& number);

  ByteSource& inner_;
  Interval run_;
  std::string raw_;         // begins with some bytes that are done, for what stands before a token
  std::size_t done_ = 0;    // of raw_
  std::string ready_;       // rewritten
  std::size_t served_ = 0;  // of ready_
  bool is_at_end_ = false;
  std::optional<Error> error_;
  // Numbers by the order of their declaration. That of a message goes on around the messages
  // within it, so the last few are kept.
  std::map<std::string, std::uint64_t> ordinals_;
  std::deque<std::string> in_use_;  // oldest first
  std::uint64_t last_ordinal_ = 0;
};

}  // namespace assay
