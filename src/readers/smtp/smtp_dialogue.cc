// What the client says. smtp_replies.cc has the server.
#include "readers/smtp/smtp_dialogue.h"

#include <algorithm>

#include "readers/mail_record.h"

namespace assay {
namespace {

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

SmtpDialogue::SmtpDialogue(bool has_beginning, Write write)
    : write_(std::move(write)), is_in_step_(has_beginning), has_beginning_(has_beginning) {
  if (!has_beginning) return;
  Pending banner;
  banner.verb = SmtpVerb::connect;
  pending_.push_back(banner);
}

std::size_t SmtpDialogue::held_bytes() const {
  const SmtpSession& s = session_;
  return sizeof(*this) + stalled_bytes_ + kept_bytes_ + pending_.size() * sizeof(Pending) +
         s.banner.text.size() + s.helo_reply.text.size() + s.starttls_reply.text.size() +
         s.quit_reply.text.size() + s.helo.size() + s.hello.held_bytes() + reply_.text.size() +
         client_lines_.line().size() + server_lines_.line().size();
}

void SmtpDialogue::take(const PairBytes& bytes) {
  const Place place{bytes.end(), bytes.acknowledged, bytes.has_acknowledged, bytes.packet};
  const bool is_client = bytes.side == Side::client;
  if (bytes.bytes.empty()) {
    ++session_.gaps;
    session_.missed_bytes += bytes.lost;
    is_client ? lose_client(bytes.lost, place) : lose_server(place);
    return;
  }
  has_bytes_ = true;
  is_client ? take_client(as_text(bytes.bytes), place) : take_server(as_text(bytes.bytes), place);
}

void SmtpDialogue::take_client(std::string_view text, const Place& place) {
  read_client(text, place);
  while (state_ == State::stalled && !stalled_.empty() &&
         (may_guess_ || stalled_bytes_ > kMaxStalledBytes)) {
    guess();
  }
}

void SmtpDialogue::lose_client(std::uint64_t lost, const Place& place) {
  switch (state_) {
    case State::stalled:
      stalled_.push_back({std::string(), lost, place});
      return;
    case State::data:
      current_->content->lose();
      current_->missed_bytes += lost;
      return;
    case State::chunk: {
      const std::uint64_t of_chunk = std::min(lost, chunk_left_);
      current_->content->lose();
      current_->missed_bytes += of_chunk;
      chunk_left_ -= of_chunk;
      if (chunk_left_ == 0) end_chunk();
      if (of_chunk == lost) return;
      break;
    }
    case State::tls:
      return session_.hello.lose();
    default:
      break;
  }
  state_ = State::command;
  client_lines_.clear();
  is_in_step_ = false;
  // Among what is missing may be the end of this transaction and the beginning of another.
  if (current_) current_->is_torn = true;
  close_current();
  is_doubtful_ = is_server_seen_;
  stray_ = 0;
}

void SmtpDialogue::read_client(std::string_view text, const Place& place) {
  while (!text.empty()) {
    switch (state_) {
      case State::command:
        read_command(text, place);
        break;
      case State::credentials:
        // Whatever the line holds is the client's secret: it is counted as nothing and not kept.
        if (client_lines_.take(text, place.packet)) {
          Pending pending;
          pending.verb = SmtpVerb::auth;
          pending.has_end = true;
          pending.end = place.end - static_cast<std::uint32_t>(text.size());
          client_lines_.clear();
          push(std::move(pending), place);
          stall(SmtpVerb::auth);
        }
        break;
      case State::data:
        current_->until_us = std::max(current_->until_us, place.packet.time_us);
        kept_bytes_ -= current_->content->held_bytes();
        current_->held_bytes -= current_->content->held_bytes();
        if (current_->content->take_data(text)) {
          current_->is_content_over = true;
          state_ = State::command;
        }
        kept_bytes_ += current_->content->held_bytes();
        current_->held_bytes += current_->content->held_bytes();
        if (current_->is_content_over) close_current();
        break;
      case State::chunk:
        current_->until_us = std::max(current_->until_us, place.packet.time_us);
        read_chunk(text);
        break;
      case State::stalled:
        stalled_bytes_ += text.size();
        stalled_.push_back({std::string(text), 0, place});
        return;
      case State::tls:
        session_.hello.take(text);
        return;
    }
  }
}

void SmtpDialogue::read_command(std::string_view& text, const Place& place) {
  if (client_lines_.is_at_start() && looks_like_tls(text)) {
    const bool is_first = has_beginning_ && !is_smtp_ && !session_.has_banner;
    return begin_tls(is_first ? SmtpEnd::implicit_tls : SmtpEnd::tls, place.packet);
  }
  if (!client_lines_.take(text, place.packet)) return;
  // A load balancer's word to the server (PROXY protocol, version 1), which nothing answers.
  if (client_lines_.line().starts_with("PROXY ")) return;
  Place line = place;
  line.packet = client_lines_.packet();
  line.end -= static_cast<std::uint32_t>(text.size());
  const SmtpCommand command = parse_command(client_lines_.line());
  if (command.verb == SmtpVerb::other && !is_in_step_) return;
  obey(command, line);
}

void SmtpDialogue::obey(const SmtpCommand& command, const Place& place) {
  if (command.verb != SmtpVerb::other) is_in_step_ = is_smtp_ = true;
  ++session_.commands[static_cast<std::size_t>(command.verb)];
  Pending pending;
  pending.verb = command.verb;
  pending.has_end = true;
  pending.end = place.end;
  switch (command.verb) {
    case SmtpVerb::helo:
    case SmtpVerb::ehlo:
      close_current();
      session_.helo = kept_text(command.argument);
      break;
    case SmtpVerb::rset:
    case SmtpVerb::quit:
    case SmtpVerb::starttls:
      close_current();
      break;
    case SmtpVerb::mail:
      close_current();
      open_transaction(place.packet);
      current_->envelope_from = kept_text(bare_address(command.argument));
      break;
    case SmtpVerb::rcpt:
    case SmtpVerb::data:
    case SmtpVerb::bdat:
      // Without MAIL: the capture began behind it, or the client forgot it.
      if (!current_) open_transaction(place.packet);
      if (command.verb == SmtpVerb::rcpt) {
        add_recipient(command, pending);
      } else {
        current_->content_verb = command.verb;
      }
      break;
    case SmtpVerb::auth:
      if (session_.auth_methods.size() < kMaxAuthTries) {
        session_.auth_methods.emplace_back(command.argument.substr(0, 32));
      }
      break;
    default:
      break;
  }
  const bool is_of_transaction = command.verb == SmtpVerb::mail || command.verb == SmtpVerb::rcpt ||
                                 command.verb == SmtpVerb::data || command.verb == SmtpVerb::bdat;
  if (is_of_transaction) {
    pending.transaction = current_;
    pending.is_last = command.is_last;
    current_->until_us = std::max(current_->until_us, place.packet.time_us);
  }
  push(std::move(pending), place);
  if (command.verb == SmtpVerb::bdat) {
    begin_chunk(command);
  } else if (command.verb == SmtpVerb::data && !is_server_seen_) {
    begin_content();
  } else if (command.verb == SmtpVerb::data || command.verb == SmtpVerb::auth ||
             command.verb == SmtpVerb::starttls) {
    stall(command.verb);
  }
}

void SmtpDialogue::open_transaction(const PacketRef& packet) {
  current_ = std::make_shared<SmtpTransaction>();
  current_->packet = packet;
  current_->until_us = packet.time_us;
  current_->helo = session_.helo;
  current_->held_bytes = sizeof(SmtpTransaction) + 4 * kMaxKeptText;
  kept_bytes_ += current_->held_bytes;
}

void SmtpDialogue::add_recipient(const SmtpCommand& command, Pending& pending) {
  pending.recipient = current_->recipients.size();
  if (pending.recipient >= kMaxSmtpRecipients) {
    ++current_->more_recipients;
    return;
  }
  SmtpRecipient recipient;
  recipient.address = kept_text(bare_address(command.argument));
  recipient.packet = client_lines_.packet();
  recipient.until_us = recipient.packet.time_us;
  const std::size_t held = sizeof(recipient) + recipient.address.size() + kMaxKeptReply;
  current_->held_bytes += held;
  kept_bytes_ += held;
  current_->recipients.push_back(std::move(recipient));
}

void SmtpDialogue::begin_chunk(const SmtpCommand& command) {
  if (command.is_unsized) {
    is_in_step_ = false;
    return;
  }
  if (!current_->content) current_->content = std::make_unique<SmtpContent>();
  chunk_left_ = command.size;
  is_last_chunk_ = command.is_last;
  state_ = State::chunk;
  if (chunk_left_ == 0) end_chunk();
}

void SmtpDialogue::read_chunk(std::string_view& text) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, text.size()));
  const std::size_t before = current_->content->held_bytes();
  current_->content->take_chunk(text.substr(0, size));
  const std::size_t more = current_->content->held_bytes() - before;
  current_->held_bytes += more;
  kept_bytes_ += more;
  text.remove_prefix(size);
  chunk_left_ -= size;
  if (chunk_left_ == 0) end_chunk();
}

void SmtpDialogue::end_chunk() {
  state_ = State::command;
  if (!is_last_chunk_) return;
  current_->is_content_over = true;
  close_current();
}

// From here on the client's bytes are content, and the next reply but those that are still owed is
// the last word on it. Precondition: a transaction is open.
void SmtpDialogue::begin_content() {
  if (!current_->content) current_->content = std::make_unique<SmtpContent>();
  Pending pending;
  pending.verb = SmtpVerb::content;
  pending.transaction = current_;
  ++current_->unanswered;
  pending_.push_back(std::move(pending));
  state_ = State::data;
}

void SmtpDialogue::close_current() {
  if (!current_) return;
  const Shared closed = std::move(current_);
  current_.reset();
  closed->is_closed = true;
  if (closed->unanswered == 0) write(*closed);
}

// What follows depends on the reply, so it waits.
void SmtpDialogue::stall(SmtpVerb verb) {
  state_ = State::stalled;
  stalled_for_ = verb;
  may_guess_ = false;
}

void SmtpDialogue::stall_over(State state) {
  state_ = state;
  may_guess_ = false;
  std::deque<Stalled> pieces;
  pieces.swap(stalled_);
  stalled_bytes_ = 0;
  for (const Stalled& piece : pieces) {
    if (piece.bytes.empty()) {
      lose_client(piece.lost, piece.place);
    } else {
      read_client(piece.bytes, piece.place);
    }
  }
}

// The reply never came, or was lost: what the client did next tells what it was. Precondition:
// something is stalled.
void SmtpDialogue::guess() {
  const std::string_view text = stalled_.front().bytes;
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const bool is_command = parse_command(line).verb != SmtpVerb::other;
  const SmtpVerb verb = stalled_for_;
  settle_unanswered(pending_.size());
  if (verb == SmtpVerb::starttls && looks_like_tls(text)) {
    begin_tls(SmtpEnd::starttls, stalled_.front().place.packet);
    return stall_over(State::tls);
  }
  // Where its first bytes are missing too, even a whole message may be among them.
  if (verb == SmtpVerb::data && !is_command && !text.empty() && current_) {
    begin_content();
    return stall_over(State::data);
  }
  const bool is_secret = verb == SmtpVerb::auth && !is_command && !text.empty();
  stall_over(is_secret ? State::credentials : State::command);
}

void SmtpDialogue::begin_tls(SmtpEnd end, const PacketRef& packet) {
  session_.end = end;
  session_.end_packet = packet;
  if (end == SmtpEnd::starttls) session_.starttls = StartTls::used;
  close_current();
  settle_unanswered(pending_.size());
  state_ = State::tls;
}

void SmtpDialogue::finish(bool is_closed) {
  while (state_ == State::stalled && !stalled_.empty()) guess();
  const bool is_within = state_ == State::data || state_ == State::chunk;
  if (current_ && is_within) current_->is_left = is_closed && session_.gaps == 0 && is_server_seen_;
  close_current();
  settle_unanswered(pending_.size());
  if (session_.end == SmtpEnd::none && !is_smtp_) session_.end = SmtpEnd::no_smtp;
}

}  // namespace assay
