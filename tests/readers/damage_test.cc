// Properties that hold for every reader on its own samples, cut and damaged at random.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "golden.h"
#include "pcapng_builder.h"
#include "read_text.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;

// Reads and checks what holds for any input whatsoever.
void read_anything(const Reader& reader, const std::string& bytes, std::size_t piece) {
  MemorySource source(bytes, piece);
  CollectingSink sink(64);
  ReadContext context;
  context.clock.last_year = 2020;
  const Status status = reader.read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  EXPECT_EQ(sink.balance().rejected, sink.rejects.size());
  if (status.ok()) {
    EXPECT_EQ(sink.balance().rows, sink.rows.size() + sink.records.size());
  }
  for (const DnsRow& row : sink.rows) {
    ASSERT_LE(row.offset + row.length, bytes.size());
    ASSERT_TRUE(sink.names.contains(row.qname));
    ASSERT_TRUE(sink.hosts.contains(row.client) && sink.hosts.contains(row.server));
  }
  for (const Reject& reject : sink.rejects) {
    ASSERT_LE(reject.offset + reject.length, bytes.size()) << reject.code;
    ASSERT_LE(reject.text.size(), kMaxRejectText);
  }
}

// One capture as pcap and as pcapng: UDP, TCP in pieces, fragments, and a tunnel of fragments.
std::vector<std::string> sample_captures() {
  using namespace test;
  const std::string asked = query(2, "clinic.example"), told = answer(2, "clinic.example");
  const std::string stream = u16(static_cast<unsigned>(asked.size())) + asked;
  const std::string reply = u16(static_cast<unsigned>(told.size())) + told;
  const auto segment = [](std::uint32_t sequence, unsigned flags, std::string payload) {
    return ethernet(ipv4(kClient, kServer, 6, tcp(40000, 53, sequence, flags, std::move(payload))));
  };
  const std::string datagram = udp(40000, 53, query(3, "sender.example"));
  const auto fragment = [&datagram](std::size_t at, std::size_t size, unsigned word) {
    return ipv4(kClient, kServer, 17, datagram.substr(at, size), 5, word);
  };
  const std::vector<std::string> frames = {
      query_frame(query(1, "bank.example")),
      answer_frame(answer(1, "bank.example")),
      segment(99, kSyn, ""),
      segment(100, kAck, stream.substr(0, 9)),
      segment(115, kAck, stream.substr(15)),
      segment(109, kAck | kFin, stream.substr(9, 6)),
      ethernet(ipv4(kServer, kClient, 6, tcp(53, 40000, 7, kAck | kFin, reply))),
      ethernet(fragment(0, 16, 0x2000)),
      ethernet(ipv4("203.0.113.1", "203.0.113.2", 4, fragment(16, 16, 0x2002))),
      ethernet(fragment(32, 99, 0x0004))};
  CaptureBuilder pcap;
  Pcapng pcapng;
  pcapng.interface(1).interface(1, 96, pcapng.option(9, u8(6)));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    pcap.add(static_cast<std::int64_t>(i), frames[i], i == 6 ? 90 : SIZE_MAX);
    pcapng.packet(i % 2, CaptureBuilder::kEpochSeconds * 1'000'000ull + i, frames[i]);
  }
  return {pcap.bytes(), pcapng.bytes};
}

class Damage : public testing::TestWithParam<const char*> {};

TEST_P(Damage, NeverUpsetsTheBalance) {
  const Reader& reader = *find_reader(GetParam());
  std::mt19937 random(20'160'923);
  for (const auto& path : test::samples_of(GetParam())) {
    SCOPED_TRACE(path);
    const std::string whole = test::file_bytes(path);
    for (int round = 0; round < 150; ++round) {
      SCOPED_TRACE(round);
      std::string bytes = whole.substr(0, random() % (whole.size() + 1));
      for (std::size_t flips = bytes.empty() ? 0 : random() % 8; flips > 0; --flips) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      read_anything(reader, bytes, 1 + random() % 400);
      reader.sniff(bytes);
      reader.describe_plan(bytes);
    }
  }
}

TEST_P(Damage, OfTheCutKeepsTheRowsBeforeIt) {
  const Reader& reader = *find_reader(GetParam());
  for (const auto& path : test::samples_of(GetParam())) {
    SCOPED_TRACE(path);
    const std::string bytes = test::file_bytes(path);
    CollectingSink whole, cut;
    MemorySource whole_source(bytes);
    if (!reader.read(whole_source, {}, whole).ok() || whole.rows.empty()) continue;
    const auto end = whole.rows.back().offset + whole.rows.back().length / 2;
    MemorySource cut_source(std::string_view(bytes).substr(0, end));
    cut_source.end_with(Error{ErrorCode::malformed, "cut"});
    if (!reader.read(cut_source, {}, cut).ok()) continue;
    EXPECT_EQ(cut.rows.size() + 1, whole.rows.size());
    EXPECT_THAT(cut.reject_codes(), testing::Contains("input.damaged"));
  }
}

INSTANTIATE_TEST_SUITE_P(Readers, Damage,
                         testing::Values("bind_querylog", "unbound_log", "dnsmasq_log",
                                         "windows_dns_debug", "powerdns_log", "coredns_log",
                                         "zeek_dns", "delimited"));

TEST(DamageOfACapture, NeverUpsetsTheBalance) {
  const Reader& reader = *find_reader("pcap_dns");
  std::mt19937 random(20'160'923);
  for (const std::string& whole : sample_captures()) {
    CollectingSink sink;
    MemorySource source(whole);
    ASSERT_TRUE(reader.read(source, {}, sink).ok());
    EXPECT_EQ(sink.rows.size(), 3u);
    EXPECT_EQ(sink.rejects.size(), 0u);
    for (int round = 0; round < 3'000; ++round) {
      SCOPED_TRACE(round);
      // Every other time nothing is cut, and the head stays whole: most damage there ends a read.
      const bool is_cut = round % 2 == 0;
      std::string bytes = is_cut ? whole.substr(0, random() % (whole.size() + 1)) : whole;
      const std::size_t begin = is_cut ? 0 : 100;
      for (std::size_t flips = bytes.empty() ? 0 : random() % 12; flips > 0; --flips) {
        bytes[(begin + random() % bytes.size()) % bytes.size()] = static_cast<char>(random());
      }
      read_anything(reader, bytes, 1 + random() % 400);
    }
  }
}

TEST(Registry, SniffsTheSamplesOfEachReaderAsItsOwn) {
  for (const char* name : {"bind_querylog", "unbound_log", "dnsmasq_log", "windows_dns_debug",
                           "powerdns_log", "coredns_log", "zeek_dns", "delimited"}) {
    for (const auto& path : test::samples_of(name)) {
      if (std::filesystem::exists(path.string() + ".toml")) continue;
      const SniffChoice choice = choose_reader(test::file_bytes(path));
      if (path.stem() == "rejects") continue;
      ASSERT_NE(choice.reader, nullptr) << path << choice.why;
      EXPECT_EQ(choice.reader->name(), name) << path << choice.why;
      EXPECT_FALSE(choice.why.empty());
    }
  }
}

TEST(Registry, LeavesWhatIsNoRecordFormat) {
  for (const char* text :
       {"", "hello\n", "{\"a\": 1}\n", "<html><body>no</body></html>\n", "#!/bin/sh\nexit 0\n"}) {
    EXPECT_EQ(choose_reader(text).reader, nullptr) << text;
  }
  EXPECT_THAT(choose_reader("hello\n").why, testing::HasSubstr("no format was recognised"));
  EXPECT_THAT(choose_reader(std::string_view("\xff\xfe"
                                             "a\0",
                                             4))
                  .why,
              testing::HasSubstr("iconv -f UTF-16"));
  EXPECT_EQ(find_reader("nothing"), nullptr);
}

}  // namespace
}  // namespace assay
