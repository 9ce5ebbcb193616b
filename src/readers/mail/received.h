// One Received field (RFC 5321 section 4.4), as any MTA wrote it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/names.h"
#include "readers/mail/mail_date.h"

namespace assay {

struct Received {
  // The words behind 'from', 'by', ... as written; "" when that clause is missing.
  std::string from, by, with, via, id, recipient;
  std::optional<IpAddress> from_address;  // what the MTA saw, from a comment or a literal
  std::optional<IpAddress> by_address;
  std::string helo;      // what the other side called itself, where the field tells
  std::string ptr_name;  // the name that the MTA found for the address
  std::string envelope_from, auth_user, tls_version, tls_cipher;
  std::vector<std::string> comments;  // all, in order, without the outer brackets
  std::string date_text;              // behind the last ';'
  std::optional<MailDate> date;

  bool tells_nothing() const { return from.empty() && by.empty() && comments.empty(); }
};

// `value` is unfolded. Never fails: what is not understood is left out.
Received parse_received(std::string_view value);

// The address in "[192.0.2.1]", "[IPv6:2001:db8::1]:25", "192.0.2.1", "user@[192.0.2.1]".
std::optional<IpAddress> address_in_word(std::string_view word);

}  // namespace assay
