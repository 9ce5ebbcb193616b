#include "readers/mail/message_reading.h"

#include "readers/mail/mail_text.h"

namespace assay {

bool is_line_of_mailbox(std::string_view line, std::string_view format) {
  if (!line.starts_with("From ")) return false;
  return format == "mbox" || judge_from_line(line) >= FromLine::dated;
}

Status MessageReading::read(ByteSource& source, std::string_view format) {
  header_.clear();
  MailBytes bytes(source, sink_);
  bool is_first = true, is_in_body = false;
  for (MailLine line; bytes.next(line);) {
    const bool is_of_mailbox = is_first && is_line_of_mailbox(line.text, format);
    is_first = false;
    if (is_of_mailbox) continue;
    if (!is_in_body) {
      const HeaderBlock::Taken taken = header_.take(line, bytes.ahead());
      if (taken == HeaderBlock::Taken::field) continue;
      is_in_body = true;
      walk_.start(header_);
      if (taken == HeaderBlock::Taken::end) continue;
    }
    walk_.take(line, bytes.ahead());
  }
  if (!is_in_body) walk_.start(header_);
  walk_.finish();
  return bytes.status();
}

}  // namespace assay
