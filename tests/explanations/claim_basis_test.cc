// What every answer carries: whose logs a total rests on, window, counting rule and denominator.
#include "claim_fixture.h"

namespace assay {
namespace {

using test::answer;
using test::demo_case;
using test::demo_findings;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kWindowText[] = "2021-05-04T00:00:00Z/2021-09-24T00:00:00Z";

test::Findings of_three_servers() {
  test::Findings findings;
  for (const char* rule : {"raw", "collapsed", "bursts"}) findings.volume(rule, 40, {{"Bank", 40}});
  findings.coverage("dns", 3, 1);
  findings.last().tables.push_back({"recorders",
                                    {"pieces", "complete_share"},
                                    {"203.0.113.1", "203.0.113.2", "203.0.113.3"},
                                    {{1, 1}, {1, 1}, {1, 1}}});
  return findings;
}

CaseFile about_sender() {
  CaseFile file = demo_case();
  file.questions.front().names = {NamePattern::parse("mail1.sender.example").value()};
  return file;
}

const test::Fields kForty{{"party", "Bank"}, {"value", "40"}};

TEST(Basis, ATotalSaysAtWhichServersItHolds) {
  const auto count = answer("count", kForty, of_three_servers().set());
  EXPECT_EQ(count.answer, Answer::supported);
  EXPECT_THAT(count.statement, HasSubstr("at the 3 servers whose logs these are (203.0.113.1, "
                                         "203.0.113.2, 203.0.113.3); what another server"));
  EXPECT_THAT(count.in_short, EndsWith(", at the 3 servers whose logs these are"));
  const auto nobody_else =
      answer("exclusive", {}, {{"parties", {"Bank"}}}, of_three_servers().set());
  EXPECT_EQ(nobody_else.answer, Answer::supported);
  EXPECT_THAT(nobody_else.statement, HasSubstr("at the 3 servers whose logs these are"));
  // A number that is refuted because these records are all there is rests on the same.
  const auto more = answer("count", {{"party", "Bank"}, {"value", "90"}}, of_three_servers().set());
  EXPECT_EQ(more.answer, Answer::contradicted);
  EXPECT_THAT(more.statement, HasSubstr("at the 3 servers whose logs these are"));
}

TEST(Basis, LogsThatNameNoServerAreLogsAndNotServers) {
  EXPECT_THAT(
      answer("count", {{"party", "Bank"}, {"value", "2820"}}, demo_findings(1).set()).statement,
      HasSubstr("at the servers whose 3 logs these are;"));
}

TEST(Basis, WhatHoldsWithinTheFilesAloneNeedsNoServers) {
  EXPECT_THAT(
      answer("count", {{"party", "Bank"}, {"value", "2820"}}, demo_findings(0).set()).statement,
      Not(HasSubstr("whose 3 logs")));
  EXPECT_THAT(answer("share", {{"party", "Bank"}, {"value", "100 %"}, {"of", "files"}},
                     of_three_servers().set())
                  .statement,
              Not(HasSubstr("another server")));
}

TEST(Basis, AZoneThatNamesMoreServersThanLogsSaysThatOneIsMissing) {
  const auto with_zone = [](const char* servers) {
    test::Findings findings = of_three_servers();
    findings.add("registrations", "name_server", Outcome::measured, {{"values", 1}});
    findings.last().tables.push_back({"assertions",
                                      {"first_unix_s", "last_unix_s", "times", "is_hidden"},
                                      {servers},
                                      {{0, 0, 1, 0}}});
    return answer("count", kForty, {}, findings.set(), about_sender()).statement;
  };
  EXPECT_THAT(with_zone("sender.example: ns1.x.example, ns2.x.example, ns3.x.example, "
                        "ns4.x.example [zone-1]"),
              HasSubstr("zone-1 names 4 name servers of sender.example (ns1.x.example"));
  for (const char* other : {"sender.example: ns1.x.example, ns2.x.example [zone-1]",
                            "bank.example: a.x.example, b.x.example, c.x.example, d.x.example [z]",
                            "no label at all"}) {
    EXPECT_THAT(with_zone(other), Not(HasSubstr("no log is here"))) << other;
  }
}

TEST(Basis, AZoneThatTellsTheServersAddressesNamesTheOneWhoseLogIsMissing) {
  const auto with = [](std::vector<std::string> addresses) {
    test::Findings findings = of_three_servers();
    findings.add("registrations", "name_server", Outcome::measured, {{"values", 1}});
    Finding& told = findings.last();
    told.tables.push_back({"assertions",
                           {"first_unix_s", "last_unix_s", "times", "is_hidden"},
                           {"sender.example: ns1.x.example, ns2.x.example, ns3.x.example, "
                            "ns4.x.example [zone-1]"},
                           {{0, 0, 1, 0}}});
    const std::vector<std::vector<double>> times(addresses.size(), {1});
    told.tables.push_back({"server_addresses", {"times"}, std::move(addresses), times});
    return answer("count", kForty, {}, findings.set(), about_sender());
  };
  const std::vector<std::string> three{"ns1.x.example 203.0.113.1", "ns2.x.example 203.0.113.2",
                                       "ns3.x.example 203.0.113.3"};
  std::vector<std::string> four = three;
  four.emplace_back("ns4.x.example 203.0.113.4");
  four.emplace_back("ns4.x.example 2001:db8::4");
  const auto told = with(four);
  EXPECT_THAT(told.statement, HasSubstr("of 1 no log is here, by the addresses that the case tells "
                                        "of ns4.x.example (203.0.113.4, 2001:db8::4)."));
  ASSERT_FALSE(told.would_test.empty());
  EXPECT_THAT(told.would_test.back(), HasSubstr("the query log of ns4.x.example (203.0.113.4"));
  const auto untold = with(three);
  EXPECT_THAT(untold.statement, HasSubstr("of 1 no log is here; no record tells the address of "
                                          "ns4.x.example."));
  EXPECT_TRUE(untold.would_test.empty());
}

TEST(Basis, EveryAnswerThatRestsOnAFindingTellsWindowAndRule) {
  const FindingSet findings = demo_findings().set();
  for (const auto& [kind, fields] :
       {std::pair<const char*, test::Fields>{"count", {{"party", "Bank"}, {"value", "2820"}}},
        {"share", {{"party", "Bank"}, {"value", "79 %"}}},
        {"exclusive", {{"parties", "Bank"}}},
        {"only_types", {{"types", "A"}}}}) {
    const auto told = answer(kind, fields, findings);
    EXPECT_THAT(told.statement, HasSubstr(kWindowText)) << kind;
    EXPECT_THAT(told.statement, HasSubstr("raw rows")) << kind;
  }
}

TEST(Basis, ClaimsOfMailTellWindowRuleAndWhatWasLookedAt) {
  test::Findings findings;
  for (const auto& [from, to] : {std::pair("Bank", "Sender"), {"Sender", "Bank"}}) {
    Finding& finding = findings.add("direct_records", std::string(from) + ">" + to,
                                    Outcome::nothing_found, {{"rows", 0}}, "mail");
    finding.parameters = {{"from", from}, {"to", to}, {"kind", "mail"}};
    finding.denominator = "of 812 mail records";
  }
  CaseFile file = demo_case();
  for (Party& party : file.parties) {
    party.names = {NamePattern::parse("host." + party.name + ".example").value()};
  }
  const auto told =
      answer("no_mail", {}, {{"parties", {"Bank", "Sender"}}}, findings.set(), std::move(file));
  EXPECT_EQ(told.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(told.statement, EndsWith(std::string(" Window ") + kWindowText +
                                       "; counted: raw rows, of 812 mail records."));
}

TEST(Basis, AShareTellsItsInterval) {
  test::Findings findings = demo_findings();
  std::vector<Finding> all = findings.set().all();
  for (Finding& finding : all) {
    if (finding.id != "q1/authoritative/volume/Bank/raw") continue;
    for (Quantity& quantity : finding.quantities) {
      if (quantity.name != "share") continue;
      quantity.interval.emplace(0.71, 0.85);
      quantity.interval_method = "95 %";
    }
  }
  EXPECT_THAT(
      answer("share", {{"party", "Bank"}, {"value", "79 %"}, {"dedup", "raw"}}, FindingSet(all))
          .statement,
      HasSubstr("79.19 % = 2,820 of 3,561, 95 % interval 71 % to 85 % (raw rows)"));
}

}  // namespace
}  // namespace assay
