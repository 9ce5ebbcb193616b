#include "readers/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "read_text.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;
using testing::ElementsAre;

// Each line as "offset:text", with '~' behind one that the input cut.
std::vector<std::string> lines_of(ByteSource& source, CollectingSink& sink) {
  std::vector<std::string> out;
  LineReader lines(source, sink);
  for (TextLine line; lines.next(line);) {
    sink.used_unit();
    out.push_back(fmt::format("{}:{}{}", line.offset, line.text, line.is_terminated ? "" : "~"));
  }
  EXPECT_TRUE(lines.status().ok());
  EXPECT_TRUE(sink.balance().is_even());
  return out;
}

TEST(LineReader, SplitsAtLineFeedsWhateverTheSizeOfThePieces) {
  const std::string text =
      "\xef\xbb\xbf"
      "a\r\nbb\n\n  \t\nc\rc\n\nlast";
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 100u}) {
    CollectingSink sink;
    MemorySource source(text, piece);
    EXPECT_THAT(lines_of(source, sink), ElementsAre("3:a", "6:bb", "14:c\rc", "19:last~"));
    EXPECT_EQ(sink.balance().blank, 3u);
  }
}

TEST(LineReader, SplitsAtCarriageReturnsWhereThereIsNothingElse) {
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 100'000u}) {
    CollectingSink sink;
    MemorySource source("a\rbb\r\r  \rlast\n", piece);
    EXPECT_THAT(lines_of(source, sink), ElementsAre("0:a", "2:bb", "9:last~"));
    EXPECT_EQ(sink.balance().blank, 2u);
    EXPECT_EQ(sink.noted("text.cr_line_ends"), 1u);
    CollectingSink other;
    MemorySource feeds("a\ra\nb\n", piece);
    EXPECT_THAT(lines_of(feeds, other), ElementsAre("0:a\ra", "4:b"));
    EXPECT_EQ(other.noted("text.cr_line_ends"), 0u);
  }
  CollectingSink sink;
  std::string many = "\xef\xbb\xbf";
  for (int i = 0; i < 30'000; ++i) many += fmt::format("line {}\r", i);
  MemorySource source(many, 5'000);
  const auto lines = lines_of(source, sink);
  EXPECT_EQ(lines.size(), 30'000u);
  EXPECT_EQ(lines.back(), fmt::format("{}:line 29999", many.rfind("line")));
}

TEST(LineReader, RefusesLongLinesWithoutKeepingThem) {
  const std::string text =
      "first\n" + std::string(5'000'000, 'x') + "\n" + std::string(kMaxLineBytes, 'y') + "\n" +
      std::string(kMaxLineBytes + 1, 'z') + "\nlast\n" + std::string(3'000'000, 'w');
  CollectingSink sink;
  MemorySource source(text, 65'536);
  const auto lines = lines_of(source, sink);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "0:first");
  EXPECT_EQ(lines[2], fmt::format("{}:last", text.find("last")));
  EXPECT_THAT(sink.reject_codes(), ElementsAre("line.too_long", "line.too_long", "line.too_long"));
  EXPECT_EQ(sink.rejects[0].offset, 6u);
  EXPECT_EQ(sink.rejects[0].length, 5'000'000u);
  EXPECT_EQ(sink.rejects[0].text, std::string(kMaxRejectText, 'x'));
  EXPECT_EQ(sink.rejects[2].offset, text.find('w'));
  EXPECT_EQ(sink.rejects[2].length, 3'000'000u);
}

TEST(LineReader, RefusesUtf16AsAWholeAndSaysHowToMendIt) {
  std::string text(
      "\xff\xfe"
      "a\0\n\0b\0",
      8);
  CollectingSink sink;
  MemorySource source(text, 3);
  EXPECT_TRUE(lines_of(source, sink).empty());
  EXPECT_THAT(sink.reject_codes(), ElementsAre("text.utf16"));
  EXPECT_EQ(sink.rejects[0].length, 8u);
  EXPECT_NE(sink.rejects[0].why.find("iconv"), std::string::npos);
}

TEST(LineReader, RefusesTheLineInWhichAStreamBrokeOff) {
  CollectingSink sink;
  MemorySource source("whole\nhal", 4);
  source.end_with(Error{ErrorCode::malformed, "gzip: unexpected end"});
  EXPECT_THAT(lines_of(source, sink), ElementsAre("0:whole"));
  EXPECT_THAT(sink.reject_codes(), ElementsAre("input.damaged"));
  EXPECT_EQ(sink.rejects[0].text, "hal");
  EXPECT_NE(sink.rejects[0].why.find("unexpected end"), std::string::npos);
}

TEST(LineReader, PassesOnAnErrorOfTheSource) {
  CollectingSink sink;
  MemorySource source("whole\nhal", 4);
  source.end_with(Error{ErrorCode::io, "disk"});
  LineReader lines(source, sink);
  TextLine line;
  EXPECT_TRUE(lines.next(line));
  EXPECT_FALSE(lines.next(line));
  ASSERT_FALSE(lines.status().ok());
  EXPECT_EQ(lines.status().error().message, "disk");
}

TEST(LineReader, AnEmptyInputHasNoUnits) {
  CollectingSink sink;
  MemorySource source("");
  EXPECT_TRUE(lines_of(source, sink).empty());
  EXPECT_EQ(sink.balance().units, 0u);
}

}  // namespace
}  // namespace assay
