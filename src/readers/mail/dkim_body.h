// The hash of a message's body as a DKIM signature takes it (RFC 6376 sections 3.4.3 to 3.4.5), of
// lines that stream by. Line ends of any kind count as CRLF, which mailboxes lose.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/message_digest.h"

namespace assay {

class DkimBody {
 public:
  // `length`: of the canonical body, that are hashed (tag l=).
  DkimBody(DigestKind kind, bool is_relaxed, std::optional<std::uint64_t> length)
      : digest_(kind), is_relaxed_(is_relaxed), length_(length) {}

  // A line or a piece of one, without its end; `ends`: the line ends here.
  void take(std::string_view content, bool ends);
  // The digest's bytes. Call once.
  std::string finish();
  std::uint64_t size() const { return size_; }  // of the canonical body, all of it

 private:
  void take_relaxed(std::string_view content);
  void begin_content();
  void put(std::string_view bytes);

  MessageDigest digest_;
  bool is_relaxed_;
  std::optional<std::uint64_t> length_;
  bool has_content_ = false;  // in the line begun
  bool has_blank_ = false;    // before what comes next in it
  std::uint64_t empty_lines_ = 0;
  std::uint64_t size_ = 0;
  std::string gathered_;
};

}  // namespace assay
