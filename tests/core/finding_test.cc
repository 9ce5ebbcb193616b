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

Recorder alone(const Evidence& evidence) { return {evidence.id, {&evidence}, ""}; }

const Sought kMail{"mail record", {0, 100}, {}};

Sought sought_names(std::vector<std::string_view> patterns) {
  Sought sought{"look-up", {0, 100}, {}};
  for (const std::string_view text : patterns) {
    sought.names.push_back(NamePattern::parse(text).value());
  }
  return sought;
}

TEST(Absence, NeedsCompleteCoverageOfTheWholeWindow) {
  const Evidence first = complete_evidence(0, 50), second = complete_evidence(50, 100);
  const Recorder rotated{"mx", {&first, &second}, ""};
  EXPECT_TRUE(Absence::establish({rotated}, kMail, 0));
  EXPECT_FALSE(Absence::establish({alone(first)}, kMail, 0));
  EXPECT_FALSE(Absence::establish({rotated}, kMail, 1));
  EXPECT_FALSE(Absence::establish({}, kMail, 0));
}

TEST(Absence, DoesNotAddUpRecorders) {
  // The second may have been asked before 40 as well, and the first after 60.
  const Evidence first = complete_evidence(0, 60), second = complete_evidence(40, 100);
  EXPECT_FALSE(Absence::establish({alone(first), alone(second)}, kMail, 0));
  const auto why = Absence::shortfalls({alone(first), alone(second)}, kMail);
  ASSERT_EQ(why.size(), 2u);
  EXPECT_TRUE(why[0].starts_with("mail-1 does not cover ")) << why[0];
}

TEST(Absence, StopsAtARecorderThatCannotVouch) {
  const Evidence evidence = complete_evidence(0, 100);
  const Recorder doubtful{"mx", {&evidence}, "its vantage is not stated"};
  EXPECT_FALSE(Absence::establish({doubtful}, kMail, 0));
  EXPECT_TRUE(Absence::establish({doubtful}, {"mail record", {200, 300}, {}}, 0) == std::nullopt);
  const Evidence later = complete_evidence(200, 300);
  EXPECT_TRUE(Absence::establish({doubtful, alone(later)}, {"mail record", {200, 300}, {}}, 0))
      << "what does not touch the window has no say";
}

TEST(Absence, IsNotFoundInAFileReadInPartOrWithRejects) {
  Evidence evidence = complete_evidence(0, 100);
  for (const ReadState state : {ReadState::partly_read, ReadState::unread, ReadState::unreadable}) {
    evidence.state = state;
    EXPECT_FALSE(Absence::establish({alone(evidence)}, kMail, 0));
  }
  evidence.state = ReadState::read;
  evidence.balance.rejected = 1;
  EXPECT_FALSE(Absence::establish({alone(evidence)}, kMail, 0));
}

TEST(Absence, OneCompleteServerDoesNotSpeakForItsNeighbour) {
  const Evidence complete = complete_evidence(0, 100);
  Evidence unknown = complete_evidence(0, 100);
  unknown.coverage.completeness = Completeness::unknown;
  EXPECT_FALSE(Absence::establish({alone(complete), alone(unknown)}, kMail, 0));
  unknown.coverage.intervals.clear();  // of a time that nobody told
  EXPECT_FALSE(Absence::establish({alone(complete), alone(unknown)}, kMail, 0));
  unknown.coverage.intervals = {{200, 300}};  // of another time: it has no say
  EXPECT_TRUE(Absence::establish({alone(complete), alone(unknown)}, kMail, 0));
}

TEST(Absence, IsLimitedToTheDeclaredNames) {
  Evidence evidence = complete_evidence(0, 100);
  evidence.coverage.names.push_back(NamePattern::parse("*.sender.example").value());
  const auto holds = [&](std::vector<std::string_view> names) {
    return Absence::establish({alone(evidence)}, sought_names(std::move(names)), 0).has_value();
  };
  EXPECT_TRUE(holds({"mail1.sender.example"}));
  EXPECT_TRUE(holds({"*.sender.example"}));
  EXPECT_TRUE(holds({"*.news.sender.example", "mail1.sender.example"}));
  EXPECT_FALSE(holds({"mail1.sender.example", "other.example"}));
  EXPECT_FALSE(holds({"*.example"}));
  EXPECT_FALSE(holds({})) << "every name";
  evidence.coverage.names = {NamePattern::parse("mail1.sender.example").value()};
  EXPECT_TRUE(holds({"mail1.sender.example"}));
  EXPECT_FALSE(holds({"*.sender.example"})) << "one name does not answer for all below";
}

TEST(Absence, SaysWhatWasSoughtAndWhoVouches) {
  const Evidence evidence = complete_evidence(0, 100);
  const auto absence = Absence::establish({alone(evidence)}, {"look-up by Bank", {0, 100}, {}}, 0);
  ASSERT_TRUE(absence);
  EXPECT_TRUE(absence->statement().starts_with("no look-up by Bank in ")) << absence->statement();
  EXPECT_TRUE(absence->statement().ends_with("declared complete by mail-1"));
}

}  // namespace
}  // namespace assay
