// What is written of a row: what its evidence did not tell is empty, never 0 and never 1970.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/row_text.h"

namespace assay {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kDayUs = 1'462'320'000'000'000;  // 2016-05-04

class RecordTextTest : public ::testing::Test {
 protected:
  void read_as(const std::string& format, std::vector<std::string> also = {}) {
    Evidence evidence;
    evidence.number = 1;
    evidence.id = "x-1";
    evidence.format = format;
    for (std::string& other : also) evidence.also.push_back({std::move(other), {}});
    state_.evidences = {evidence};
  }
  static StoredRecord record_of(RecordKind kind) {
    StoredRecord record;
    record.evidence = 1;
    record.row.kind = kind;
    record.row.time_us = record.row.until_us = kDayUs;
    record.row.width_us = 1'000;
    record.row.length = 9;
    return record;
  }
  std::string csv(const StoredRecord& record) {
    std::string out;
    RowText(state_).append_csv(out, record);
    return out;
  }
  std::string shown(const StoredRecord& record) {
    std::string out;
    RowText(state_).append_for_person(out, record);
    return out;
  }

  CaseState state_;
};

TEST_F(RecordTextTest, LeavesEmptyWhatATransferOfMailDoesNotTell) {
  read_as("exim_mainlog");
  EXPECT_EQ(csv(record_of(RecordKind::mail)),
            "x-1,0,9,mail,2016-05-04T00:00:00.000000Z,2016-05-04T00:00:00.000000Z,1000,"
            ",,,,,,,,1,,,,,,{}\n");
}

TEST_F(RecordTextTest, LeavesEmptyTheWayBackOfAFlowThatWasToldOneWay) {
  read_as("netflow_csv");
  StoredRecord record = record_of(RecordKind::flow);
  record.row.packets_sent = 10;
  record.row.bytes_sent = 1'000;
  EXPECT_THAT(csv(record), HasSubstr(",1,10,,1000,,,{}"));
  EXPECT_THAT(shown(record), HasSubstr("sent      1000 bytes in 10 packets\n"));
  EXPECT_THAT(shown(record), Not(HasSubstr("received")));
  record.row.bytes_sent = 0;
  EXPECT_THAT(csv(record), HasSubstr(",1,10,,,,,{}"));
  EXPECT_THAT(shown(record), HasSubstr("sent      10 packets\n"));
  record.row.packets_sent = 0;
  record.row.bytes_received = 5;
  EXPECT_THAT(csv(record), HasSubstr(",1,,,,5,,{}"));
  EXPECT_THAT(shown(record), HasSubstr("received  5 bytes\n"));
  EXPECT_THAT(shown(record), Not(HasSubstr("sent ")));
}

TEST_F(RecordTextTest, SaysZeroOfAFlowThatWasCountedHere) {
  StoredRecord record = record_of(RecordKind::flow);
  record.row.protocol = 17;
  record.row.packets_sent = 1;
  record.row.bytes_sent = 40;
  for (const bool is_first : {true, false}) {
    read_as(is_first ? "pcap_flow" : "pcap_dns",
            is_first ? std::vector<std::string>() : std::vector<std::string>{"pcap_flow"});
    EXPECT_THAT(csv(record), HasSubstr(",,0,,0,17,,,,1,1,0,40,0,,{}"));
    EXPECT_THAT(shown(record), HasSubstr("received  0 bytes in 0 packets\n"));
  }
  record.row.kind = RecordKind::mail;  // of the same capture, whose sizes are fields
  EXPECT_THAT(csv(record), HasSubstr(",,,,,17,,,,1,1,,40,,,{}"));
}

TEST_F(RecordTextTest, PrintsNoWidthThatItsColumnCannotHold) {
  read_as("whois_text");
  StoredRecord record = record_of(RecordKind::registration);
  record.row.width_us = UINT32_MAX;
  EXPECT_THAT(shown(record), HasSubstr("00:00:00.000000Z (width 4294 s or more)\n"));
  record.row.until_us += 86'399'999'999;
  EXPECT_THAT(csv(record), HasSubstr(",2016-05-04T00:00:00.000000Z,2016-05-04T23:59:59.999999Z,,"));
  EXPECT_THAT(shown(record), HasSubstr("time      2016-05-04T00:00:00.000000Z\n"
                                       "  until     2016-05-04T23:59:59.999999Z\n"));
  record.row.width_us = UINT32_MAX - 1;
  EXPECT_THAT(csv(record), HasSubstr(",4294967294,"));
  EXPECT_THAT(shown(record), HasSubstr("(width 4294967294 us)"));
}

TEST_F(RecordTextTest, PrintsNeitherTimeNorWidthWhereNoTimeIsTold) {
  read_as("mbox");
  StoredRecord record = record_of(RecordKind::message);
  record.row.flags = kTimeUnknown;
  record.row.time_us = record.row.until_us = 0;
  EXPECT_THAT(csv(record), HasSubstr(",message,,,,"));
  EXPECT_THAT(shown(record), HasSubstr("time      not told\n"));
}

TEST_F(RecordTextTest, LosesNoByteOfAFieldThatIsNoText) {
  read_as("mbox");
  StoredRecord record = record_of(RecordKind::message);
  const FieldId subject = field_id("subject");
  record.fields = {{subject, "caf\xc3\xa9"}};
  EXPECT_THAT(csv(record), HasSubstr(",\"{\"\"subject\"\":\"\"caf\xc3\xa9\"\"}\"\n"));
  record.fields.emplace_back(subject, "caf\xe9\\");
  EXPECT_THAT(csv(record),
              HasSubstr("{\"\"subject\"\":[\"\"caf\xc3\xa9\"\",\"\"caf\\\\xe9\\\\\\\\\"\"],"
                        "\"\"subject_hex\"\":\"\"636166e95c\"\"}"));
}

TEST_F(RecordTextTest, TellsAnIdOfZeroWhereEveryLookUpHasOne) {
  DnsRow row;
  row.flags = kHasQuery;
  const auto texts = [&] {
    std::string line, shown;
    RowText(state_).append_csv(line, row, 1);
    RowText(state_).append_for_person(shown, row, 1);
    return std::pair(line, shown);
  };
  for (const char* format : {"pcap_dns", "dnstap", "windows_dns_debug", "coredns_log"}) {
    read_as(format);
    EXPECT_THAT(texts().first, HasSubstr(",IN,,0,,,query\n")) << format;
    EXPECT_THAT(texts().second, HasSubstr("  id        0\n")) << format;
  }
  for (const char* format : {"bind_querylog", "zeek_dns", "suricata_eve", "c_dns", "delimited"}) {
    read_as(format);
    EXPECT_THAT(texts().first, HasSubstr(",IN,,,,,query\n")) << format;
    EXPECT_THAT(texts().second, Not(HasSubstr("  id "))) << format;
  }
  row.id = 7;
  EXPECT_THAT(texts().first, HasSubstr(",IN,,7,,,query\n"));
}

}  // namespace
}  // namespace assay
