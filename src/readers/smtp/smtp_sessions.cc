#include "readers/smtp/smtp_sessions.h"

#include <algorithm>
#include <tuple>

namespace assay {
namespace {

Endpoints turned(const Endpoints& ends) {
  return {ends.destination, ends.source, ends.destination_port, ends.source_port};
}

Endpoints key_of(const Endpoints& ends) {
  const bool is_lower =
      std::tie(ends.source, ends.source_port) <= std::tie(ends.destination, ends.destination_port);
  return is_lower ? ends : turned(ends);
}

// Who began: whoever asked a port of SMTP; between two of them, or none, the SYN and the banner
// tell.
Endpoints ends_of_client(const SmtpPacket& packet) {
  const Endpoints& ends = packet.ends;
  const bool is_to = is_smtp_port(ends.destination_port), is_from = is_smtp_port(ends.source_port);
  if (is_to != is_from) return is_to ? ends : turned(ends);
  const bool is_answer = packet.segment.is_syn ? packet.segment.has_acknowledged
                                               : has_banner_code(packet.segment.payload);
  return is_answer ? turned(ends) : ends;
}

}  // namespace

std::size_t SmtpSessions::EndsHash::operator()(const Endpoints& ends) const {
  std::uint64_t hash =
      0xcbf29ce484222325ull ^ ends.source_port ^ std::uint64_t{ends.destination_port} << 16;
  for (const IpAddress* address : {&ends.source, &ends.destination}) {
    for (const std::uint8_t byte : address->bytes) hash = (hash ^ byte) * 0x100000001b3ull;
  }
  return hash;
}

SmtpSessions::List::iterator SmtpSessions::open(const Endpoints& key, const SmtpPacket& packet) {
  // The writer finds its connection through the place in the list, which never moves.
  auto place = std::make_shared<const SmtpConnection*>(nullptr);
  open_.emplace_back(packet.segment.is_syn,
                     [this, place](const SmtpTransaction& mail) { rows_.write(**place, mail); });
  Session& session = open_.back();
  session.key = key;
  session.connection.ends = ends_of_client(packet);
  session.connection.first = packet.segment.packet;
  session.connection.last_us = packet.segment.packet.time_us;
  session.is_from_syn = packet.segment.is_syn && !packet.segment.has_acknowledged;
  session.syn_sequence = packet.segment.sequence;
  *place = &session.connection;
  return std::prev(open_.end());
}

bool SmtpSessions::add(const SmtpPacket& packet) {
  expire(packet.segment.packet.time_us);
  const Endpoints key = key_of(packet.ends);
  auto found = index_.find(key);
  const bool begins = packet.segment.is_syn && !packet.segment.has_acknowledged;
  if (found != index_.end() && begins &&
      !(found->second->is_from_syn && found->second->syn_sequence == packet.segment.sequence)) {
    // The same ends once more.
    end(found->second->is_closing ? closing_ : open_, found->second);
    found = index_.end();
  }
  if (found == index_.end()) {
    const bool has_port =
        is_smtp_port(packet.ends.source_port) || is_smtp_port(packet.ends.destination_port);
    if (!has_port && !is_smtp_banner(packet.segment.payload)) return false;
    found = index_.emplace(key, open(key, packet)).first;
  }
  const List::iterator session = found->second;
  const bool was_closing = session->is_closing;
  take(*session, packet);
  if (session->is_closing) {
    closing_.splice(closing_.end(), was_closing ? closing_ : open_, session);
  } else {
    open_.splice(open_.end(), open_, session);
  }
  return true;
}

void SmtpSessions::take(Session& session, const SmtpPacket& packet) {
  PairSegment segment = packet.segment;
  const bool is_client = packet.ends == session.connection.ends;
  segment.side = is_client ? Side::client : Side::server;
  if (!is_client) session.dialogue.see_server();
  ++session.packets;
  session.last_us = segment.packet.time_us;
  session.connection.last_us = std::max(session.connection.last_us, segment.packet.time_us);
  session.pair.segment(segment, [&](const PairBytes& bytes) { session.dialogue.take(bytes); });
  (is_client ? session.has_client_fin : session.has_server_fin) |= segment.is_fin;
  session.is_closing |= packet.is_reset || (session.has_client_fin && session.has_server_fin);
  const std::size_t held = session.dialogue.held_bytes() + session.pair.blocked_bytes();
  held_bytes_ += held - session.held_bytes;
  session.held_bytes = held;
}

void SmtpSessions::end(List& list, List::iterator session) {
  session->pair.finish([&](const PairBytes& bytes) { session->dialogue.take(bytes); });
  session->dialogue.finish(session->is_closing);
  if (session->dialogue.has_bytes()) {
    rows_.write(session->connection, session->dialogue.session());
    sink_.used_unit(session->packets);
  } else {
    sink_.blank_unit(session->packets);
  }
  held_bytes_ -= session->held_bytes;
  index_.erase(session->key);
  list.erase(session);
}

void SmtpSessions::expire(std::int64_t now_us) {
  while (!closing_.empty() && now_us - closing_.front().last_us > kMaxSmtpClosedUs) {
    end(closing_, closing_.begin());
  }
  while (!open_.empty() && now_us - open_.front().last_us > kMaxSmtpSilenceUs) {
    end(open_, open_.begin());
  }
  while (index_.size() >= kMaxSmtpSessions || held_bytes_ > kMaxSmtpBytes) {
    sink_.note("pcap_smtp.table_full", "sessions were ended early, and what followed is another");
    closing_.empty() ? end(open_, open_.begin()) : end(closing_, closing_.begin());
  }
}

void SmtpSessions::finish() {
  while (!closing_.empty()) end(closing_, closing_.begin());
  while (!open_.empty()) end(open_, open_.begin());
}

}  // namespace assay
