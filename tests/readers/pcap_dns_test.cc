// pcap_dns over UDP: rows, pairing, places, times.
#include <gmock/gmock.h>

#include "packet_builder.h"
#include "pcap_read.h"

namespace assay::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kStart = CaptureBuilder::kEpochSeconds * kMicrosPerSecond;

TEST(PcapDns, PairsAnAnswerWithItsQuery) {
  CaptureBuilder capture;
  const std::uint64_t offset = capture.add(10, query_frame(query(7, "Mail.Bank.example")));
  const std::uint64_t second = capture.add(1'510, answer_frame(answer(7, "Mail.Bank.example", 60)));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  const DnsRow& row = sink.rows[0];
  EXPECT_EQ(row.time_us, kStart + 10);
  EXPECT_EQ(row.delay_us, 1'500u);
  EXPECT_EQ(row.offset, offset);
  EXPECT_EQ(row.length, second - offset);
  EXPECT_EQ(row.ttl, 60u);
  EXPECT_EQ(row.rcode, 0);
  EXPECT_EQ(row.id, 7);
  EXPECT_EQ(row.client_port, 40'000);
  EXPECT_EQ(sink.names.at(row.qname), "mail.bank.example");
  EXPECT_EQ(sink.hosts.at(row.client), kClient);
  EXPECT_EQ(sink.hosts.at(row.server), kServer);
  EXPECT_EQ(flag_words(row.flags), "query answer rd ra capitals");
  ASSERT_EQ(sink.answers.size(), 1u);
  EXPECT_EQ(sink.answers[0].row.offset, offset);
  EXPECT_EQ(sink.answers[0].row.owner, row.qname);
  EXPECT_EQ(sink.answers[0].rdata, u32(0xc0000201));
  EXPECT_EQ(sink.balance().used, 2u);
}

TEST(PcapDns, KeepsUnansweredQueriesAndUnaskedAnswers) {
  CaptureBuilder capture;
  capture.add(0, query_frame(query(1, "bank.example")));
  capture.add(10, answer_frame(answer(2, "bank.example")));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(flag_words(sink.rows[0].flags), "answer rd ra");
  EXPECT_EQ(flag_words(sink.rows[1].flags), "query rd");
  EXPECT_EQ(sink.rows[1].rcode, kNoRcode);
  EXPECT_EQ(sink.rows[1].delay_us, kNoDelay);
  EXPECT_EQ(sink.hosts.at(sink.rows[0].client), kClient);
}

TEST(PcapDns, PairsOnlyWhatAgreesInEverything) {
  const std::string other_name = answer_frame(answer(1, "clinic.example"));
  const std::string other_id = answer_frame(answer(2, "bank.example"));
  const std::string other_port = answer_frame(answer(1, "bank.example"), 40'001);
  const std::string other_type = answer_frame(message(1, 0x8180, {}, question("bank.example", 15)));
  for (const std::string& frame : {other_name, other_id, other_port, other_type}) {
    CaptureBuilder capture;
    capture.add(0, query_frame(query(1, "bank.example")));
    capture.add(1, frame);
    CollectingSink sink;
    read_capture(capture.bytes(), sink);
    EXPECT_EQ(sink.rows.size(), 2u);
  }
}

TEST(PcapDns, GivesTheAnswerToTheLatestOfEqualQueries) {
  CaptureBuilder capture;
  capture.add(0, query_frame(query(1, "bank.example")));
  capture.add(1'000, query_frame(query(1, "bank.example")));
  capture.add(1'500, answer_frame(answer(1, "bank.example")));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(sink.rows[0].time_us, kStart + 1'000);
  EXPECT_EQ(sink.rows[0].delay_us, 500u);
  EXPECT_EQ(sink.rows[1].time_us, kStart);
  EXPECT_EQ(sink.rows[1].rcode, kNoRcode);
  EXPECT_EQ(sink.noted("pcap.pairing_ambiguous"), 1u);
}

TEST(PcapDns, AQueryAndItsRepetitionAreBothPaired) {
  CaptureBuilder capture;
  for (int i = 0; i < 3; ++i) capture.add(i, query_frame(query(1, "bank.example")));
  for (int i = 3; i < 7; ++i) capture.add(i, answer_frame(answer(1, "bank.example")));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 4u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sink.rows[i].delay_us, 1u + 2 * i);
  EXPECT_EQ(flag_words(sink.rows[3].flags), "answer rd ra");
  EXPECT_EQ(sink.noted("pcap.pairing_ambiguous"), 2u);
}

// Asked every 10 s under one id and port, the first answer lost.
TEST(PcapDns, ALostAnswerLeavesItsOwnQueryUnanswered) {
  CaptureBuilder capture;
  for (std::int64_t i = 0; i < 8; ++i) {
    capture.add(i * 10'000'000, query_frame(query(1, "bank.example")));
    if (i > 0) capture.add(i * 10'000'000 + 20'000, answer_frame(answer(1, "bank.example")));
  }
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 8u);
  for (const DnsRow& row : sink.rows) {
    EXPECT_EQ(row.delay_us, row.time_us == kStart ? kNoDelay : 20'000u);
  }
}

TEST(PcapDns, AStampInTheFutureLetsNoOldQueryBeAnswered) {
  CaptureBuilder capture;
  capture.add(10'000'000'000'000, query_frame(query(7, "clinic.example")));
  capture.add(0, query_frame(query(1, "bank.example")));
  capture.add(600'020'000, answer_frame(answer(1, "bank.example")));
  capture.add(600'020'001, answer_frame(message(7, 0x8001, {0}, "")));  // before its query
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  EXPECT_EQ(sink.rows.size(), 4u);
  for (const DnsRow& row : sink.rows) EXPECT_EQ(row.delay_us, kNoDelay);
}

TEST(PcapDns, PairsAnAnswerStampedAMomentBeforeItsQuery) {
  CaptureBuilder capture;
  capture.add(5'000, query_frame(query(1, "bank.example")));
  capture.add(4'000, answer_frame(answer(1, "bank.example")));
  capture.add(9'000, query_frame(query(2, "bank.example")));
  capture.add(7'999, answer_frame(answer(2, "bank.example")));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 3u);
  EXPECT_EQ(sink.rows[0].delay_us, 0u);
}

TEST(PcapDns, AFloodOfEqualQueriesIsPairedAndSettled) {
  CaptureBuilder capture;
  for (int i = 0; i < 20'000; ++i) capture.add(i, query_frame(query(1, "bank.example")));
  for (int i = 0; i < 20'000; ++i) capture.add(20'000 + i, answer_frame(answer(1, "bank.example")));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  EXPECT_EQ(sink.rows.size(), 20'000u);
}

TEST(PcapDns, DoesNotPairAcrossMoreThanTheWindow) {
  CaptureBuilder capture;
  capture.add(0, query_frame(query(1, "bank.example")));
  capture.add(30'000'001, answer_frame(answer(1, "bank.example")));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(flag_words(sink.rows[0].flags), "query rd");
}

TEST(PcapDns, AnAnswerWithoutAQuestionPairsByIdAndPorts) {
  CaptureBuilder capture;
  capture.add(0, query_frame(query(9, "bank.example")));
  capture.add(5, answer_frame(message(9, 0x8001, {0}, "")));  // FORMERR, header only
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].rcode, 1);
  EXPECT_EQ(sink.names.at(sink.rows[0].qname), "bank.example");
}

TEST(PcapDns, AddsTheClockSkewOfTheEvidence) {
  CaptureBuilder capture;
  capture.add(5, query_frame(query(1, "bank.example")));
  CollectingSink sink;
  read_capture(capture.bytes(), sink, 2 * kMicrosPerSecond);
  EXPECT_EQ(sink.rows.at(0).time_us, kStart + 5 + 2 * kMicrosPerSecond);
}

TEST(PcapDns, ReadsExtendedRcodeCookieAndDnssecBit) {
  const std::string cookie = u16(10) + u16(8) + "12345678";
  CaptureBuilder capture;
  capture.add(0, query_frame(message(1, 0x0110, {1, 0, 0, 1},
                                     question("bank.example") + opt(0, 0x8000, cookie))));
  capture.add(1,
              answer_frame(message(1, 0x8180, {1, 0, 0, 1}, question("bank.example") + opt(1, 0))));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].rcode, 16);  // BADVERS
  EXPECT_EQ(flag_words(sink.rows[0].flags), "query answer rd ra edns do cd cookie");
  EXPECT_THAT(sink.answers, IsEmpty()) << "OPT is no answer";
}

TEST(PcapDns, EveryQuestionOfAMessageIsARow) {
  CaptureBuilder capture;
  capture.add(
      0, query_frame(message(1, 0, {2}, question("bank.example") + question("clinic.example"))));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_NE(sink.rows[0].flags & kExtraQuestion, 0u);
  EXPECT_EQ(sink.names.at(sink.rows[0].qname), "clinic.example");
  EXPECT_EQ(sink.balance().used, 1u);
}

TEST(PcapDns, CountsAPacketOfAnotherProtocolAsBlank) {
  CaptureBuilder capture;
  capture.add(0, ethernet("who has", 0x0806));
  capture.add(1, ethernet(ipv4(kClient, kServer, 17, udp(123, 123, "time"))));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  EXPECT_THAT(sink.rows, IsEmpty());
  EXPECT_EQ(sink.balance().blank, 2u);
}

TEST(PcapDns, RefusesGarbageOnPort53WithItsPlace) {
  CaptureBuilder capture;
  const std::uint64_t offset = capture.add(0, query_frame(std::string(40, '\xee')));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  EXPECT_THAT(sink.rows, IsEmpty());
  EXPECT_THAT(sink.reject_codes(), ElementsAre("dns.question.too_many"));
  EXPECT_EQ(sink.rejects[0].offset, offset);
  EXPECT_EQ(sink.rejects[0].text, std::string(40, '\xee'));
}

TEST(PcapDns, KeepsTheQuestionOfAPacketThatTheCaptureCutShort) {
  CaptureBuilder capture;
  const std::string frame = answer_frame(answer(3, "bank.example"));
  capture.add(0, frame, frame.size() - 10);
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_THAT(sink.answers, IsEmpty());
  EXPECT_EQ(sink.noted("pcap.message_cut"), 1u);
}

TEST(PcapDns, FlagsMulticastAndNeverPairsIt) {
  CaptureBuilder capture;
  const std::string asked = message(0, 0, {}, question("printer.local", 1, 0x8001));
  capture.add(0, ethernet(ipv4(kClient, "224.0.0.251", 17, udp(5353, 5353, asked))));
  capture.add(
      1, ethernet(ipv4(kServer, "224.0.0.251", 17,
                       udp(5353, 5353,
                           message(0, 0x8400, {0, 1},
                                   record(wire_name("printer.local"), 1, 120, u32(1), 0x8001))))));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(flag_words(sink.rows[0].flags), "query multicast");
  EXPECT_EQ(sink.rows[0].qclass, 1);
  EXPECT_EQ(flag_words(sink.rows[1].flags), "answer aa no_question multicast");
  EXPECT_EQ(sink.answers.at(0).row.rclass, 1);
}

TEST(PcapDns, KeepsAnUpdatesRecords) {
  CaptureBuilder capture;
  capture.add(0, query_frame(message(4, 0x2800, {1, 0, 1, 0},
                                     question("bank.example", 6) +
                                         record(wire_name("www.bank.example"), 1, 60, u32(1)))));
  CollectingSink sink;
  read_capture(capture.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(opcode_of(sink.rows[0].flags), 5u);
  ASSERT_EQ(sink.answers.size(), 1u);
  EXPECT_EQ(sink.answers[0].row.section, 2);
  EXPECT_EQ(sink.names.at(sink.answers[0].row.owner), "www.bank.example");
}

}  // namespace
}  // namespace assay::test
