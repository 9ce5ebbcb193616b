#include "readers/packet/capture_walk.h"

#include <fmt/core.h>

#include "readers/byte_order.h"
#include "readers/packet/capture_file.h"
#include "readers/packet/link_layer.h"

namespace assay {
namespace {

struct Magic {
  std::uint32_t value;  // as the bytes stand in the file, big-endian
  const char* what;
};
constexpr Magic kMagics[] = {
    {0xa1b2c3d4, "pcap, microseconds, big-endian"},
    {0xd4c3b2a1, "pcap, microseconds, little-endian"},
    {0xa1b23c4d, "pcap, nanoseconds, big-endian"},
    {0x4d3cb2a1, "pcap, nanoseconds, little-endian"},
    {0xa1b2cd34, "pcap, modified record headers, big-endian"},
    {0x34cdb2a1, "pcap, modified record headers, little-endian"},
};

bool is_within_years(std::int64_t time_us, std::int64_t skew_us) {
  std::int64_t right_us = 0;
  return !__builtin_add_overflow(time_us, skew_us, &right_us) && right_us >= kMinPacketTimeUs &&
         right_us <= kMaxPacketTimeUs;
}

}  // namespace

SniffScore sniff_capture(std::string_view head) {
  if (head.size() < 12) return {};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(head.data());
  const std::uint32_t magic = be32(bytes);
  for (const Magic& known : kMagics) {
    if (magic == known.value) return {100, fmt::format("magic {:08x}: {}", magic, known.what)};
  }
  const std::uint32_t order = be32(bytes + 8);
  if (magic != 0x0a0d0d0a || (order != 0x1a2b3c4d && order != 0x4d3c2b1a)) return {};
  return {100, fmt::format("magic 0a0d0d0a and byte order {:08x}: pcapng", order)};
}

Status walk_capture(ByteSource& source, const ReadContext& context, RecordSink& sink,
                    const std::function<void(const CapturedPacket&)>& each,
                    const std::function<void()>& finish) {
  const std::int64_t skew_us = context.clock.skew_us;
  CaptureFile file(source);
  CapturedPacket packet;
  const bool is_open = file.open();
  while (is_open && !sink.failure() && file.next(packet)) {
    sink.unit();
    if (!is_known_link_type(packet.link_type)) {
      sink.reject("pcap.linktype.unsupported", packet.ref.offset, packet.ref.length, "",
                  fmt::format("packets of link type {} are not understood",
                              link_type_text(packet.link_type)));
    } else if (packet.has_time && is_within_years(packet.ref.time_us, skew_us)) {
      each(packet);
    } else {
      sink.reject("pcap.time.out_of_range", packet.ref.offset, packet.ref.length, "",
                  "the packet's time lies outside the years 0000 to 9999");
    }
  }
  if (is_open) finish();
  const std::uint64_t size = file.drain();
  if (file.failure() && !is_open) return *file.failure();
  const CaptureDamage& damage = file.damage();
  if (!damage.code.empty()) {
    const std::uint64_t offset = is_open ? damage.offset : 0;
    sink.unit();
    sink.reject(damage.code, offset, size - offset, "", damage.why);
  }
  sink.flush();
  if (file.failure()) return *file.failure();
  return sink.failure() ? Status(*sink.failure()) : Status();
}

}  // namespace assay
