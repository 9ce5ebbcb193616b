// gzip through ISA-L beside zlib, which every other program reads gzip with.
#include "engine/gzip_source.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "assay/result.h"
#include "text_source.h"

namespace assay {
namespace {

std::string deflated(const std::string& text, int level) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// What zlib makes of the first part, and whether it finds that part whole.
std::string inflated_by_zlib(const std::string& compressed, std::size_t most,
                             bool* is_whole = nullptr) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(most, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int outcome = inflate(&stream, Z_NO_FLUSH);
  if (is_whole != nullptr) *is_whole = outcome == Z_STREAM_END;
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

struct Inflated {
  std::string text;
  std::string damage;  // "" = whole
};

Inflated inflated(const std::string& compressed, std::size_t block = 1 << 18,
                  std::size_t capacity = 1 << 16) {
  TextSource source(compressed, block);
  const auto gzip = make_gzip_source(source);
  Inflated out;
  std::string buffer(capacity, '\0');
  while (true) {
    const auto count = gzip->read(buffer.data(), buffer.size());
    if (!count.ok()) {
      EXPECT_EQ(count.error().code, ErrorCode::malformed);
      out.damage = count.error().message;
      return out;
    }
    if (*count == 0) return out;
    out.text.append(buffer, 0, *count);
  }
}

std::string some_text(std::size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) {
    text += "query: host" + std::to_string(random() % 500) + ".bank.example IN A\n";
  }
  text.resize(size);
  return text;
}

TEST(GzipSource, GivesTheSameBytesHoweverItIsFedAndRead) {
  for (const int level : {0, 1, 6, 9}) {
    for (const std::size_t capacity : {1u, 3u, 4'096u, 1u << 18}) {
      const std::string text = some_text(capacity < 100 ? 3'000 : 100'000);
      const std::string compressed =
          deflated(text, level) + deflated("", level) + deflated("end\n", level);
      for (const std::size_t block : {1u, 7u, 1'000u, 1u << 18}) {
        const Inflated out = inflated(compressed, block, capacity);
        ASSERT_EQ(out.damage, "") << level << ' ' << block << ' ' << capacity;
        ASSERT_EQ(out.text, text + "end\n") << level << ' ' << block << ' ' << capacity;
      }
    }
  }
}

TEST(GzipSource, TakesZerosBehindTheLastPartForPadding) {
  EXPECT_EQ(inflated(deflated("a", 6) + std::string(1'000, '\0')).damage, "");
  const Inflated out = inflated(deflated("a", 6) + "b");
  EXPECT_EQ(out.text, "a");
  EXPECT_EQ(out.damage, "bytes that are not gzip follow the gzip data, from compressed byte 21");
}

TEST(GzipSource, GivesOfACutFileAllThatZlibGivesButAtMostOneByte) {
  const std::string text = some_text(3'000);
  const std::string compressed = deflated(text, 6);
  for (std::size_t size = 1; size < compressed.size(); ++size) {
    const std::string cut = compressed.substr(0, size);
    const Inflated out = inflated(cut);
    ASSERT_NE(out.damage.find("the gzip data is truncated"), std::string::npos) << size;
    const std::string expected = inflated_by_zlib(cut, text.size());
    ASSERT_EQ(out.text, expected.substr(0, out.text.size()));
    ASSERT_GE(out.text.size() + 1, expected.size()) << size;
  }
}

TEST(GzipSource, SaysWhereABitWasFlippedAndGivesWhatCameBefore) {
  const std::string text = some_text(3'000);
  const std::string compressed = deflated(text, 6);
  int refused = 0;
  for (std::size_t at = 10; at < compressed.size(); ++at) {
    std::string flipped = compressed;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    const Inflated out = inflated(flipped);
    // What comes before the damage is there; its end shows at the checksum at the latest.
    bool is_whole = false;  // bits that fill up the last byte mean nothing
    const std::string expected = inflated_by_zlib(flipped, 1 << 16, &is_whole);
    ASSERT_EQ(out.text.substr(0, expected.size()), expected) << at;
    ASSERT_EQ(out.damage.empty(), is_whole) << at;
    refused += !out.damage.empty();
  }
  EXPECT_GT(refused, static_cast<int>(compressed.size()) - 20);
  std::string wrong_sum = compressed;
  wrong_sum[wrong_sum.size() - 5] ^= 1;
  EXPECT_NE(inflated(wrong_sum).damage.find("incorrect data check"), std::string::npos);
  EXPECT_EQ(inflated(wrong_sum).text, text);
}

}  // namespace
}  // namespace assay
