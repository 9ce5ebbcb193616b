// The domain of a mail address, wherever one is read: logs, headers and captures write it alike.
#pragma once

#include <string_view>

namespace assay {

// What stands behind the last '@' of "Name <user@domain>", "<user@domain>" or "user@domain", as
// written. Empty when there is none, and for the address of a host ("user@[192.0.2.1]", RFC 5321
// section 4.1.3). The view is into `mailbox`.
inline std::string_view domain_of_mailbox(std::string_view mailbox) {
  if (const auto open = mailbox.rfind('<'); open != std::string_view::npos) {
    mailbox.remove_prefix(open + 1);
    mailbox = mailbox.substr(0, mailbox.find('>'));
  }
  const auto at = mailbox.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view domain = mailbox.substr(at + 1);
  while (domain.ends_with(' ') || domain.ends_with('>')) domain.remove_suffix(1);
  return domain.starts_with('[') ? std::string_view() : domain;
}

}  // namespace assay
