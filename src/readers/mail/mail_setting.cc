#include "core/ascii.h"
#include "readers/mail/mail_rows.h"
#include "readers/mail/mail_text.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

// The last folder of a path, which is cut off.
std::string_view take_last(std::string_view& path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view last = path.substr(slash == path.npos ? 0 : slash + 1);
  path = path.substr(0, slash == path.npos ? 0 : slash);
  return last;
}

}  // namespace

MailSetting setting_of_from_line(std::string_view line) {
  MailSetting setting;
  line = trimmed(line.substr(std::string_view("From ").size()));
  const std::size_t gap = std::min(line.find(' '), line.size());
  const std::string_view address = line.substr(0, gap);
  setting.stored = parse_mail_date(line.substr(gap));
  if (!setting.stored) setting.stored = parse_mail_date(line);
  setting.stored_by = "From_ line";
  // Thunderbird writes "-", Google's Takeout a number of its own, and Python, readpst and others
  // MAILER-DAEMON where they know none: these are no sender of an envelope.
  const bool is_filler =
      address == "-" || address.ends_with("@xxx") || lower_text(address) == "mailer-daemon";
  if (!is_filler) setting.envelope_from = address;
  return setting;
}

MailSetting setting_of_maildir(std::string_view path) {
  MailSetting setting;
  const std::string_view file = take_last(path);
  const std::string_view state = take_last(path);
  if (state != "cur" && state != "new" && state != "tmp") return setting;
  setting.folder = path;
  setting.flags = state;
  if (const std::size_t info = file.rfind(":2,"); info != file.npos && info + 3 < file.size()) {
    setting.flags += " " + std::string(file.substr(info + 3));
  }
  // Nine digits: before September 2001.
  const std::size_t digits = std::min(file.find_first_not_of("0123456789"), file.size());
  if (digits < 9 || digits > 10 || file.substr(digits, 1) != ".") return setting;
  const auto seconds = parse_number<std::int64_t>(file.substr(0, digits));
  setting.stored = MailDate{*seconds * kMicrosPerSecond, 1'000'000, true};
  setting.stored_by = "name of the file";
  return setting;
}

}  // namespace assay
