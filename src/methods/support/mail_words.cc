#include "methods/support/mail_words.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/ascii.h"
#include "core/mail_address.h"

namespace assay::methods {
namespace {

std::string_view trimmed_text(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Of "Name: value" as the message had it.
bool is_automatic_field(std::string_view field) {
  const auto colon = field.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string name = lower_text(field.substr(0, colon));
  std::string_view value = trimmed_text(field.substr(colon + 1));
  value = trimmed_text(value.substr(0, value.find(';')));  // parameters
  if (name == "auto-submitted") return !value.empty() && lower_text(value) != "no";
  if (name == "precedence") {
    static const std::set<std::string> kMany{"bulk", "junk", "list", "auto_reply"};
    return kMany.contains(lower_text(value));
  }
  return name == "x-autoreply" || name == "x-autorespond";
}

// The mailbox of a mail system itself (RFC 2142, RFC 3464).
bool is_system_mailbox(std::string_view mailbox) {
  if (const auto open = mailbox.rfind('<'); open != std::string_view::npos) {
    mailbox.remove_prefix(open + 1);
  }
  const std::string local = lower_text(trimmed_text(mailbox.substr(0, mailbox.rfind('@'))));
  return local == "mailer-daemon" || local == "postmaster";
}

}  // namespace

std::string mail_domain(std::string_view mailbox) {
  std::string canonical;
  const std::string_view domain = domain_of_mailbox(mailbox);
  if (domain.empty() || canonicalise_name(domain, canonical)) return "";
  return canonical;
}

bool says_automatic(const OtherRow& row) {
  static const FieldId kRaw = field_id("raw"), kReturn = field_id("return_path"),
                       kEnvelope = field_id("envelope_from"), kType = field_id("content_type"),
                       kFrom = field_id("header_from");
  static const std::array<FieldId, 3> kOfMany{field_id("list_id"), field_id("list_unsubscribe"),
                                              field_id("feedback_id")};
  for (const auto& [field, text] : row.fields) {
    bool is_automatic = false;
    if (field == kRaw) {
      is_automatic = is_automatic_field(text);
    } else if (field == kReturn || field == kEnvelope) {
      is_automatic = text == "<>" || is_system_mailbox(text);
    } else if (field == kFrom) {
      is_automatic = is_system_mailbox(text);
    } else if (field == kType) {
      is_automatic = lower_text(text).starts_with("multipart/report");  // RFC 6522
    } else {
      is_automatic = std::find(kOfMany.begin(), kOfMany.end(), field) != kOfMany.end();
    }
    if (is_automatic) return true;
  }
  return false;
}

bool is_scan_alone(const OtherRow& row) {
  static const FieldId kStatus = field_id("status"), kQueue = field_id("queue_id");
  return row.row.kind == RecordKind::mail && row.field(kStatus) == "scanned" &&
         row.field(kQueue).empty();
}

MailFate fate_of(const OtherRow& row) {
  static const FieldId kStatus = field_id("status"), kSubject = field_id("subject"),
                       kId = field_id("message_id"), kHeader = field_id("header_from");
  static const std::set<std::string_view> kAccepted{"sent", "accepted", "received"},
      kDeferred{"deferred", "waiting", "queued", "held"}, kBounced{"bounced", "expired"};
  const std::string_view status = row.field(kStatus);
  if (kAccepted.contains(status)) return MailFate::accepted;
  if (kDeferred.contains(status)) return MailFate::deferred;
  if (kBounced.contains(status)) return MailFate::bounced;
  if (status == "rejected") return MailFate::rejected;
  if (!status.empty() || row.row.code == kNoCode) return MailFate::other;
  // A sensor tells the last reply alone: 250 is of the content only when there was some, and no
  // other 2xx is (221 is of QUIT; RFC 5321, 4.3.2).
  const bool has_headers =
      !row.field(kId).empty() || !row.field(kSubject).empty() || !row.field(kHeader).empty();
  if (row.row.code >= 500) return MailFate::rejected;
  if (row.row.code >= 400) return MailFate::deferred;
  return row.row.code == 250 && has_headers ? MailFate::accepted : MailFate::other;
}

bool is_loopback(const IpAddress& address) {
  static const IpAddress kSix = *IpAddress::parse("::1");
  return address == kSix || (address.is_v4() && address.v4() >> 24 == 127);
}

}  // namespace assay::methods
