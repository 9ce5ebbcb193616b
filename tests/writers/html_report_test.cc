#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "page.h"
#include "sample_case.h"
#include "writers/html_escape.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string render(std::string_view writer, const CaseModel& model) {
  return std::move(find_writer(writer)->write(model)).value();
}

const std::string& sample_page() {
  static const std::string kPage = render("html", sample::sample_case());
  return kPage;
}

const std::set<std::string_view> kAttributes{
    "aria-current", "aria-hidden", "aria-label", "aria-labelledby",
    "charset",      "class",       "content",    "height",
    "href",         "http-equiv",  "id",         "lang",
    "name",         "opacity",     "points",     "d",
    "reversed",     "role",        "rx",         "scope",
    "text-anchor",  "title",       "transform",  "value",
    "viewBox",      "width",       "x",          "x1",
    "x2",           "y",           "y1",         "y2",
    "cx",           "cy",          "r",          "colspan",
    "rowspan",      "open",        "start",      "datetime"};

// What must hold for every page, whatever stands in the evidence.
void check_page(const std::string& html) {
  const Page page = read_page(html);
  EXPECT_THAT(page.complaints, IsEmpty());
  std::map<std::string, int> ids;
  for (const PageTag& tag : page.tags) {
    EXPECT_NE(tag.name, "script");
    EXPECT_NE(tag.name, "img");
    for (const auto& [name, value] : tag.attributes) {
      EXPECT_TRUE(kAttributes.contains(name)) << tag.name << " has " << name;
      if (name == "id") ++ids[value];
    }
  }
  for (const auto& [id, count] : ids) EXPECT_EQ(count, 1) << "id=" << id.substr(0, 100);
  for (const PageTag& tag : page.tags) {
    const std::string_view target = tag.attribute("href");
    if (target.empty()) continue;
    EXPECT_EQ(target.front(), '#') << target;
    EXPECT_TRUE(ids.contains(std::string(target.substr(1)))) << target.substr(0, 100);
  }
}

TEST(HtmlReport, IsWellFormedAndEveryLinkArrives) { check_page(sample_page()); }

TEST(HtmlReport, AsksNothingOfTheNetworkAndRunsNothing) {
  for (const char* word : {"<script", "http://", "https://", "@import", "url(", "//cdn"}) {
    EXPECT_THAT(sample_page(), Not(HasSubstr(word)));
  }
}

TEST(HtmlReport, IsTheSameBytesForTheSameModel) {
  EXPECT_EQ(render("html", sample::sample_case()), sample_page());
  EXPECT_EQ(render("json", sample::sample_case()), render("json", sample::sample_case()));
}

TEST(HtmlReport, PutsTheVerdictBeforeEverythingElse) {
  const std::string& page = sample_page();
  const std::size_t verdict = page.find("class=\"verdict\"");
  ASSERT_NE(verdict, std::string::npos);
  for (const char* later : {"<nav", "<figure", "<table", "class=\"statements\""}) {
    EXPECT_LT(verdict, page.find(later)) << later;
  }
}

TEST(HtmlReport, SaysEachAnswerInShortFirst) {
  EXPECT_THAT(sample_page(), HasSubstr("<b>Cannot all be true: &#39;Bank share"));
}

TEST(HtmlReport, TellsClaimsWithoutAQuotationApart) {
  CaseModel model = sample::sample_case();
  for (Claim& claim : model.case_file.claims) claim.quote = claim.source = "";
  const std::string page = render("html", model);
  EXPECT_THAT(page, Not(HasSubstr("<q></q>")));
  for (const Claim& claim : model.case_file.claims) {
    std::string kind = claim.kind;
    std::replace(kind.begin(), kind.end(), '_', ' ');
    EXPECT_THAT(page, HasSubstr(">" + claim.id + " (" + kind + ")"));
    for (const auto& [field, value] : claim.fields) {
      if (value.find_first_of("&<>'\"") == std::string::npos) {
        EXPECT_THAT(page, HasSubstr(field + " " + value));
      }
    }
  }
}

TEST(HtmlReport, ListsTheSmallestClashesOfFiguresAndWhatHasToGo) {
  for (const char* heading :
       {"<p>Cannot be true together:</p><ul><li>", "<p>The rest fits without:</p><ul><li>"}) {
    EXPECT_THAT(sample_page(), HasSubstr(heading));
  }
}

TEST(HtmlReport, DrawsEveryFigureOnceForEachPartyAndFoldsAwayTheOthers) {
  std::map<std::string, int> drawn, folded;
  bool is_folded = false;
  for (const PageTag& tag : read_page(sample_page()).tags) {
    is_folded = tag.name == "details" || (is_folded && tag.name != "section");
    if (tag.name == "svg") ++(is_folded ? folded : drawn)[std::string(tag.attribute("class"))];
  }
  EXPECT_EQ(folded["gaps"], 2) << "of Bank's two addresses";
  EXPECT_EQ(drawn["shares"], 1);
  EXPECT_EQ(drawn["daily"], 1);
  EXPECT_EQ(drawn["gaps"], 2);
  EXPECT_EQ(drawn["raster"], 2);
}

TEST(HtmlReport, TintsOnlySilencesThatChanceDoesNotMake) {
  EXPECT_THAT(sample_page(), HasSubstr("class=\"silence\""));
  CaseModel model = sample::sample_case();
  for (Finding& finding : model.questions[0].findings) {
    for (Table& table : finding.tables) {
      if (table.name == "silences") table.rows[0][4] = 0.2;  // p_joint
    }
  }
  const std::string page = render("html", model);
  EXPECT_THAT(page, Not(HasSubstr("class=\"silence\"")));
  EXPECT_THAT(page, HasSubstr("No joint silence that the test can tell from chance"));
}

TEST(HtmlReport, GivesEveryFindingItsNumberOnce) {
  const CaseModel model = sample::sample_case();
  std::map<std::string, int> ids;
  for (const PageTag& tag : read_page(sample_page()).tags) {
    ++ids[std::string(tag.attribute("id"))];
  }
  for (const QuestionResult& result : model.questions) {
    for (const Finding& finding : result.findings) {
      EXPECT_EQ(ids["f-" + anchor_of(finding.id)], 1) << finding.id;
    }
  }
}

TEST(HtmlReport, NumbersStatementsAsTheJsonDoes) {
  const auto json = nlohmann::json::parse(render("json", sample::sample_case()));
  int seen = 0;
  for (const auto& question : json.at("questions")) {
    for (const auto& finding : question.at("findings")) {
      const auto number = finding.at("statement_number").get<std::string>();
      const auto anchor = anchor_of(finding.at("id").get<std::string>());
      const std::size_t at = sample_page().find(fmt::format("<li id=\"f-{}\"", anchor));
      ASSERT_NE(at, std::string::npos) << anchor;
      EXPECT_THAT(sample_page().substr(at, 300), HasSubstr(">" + number + "</span>"));
      ++seen;
    }
  }
  EXPECT_GT(seen, 50);
}

TEST(HtmlReport, SaysThatAnEvidenceDoesNotBalance) {
  CaseModel model = sample::sample_case();
  EXPECT_THAT(sample_page(), Not(HasSubstr("DOES NOT BALANCE")));
  model.evidences[1].balance.used -= 1;
  EXPECT_THAT(render("html", model), HasSubstr("DOES NOT BALANCE"));
}

TEST(HtmlReport, WritesAPageForACaseWithNothingInIt) {
  CaseModel model;
  check_page(render("html", model));
  EXPECT_TRUE(nlohmann::json::accept(render("json", model)));
}

std::size_t count_of(std::string_view what, std::string_view where) {
  std::size_t count = 0;
  for (std::size_t at = where.find(what); at != std::string_view::npos;
       at = where.find(what, at + what.size())) {
    ++count;
  }
  return count;
}

class HostileText : public ::testing::TestWithParam<std::string> {};

TEST_P(HostileText, StaysTextWhereverItStands) {
  const CaseModel model = sample::hostile_case(GetParam());
  const std::string page = render("html", model);
  check_page(page);
  EXPECT_LT(page.size(), 8'000'000u) << "long texts are cut";
  EXPECT_GT(count_of(escape_html(GetParam().substr(0, 8)), page), 50u)
      << "the text is hardly there";
  EXPECT_THAT(page, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_EQ(page.find('\0'), std::string::npos);
  const std::string json = render("json", model);
  EXPECT_TRUE(nlohmann::json::accept(json));
}

INSTANTIATE_TEST_SUITE_P(Texts, HostileText,
                         ::testing::Values("<script>alert(1)</script>", "\"onmouseover=\"alert(1)",
                                           "' autofocus onfocus='alert(1)", "ab\xe2\x80\xaegpj.exe",
                                           std::string("nul\0byte", 8),
                                           "\xff\xfe\xc3(\xed\xa0\x80 not UTF-8",
                                           "</style></svg></title><img src=x onerror=alert(1)>",
                                           "]]><!--", "https://evil.example/?a=1&b=2",
                                           "javascript:alert(1)", "{} {0} {:d}",
                                           std::string(60'000, 'A') + "\xe2\x82\xac",
                                           std::string(399, 'B') + "\xe2\x82\xac after the cut"));

TEST(EscapeHtml, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(escape_html("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(escape_html(std::string_view("\0\x7f\n", 3)), "\\x00\\x7f\\x0a");
  EXPECT_EQ(escape_html("\xe2\x80\xae"
                        "x"),
            "\\u{202e}x");
  EXPECT_EQ(escape_html("\xff\xc3(\xed\xa0\x80"), "\\xff\\xc3(\\xed\\xa0\\x80");
  EXPECT_EQ(escape_html("b\xc3\xbc"
                        "cher.example"),
            "b\xc3\xbc"
            "cher.example");
}

TEST(EscapeSentence, KeepsTimesAndPercentagesInOnePiece) {
  EXPECT_EQ(escape_sentence("<b> 2021-05-04T00:00:00.5Z, 80 %"),
            "&lt;b&gt; <time>2021-05-04T00:00:00.5Z</time>, 80\xc2\xa0%");
  EXPECT_EQ(escape_sentence("2021-05-04T00:00:00"), "2021-05-04T00:00:00");
}

TEST(EscapeHtml, CutsLongTextBetweenCharactersAndSaysHowLongItWas) {
  const std::string cut = escape_html_cut(std::string(kMostShownBytes - 1, 'B') + "\xe2\x82\xac!");
  EXPECT_THAT(cut, HasSubstr("403 bytes in all"));
  EXPECT_THAT(cut, Not(HasSubstr("\\x")));
}

TEST(AnchorOf, KeepsDifferentTextsApart) {
  const std::set<std::string> anchors{anchor_of("a/b"), anchor_of("a_2fb"), anchor_of("a b"),
                                      anchor_of("a%2fb"), anchor_of("A/b")};
  EXPECT_EQ(anchors.size(), 5u);
}

// `ASSAY_SAMPLE_DIR=dir test_writers --gtest_filter=Sample*` leaves the sample there: the schema
// check reads it, and a person can look at it.
TEST(SampleReport, IsLeftInAFolderWhenAskedFor) {
  const char* folder = std::getenv("ASSAY_SAMPLE_DIR");
  if (folder == nullptr) GTEST_SKIP() << "ASSAY_SAMPLE_DIR is not set";
  for (const Writer* writer : all_writers()) {
    const std::string path = fmt::format("{}/report.{}", folder, writer->name());
    std::ofstream out(path, std::ios::binary);
    out << render(writer->name(), sample::sample_case());
    EXPECT_TRUE(out.flush().good()) << path;
  }
}

}  // namespace
}  // namespace assay
