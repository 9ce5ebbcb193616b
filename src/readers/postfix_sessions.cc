#include "readers/postfix_sessions.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "readers/mail_fields.h"

namespace assay {

namespace {

// Where the peer stands in a line about a connection, behind one of these.
constexpr std::array<std::string_view, 5> kBeforePeer = {" from ", " for ", "warning: ", " of ",
                                                         " with "};

// The first NAME[ADDRESS] of a line. Client text (commands, helo) comes behind it.
bool find_peer(std::string_view text, MailPeer& peer) {
  std::size_t best = std::string_view::npos;
  for (const std::string_view before : kBeforePeer) {
    for (std::size_t at = 0; (at = text.find(before, at)) != std::string_view::npos; ++at) {
      MailPeer found;
      if (at >= best || parse_peer(text.substr(at + before.size()), found) == 0) continue;
      best = at;
      peer = found;
      break;
    }
  }
  return best != std::string_view::npos;
}

// "SASL LOGIN authentication failed: ...", with a user in later versions.
void take_auth(std::string_view text, MailClient& client) {
  const std::size_t at = text.find("SASL ");
  if (at == std::string_view::npos) return;
  const std::string_view rest = text.substr(at + 5);
  const std::string_view method = rest.substr(0, rest.find(' '));
  if (client.auth_method.empty() && !method.empty()) client.auth_method = kept_text(method);
  if (const std::string_view user = value_of(rest, "sasl_username="); !user.empty()) {
    client.auth_user = kept_text(user);
  }
}

}  // namespace

std::string PostfixSessions::key_of(const PostfixLine& line) {
  return fmt::format("{} {} {}", line.syslog->host, line.syslog->program, line.syslog->process);
}

PostfixSessions::Session& PostfixSessions::open(BoundedTable<Session>& table,
                                                const std::string& key, const PostfixLine& line,
                                                const MailPeer& peer) {
  Session* session = table.find(key);
  const bool is_over = session && (session->address != peer.address ||
                                   line.place.time.us - session->last.time.us > kMaxSessionIdleUs);
  if (is_over) {
    write(*session);  // its end is not in this log
    table.erase(key);
    session = nullptr;
  }
  if (!session) {
    if (const auto oldest = table.make_room()) {
      sink_.note("postfix.sessions_full", oldest->address);
      write(*oldest);
    }
    session = &table.insert(key);
    session->host = line.syslog->host;
    session->program = line.syslog->program;
    session->address = kept_text(peer.address);
    session->first = line.place;
    session->client.key = rows_.host(peer.address);
    session->client.name = kept_text(peer.name);
    session->client.port = peer.port;
    if (unverified_address_ == peer.address) session->client.name_unverified = unverified_name_;
  }
  session->last = line.place;
  return *session;
}

MailClient& PostfixSessions::client_of(const PostfixLine& line, const MailPeer& peer) {
  return open(sessions_, key_of(line), line, peer).client;
}

void PostfixSessions::add_event(Session& session, std::string_view text) {
  if (session.events.size() >= kMaxSessionEvents) {
    return sink_.note("postfix.session_events_full", text);
  }
  session.events.emplace_back(text.substr(0, kMaxSessionEventText));
}

bool PostfixSessions::take_unverified(const PostfixLine& line) {
  constexpr std::string_view kStart = "warning: hostname ";
  constexpr std::string_view kMiddle = " does not resolve to address ";
  if (!line.message.starts_with(kStart)) return false;
  const std::string_view text = line.message.substr(kStart.size());
  const std::size_t at = text.find(kMiddle);
  if (at == std::string_view::npos) return false;
  const std::string_view address = text.substr(at + kMiddle.size());
  unverified_name_ = kept_text(text.substr(0, at));
  unverified_address_ = address.substr(0, address.find(": "));
  return true;
}

bool PostfixSessions::take(const PostfixLine& line, bool& is_refused) {
  is_refused = false;
  const std::string_view text = line.message;
  if (take_unverified(line)) return true;
  const bool begins = text.starts_with("connect from ");
  const bool ends = text.starts_with("disconnect from ");
  MailPeer peer;
  if (!find_peer(begins || ends ? text.substr(begins ? 7 : 10) : text, peer)) {
    is_refused = begins || ends;
    return is_refused;
  }
  const std::string key = key_of(line);
  if (begins) {
    if (const Session* before = sessions_.find(key)) {
      write(*before);
      sessions_.erase(key);
    }
    open(sessions_, key, line, peer);
    return true;
  }
  Session& session = open(sessions_, key, line, peer);
  if (PostfixTls tls; parse_tls(text, tls)) {
    session.client.tls = tls_facts(tls);
    return true;
  }
  if (!ends) {
    take_auth(text, session.client);
    add_event(session, text);
    return true;
  }
  if (const std::size_t close = text.find(']'); close != std::string_view::npos) {
    const std::size_t counts = text.find(' ', close);  // a port may stand between
    if (counts != std::string_view::npos) session.command = kept_text(text.substr(counts + 1));
  }
  write(session);
  sessions_.erase(key);
  return true;
}

bool PostfixSessions::take_screened(const PostfixLine& line) {
  const std::size_t at = line.message.find('[');
  MailPeer peer;
  if (at == std::string_view::npos || parse_peer(line.message.substr(at), peer) == 0) return false;
  const std::string key = fmt::format("{} [{}]:{}", line.syslog->host, peer.address, peer.port);
  const bool begins = line.message.starts_with("CONNECT from ");
  // Of one that was passed on to smtpd everything has been said.
  if (line.message.starts_with("DISCONNECT ") && !screened_.find(key)) return false;
  Session& session = open(screened_, key, line, peer);
  if (begins) {
    const std::size_t to = line.message.find(" to [");
    MailPeer server;
    if (to != std::string_view::npos && parse_peer(line.message.substr(to + 4), server) != 0) {
      session.server = rows_.host(server.address);
      session.server_port = server.port;
    }
    return true;
  }
  add_event(session, line.message);
  constexpr std::array<std::string_view, 4> kLast = {"PASS ", "DISCONNECT ", "WHITELISTED ",
                                                     "ALLOWLISTED "};
  for (const std::string_view word : kLast) {
    if (!line.message.starts_with(word)) continue;
    write(session);
    screened_.erase(key);
    break;
  }
  return true;
}

void PostfixSessions::write(const Session& session) {
  const MailFields& f = mail_fields();
  RecordRow row = MailRows::row_at(RecordKind::service, session.last);
  row.until_us = std::max(session.last.time.us, session.first.time.us);
  row.time_us = session.first.time.us;
  row.width_us = session.first.time.width_us;
  row.flags |= session.first.time.flags;
  row.client = session.client.key;
  row.client_port = session.client.port;
  row.server = session.server;
  row.server_port = session.server_port;
  row.protocol = row.client == 0 ? 0 : kTcpProtocol;
  rows_.add(row);
  rows_.field(f.host, session.host);
  rows_.field(f.program, session.program);
  rows_.field(f.direction, "in");
  write_client(rows_, session.client);
  write_tls(rows_, session.client.tls);
  rows_.field(f.command, session.command);
  for (const std::string& event : session.events) rows_.field(f.event, event);
}

void PostfixSessions::finish() {
  for (auto* table : {&sessions_, &screened_}) {
    table->for_each([&](Session& session) {
      sink_.note("postfix.session_open", session.address);
      write(session);
    });
  }
}

}  // namespace assay
