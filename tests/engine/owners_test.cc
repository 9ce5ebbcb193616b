// Claims about servers, from the files that somebody hands over to the answer.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "case_support.h"

namespace assay {
namespace {

using test::TempFolder;

// Each day one message of Sender's host is taken and one of somebody else is refused.
std::string mail_log() {
  std::string log;
  for (int day = 1; day <= 5; ++day) {
    const std::string head = fmt::format("2026-03-{:02}T09:00:0", day);
    const std::string id = fmt::format("4F5C64470{}", day);
    log += head + "0+00:00 mx1 postfix/smtpd[7]: " + id +
           ": client=mail1.sender.example[198.51.100.9]\n";
    log += head + "1+00:00 mx1 postfix/qmgr[9]: " + id +
           ": from=<news@sender.example>, size=2048, nrcpt=1 (queue active)\n";
    log += head + "2+00:00 mx1 postfix/local[8]: " + id +
           ": to=<clerk@bank.example>, relay=local, delay=1, delays=0.1/0/0/0.9, dsn=2.0.0, "
           "status=sent (delivered to mailbox)\n";
    log += head + "3+00:00 mx1 postfix/qmgr[9]: " + id + ": removed\n";
    log += head + fmt::format(
                      "4+00:00 mx1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from "
                      "unknown[203.0.{0}.7]: 554 5.7.1 <unknown[203.0.{0}.7]>: Client host "
                      "rejected: Access denied; from=<a@else.example> to=<clerk@bank.example> "
                      "proto=ESMTP helo=<h.else.example>\n",
                      day);
  }
  return log;
}

constexpr char kWhois[] =
    "% Query time: 2026-03-03T04:00:00Z\nDomain Name: sender.example\n"
    "Registrant Organization: Sender Ltd.\nAdmin Organization: REDACTED FOR PRIVACY\n"
    "Name Server: ns1.hosting.example\n";

constexpr char kCase[] = R"(title = "Test"
[[party]]
name = "Bank"
names = ["bank.example"]
[[party]]
name = "Sender"
addresses = ["198.51.100.9"]
names = ["*.sender.example"]
[[question]]
id = "q1"
between = ["Bank", "Sender"]
window = "2026-03-01/2026-03-05"
[[claim]]
id = "only-sender"
kind = "accepts_only"
askers = ["Sender"]
[[claim]]
id = "only-another"
kind = "accepts_only"
askers = ["203.0.113.0/24"]
[[claim]]
id = "idle"
kind = "unused_since"
name = "mail1.sender.example"
addresses = ["198.51.100.9"]
date = "2010"
[[claim]]
id = "registered"
kind = "registered_to"
name = "mail1.sender.example"
holder = "Sender Limited"
date = "2026-03"
[[claim]]
id = "controlled"
kind = "controlled_by"
name = "mail1.sender.example"
holder = "Sender Ltd"
)";

TEST(Owners, FilesAnswerClaimsAboutServers) {
  TempFolder folder;
  test::write_all_to(folder / "mail.log", mail_log());
  test::write_all_to(folder / "whois.txt", kWhois);
  Case made = Case::init(folder / "case", "Test", "UTC", 7, test::still_surroundings()).value();
  test::write_all_to(folder / "case/case.toml", kCase);
  AddRequest request;
  request.paths = {folder / "mail.log"};
  request.coverage.intervals = {parse_interval("2026-03-01/2026-03-05").value()};
  request.coverage.completeness = Completeness::complete;
  ASSERT_TRUE(made.add(request).ok());
  AddRequest registry;
  registry.paths = {folder / "whois.txt"};
  registry.vantage = Vantage::registry;
  ASSERT_TRUE(made.add(registry).ok());

  const auto outcome = made.examine();
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  std::map<std::string, Answer> said;
  for (const ClaimAnswer& answer : outcome->questions.front().verdict.claims) {
    said[answer.claim] = answer.answer;
  }
  EXPECT_EQ(said, (std::map<std::string, Answer>{{"only-sender", Answer::supported},
                                                 {"only-another", Answer::contradicted},
                                                 {"idle", Answer::contradicted},
                                                 {"registered", Answer::supported},
                                                 {"controlled", Answer::not_testable}}));
}

// What Bank's own host handed to Sender's server, in its own log.
TEST(Owners, TheNamedAskersOwnLogDoesNotContradictAList) {
  for (const char* host : {"mx.bank.example", "mx1"}) {
    TempFolder folder;
    const std::string head = "2026-03-02T09:00:0";
    std::string log = head +
                      "0+00:00 HOST postfix/smtpd[7]: 4F5C644701: client=pc.bank.example"
                      "[192.0.2.7]\n";
    log += head +
           "1+00:00 HOST postfix/qmgr[9]: 4F5C644701: from=<clerk@bank.example>, size=2048, "
           "nrcpt=1 (queue active)\n";
    log += head +
           "2+00:00 HOST postfix/smtp[8]: 4F5C644701: to=<x@mail1.sender.example>, "
           "relay=mail1.sender.example[198.51.100.9]:25, delay=1, delays=0.1/0/0/0.9, "
           "dsn=2.0.0, status=sent (250 2.0.0 Ok)\n";
    log += head + "3+00:00 HOST postfix/qmgr[9]: 4F5C644701: removed\n";
    for (std::size_t at; (at = log.find("HOST")) != std::string::npos;) log.replace(at, 4, host);
    test::write_all_to(folder / "mail.log", log);
    Case made = Case::init(folder / "case", "Test", "UTC", 7, test::still_surroundings()).value();
    test::write_all_to(folder / "case/case.toml",
                       "title = \"Test\"\n"
                       "[[party]]\nname = \"Bank\"\nnames = [\"*.bank.example\"]\n"
                       "[[party]]\nname = \"Sender\"\naddresses = [\"198.51.100.9\"]\n"
                       "names = [\"*.sender.example\"]\n"
                       "[[question]]\nid = \"q1\"\nbetween = [\"Bank\", \"Sender\"]\n"
                       "window = \"2026-03-01/2026-03-05\"\n"
                       "[[claim]]\nid = \"bank\"\nkind = \"accepts_only\"\nparty = \"Sender\"\n"
                       "askers = [\"Bank\"]\n"
                       "[[claim]]\nid = \"else\"\nkind = \"accepts_only\"\nparty = \"Sender\"\n"
                       "askers = [\"Sender\"]\n");
    AddRequest request;
    request.paths = {folder / "mail.log"};
    ASSERT_TRUE(made.add(request).ok());
    const auto outcome = made.examine();
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    std::map<std::string, Answer> said;
    for (const ClaimAnswer& answer : outcome->questions.front().verdict.claims) {
      said[answer.claim] = answer.answer;
    }
    EXPECT_EQ(said.at("bank"), Answer::not_testable) << host;
    // Whose "mx1" is nobody tells.
    EXPECT_EQ(said.at("else"),
              host == std::string("mx1") ? Answer::not_testable : Answer::contradicted);
  }
}

// 19 answered sessions of the year 2012 with a mail server that no party holds.
std::string flows_of_2012() {
  std::string log =
      "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
      "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
      "orig_bytes\tresp_bytes\tconn_state\torig_pkts\tresp_pkts\n"
      "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\t"
      "count\tcount\n";
  for (int k = 0; k < 19; ++k) {
    log += fmt::format(
        "{}.0\tC{}\t203.0.113.5\t4000\t198.51.100.77\t25\ttcp\tsmtp\t3.4\t1842\t611\tSF\t18\t14\n",
        1'325'376'000 + k * 1'500'000, k);
  }
  return log;
}

constexpr char kIdleCase[] = R"(title = "Test"
[[party]]
name = "Bank"
names = ["bank.example"]
[[party]]
name = "Sender"
names = ["*.sender.example"]
[[question]]
id = "all"
between = ["Bank", "Sender"]
window = "2010-01-01/2016-12-31"
[[question]]
id = "late"
between = ["Bank", "Sender"]
window = "2016-01-01/2016-12-31"
[[claim]]
id = "by-address"
kind = "unused_since"
question = "all"
addresses = ["198.51.100.77"]
date = "2010"
records = ["RECORDS"]
[[claim]]
id = "by-another-address"
kind = "unused_since"
question = "all"
addresses = ["198.51.100.78"]
date = "2010"
records = ["RECORDS"]
[[claim]]
id = "by-name"
kind = "unused_since"
question = "all"
name = "mail1.sender.example"
date = "2010"
records = ["RECORDS"]
[[claim]]
id = "too-late"
kind = "unused_since"
question = "late"
addresses = ["198.51.100.77"]
date = "2010"
records = ["RECORDS"]
)";

TEST(Owners, NoSilenceIsTakenFromFlowsThatNobodyLookedAt) {
  TempFolder folder;
  test::write_all_to(folder / "conn.log", flows_of_2012());
  Case made = Case::init(folder / "case", "Test", "UTC", 7, test::still_surroundings()).value();
  test::write_all_to(folder / "case/case.toml", "title = \"Test\"\n");
  AddRequest request;
  request.paths = {folder / "conn.log"};
  request.coverage.intervals = {parse_interval("2010-01-01/2016-12-31").value()};
  request.coverage.completeness = Completeness::complete;
  ASSERT_TRUE(made.add(request).ok());
  const std::string id = made.evidences().front().id;
  std::string text = kIdleCase;
  for (std::size_t at; (at = text.find("RECORDS")) != std::string::npos;) text.replace(at, 7, id);
  test::write_all_to(folder / "case/case.toml", text);

  const auto outcome = made.examine();
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  std::map<std::string, Answer> said;
  for (const auto& question : outcome->questions) {
    for (const ClaimAnswer& answer : question.verdict.claims) said[answer.claim] = answer.answer;
  }
  EXPECT_EQ(said, (std::map<std::string, Answer>{{"by-address", Answer::contradicted},
                                                 {"by-another-address", Answer::supported},
                                                 {"by-name", Answer::not_testable},
                                                 {"too-late", Answer::not_testable}}));
}

}  // namespace
}  // namespace assay
