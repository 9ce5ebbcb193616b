#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "golden.h"
#include "read_text.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;
using testing::ElementsAre;

constexpr std::string_view kTail =
    " queries: info: client @0x7f15 192.0.2.9#4003 (clinic.example): query: clinic.example IN A "
    "-E(0) (198.51.100.53)\n";

const Reader& reader() { return *find_reader("bind_querylog"); }

std::string line_at(std::string_view stamp) { return std::string(stamp) + std::string(kTail); }

Status read(std::string_view text, CollectingSink& sink, const ReadContext& context = {}) {
  MemorySource source(text);
  Status status = reader().read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

TEST(BindQuerylog, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("bind_querylog")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST(BindQuerylog, RowsCarryTheBytesOfTheirLine) {
  const std::string text = "\n" + line_at("22-Nov-2026 17:41:10.002");
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(text.substr(sink.rows[0].offset, sink.rows[0].length) + "\n", text.substr(1));
}

TEST(BindQuerylog, ReadsLocalStampsThroughTheZoneAndAddsTheSkew) {
  ReadContext context;
  context.clock.zone = "Europe/Berlin";
  context.clock.skew_us = -2'000'000;
  CollectingSink sink;
  ASSERT_TRUE(
      read(line_at("25-Feb-2016 11:09:43.651") + line_at("2016-02-25T10:09:43.651Z"), sink, context)
          .ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(format_utc(sink.rows[0].time_us, 3), "2016-02-25T10:09:41.651Z");
  EXPECT_EQ(format_utc(sink.rows[1].time_us, 3), "2016-02-25T10:09:41.651Z");
}

TEST(BindQuerylog, WidensTheHourThatHappenedTwiceAndFlagsTheOneThatDidNot) {
  ReadContext context;
  context.clock.zone = "Europe/Berlin";
  CollectingSink sink;
  ASSERT_TRUE(read(line_at("30-Oct-2016 01:59:59.000") + line_at("30-Oct-2016 02:30:00") +
                       line_at("30-Oct-2016 03:00:00.000") + line_at("27-Mar-2016 02:30:00.000"),
                   sink, context)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 4u);
  EXPECT_EQ(sink.rows[0].width_us, 1'000u);
  EXPECT_EQ(format_utc(sink.rows[1].time_us), "2016-10-30T00:30:00Z");
  EXPECT_EQ(sink.rows[1].width_us, 3'601'000'000u);
  EXPECT_TRUE(sink.rows[1].flags & kLocalTimeAmbiguous);
  EXPECT_EQ(format_utc(sink.rows[2].time_us), "2016-10-30T02:00:00Z");
  EXPECT_FALSE(sink.rows[2].flags & kLocalTimeAmbiguous);
  EXPECT_TRUE(sink.rows[3].flags & kLocalTimeNonexistent);
}

TEST(BindQuerylog, RefusesStampsWithoutAYearWhenNobodyKnowsIt) {
  CollectingSink sink;
  ASSERT_TRUE(read(line_at("Feb 25 11:09:43.651"), sink).ok());
  EXPECT_THAT(sink.reject_codes(), ElementsAre("time.year_unknown"));
  EXPECT_NE(sink.rejects[0].why.find("--year"), std::string::npos);
}

TEST(BindQuerylog, CountsTheYearsOnFromTheStatedYearOfTheFirstLine) {
  ReadContext context;
  context.clock.year = 2015;
  context.clock.last_year = 2026;
  CollectingSink sink;
  ASSERT_TRUE(read(line_at("Dec 31 23:59:59.900") + line_at("Jan  1 00:00:00.100") +
                       line_at("Dec 31 23:59:59.950") + line_at("Jan  1 00:00:01.000") +
                       line_at("Dec 24 12:00:00.000") + line_at("Jan  2 12:00:00.000"),
                   sink, context)
                  .ok());
  std::vector<std::string> days;
  for (const DnsRow& row : sink.rows) {
    days.push_back(format_utc(row.time_us).substr(0, 10));
    EXPECT_TRUE(row.flags & kYearInferred);
  }
  EXPECT_THAT(days, ElementsAre("2015-12-31", "2016-01-01", "2015-12-31", "2016-01-01",
                                "2016-12-24", "2017-01-02"));
  EXPECT_EQ(sink.noted("bind.year_inferred"), 6u);
}

TEST(BindQuerylog, StepsBackOverTheNewYearInTheFirstLines) {
  ReadContext context;
  context.clock.year = 2021;
  CollectingSink sink;
  ASSERT_TRUE(read(line_at("Jan  1 00:00:00.001") + line_at("Dec 31 23:59:59.999") +
                       line_at("Jan  1 00:00:00.002") + line_at("Mar  1 00:00:00.000"),
                   sink, context)
                  .ok());
  std::vector<std::string> days;
  for (const DnsRow& row : sink.rows) days.push_back(format_utc(row.time_us).substr(0, 10));
  EXPECT_THAT(days, ElementsAre("2021-01-01", "2020-12-31", "2021-01-01", "2021-03-01"));
}

TEST(BindQuerylog, RefusesYearsThatRunPastTheLastChange) {
  std::string three;  // logs put together, each January to September of 2016
  for (int i = 0; i < 3; ++i) three += line_at("Jan 10 10:00:00") + line_at("Sep 20 10:00:00");
  ReadContext context;
  context.clock.year = 2016;
  context.clock.last_change_us = utc_micros({2016, 10, 1});
  CollectingSink sink;
  const Status status = read(three, sink, context);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::usage);
  EXPECT_NE(status.error().message.find("reach 2018"), std::string::npos);
  EXPECT_NE(status.error().mend.find("put together"), std::string::npos);
  context.clock.last_change_us = utc_micros({1980, 1, 1});  // the copier's clock was wrong
  CollectingSink other;
  ASSERT_TRUE(read(three, other, context).ok());
  ASSERT_EQ(other.notes().size(), 1u);
  EXPECT_NE(other.notes()[0].text.find("a hole of 112 days"), std::string::npos)
      << other.notes()[0].text;
}

TEST(BindQuerylog, DatesBackFromTheYearOfTheLastChangeInASecondRead) {
  const std::string text = line_at("Nov 30 10:00:00") + line_at("Jan  2 10:00:00");
  ReadContext context;
  context.clock.last_year = 2017;
  CollectingSink first;
  EXPECT_FALSE(read(text, first, context).ok());
  ASSERT_EQ(first.first_year_wanted(), 2016);
  context.first_year = first.first_year_wanted();
  CollectingSink second;
  ASSERT_TRUE(read(text, second, context).ok());
  EXPECT_FALSE(second.first_year_wanted());
  EXPECT_EQ(format_utc(second.rows[0].time_us), "2016-11-30T10:00:00Z");
  EXPECT_EQ(format_utc(second.rows[1].time_us), "2017-01-02T10:00:00Z");
}

TEST(BindQuerylog, DoesNotDateALogAfterItsLastChange) {
  ReadContext context;
  context.clock.last_change_us = utc_micros({2017, 1, 3});
  context.clock.last_year = 2017;
  CollectingSink first;
  EXPECT_FALSE(read(line_at("Dec 30 10:00:00"), first, context).ok());
  EXPECT_EQ(first.first_year_wanted(), 2016);
  CollectingSink second;
  EXPECT_TRUE(read(line_at("Jan  3 23:00:00"), second, context).ok());
}

TEST(BindQuerylog, RefusesTimesOutsideTheYears1To9999) {
  for (const char* zone : {"UTC", "America/New_York"}) {
    ReadContext context;
    context.clock.zone = zone;
    context.clock.year = 2016;
    context.clock.skew_us = 30'000'000;
    CollectingSink sink;
    ASSERT_TRUE(read(line_at("0000-02-25T11:09:43.651") + line_at("0000-12-31T23:59:59Z") +
                         line_at("9999-12-31T23:59:45") + line_at("25-Feb-2016 11:09:43.651"),
                     sink, context)
                    .ok());
    EXPECT_THAT(sink.reject_codes(),
                ElementsAre("time.out_of_range", "time.out_of_range", "time.out_of_range"));
    ASSERT_EQ(sink.rows.size(), 1u);
    EXPECT_FALSE(sink.rows[0].flags & kYearInferred);
  }
}

TEST(BindQuerylog, ReadsQueriesWhateverTheProgramIsCalled) {
  const std::string message =
      "client @0x7f15 192.0.2.9#4003 (a.example): query: a.example IN A -E(0) (198.51.100.53)\n";
  CollectingSink sink;
  ASSERT_TRUE(read("Feb 25 2016 11:09:43 ns1 bind9[1]: " + message +
                       "<30>1 2016-02-25T11:09:43.651Z ns1 container 1 - - " + message +
                       "Feb 25 2016 11:09:43 mx1 smtpd[9]: client 192.0.2.9 sent query: none\n" +
                       "Feb 25 2016 11:09:43 mx1 smtpd[9]: connect from client 192.0.2.9\n",
                   sink)
                  .ok());
  EXPECT_EQ(sink.rows.size(), 2u);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("bind.client.unreadable"));
  EXPECT_EQ(sink.noted("bind.other_program"), 1u);
}

TEST(BindQuerylog, CountsTheLookUpsThatSyslogHeldBack) {
  const std::string stamp = "Feb 25 2016 11:09:43 ns1 ";
  const std::string message =
      "client @0x7f15 192.0.2.9#4003 (a.example): query: a.example IN A -E(0) (198.51.100.53)";
  CollectingSink sink;
  ASSERT_TRUE(
      read(stamp + "named[1]: " + message + "\n" + stamp + "last message repeated 3 times\n" +
               stamp + "named[1]: message repeated 2 times: [ " + message + "]\n" + stamp +
               "named[1]: zone a.example/IN: loaded\n" + stamp + "last message repeated 7 times\n",
           sink)
          .ok());
  EXPECT_EQ(sink.rows.size(), 1u);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("bind.repeated", "bind.repeated"));
  EXPECT_THAT(sink.rejects[0].why, testing::HasSubstr("3 look-ups"));
  EXPECT_EQ(sink.noted("bind.repeats_missing"), 5u);
  EXPECT_EQ(sink.noted("bind.other_line"), 2u);
}

TEST(BindQuerylog, KeepsQueriesOfTypeZero) {
  CollectingSink sink;
  ASSERT_TRUE(
      read("25-Feb-2016 11:09:45.651 client 192.0.2.9#1035: query: a.example IN RESERVED0 +\n",
           sink)
          .ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].qtype, 0u);
}

TEST(BindQuerylog, RefusesTheLeapDayOfAYearWithoutOne) {
  ReadContext context;
  context.clock.year = 2015;
  CollectingSink sink;
  ASSERT_TRUE(read(line_at("Feb 29 10:00:00"), sink, context).ok());
  EXPECT_THAT(sink.reject_codes(), ElementsAre("time.no_such_day"));
}

TEST(BindQuerylog, SniffTakesQueryLogsAndLeavesOthers) {
  EXPECT_GE(reader().sniff(line_at("22-Nov-2026 17:41:10.002")).score, 90);
  EXPECT_EQ(reader().sniff("date,client,name\n2026-11-22,192.0.2.9,a.example\n").score, 0);
  EXPECT_EQ(reader().sniff("Nov 22 17:41:11 mx1 smtpd[99]: connect from unknown\n").score, 0);
  EXPECT_EQ(reader().sniff("").score, 0);
}

TEST(BindQuerylog, GivesTheSameRowsForThreePrintStylesOfOneServer) {
  std::vector<std::string> golden;
  for (const char* name : {"bind-query", "bind-query-bare", "bind-query-iso8601"}) {
    ASSAY_NEED_SHARED(path, std::string("live/") + name + ".log");
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    EXPECT_EQ(sink.rows.size(), 630u);
    EXPECT_TRUE(sink.rejects.empty());
    for (DnsRow& row : sink.rows) row.offset = row.length = 0;
    const std::string all = sink.golden();
    golden.push_back(all.substr(0, all.find("{\"note\"")));
    golden.back() = golden.back().substr(0, golden.back().find("{\"units\""));
  }
  EXPECT_EQ(golden[0], golden[1]);
  EXPECT_EQ(golden[0], golden[2]);
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// The canonical text of an uncompressed wire name.
std::string canonical_of_wire(std::string_view wire) {
  std::string out;
  for (std::size_t at = 0; at < wire.size() && wire[at] != 0;) {
    const auto length = static_cast<unsigned char>(wire[at]);
    if (at > 0) out.push_back('.');
    append_canonical_label(wire.substr(at + 1, length), out);
    at += length + 1u;
  }
  return out;
}

// truth.tsv holds what the clients put on the wire; those that asked BIND itself (port 5301) must
// stand in its log under the same names, the awkward ones too.
TEST(BindQuerylog, NamesAreThoseThatWentOverTheWire) {
  ASSAY_NEED_SHARED(truth_path, "live/truth.tsv");
  ASSAY_NEED_SHARED(log_path, "live/bind-query.log");
  CollectingSink sink;
  ASSERT_TRUE(read(test::file_bytes(log_path), sink).ok());
  std::map<std::string, std::string> logged;  // "client:port type" -> name
  for (const DnsRow& row : sink.rows) {
    logged[fmt::format("{}:{}", sink.hosts.at(row.client), row.client_port)] =
        sink.names.at(row.qname);
  }
  std::istringstream truth(test::file_bytes(truth_path));
  std::size_t compared = 0, awkward = 0;
  for (std::string line; std::getline(truth, line);) {
    std::istringstream words(line);
    std::string epoch, client, port, server_port, proto, id, hex, rest;
    words >> epoch >> client >> port >> server_port >> proto >> id >> hex;
    if (server_port != "5301") continue;
    const auto found = logged.find(client + ":" + port);
    ASSERT_NE(found, logged.end()) << line;
    EXPECT_EQ(found->second, canonical_of_wire(from_hex(hex))) << line;
    ++compared;
    awkward += found->second.find('\\') != std::string::npos;
  }
  EXPECT_EQ(compared, 163u);
  EXPECT_GE(awkward, 20u);
}

}  // namespace
}  // namespace assay
