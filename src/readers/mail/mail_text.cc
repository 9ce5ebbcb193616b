#include "readers/mail/mail_text.h"

#include "readers/log_stamp.h"
#include "readers/mail/mail_date.h"

namespace assay {

FromLine judge_from_line(std::string_view line) {
  if (!line.starts_with("From ")) return FromLine::none;
  line = trimmed(line.substr(0, line.find('\n')).substr(5));
  const std::size_t gap = line.find(' ');
  if (gap != line.npos && parse_mail_date(line.substr(gap))) {
    const std::string_view date = trimmed(line.substr(gap));
    constexpr std::string_view kDays = "mon tue wed thu fri sat sun";
    const bool is_exact = date.size() >= 20 && date[3] == ' ' && date[7] == ' ' &&
                          kDays.find(lower_text(date.substr(0, 3))) != kDays.npos &&
                          month_number(date.substr(4)) != 0 && date.size() <= 40;
    return is_exact ? FromLine::exact : FromLine::dated;
  }
  return parse_mail_date(line) ? FromLine::dated : FromLine::plain;
}

bool starts_with_known_field(std::string_view line) {
  constexpr std::array<std::string_view, 29> kKnown = {"received",
                                                       "from",
                                                       "date",
                                                       "message-id",
                                                       "subject",
                                                       "to",
                                                       "cc",
                                                       "bcc",
                                                       "sender",
                                                       "reply-to",
                                                       "in-reply-to",
                                                       "references",
                                                       "return-path",
                                                       "delivered-to",
                                                       "mime-version",
                                                       "content-type",
                                                       "content-transfer-encoding",
                                                       "content-length",
                                                       "status",
                                                       "x-status",
                                                       "x-mozilla-status",
                                                       "x-uid",
                                                       "dkim-signature",
                                                       "authentication-results",
                                                       "arc-seal",
                                                       "x-gm-thrid",
                                                       "x-original-to",
                                                       "envelope-to",
                                                       "received-spf"};
  const std::string_view name = line.substr(0, field_name_length(line));
  if (name.empty()) return false;
  for (const std::string_view known : kKnown) {
    if (is_same_word(name, known)) return true;
  }
  return is_same_word(name.substr(0, 2), "x-");
}

}  // namespace assay
