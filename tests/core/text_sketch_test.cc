#include "core/text_sketch.h"

#include <gtest/gtest.h>

#include <string>

#include "core/digest.h"

namespace assay {
namespace {

// `count` words, of which each names its place and the draw.
std::string words(int count, int draw) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "w" + std::to_string(i) + "x" + std::to_string(draw) + " ";
  return text;
}

std::string bytes_of(const std::string& text) { return sketch_bytes(text_sketch(text)).value(); }

TEST(TextSketch, OneTextHasOneSketchWhateverItsCaseAndGaps) {
  EXPECT_EQ(text_sketch("The quarterly figures are in, please look at them before we meet on "
                        "Monday at noon."),
            text_sketch("the QUARTERLY figures\nare in please look   at them\nbefore we meet on "
                        "monday, at noon"));
}

TEST(TextSketch, QuotedLinesAndSignaturesAreLeftOut) {
  const std::string text = words(40, 1) + "\n";
  EXPECT_EQ(text_sketch(text),
            text_sketch("> " + words(30, 2) + "\n" + text + "--\n" + words(30, 3) + "\n"));
}

TEST(TextSketch, AShortTextHasNone) {
  EXPECT_EQ(text_sketch(""), "");
  EXPECT_EQ(text_sketch(words(13, 1)), "");
  EXPECT_EQ(text_sketch(words(14, 1)).size(), 256u);
  // Five phrases, however often they are said again.
  std::string again;
  for (int i = 0; i < 10; ++i) again += "so it goes on and ";
  EXPECT_EQ(text_sketch(again), "");
}

TEST(TextSketch, BinsInCommonTellTheJaccardIndex) {
  // The first of 1,000 words alike, the rest not: 4 phrases lie across the border.
  struct Wanted {
    int alike;
    double least, most;
  };
  for (const auto& [alike, least, most] :
       {Wanted{1000, 1, 1}, Wanted{950, 0.85, 0.97}, Wanted{800, 0.53, 0.79},
        Wanted{500, 0.2, 0.47}, Wanted{0, 0, 0.05}}) {
    const std::string head = words(alike, 1);
    const double told = jaccard_told_by(static_cast<double>(bins_in_common(
        bytes_of(head + words(1000 - alike, 2)), bytes_of(head + words(1000 - alike, 3)))));
    EXPECT_GE(told, least) << alike;
    EXPECT_LE(told, most) << alike;
  }
}

TEST(TextSketch, PhrasesAreEachCountedOnce) {
  EXPECT_EQ(phrases_of("a b c d e f").size(), 2u);
  EXPECT_EQ(phrases_of("a b c d").size(), 0u);
  std::string again;
  for (int i = 0; i < 50; ++i) again += "so it goes on and ";
  EXPECT_EQ(phrases_of(again).size(), 5u);
}

TEST(TextSketch, OnlyASketchIsTakenForOne) {
  EXPECT_FALSE(sketch_bytes(""));
  EXPECT_FALSE(sketch_bytes(std::string(256, 'G')));
  EXPECT_FALSE(sketch_bytes(std::string(255, 'a')));
  EXPECT_EQ(sketch_bytes(std::string(256, 'a')).value(), std::string(128, '\xaa'));
}

// The example that the EDRM Message ID Hash specification itself gives.
TEST(MessageIdHash, IsThatOfThePublishedExample) {
  EXPECT_EQ(edrm_mih("CALckR-a8UDkRjO4xJyjd_s0GPxQWw@mail.gmail.com"),
            "1de319c276884bd0c9e2f1621ada26cc");
}

}  // namespace
}  // namespace assay
