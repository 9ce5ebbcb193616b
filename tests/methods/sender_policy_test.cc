#include <fmt/format.h>
#include <gmock/gmock.h>

#include "methods/support/spf.h"
#include "methods/support/spf_terms.h"
#include "other_toy.h"

namespace assay {
namespace {

using methods::check_spf;
using methods::expand_spf;
using methods::parse_spf;
using methods::SpfAnswer;
using methods::SpfMacros;
using methods::SpfResult;
using methods::SpfVerdict;
using testing::Contains;
using testing::HasSubstr;
using toy::OtherToy;

// Records by name and type ("bank.example TXT"); what stands in `missing` is in no evidence.
struct Zone {
  std::map<std::string, std::vector<std::string>> records;
  std::set<std::string> missing;

  SpfVerdict check(const std::string& client, const std::string& sender = "a@bank.example",
                   const std::string& helo = "mx.bank.example") const {
    return check_spf({IpAddress::parse(client).value(), sender, helo},
                     [this](const std::string& name, std::uint16_t type, bool) {
                       const std::string key = name + " " + qtype_text(type);
                       const auto found = records.find(key);
                       return SpfAnswer{!missing.contains(key), found == records.end()
                                                                    ? std::vector<std::string>()
                                                                    : found->second};
                     });
  }
  SpfResult of(const std::string& client) const { return check(client).result; }
};

Zone with(const std::string& spf) { return {{{"bank.example TXT", {spf}}}, {}}; }

TEST(Spf, AnswersByTheFirstMechanismThatFits) {
  Zone zone = with("v=spf1 ip4:192.0.2.0/28 -ip4:192.0.2.0/24 ip6:2001:db8::/32 a/29 mx ~all");
  zone.records["bank.example A"] = {"198.51.100.8"};
  zone.records["bank.example MX"] = {"10 mx.bank.example."};
  zone.records["mx.bank.example A"] = {"203.0.113.9"};
  EXPECT_EQ(zone.of("192.0.2.15"), SpfResult::pass);
  EXPECT_EQ(zone.of("192.0.2.16"), SpfResult::fail);
  EXPECT_EQ(zone.of("2001:db8::7"), SpfResult::pass);
  EXPECT_EQ(zone.of("198.51.100.15"), SpfResult::pass);
  EXPECT_EQ(zone.of("198.51.100.16"), SpfResult::softfail);
  EXPECT_EQ(zone.of("203.0.113.9"), SpfResult::pass);
  EXPECT_EQ(zone.check("203.0.113.9").mechanism, "mx");
  EXPECT_EQ(Zone().of("192.0.2.1"), SpfResult::none);
  EXPECT_EQ(with("v=spf1").of("192.0.2.1"), SpfResult::neutral);
  EXPECT_EQ(with("v=spf10 -all").of("192.0.2.1"), SpfResult::none);
}

TEST(Spf, FollowsIncludesAndRedirects) {
  Zone zone = with("v=spf1 include:a.example redirect=b.example");
  zone.records["a.example TXT"] = {"v=spf1 ip4:192.0.2.1 -all"};
  zone.records["b.example TXT"] = {"v=spf1 ip4:192.0.2.2 -all"};
  EXPECT_EQ(zone.of("192.0.2.1"), SpfResult::pass);
  EXPECT_EQ(zone.of("192.0.2.2"), SpfResult::pass);
  EXPECT_EQ(zone.of("192.0.2.3"), SpfResult::fail);
  zone.records.erase("b.example TXT");
  EXPECT_EQ(zone.of("192.0.2.3"), SpfResult::permerror);
}

TEST(Spf, NamesTheRecordThatIsNotInEvidence) {
  Zone zone = with("v=spf1 ip4:192.0.2.1 include:mailer.example -all");
  zone.missing = {"mailer.example TXT"};
  EXPECT_EQ(zone.of("192.0.2.1"), SpfResult::pass);
  EXPECT_EQ(zone.of("192.0.2.2"), SpfResult::temperror);
  EXPECT_EQ(zone.check("192.0.2.2").missing, "TXT of mailer.example");
}

TEST(Spf, StopsAtTheLimitsOfTheStandard) {
  std::string many = "v=spf1";
  for (int i = 0; i < 10; ++i) many += fmt::format(" a:h{}.bank.example", i);
  Zone zone = with(many + " ip4:192.0.2.1 -all");
  for (int i = 0; i < 11; ++i) zone.records[fmt::format("h{}.bank.example A", i)] = {"203.0.113.1"};
  EXPECT_EQ(zone.of("192.0.2.1"), SpfResult::pass);
  zone.records["bank.example TXT"] = {many + " a:h10.bank.example ip4:192.0.2.1"};
  EXPECT_EQ(zone.of("192.0.2.1"), SpfResult::permerror);
  EXPECT_EQ(with("v=spf1 a:x.example a:y.example ip4:192.0.2.1").of("192.0.2.1"), SpfResult::pass);
  EXPECT_EQ(with("v=spf1 a:x.example a:y.example a:z.example ip4:192.0.2.1").of("192.0.2.1"),
            SpfResult::permerror);
  EXPECT_EQ(with("v=spf1 include:bank.example").of("192.0.2.1"), SpfResult::permerror);
}

TEST(Spf, RefusesRecordsThatCannotBeRead) {
  for (const char* record :
       {"v=spf1 ip4:192.0.2.0/33", "v=spf1 all:x", "v=spf1 ip4", "v=spf1 a:", "v=spf1 moo -all",
        "v=spf1 redirect=a.example redirect=b.example", "v=spf1 exists:%{x}.example",
        "v=spf1 a:example.123", "v=spf1 ip6:192.0.2.1", "v=spf1 -all a//129"}) {
    EXPECT_EQ(with(record).of("192.0.2.1"), SpfResult::permerror) << record;
  }
  Zone two = with("v=spf1 -all");
  two.records["bank.example TXT"].push_back("v=spf1 +all");
  EXPECT_EQ(two.of("192.0.2.1"), SpfResult::permerror);
}

// The examples of RFC 7208 section 7.4.
TEST(Spf, ExpandsMacrosAsTheStandardDoes) {
  SpfMacros macros;
  macros.sender = "strong-bad@email.example.com";
  macros.local = "strong-bad";
  macros.sender_domain = macros.domain = "email.example.com";
  macros.client = IpAddress::parse("192.0.2.3").value();
  const auto expanded = [&](std::string_view spec) { return expand_spf(spec, macros).value(); };
  EXPECT_EQ(expanded("%{d4}"), "email.example.com");
  EXPECT_EQ(expanded("%{d1}"), "com");
  EXPECT_EQ(expanded("%{dr}"), "com.example.email");
  EXPECT_EQ(expanded("%{d2r}"), "example.email");
  EXPECT_EQ(expanded("%{l-}"), "strong.bad");
  EXPECT_EQ(expanded("%{lr-}"), "bad.strong");
  EXPECT_EQ(expanded("%{ir}.%{v}._spf.%{d2}"), "3.2.0.192.in-addr._spf.example.com");
  macros.client = IpAddress::parse("2001:db8::cb01").value();
  EXPECT_EQ(expanded("%{ir}.%{v}._spf.%{d2}"),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com");
}

TEST(Spf, SurvivesWhatNobodyShouldPublish) {
  std::string record = "v=spf1";
  for (int i = 0; i < 20'000; ++i) record += " a:x.example";
  EXPECT_EQ(with(record).of("192.0.2.1"), SpfResult::permerror);
  std::string macros = "v=spf1 exists:";
  for (int i = 0; i < 5'000; ++i) macros += "%{s}";
  with(macros + ".example").of("192.0.2.1");
  for (const char* odd :
       {"v=spf1 %", "v=spf1 a:%{", "v=spf1 exists:%{d999999999999r}.x", "v=spf1 ="}) {
    parse_spf(odd);
    with(odd).of("192.0.2.1");
  }
}

struct Mail : OtherToy {
  Mail() { evidence("mail-1", "postfix_log", {"mail"}); }
  void spf(double from, double to, const std::string& text) {
    OtherRow& made = row(RecordKind::registration, from, "", "", {{"rdata", "\"" + text + "\""}},
                         "mail1.sender.example");
    made.row.type = 16;
    made.row.until_us = at(to);
  }
  void taken(double days, const std::string& client,
             const std::string& sender = "a@mail1.sender.example",
             const std::string& direction = "in") {
    row(RecordKind::mail, days, client, "192.0.2.9",
        {{"envelope_from", sender}, {"helo", "h.sender.example"}, {"direction", direction}});
  }
  Finding spf_finding() { return one("sender_policy", "/all/spf"); }
};

TEST(SenderPolicy, JudgesEachTransferByTheRecordOfItsTime) {
  Mail mail;
  mail.spf(0, 10, "v=spf1 ip4:198.51.100.9 -all");
  mail.spf(12, 20, "v=spf1 ip4:203.0.113.5 -all");
  mail.taken(5, "198.51.100.9");
  mail.taken(15, "198.51.100.9");
  mail.taken(15, "203.0.113.5");
  mail.taken(28, "203.0.113.5");
  mail.taken(5, "203.0.113.5", "a@mail1.sender.example", "out");
  const Finding finding = mail.spf_finding();
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("transfers", 0), 4);
  EXPECT_EQ(finding.value_or("pass", 0), 3);
  EXPECT_EQ(finding.value_or("fail", 0), 1);
  EXPECT_EQ(finding.value_or("by_records_of_that_time", 0), 3);
  EXPECT_THAT(finding.limitations, Contains(HasSubstr("not known to be of its time")));
}

TEST(SenderPolicy, SaysWhichRecordIsMissing) {
  Mail mail;
  mail.taken(5, "198.51.100.9");
  const Finding finding = mail.spf_finding();
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_EQ(finding.value_or("temperror", 0), 1);
  EXPECT_THAT(finding.limitations, Contains(HasSubstr("TXT of mail1.sender.example")));
}

TEST(SenderPolicy, StaysSilentWithoutTransfers) {
  Mail mail;
  mail.spf(0, 10, "v=spf1 -all");
  EXPECT_EQ(mail.run("sender_policy").at(0).outcome, Outcome::not_applicable);
}

}  // namespace
}  // namespace assay
