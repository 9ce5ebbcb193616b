// Keeps count of captured packets, so that every one of them ends as used, rejected or blank.
//
// Most packets are settled at once. A packet whose bytes wait in a reassembly buffer gets a ticket;
// it is settled when the last holder lets go, by the best that became of any part of it: used
// before rejected before blank. The fragments of one datagram share a ticket.
#pragma once

#include <string>
#include <vector>

#include "assay/reader.h"
#include "readers/packet/packet.h"

namespace assay {

using Ticket = std::uint32_t;
inline constexpr Ticket kNoTicket = 0xffffffff;

// A packet on its way through the layers, and its ticket once it has one.
struct Unit {
  PacketRef packet;
  Ticket ticket = kNoTicket;
};

class Ledger {
 public:
  explicit Ledger(RecordSink& sink) : sink_(sink) {}

  // Settles a packet now; does nothing when it is to be settled later.
  void settle(const PacketRef& packet, const PacketOutcome& outcome);
  // What becomes of a packet of which two parts fared so. A unit is used or rejected, never both:
  // the refused part of a used packet becomes a note.
  void merge(PacketOutcome& into, const PacketOutcome& part);

  void add_packet(Ticket ticket, const PacketRef& packet);
  // One more holder for the unit's ticket, which is opened when there is none yet.
  Ticket hold(Unit& unit);
  // `ticket` shares the fate of `leader`: it stays held until that one is settled. Precondition:
  // the leader does not follow `ticket`, on whatever way.
  void follow(Ticket ticket, Ticket leader);
  void record(Ticket ticket, const PacketOutcome& outcome);
  void release(Ticket ticket);
  // Settles the unit, or hands its outcome to its ticket and lets go of it.
  void close(const Unit& unit, const PacketOutcome& outcome);

 private:
  struct Entry {
    std::vector<PacketRef> packets;
    std::vector<Ticket> followers;
    std::uint32_t holders = 0;
    PacketOutcome outcome;
    std::string text;  // owns what outcome.text shows
  };

  // Opens a ticket held once.
  Ticket open(const PacketRef& packet);

  RecordSink& sink_;
  std::vector<Entry> entries_;
  std::vector<Ticket> free_;
};

}  // namespace assay
