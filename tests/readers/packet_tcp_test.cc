// DNS over TCP: order, repetition, holes, bounds; and IP fragments.
#include <gmock/gmock.h>

#include "packet_builder.h"
#include "pcap_read.h"

namespace assay::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string prefixed(const std::string& dns) {
  return u16(static_cast<unsigned>(dns.size())) + dns;
}
std::string to_server(std::uint32_t sequence, unsigned flags, std::string payload = "",
                      unsigned server_port = 53) {
  return ipv4(kClient, kServer, 6, tcp(40000, server_port, sequence, flags, std::move(payload)));
}
std::string to_client(std::uint32_t sequence, unsigned flags, std::string payload = "",
                      unsigned server_port = 53) {
  return ipv4(kServer, kClient, 6, tcp(server_port, 40000, sequence, flags, std::move(payload)));
}

// Captures packets on a raw link, a millisecond apart, and reads them.
class Conversation {
 public:
  Conversation& add(const std::string& packet, std::int64_t later_us = 1'000) {
    at_us_ += later_us;
    offsets.push_back(capture_.add(at_us_, packet));
    return *this;
  }
  void read() { read_capture(capture_.bytes(), sink); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const DnsRow& row : sink.rows) names.push_back(sink.names.at(row.qname));
    return names;
  }

  CollectingSink sink;
  std::vector<std::uint64_t> offsets;

 private:
  CaptureBuilder capture_{101};
  std::int64_t at_us_ = 0;
};

TEST(PacketTcp, PairsOverOneConnectionAndCountsBareSegmentsAsBlank) {
  Conversation talk;
  talk.add(to_server(99, kSyn)).add(to_client(999, kSyn | kAck)).add(to_server(100, kAck));
  talk.add(to_server(100, kAck, prefixed(query(1, "bank.example"))));
  talk.add(to_client(1000, kAck, prefixed(answer(1, "bank.example"))));
  talk.read();
  ASSERT_THAT(talk.sink.rows, SizeIs(1));
  EXPECT_EQ(flag_words(talk.sink.rows[0].flags), "query answer tcp rd ra");
  EXPECT_EQ(talk.sink.rows[0].offset, talk.offsets[3]);
  EXPECT_EQ(talk.sink.rows[0].delay_us, 1'000u);
  EXPECT_EQ(talk.sink.balance().used, 2u);
  EXPECT_EQ(talk.sink.balance().blank, 3u);
}

TEST(PacketTcp, TakesSeveralMessagesFromOneSegment) {
  Conversation talk;
  talk.add(to_server(0, kAck,
                     prefixed(query(1, "bank.example")) + prefixed(query(2, "clinic.example"))));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example", "clinic.example"));
  EXPECT_EQ(talk.sink.balance().used, 1u);
}

TEST(PacketTcp, AnyCutOfAMessageIntoSegmentsGivesTheSameRow) {
  const std::string stream =
      prefixed(query(1, "bank.example")) + prefixed(query(2, "clinic.example"));
  for (std::size_t step = 1; step < stream.size(); ++step) {
    Conversation talk;
    talk.add(to_server(99, kSyn));
    for (std::size_t at = 0; at < stream.size(); at += step) {
      talk.add(to_server(static_cast<std::uint32_t>(100 + at), kAck, stream.substr(at, step)));
    }
    talk.read();
    EXPECT_THAT(talk.names(), ElementsAre("bank.example", "clinic.example")) << step;
    EXPECT_EQ(talk.sink.rows[0].offset, talk.offsets[1]) << step;
    EXPECT_EQ(talk.sink.balance().used, talk.offsets.size() - 1) << step;
  }
}

TEST(PacketTcp, PutsSegmentsInOrder) {
  const std::string stream = prefixed(query(1, "bank.example"));
  Conversation talk;
  talk.add(to_server(99, kSyn));
  talk.add(to_server(120, kAck, stream.substr(20)))
      .add(to_server(110, kAck, stream.substr(10, 10)));
  talk.add(to_server(100, kAck, stream.substr(0, 10)));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
  EXPECT_EQ(talk.sink.rows[0].offset, talk.offsets[3]) << "the packet that bears the first byte";
  EXPECT_EQ(talk.sink.balance().used, 3u);
}

TEST(PacketTcp, IgnoresWhatItHasSeenAlready) {
  const std::string stream = prefixed(query(1, "bank.example"));
  Conversation talk;
  talk.add(to_server(99, kSyn));
  talk.add(to_server(100, kAck, stream.substr(0, 20)))
      .add(to_server(100, kAck, stream.substr(0, 20)));
  talk.add(to_server(110, kAck, stream.substr(10)));  // overlaps, and goes on
  talk.add(to_server(100, kAck, stream));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
  EXPECT_EQ(talk.sink.noted("pcap.tcp_repeated"), 2u);
  EXPECT_EQ(talk.sink.balance().used, 2u);
  EXPECT_EQ(talk.sink.balance().blank, 3u);
}

TEST(PacketTcp, CrossesTheEndOfSequenceNumbers) {
  const std::string stream = prefixed(query(1, "bank.example"));
  Conversation talk;
  talk.add(to_server(0xfffffff0, kSyn)).add(to_server(0xfffffff1, kAck, stream.substr(0, 20)));
  talk.add(to_server(5, kAck, stream.substr(20)));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
}

TEST(PacketTcp, GoesOnBehindAHoleWhereAMessageBegins) {
  Conversation talk;
  talk.add(to_server(99, kSyn))
      .add(to_server(100, kAck, prefixed(query(1, "bank.example")).substr(0, 20)));
  talk.add(to_server(500, kAck, prefixed(query(2, "clinic.example"))));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("clinic.example"));
  EXPECT_THAT(talk.sink.reject_codes(), ElementsAre("pcap.tcp.gap"));
  EXPECT_EQ(talk.sink.rejects[0].offset, talk.offsets[1]);
  EXPECT_EQ(talk.sink.noted("pcap.tcp_gap"), 1u);
}

TEST(PacketTcp, RefusesSegmentsOutOfStep) {
  Conversation talk;
  talk.add(to_server(7, kAck, "middle of something"));
  talk.add(to_server(26, kAck, prefixed(query(1, "bank.example"))));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
  EXPECT_THAT(talk.sink.reject_codes(), ElementsAre("pcap.tcp.out_of_step"));
}

TEST(PacketTcp, RefusesAMessageThatNeverEnds) {
  Conversation talk;
  const std::string stream = prefixed(query(1, "bank.example"));
  talk.add(to_server(99, kSyn)).add(to_server(100, kAck, stream.substr(0, 9)));
  talk.add(to_server(109, kAck, stream.substr(9, 9)));
  talk.read();
  EXPECT_THAT(talk.sink.reject_codes(), ElementsAre("pcap.tcp.incomplete", "pcap.tcp.incomplete"));
}

TEST(PacketTcp, RefusesALengthThatHoldsNoHeader) {
  Conversation talk;
  talk.add(to_server(99, kSyn)).add(to_server(100, kAck, u16(3) + "abc"));
  talk.read();
  EXPECT_THAT(talk.sink.reject_codes(), ElementsAre("dns.tcp.length_too_small"));
}

TEST(PacketTcp, StartsAnewWhenPortsAreUsedAgain) {
  Conversation talk;
  talk.add(to_server(99, kSyn)).add(to_server(100, kAck, prefixed(query(1, "bank.example"))));
  talk.add(to_server(77'000'000, kSyn))
      .add(to_server(77'000'001, kAck, prefixed(query(2, "clinic.example"))));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example", "clinic.example"));
}

TEST(PacketTcp, HoldsNoMoreThanItsShareBehindAHole) {
  Conversation talk;
  talk.add(to_server(99, kSyn));
  for (std::uint32_t i = 0; i < 400; ++i)
    talk.add(to_server(1'000 + i * 1'000, kAck, std::string(1'000, 'x')), 1);
  talk.read();
  EXPECT_THAT(talk.names(), IsEmpty());
  EXPECT_THAT(talk.sink.reject_codes(), Each(std::string("pcap.tcp.out_of_step")));
  EXPECT_EQ(talk.sink.balance().rejected, 400u);
}

TEST(PacketTcp, FindsDnsOnAnotherPortWhenASegmentIsOneWholeMessage) {
  Conversation talk;
  talk.add(to_server(99, kSyn, "", 8053))
      .add(to_server(100, kAck, prefixed(query(1, "bank.example")), 8053));
  talk.add(to_client(7, kAck, prefixed(answer(1, "bank.example")), 8053));
  talk.add(to_server(99, kAck, "GET / HTTP/1.1\r\n\r\n", 8080));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
  EXPECT_EQ(talk.sink.noted("pcap.dns_on_other_port"), 1u);
  EXPECT_EQ(talk.sink.balance().blank, 2u);
}

std::string on_port(unsigned port, unsigned id, bool is_answer) {
  return is_answer ? ipv4(kServer, kClient, 17, udp(port, 40000, answer(id, "bank.example")))
                   : ipv4(kClient, kServer, 17, udp(40000, port, query(id, "bank.example")));
}

TEST(PacketOtherPort, ARowNeedsAQueryAndItsAnswer) {
  Conversation talk;
  talk.add(on_port(5301, 1, false)).add(on_port(5301, 1, true));
  talk.add(on_port(5301, 2, false)).add(on_port(5302, 3, true));
  talk.read();
  EXPECT_THAT(talk.names(), SizeIs(1));
  EXPECT_EQ(talk.sink.noted("pcap.dns_on_other_port"), 1u);
  EXPECT_EQ(talk.sink.balance().used, 2u);
  EXPECT_EQ(talk.sink.balance().blank, 2u);
}

TEST(PacketOtherPort, AServerPortThatAnsweredThriceIsBelieved) {
  Conversation talk;
  talk.add(on_port(5301, 9, false));
  for (unsigned id = 1; id <= 3; ++id)
    talk.add(on_port(5301, id, false)).add(on_port(5301, id, true));
  talk.add(on_port(5301, 4, true));
  talk.read();
  EXPECT_THAT(talk.names(), SizeIs(5));
  EXPECT_EQ(talk.sink.balance().used, 8u);
}

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

}  // namespace
}  // namespace assay::test
