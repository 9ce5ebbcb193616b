// DNS in capture files (pcap, pcapng). See docs/formats/pcap_dns.md.
#include "readers/packet/capture_walk.h"
#include "readers/packet/dissector.h"
#include "readers/readers.h"

namespace assay {
namespace {

class PcapDnsReader final : public Reader {
 public:
  std::string_view name() const override { return "pcap_dns"; }
  std::string_view summary() const override {
    return "DNS queries and answers in a packet capture (pcap, pcapng)";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "packet"; }
  SniffScore sniff(std::string_view head) const override { return sniff_capture(head); }

  // A capture of DNS alone is read once.
  std::vector<std::string_view> companions(const std::vector<Note>& notes) const override {
    std::vector<std::string_view> names;
    for (const Note& note : notes) {
      if (note.code == kOtherTransport) names.emplace_back("pcap_flow");
      if (note.code == kSmtpSegments) names.emplace_back("pcap_smtp");
    }
    return names;
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    Dissector dissector(context.clock.skew_us, sink);
    return walk_capture(
        source, context, sink, [&](const CapturedPacket& packet) { dissector.packet(packet); },
        [&] { dissector.finish(); });
  }
};

}  // namespace

const Reader& pcap_dns_reader() {
  static const PcapDnsReader reader;
  return reader;
}

}  // namespace assay
