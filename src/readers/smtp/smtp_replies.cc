// What the server says, and to what.
#include <algorithm>

#include "readers/mail_record.h"
#include "readers/smtp/smtp_dialogue.h"

namespace assay {
namespace {

std::int32_t step(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

// Whether EHLO's reply names the extension, in a line of its own.
bool offers(std::string_view reply, std::string_view extension) {
  while (!reply.empty()) {
    const std::size_t end = std::min(reply.find('\n'), reply.size());
    std::string_view line = reply.substr(0, end);
    reply.remove_prefix(std::min(end + 1, reply.size()));
    if (line.size() < 4) continue;
    line.remove_prefix(4);
    if (line.size() < extension.size()) continue;
    const bool is_same = std::equal(
        extension.begin(), extension.end(), line.begin(),
        [](char a, char b) { return a == (b >= 'a' && b <= 'z' ? static_cast<char>(b - 32) : b); });
    if (is_same && (line.size() == extension.size() || line[extension.size()] == ' ')) return true;
  }
  return false;
}

void keep_reply(const SmtpReply& reply, SmtpReply& kept) {
  kept.code = reply.code;
  kept.text = reply.text.substr(0, kMaxKeptReply);
}

// Codes that answer but one kind of command, and tell it among others.
bool tells_its_command(std::uint16_t code) {
  return code == 354 || code == 334 || code == 235 || code == 221 || code == 220;
}

bool is_owner(SmtpVerb verb, std::uint16_t code) {
  if (code == 221) return verb == SmtpVerb::quit;
  return may_answer(verb, code) && verb != SmtpVerb::other && !may_answer(verb, 250);
}

}  // namespace

void SmtpDialogue::take_server(std::string_view text, const Place& place) {
  if (state_ == State::tls) return;
  if (!is_smtp_ && server_lines_.is_at_start() && looks_like_tls(text)) {
    return begin_tls(has_beginning_ ? SmtpEnd::implicit_tls : SmtpEnd::tls, place.packet);
  }
  while (state_ != State::tls && server_lines_.take(text, place.packet)) {
    bool is_final = false;
    const std::string_view line = server_lines_.line();
    const std::uint16_t code = parse_reply_line(line, is_final);
    if (code == 0) {
      reply_ = {};
      continue;
    }
    if (reply_.is_seen() && reply_.code != code) {
      // Another reply, before the last line of this one: a screen (Postfix's) begins a greeting to
      // see who speaks too early, and answers those without ending it.
      const SmtpReply broken = std::move(reply_);
      reply_ = {};
      reply(broken, place);
      if (state_ == State::tls) return;
    }
    reply_.code = code;
    if (!reply_.text.empty()) reply_.text += '\n';
    reply_.text += line.substr(0, kMaxReplyText - std::min(kMaxReplyText, reply_.text.size()));
    if (!is_final) continue;
    const SmtpReply whole = std::move(reply_);
    reply_ = {};
    reply(whole, place);
  }
}

void SmtpDialogue::lose_server(const Place& place) {
  if (state_ == State::tls) return;
  server_lines_.clear();
  reply_ = {};
  may_guess_ = state_ == State::stalled;
  if (state_ == State::data) {
    // While content streams by, a server says nothing but the last word on it.
    settle_unanswered(pending_.size());
    return leave_content();
  }
  if (pending_.size() == 1) {
    pending_.front().has_gap = true;
    pending_.front().gap_end = place.end;
  } else if (!pending_.empty()) {
    is_doubtful_ = true;
    stray_ = 0;
  }
}

// Without having seen its end: it was not captured, the server had enough before it, or takes bare
// line feeds for line ends.
void SmtpDialogue::leave_content() {
  close_current();
  client_lines_.clear();
  state_ = State::command;
  is_in_step_ = false;
}

void SmtpDialogue::push(Pending pending, const Place& place) {
  // A client that goes on behind a reply has had all that it waited for.
  if (is_doubtful_ && stray_ > 0 && stray_ >= pending_.size()) {
    settle_unanswered(pending_.size());
    is_doubtful_ = false;
  }
  if (pending_.size() == 1 && pending_.front().has_gap &&
      (!place.has_acknowledged || step(pending_.front().gap_end, place.acknowledged) >= 0)) {
    settle_unanswered(1);
  }
  if (pending_.size() >= kMaxPendingCommands) {
    settle_unanswered(1);
    is_doubtful_ = is_server_seen_;
  }
  if (pending.transaction) ++pending.transaction->unanswered;
  pending_.push_back(std::move(pending));
}

void SmtpDialogue::settle_unanswered(std::size_t count) {
  for (; count > 0 && !pending_.empty(); --count) {
    const Pending pending = std::move(pending_.front());
    pending_.pop_front();
    if (pending.verb == SmtpVerb::starttls && session_.starttls != StartTls::used) {
      session_.starttls = StartTls::unanswered;
    }
    release(pending.transaction);
  }
}

void SmtpDialogue::release(const Shared& transaction) {
  if (!transaction) return;
  if (--transaction->unanswered == 0 && transaction->is_closed) write(*transaction);
}

void SmtpDialogue::write(const SmtpTransaction& transaction) {
  kept_bytes_ -= transaction.held_bytes;
  write_(transaction);
}

// Brings the command that the reply answers to the front of the line. False: it answers none that
// is known for sure.
bool SmtpDialogue::find_answered(const SmtpReply& reply, const Place& place) {
  // What the server had not received when it replied, it did not answer.
  std::size_t reach = 0;
  while (reach < pending_.size() && (!pending_[reach].has_end || !place.has_acknowledged ||
                                     step(pending_[reach].end, place.acknowledged) >= 0)) {
    ++reach;
  }
  if (reach == 0) return false;
  if (!is_doubtful_ && may_answer(pending_.front().verb, reply.code)) return true;
  if (!tells_its_command(reply.code)) return false;
  for (std::size_t i = 0; i < reach; ++i) {
    if (!is_owner(pending_[i].verb, reply.code)) continue;
    settle_unanswered(i);
    is_doubtful_ = false;
    return true;
  }
  return false;
}

void SmtpDialogue::reply(const SmtpReply& reply, const Place& place) {
  const bool is_first = !is_smtp_;
  is_smtp_ = true;
  if (!find_answered(reply, place)) {
    ++stray_;
    if (is_first && reply.code == 220) {
      session_.has_banner = true;
      session_.banner = reply;
      session_.banner_packet = place.packet;
      is_in_step_ = true;
    } else {
      ++session_.stray_replies;
      const bool is_farewell = reply.code >= 400 && reply.code < 500;
      if (is_farewell && session_.events.size() < kMaxSmtpEvents) {
        session_.events.push_back(reply.text.substr(0, kMaxKeptReply));
      }
    }
    return;
  }
  const Pending pending = std::move(pending_.front());
  pending_.pop_front();
  if (pending_.empty()) is_doubtful_ = false;
  const auto verb = static_cast<std::size_t>(pending.verb);
  if (reply.code < 400 && reply.code != 334) ++session_.accepted[verb];
  answer(pending, reply, place.packet);
  release(pending.transaction);
}

void SmtpDialogue::answer(const Pending& pending, const SmtpReply& reply, const PacketRef& packet) {
  switch (pending.verb) {
    case SmtpVerb::connect:
      session_.has_banner = true;
      session_.banner = reply;
      session_.banner_packet = packet;
      break;
    case SmtpVerb::helo:
    case SmtpVerb::ehlo:
      session_.helo_reply = reply;
      if (session_.starttls == StartTls::none && offers(reply.text, "STARTTLS")) {
        session_.starttls = StartTls::offered;
      }
      break;
    case SmtpVerb::quit:
      session_.quit_reply = reply;
      break;
    case SmtpVerb::auth:
    case SmtpVerb::starttls:
      answer_secret(pending.verb, reply, packet);
      break;
    default:
      if (pending.transaction) answer_mail(pending, reply, packet);
  }
}

// Of the replies to AUTH only the codes are kept: a challenge or a greeting may name the user.
void SmtpDialogue::answer_secret(SmtpVerb verb, const SmtpReply& reply, const PacketRef& packet) {
  const bool is_waited_for = state_ == State::stalled && stalled_for_ == verb;
  if (verb == SmtpVerb::starttls) {
    session_.starttls_reply = reply;
    session_.starttls = StartTls::refused;
    if (reply.code == 220) begin_tls(SmtpEnd::starttls, packet);
    if (is_waited_for) stall_over(reply.code == 220 ? State::tls : State::command);
    return;
  }
  if (reply.code != 334 && session_.auth_replies.size() < kMaxAuthTries) {
    const MailReply code = parse_reply(reply.text);
    session_.auth_replies.push_back(
        std::to_string(reply.code) +
        (code.enhanced.empty() ? "" : " " + std::string(code.enhanced)));
  }
  if (is_waited_for) stall_over(reply.code == 334 ? State::credentials : State::command);
}

void SmtpDialogue::answer_mail(const Pending& pending, const SmtpReply& reply,
                               const PacketRef& packet) {
  SmtpTransaction& mail = *pending.transaction;
  mail.until_us = std::max(mail.until_us, packet.time_us);
  switch (pending.verb) {
    case SmtpVerb::mail:
      keep_reply(reply, mail.mail_reply);
      break;
    case SmtpVerb::rcpt:
      if (pending.recipient < mail.recipients.size()) {
        SmtpRecipient& recipient = mail.recipients[pending.recipient];
        keep_reply(reply, recipient.reply);
        recipient.until_us = packet.time_us;
      }
      break;
    case SmtpVerb::data: {
      const bool is_waited_for = state_ == State::stalled && stalled_for_ == SmtpVerb::data;
      const bool may_begin = reply.code == 354 && current_ == pending.transaction;
      if (reply.code != 354) keep_reply(reply, mail.data_reply);
      if (!is_waited_for) break;
      if (may_begin) begin_content();
      stall_over(may_begin ? State::data : State::command);
      break;
    }
    case SmtpVerb::content:
      keep_reply(reply, mail.data_reply);
      if (state_ == State::data && current_ == pending.transaction) {
        leave_content();
      }
      break;
    case SmtpVerb::bdat:
      if (pending.is_last || reply.is_refusal()) {
        if (!mail.data_reply.is_refusal()) keep_reply(reply, mail.data_reply);
      }
      break;
    default:
      break;
  }
}

}  // namespace assay
