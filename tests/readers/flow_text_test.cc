// Flows in text: what nfdump prints, and the tables of other programs.
#include <gmock/gmock.h>

#include "record_read.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::read_records;

class FlowText : public testing::TestWithParam<const char*> {};

TEST_P(FlowText, IsReadAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of(GetParam())) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read_records(GetParam(), test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST_P(FlowText, KeepsItsBalanceWhateverHappensToIt) {
  for (const auto& path : test::samples_of(GetParam())) {
    test::expect_damage_is_balanced(GetParam(), path);
  }
}

TEST_P(FlowText, IsSniffedAsItsOwn) {
  for (const auto& path : test::samples_of(GetParam())) {
    if (path.stem() == "rejects" && std::string(GetParam()) == "nfdump") continue;
    const SniffChoice choice = choose_reader(test::file_bytes(path));
    ASSERT_NE(choice.reader, nullptr) << path << choice.why;
    EXPECT_EQ(choice.reader->name(), GetParam()) << path;
  }
}

INSTANTIATE_TEST_SUITE_P(Readers, FlowText, testing::Values("nfdump", "netflow_csv"));

std::string nfdump_file(const char* name) {
  return test::file_bytes(std::string(ASSAY_TEST_DATA "/readers/nfdump/") + name);
}

// The sums of packets and bytes both ways are those of the packets that the flows were made of.
TEST(Nfdump, AddsUpToThePacketsInEveryPrintedForm) {
  for (const char* name : {"v171.csv", "v171.json", "v177.csv", "v177.ndjson", "fast.csv",
                           "extended.txt", "line.txt", "biline.txt", "both-ways.csv"}) {
    SCOPED_TRACE(name);
    CollectingSink sink;
    ASSERT_TRUE(read_records("nfdump", nfdump_file(name), sink).ok());
    std::uint64_t packets = 0, bytes = 0;
    for (const RecordRow& record : sink.records) {
      packets += record.packets_sent + record.packets_received;
      bytes += record.bytes_sent + record.bytes_received;
    }
    EXPECT_EQ(packets, 37u);
    EXPECT_EQ(bytes, 6'708u);
    EXPECT_TRUE(sink.rejects.empty());
    EXPECT_EQ(sink.noted("nfdump.summary_differs"), 0u);
  }
}

TEST(Nfdump, TellsTheSameFlowsInItsForms) {
  const auto ends_of = [](const char* name) {
    CollectingSink sink;
    EXPECT_TRUE(read_records("nfdump", nfdump_file(name), sink).ok());
    std::string out;
    for (const RecordRow& record : sink.records) {
      out += std::to_string(record.time_us / 1'000'000) + " " + sink.hosts.at(record.client) + " " +
             sink.hosts.at(record.server) + " " + std::to_string(record.client_port) + " " +
             std::to_string(record.server_port) + " " + std::to_string(record.protocol) + " " +
             std::to_string(record.bytes_sent) + "\n";
    }
    return out;
  };
  const std::string csv = ends_of("v171.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 15);
  for (const char* name :
       {"v171.json", "v177.csv", "v177.ndjson", "fast.csv", "extended.txt", "line.txt"}) {
    EXPECT_EQ(ends_of(name), csv) << name;
  }
}

TEST(Nfdump, SaysWhenTheRecordsAreNotThoseThatItAddedUp) {
  std::string text = nfdump_file("extended.txt");
  const std::size_t row = text.find("2018-03-24");
  text.erase(row, text.find('\n', row) + 1 - row);
  CollectingSink sink;
  ASSERT_TRUE(read_records("nfdump", text, sink).ok());
  EXPECT_EQ(sink.noted("nfdump.summary_differs"), 1u);
  EXPECT_EQ(sink.noted("nfdump.summary_agrees"), 0u);
}

TEST(Nfdump, ReadsItsStampsInTheZoneOfTheMachineThatPrintedThem) {
  ReadContext context;
  context.clock.zone = "Europe/Berlin";
  CollectingSink csv, fast;
  ASSERT_TRUE(read_records("nfdump", nfdump_file("v171.csv"), csv, context).ok());
  ASSERT_TRUE(read_records("nfdump", nfdump_file("fast.csv"), fast, context).ok());
  EXPECT_EQ(format_utc(csv.records[0].time_us), "2018-03-24T16:15:26Z");
  EXPECT_EQ(format_utc(fast.records[0].time_us), "2018-03-24T17:15:26Z") << "counts since 1970";
}

TEST(Nfdump, RefusesItsBinaryFilesWithTheCommandThatPrintsThem) {
  CollectingSink sink;
  ASSERT_TRUE(read_records("nfdump", nfdump_file("nfcapd.bin"), sink).ok());
  EXPECT_EQ(sink.reject_codes(), std::vector<std::string>{"nfdump.binary"});
  EXPECT_EQ(sink.rejects[0].length, 700u);
  EXPECT_NE(sink.rejects[0].why.find("nfdump -r FILE -o csv"), std::string::npos);
}

TEST(NetflowCsv, SaysWhichColumnsItDoesNotKnow) {
  CollectingSink sink;
  ASSERT_TRUE(read_records("netflow_csv",
                           test::file_bytes(ASSAY_TEST_DATA "/readers/netflow_csv/nprobe.csv"),
                           sink)
                  .ok());
  EXPECT_EQ(sink.noted("flow.columns_unknown"), 1u);
}

TEST(NetflowCsv, AsksForTheFormatOfDatesThatCanBeReadInTwoWays) {
  const std::string text =
      "Source IP,Destination IP,Protocol,Timestamp,Total Fwd Packets\n"
      "192.0.2.1,192.0.2.2,6,3/4/2018 5:15,7\n";
  CollectingSink sink;
  const Status status = read_records("netflow_csv", text, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::usage);
  ReadContext context;
  context.mapping.emplace().time_format = "%d/%m/%Y %H:%M";
  CollectingSink stated;
  ASSERT_TRUE(read_records("netflow_csv", text, stated, context).ok());
  ASSERT_EQ(stated.records.size(), 1u);
  EXPECT_EQ(format_utc(stated.records[0].time_us), "2018-04-03T05:15:00Z");
}

TEST(NetflowCsv, ReadsTheTailOfATableByTheHeadingOfItsHead) {
  const std::string text = test::file_bytes(ASSAY_TEST_DATA "/readers/netflow_csv/rwcut.txt");
  const std::size_t tail = text.find("     192.0.2.13");
  ReadContext context;
  context.head = text;
  CollectingSink sink;
  ASSERT_TRUE(read_records("netflow_csv", text.substr(tail), sink, context).ok());
  EXPECT_EQ(sink.records.size(), 2u);
  EXPECT_TRUE(sink.rejects.empty());
}

TEST(NetflowCsv, LeavesTablesThatAreNotOfFlows) {
  for (const char* text :
       {"time,client,server,qname,qtype\n2018-03-24T17:15:20Z,192.0.2.1,192.0.2.2,a.example,A\n",
        "\"No.\",\"Time\",\"Source\",\"Destination\",\"Protocol\",\"Length\",\"Info\"\n",
        "name,start,end,source,destination\n", "a|b|c\n",
        "cut\n#fields\tts\tid.orig_h\tid.resp_h\tproto\torig_bytes\n"}) {
    EXPECT_EQ(find_reader("netflow_csv")->sniff(text).score, 0) << text;
  }
}

}  // namespace
}  // namespace assay
