// DKIM-Signature fields, and the hash of the header fields that each of them signs (RFC 6376
// sections 3.5, 3.4.1, 3.4.2 and 3.7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/message_digest.h"
#include "readers/mail/header_block.h"

namespace assay {

inline constexpr std::size_t kMaxSignedNames = 200;     // of one signature
inline constexpr std::size_t kMaxSignatureTag = 2'000;  // bytes of any other tag that is kept

struct DkimSignature {
  // As written, without blanks.
  std::string domain, selector, identity, algorithm, canonicalisation, stamp, expires;
  std::string body_hash, signature;       // base64
  std::vector<std::string> signed_names;  // lower case, in their order
  DigestKind digest = DigestKind::sha256;
  bool is_header_relaxed = false, is_body_relaxed = false;
  std::optional<std::uint64_t> length;
  std::string problem;  // why it cannot be checked; "" = it can
};
DkimSignature parse_dkim_signature(std::string_view value);

// The digest's bytes; `own` is the signature's place in the header.
std::string dkim_header_digest(const HeaderBlock& header, std::size_t own,
                               const DkimSignature& signature);
// Fields of which the header has more than the signature covers, of those that decide what a
// person reads: "subject,date".
std::string unsigned_fields(const HeaderBlock& header, const DkimSignature& signature);

}  // namespace assay
