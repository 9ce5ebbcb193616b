// pcap_smtp on what tcpdump saw of real mail servers (lab/mail), beside what they were made to do.
#include <gtest/gtest.h>

#include <sstream>

#include "record_read.h"
#include "smtp_read.h"

namespace assay::test {
namespace {

const std::string kLab = ASSAY_TEST_DATA "/lab/mail/";

struct Told {
  std::string start, end, address, recipient, outcome, code;
};

std::vector<Told> truth() {
  std::vector<Told> rows;
  std::istringstream lines(file_bytes(kLab + "truth.tsv"));
  std::string line;
  std::getline(lines, line);  // the head
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
    if (cells.size() != 12) continue;
    rows.push_back({cells[1], cells[2], cells[5], cells[9], cells[10], cells[11]});
  }
  return rows;
}

// The client that speaks no TLS was made to do these things, and the capture says that it did.
TEST(PcapSmtpLab, TellsWhatRealServersWereMadeToDo) {
  CollectingSink sink;
  read_smtp(unpacked(kLab + "records/smtp.pcap.gz"), sink);
  std::size_t found = 0;
  for (const Told& told : truth()) {
    if (told.recipient == "-" || told.address.starts_with("198.51.100.")) continue;
    for (const RecordRow& row : sink.records) {
      const std::string time = format_utc(row.time_us, 3);
      if (row.kind != RecordKind::mail || sink.hosts.at(row.client) != told.address ||
          time < told.start || time > told.end) {
        continue;
      }
      ++found;
      EXPECT_EQ(sink.texts_of(row.number, "recipient").at(0), told.recipient);
      const std::string outcome = told.outcome == "left" ? "unfinished" : told.outcome;
      EXPECT_EQ(sink.texts_of(row.number, "status").at(0), outcome) << time;
      EXPECT_TRUE(told.code == "-" || std::to_string(row.code) == told.code) << time;
    }
  }
  EXPECT_EQ(found, 12u);
  std::size_t hidden = 0;
  for (const RecordRow& row : sink.records) {
    const auto reasons = sink.texts_of(row.number, "reason");
    hidden += !reasons.empty() && reasons[0] == "starttls";
  }
  EXPECT_EQ(hidden, 12u);
  EXPECT_EQ(sink.noted("pcap_smtp.stray_reply"), 0u);
}

}  // namespace
}  // namespace assay::test
