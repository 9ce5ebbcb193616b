// How a segment of SMTP is told at first sight.
#pragma once

#include <algorithm>
#include <string_view>

#include "readers/packet/packet.h"

namespace assay {

// The ports of SMTP (RFC 5321), submission (RFC 6409, RFC 8314), and the one that relays offer
// where 25 is closed.
inline bool is_smtp_port(std::uint16_t port) {
  return port == 25 || port == 465 || port == 587 || port == 2525;
}

inline bool has_banner_code(Bytes payload) {
  return payload.size() > 3 && payload[0] == '2' && payload[1] == '2' && payload[2] == '0';
}

// Whether a server of SMTP greets with these first bytes, on whatever port. FTP greets with 220 as
// well; the word SMTP or ESMTP, which RFC 5321 section 4.3.1 asks for, tells the two apart.
inline bool is_smtp_banner(Bytes payload) {
  if (!has_banner_code(payload) || (payload[3] != ' ' && payload[3] != '-')) return false;
  constexpr std::string_view kWord = "SMTP";
  const auto end = std::find(payload.begin(), payload.end(), '\n');
  return std::search(payload.begin(), end, kWord.begin(), kWord.end(),
                     [](int a, int b) { return (a & ~0x20) == b; }) != end;
}

}  // namespace assay
