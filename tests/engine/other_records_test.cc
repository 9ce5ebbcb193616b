#include "engine/other_records.h"

#include <gtest/gtest.h>

#include "assay/reader.h"
#include "engine/question_interest.h"
#include "text_source.h"

namespace assay {
namespace {

using ::testing::Test;

class OtherRecordsTest : public Test {
 protected:
  void SetUp() override {
    Party bank{.name = "Bank"}, sender{.name = "Sender"};
    bank.addresses = {IpPrefix::parse("192.0.2.0/24").value()};
    bank.names = {NamePattern::parse("bank.example").value()};
    sender.names = {NamePattern::parse("mail1.sender.example").value()};
    case_file_.parties = {bank, sender};
    question_.id = "q1";
    question_.between = {"Bank", "Sender"};
  }

  void add(std::string_view format, std::string text) {
    Evidence evidence;
    evidence.number = static_cast<std::uint32_t>(evidences_.size() + 1);
    evidence.id = "file-" + std::to_string(evidence.number);
    evidence.state = ReadState::read;
    evidence.format = format;
    ASSERT_TRUE(store_->begin(evidence.number).ok());
    auto sink = make_store_sink(
        *store_, evidence.number, [](const Reject&) { return Status(); }, 4'096);
    TextSource source(text);
    ASSERT_TRUE(find_reader(format)->read(source, {}, *sink).ok());
    ASSERT_TRUE(finish_store_sink(*sink).ok());
    ASSERT_TRUE(store_->commit(evidence.number).ok());
    for (std::size_t kind = 0; kind < kRecordKinds; ++kind) {
      evidence.kinds[std::string(kind_word(static_cast<RecordKind>(kind)))] = 1;
    }
    evidences_.push_back(std::move(evidence));
  }

  OtherRecords load(const OtherLimits& limits = {}) {
    auto loaded = load_other_records(*store_, case_file_, question_, evidences_, {}, limits);
    EXPECT_TRUE(loaded.ok());
    return loaded.ok() ? std::move(*loaded) : OtherRecords();
  }

  std::unique_ptr<RecordStore> store_ = make_memory_store(7);
  std::vector<Evidence> evidences_;
  CaseFile case_file_;
  Question question_;
};

TEST_F(OtherRecordsTest, FollowsTheAddressThatAZoneGivesToAName) {
  add("zone_file",
      "$DATE 20261122043009\n$ORIGIN sender.example.\n$TTL 1h\n@ IN SOA ns1 host ( 1 1d 2h 4w 5m "
      ")\n"
      "mail1 IN A 198.51.100.9\nother IN A 203.0.113.7\n");
  add("ptr_list",
      "# sweep of 2026-11-22\n198.51.100.9 mail1.sender.example\n"
      "198.51.100.77 else.example\n203.0.114.1 far.example\n");
  const OtherRecords records = load();
  ASSERT_EQ(records.addresses.size(), 1u);
  EXPECT_EQ(records.addresses[0].name, "mail1.sender.example");
  EXPECT_EQ(records.addresses[0].address.to_string(), "198.51.100.9");
  EXPECT_FALSE(records.addresses[0].seen.empty());
  std::set<std::string> ptr;
  for (const OtherRow& row : records.rows) {
    if (const auto name = row.field(field_id("ptr_name")); !name.empty()) ptr.emplace(name);
  }
  EXPECT_EQ(ptr, (std::set<std::string>{"mail1.sender.example", "else.example"}));
}

// One session of a Postfix log: whom it says that it had at the other end.
std::string rejected(const std::string& peer, int day = 3) {
  return "2026-03-0" + std::to_string(day) +
         "T09:14:01.000000+00:00 mx1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from " + peer +
         ": 554 5.7.1 <x@else.example>: Relay access denied; from=<a@b.example> "
         "to=<x@else.example> proto=ESMTP helo=<mail1.sender.example>\n";
}

TEST_F(OtherRecordsTest, FollowsTheAddressOfANameThatPostfixVerified) {
  case_file_.parties[1].addresses.clear();
  add("postfix_log", rejected("mail1.sender.example[203.0.113.77]", 3) +
                         rejected("mail1.sender.example[203.0.113.77]", 5) +
                         rejected("mail1.sender.example[2001:db8::77]", 5) +
                         rejected("unknown[203.0.113.78]") +
                         rejected("mail1.other.example[203.0.113.79]"));
  const OtherRecords records = load();
  ASSERT_EQ(records.addresses.size(), 2u);
  std::map<std::string, Interval> seen;
  for (const NameAddress& each : records.addresses) {
    EXPECT_EQ(each.name, "mail1.sender.example");
    EXPECT_EQ(each.evidences, std::vector<std::uint32_t>{1});
    seen[each.address.to_string()] = each.seen;
  }
  EXPECT_GE(seen["203.0.113.77"].length_us(), 2 * kMicrosPerDay);
  EXPECT_TRUE(seen.contains("2001:db8::77"));
  question_.window = parse_interval("2026-03-04/2026-03-04").value();
  EXPECT_TRUE(load().addresses.empty());
}

TEST_F(OtherRecordsTest, FollowsNoVerifiedNameBeyondTheLimit) {
  std::string log;
  for (int k = 1; k < 5; ++k)
    log += rejected("mail1.sender.example[203.0.113." + std::to_string(k) + "]");
  add("postfix_log", log);
  EXPECT_TRUE(load({.name_addresses = 4}).left_out.empty());
  const OtherRecords cut = load({.name_addresses = 3});
  EXPECT_EQ(cut.addresses.size(), 3u);
  EXPECT_EQ(cut.left_out.at(RecordKind::flow), 1u);
}

TEST_F(OtherRecordsTest, FollowsNoNameThatOtherLogsPrint) {
  add("exim_mainlog",
      "2026-03-03 09:14:01 1kA2bC-0001Xy-2Z <= a@b.example H=mail1.sender.example "
      "[203.0.113.77]:4711 P=esmtp S=512\n");
  EXPECT_TRUE(load().addresses.empty());
}

TEST_F(OtherRecordsTest, BringsFieldsBetweenStrangersOfAMessageThatCounts) {
  add("eml",
      "Received: from a.else.example (a.else.example [203.0.113.7]) by b.else.example with ESMTP "
      "id 1;\n\tTue, 14 Jun 2016 07:30:05 +0000\n"
      "Received: from c.else.example (c.else.example [203.0.113.8]) by a.else.example with ESMTP "
      "id 2;\n\tTue, 14 Jun 2016 07:30:02 +0000\n"
      "From: a@mail1.sender.example\nTo: b@bank.example\nDate: Tue, 14 Jun 2016 07:30:00 +0000\n"
      "Message-ID: <1@x>\n\nx\n");
  add("eml",
      "Received: from a.else.example (a.else.example [203.0.113.7]) by b.else.example with ESMTP "
      "id 1;\n\tTue, 14 Jun 2016 07:30:05 +0000\n"
      "From: a@else.example\nTo: b@else.example\nMessage-ID: <2@x>\n\nx\n");
  const OtherRecords records = load();
  EXPECT_EQ(records.rows.size(), 3u);
  EXPECT_TRUE(std::all_of(records.rows.begin(), records.rows.end(),
                          [](const OtherRow& row) { return row.evidence == 1; }));
}

// The names that a third party's SPF record sends one to are in no question.
TEST_F(OtherRecordsTest, BringsTheRecordsThatSpfSendsOneTo) {
  add("zone_file",
      "$TTL 1h\n$ORIGIN mailer.example.\n@ IN SOA ns1 host ( 1 1d 2h 4w 5m )\n"
      "@ IN TXT \"v=spf1 a:out.mailer.example mx -all\"\n@ IN MX 10 in\nin IN A 203.0.113.8\n"
      "out IN A 203.0.113.7\nwww IN A 203.0.113.9\n");
  std::set<std::string> names;
  for (const OtherRow& row : load().rows) names.insert(row.name);
  EXPECT_EQ(names,
            (std::set<std::string>{"mailer.example", "in.mailer.example", "out.mailer.example"}));
}

// The key of a third party's domain, as a resolver answered it while somebody captured.
TEST_F(OtherRecordsTest, BringsCapturedKeysWhereThereIsMailToCheck) {
  Evidence capture;
  capture.number = 1;
  capture.id = "dns-1";
  capture.state = ReadState::read;
  ASSERT_TRUE(store_->begin(1).ok());
  auto sink = make_store_sink(
      *store_, 1, [](const Reject&) { return Status(); }, 4'096);
  DnsRow row;
  row.time_us = 1'465'000'000 * kMicrosPerSecond;
  row.qname = sink->name("s1._domainkey.mailer.example");
  row.qtype = 16;
  row.flags = kHasQuery | kHasAnswer;
  row.offset = 40;
  row.length = 90;
  sink->add(row);
  for (const std::string text : {"v=DKIM1; p=AA\"A", "some other text"}) {
    const AnswerRow answer{.offset = 40, .section = 1, .owner = row.qname, .type = 16};
    sink->add_answer(answer, std::string(1, static_cast<char>(text.size())) + text);
  }
  ASSERT_TRUE(finish_store_sink(*sink).ok());
  ASSERT_TRUE(store_->commit(1).ok());
  evidences_.push_back(std::move(capture));
  add("zone_file", "$ORIGIN sender.example.\nmail1 3600 IN A 198.51.100.9\n");
  EXPECT_EQ(load().rows.size(), 1u);
  add("eml",
      "From: a@mail1.sender.example\nTo: b@bank.example\nDate: Tue, 14 Jun 2016 07:30:00 +0000\n"
      "Message-ID: <1@x>\n\nx\n");
  const OtherRecords records = load();
  ASSERT_EQ(records.rows.size(), 3u);
  const auto key = std::find_if(records.rows.begin(), records.rows.end(),
                                [](const OtherRow& each) { return each.row.type == 16; });
  ASSERT_NE(key, records.rows.end());
  EXPECT_EQ(key->name, "s1._domainkey.mailer.example");
  EXPECT_EQ(key->field(field_id("rdata")), "\"v=DKIM1; p=AA\\\"A\"");
  EXPECT_EQ(key->row.time_us, row.time_us);
  EXPECT_EQ(key->row.offset, 40u);
}

TEST_F(OtherRecordsTest, SaysThatAddressesBeyondTheLimitWereNotFollowed) {
  std::string zone =
      "$DATE 20261122043009\n$ORIGIN sender.example.\n$TTL 1h\n@ IN SOA ns1 host ( 1 1d 2h 4w 5m "
      ")\n";
  for (int k = 0; k < 5; ++k) zone += "mail1 IN A 203.0.113." + std::to_string(k) + "\n";
  add("zone_file", zone);
  EXPECT_TRUE(load({.name_addresses = 5}).left_out.empty());
  const OtherRecords cut = load({.name_addresses = 4});
  EXPECT_EQ(cut.addresses.size(), 4u);
  for (const RecordKind kind : {RecordKind::flow, RecordKind::mail, RecordKind::service}) {
    EXPECT_EQ(cut.left_out.at(kind), 1u);
  }
}

TEST_F(OtherRecordsTest, CountsRowsWhoseNameOrHostALimitKeptFromBeingLearnt) {
  case_file_.parties[1].names = {NamePattern::parse("*.t.example").value()};
  case_file_.parties[1].addresses = {IpPrefix::parse("2001:db8::/64").value()};
  std::string zone =
      "$DATE 20261122043009\n$ORIGIN t.example.\n$TTL 1h\n@ IN SOA ns1 host ( 1 1d 2h 4w 5m )\n";
  std::string pointers = "# sweep of 2026-11-22\n";
  for (int k = 1; k < 9; ++k) {
    zone += "n" + std::to_string(k) + " IN TXT data\n";
    pointers += "2001:db8::" + std::to_string(k) + " h.else.example\n";
  }
  add("zone_file", zone);
  add("ptr_list", pointers);
  const OtherRecords whole = load();
  EXPECT_TRUE(whole.left_out.empty());
  const OtherRecords few_names = load({.asked_names = 3, .sibling_names = 0});
  EXPECT_GE(few_names.left_out.at(RecordKind::registration), 5u);
  EXPECT_GE(few_names.left_out.at(RecordKind::flow), 1u);
  const OtherRecords few_hosts = load({.hosts = 3});
  EXPECT_EQ(few_hosts.left_out.at(RecordKind::registration), 5u);
  EXPECT_EQ(few_hosts.rows.size() + 5, whole.rows.size());
}

TEST_F(OtherRecordsTest, KeepsRegistrationsMadeOutsideTheWindow) {
  question_.window = parse_interval("2020-01-01/2020-02-01").value();
  add("whois_text",
      "% Query time: 2026-11-22T04:00:00Z\nDomain Name: sender.example\n"
      "Registrant Organization: Sender Ltd\n");
  const OtherRecords records = load();
  ASSERT_EQ(records.rows.size(), 1u);
  EXPECT_EQ(records.rows[0].name, "sender.example");
}

TEST_F(OtherRecordsTest, KeepsRecordsOfTheHostsThatClaimsAreAbout) {
  const std::string log = "# ptr\n203.0.113.77 a.else.example\n203.0.113.9 far.other.example\n";
  add("ptr_list", log);
  EXPECT_TRUE(load().rows.empty());
  Claim idle;
  idle.question = "q1";
  idle.lists["addresses"] = {"203.0.113.77"};
  Claim elsewhere;
  elsewhere.question = "q2";
  elsewhere.fields["name"] = "far.other.example";
  case_file_.claims = {idle, elsewhere};
  const auto touching = [&] {
    std::set<std::string> found;
    for (const OtherRow& row : load().rows) found.insert(row.server.to_string());
    return found;
  };
  EXPECT_TRUE(touching().contains("203.0.113.77"));
  case_file_.claims = {elsewhere};
  EXPECT_TRUE(touching().empty());
  case_file_.claims.front().question = "q1";
  EXPECT_EQ(touching(), std::set<std::string>{"203.0.113.9"});
}

TEST_F(OtherRecordsTest, KeepsAMailServersWholeLogInTheWindow) {
  question_.window = parse_interval("2026-03-03/2026-03-03").value();
  std::string log;
  for (const int day : {3, 4}) {
    log += "2026-03-0" + std::to_string(day) +
           "T09:14:01.000000+00:00 mx1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from "
           "unknown[203.0.113.9]: 554 5.7.1 <x@else.example>: Relay access denied; "
           "from=<a@b.example> to=<x@else.example> proto=ESMTP helo=<h.b.example>\n";
  }
  add("postfix_log", log);
  const OtherRecords records = load();
  ASSERT_FALSE(records.rows.empty());
  for (const OtherRow& row : records.rows) {
    EXPECT_TRUE(question_.window->contains(row.row.time_us)) << row.row.time_us;
    EXPECT_EQ(row.client_party, -1);
  }
}

TEST(QuestionInterestTest, ReadsTheDomainsOfMailTexts) {
  EXPECT_EQ(domains_of("Clerk <clerk@Bank.Example>, x@y.example"),
            (std::vector<std::string>{"bank.example", "y.example"}));
  EXPECT_EQ(domains_of("mx.bank.example[192.0.2.1]:25"),
            std::vector<std::string>{"mx.bank.example"});
  EXPECT_TRUE(domains_of("<>").empty());
}

}  // namespace
}  // namespace assay
