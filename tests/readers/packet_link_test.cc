// Link layers, IP headers and tunnels: the same query inside each.
#include "packet_builder.h"
#include "pcap_read.h"

namespace assay::test {
namespace {

std::string inner_ipv4() {
  return ipv4(kClient, kServer, 17, udp(40000, 53, query(1, "bank.example")));
}
std::string inner_ipv6(std::string extensions = "", unsigned next = 17) {
  return ipv6("2001:db8::10", "2001:db8::53", next,
              extensions + udp(40000, 53, query(1, "bank.example")));
}

// Reads one packet; returns the row's "client > server", or what was noted instead.
std::string read_one(unsigned link_type, const std::string& packet) {
  CaptureBuilder capture(link_type);
  capture.add(0, packet);
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  if (sink.rows.size() != 1) {
    return sink.rejects.empty() ? "blank" : sink.rejects[0].code;
  }
  EXPECT_EQ(sink.names.at(sink.rows[0].qname), "bank.example");
  return sink.hosts.at(sink.rows[0].client) + " > " + sink.hosts.at(sink.rows[0].server);
}

const std::string kV4 = "192.0.2.10 > 198.51.100.53";
const std::string kV6 = "2001:db8::10 > 2001:db8::53";

TEST(PacketLink, ReadsEthernetWithTagsAndShims) {
  const std::string vlan = u16(10) + u16(0x0800) + inner_ipv4();
  EXPECT_EQ(read_one(1, ethernet(inner_ipv4())), kV4);
  EXPECT_EQ(read_one(1, ethernet(inner_ipv6(), 0x86dd)), kV6);
  EXPECT_EQ(read_one(1, ethernet(vlan, 0x8100)), kV4);
  EXPECT_EQ(read_one(1, ethernet(u16(20) + u16(0x8100) + vlan, 0x88a8)), kV4);
  EXPECT_EQ(read_one(1, ethernet(u32(0x00010040) + u32(0x00020140) + inner_ipv4(), 0x8847)), kV4);
  EXPECT_EQ(
      read_one(1, ethernet(u32(0x11000001) + u16(0x1234) + u16(0x0021) + inner_ipv4(), 0x8864)),
      kV4);
  EXPECT_EQ(read_one(1, ethernet("\xaa\xaa\x03" + std::string(3, '\0') + u16(0x0800) + inner_ipv4(),
                                 100)),
            kV4);
  EXPECT_EQ(read_one(1, ethernet("\x42\x42\x03 spanning tree", 20)), "blank");
}

TEST(PacketLink, ReadsRawAndLoopbackLinks) {
  for (const unsigned raw : {101u, 228u}) EXPECT_EQ(read_one(raw, inner_ipv4()), kV4);
  EXPECT_EQ(read_one(101, inner_ipv6()), kV6);
  EXPECT_EQ(read_one(229, inner_ipv6()), kV6);
  EXPECT_EQ(read_one(0, u32(2) + inner_ipv4()), kV4);
  EXPECT_EQ(read_one(0, reversed(u32(2)) + inner_ipv4()), kV4);
  EXPECT_EQ(read_one(0, reversed(u32(30)) + inner_ipv6()), kV6);
  EXPECT_EQ(read_one(108, u32(2) + inner_ipv4()), kV4);
}

TEST(PacketLink, ReadsLinuxCookedPppAndFddiLinks) {
  EXPECT_EQ(read_one(113, std::string(14, '\0') + u16(0x0800) + inner_ipv4()), kV4);
  EXPECT_EQ(read_one(276, u16(0x86dd) + std::string(18, '\0') + inner_ipv6()), kV6);
  EXPECT_EQ(read_one(9, u32(0xff030021) + inner_ipv4()), kV4);
  EXPECT_EQ(read_one(9, u8(0x57) + inner_ipv6()), kV6);
  EXPECT_EQ(read_one(51, u32(0x11000001) + u16(0x1234) + u16(0x0021) + inner_ipv4()), kV4);
  EXPECT_EQ(read_one(104, u32(0x0f000800) + inner_ipv4()), kV4);
  EXPECT_EQ(read_one(10, std::string(13, '\x50') + "\xaa\xaa\x03" + std::string(3, '\0') +
                             u16(0x0800) + inner_ipv4()),
            kV4);
}

TEST(PacketLink, NamesALinkTypeThatItDoesNotKnow) {
  CaptureBuilder capture(105);  // 802.11
  capture.add(0, ethernet(inner_ipv4()));
  const std::uint64_t second = capture.add(1, ethernet(inner_ipv4()));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rejects.size(), 2u) << "each packet is one";
  EXPECT_EQ(sink.rejects[0].code, "pcap.linktype.unsupported");
  EXPECT_EQ(sink.rejects[1].offset, second);
  EXPECT_NE(sink.rejects[0].why.find("105 (IEEE802_11)"), std::string::npos);
}

TEST(PacketLink, WalksIpv6ExtensionHeaders) {
  const std::string options = u8(17) + u8(0) + std::string(6, '\0');
  EXPECT_EQ(read_one(229, inner_ipv6(options, 0)), kV6);
  EXPECT_EQ(read_one(229, inner_ipv6(u8(60) + u8(1) + std::string(14, '\0') + options, 43)), kV6);
  EXPECT_EQ(read_one(229, inner_ipv6(u8(17) + u8(1) + std::string(10, '\0'), 51)), kV6);
  EXPECT_EQ(read_one(229, inner_ipv6(u8(17) + u8(200), 0)), "blank") << "runs past the packet";
}

TEST(PacketLink, LooksIntoTunnels) {
  const std::string gre = u32(0x20000800) + u32(7) + inner_ipv4();
  const std::string outer = "203.0.113.1", other = "203.0.113.2";
  EXPECT_EQ(read_one(101, ipv4(outer, other, 47, gre)), kV4);
  EXPECT_EQ(read_one(101, ipv4(outer, other, 47, u32(0x00006558) + ethernet(inner_ipv6(), 0x86dd))),
            kV6);
  EXPECT_EQ(read_one(101, ipv4(outer, other, 47,
                               u32(0x2001880b) + u32(0x00080001) + u32(1) + u32(0xff030021) +
                                   inner_ipv4())
                              .substr(0)),
            "blank")
      << "length field lies";
  EXPECT_EQ(read_one(101, ipv4(outer, other, 4, inner_ipv4())), kV4);
  EXPECT_EQ(read_one(101, ipv4(outer, other, 41, inner_ipv6())), kV6);
  EXPECT_EQ(
      read_one(101, ipv4(outer, other, 17,
                         udp(50000, 4789, u32(0x08000000) + u32(0x100) + ethernet(inner_ipv4())))),
      kV4);
  EXPECT_EQ(
      read_one(101, ipv4(outer, other, 17,
                         udp(50000, 6081, u32(0x00006558) + u32(0x100) + ethernet(inner_ipv4())))),
      kV4);
  EXPECT_EQ(read_one(101, ipv4(outer, other, 17,
                               udp(2152, 2152, u32(0x30ff0000) + u32(1) + inner_ipv4()))),
            kV4);
  EXPECT_EQ(read_one(101, ipv4(outer, other, 17, udp(3544, 3544, inner_ipv6()))), kV6);
}

TEST(PacketLink, StopsInATunnelWithoutEnd) {
  std::string packet = inner_ipv4();
  for (int i = 0; i < 7; ++i) packet = ipv4("203.0.113.1", "203.0.113.2", 4, packet);
  CaptureBuilder capture(101);
  capture.add(0, packet);
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  EXPECT_EQ(sink.noted("pcap.tunnel_too_deep"), 1u);
  EXPECT_EQ(sink.balance().blank, 1u);
}

TEST(PacketLink, AnyPrefixOfAPacketIsSettled) {
  const std::string packet = ethernet(
      ipv6("2001:db8::10", "2001:db8::53", 0,
           u8(17) + u8(0) + std::string(6, '\0') + udp(40000, 53, answer(1, "bank.example"))),
      0x86dd);
  for (std::size_t keep = 0; keep <= packet.size(); ++keep) {
    CaptureBuilder capture;
    capture.add(0, packet, keep);
    CollectingSink sink;
    read_capture(capture.bytes(), sink);
    EXPECT_EQ(sink.balance().units, 1u) << keep;
  }
}

}  // namespace
}  // namespace assay::test
