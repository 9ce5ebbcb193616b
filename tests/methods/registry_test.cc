// What every method owes, whatever it measures.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "other_toy.h"
#include "toy.h"

namespace assay {
namespace {

using toy::OtherToy;
using toy::Toy;

Toy ordinary_case() {
  Toy toy(60, 2);
  auto random = toy.random("ordinary");
  toy.ask_with_retries(random, toy::through_cache(toy::poisson(random, 60, 60), 3600), "192.0.2.53",
                       0.3);
  toy.ask_all(toy::poisson(random, 5, 60), "192.0.2.54", {.evidence = 2});
  toy.ask_all(toy::office(random, 20, 60), "198.51.100.53");
  toy.ask(5000, "203.0.113.99");
  toy.ask(6000, "");
  toy.ask(7000, "192.0.2.53", {.name = "mail1.sender.example.corp.bank.example"});
  return toy;
}

// Of methods that rest on no vantage of look-ups, what they say of the question as a whole.
std::vector<Finding> findings_of(Toy& toy, const Method& method) {
  std::vector<Finding> findings = toy.run(method.name());
  return findings.empty() ? method.compare({toy.records()}, toy.context()) : findings;
}

bool has_control_bytes(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

void check(const std::vector<Finding>& findings, const Method& method, std::set<std::string>& ids) {
  ASSERT_FALSE(findings.empty()) << method.name();
  for (const Finding& finding : findings) {
    EXPECT_TRUE(ids.insert(finding.id).second) << finding.id << " occurs twice";
    EXPECT_TRUE(
        finding.id.starts_with("q1/" + finding.vantage + "/" + std::string(method.name()) + "/"))
        << finding.id;
    EXPECT_EQ(finding.method, method.name());
    EXPECT_EQ(finding.method_version, method.version());
    EXPECT_TRUE(finding.statement.ends_with(".")) << finding.id;
    EXPECT_EQ(finding.statement.find("  "), std::string::npos) << finding.statement;
    EXPECT_EQ(finding.statement.find("nan"), std::string::npos) << finding.statement;
    EXPECT_FALSE(has_control_bytes(finding.statement)) << finding.id;
    for (const std::string& limitation : finding.limitations) {
      EXPECT_FALSE(has_control_bytes(limitation)) << finding.id;
    }
    EXPECT_FALSE(finding.denominator.empty()) << finding.id;
    EXPECT_FALSE(finding.dedup_rule.empty()) << finding.id;
    EXPECT_EQ(finding.selection.locus_sha256.size(), 64u) << finding.id;
    EXPECT_FALSE(finding.selection.description.empty()) << finding.id;
    std::set<std::string> names;
    for (const Quantity& quantity : finding.quantities) {
      EXPECT_TRUE(names.insert(quantity.name).second) << finding.id << " " << quantity.name;
      EXPECT_TRUE(std::isfinite(quantity.value)) << finding.id << " " << quantity.name;
      if (!quantity.interval) continue;
      EXPECT_FALSE(quantity.interval_method.empty()) << finding.id << " " << quantity.name;
      EXPECT_LE(quantity.interval->first, quantity.value) << finding.id << " " << quantity.name;
      EXPECT_GE(quantity.interval->second, quantity.value) << finding.id << " " << quantity.name;
    }
    for (const Table& table : finding.tables) {
      EXPECT_EQ(table.rows.size(), table.row_labels.size()) << finding.id << " " << table.name;
      for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size()) << table.name;
    }
  }
}

TEST(Methods, GiveWholeFindingsOnAnOrdinaryCase) {
  Toy toy = ordinary_case();
  std::set<std::string> ids;
  for (const Method* method : all_methods()) check(findings_of(toy, *method), *method, ids);
}

// Refused mail, a scan and a registration of one host, with bytes in them that nobody should see.
TEST(Methods, GiveWholeFindingsOnOtherRecords) {
  OtherToy toy;
  toy.claim("accepts_only", {}, {{"askers", {"Bank"}}});
  toy.claim("unused_since", {{"name", "mail1.sender.example"}, {"date", "2021-05-10"}});
  toy.evidence("all-1", "pcap_dns", {"mail", "service", "flow", "registration"});
  for (int k = 0; k < 3; ++k) {
    toy.mail(k, fmt::format("203.0.{}.7", k), "198.51.100.9", 554, "rcpt", "Client host\x13");
  }
  toy.row(RecordKind::flow, 4, "203.0.113.1", "198.51.100.9").row.packets_sent = 3;
  toy.whois(5, "sender.example", {{"registrant_organization", "Sender\x1b[31m Ltd"}});
  for (const Method* method : all_methods()) {
    for (const Finding& finding : toy.run(method->name())) {
      EXPECT_FALSE(has_control_bytes(finding.statement)) << finding.id;
    }
  }
}

TEST(Methods, SpeakWhenThereIsNothing) {
  Toy toy(60);
  std::set<std::string> ids;
  for (const Method* method : all_methods()) check(findings_of(toy, *method), *method, ids);
}

TEST(Methods, SpeakOnAnEmptyWindowAndOnOneRow) {
  for (const int rows : {0, 1, 2}) {
    Toy toy(0);
    for (int i = 0; i < rows; ++i) toy.ask(0, "192.0.2.53");
    std::set<std::string> ids;
    for (const Method* method : all_methods()) check(findings_of(toy, *method), *method, ids);
  }
}

// The engine hands over records like this when no evidence speaks to the question.
TEST(Methods, SpeakOnRecordsWithoutAnyEvidence) {
  Toy toy(60);
  const QuestionRecords nothing;
  MethodContext context;
  Question question;
  question.id = "q1";
  context.case_file = &toy.file();
  context.question = &question;
  for (const Method* method : all_methods()) {
    auto findings = method->run(nothing, context);
    if (findings.empty()) findings = method->compare({nothing}, context);
    ASSERT_FALSE(findings.empty()) << method->name();
    for (const Finding& finding : findings) EXPECT_FALSE(finding.statement.empty()) << finding.id;
  }
}

TEST(Methods, GiveTheSameFindingsTwice) {
  Toy toy = ordinary_case();
  for (const Method* method : all_methods()) {
    const auto first = findings_of(toy, *method);
    const auto second = findings_of(toy, *method);
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(first[i].statement, second[i].statement);
      EXPECT_EQ(first[i].selection.locus_sha256, second[i].selection.locus_sha256);
      ASSERT_EQ(first[i].quantities.size(), second[i].quantities.size());
      for (std::size_t q = 0; q < first[i].quantities.size(); ++q) {
        EXPECT_EQ(first[i].quantities[q].value, second[i].quantities[q].value);
      }
    }
  }
}

TEST(Methods, AreListedOnceAndFoundByName) {
  std::set<std::string_view> names;
  for (const Method* method : all_methods()) {
    EXPECT_TRUE(names.insert(method->name()).second) << method->name();
    EXPECT_EQ(find_method(method->name()), method);
    EXPECT_FALSE(method->summary().empty());
  }
  EXPECT_EQ(find_method("nothing"), nullptr);
}

TEST(Methods, AreEachDescribedInTheirOwnDocument) {
  for (const Method* method : all_methods()) {
    const std::string path =
        std::string(ASSAY_TEST_DATA) + "/../../docs/methods/" + std::string(method->name()) + ".md";
    std::ifstream document(path);
    EXPECT_TRUE(document.good()) << "docs/methods/" << method->name() << ".md is missing";
  }
}

}  // namespace
}  // namespace assay
