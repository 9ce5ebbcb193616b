// The records of a session: one of kind mail for each recipient of each transaction, one of kind
// service for the session.
#pragma once

#include "readers/mail_record.h"
#include "readers/packet/packet.h"
#include "readers/smtp/smtp_transaction.h"

namespace assay {

// Who spoke, when, and where it lies.
struct SmtpConnection {
  Endpoints ends;  // the client as source
  PacketRef first;
  std::int64_t last_us = 0;
};

class SmtpRows {
 public:
  SmtpRows(RecordSink& sink, std::int64_t skew_us)
      : sink_(sink), skew_us_(skew_us), rows_(sink), keys_(sink) {}
  void write(const SmtpConnection& connection, const SmtpTransaction& mail);
  void write(const SmtpConnection& connection, const SmtpSession& session);

 private:
  RecordRow row_of(const SmtpConnection& connection, RecordKind kind, const PacketRef& packet,
                   std::int64_t until_us);
  void write_recipient(const SmtpConnection& connection, const SmtpTransaction& mail,
                       const SmtpRecipient* recipient, std::uint64_t count);
  void write_content(const SmtpContent& content, bool is_over);
  std::uint64_t name_key(std::string_view text);

  RecordSink& sink_;
  std::int64_t skew_us_;
  MailRows rows_;
  TextKeys keys_;
};

}  // namespace assay
