// Markings: what is found, where it stands, and what only looks like one.
#include "review/markings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::review {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const MarkingScan& shipped() {
  static const MarkingScan kScan(parse_markings(shipped_markings(), "default.toml").value());
  return kScan;
}

// "privilege legal advice text within 1; ..."
std::string found(const std::string& text, const MarkingScan& scan = shipped()) {
  std::vector<MarkingPlace> places;
  scan.scan(text, "text", places);
  std::string all;
  for (const MarkingPlace& place : places) {
    all += place.marking + " " + place.position + " " + std::to_string(place.count) + "; ";
  }
  return all;
}

TEST(Markings, TellsALineOfItsOwnFromRunningText) {
  EXPECT_EQ(found("SECRET//NOFORN\n\nFigures below.\n"), "SECRET within 1; NOFORN within 1; ");
  EXPECT_EQ(found("*** TOP SECRET ***\n\nFigures below.\n"),
            "TOP SECRET line 1; SECRET within 1; ");
  EXPECT_EQ(found("This gives Legal Advice on it, legal\n> advice\n"), "legal advice within 2; ");
}

TEST(Markings, WantsWholeWordsAndCapitalsWhereTheListSaysSo) {
  EXPECT_THAT(found("a secret, confidential talk; SECRETS, SECRETARY, nosecret"), IsEmpty());
  EXPECT_EQ(found("Attorney-Client Privileged"), "attorney-client within 1; ");
}

TEST(Markings, FindsPortionsAtTheStartOfParagraphsAlone) {
  EXPECT_EQ(found("(C) The figures.\n\n2. (S//NF) More of them.\nin the line (C) nothing\n(U) nor "
                  "here\n\n> (U) quoted\n"),
            "(C) portion 1; (S) portion 1; (U) portion 1; ");
  EXPECT_THAT(found("(C) 2016 Clinic\n\n(C) Copyright Bank\n\n(c) see above\n\n(X) no mark\n"),
              IsEmpty());
}

TEST(Markings, ReadsAListOfSomebody) {
  const auto list =
      parse_markings("[[marking]]\nkind = \"project\"\nwords = [\"Blue Door\"]\n", "l");
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(found("the blue\n  door", MarkingScan(*list)), "Blue Door within 1; ");
}

TEST(Markings, NamesTheLineOfAListThatCannotBeRead) {
  for (const char* text : {"[[marking]]\nwords = [\"a\"]\n", "[[marking]]\nkind = 1\nwords = 2\n",
                           "[[mark]]\n", "kind = [", "[[marking]]\nkind = \"k\"\nwords = [\"\"]\n",
                           "[[marking]]\nkind = \"k\"\nwords = [\"a\"]\ncase = \"odd\"\n"}) {
    const auto list = parse_markings(text, "list.toml");
    ASSERT_FALSE(list.ok()) << text;
    EXPECT_THAT(list.error().message, HasSubstr("list.toml:"));
  }
}

TEST(Markings, ReadsTheTextOfHtml) {
  EXPECT_EQ(found(plain_of_html("<style>SECRET</style><p><b>PRIVILEGED</b></p><p>(C) figures")),
            "PRIVILEGED line 1; (C) portion 1; ");
}

}  // namespace
}  // namespace assay::review
