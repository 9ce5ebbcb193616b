#include "readers/mail/mail_read.h"

#include <fmt/core.h>

#include "readers/mail/mail_rows.h"

namespace assay {

MailRead::MailRead(const ReadContext& context, Zone zone, RecordSink& sink)
    : zone_(std::move(zone)), skew_us_(context.clock.skew_us), sink_(sink) {}

void MailRead::begin(std::uint64_t offset, MailSetting setting) {
  sink_.unit();
  is_begun_ = true;
  is_in_body_ = false;
  offset_ = body_offset_ = offset;
  setting_ = std::move(setting);
  header_.clear();
  head_.clear();
}

void MailRead::take(const MailLine& line, std::string_view ahead) {
  message_.update(line.text);
  if (head_.size() < kMaxRejectText) head_ += line.text.substr(0, kMaxRejectText);
  if (is_in_body_) return take_body(line, ahead);
  const HeaderBlock::Taken taken = header_.take(line, ahead);
  if (taken == HeaderBlock::Taken::field) return;
  is_in_body_ = true;
  walk_.start(header_);
  dkim_.start(header_);
  const bool is_body = taken == HeaderBlock::Taken::body;
  body_offset_ = is_body ? line.offset : line.offset + line.text.size();
  if (is_body && header_.size() > 0) sink_.note("mail.header_unended", line.text);
  if (is_body) take_body(line, ahead);
}

void MailRead::take_body(const MailLine& line, std::string_view ahead) {
  body_.update(line.text);
  walk_.take(line, ahead);
  dkim_.take(line);
}

void MailRead::end(std::uint64_t end_offset, bool is_cut) {
  is_begun_ = false;
  const std::uint64_t length = end_offset - offset_;
  const std::string message_sha256 = message_.hex();
  const std::uint64_t body_size = body_.size();
  const std::string body_sha256 = body_.hex();
  if (!is_in_body_) {
    walk_.start(header_);
    dkim_.start(header_);
  }
  walk_.finish();
  if (header_.size() == 0) {
    return sink_.reject("mail.header.missing", offset_, length, head_,
                        "no header field stands at the start of this message");
  }
  if (is_cut) sink_.note("mail.cut", header_.first("message-id"));
  if (!is_in_body_) sink_.note("mail.no_body", header_.first("message-id"));
  if (dkim_.signatures_beyond_limit() > 0) {
    sink_.note("mail.too_many_signatures", header_.first("message-id"),
               dkim_.signatures_beyond_limit());
  }
  MailboxRows({header_, walk_, dkim_.finish(header_), setting_, offset_, length, message_sha256,
               body_size > 0 ? body_sha256 : std::string()},
              zone_, skew_us_, sink_)
      .add();
  sink_.used_unit();
}

}  // namespace assay
