// What the packet layers hand to one another.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/names.h"

namespace assay {

using Bytes = std::span<const std::uint8_t>;

// The years 0000 to 9999.
inline constexpr std::int64_t kMinPacketTimeUs = -62'167'219'200'000'000,
                              kMaxPacketTimeUs = 253'402'300'799'999'999;

// Where a captured packet lies in the evidence, its record header included, and when it was seen.
struct PacketRef {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t width_us = 1;  // of the capturing clock's ticks
  std::int64_t time_us = 0;
  std::uint8_t hop_limit = 0;  // as it arrived, of the innermost IP header
};

struct CapturedPacket {
  PacketRef ref;
  int link_type = 0;     // DLT_ or LINKTYPE_ value; those that are understood do not clash
  Bytes bytes;           // as captured; valid until the next packet
  bool has_time = true;  // false: its stamp lies outside the years that a row can hold
};

// What became of the bytes. `later`: they wait in a reassembly buffer, and the Ledger, or in the
// table of pending queries, knows of it.
enum class Fate : std::uint8_t { blank, used, rejected, later };

// `code` and `why` are literals; `text` is what was refused, valid until the next packet.
struct PacketOutcome {
  Fate fate = Fate::blank;
  std::string_view code;
  std::string_view why;
  Bytes text;

  static PacketOutcome blank() { return {}; }
  static PacketOutcome used() { return {Fate::used, {}, {}, {}}; }
  static PacketOutcome later() { return {Fate::later, {}, {}, {}}; }
  static PacketOutcome refused(std::string_view code, std::string_view why, Bytes text) {
    return {Fate::rejected, code, why, text};
  }
};

// The two ends of a datagram or segment.
struct Endpoints {
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;

  friend bool operator==(const Endpoints&, const Endpoints&) = default;
};

}  // namespace assay
