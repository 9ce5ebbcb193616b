// The records of one message: one of kind message, and one of kind hop for each Received field.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/reader.h"
#include "readers/mail/header_block.h"
#include "readers/mail/mail_date.h"
#include "readers/mail/mime_walk.h"
#include "readers/mail/received.h"

namespace assay {

inline constexpr std::size_t kMaxAddresses = 2'000;  // of one message, in all its fields
inline constexpr std::size_t kMaxReferences = 500;

// What a mailbox, or the name of a Maildir's file, says of a message beside its bytes.
struct MailSetting {
  std::string envelope_from;
  std::optional<MailDate> stored;  // by the clock of the machine that stored it
  std::string stored_by;           // "From_ line", "file name"
  std::string flags, folder;
};

// Of a mailbox's 'From ' line: "From ADDRESS DATE".
MailSetting setting_of_from_line(std::string_view line);
// Of a path such as "mail/.Sent/cur/1700000000.M1P2.host,U=3:2,FS"; nothing when it is no
// Maildir's.
MailSetting setting_of_maildir(std::string_view path);

struct MailFacts {
  const HeaderBlock& header;
  const MimeWalk& walk;
  std::vector<std::string> dkim_checks;  // see DkimRead
  const MailSetting& setting;
  std::uint64_t offset, length;
  std::string message_sha256, body_sha256;
};

class MailboxRows {
 public:
  MailboxRows(MailFacts facts, const Zone& zone, std::int64_t skew_us, RecordSink& sink);
  void add();

 private:
  struct Hop {
    HeaderBlock::Field field;
    std::string value;
    Received received;
  };
  struct Moment {
    std::int64_t us = 0;
    std::uint32_t width_us = 1;
    std::uint32_t flags = 0;
    std::string source;  // "" for the record's own date
  };

  void collect();
  Moment moment() const;
  Moment moment_of_store() const;
  void add_message(const Moment& moment);
  void add_header_fields();
  void add_addresses(FieldId field, const std::string& value);
  void add_dkim(const std::string& value);
  void add_parts();
  void add_hop(std::size_t i);
  std::uint64_t name_key_of(std::string_view name, std::uint32_t& flags);
  void note_oddities();

  MailFacts facts_;
  const Zone& zone_;
  std::int64_t skew_us_;
  RecordSink& sink_;
  std::vector<Hop> hops_;
  std::string message_id_, date_text_;
  std::optional<MailDate> date_;
  std::size_t addresses_left_ = kMaxAddresses;
};

}  // namespace assay
