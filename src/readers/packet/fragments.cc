#include "readers/packet/fragments.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace assay {
namespace {

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

// False: the fragment adds nothing.
bool FragmentTable::keep(Datagram& datagram, const IpPacket& fragment) {
  const std::uint32_t begin = fragment.fragment_offset;
  const auto length = static_cast<std::uint32_t>(fragment.payload.size());
  if (length == 0 || begin + length > kMaxDatagramBytes) return false;
  auto after = std::upper_bound(datagram.pieces.begin(), datagram.pieces.end(), begin,
                                [](std::uint32_t at, const Piece& p) { return at < p.offset; });
  bool overlaps = after != datagram.pieces.end() && after->offset < begin + length;
  if (after != datagram.pieces.begin()) {
    const Piece& before = *std::prev(after);
    const bool is_repeat = before.offset == begin && before.bytes == as_text(fragment.payload);
    if (is_repeat) return false;
    overlaps = overlaps || before.offset + before.bytes.size() > begin;
  }
  if (overlaps) {
    sink_.note("pcap.fragment_overlap", "IP fragments overlap; the one that begins first stands");
  }
  // At equal offsets the earlier arrival stands before the later one, so assembly lets it win.
  datagram.pieces.insert(after, {begin, std::string(as_text(fragment.payload))});
  datagram.held += length;
  bytes_ += length;
  return true;
}

std::string FragmentTable::assemble(const Datagram& datagram) {
  std::string whole;
  for (const Piece& piece : datagram.pieces) {
    if (piece.offset > whole.size()) break;  // a hole
    const std::size_t skip = whole.size() - piece.offset;
    if (skip < piece.bytes.size()) whole.append(piece.bytes, skip);
  }
  if (datagram.total != 0 && whole.size() > datagram.total) whole.resize(datagram.total);
  return whole;
}

PacketOutcome FragmentTable::add(const IpPacket& fragment, Unit& unit, int depth) {
  // What is handed on may bear another fragment. Were that to expire the next datagram in its turn,
  // the stack would grow with the table; the next packet does it.
  if (!is_delivering_) expire(unit.packet.time_us);
  const Key key{fragment.source, fragment.destination, fragment.fragment_id, fragment.protocol};
  auto found = index_.find(key);
  if (found == index_.end()) {
    Datagram fresh;
    fresh.key = key;
    fresh.first = unit.packet;
    datagrams_.push_back(std::move(fresh));
    found = index_.emplace(key, std::prev(datagrams_.end())).first;
  }
  const Position position = found->second;
  Datagram& datagram = *position;
  if (datagram.pieces.size() >= kMaxFragmentsPerDatagram) {
    return PacketOutcome::refused("pcap.fragment.too_many",
                                  "a datagram came in more than 1,024 fragments", fragment.payload);
  }
  if (!keep(datagram, fragment)) {
    if (datagram.pieces.empty()) complete(position);
    return PacketOutcome::blank();
  }
  datagram.depth = std::max(datagram.depth, depth);
  if (datagram.ticket == kNoTicket) {
    datagram.ticket = ledger_.hold(unit);
  } else if (unit.ticket == kNoTicket) {
    ledger_.add_packet(datagram.ticket, unit.packet);
  } else {
    ledger_.follow(unit.ticket, datagram.ticket);
  }
  if (fragment.fragment_offset == 0 && !datagram.has_beginning) {
    datagram.has_beginning = true;
    datagram.first = unit.packet;
  }
  if (!fragment.has_more && !fragment.is_cut) {
    datagram.total = fragment.fragment_offset + static_cast<std::uint32_t>(fragment.payload.size());
  }
  const bool may_be_whole = datagram.total != 0 && datagram.held >= datagram.total;
  if (may_be_whole && assemble(datagram).size() == datagram.total) complete(position);
  return PacketOutcome::later();
}

void FragmentTable::complete(Position position) {
  Datagram datagram = std::move(*position);
  index_.erase(datagram.key);
  datagrams_.erase(position);
  bytes_ -= datagram.held;
  if (datagram.ticket == kNoTicket) return;
  const std::string whole = assemble(datagram);
  IpPacket packet;
  packet.source = datagram.key.source;
  packet.destination = datagram.key.destination;
  packet.protocol = datagram.key.protocol;
  packet.payload = {reinterpret_cast<const std::uint8_t*>(whole.data()), whole.size()};
  packet.is_cut = datagram.total == 0 || whole.size() != datagram.total;
  if (packet.is_cut && datagram.total > whole.size()) {
    packet.missing = datagram.total - static_cast<std::uint32_t>(whole.size());
  }
  Unit unit{datagram.first, datagram.ticket};
  const bool was_delivering = std::exchange(is_delivering_, true);
  const PacketOutcome outcome =
      whole.empty() ? PacketOutcome::blank() : deliver_(packet, unit, datagram.depth);
  is_delivering_ = was_delivering;
  if (packet.is_cut) {
    sink_.note("pcap.fragment_missing", "fragments of some datagrams were not captured");
  }
  ledger_.close(unit, outcome);
}

void FragmentTable::expire(std::int64_t now_us) {
  while (!datagrams_.empty() &&
         (datagrams_.front().first.time_us + kMaxFragmentAgeUs < now_us ||
          datagrams_.size() > kMaxOpenDatagrams || bytes_ > kMaxFragmentBytes)) {
    complete(datagrams_.begin());
  }
}

void FragmentTable::finish() {
  while (!datagrams_.empty()) complete(datagrams_.begin());
}

}  // namespace assay
