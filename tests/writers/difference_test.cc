// What changed between two examinations, on the sample case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "page.h"
#include "sample_case.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CaseModel first() {
  CaseModel model = sample::sample_case();
  model.case_hash = std::string(64, 'a');
  return model;
}

// The first case, to which a mail log came that ties mail to the look-ups.
CaseModel later() {
  CaseModel model = first();
  model.earlier_hashes = {model.case_hash};
  model.case_hash = std::string(64, 'b');
  Evidence log;
  log.number = 90;
  log.id = "mail-90";
  log.name = "bank-mail.log";
  log.format = "postfix_log";
  log.sha256 = std::string(64, 'c');
  model.evidences.push_back(log);
  QuestionResult& result = model.questions.front();
  Finding timeline;
  timeline.id = result.question.id + "/all/timeline/all";
  timeline.method = "timeline";
  timeline.method_version = "1";
  timeline.question = result.question.id;
  timeline.outcome = Outcome::found;
  timeline.statement = "Joined: 340 of 354.";
  for (const auto& [name, value] : {std::pair("check_transfer_joined", 340.0),
                                    {"check_transfer_unjoined", 560.0},
                                    {"check_transfer_unjoined_partners", 14.0},
                                    {"check_transfer_with_partner", 340.0},
                                    {"check_transfer_by_chance", 0.1},
                                    {"check_transfer_p", 0.016}}) {
    Quantity quantity;
    quantity.name = name;
    quantity.value = value;
    timeline.quantities.push_back(quantity);
  }
  result.findings.front().statement += " Said otherwise.";
  result.findings.front().method_version += "1";
  result.findings.push_back(timeline);
  result.verdict = judge(result.question, model.case_file, FindingSet(result.findings));
  return model;
}

TEST(Difference, OfTheSameEvidenceTwiceIsNothing) {
  const Difference difference = difference_between(first(), first());
  EXPECT_TRUE(difference.is_nothing());
  EXPECT_FALSE(difference.is_same_case_later);
  for (const QuestionDifference& question : difference.questions) {
    for (const MissingChange& missing : question.missing) {
      EXPECT_EQ(missing.place_before, missing.place_after);
    }
  }
  EXPECT_THAT(difference_to_html(first(), first()), HasSubstr("Nothing changed"));
}

TEST(Difference, NamesWhatCameAndWhichFindingMovedAnExplanation) {
  const CaseModel before = first(), after = later();
  const Difference difference = difference_between(before, after);
  EXPECT_TRUE(difference.is_same_case_later);
  EXPECT_FALSE(difference.is_nothing());
  ASSERT_EQ(difference.evidences.size(), 1u);
  EXPECT_EQ(difference.evidences[0].id, "mail-90");
  EXPECT_EQ(difference.evidences[0].change, Change::came);
  const QuestionDifference& question = difference.questions.front();
  ASSERT_EQ(question.findings.size(), 2u);
  EXPECT_EQ(question.findings[0].change, Change::changed);
  EXPECT_THAT(question.findings[0].what, Contains("version of the method"));
  EXPECT_EQ(question.findings[1].change, Change::came);
  EXPECT_THAT(
      question.explanations,
      Contains(testing::AllOf(
          Field(&ExplanationChange::explanation, "live_mail_with_checks"),
          Field(&ExplanationChange::bearings,
                Contains(testing::AllOf(
                    Field(&BearingChange::finding, HasSubstr("timeline")),
                    Field(&BearingChange::before, std::nullopt),
                    Field(&BearingChange::after, std::optional(Direction::strongly_for))))))));
}

TEST(Difference, TellsTheWayBackAsWell) {
  const Difference back = difference_between(later(), first());
  EXPECT_FALSE(back.is_same_case_later);
  EXPECT_EQ(back.evidences.front().change, Change::gone);
  EXPECT_THAT(back.questions.front().findings,
              Contains(Field(&FindingChange::change, Change::gone)));
}

TEST(Difference, NamesAQuestionThatIsNotAskedAnyMore) {
  CaseModel after = first();
  after.questions.pop_back();
  const Difference difference = difference_between(first(), after);
  EXPECT_EQ(difference.questions.back().after, nullptr);
  EXPECT_FALSE(difference.is_nothing());
  EXPECT_THAT(difference_to_html(first(), after), HasSubstr("Not asked."));
}

TEST(Difference, NamesWhatIsStatedOtherwise) {
  CaseModel after = first();
  after.case_toml_sha256 = std::string(64, 'd');
  after.case_file.parties.front().addresses.push_back(IpPrefix::parse("203.0.113.99").value());
  after.evidences.front().vantage = Vantage::host;
  const Difference difference = difference_between(first(), after);
  EXPECT_THAT(difference.stated, Contains(HasSubstr("203.0.113.99")));
  EXPECT_EQ(difference.evidences.front().change, Change::changed);
}

TEST(Difference, IsAPageThatIsWellFormedWhateverStandsInTheEvidence) {
  const std::string hostile = "\"><script>alert(1)</script>\xff\x1b[31m\xe2\x80\xae";
  for (const CaseModel& after : {later(), sample::hostile_case(hostile)}) {
    const std::string html = difference_to_html(first(), after);
    const Page page = read_page(html);
    EXPECT_THAT(page.complaints, IsEmpty());
    std::set<std::string> ids;
    for (const PageTag& tag : page.tags) {
      EXPECT_NE(tag.name, "script");
      const std::string id(tag.attribute("id"));
      if (!id.empty()) {
        EXPECT_TRUE(ids.insert(id).second) << id;
      }
    }
    for (const PageTag& tag : page.tags) {
      const std::string_view target = tag.attribute("href");
      if (!target.empty()) {
        EXPECT_TRUE(ids.contains(std::string(target.substr(1)))) << target;
      }
    }
    EXPECT_FALSE(
        nlohmann::json::parse(difference_to_json(first(), after), nullptr, false).is_discarded());
  }
}

TEST(Difference, IsTheSameBytesForTheSameModels) {
  EXPECT_EQ(difference_to_html(first(), later()), difference_to_html(first(), later()));
  EXPECT_EQ(difference_to_json(first(), later()), difference_to_json(first(), later()));
}

}  // namespace
}  // namespace assay
