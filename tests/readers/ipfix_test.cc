#include <gmock/gmock.h>

#include "readers/export_template.h"
#include "record_read.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::read_records;

constexpr const char* kReader = "ipfix";

std::string number(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}
std::string set(int id, const std::string& body) {
  return number(static_cast<std::uint64_t>(id), 2) + number(body.size() + 4, 2) + body;
}
std::string message(const std::string& sets, std::uint32_t sequence, std::uint32_t domain = 7) {
  return number(10, 2) + number(sets.size() + 16, 2) + number(1'521'911'730, 4) +
         number(sequence, 4) + number(domain, 4) + sets;
}
std::string field(int id, int length) {
  return number(static_cast<std::uint64_t>(id), 2) + number(static_cast<std::uint64_t>(length), 2);
}
std::string reverse(int id, int length) { return field(id | 0x8000, length) + number(29305, 4); }

// Ends, begin in ms, octets in 4 bytes both ways, the application's name.
std::string two_way_template(int id = 256) {
  return number(static_cast<std::uint64_t>(id), 2) + number(8, 2) + field(8, 4) + field(12, 4) +
         field(4, 1) + field(152, 8) + field(161, 4) + field(1, 4) + reverse(1, 8) +
         field(96, 0xffff);
}
std::string two_way_record(int host, const std::string& application) {
  const std::string length = application.size() < 255
                                 ? number(application.size(), 1)
                                 : number(255, 1) + number(application.size(), 2);
  return number(0xc0000200 + static_cast<std::uint64_t>(host), 4) + number(0xc6336419, 4) +
         number(6, 1) + number(1'521'911'720'600, 8) + number(1'300, 4) + number(4'350, 4) +
         number(980, 8) + length + application;
}

TEST(Ipfix, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of(kReader)) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read_records(kReader, test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

// 16,000 of them in a template cost a second for each 64 KiB of records of one byte.
TEST(Ipfix, FieldsOfNoBytesAreNoPartOfATemplate) {
  const std::string bytes =
      number(256, 2) + number(4, 2) + field(4, 0) + field(8, 4) + field(5, 0) + field(12, 4);
  std::string_view rest = bytes;
  TemplateRecord record;
  ASSERT_EQ(take_template(10, false, rest, record), TemplateOutcome::read);
  EXPECT_EQ(record.fields.fields.size(), 2u);
  EXPECT_EQ(record.fields.least_bytes, 8u);
}

// Walked over for each template that came, so many took hours.
TEST(Ipfix, SetsThatWaitAreTakenByTheirOwnTemplateInTheirOrder) {
  std::string bytes;
  auto add = [&bytes, sets = std::string()](const std::string& one, bool is_last) mutable {
    sets += one;
    if (sets.size() > 60'000 || is_last) bytes += message(std::exchange(sets, {}), 0);
  };
  for (int i = 0; i < 30'000; ++i) add(set(300 + i % 2, number(0, 4)), false);
  add(set(256, two_way_record(1, "http")) + set(256, two_way_record(2, "http")), false);
  for (int i = 0; i < 30'000; ++i) add(set(2, number(400, 2) + number(1, 2) + field(4, 1)), false);
  add(set(2, two_way_template()), true);
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, bytes, sink).ok());
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(sink.hosts.at(sink.records[0].client), "192.0.2.1");
  EXPECT_EQ(sink.hosts.at(sink.records[1].client), "192.0.2.2");
  EXPECT_EQ(sink.rejects.size(), 30'000u) << "those whose template never came";
}

// Sums of nfdump over what nfcapd kept of the same exports: 13 flows, 37 packets, 6,708 bytes, and
// without IPv6 in v5 34 packets and 6,168 bytes.
TEST(Ipfix, AddsUpToWhatNfdumpCounts) {
  for (const auto& [name, packets_due, bytes_due] :
       {std::tuple<const char*, std::uint64_t, std::uint64_t>{"softflowd.v5", 34, 6'168},
        {"softflowd.v9", 37, 6'708},
        {"softflowd.ipfix", 37, 6'708},
        {"softflowd.biflow", 37, 6'708},
        {"pmacct.ipfix", 37, 6'708}}) {
    SCOPED_TRACE(name);
    CollectingSink sink;
    ASSERT_TRUE(
        read_records(kReader,
                     test::file_bytes(std::string(ASSAY_TEST_DATA "/readers/ipfix/") + name), sink)
            .ok());
    std::uint64_t packets = 0, bytes = 0;
    for (const RecordRow& record : sink.records) {
      packets += record.packets_sent + record.packets_received;
      bytes += record.bytes_sent + record.bytes_received;
    }
    EXPECT_EQ(packets, packets_due);
    EXPECT_EQ(bytes, bytes_due);
    EXPECT_TRUE(sink.rejects.empty());
    EXPECT_EQ(sink.noted("ipfix.records_missing") + sink.noted("ipfix.packets_missing"), 0u);
  }
}

TEST(Ipfix, IsSniffedByTheHeadsOfItsMessages) {
  for (const auto& path : test::samples_of(kReader)) {
    const SniffChoice choice = choose_reader(test::file_bytes(path));
    ASSERT_NE(choice.reader, nullptr) << path;
    EXPECT_EQ(choice.reader->name(), kReader) << path;
  }
  EXPECT_EQ(find_reader(kReader)->sniff(std::string(500, '\0')).score, 0);
  EXPECT_EQ(find_reader(kReader)->sniff(number(10, 2) + std::string(60, 'x')).score, 0);
}

TEST(Ipfix, KeepsItsBalanceWhateverHappensToItsSamples) {
  for (const auto& path : test::samples_of(kReader)) {
    test::expect_damage_is_balanced(kReader, path);
  }
}

TEST(Ipfix, ReadsBothWaysReducedSizesAndVariableLengths) {
  const std::string long_name(300, 'n');
  const std::string bytes =
      message(set(2, two_way_template()), 0) +
      message(set(256, two_way_record(1, "smtp") + two_way_record(2, long_name)), 0);
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, bytes, sink).ok());
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(sink.records[0].bytes_sent, 4'350u);
  EXPECT_EQ(sink.records[0].bytes_received, 980u);
  EXPECT_EQ(sink.records[0].until_us - sink.records[0].time_us, 1'300'000);
  EXPECT_EQ(sink.texts_of(1, "app_protocol"), std::vector<std::string>{"smtp"});
  EXPECT_EQ(sink.texts_of(2, "app_protocol"), std::vector<std::string>{long_name});
  EXPECT_EQ(sink.noted("flow.one_way"), 0u);
  EXPECT_EQ(sink.balance().blank, 1u) << "the template";
}

TEST(Ipfix, PlacesAnUptimeThatRanOverOrIsBelowZeroNearTheMessage) {
  const std::uint64_t sent_ms = 1'521'911'730'000, days_60 = 60ull * 86'400'000;
  for (const std::uint64_t boot_ms : {sent_ms - 1'000, sent_ms - 600'000, sent_ms - days_60}) {
    const std::string heading = number(256, 2) + number(5, 2) + field(8, 4) + field(12, 4) +
                                field(160, 8) + field(22, 4) + field(21, 4);
    const std::uint64_t begin = sent_ms - 5'000 - boot_ms, end = begin + 2'000;
    const std::string record = number(0xc0000201, 4) + number(0xc6336419, 4) + number(boot_ms, 8) +
                               number(begin & 0xffffffff, 4) + number(end & 0xffffffff, 4);
    CollectingSink sink;
    ASSERT_TRUE(
        read_records(kReader, message(set(2, heading), 0) + message(set(256, record), 0), sink)
            .ok());
    ASSERT_EQ(sink.records.size(), 1u);
    EXPECT_EQ(sink.records[0].time_us, 1'521'911'725'000'000);
    EXPECT_EQ(sink.records[0].until_us, 1'521'911'727'000'000);
  }
}

TEST(Ipfix, WaitsForATemplateThatComesAfterItsData) {
  const std::string data = message(set(256, two_way_record(1, "a")), 0);
  CollectingSink late, never;
  ASSERT_TRUE(read_records(kReader, data + message(set(2, two_way_template()), 1), late).ok());
  EXPECT_EQ(late.records.size(), 1u);
  EXPECT_TRUE(late.rejects.empty());
  ASSERT_TRUE(read_records(kReader, data + message(set(2, two_way_template(257)), 1), never).ok());
  EXPECT_TRUE(never.records.empty());
  EXPECT_EQ(never.reject_codes(), std::vector<std::string>{"ipfix.template.unknown"});
}

TEST(Ipfix, KeepsTheTemplatesOfDomainsApart) {
  const std::string bytes =
      message(set(2, two_way_template()), 0, 7) + message(set(256, two_way_record(1, "a")), 0, 8);
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, bytes, sink).ok());
  EXPECT_EQ(sink.reject_codes(), std::vector<std::string>{"ipfix.template.unknown"});
}

TEST(Ipfix, ForgetsAWithdrawnTemplate) {
  for (const int id : {256, 2}) {  // that one, or all
    const std::string withdrawal = number(static_cast<std::uint64_t>(id), 2) + number(0, 2);
    const std::string bytes = message(set(2, two_way_template()), 0) +
                              message(set(2, withdrawal), 0) +
                              message(set(256, two_way_record(1, "a")), 0);
    CollectingSink sink;
    ASSERT_TRUE(read_records(kReader, bytes, sink).ok());
    EXPECT_EQ(sink.reject_codes(), std::vector<std::string>{"ipfix.template.unknown"}) << id;
  }
}

TEST(Ipfix, TellsHowManyRecordsAreMissing) {
  const std::string record = set(256, two_way_record(1, "a"));
  const std::string bytes = message(set(2, two_way_template()), 0) + message(record, 0) +
                            message(record, 1) + message(record, 42);
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, bytes, sink).ok());
  EXPECT_EQ(sink.noted("ipfix.records_missing"), 40u);
  ASSERT_EQ(sink.records.size(), 4u);
  const RecordRow& gap = sink.records[3];
  EXPECT_EQ(gap.kind, RecordKind::recorder);
  EXPECT_EQ(format_utc(gap.time_us), "2018-03-24T17:15:30Z");
  EXPECT_EQ(sink.texts_of(4, "missed_records"), std::vector<std::string>{"40"});
  EXPECT_EQ(sink.texts_of(4, "peer"), std::vector<std::string>{"domain 7"});
}

// softflowd's number is that of the flows up to the end of the message itself.
TEST(Ipfix, MissesNothingInNumbersAsSoftflowdCountsThem) {
  const std::string options =
      number(300, 2) + number(2, 2) + number(1, 2) + field(144, 4) + field(41, 8);
  const std::string record = set(256, two_way_record(1, "a"));
  const std::string told = set(300, number(1, 4) + number(12, 8));
  const std::string bytes = message(set(2, two_way_template()) + set(3, options), 0) +
                            message(told + record, 1) + message(record + record, 3) +
                            message(told + record, 4) + message(record, 5);
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, bytes, sink).ok());
  EXPECT_EQ(sink.records.size(), 5u);
  EXPECT_EQ(sink.noted("ipfix.records_missing"), 0u);
  EXPECT_EQ(sink.noted("ipfix.sequence_back"), 0u);
}

TEST(Ipfix, KeepsWhatAnExporterSaysOfItsOwnLossAndSampling) {
  // Scope: the exporting process; packets not sent, sampling of 1 in 100.
  const std::string options =
      number(300, 2) + number(3, 2) + number(1, 2) + field(144, 4) + field(167, 8) + field(34, 4);
  const std::string bytes = message(set(3, options), 0) +
                            message(set(300, number(1, 4) + number(12, 8) + number(100, 4)), 0);
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, bytes, sink).ok());
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.records[0].kind, RecordKind::recorder);
  EXPECT_EQ(sink.texts_of(1, "packet_loss"), std::vector<std::string>{"12"});
  EXPECT_EQ(sink.texts_of(1, "sampling"), std::vector<std::string>{"1 of 100"});
  EXPECT_EQ(sink.noted("ipfix.exporter_lost"), 1u);
  EXPECT_EQ(sink.noted("ipfix.sampled"), 1u);
}

TEST(Ipfix, RefusesATemplateWhoseRecordsHaveNoBytes) {
  const std::string empty = number(256, 2) + number(1, 2) + field(8, 0);
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, message(set(2, empty), 0), sink).ok());
  EXPECT_EQ(sink.reject_codes(), std::vector<std::string>{"ipfix.template.empty"});
}

TEST(Ipfix, GoesOnBehindBytesThatAreNoMessage) {
  const std::string record = message(set(256, two_way_record(1, "a")), 0);
  const std::string bytes =
      message(set(2, two_way_template()), 0) + record + "torn bytes, 23 of them" + record;
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, bytes, sink).ok());
  EXPECT_EQ(sink.records.size(), 2u);
  ASSERT_EQ(sink.reject_codes(), std::vector<std::string>{"ipfix.message.unreadable"});
  EXPECT_EQ(sink.rejects[0].length, 22u);
}

TEST(Ipfix, AddsTheSkewAndIgnoresTheZone) {
  ReadContext context;
  context.clock.zone = "Asia/Tokyo";
  context.clock.skew_us = -600'000;
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader,
                           message(set(2, two_way_template()), 0) +
                               message(set(256, two_way_record(1, "a")), 0),
                           sink, context)
                  .ok());
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(format_utc(sink.records[0].time_us, 1), "2018-03-24T17:15:20.0Z");
}

// The datagrams of a capture, one behind the other, as a collector would write them.
std::string datagrams_of(std::string_view pcap) {
  std::string out;
  for (std::size_t at = 24; at + 16 <= pcap.size();) {
    const auto* length = reinterpret_cast<const std::uint8_t*>(pcap.data()) + at + 8;
    const std::size_t size = length[0] | length[1] << 8 | length[2] << 16;
    constexpr std::size_t kHeads = 14 + 20 + 8;
    if (size > kHeads) out += pcap.substr(at + 16 + kHeads, size - kHeads);
    at += 16 + size;
  }
  return out;
}

// The capture began after the router had sent its templates: no one can read these records.
TEST(Ipfix, SaysThatTheTemplatesOfARealRouterAreMissing) {
  ASSAY_NEED_SHARED(path, "pcap/ndpi-netflowv9.pcap");
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader, datagrams_of(test::file_bytes(path)), sink).ok());
  EXPECT_EQ(sink.records.size(), 0u);
  EXPECT_EQ(sink.reject_codes(), std::vector<std::string>(23, "ipfix.template.unknown"));
  EXPECT_EQ(sink.noted("ipfix.packets_missing"), 0u);
}

}  // namespace
}  // namespace assay
