// The parts of the lines of Exim's main log. The format: docs/formats/exim_mainlog.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "readers/log_stamp.h"
#include "readers/mail_record.h"

namespace assay {

struct EximLine {
  bool is_foreign = false;  // of another program in the same syslog
  LogStamp stamp;
  std::string_view host;     // of syslog
  std::string_view id;       // 1xUzTX-00001d-0O, or 23 characters since Exim 4.97; may be empty
  std::string_view message;  // behind stamp, process and id
};
// False when no stamp can be read.
bool parse_exim_line(std::string_view text, EximLine& out);

// "name (helo) [192.0.2.1]:25": a host as Exim writes it; each part may be missing.
struct EximHost {
  std::string_view name, helo, address;
  std::uint16_t port = 0;
  std::size_t length = 0;  // of what was read; 0: there is none
};
EximHost parse_exim_host(std::string_view text);

// The KEY=VALUE items of a line, read from the left: text that a client chose comes in quotes or
// last, and the first of two items with one key counts.
struct EximItems {
  EximHost host, interface;
  std::string_view envelope_from, return_path, protocol, auth, tls, certificate_check, sni, size,
      message_id, subject, router, transport, reply, queue_time, delivery_time, user, commands,
      recipients;
  std::string_view rest;  // what no item is, from there on
};
EximItems parse_exim_items(std::string_view text);

// "=> ADDRESS <ORIGINAL> R=..." behind the arrow.
struct EximRecipient {
  std::string_view address, original;
  std::string_view rest;
};
EximRecipient parse_exim_recipient(std::string_view text);

// The reply of a server within an error text: from its three digits on. Empty when there is none.
std::string_view exim_reply_within(std::string_view text);
// "2m42s", "0.246s", "10s" in seconds; negative when it is none.
double exim_seconds(std::string_view text);

}  // namespace assay
