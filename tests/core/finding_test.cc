#include "assay/finding.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "assay/explanation.h"

namespace assay {
namespace {

// Rule 1 of the design: the wrong call does not compile.
static_assert(!std::is_default_constructible_v<Absence>);
static_assert(!std::is_default_constructible_v<Exclusion>);
static_assert(!std::is_constructible_v<Exclusion, std::string>);
static_assert(!std::is_constructible_v<Exclusion, Finding>);

Evidence complete_evidence(std::int64_t from, std::int64_t to) {
  Evidence evidence;
  evidence.id = "mail-1";
  evidence.state = ReadState::read;
  evidence.coverage.completeness = Completeness::complete;
  evidence.coverage.intervals = {{from, to}};
  return evidence;
}

TEST(Absence, NeedsCompleteCoverageOfTheWholeWindow) {
  const Evidence first = complete_evidence(0, 50), second = complete_evidence(50, 100);
  EXPECT_TRUE(Absence::establish({&first, &second}, "mail", {0, 100}, std::nullopt, 0));
  EXPECT_FALSE(Absence::establish({&first}, "mail", {0, 100}, std::nullopt, 0));
  EXPECT_FALSE(Absence::establish({&first, &second}, "mail", {0, 100}, std::nullopt, 1));
  EXPECT_FALSE(Absence::establish({&first, &second}, "dns", {0, 100}, std::nullopt, 0));
}

TEST(Absence, IsNotFoundInAFileReadInPartOrWithRejects) {
  Evidence evidence = complete_evidence(0, 100);
  evidence.state = ReadState::partly_read;
  EXPECT_FALSE(Absence::establish({&evidence}, "mail", {0, 100}, std::nullopt, 0));
  evidence.state = ReadState::read;
  evidence.balance.rejected = 1;
  EXPECT_FALSE(Absence::establish({&evidence}, "mail", {0, 100}, std::nullopt, 0));
}

TEST(Absence, OneCompleteServerDoesNotSpeakForItsNeighbour) {
  const Evidence complete = complete_evidence(0, 100);
  Evidence unknown = complete_evidence(0, 100);
  unknown.coverage.completeness = Completeness::unknown;
  EXPECT_FALSE(Absence::establish({&complete, &unknown}, "mail", {0, 100}, std::nullopt, 0));
  unknown.coverage.intervals = {{200, 300}};  // of another time: it has no say
  EXPECT_TRUE(Absence::establish({&complete, &unknown}, "mail", {0, 100}, std::nullopt, 0));
}

TEST(Absence, IsLimitedToTheDeclaredNames) {
  Evidence evidence = complete_evidence(0, 100);
  evidence.coverage.names.push_back(std::move(NamePattern::parse("*.sender.example")).value());
  EXPECT_TRUE(Absence::establish({&evidence}, "mail", {0, 100}, "mail1.sender.example", 0));
  EXPECT_FALSE(Absence::establish({&evidence}, "mail", {0, 100}, "other.example", 0));
  EXPECT_FALSE(Absence::establish({&evidence}, "mail", {0, 100}, std::nullopt, 0));
}

}  // namespace
}  // namespace assay
