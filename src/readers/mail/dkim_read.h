// What of a message's DKIM signatures can be told without a key, so that verifying them later
// needs no mailbox: whether the body hash agrees, and the hash that each signature signs.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "readers/mail/dkim_body.h"
#include "readers/mail/dkim_header.h"
#include "readers/mail/mail_bytes.h"

namespace assay {

inline constexpr std::size_t kMaxSignatures = 8;  // of one message, from the top; others are named

class DkimRead {
 public:
  // With the whole header, before the body.
  void start(const HeaderBlock& header);
  void take(const MailLine& line);
  // One text for each signature, as docs/formats/eml.md has it (field dkim_check).
  std::vector<std::string> finish(const HeaderBlock& header);
  std::size_t signatures_beyond_limit() const { return beyond_limit_; }

 private:
  struct Checked {
    std::size_t place = 0;  // in the header
    DkimSignature signature;
    std::size_t body = SIZE_MAX;  // in bodies_
  };
  struct Body {
    DigestKind digest;
    bool is_relaxed;
    std::optional<std::uint64_t> length;
    DkimBody as_is;
    std::optional<DkimBody> unquoted;  // with what mailboxes put before "From " taken off
    std::string hash, unquoted_hash;   // base64, at the end
  };

  std::size_t body_for(const DkimSignature& signature);
  std::string told(const HeaderBlock& header, const Checked& checked) const;

  std::vector<Checked> signatures_;
  std::vector<Body> bodies_;
  std::size_t beyond_limit_ = 0;
  bool is_in_quote_ = false;  // the line begun is such a line
};

}  // namespace assay
