// What texts have in common, counted in both of them.
#include "review/part_texts.h"

#include <gtest/gtest.h>

#include <string>

namespace assay::review {
namespace {

// "w1 w2 ..."; as a quotation when `mark` is "> ".
std::string words(int first, int last, const std::string& mark = "") {
  std::string text;
  for (int i = first; i <= last; ++i) {
    if ((i - first) % 10 == 0) text += (text.empty() ? "" : "\n") + mark;
    text += "w" + std::to_string(i) + " ";
  }
  return text + "\n";
}

class PartTextsTest : public ::testing::Test {
 protected:
  PartTextsTest() : parts_(3), decisions_(3) {}
  void compare(std::uint32_t known, const std::string& text, std::vector<std::uint32_t> near = {}) {
    parts_.compare(known, text, near.data(), near.data() + near.size(), decisions_);
  }
  PartTexts parts_;
  std::vector<Decision> decisions_;
};

TEST_F(PartTextsTest, FindsATextThatAKnownOneQuotes) {
  ASSERT_TRUE(parts_.add(0, words(1, 80)));
  ASSERT_TRUE(parts_.add(1, words(500, 580)));
  parts_.build_index();
  compare(7, words(900, 920) + words(1, 80, "> "));
  parts_.settle(decisions_);
  EXPECT_EQ(decisions_[0].review_class, ReviewClass::part_copy);
  EXPECT_EQ(decisions_[0].twin, 7u);
  EXPECT_FLOAT_EQ(decisions_[0].contained, 1);
  EXPECT_EQ(decisions_[1].review_class, ReviewClass::fresh);
}

TEST_F(PartTextsTest, NamesTheKnownTextThatAReplyHolds) {
  ASSERT_TRUE(parts_.add(0, words(900, 940) + words(1, 80, "> ")));
  parts_.build_index();
  compare(7, words(1, 80));
  compare(8, words(1, 30) + words(2'000, 2'050));
  parts_.settle(decisions_);
  EXPECT_EQ(decisions_[0].review_class, ReviewClass::fresh);
  EXPECT_EQ(decisions_[0].holds, 7u);
}

TEST_F(PartTextsTest, CountsTheJaccardIndexInBothTexts) {
  ASSERT_TRUE(parts_.add(0, words(1, 104)));  // 100 phrases
  parts_.build_index();
  decisions_[0].near = 7;
  compare(7, words(1, 84), {0});  // 80 of them
  EXPECT_FLOAT_EQ(decisions_[0].jaccard, 0.8f);
  EXPECT_TRUE(decisions_[0].is_jaccard_exact);
  parts_.settle(decisions_);
  EXPECT_EQ(decisions_[0].review_class, ReviewClass::near_copy);
}

TEST_F(PartTextsTest, LeavesTextsThatShareLittle) {
  ASSERT_TRUE(parts_.add(0, words(1, 100)));
  parts_.build_index();
  compare(7, words(1, 60) + words(700, 800));
  parts_.settle(decisions_);
  EXPECT_EQ(decisions_[0].review_class, ReviewClass::fresh);
  EXPECT_EQ(decisions_[0].holds, kNone);
}

}  // namespace
}  // namespace assay::review
