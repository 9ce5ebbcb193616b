// Properties that hold for every reader on its own samples, cut and damaged at random.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "golden.h"
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
    EXPECT_EQ(sink.balance().rows, sink.counted());
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

class Damage : public testing::TestWithParam<const char*> {};

TEST_P(Damage, NeverUpsetsTheBalance) {
  const Reader& reader = *find_reader(GetParam());
  std::mt19937 random(20'160'923);
  for (const auto& path : test::samples_of(GetParam())) {
    SCOPED_TRACE(path);
    const std::string whole = test::file_bytes(path);
    for (int round = 0; round < 60; ++round) {  // the fuzzers go further
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
