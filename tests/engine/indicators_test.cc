// Lists of indicators from the file to the finding: what speaks, and what supports little.
#include <gmock/gmock.h>

#include "case_support.h"

namespace assay {
namespace {

using test::add_files;
using test::TempFolder;
using testing::HasSubstr;
using testing::Not;

// A log of Bank's look-ups in May 2016, of mail1.sender.example at 198.51.100.1, and other files.
Case examined(const TempFolder& folder, const std::map<std::string, std::string>& files) {
  test::write_all_to(folder / "query.log", test::query_log(200));
  Case made = Case::init(folder / "case", "Test", "UTC", 7, test::still_surroundings()).value();
  std::vector<std::string> paths{folder / "query.log"};
  for (const auto& [name, text] : files) {
    test::write_all_to(folder / name, text);
    paths.push_back(folder / name);
  }
  add_files(made, paths);
  Party bank;
  bank.name = "Bank";
  bank.addresses.push_back(IpPrefix::parse("192.0.2.0/24").value());
  Party sender;
  sender.name = "Sender";
  sender.names.push_back(NamePattern::parse("*.sender.example").value());
  EXPECT_TRUE(made.add_party(bank).ok());
  EXPECT_TRUE(made.add_party(sender).ok());
  Question question;
  question.between = {"Bank", "Sender"};
  EXPECT_TRUE(made.ask(question).ok());
  const auto outcome = made.examine();
  EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : outcome.error().message);
  return made;
}

std::string line_with(const TempFolder& folder, const std::string& file, const std::string& words) {
  for (const std::string& line : test::lines_of(test::read_all(folder / ("case/" + file)))) {
    if (line.find(words) != std::string::npos) return line;
  }
  return "";
}
std::string finding(const TempFolder& folder) {
  return line_with(folder, "findings.jsonl", "\"method\":\"indicators\"");
}

constexpr char kHeader[] = "indicator,type,source,valid_from,valid_until\n";
constexpr char kInForce[] = "which shows that it was asserted, not that it was so";

TEST(Indicators, AnEntryInForceSaysWhoAssertedItForWhen) {
  TempFolder folder;
  examined(folder, {{"list.csv", std::string(kHeader) +
                                     "mail1.sender.example,domain,Team A,2016-05-01,2016-05-31\n"
                                     "never.example,domain,Team A,2016-05-01,2016-05-31\n"}});
  const std::string said = finding(folder);
  EXPECT_THAT(said, HasSubstr("\"outcome\":\"found\""));
  EXPECT_THAT(said, HasSubstr("1 of 2 entries in 1 list stands in records of the case"));
  EXPECT_THAT(said, HasSubstr("mail1.sender.example, asserted by Team A from 2016-05-01T00:00:00Z "
                              "to 2016-05-31T23:59:59Z: 200 records"));
  EXPECT_THAT(said, HasSubstr(kInForce));
  EXPECT_THAT(test::read_all(folder / "case/verdict.json"),
              HasSubstr("somebody listed a name or address of the question for that time"));
  EXPECT_TRUE(test::problems_of(folder).empty());
}

TEST(Indicators, WithoutAListNothingCanBeHeldAgainstTheRecords) {
  TempFolder folder;
  examined(folder, {});
  EXPECT_THAT(finding(folder), HasSubstr("\"outcome\":\"not_applicable\""));
}

TEST(Indicators, AListOfOthersFindsNothing) {
  TempFolder folder;
  examined(folder,
           {{"list.csv", std::string(kHeader) + "never.example,domain,Team A,2016-05-01,\n"
                                                "ail1.sender.example,domain,Team A,2016-05-01,\n"
                                                "203.0.113.0/24,cidr,Team A,2016-05-01,\n"}});
  EXPECT_THAT(finding(folder), HasSubstr("\"outcome\":\"nothing_found\""));
  EXPECT_THAT(test::read_all(folder / "case/verdict.json"),
              Not(HasSubstr("somebody listed a name or address of the question")));
}

TEST(Indicators, WhatHadExpiredWasWithdrawnOrStandsAboveSupportsLittle) {
  const std::pair<const char*, const char*> kLines[] = {
      {"mail1.sender.example,domain,Team A,2010-05-01,2010-05-31\n", "expired at that time"},
      {"mail1.sender.example,domain,Team A,2020-05-01,\n", "not yet asserted at that time"},
      {"sender.example,domain,Team A,2016-05-01,\n", "what stands above was asserted"},
      {"198.51.100.0/24,cidr,Team A,2016-05-01,\n", "what stands above was asserted"},
      {"https://mail1.sender.example/a,url,Team A,2016-05-01,\n", "one part of what was asserted"},
      {"mail1.sender.example,domain,Team A,,\n", "no record can be placed in a stated period"},
  };
  for (const auto& [line, words] : kLines) {
    TempFolder folder;
    examined(folder, {{"list.csv", std::string(kHeader) + line}});
    EXPECT_THAT(finding(folder), HasSubstr(words)) << line;
    EXPECT_THAT(finding(folder), Not(HasSubstr(kInForce))) << line;
    EXPECT_THAT(test::read_all(folder / "case/verdict.json"),
                Not(HasSubstr("somebody listed a name or address of the question")));
  }
}

TEST(Indicators, AnAddressIsSharedWhenOtherDomainsHadItThen) {
  const std::string list = std::string(kHeader) + "198.51.100.1,ip,Team A,2016-05-01,\n";
  const auto told = [](const char* name, const char* from, const char* until) {
    return std::string("{\"rrname\":\"") + name +
           "\",\"rrtype\":\"A\",\"rdata\":\"198.51.100.1\",\"time_first\":\"" + from +
           "\",\"time_last\":\"" + until + "\",\"count\":3}\n";
  };
  {
    TempFolder folder;
    examined(folder, {{"list.csv", list},
                      {"pdns.json",
                       told("a.one.example", "2016-05-04T08:00:00Z", "2016-05-05T08:00:00Z") +
                           told("b.two.example", "2016-04-04T08:00:00Z", "2016-05-05T08:00:00Z") +
                           told("c.two.example", "2012-04-04T08:00:00Z", "2012-05-05T08:00:00Z")}});
    EXPECT_THAT(finding(folder), HasSubstr("2 names under 2 domains had it"));
    EXPECT_THAT(finding(folder), HasSubstr("shared with other domains at that time"));
  }
  TempFolder folder;  // one domain's own hosts
  examined(folder, {{"list.csv", list},
                    {"pdns.json",
                     told("a.one.example", "2016-05-04T08:00:00Z", "2016-05-05T08:00:00Z") +
                         told("b.one.example", "2016-05-04T08:00:00Z", "2016-05-05T08:00:00Z")}});
  EXPECT_THAT(finding(folder), HasSubstr(kInForce));
}

TEST(Indicators, StixAndMispSayWhoAndWhenAlike) {
  TempFolder folder;
  examined(folder,
           {{"bundle.json",
             R"({"type":"bundle","id":"bundle--1","objects":[
           {"type":"indicator","id":"indicator--1","created_by_ref":"identity--1",
            "pattern":"[domain-name:value = 'mail1.sender.example']","revoked":true,
            "valid_from":"2016-05-01T00:00:00Z"},
           {"type":"identity","id":"identity--1","name":"Team S"}]})"},
            {"event.json",
             R"({"Event":{"info":"x","date":"2016-05-01","Orgc":{"name":"Team M"},"analysis":"0",
           "Attribute":[{"type":"hostname","to_ids":true,"value":"MAIL1.sender.example"}]}})"}});
  EXPECT_THAT(finding(folder), HasSubstr("asserted by Team S from 2016-05-01T00:00:00Z without"));
  EXPECT_THAT(finding(folder), HasSubstr("withdrawn by who asserted it"));
  EXPECT_THAT(finding(folder), HasSubstr("asserted by Team M from 2016-05-01T00:00:00Z without"));
  EXPECT_THAT(finding(folder), HasSubstr(kInForce));
}

}  // namespace
}  // namespace assay
