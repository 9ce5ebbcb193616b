#include <gtest/gtest.h>

#include <cmath>

#include "assay/writer.h"

namespace assay {
namespace {

TEST(EvidenceJson, RoundTripsEveryField) {
  Evidence evidence;
  evidence.number = 3;
  evidence.id = "dns-3";
  evidence.name = "odd \"name\"\n.log";
  evidence.sha256 = "ab";
  evidence.size_bytes = 1ull << 60;
  evidence.vantage = Vantage::authoritative;
  evidence.clock = {"Europe/Berlin", true, -5, 2016, std::nullopt};
  evidence.coverage.completeness = Completeness::complete;
  evidence.coverage.intervals = {{5, 9}};
  evidence.coverage.names.push_back(std::move(NamePattern::parse("*.sender.example")).value());
  evidence.state = ReadState::partly_read;
  evidence.balance = {10, 7, 2, 1, 7};
  evidence.notes = {{"bind.year_inferred", 4, "2016"}};
  evidence.span = Interval{1, 2};
  const std::string json = evidence_to_json(evidence);
  const auto back = evidence_from_json(json);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(evidence_to_json(*back), json);
  EXPECT_FALSE(evidence_from_json("{}").ok());
  EXPECT_FALSE(evidence_from_json("nonsense").ok());
}

TEST(FindingJson, RoundTripsAndSurvivesOddNumbersAndBytes) {
  Finding finding;
  finding.id = "q1/authoritative/volume/Bank/raw";
  finding.outcome = Outcome::nothing_found;
  finding.subject = "\xff\xfe not UTF-8";
  finding.quantities = {{"share", 0.1 + 0.2, "", std::pair{0.1, std::nan("")}, "95 %"}};
  finding.parameters = {{"w", "60"}};
  finding.selection = {"rows", {1, 2}, 7, "00", {"dns-1:5"}};
  finding.tables = {{"t", {"a", "b"}, {"r"}, {{1, INFINITY}}}};
  Evidence complete;
  complete.id = "mail-1";
  complete.state = ReadState::read;
  complete.coverage.completeness = Completeness::complete;
  complete.coverage.intervals = {{0, 100}};
  finding.absence =
      Absence::establish({{"mail-1", {&complete}, ""}}, {"mail record", {0, 100}, {}}, 0);
  ASSERT_TRUE(finding.absence);
  const std::string json = finding_to_json(finding);
  const auto back = finding_from_json(json);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(finding_to_json(*back), json);
  EXPECT_EQ(back->quantities[0].value, 0.1 + 0.2);
}

}  // namespace
}  // namespace assay
