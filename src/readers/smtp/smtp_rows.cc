#include "readers/smtp/smtp_rows.h"

#include <algorithm>

namespace assay {
namespace {

struct Fields {
#define ASSAY_FIELD(word) FieldId word = field_id(#word)
  ASSAY_FIELD(app_protocol);
  ASSAY_FIELD(auth_method);
  ASSAY_FIELD(auth_reply);
  ASSAY_FIELD(banner);
  ASSAY_FIELD(command);
  ASSAY_FIELD(data_reply);
  ASSAY_FIELD(date_header);
  ASSAY_FIELD(enhanced_code);
  ASSAY_FIELD(envelope_from);
  ASSAY_FIELD(event);
  ASSAY_FIELD(gaps);
  ASSAY_FIELD(header_from);
  ASSAY_FIELD(helo);
  ASSAY_FIELD(helo_reply);
  ASSAY_FIELD(mail_reply);
  ASSAY_FIELD(message_id);
  ASSAY_FIELD(message_sha256);
  ASSAY_FIELD(message_size);
  ASSAY_FIELD(missed_bytes);
  ASSAY_FIELD(quit_reply);
  ASSAY_FIELD(rcpt_reply);
  ASSAY_FIELD(reason);
  ASSAY_FIELD(recipient);
  ASSAY_FIELD(recipient_count);
  ASSAY_FIELD(recipients_ok);
  ASSAY_FIELD(recipients_refused);
  ASSAY_FIELD(reply_text);
  ASSAY_FIELD(server_name);
  ASSAY_FIELD(sni);
  ASSAY_FIELD(starttls);
  ASSAY_FIELD(starttls_reply);
  ASSAY_FIELD(status);
  ASSAY_FIELD(step);
  ASSAY_FIELD(subject);
  ASSAY_FIELD(unreadable_from);
#undef ASSAY_FIELD
};

const Fields& fields() {
  static const Fields fields;
  return fields;
}

// What became of a recipient, and which reply says so.
struct MailFate {
  std::string_view status;
  SmtpVerb step = SmtpVerb::other;
  const SmtpReply* reply = nullptr;
};

MailFate refused(SmtpVerb step, const SmtpReply& reply) {
  return {reply.code < 500 ? "deferred" : "rejected", step, &reply};
}

MailFate fate_of(const SmtpTransaction& mail, const SmtpRecipient* recipient) {
  // A second MAIL is refused, and the first one stands: what is said later counts.
  if (mail.mail_reply.is_refusal() && !mail.data_reply.is_good()) {
    return refused(SmtpVerb::mail, mail.mail_reply);
  }
  const bool is_answered = recipient != nullptr && recipient->reply.is_seen();
  if (is_answered && recipient->reply.is_refusal()) {
    return refused(SmtpVerb::rcpt, recipient->reply);
  }
  if (mail.data_reply.is_refusal()) return refused(mail.content_verb, mail.data_reply);
  // Only a good reply to the recipient and a good one behind the whole content accept a message.
  const bool is_taken = is_answered && recipient->reply.is_good();
  if (mail.data_reply.is_good()) {
    return {is_taken ? "accepted" : "unknown", mail.content_verb, &mail.data_reply};
  }
  if (mail.is_left) return {"unfinished", mail.content_verb, nullptr};
  if (mail.content) return {"unknown", mail.content_verb, nullptr};
  if (mail.is_torn) return {"unknown", SmtpVerb::rcpt, nullptr};
  if (recipient == nullptr) {
    return {mail.mail_reply.is_seen() ? "unfinished" : "unknown", SmtpVerb::mail, &mail.mail_reply};
  }
  return {is_taken ? "unfinished" : "unknown", SmtpVerb::rcpt, &recipient->reply};
}

// The first word of a banner that is a name: the server's own, RFC 5321 section 4.2. A server that
// turns everybody away may have an enhanced code before it, or no name.
std::string_view server_name_of(const SmtpReply& banner) {
  if (banner.text.size() < 5) return {};
  std::string_view text = std::string_view(banner.text).substr(4);
  const std::string_view enhanced = parse_reply(banner.text).enhanced;
  text.remove_prefix(std::min(enhanced.empty() ? 0 : enhanced.size() + 1, text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
  const bool is_name = word.find('.') != std::string_view::npos && word.size() > 3;
  return is_name || banner.is_good() ? word : std::string_view();
}

std::string command_counts(const SmtpSession& session) {
  std::string out;
  for (std::size_t i = 0; i < kSmtpVerbs; ++i) {
    const auto verb = static_cast<SmtpVerb>(i);
    if (session.commands[i] == 0 || verb == SmtpVerb::connect) continue;
    out += (out.empty() ? "" : " ") + std::string(verb_word(verb)) + '=';
    if (session.accepted[i] != session.commands[i])
      out += std::to_string(session.accepted[i]) + '/';
    out += std::to_string(session.commands[i]);
  }
  return out;
}

std::string_view word(StartTls starttls) {
  constexpr std::string_view kWords[] = {"", "offered", "refused", "unanswered", "used"};
  return kWords[static_cast<std::size_t>(starttls)];
}
std::string_view word(SmtpEnd end) {
  constexpr std::string_view kWords[] = {"", "starttls", "implicit_tls", "tls", "no_smtp"};
  return kWords[static_cast<std::size_t>(end)];
}

}  // namespace

std::uint64_t SmtpRows::name_key(std::string_view text) {
  TextKeys::Name name;
  if (text.find('.') == std::string_view::npos || IpAddress::parse(text) ||
      keys_.name(text, name)) {
    return 0;
  }
  return name.key;
}

RecordRow SmtpRows::row_of(const SmtpConnection& connection, RecordKind kind,
                           const PacketRef& packet, std::int64_t until_us) {
  RecordRow row;
  row.kind = kind;
  row.protocol = kTcpProtocol;
  row.time_us = packet.time_us + skew_us_;
  row.until_us = std::max(row.time_us, until_us + skew_us_);
  row.width_us = packet.width_us;
  row.client = sink_.host(connection.ends.source);
  row.server = sink_.host(connection.ends.destination);
  row.client_port = connection.ends.source_port;
  row.server_port = connection.ends.destination_port;
  row.offset = packet.offset;
  row.length = packet.length;
  return row;
}

void SmtpRows::write_content(const SmtpContent& content, bool is_over) {
  const Fields& f = fields();
  if (is_over && content.is_whole()) {
    rows_.number(f.message_size, content.size());
    rows_.field(f.message_sha256, content.sha256());
  }
  rows_.field(f.message_id, content.header_field("message-id"));
  rows_.field(f.subject, content.header_field("subject"));
  rows_.field(f.header_from, content.header_field("from"));
  rows_.field(f.date_header, content.header_field("date"));
}

void SmtpRows::write_recipient(const SmtpConnection& connection, const SmtpTransaction& mail,
                               const SmtpRecipient* recipient, std::uint64_t count) {
  const Fields& f = fields();
  const MailFate fate = fate_of(mail, recipient);
  const bool is_own = recipient != nullptr && fate.step == SmtpVerb::rcpt;
  RecordRow row = row_of(connection, RecordKind::mail, recipient ? recipient->packet : mail.packet,
                         is_own ? recipient->until_us : mail.until_us);
  const bool is_said = fate.reply != nullptr && fate.reply->is_seen();
  if (is_said) row.code = fate.reply->code;
  if (recipient) row.name = rows_.domain_of(recipient->address);
  row.count = count;
  sink_.add_record(row);
  rows_.field(f.helo, mail.helo);
  const bool is_other_mail = mail.mail_reply.is_refusal() && fate.step != SmtpVerb::mail;
  if (!is_other_mail) rows_.field(f.envelope_from, mail.envelope_from);
  if (recipient) rows_.field(f.recipient, recipient->address);
  rows_.field(f.status, fate.status);
  rows_.field(f.step, verb_word(fate.step));
  if (is_said) {
    rows_.field(f.enhanced_code, parse_reply(fate.reply->text).enhanced);
    rows_.field(f.reply_text, fate.reply->text);
  }
  rows_.field(f.mail_reply, mail.mail_reply.text);
  if (recipient) rows_.field(f.rcpt_reply, recipient->reply.text);
  rows_.field(f.data_reply, mail.data_reply.text);
  if (mail.missed_bytes > 0) rows_.number(f.missed_bytes, mail.missed_bytes);
}

void SmtpRows::write(const SmtpConnection& connection, const SmtpTransaction& mail) {
  const Fields& f = fields();
  const auto is_ok = [](const SmtpRecipient& each) { return each.reply.is_good(); };
  const auto is_refused = [](const SmtpRecipient& each) { return each.reply.is_refusal(); };
  const auto ok = std::count_if(mail.recipients.begin(), mail.recipients.end(), is_ok);
  const auto no = std::count_if(mail.recipients.begin(), mail.recipients.end(), is_refused);
  const std::size_t records = std::max<std::size_t>(mail.recipients.size(), 1);
  for (std::size_t i = 0; i < records; ++i) {
    const bool is_last = i + 1 == records;
    write_recipient(connection, mail, mail.recipients.empty() ? nullptr : &mail.recipients[i],
                    is_last ? 1 + mail.more_recipients : 1);
    if (mail.content) write_content(*mail.content, mail.is_content_over);
    if (mail.recipients.size() < 2) continue;
    rows_.number(f.recipient_count, mail.recipients.size() + mail.more_recipients);
    rows_.number(f.recipients_ok, static_cast<std::uint64_t>(ok));
    rows_.number(f.recipients_refused, static_cast<std::uint64_t>(no));
  }
  if (mail.more_recipients > 0) {
    sink_.note("pcap_smtp.many_recipients",
               "the last record of a transaction counts all recipients behind the thousandth");
  }
  if (mail.content && mail.missed_bytes > 0) {
    sink_.note("pcap_smtp.content_gap", "messages of which bytes were not captured: no hash");
  }
}

void SmtpRows::write(const SmtpConnection& connection, const SmtpSession& session) {
  const Fields& f = fields();
  RecordRow row = row_of(connection, RecordKind::service, connection.first, connection.last_us);
  const std::string_view server_name =
      session.has_banner ? server_name_of(session.banner) : std::string_view();
  if (session.has_banner) {
    row.code = session.banner.code;
    row.offset = session.banner_packet.offset;
    row.length = session.banner_packet.length;
  }
  row.name = name_key(server_name);
  if (row.name == 0) row.name = name_key(session.hello.server_name());
  sink_.add_record(row);
  if (session.end != SmtpEnd::no_smtp && session.end != SmtpEnd::implicit_tls) {
    rows_.field(f.app_protocol, "smtp");
  } else if (session.end == SmtpEnd::implicit_tls) {
    rows_.field(f.app_protocol, "tls");
  }
  rows_.field(f.server_name, server_name);
  rows_.field(f.banner, session.banner.text);
  rows_.field(f.enhanced_code, parse_reply(session.banner.text).enhanced);
  rows_.field(f.helo, session.helo);
  rows_.field(f.helo_reply, session.helo_reply.text);
  rows_.field(f.starttls, word(session.starttls));
  rows_.field(f.starttls_reply, session.starttls_reply.text);
  for (const std::string& method : session.auth_methods) rows_.field(f.auth_method, method);
  for (const std::string& reply : session.auth_replies) rows_.field(f.auth_reply, reply);
  rows_.field(f.command, command_counts(session));
  rows_.field(f.quit_reply, session.quit_reply.text);
  if (session.end != SmtpEnd::none) {
    rows_.number(f.unreadable_from, session.end_packet.offset);
    rows_.field(f.reason, word(session.end));
  }
  rows_.field(f.sni, session.hello.server_name());
  if (session.gaps > 0) {
    rows_.number(f.gaps, session.gaps);
    rows_.number(f.missed_bytes, session.missed_bytes);
    sink_.note("pcap_smtp.gap", "sessions of which bytes were not captured");
  }
  for (const std::string& event : session.events) rows_.field(f.event, event);
  if (session.stray_replies > 0) {
    sink_.note("pcap_smtp.stray_reply", "replies that answer no command for sure",
               session.stray_replies);
  }
}

}  // namespace assay
