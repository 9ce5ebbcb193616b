// What is known of a session and of its mail transactions while they go on.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "readers/smtp/smtp_content.h"
#include "readers/smtp/smtp_text.h"
#include "readers/smtp/tls_hello.h"

namespace assay {

inline constexpr std::size_t kMaxSmtpRecipients = 1'000;  // of one transaction, each with its reply
inline constexpr std::size_t kMaxSmtpEvents = 4;          // of one session
inline constexpr std::size_t kMaxKeptReply = 512;         // of one reply in a transaction

struct SmtpRecipient {
  std::string address;
  PacketRef packet;
  std::int64_t until_us = 0;
  SmtpReply reply;
};

struct SmtpTransaction {
  PacketRef packet;
  std::int64_t until_us = 0;
  std::string envelope_from, helo;
  SmtpReply mail_reply, data_reply;
  std::vector<SmtpRecipient> recipients;
  std::uint64_t more_recipients = 0;  // behind kMaxSmtpRecipients
  SmtpVerb content_verb = SmtpVerb::data;
  std::unique_ptr<SmtpContent> content;
  bool is_content_over = false;
  std::uint64_t missed_bytes = 0;  // of the content
  // It is written when nothing can come any more.
  bool is_closed = false;
  bool is_left = false;  // the connection was closed, all of it captured, before the content's end
  bool is_torn = false;  // commands behind it were not captured: content may have been among them
  std::size_t unanswered = 0;  // commands
  std::size_t held_bytes = 0;
};

enum class SmtpEnd : std::uint8_t { none, starttls, implicit_tls, tls, no_smtp };
enum class StartTls : std::uint8_t { none, offered, refused, unanswered, used };

struct SmtpSession {
  bool has_banner = false;
  PacketRef banner_packet;
  SmtpReply banner, helo_reply, starttls_reply, quit_reply;
  std::string helo;
  std::array<std::uint64_t, kSmtpVerbs> commands{}, accepted{};
  StartTls starttls = StartTls::none;
  std::vector<std::string> auth_methods, auth_replies;
  SmtpEnd end = SmtpEnd::none;
  PacketRef end_packet;
  TlsHello hello;
  std::uint64_t gaps = 0, missed_bytes = 0;
  std::uint64_t stray_replies = 0;  // that answer no command that was seen
  std::vector<std::string> events;  // those of them that say why the server gives up
};

}  // namespace assay
