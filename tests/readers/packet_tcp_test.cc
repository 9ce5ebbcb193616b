// DNS over TCP: order, repetition, holes, bounds.
#include <gmock/gmock.h>

#include <tuple>

#include "packet_conversation.h"
#include "readers/packet/tcp_streams.h"

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

TEST(PacketTcp, IgnoresWhatIsSentOnceMoreBehindTheEndOfAStream) {
  const std::string asked = prefixed(query(1, "bank.example"));
  const std::string told = prefixed(answer(1, "bank.example"));
  Conversation talk;
  talk.add(to_server(99, kSyn)).add(to_server(100, kAck | kFin, asked));
  talk.add(to_server(100, kAck | kFin, asked), 200'000);
  talk.add(to_client(1000, kAck | kFin, told), 100'000);
  talk.add(to_client(1000, kAck | kFin, told), 300'000);
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example"));
  EXPECT_EQ(talk.sink.rows[0].delay_us, 300'000u);
  EXPECT_EQ(talk.sink.noted("pcap.tcp_repeated"), 2u);
  EXPECT_EQ(talk.sink.balance().used, 2u);
  EXPECT_EQ(talk.sink.balance().blank, 3u);
}

TEST(PacketTcp, ReadsANewConnectionOnPortsThatWereClosed) {
  const std::string first = prefixed(query(1, "bank.example"));
  const std::string second = prefixed(query(2, "clinic.example"));
  const std::uint32_t end = 100 + static_cast<std::uint32_t>(first.size());
  Conversation talk;
  talk.add(to_server(99, kSyn)).add(to_server(100, kAck | kFin, first));
  talk.add(to_server(end, kAck | kFin, second));  // behind it, no SYN captured
  talk.add(to_server(99, kSyn)).add(to_server(100, kAck, first));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example", "clinic.example", "bank.example"));
}

// The compression pointer of its question leads forward.
const std::string kUnreadable = message(9, 0x0100, {}, "\xc0\xff" + u16(1) + u16(1));

TEST(PacketTcp, StaysInStepBehindAMessageThatItRefuses) {
  const std::string stream = prefixed(kUnreadable) + prefixed(kUnreadable) +
                             prefixed(query(2, "bank.example")) +
                             prefixed(query(3, "clinic.example"));
  for (std::size_t step : {stream.size(), std::size_t{1}, std::size_t{7}, std::size_t{40}}) {
    Conversation talk;
    talk.add(to_server(99, kSyn));
    for (std::size_t at = 0; at < stream.size(); at += step) {
      talk.add(to_server(static_cast<std::uint32_t>(100 + at), kAck, stream.substr(at, step)));
    }
    talk.read();
    EXPECT_THAT(talk.names(), ElementsAre("bank.example", "clinic.example")) << step;
  }
  Conversation whole;
  whole.add(to_server(99, kSyn)).add(to_server(100, kAck, stream));
  whole.read();
  EXPECT_EQ(whole.sink.balance().used, 1u);
  EXPECT_EQ(whole.sink.noted("dns.name.pointer_forward"), 1u);
}

TEST(PacketTcp, IsSureOfTheStepBehindAMessageThatItRead) {
  Conversation talk;  // no SYN
  talk.add(to_server(100, kAck,
                     prefixed(query(1, "bank.example")) + prefixed(kUnreadable) +
                         prefixed(query(3, "clinic.example"))));
  talk.read();
  EXPECT_THAT(talk.names(), ElementsAre("bank.example", "clinic.example"));
}

// An answer of 30 records.
std::string long_answer(unsigned id, std::string_view name) {
  std::string records;
  for (std::uint32_t i = 0; i < 30; ++i) records += record(kFirstQuestion, 1, 300, u32(i));
  return message(id, 0x8180, {1, 30}, question(name) + records);
}

TEST(PacketTcp, ReadsTheBeginningOfAMessageInASegmentThatTheCaptureCutShort) {
  const std::string asked = prefixed(query(1, "bank.example"));
  const std::string told = prefixed(long_answer(1, "bank.example"));
  const auto size = [](const std::string& text) { return static_cast<std::uint32_t>(text.size()); };
  constexpr std::size_t kSnap = 96;
  // The whole answer in one segment, or in two of which the first, the second or both are cut.
  for (const auto& [cut_at, first_snap, last_snap] :
       std::vector<std::tuple<std::size_t, std::size_t, std::size_t>>{
           {told.size(), kSnap, SIZE_MAX},
           {300, kSnap, SIZE_MAX},
           {300, kSnap, kSnap},
           {300, SIZE_MAX, kSnap}}) {
    Conversation talk;
    talk.add(to_server(99, kSyn)).add(to_client(999, kSyn | kAck));
    talk.add(to_server(100, kAck, asked));
    talk.add(to_client(1000, kAck, told.substr(0, cut_at)), 1'000, first_snap);
    if (cut_at < told.size()) {
      talk.add(to_client(1000 + static_cast<std::uint32_t>(cut_at), kAck, told.substr(cut_at)),
               1'000, last_snap);
    }
    talk.add(to_server(100 + size(asked), kAck, prefixed(query(2, "clinic.example"))));
    talk.add(to_client(1000 + size(told), kAck, prefixed(answer(2, "clinic.example"))));
    talk.read();
    EXPECT_THAT(talk.names(), ElementsAre("bank.example", "clinic.example"));
    for (const DnsRow& row : talk.sink.rows) EXPECT_EQ(row.rcode, 0);
    EXPECT_THAT(talk.sink.rejects, IsEmpty());
    EXPECT_EQ(talk.sink.noted("pcap.message_cut"), 1u);
    EXPECT_EQ(talk.sink.noted("pcap.tcp_gap"), 0u);
    EXPECT_EQ(talk.sink.balance().used, talk.offsets.size() - 2);
  }
}

TEST(PacketTcp, SaysOfWhichSegmentsTheCaptureHoldsTooLittle) {
  const std::string told = prefixed(long_answer(1, "bank.example"));
  Conversation talk;
  talk.add(to_client(999, kSyn | kAck));
  talk.add(to_client(1000, kAck, told), 1'000, 40);       // the headers alone
  talk.add(to_client(1000, kAck, told), 1'000, 40);       // once more
  talk.add(to_client(5000, kAck, told), 1'000, 40 + 10);  // behind a hole
  talk.read();
  EXPECT_THAT(talk.names(), IsEmpty());
  EXPECT_THAT(talk.sink.reject_codes(), ElementsAre("pcap.tcp.cut", "pcap.tcp.out_of_step"));
  EXPECT_EQ(talk.sink.noted("pcap.tcp_repeated"), 1u);
}

TEST(PacketTcp, AnySnapLengthSettlesEveryPacket) {
  const std::string asked = prefixed(query(1, "bank.example")) + prefixed(kUnreadable);
  const std::string told = prefixed(long_answer(1, "bank.example")) + prefixed(kUnreadable);
  for (std::size_t keep = 0; keep < 200; ++keep) {
    Conversation talk;
    talk.add(to_server(99, kSyn), 1, keep).add(to_server(100, kAck, asked), 1, keep);
    for (const std::uint32_t at : {200u, 0u, 400u, 100u, 0u, 300u}) {
      talk.add(to_client(1000 + at, kAck, told.substr(at, 100)), 1, keep);
    }
    talk.add(to_client(1500, kAck | kFin, told.substr(500)), 1, keep);
    talk.read();
    EXPECT_EQ(talk.sink.balance().units, talk.offsets.size()) << keep;
  }
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

// A segment of one byte holds hundreds in the tables.
TEST(PacketTcp, CountsWhatWaitingSegmentsCostBesideTheirBytes) {
  constexpr std::size_t kMostBytes = 100'000;
  CollectingSink sink;
  Ledger ledger(sink);
  DnsRows rows(sink, 0);
  TcpStreams streams(sink, ledger, rows, kMostBytes);
  const std::uint8_t bytes[] = {0xff, 0xff};
  std::uint64_t units = 0;
  const auto send = [&](std::uint16_t port, std::uint32_t sequence, Bytes payload) {
    TcpSegment segment;
    segment.ends.source_port = port;
    segment.ends.destination_port = 53;
    segment.sequence = sequence;
    segment.is_syn = payload.empty();
    segment.payload = payload;
    Unit unit{{units, 1, 1, 0}};
    sink.unit();
    ++units;
    ledger.close(unit, streams.segment(segment, unit));
  };
  for (const std::uint16_t port : {40'001, 40'002}) {
    send(port, 99, {});
    send(port, 100, bytes);
    for (std::uint32_t i = 0; i < 200; ++i) send(port, 102 + i, Bytes(bytes).first(1));
  }
  EXPECT_EQ(sink.noted("pcap.tcp_table_full"), 1u);
  streams.finish();
  EXPECT_EQ(sink.balance().units, units);
  EXPECT_TRUE(sink.balance().is_even());
}

// By a hash that its sender knows, 45,000 flows of 2 MB fell into one bucket: half a minute.
TEST(PacketTcp, KeepsEndsUnderAHashThatGoesByTheCase) {
  class Nothing final : public RecordSink {
   public:
    using RecordSink::RecordSink;
    Status deliver(RowBatch&) override { return {}; }
    Status deliver_reject(const Reject&) override { return {}; }
  };
  Nothing one(1), again(1), other(2);
  Endpoints ends;
  ends.source_port = 53;
  EXPECT_EQ(EndsHash(one)(ends), EndsHash(again)(ends));
  EXPECT_NE(EndsHash(one)(ends), EndsHash(other)(ends));
  EXPECT_NE(EndsHash(one)(ends), EndsHash(one).of(ends, 17));
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
