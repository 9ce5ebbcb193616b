// Pages, letters and programs that quote evidence are none; logs with other lines in them are.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "assay/reader.h"

namespace assay {
namespace {

struct Quoted {
  const char* reader;
  const char* line;
};
constexpr std::array<Quoted, 10> kLines = {{
    {"bind_querylog",
     "14-Mar-2026 01:00:07.000 client 198.51.100.1#40000: query: mail.bank.example IN A +E(0)DK "
     "(203.0.113.53)"},
    {"unbound_log", "[1795290096] unbound[12:0] info: 192.0.2.7 bank.example. A IN"},
    {"dnsmasq_log", "Nov 21 19:41:36 gw dnsmasq[9]: query[A] bank.example from 192.0.2.7"},
    {"powerdns_log",
     "Nov 21 19:41:36 ns1 pdns_recursor[7]: 1 [12/1] question for 'bank.example|A' from "
     "192.0.2.7:4003"},
    {"coredns_log",
     "[INFO] 192.0.2.7:50759 - 29008 \"A IN bank.example. udp 41 false 4096\" NOERROR qr,rd,ra 71 "
     "0.0005s"},
    {"postfix_log",
     "Nov 21 19:41:36 mx1 postfix/smtpd[99]: connect from a.sender.example[192.0.2.1]"},
    {"sendmail_log",
     "Nov 21 19:41:36 mx1 sendmail[99]: x1LJfa000099: from=<a@sender.example>, size=812, class=0, "
     "nrcpts=1, relay=a.sender.example [192.0.2.1]"},
    {"exim_mainlog",
     "2026-11-21 19:41:36 1abcde-0000AB-CD <= a@sender.example H=a.sender.example [192.0.2.1] "
     "P=esmtp S=812"},
    {"rspamd_log",
     "2026-11-21 19:41:36 #99(normal) <a1b2c3>; task; rspamd_task_write_log: id: <1@a.example>, "
     "ip: 192.0.2.1, (default: F (no action): [0.10/15.00] [MIME_GOOD(-0.10){text/plain;}]), "
     "len: 812, time: 12.1ms, dns req: 3"},
    {"windows_dns_debug",
     "11/21/2026 7:41:36 PM 0E70 PACKET  00000000033397A0 UDP Rcv 192.0.2.7       5b47   Q [0001   "
     "D   NOERROR] A      (4)bank(7)example(0)"},
}};

std::string times(int count, const std::string& line) {
  std::string out;
  for (int i = 0; i < count; ++i) out += line + "\n";
  return out;
}

TEST(QuotedLines, ALogOfTheseLinesIsTakenByItsReader) {
  for (const Quoted& quoted : kLines) {
    const SniffChoice choice = choose_reader(times(4, quoted.line));
    ASSERT_NE(choice.reader, nullptr) << quoted.reader;
    EXPECT_EQ(choice.reader->name(), quoted.reader);
  }
}

TEST(QuotedLines, APageAboutALogIsNone) {
  const std::string before = "# How to read it\n\nA line looks like this:\n\n";
  const std::string behind = "\nwhere + is recursion.\n" + times(6, "More words about it follow.");
  for (const Quoted& quoted : kLines) {
    const std::string page = before + times(3, quoted.line) + behind;
    EXPECT_EQ(choose_reader(page).reader, nullptr) << quoted.reader;
    const std::string fenced = before + "```\n" + times(6, quoted.line) + "```\n";
    EXPECT_EQ(choose_reader(fenced).reader, nullptr) << quoted.reader;
  }
}

TEST(QuotedLines, AProgramWithASampleIsNoLog) {
  for (const Quoted& quoted : kLines) {
    const std::string lines = times(9, quoted.line);
    EXPECT_EQ(choose_reader("import unittest\nSAMPLE = '''\n" + lines + "'''\n").reader, nullptr);
    EXPECT_EQ(choose_reader("#!/bin/sh\ncat <<END\n" + lines + "END\n").reader, nullptr);
    EXPECT_EQ(choose_reader("# A test.\nS = \"\"\"\n" + lines + "\"\"\"\n").reader, nullptr);
  }
}

TEST(QuotedLines, ATicketInHtmlIsNoLog) {
  for (const Quoted& quoted : kLines) {
    const std::string lines = times(9, quoted.line);
    const std::string page = "<html><body><pre>\n" + lines + "</pre></body></html>\n";
    EXPECT_EQ(choose_reader(page).reader, nullptr) << quoted.reader;
  }
}

TEST(QuotedLines, AConfigurationThatNamesItsServerIsNoLog) {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += "#################################\n# tcp-port\tWhere PowerDNS can be controlled\n#\n";
  }
  EXPECT_EQ(choose_reader(text).reader, nullptr);
}

TEST(QuotedLines, ALogOfManyDaemonsKeepsItsReader) {
  const std::string others =
      "Nov 21 19:41:37 gw kernel: [ 12.345678] eth0: link is up\n"
      "Nov 21 19:41:37 gw CRON[81]: (root) CMD (test -x /usr/sbin/anacron)\n"
      "<30>Nov 21 19:41:37 gw systemd[1]: Started Session 4.\n"
      "Nov 21 19:41:38 gw sshd[82]: Connection closed by 192.0.2.9 port 4001\n";
  for (const Quoted& quoted : kLines) {
    if (std::string_view(quoted.line).substr(0, 3) != "Nov") continue;
    const SniffChoice choice =
        choose_reader(others + others + times(1, quoted.line) + others + others + others);
    ASSERT_NE(choice.reader, nullptr) << quoted.reader;
    EXPECT_EQ(choice.reader->name(), quoted.reader);
  }
}

TEST(QuotedLines, NamedsLogWithOtherCategoriesIsTaken) {
  const std::string others =
      "14-Mar-2026 01:00:07.000 general: info: zone bank.example/IN: loaded serial 7\n"
      "14-Mar-2026 01:00:07.001 network: info: listening on IPv4 interface lo, 192.0.2.53#53\n"
      "14-Mar-2026 01:00:07.002 resolver: notice: DNS format error from 203.0.113.1#53\n";
  const SniffChoice choice =
      choose_reader(others + others + others + times(1, kLines[0].line) + others);
  ASSERT_NE(choice.reader, nullptr);
  EXPECT_EQ(choice.reader->name(), "bind_querylog");
}

TEST(QuotedLines, EximsRejectLogHasHeadersBelowItsLines) {
  const std::string text =
      "2026-11-21 19:41:36 1abcde-0000AB-CD H=(a.sender.example) [192.0.2.1] F=<a@sender.example> "
      "rejected after DATA: bad subject\nEnvelope-from: <a@sender.example>\n"
      "Envelope-to: <one@bank.example>\nP Received: from a.sender.example\n\tby mx1.bank.example\n"
      "F From: a@sender.example\nT To: one@bank.example\n  Subject: offer\n";
  const SniffChoice choice = choose_reader(text);
  ASSERT_NE(choice.reader, nullptr);
  EXPECT_EQ(choice.reader->name(), "exim_mainlog");
}

TEST(QuotedLines, SomeDamagedLinesDoNotHideALog) {
  for (const Quoted& quoted : kLines) {
    const std::string line = quoted.line;
    std::string text = line.substr(line.size() / 2) + "\n";
    for (int i = 0; i < 4; ++i) text += times(2, line) + line.substr(line.size() - 20) + "\n";
    const SniffChoice choice = choose_reader(text);
    ASSERT_NE(choice.reader, nullptr) << quoted.reader;
    EXPECT_EQ(choice.reader->name(), quoted.reader);
  }
}

TEST(QuotedLines, AListOfSettingsIsNoReplyOfWhois) {
  for (const char* text :
       {"domain: bank.example\nregistrar: Example\ncreated: 2001-01-01\nname server: ns1.x\n",
        "# whois of ours\ndomain: bank.example\nstatus: active\nowner: a\ncountry: b\n",
        "contact: a\nrole: admin\nstatus: active\nsource: b\ncomment: c\nphone: 1\n",
        "---\ndomain: bank.example\nnserver: ns1.bank.example\nmnt-by: a\nchanged: b\n",
        "import os\nS = 1\ndomain: bank.example\nnserver: a\nmnt-by: a\nchanged: b\n"}) {
    EXPECT_EQ(choose_reader(text).reader, nullptr) << text;
  }
}

TEST(QuotedLines, ShortRepliesOfWhoisAreTaken) {
  for (const char* text :
       {"Domain: bank.example\nNserver: ns1.bank.example\nNserver: ns2.bank.example\n"
        "Status: connect\nChanged: 2026-01-02T03:04:05+01:00\n",
        "domain: BANK.EXAMPLE\nnserver: ns1.bank.example.\nstate: REGISTERED\nperson: Private\n"
        "registrar: A\ncreated: 2001-01-01\npaid-till: 2027-01-01\n",
        "% The WHOIS service of Example\nDomain: bank.example\nStatus: NOT AVAILABLE\n"
        "Registered: Mon Jan 1 2001\nRegistrar: A\n"}) {
    const SniffChoice choice = choose_reader(text);
    ASSERT_NE(choice.reader, nullptr) << text;
    EXPECT_EQ(choice.reader->name(), "whois_text");
  }
}

constexpr const char* kStatement =
    ":20:STARTUMS\n:25:10010010/1234567890\n:28C:1/1\n:60F:C251231EUR1000,\n"
    ":61:2601020102DR12,50NTRFNONREF//BANK-1\n:86:177?00TRANSFER?20Invoice 1\n?22 more\n"
    ":62F:C260102EUR987,50\n-\n";

TEST(QuotedLines, APageAboutStatementsIsNone) {
  const std::string statement = kStatement;
  const std::string words = times(12, "Each field begins with its number between colons.");
  for (const std::string& text :
       {std::string(":20: is the reference\n:25: is the account\n:61: is an entry\n"),
        std::string(":20:A\n:25:B\n:61:2601020102DR12,50NTRFNONREF\n"),
        std::string(":60F:C251231EUR1,\n:62F:C251231EUR1,\n:25:B\n:20:A\n"), words + statement,
        statement + words, "<pre>\n" + statement + "</pre>\n",
        "S = \"\"\"\n" + statement + "\"\"\"\n"}) {
    EXPECT_EQ(choose_reader(text).reader, nullptr) << text;
  }
  for (const std::string& text :
       {statement, "\n" + statement + statement, "EXAMPLEXA\n940\nEXAMPLEXA\n" + statement}) {
    const SniffChoice choice = choose_reader(text);
    ASSERT_NE(choice.reader, nullptr) << text;
    EXPECT_EQ(choice.reader->name(), "mt940");
  }
}

TEST(QuotedLines, APageAboutAHeadIsNone) {
  for (const char* text :
       {"# Tracking\n\nA log begins so:\n\n#Log-type: Message Tracking Log\n#Fields: a,b\n",
        "#!/bin/sh\ncat <<END\n#Log-type: Message Tracking Log\nEND\n",
        "# Flows\n\n| Argus | `StartTime,Dur,Proto,SrcAddr,Sport,DstAddr,Dport,TotPkts,TotBytes` "
        "|\n",
        "import csv\nHEAD = "
        "1\nStartTime,Dur,Proto,SrcAddr,Sport,DstAddr,Dport,TotPkts,TotBytes\n"}) {
    EXPECT_EQ(choose_reader(text).reader, nullptr) << text;
  }
  const SniffChoice log = choose_reader("#Software: A\n#Log-type: Message Tracking Log\n");
  ASSERT_NE(log.reader, nullptr);
  EXPECT_EQ(log.reader->name(), "exchange_tracking");
  const SniffChoice flows = choose_reader(
      "# a comment\nStartTime,Dur,Proto,SrcAddr,Sport,DstAddr,Dport,TotPkts,TotBytes\n");
  ASSERT_NE(flows.reader, nullptr);
  EXPECT_EQ(flows.reader->name(), "netflow_csv");
}

}  // namespace
}  // namespace assay
