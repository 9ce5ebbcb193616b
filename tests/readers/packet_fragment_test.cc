// IP fragments: order, holes, bounds, and fragments inside fragments.
#include <gmock/gmock.h>

#include "packet_conversation.h"

namespace assay::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(PacketFragments, PutsADatagramTogetherInAnyOrder) {
  const std::string datagram = udp(40000, 53, query(1, "bank.example"));
  const std::string first = ipv4(kClient, kServer, 17, datagram.substr(0, 16), 5, 0x2000);
  const std::string second = ipv4(kClient, kServer, 17, datagram.substr(16, 16), 5, 0x2002);
  const std::string third = ipv4(kClient, kServer, 17, datagram.substr(32), 5, 0x0004);
  std::vector<std::string> order = {first, second, third};
  std::sort(order.begin(), order.end());
  do {
    Conversation talk;
    for (const std::string& packet : order) talk.add(packet);
    talk.read();
    EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
    EXPECT_EQ(talk.sink.balance().used, 3u);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(PacketFragments, PutsIpv6FragmentsTogether) {
  const std::string datagram = udp(40000, 53, query(1, "bank.example"));
  const auto fragment = [&](std::size_t at, std::size_t size, bool has_more) {
    return ipv6("2001:db8::1", "2001:db8::2", 44,
                u8(17) + u8(0) + u16(static_cast<unsigned>(at) | (has_more ? 1 : 0)) + u32(99) +
                    datagram.substr(at, size));
  };
  Conversation talk;
  talk.add(fragment(24, 999, false)).add(fragment(0, 24, true));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
}

TEST(PacketFragments, KeepsTheQuestionWhenLaterFragmentsAreMissing) {
  const std::string datagram = udp(53, 40000, answer(1, "bank.example"));
  Conversation talk;
  talk.add(ipv4(kServer, kClient, 17, datagram.substr(0, 40), 5, 0x2000));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
  EXPECT_EQ(talk.sink.noted("pcap.fragment_missing"), 1u);
  EXPECT_THAT(talk.sink.answers, IsEmpty());
}

TEST(PacketFragments, CountsFragmentsWithoutABeginningAsBlank) {
  Conversation talk;
  talk.add(ipv4(kServer, kClient, 17, "rest of something", 5, 0x0004));
  talk.read();
  EXPECT_EQ(talk.sink.balance().blank, 1u);
}

TEST(PacketFragments, NotesOverlaps) {
  const std::string datagram = udp(40000, 53, query(1, "bank.example"));
  Conversation talk;
  talk.add(ipv4(kClient, kServer, 17, datagram.substr(0, 24), 5, 0x2000));
  talk.add(ipv4(kClient, kServer, 17, std::string(16, 'x'), 5, 0x2001));
  talk.add(ipv4(kClient, kServer, 17, datagram.substr(24), 5, 0x0003));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example")) << "what begins first stands";
  EXPECT_EQ(talk.sink.noted("pcap.fragment_overlap"), 1u);
}

TEST(PacketFragments, RefusesADatagramInTooManyFragments) {
  Conversation talk;
  for (unsigned i = 0; i < 1'030; ++i)
    talk.add(ipv4(kClient, kServer, 17, "12345678", 5, 0x2000 | (i + 1)));
  talk.read();
  EXPECT_THAT(talk.sink.reject_codes(), SizeIs(6));
  EXPECT_THAT(talk.sink.reject_codes(), Each(std::string("pcap.fragment.too_many")));
}

TEST(PacketFragments, HoldsABoundedNumberOfDatagrams) {
  Conversation talk;
  for (unsigned i = 0; i < 5'000; ++i)
    talk.add(ipv4(kClient, kServer, 17, std::string(16, 'x'), i, 0x2001), 1);
  talk.read();
  EXPECT_EQ(talk.sink.balance().blank, 5'000u);
}

// `packet` inside an IP-in-IP datagram that comes in two fragments.
std::vector<std::string> in_two_fragments(const std::string& packet, unsigned id) {
  const std::size_t cut = 24;
  return {ipv4("203.0.113.1", "203.0.113.2", 4, packet.substr(0, cut), id, 0x2000),
          ipv4("203.0.113.1", "203.0.113.2", 4, packet.substr(cut), id, cut / 8)};
}

TEST(PacketFragments, FragmentsInsideAFragmentedTunnelCountOnce) {
  const std::string datagram = udp(40000, 53, query(1, "bank.example"));
  std::vector<std::string> packets =
      in_two_fragments(ipv4(kClient, kServer, 17, datagram.substr(0, 16), 7, 0x2000), 21);
  for (auto& packet :
       in_two_fragments(ipv4(kClient, kServer, 17, datagram.substr(16), 7, 0x0002), 22)) {
    packets.push_back(std::move(packet));
  }
  std::sort(packets.begin(), packets.end());
  do {
    Conversation talk;
    for (const std::string& packet : packets) talk.add(packet);
    talk.read();
    EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
    EXPECT_EQ(talk.sink.balance().units, 4u);
    EXPECT_EQ(talk.sink.balance().used, 4u);
  } while (std::next_permutation(packets.begin(), packets.end()));
}

TEST(PacketFragments, TunnelsOfFragmentsAreNoDeeperThanOthers) {
  const auto in_tunnels = [](std::string packet, int count) {
    while (count-- > 0) packet = ipv4("203.0.113.1", "203.0.113.2", 4, packet);
    return packet;
  };
  const std::string packet = ipv4(kClient, kServer, 17, udp(40000, 53, query(1, "bank.example")));
  Conversation talk;
  for (const std::string& part : in_two_fragments(in_tunnels(packet, 2), 9)) {
    talk.add(in_tunnels(part, 4));
  }
  talk.read();
  EXPECT_THAT(talk.names(), IsEmpty());
  EXPECT_EQ(talk.sink.noted("pcap.tunnel_too_deep"), 1u);
}

// Each waiting datagram is a tunnel with one more fragment; when all have waited too long at once,
// handing one on must not hand on the next from within.
TEST(PacketFragments, AFullTableOfTunnelsThatExpiresAtOnceIsRead) {
  const auto in_gtp = [](const std::string& packet) {
    return udp(2152, 2152,
               u32(0x30ff0000 + static_cast<unsigned>(packet.size())) + u32(1) + packet);
  };
  const auto nested = [&in_gtp](unsigned id) {
    std::string payload = in_gtp(ipv4(kClient, kServer, 17, std::string(16, 'x'), id, 0x2000));
    for (int i = 0; i < 4; ++i) {
      payload = in_gtp(ipv4("203.0.113.1", "203.0.113.2", 17, payload));
    }
    payload.resize((payload.size() + 7) / 8 * 8);
    return ipv4("203.0.113.3", "203.0.113.4", 17, payload, id, 0x2000);
  };
  constexpr unsigned kPackets = 4'000;
  Conversation talk;
  talk.add(nested(0), 31'000'000ll * kPackets);
  for (unsigned id = 1; id < kPackets; ++id) talk.add(nested(id), -31'000'000);
  talk.add(nested(kPackets), 62'000'000ll * kPackets);
  talk.read();
  EXPECT_EQ(talk.sink.balance().units, kPackets + 1);
  EXPECT_EQ(talk.sink.balance().blank, kPackets + 1);
}

}  // namespace
}  // namespace assay::test
