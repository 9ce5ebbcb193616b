// One message after the other, from its lines to its records.
#pragma once

#include <string>
#include <string_view>

#include "assay/reader.h"
#include "readers/mail/dkim_read.h"
#include "readers/mail/gathered_hash.h"
#include "readers/mail/header_block.h"
#include "readers/mail/mail_bytes.h"
#include "readers/mail/mail_rows.h"
#include "readers/mail/mime_walk.h"

namespace assay {

class MailRead {
 public:
  MailRead(const ReadContext& context, Zone zone, RecordSink& sink);

  // `offset`: of the message's first byte, the mailbox's own 'From ' line included.
  void begin(std::uint64_t offset, MailSetting setting);
  void take(const MailLine& line, std::string_view ahead);
  // `is_cut`: the input broke off within it.
  void end(std::uint64_t end_offset, bool is_cut);

  bool is_begun() const { return is_begun_; }
  bool is_in_body() const { return is_in_body_; }
  std::uint64_t body_offset() const { return body_offset_; }
  const HeaderBlock& header() const { return header_; }

 private:
  void take_body(const MailLine& line, std::string_view ahead);

  Zone zone_;
  std::int64_t skew_us_;
  RecordSink& sink_;
  bool is_begun_ = false;
  bool is_in_body_ = false;
  std::uint64_t offset_ = 0, body_offset_ = 0;
  MailSetting setting_;
  HeaderBlock header_{kMaxHeaderBytes};
  MimeWalk walk_;
  DkimRead dkim_;
  GatheredHash message_, body_;
  std::string head_;  // for a reject
};

}  // namespace assay
