#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "read_text.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;
using testing::ElementsAre;
using testing::HasSubstr;

const Reader& reader() { return *find_reader("delimited"); }

Status read(std::string_view text, CollectingSink& sink, const ReadContext& context = {}) {
  MemorySource source(text);
  Status status = reader().read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

ReadContext with_mapping(std::string_view toml) {
  ReadContext context;
  auto mapping = parse_mapping(toml, "m.toml");
  EXPECT_TRUE(mapping.ok()) << (mapping.ok() ? "" : mapping.error().message);
  if (mapping.ok()) context.mapping = *mapping;
  return context;
}

TEST(Delimited, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("delimited")) {
    SCOPED_TRACE(path);
    const std::string bytes = test::file_bytes(path);
    ReadContext context;
    if (const auto toml = path.string() + ".toml"; std::filesystem::exists(toml)) {
      context = with_mapping(test::file_bytes(toml));
    }
    CollectingSink sink;
    const Status status = read(bytes, sink, context);
    ASSERT_TRUE(status.ok()) << status.error().message;
    test::expect_golden(path, reader().describe_plan(bytes) + sink.golden());
  }
}

TEST(Delimited, ReadsTheSameByThePlanThatItPrints) {
  for (const auto& path : test::samples_of("delimited")) {
    if (std::filesystem::exists(path.string() + ".toml")) continue;
    SCOPED_TRACE(path);
    const std::string bytes = test::file_bytes(path);
    CollectingSink guessed, mapped;
    ASSERT_TRUE(read(bytes, guessed).ok());
    ASSERT_TRUE(read(bytes, mapped, with_mapping(reader().describe_plan(bytes))).ok());
    EXPECT_EQ(guessed.golden(), mapped.golden());
  }
}

// A folder of logs in local time is added with --zone; a table in it may say that it has UTC.
TEST(Delimited, AColumnOfTimesThatSaysUtcGoesBeforeTheZoneThatIsStated) {
  ReadContext context;
  context.clock.zone = "America/New_York";
  const std::string row = "2026-07-21 10:00:00,192.0.2.7,www.bank.example\n";
  CollectingSink told, untold;
  ASSERT_TRUE(read("time_utc,client,qname\n" + row, told, context).ok());
  ASSERT_TRUE(read("time,client,qname\n" + row, untold, context).ok());
  ASSERT_EQ(told.rows.size(), 1u);
  ASSERT_EQ(untold.rows.size(), 1u);
  EXPECT_EQ(format_utc(told.rows[0].time_us), "2026-07-21T10:00:00Z");
  EXPECT_EQ(format_utc(untold.rows[0].time_us), "2026-07-21T14:00:00Z");
  EXPECT_EQ(told.noted("delimited.times_are_utc"), 1u);
}

constexpr std::string_view kDoubtful =
    "time,client,qname\n"
    "04/05/2016 10:30,192.0.2.10,mail1.sender.example\n"
    "06/05/2016 10:30,192.0.2.10,mail1.sender.example\n";

TEST(Delimited, AsksWhenDayAndMonthCannotBeToldApart) {
  CollectingSink sink;
  const Status status = read(kDoubtful, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::usage);
  EXPECT_THAT(status.error().message, HasSubstr("04/05/2016 10:30"));
  EXPECT_THAT(status.error().mend, HasSubstr("%d/%m/%Y %H:%M"));
  EXPECT_THAT(status.error().mend, HasSubstr("%m/%d/%Y %H:%M"));
  EXPECT_THAT(reader().describe_plan(kDoubtful), HasSubstr("day first or month first"));
}

TEST(Delimited, ReadsDoubtfulDatesAsTheMappingStates) {
  CollectingSink sink;
  ASSERT_TRUE(read(kDoubtful, sink, with_mapping(R"(time_format = "%d/%m/%Y %H:%M"
[columns]
time = "time"
client = "client"
qname = "qname")"))
                  .ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(format_utc(sink.rows[0].time_us), "2016-05-04T10:30:00Z");
  EXPECT_EQ(sink.rows[0].width_us, 60'000'000u);
}

// "16/09/23" is 16 September 2023 here and 23 September 2016 there.
TEST(Delimited, AsksWhetherAYearOfTwoDigitsComesFirst) {
  std::string text = "time,client,name\n";
  for (const char* date : {"16/09/23 13:56:29", "16/09/24 13:56:29", "16/09/25 13:56:29"}) {
    text += fmt::format("{},192.0.2.10,a.example\n", date);
  }
  CollectingSink sink;
  const Status status = read(text, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("day first or year first"));
  EXPECT_THAT(status.error().mend, HasSubstr("%d/%m/%y %H:%M:%S\" or \"%y/%m/%d %H:%M:%S"));
  CollectingSink told;
  ASSERT_TRUE(read(text, told, with_mapping(R"(time_format = "%y/%m/%d %H:%M:%S"
[columns]
time = "time"
client = "client"
qname = "name")"))
                  .ok());
  ASSERT_EQ(told.rows.size(), 3u);
  EXPECT_EQ(format_utc(told.rows[2].time_us), "2016-09-25T13:56:29Z");
}

TEST(Delimited, RefusesAMappingThatLeavesTheDateOpen) {
  const std::string text =
      "date,time,client,name\n2016-09-23,13:56:29,192.0.2.1,a.example\n"
      "2016-09-24,13:56:29,192.0.2.1,a.example\n";
  const std::string columns = "[columns]\ntime = \"time\"\nclient = \"client\"\nqname = \"name\"\n";
  for (const char* format : {"", "%H:%M:%S", "%d %H:%M:%S"}) {
    CollectingSink sink;
    const Status status =
        read(text, sink, with_mapping(fmt::format("time_format = \"{}\"\n{}", format, columns)));
    ASSERT_FALSE(status.ok()) << format;
    EXPECT_THAT(status.error().mend, HasSubstr("date = "));
  }
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink, with_mapping(columns + "date = \"date\"\n")).ok());
  EXPECT_EQ(format_utc(sink.rows[1].time_us), "2016-09-24T13:56:29Z");
}

TEST(Delimited, ReadsLocalTimesInTheZoneOfTheClock) {
  ReadContext context;
  context.clock.zone = "America/New_York";
  context.clock.skew_us = 1'000'000;
  CollectingSink sink;
  ASSERT_TRUE(read("time,client,qname\n"
                   "2016-09-23 13:56:29,192.0.2.10,a.example\n"
                   "2016-09-23 13:56:29Z,192.0.2.10,a.example\n"
                   "1474638989,192.0.2.10,a.example\n",
                   sink, context)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 3u);
  EXPECT_EQ(format_utc(sink.rows[0].time_us), "2016-09-23T17:56:30Z");
  EXPECT_EQ(format_utc(sink.rows[1].time_us), "2016-09-23T13:56:30Z");
  EXPECT_EQ(format_utc(sink.rows[2].time_us), "2016-09-23T13:56:30Z");
}

TEST(Delimited, RefusesTimesThatTheSkewCarriesOutOfTheYears1To9999) {
  ReadContext context;
  context.clock.skew_us = INT64_MAX;
  CollectingSink sink;
  ASSERT_TRUE(read("time,client,qname\n"
                   "1474638989,192.0.2.10,a.example\n"
                   "2016-09-23 13:56:29,192.0.2.10,a.example\n",
                   sink, context)
                  .ok());
  EXPECT_THAT(sink.reject_codes(), ElementsAre("time.out_of_range", "time.out_of_range"));
}

TEST(Delimited, SaysWhichColumnsAreMissingAndWhatWasFound) {
  CollectingSink sink;
  const Status status = read("time,colour\n2016-09-23T13:56:29Z,red\n", sink);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("no column for: client, qname"));
  EXPECT_THAT(status.error().message, HasSubstr("'time' (time), 'colour'"));
}

TEST(Delimited, AsksForTheDateOfATimeOfDay) {
  CollectingSink sink;
  const Status status = read("time,client,name\n13:56:29,192.0.2.1,a.example\n", sink);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("'time' holds the time of day"));
}

TEST(Delimited, RefusesAMappingThatDoesNotFit) {
  CollectingSink sink;
  const Status status = read(kDoubtful, sink, with_mapping("[columns]\ntime = \"tmie\"\n"));
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("there is no column 'tmie'"));
  EXPECT_THAT(status.error().mend, HasSubstr("'time'"));
}

TEST(Delimited, ReadsRowsWhoseQuotedCellHoldsLineBreaks) {
  const std::string text =
      "time,client,qname,note\r\n2016-09-23T13:56:29Z,192.0.2.10,a.example,\"one\r\ntwo\"\r\n";
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(text.substr(sink.rows[0].offset, sink.rows[0].length) + "\r\n",
            text.substr(text.find('\n') + 1));
}

TEST(Delimited, ReadsListsWhoseLinesEndInCarriageReturnsAlone) {
  std::string text = "time,client,name,type\r";
  for (int i = 0; i < 100; ++i) {
    text += fmt::format("2016-09-23T13:{:02}:29Z,192.0.2.10,a.example,MX\r", i % 60);
  }
  const SniffChoice choice = choose_reader(text);
  ASSERT_EQ(choice.reader, &reader()) << choice.why;
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_EQ(sink.rows.size(), 100u);
  EXPECT_TRUE(sink.rejects.empty());
  EXPECT_EQ(sink.noted("text.cr_line_ends"), 1u);
}

TEST(Delimited, TakesTheDelimiterThatTheFirstLineStates) {
  const std::string text =
      "sep=;\r\ntime;client;qname\r\n2016-09-23T13:56:29Z;192.0.2.10;a.example\r\n";
  ASSERT_EQ(choose_reader(text).reader, &reader()) << choose_reader(text).why;
  CollectingSink sink, mapped;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.balance().blank, 2u);
  ASSERT_TRUE(read(text, mapped, with_mapping(reader().describe_plan(text))).ok());
  EXPECT_EQ(sink.golden(), mapped.golden());
}

TEST(Delimited, FindsTheColumnsBehindALongPreface) {
  std::string text, preface;
  for (int i = 0; i < 500; ++i) preface += "exported by hand\n";
  text = preface + "time,client,name\n2016-09-23T13:56:29Z,192.0.2.10,a.example\n";
  CollectingSink sink;
  const Status status = read(text, sink, with_mapping(R"(skip_lines = 500
[columns]
time = "time"
client = "client"
qname = "name")"));
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(sink.rows.size(), 1u);
}

TEST(Delimited, TakesOnlyColumnsWhoseContentBearsOutTheirHeader) {
  std::string text = "id,time,client,qname,type,response,port\n";
  for (int i = 1; i <= 300; ++i) {
    text += fmt::format("{},2016-09-23T13:56:29Z,192.0.2.10,a.example,query,203.0.113.7,-\n",
                        65'300 + i);
  }
  EXPECT_THAT(reader().describe_plan(text), HasSubstr("# not used: \"id\""));
  EXPECT_THAT(reader().describe_plan(text), HasSubstr("# not used: \"type\""));
  EXPECT_THAT(reader().describe_plan(text), HasSubstr("# not used: \"response\""));
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_EQ(sink.rows.size(), 300u);
  EXPECT_TRUE(sink.rejects.empty());
  EXPECT_EQ(sink.rows[0].id, 0u);
}

TEST(Delimited, KeepsTheRowWhenACellThatIsNotNeededCannotBeRead) {
  const std::string text =
      "time,client,name,type,rcode,ttl,id\n"
      "2016-09-23T13:56:29Z,192.0.2.10,a.example,A,NOERROR,60,777\n"
      "2016-09-23T13:56:30Z,192.0.2.10,a.example,A,NXDOMAIN,60,12\n"
      "2016-09-23T13:56:30Z,192.0.2.10,null,MX,0,60,12\n"
      "2016-09-23T13:56:31Z,192.0.2.10,a.example,-,NULL,\\N,null\n"
      "2016-09-23T13:56:32Z,192.0.2.10,a.example,NOSUCH,late,soon,99999\n"
      "2016-09-23T13:56:33Z,-,a.example,A,0,60,12\n";
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  ASSERT_EQ(sink.rows.size(), 5u);
  EXPECT_EQ(sink.rows[1].rcode, 3u);
  EXPECT_EQ(sink.names.at(sink.rows[2].qname), "null");
  for (const std::size_t i : {3, 4}) {
    EXPECT_EQ(sink.rows[i].qtype, kNoQtype);
    EXPECT_EQ(sink.rows[i].rcode, kNoRcode);
    EXPECT_EQ(sink.rows[i].ttl, kNoTtl);
    EXPECT_FALSE(sink.rows[i].flags & kHasAnswer);
  }
  EXPECT_EQ(sink.noted("delimited.type.unreadable"), 1u);
  EXPECT_EQ(sink.noted("delimited.field.unreadable"), 2u);
  EXPECT_EQ(sink.noted("delimited.ttl.unreadable"), 1u);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("delimited.cell.empty"));
}

// Scans, leases, logins and a proxy's requests hold a time, an address and a name as well.
TEST(Delimited, TakesNoListForLookUpsThatSaysNothingOfDns) {
  const std::string row = "2016-09-23T13:56:29Z,203.0.113.25,mail1.sender.example";
  for (const char* header :
       {"date,ip,hostname", "time,address,name", "seen,rdata,rrname", "time,client,name",
        "time,Source IP,host", "Login time,Client address,Server name", "date,source,domain"}) {
    const std::string text = fmt::format("{}\n{}\n{}\n", header, row, row);
    EXPECT_EQ(reader().sniff(text).score, 50) << header;
    CollectingSink sink;
    const Status status = read(text, sink);
    ASSERT_FALSE(status.ok()) << header;
    EXPECT_THAT(status.error().message, HasSubstr("nothing says that these were asked for"));
    CollectingSink told;
    EXPECT_TRUE(read(text, told, with_mapping(reader().describe_plan(text))).ok());
    EXPECT_EQ(told.rows.size(), 2u);
  }
  EXPECT_EQ(reader().sniff(row + ",LOGIN\n").score, 50) << "no header, no record types";
  EXPECT_EQ(reader().sniff("time,client_ip,domain,status\n" + row + ",404\n").score, 50);
}

TEST(Delimited, TakesListsForLookUpsByAWordOfDnsOrAColumnOfRecordTypes) {
  const std::string row = "2016-09-23T13:56:29Z,203.0.113.25,mail1.sender.example";
  for (const char* header : {"time,ip,query", "time,client,qname", "date,resolver,host"}) {
    EXPECT_GT(reader().sniff(fmt::format("{}\n{}\n", header, row)).score, 50) << header;
  }
  EXPECT_GT(reader().sniff("time,client,name,type\n" + row + ",AAAA\n").score, 50);
  EXPECT_GT(reader().sniff(row + ",MX\n").score, 50);
}

TEST(Delimited, FindsTheEndOfACellThroughDoubledQuotes) {
  const std::string row = "2016-09-23T13:56:29Z,192.0.2.10,a.example,";
  std::string text =
      "time,client,name,note\n" + row + "\"one \"\"two\"\"\n\"\"three\"\"\n,four\"\n";
  // The first quote ends a cell that is open before the line, the second one opens another.
  for (int i = 0; i < 100; ++i) text += "2016-09-23T13:56:29Z,192.0.2.10,a\"b,\"never closed\n";
  text += row + "last\n";
  CollectingSink sink;
  const ReadContext context =
      with_mapping("[columns]\ntime = \"time\"\nclient = \"client\"\nqname = \"name\"\n");
  ASSERT_TRUE(read(text, sink, context).ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(text[sink.rows[0].offset + sink.rows[0].length - 1], '"');
  EXPECT_EQ(sink.rejects.size(), 100u);
  EXPECT_EQ(sink.balance().units, 103u);
}

TEST(Delimited, DatesYearlessTimesBackFromTheLastChange) {
  ReadContext context;
  context.clock.last_year = 2017;
  const std::string text =
      "time,client,qname\nDec 31 23:00:00,192.0.2.1,a.example\nJan  1 "
      "01:00:00,192.0.2.1,a.example\n";
  CollectingSink first;
  EXPECT_FALSE(read(text, first, context).ok());
  ASSERT_EQ(first.first_year_wanted(), 2016);
  context.first_year = 2016;
  CollectingSink second;
  ASSERT_TRUE(read(text, second, context).ok());
  EXPECT_EQ(format_utc(second.rows[0].time_us), "2016-12-31T23:00:00Z");
  EXPECT_EQ(second.noted("delimited.year_inferred"), 2u);
}

TEST(Delimited, SniffTakesListsOfLookUpsOnly) {
  EXPECT_GE(reader().sniff(kDoubtful).score, 40);
  EXPECT_EQ(reader().sniff("name,price\nbread,3\n").score, 0);
  EXPECT_EQ(reader().sniff("time,src,dst\n1474638989,192.0.2.1,192.0.2.2\n").score, 0);
  EXPECT_EQ(reader().sniff("Nov 21 19:41:36 dnsmasq[9]: query[A] a.example from 192.0.2.1\n").score,
            0);
  EXPECT_EQ(reader().sniff("").score, 0);
  EXPECT_EQ(reader().sniff(std::string_view("\0\0,\0\n", 5)).score, 0);
}

TEST(DelimitedMapping, NamesLineAndNearestWordOfAMistake) {
  const auto field = parse_mapping("[columns]\nclinet = 1\n", "m.toml");
  ASSERT_FALSE(field.ok());
  EXPECT_THAT(field.error().message, HasSubstr("m.toml:2: 'clinet'"));
  EXPECT_THAT(field.error().mend, HasSubstr("'client'"));
  const auto key = parse_mapping("delimeter = \",\"\n", "m.toml");
  ASSERT_FALSE(key.ok());
  EXPECT_THAT(key.error().mend, HasSubstr("'delimiter'"));
  EXPECT_FALSE(parse_mapping("delimiter = \"ab\"\n", "m.toml").ok());
  EXPECT_FALSE(parse_mapping("delimiter = \n", "m.toml").ok());
  EXPECT_FALSE(parse_mapping("time_format = \"%Q %H\"\n", "m.toml").ok());
  EXPECT_FALSE(parse_mapping("time_format = \"%d/%m/%Y\"\n", "m.toml").ok());
}

}  // namespace
}  // namespace assay
