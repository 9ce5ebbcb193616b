// dnstap: frames, kinds, pairing, what is kept beside the row, damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "dnstap_builder.h"
#include "golden.h"
#include "read_text.h"
#include "readers/readers.h"

namespace assay::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void read(std::string_view bytes, RecordSink& sink, std::size_t piece = SIZE_MAX,
          const ReadContext& context = {}) {
  MemorySource source(bytes, piece);
  const Status status = dnstap_reader().read(source, context, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(sink.balance().is_even());
}

// A stream of these messages, closed.
std::string stream_of(const std::vector<Tap>& taps) {
  FrameStreamBuilder stream;
  stream.start();
  for (const Tap& tap : taps) stream.add(tap);
  return stream.stop().bytes();
}

// Every kind of message once with its answer, and all that may stand beside.
std::string sample() {
  FrameStreamBuilder stream;
  stream.control(kReady, stream.kDnstap).control(kAccept, stream.kDnstap).start();
  for (unsigned kind = 1; kind <= 14; kind += 2) {
    const std::string name = "kind" + std::to_string(kind) + ".bank.example";
    stream.add(tap_query(kind, query(kind, name), 1'000'000 * kind));
    stream.add(tap_response(kind + 1, answer(kind, name, 60), 1'000'000 * kind + 250'000));
  }
  Tap policy = tap_response(6, answer(20, "Sender.example"), 500'000'000);
  policy.query_time = Tap::time(8, Tap::kSecond, 499'000'000);
  policy.client = address_bytes("2001:db8::10");
  policy.transport = 4;
  policy.rest =
      pb_bytes(11, wire_name("example")) +
      pb_bytes(15, pb_bytes(1, "rpz") + pb_bytes(2, "sender.example.rpz") + pb_number(3, 6) +
                       pb_number(4, 1) + pb_bytes(5, "Sender.example")) +
      pb_number(16, 2);
  policy.extra = "pool=a";
  stream.add(policy);
  Tap whole_second = tap_query(5, query(21, "clinic.example", 15), 0);
  whole_second.identity = "ns2.bank.example";
  whole_second.transport = 3;
  stream.add(whole_second);
  stream.add("no protobuf");
  return stream.stop().control(kFinish).bytes();
}

const std::string kSamplePath = ASSAY_TEST_DATA "/readers/dnstap/kinds.dnstap";

TEST(Dnstap, ReadsItsSampleAsTheGoldenFileSays) {
  if (const char* update = std::getenv("ASSAY_UPDATE_GOLDEN"); update && *update == '1') {
    std::ofstream(kSamplePath, std::ios::binary) << sample();
  }
  ASSERT_TRUE(file_bytes(kSamplePath) == sample()) << "the builder makes another stream now";
  CollectingSink sink;
  read(sample(), sink);
  expect_golden(kSamplePath, sink.golden());
}

TEST(Dnstap, PairsAnAnswerWithItsQuery) {
  FrameStreamBuilder stream;
  stream.start();
  const auto offset = stream.add(tap_query(5, query(7, "Mail.Bank.example"), 1'500));
  const auto second = stream.add(tap_response(6, answer(7, "Mail.Bank.example", 60), 2'001'999));
  CollectingSink sink;
  read(stream.stop().bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  const DnsRow& row = sink.rows[0];
  EXPECT_EQ(row.time_us, std::int64_t{Tap::kSecond} * 1'000'000 + 1);
  EXPECT_EQ(row.width_us, 1u);
  EXPECT_EQ(row.delay_us, 2'000u);
  EXPECT_EQ(row.offset, offset);
  EXPECT_EQ(row.length, second - offset);
  EXPECT_EQ(row.ttl, 60u);
  EXPECT_EQ(row.id, 7);
  EXPECT_EQ(row.client_port, 40'000);
  EXPECT_EQ(sink.names.at(row.qname), "mail.bank.example");
  EXPECT_EQ(sink.hosts.at(row.client), kClient);
  EXPECT_EQ(sink.hosts.at(row.server), kServer);
  EXPECT_EQ(flag_words(row.flags), "query answer rd ra capitals");
  ASSERT_EQ(sink.answers.size(), 1u);
  EXPECT_EQ(sink.answers[0].row.offset, offset);
  EXPECT_EQ(sink.answers[0].rdata, u32(0xc0000201));
  EXPECT_THAT(sink.records, IsEmpty()) << "nothing is beyond the row";
  EXPECT_EQ(sink.balance().used, 2u);
  EXPECT_EQ(sink.balance().blank, 2u);
}

// named calls the answer to an AQ a CR.
TEST(Dnstap, PairsByAddressAndIdWhateverTheKindIsCalledOnOneSide) {
  CollectingSink sink;
  read(stream_of({tap_query(1, query(7, "bank.example"), 10),
                  tap_response(6, answer(7, "bank.example"), 5'000)}),
       sink);
  EXPECT_EQ(sink.rows.size(), 1u);
  CollectingSink apart;
  read(stream_of({tap_query(5, query(7, "bank.example"), 10),
                  tap_response(8, answer(7, "bank.example"), 5'000)}),
       apart);
  EXPECT_EQ(apart.rows.size(), 2u) << "who is asked and who asks are two exchanges";
}

TEST(Dnstap, AnAnswerWithTheTimeOfItsQueryTellsNoDelay) {
  CollectingSink sink;
  read(stream_of({tap_query(5, query(7, "bank.example"), 77'000),
                  tap_response(6, answer(7, "bank.example"), 77'000)}),
       sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].delay_us, kNoDelay);
  EXPECT_EQ(sink.rows[0].rcode, 0);
  EXPECT_EQ(sink.noted("dnstap.delay_not_told"), 1u);
}

TEST(Dnstap, AnAnswerStandsForItsQueryWhereNoQueriesWereWritten) {
  Tap with_time = tap_response(4, answer(1, "bank.example"), 9'000'000);
  with_time.query_time = Tap::time(8, Tap::kSecond, 1'000'000);
  CollectingSink sink;
  read(stream_of({tap_response(6, answer(2, "bank.example"), 5'000), with_time,
                  tap_response(4, answer(3, "bank.example"), 5'000)}),
       sink);
  ASSERT_EQ(sink.rows.size(), 3u);
  std::sort(sink.rows.begin(), sink.rows.end(),
            [](const DnsRow& a, const DnsRow& b) { return a.offset < b.offset; });
  EXPECT_EQ(flag_words(sink.rows[0].flags), "query answer rd ra") << "the server was asked";
  EXPECT_EQ(flag_words(sink.rows[1].flags), "query answer rd ra") << "it tells when it asked";
  EXPECT_EQ(sink.rows[1].delay_us, 8'000u);
  EXPECT_EQ(flag_words(sink.rows[2].flags), "answer rd ra") << "an answer that came to it";
  EXPECT_EQ(sink.noted("dnstap.query_implied"), 2u);

  CollectingSink both;
  read(stream_of({tap_query(5, query(1, "clinic.example"), 10),
                  tap_response(6, answer(2, "bank.example"), 5'000)}),
       both);
  ASSERT_EQ(both.rows.size(), 2u);
  EXPECT_EQ(flag_words(both.rows[0].flags), "answer rd ra") << "queries were written: this is lost";
}

// A server that begins a new file writes the answers to what it was asked before into it.
TEST(Dnstap, AnswersBeforeTheFirstQueryAreOfQueriesInTheFileBefore) {
  CollectingSink sink;
  Tap late = tap_response(6, answer(2, "bank.example"), 9'000);
  late.query_time = Tap::time(8, Tap::kSecond, 1'000);
  read(stream_of({late, tap_query(5, query(1, "clinic.example"), 10'000),
                  tap_response(6, answer(1, "clinic.example"), 15'000)}),
       sink);
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(flag_words(sink.rows[0].flags), "answer rd ra") << "its query is a row elsewhere";
  EXPECT_EQ(flag_words(sink.rows[1].flags), "query answer rd ra");
  EXPECT_EQ(sink.noted("dnstap.query_implied"), 0u);
}

TEST(Dnstap, AResponseMayBearItsQueryToo) {
  Tap tap = tap_response(6, answer(9, "bank.example", 5), 3'000'000);
  tap.asked(query(9, "bank.example"), 1'000'000);
  CollectingSink sink;
  read(stream_of({tap}), sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(flag_words(sink.rows[0].flags), "query answer rd ra");
  EXPECT_EQ(sink.rows[0].delay_us, 2'000u);
  EXPECT_EQ(sink.answers.size(), 1u);
}

TEST(Dnstap, KeepsPolicyZoneAndWhoRecordedBesideTheRow) {
  CollectingSink sink;
  read(sample(), sink);
  ASSERT_EQ(sink.records.size(), 2u);
  const auto text = [&](std::uint32_t number, std::string_view field) {
    const auto texts = sink.texts_of(number, field);
    return texts.size() == 1 ? texts[0] : std::to_string(texts.size()) + " texts";
  };
  EXPECT_EQ(sink.records[0].kind, RecordKind::dns);
  EXPECT_EQ(text(1, "message_kind"), "client_response");
  EXPECT_EQ(text(1, "query_zone"), "example");
  EXPECT_EQ(text(1, "policy_type"), "rpz");
  EXPECT_EQ(text(1, "policy_rule"), "sender.example.rpz");
  EXPECT_EQ(text(1, "policy_action"), "local_data");
  EXPECT_EQ(text(1, "policy_match"), "qname");
  EXPECT_EQ(text(1, "policy_value"), "Sender.example");
  EXPECT_EQ(text(1, "transport"), "doh");
  EXPECT_EQ(text(1, "app_protocol"), "http/2");
  EXPECT_EQ(text(1, "extra"), "pool=a");
  EXPECT_THAT(sink.texts_of(1, "identity"), IsEmpty()) << "it is that of the first message";
  EXPECT_EQ(text(2, "identity"), "ns2.bank.example");
  EXPECT_EQ(text(2, "transport"), "dot");
  const auto is_there = [&](const DnsRow& row) { return row.offset == sink.records[0].offset; };
  EXPECT_EQ(std::count_if(sink.rows.begin(), sink.rows.end(), is_there), 1);
}

TEST(Dnstap, SaysTheSameOfQueryAndAnswerOnce) {
  Tap asked = tap_query(7, query(1, "bank.example"), 10);
  Tap told = tap_response(8, answer(1, "bank.example"), 9'000);
  asked.rest = told.rest = pb_bytes(11, std::string(1, '\0'));
  CollectingSink sink;
  read(stream_of({asked, told}), sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_THAT(sink.texts_of(1, "query_zone"), ElementsAre("."));
  told.rest = pb_bytes(11, wire_name("example"));
  CollectingSink other;
  read(stream_of({asked, told}), other);
  ASSERT_EQ(other.records.size(), 2u);
  EXPECT_EQ(other.records[0].offset, other.rows[0].offset);
  EXPECT_EQ(other.records[1].offset, other.rows[0].offset) << "both belong to the query's row";
}

TEST(Dnstap, RefusesWhatCannotBeARecordByACodeOfItsOwn) {
  const auto code_of = [](const Tap& tap) {
    CollectingSink sink;
    read(stream_of({tap}), sink);
    EXPECT_EQ(sink.rows.size() + sink.rejects.size(), 1u);
    return sink.rejects.empty() ? "" : sink.rejects[0].code;
  };
  const Tap good = tap_query(5, query(1, "bank.example"), 999'999'999);
  EXPECT_EQ(code_of(good), "");
  Tap bad = good;
  bad.query_time = Tap::time(8, Tap::kSecond, 1'000'000'000);
  EXPECT_EQ(code_of(bad), "dnstap.time.nanoseconds");
  for (const std::uint64_t seconds : {std::uint64_t{253'402'300'800}, UINT64_MAX}) {
    bad.query_time = Tap::time(8, seconds, 5);
    EXPECT_EQ(code_of(bad), "time.out_of_range");
  }
  bad.query_time = Tap::time(12, Tap::kSecond, 5);
  EXPECT_EQ(code_of(bad), "dnstap.time.missing") << "a query needs its own time";
  for (const unsigned kind : {0u, 15u, 255u}) {
    bad = good;
    bad.kind = kind;
    EXPECT_EQ(code_of(bad), "dnstap.kind.unknown");
  }
  bad = good;
  bad.client = "abc";
  EXPECT_EQ(code_of(bad), "dnstap.address.bad_length");
  bad = good;
  bad.kind = 6;
  EXPECT_EQ(code_of(bad), "dnstap.message.missing");
  bad = good;
  bad.query = "short";
  EXPECT_EQ(code_of(bad), "dns.message.short");
  bad = good;
  bad.rest = varint(17 << 3 | 3);
  EXPECT_EQ(code_of(bad), "dnstap.protobuf.unreadable") << "groups";
  bad = good;
  bad.rest = varint(17 << 3) + std::string(9, '\xff') + "\x02";
  EXPECT_EQ(code_of(bad), "dnstap.protobuf.unreadable") << "a number of more than 64 bits";
  bad.rest = varint(17 << 3) + std::string(9, '\xff') + "\x01";
  EXPECT_EQ(code_of(bad), "") << "a field of the future";
}

TEST(Dnstap, SaysWhenAnAddressIsNotTold) {
  Tap tap = tap_query(7, query(1, "bank.example"), 5);
  tap.client.clear();
  CollectingSink sink;
  read(stream_of({tap}), sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].client, 0u);
  EXPECT_EQ(sink.noted("dnstap.client_not_told"), 1u);
}

TEST(Dnstap, SaysWhetherTheStreamWasClosed) {
  FrameStreamBuilder stream;
  stream.start().add(tap_query(5, query(1, "bank.example"), 5));
  CollectingSink open;
  read(stream.bytes(), open);
  EXPECT_EQ(open.noted("dnstap.stop_missing"), 1u);
  stream.stop().add(tap_query(5, query(2, "bank.example"), 5));
  CollectingSink behind;
  read(stream.bytes(), behind);
  EXPECT_EQ(behind.noted("dnstap.stop_missing"), 0u);
  EXPECT_EQ(behind.noted("dnstap.data_after_stop"), 1u);
  EXPECT_EQ(behind.rows.size(), 2u);
  CollectingSink middle;
  read(stream.bytes().substr(stream.bytes().size() - 4 -
                             tap_query(5, query(2, "bank.example"), 5).payload().size()),
       middle);
  EXPECT_EQ(middle.noted("dnstap.start_missing"), 1u);
  EXPECT_EQ(middle.rows.size(), 1u);
}

TEST(Dnstap, RefusesStreamsOfOtherContentAndReadsThoseBehindThem) {
  FrameStreamBuilder stream;
  stream.control(kStart, "text:other").add("hello");
  stream.stop().start().add(tap_query(5, query(1, "bank.example"), 5));
  CollectingSink sink;
  read(stream.stop().bytes(), sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("dnstap.content.other", "dnstap.content.other"));
  EXPECT_EQ(sink.rows.size(), 1u);
}

TEST(Dnstap, StopsAtAFrameThatCannotBe) {
  FrameStreamBuilder stream;
  stream.start().add(tap_query(5, query(1, "bank.example"), 5));
  const std::string before = stream.bytes();
  for (const std::string& bad : {u32(0x00100001), u32(0x7fffffff), u32(0) + u32(4'097)}) {
    CollectingSink sink;
    read(before + bad + std::string(300, 'x'), sink);
    EXPECT_EQ(sink.rows.size(), 1u);
    ASSERT_THAT(sink.reject_codes(), ElementsAre("dnstap.frame.too_long"));
    EXPECT_EQ(sink.rejects[0].offset, before.size());
    EXPECT_EQ(sink.rejects[0].length, bad.size() + 300);
  }
  CollectingSink control;
  read(before + u32(0) + u32(4) + u32(9), control);
  EXPECT_THAT(control.reject_codes(), ElementsAre("dnstap.control.unreadable"));
}

TEST(Dnstap, CutAnywhereKeepsWhatStoodBeforeTheCut) {
  const std::string whole = stream_of({tap_query(5, query(1, "bank.example"), 5),
                                       tap_query(1, query(2, "bank.example"), 5),
                                       tap_response(2, answer(2, "bank.example"), 9'000)});
  std::size_t rows = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    SCOPED_TRACE(size);
    CollectingSink sink;
    read(std::string_view(whole).substr(0, size), sink);
    for (const Reject& reject : sink.rejects) {
      ASSERT_LE(reject.offset + reject.length, size);
      ASSERT_THAT(reject.code, ::testing::AnyOf("dnstap.truncated", "dnstap.protobuf.unreadable"));
    }
    ASSERT_GE(sink.rows.size(), rows) << "a longer stream never holds less";
    rows = sink.rows.size();
  }
  EXPECT_EQ(rows, 2u);
  CollectingSink damaged;
  MemorySource source(std::string_view(whole).substr(0, 300));
  source.end_with(Error{ErrorCode::malformed, "cut"});
  ASSERT_TRUE(dnstap_reader().read(source, {}, damaged).ok());
  EXPECT_THAT(damaged.reject_codes(), ElementsAre("input.damaged"));
  MemorySource broken("");
  broken.end_with(Error{ErrorCode::io, "no disk"});
  EXPECT_FALSE(dnstap_reader().read(broken, {}, damaged).ok());
}

TEST(Dnstap, GivesTheSameHoweverTheBytesArrive) {
  CollectingSink whole;
  read(sample(), whole);
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 64u, 1'000u}) {
    CollectingSink sink;
    read(sample(), sink, piece);
    EXPECT_EQ(sink.golden(), whole.golden());
  }
}

TEST(Dnstap, FlippedBytesNeverUpsetTheBalance) {
  std::mt19937 random(5);
  for (int round = 0; round < 400; ++round) {
    std::string bytes = sample();
    for (int flips = 1 + static_cast<int>(random() % 8); flips > 0; --flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    CollectingSink sink(32);
    read(bytes, sink, 1 + random() % 999);
    ASSERT_EQ(sink.balance().rows, sink.counted());
    for (const DnsRow& row : sink.rows) ASSERT_LE(row.offset + row.length, bytes.size());
    for (const RecordRow& row : sink.records) ASSERT_LE(row.offset + row.length, bytes.size());
    for (const Reject& reject : sink.rejects) {
      ASSERT_LE(reject.offset + reject.length, bytes.size());
    }
  }
}

TEST(Dnstap, AddsTheSkewAndRefusesTimesThatItCarriesAway) {
  ReadContext context;
  context.clock.skew_us = -1'000'000;
  const std::string bytes = stream_of({tap_query(5, query(1, "bank.example"), 1'000)});
  CollectingSink sink;
  read(bytes, sink, SIZE_MAX, context);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].time_us, (std::int64_t{Tap::kSecond} - 1) * 1'000'000 + 1);
  context.clock.skew_us = INT64_MAX;
  CollectingSink none;
  read(bytes, none, SIZE_MAX, context);
  EXPECT_THAT(none.reject_codes(), ElementsAre("time.out_of_range"));
}

TEST(Dnstap, SniffTakesItsStreamsAndNothingElse) {
  EXPECT_EQ(dnstap_reader().sniff(sample()).score, 100);
  FrameStreamBuilder bare;
  bare.control(kStart).add(tap_query(5, query(1, "bank.example"), 5));
  EXPECT_EQ(dnstap_reader().sniff(bare.bytes()).score, 90);
  EXPECT_EQ(dnstap_reader().sniff(bare.bytes().substr(12)).score, 70);
  FrameStreamBuilder other;
  other.control(kStart, "text:other").add("hello");
  EXPECT_EQ(dnstap_reader().sniff(other.bytes()).score, 0);
  for (const char* reader : {"bind_querylog", "zeek_dns", "delimited"}) {
    for (const auto& path : samples_of(reader)) {
      EXPECT_EQ(dnstap_reader().sniff(file_bytes(path)).score, 0) << path;
    }
  }
  EXPECT_EQ(dnstap_reader().sniff("").score, 0);
  EXPECT_EQ(choose_reader(sample()).reader, &dnstap_reader());
}

}  // namespace
}  // namespace assay::test
