#include "readers/packet/ledger.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::size_t kTicketTextBytes = 128;  // tickets may be many; settled packets keep more

std::string_view as_text(Bytes bytes, std::size_t limit) {
  return {reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), limit)};
}

}  // namespace

void Ledger::settle(const PacketRef& packet, const PacketOutcome& outcome) {
  switch (outcome.fate) {
    case Fate::used:
      sink_.used_unit();
      break;
    case Fate::rejected:
      sink_.reject(outcome.code, packet.offset, packet.length,
                   as_text(outcome.text, kMaxRejectText), outcome.why);
      break;
    case Fate::blank:
      sink_.blank_unit();
      break;
    case Fate::later:
      break;
  }
}

void Ledger::merge(PacketOutcome& into, const PacketOutcome& part) {
  const bool is_either_used = into.fate == Fate::used || part.fate == Fate::used;
  const bool is_either_rejected = into.fate == Fate::rejected || part.fate == Fate::rejected;
  if (is_either_used && is_either_rejected) {
    const PacketOutcome& refused = into.fate == Fate::rejected ? into : part;
    sink_.note(refused.code, refused.why);
    into = PacketOutcome::used();
  } else if (is_either_used) {
    into = PacketOutcome::used();
  } else if (into.fate != Fate::rejected && part.fate != Fate::blank) {
    into = part;
  }
}

Ticket Ledger::open(const PacketRef& packet) {
  Ticket ticket = 0;
  if (free_.empty()) {
    ticket = static_cast<Ticket>(entries_.size());
    entries_.emplace_back();
  } else {
    ticket = free_.back();
    free_.pop_back();
  }
  Entry& entry = entries_[ticket];
  entry.packets.assign(1, packet);
  entry.holders = 1;
  entry.outcome = {};
  return ticket;
}

void Ledger::add_packet(Ticket ticket, const PacketRef& packet) {
  entries_[ticket].packets.push_back(packet);
}

Ticket Ledger::hold(Unit& unit) {
  if (unit.ticket == kNoTicket) unit.ticket = open(unit.packet);
  ++entries_[unit.ticket].holders;
  return unit.ticket;
}

void Ledger::follow(Ticket ticket, Ticket leader) {
  ++entries_[ticket].holders;
  entries_[leader].followers.push_back(ticket);
}

void Ledger::record(Ticket ticket, const PacketOutcome& outcome) {
  Entry& entry = entries_[ticket];
  const bool was_rejected = entry.outcome.fate == Fate::rejected;
  merge(entry.outcome, outcome);
  if (entry.outcome.fate == Fate::rejected && !was_rejected) {
    entry.text = as_text(outcome.text, kTicketTextBytes);
  }
}

void Ledger::release(Ticket ticket) {
  Entry& entry = entries_[ticket];
  if (--entry.holders != 0) return;
  entry.outcome.text = {reinterpret_cast<const std::uint8_t*>(entry.text.data()),
                        entry.text.size()};
  if (entry.outcome.fate == Fate::later) entry.outcome = {};
  for (const PacketRef& packet : entry.packets) settle(packet, entry.outcome);
  // As deep as tunnels are: a ticket follows at most one other.
  for (const Ticket follower : entry.followers) {
    record(follower, entry.outcome);
    release(follower);
  }
  entry.followers.clear();
  free_.push_back(ticket);
}

void Ledger::close(const Unit& unit, const PacketOutcome& outcome) {
  if (unit.ticket == kNoTicket) return settle(unit.packet, outcome);
  record(unit.ticket, outcome);
  release(unit.ticket);
}

}  // namespace assay
