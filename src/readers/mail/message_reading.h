// One message by itself, for whoever wants its header and text and no records.
#pragma once

#include <string_view>

#include "assay/reader.h"
#include "readers/mail/header_block.h"
#include "readers/mail/mail_bytes.h"
#include "readers/mail/mime_walk.h"

namespace assay {

// Records go nowhere.
class NoSink final : public RecordSink {
 public:
  NoSink() : RecordSink(0, 1) {}

 private:
  Status deliver(RowBatch&) override { return {}; }
  Status deliver_reject(const Reject&) override { return {}; }
};

// The line with which a mailbox begins a message, in the bytes of a message record. `format`: of
// its evidence.
bool is_line_of_mailbox(std::string_view line, std::string_view format);

class MessageReading {
 public:
  // `source`: the bytes of one message record. What was read before is gone. Errors: of the source.
  Status read(ByteSource& source, std::string_view format);
  const HeaderBlock& header() const { return header_; }
  const MimeWalk& walk() const { return walk_; }

 private:
  NoSink sink_;
  HeaderBlock header_{kMaxHeaderBytes};
  MimeWalk walk_;
};

}  // namespace assay
