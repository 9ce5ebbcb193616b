// DNS in capture files (pcap, pcapng). See docs/formats/pcap_dns.md.

#include <fmt/core.h>

#include <cstring>

#include "readers/packet/capture_file.h"
#include "readers/packet/dissector.h"
#include "readers/readers.h"

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

// Whether the time, set right by the skew, lies in the years 0000 to 9999.
bool is_within_years(std::int64_t time_us, std::int64_t skew_us) {
  std::int64_t right_us = 0;
  return !__builtin_add_overflow(time_us, skew_us, &right_us) && right_us >= kMinPacketTimeUs &&
         right_us <= kMaxPacketTimeUs;
}

std::uint32_t head_word(std::string_view head, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, head.data() + at, sizeof value);
  return __builtin_bswap32(value);
}

class PcapDnsReader final : public Reader {
 public:
  std::string_view name() const override { return "pcap_dns"; }
  std::string_view summary() const override {
    return "DNS queries and answers in a packet capture (pcap, pcapng)";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "packet"; }

  SniffScore sniff(std::string_view head) const override {
    if (head.size() < 12) return {};
    const std::uint32_t magic = head_word(head, 0);
    for (const Magic& known : kMagics) {
      if (magic == known.value) return {100, fmt::format("magic {:08x}: {}", magic, known.what)};
    }
    if (magic != 0x0a0d0d0a) return {};
    const std::uint32_t order = head_word(head, 8);
    if (order != 0x1a2b3c4d && order != 0x4d3c2b1a) return {};
    return {100, fmt::format("magic 0a0d0d0a and byte order {:08x}: pcapng", order)};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    CaptureFile file(source);
    if (!file.open()) {
      const std::uint64_t size = file.drain();
      if (file.failure()) return *file.failure();
      sink.unit();
      sink.reject(file.damage().code, 0, size, "", file.damage().why);
      sink.flush();
      return sink.failure() ? Status(*sink.failure()) : Status();
    }
    read_packets(file, context, sink);
    sink.flush();
    if (file.failure()) return *file.failure();
    return sink.failure() ? Status(*sink.failure()) : Status();
  }

 private:
  static void read_packets(CaptureFile& file, const ReadContext& context, RecordSink& sink) {
    const std::int64_t skew_us = context.clock.skew_us;
    Dissector dissector(skew_us, sink);
    CapturedPacket packet;
    while (!sink.failure() && file.next(packet)) {
      sink.unit();
      if (!is_known_link_type(packet.link_type)) {
        sink.reject("pcap.linktype.unsupported", packet.ref.offset, packet.ref.length, "",
                    fmt::format("packets of link type {} are not understood",
                                link_type_text(packet.link_type)));
      } else if (packet.has_time && is_within_years(packet.ref.time_us, skew_us)) {
        dissector.packet(packet);
      } else {
        sink.reject("pcap.time.out_of_range", packet.ref.offset, packet.ref.length, "",
                    "the packet's time lies outside the years 0000 to 9999");
      }
    }
    dissector.finish();
    const std::uint64_t size = file.drain();
    const CaptureDamage& damage = file.damage();
    if (!damage.code.empty()) {
      sink.unit();
      sink.reject(damage.code, damage.offset, size - damage.offset, "", damage.why);
    }
  }
};

}  // namespace

const Reader& pcap_dns_reader() {
  static const PcapDnsReader reader;
  return reader;
}

}  // namespace assay
