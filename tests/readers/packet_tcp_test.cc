// DNS over TCP: order, repetition, holes, bounds.
#include <gmock/gmock.h>

#include "packet_conversation.h"

namespace assay::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

}  // namespace
}  // namespace assay::test
