// The inlined paths for short texts against the plain ones that they stand for.
#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <random>

#include "assay/names.h"
#include "core/ipv4_text.h"
#include "core/plain_name.h"
#include "core/short_bytes.h"

namespace assay {
namespace {

std::string random_text(std::mt19937& random, std::string_view alphabet, std::size_t most) {
  std::string text(random() % (most + 1), ' ');
  for (char& c : text) c = alphabet[random() % alphabet.size()];
  return text;
}

TEST(ShortBytes, EqualCopyAndFindAgreeWithTheLibrary) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_text(random, "ab", 40);
    std::string other = text;
    if (!other.empty() && random() % 2 == 0) other[random() % other.size()] ^= 3;
    EXPECT_EQ(equal_short(text.data(), other.data(), text.size()), text == other);
    std::string copy(text.size(), '\0');
    copy_short(copy.data(), text.data(), text.size());
    EXPECT_EQ(copy, text);
    const char* end = text.data() + text.size();
    const std::size_t found = text.find('b');
    EXPECT_EQ(find_short(text.data(), end, 'b'),
              found == std::string::npos ? end : text.data() + found);
  }
}

TEST(PlainName, IsItsOwnCanonicalTextWheneverItIsCalledPlain) {
  std::mt19937 random(2);
  int plain = 0;
  for (int i = 0; i < 50'000; ++i) {
    const bool is_odd = random() % 4 == 0;
    const std::string name =
        random_text(random, is_odd ? "ab.-_9/A\\\"@ \xff:,{" : "abcxyz.-_059", 66);
    if (!is_plain_canonical(name)) continue;
    ++plain;
    std::string canonical;
    bool had_upper = false;
    EXPECT_FALSE(canonicalise_name(name, canonical, &had_upper)) << name;
    EXPECT_EQ(canonical, name);
    EXPECT_FALSE(had_upper);
  }
  EXPECT_GT(plain, 1'000);
}

TEST(PlainName, TakesOrdinaryNamesOfEveryLength) {
  for (std::size_t size = 1; size <= kMaxPlainName; ++size) {
    std::string name(size, 'a');
    EXPECT_TRUE(is_plain_canonical(name)) << size;
    for (std::size_t at = 0; at < size; ++at) {
      for (const char odd : {'A', '\\', ' ', '\x80', '\0'}) {
        name[at] = odd;
        EXPECT_FALSE(is_plain_canonical(name)) << size << ' ' << at;
      }
      name[at] = '.';
      EXPECT_EQ(is_plain_canonical(name), at != 0 && at + 1 != size) << size << ' ' << at;
      name[at] = 'a';
    }
  }
  EXPECT_FALSE(is_plain_canonical(""));
  EXPECT_FALSE(is_plain_canonical("a..b"));
}

TEST(Ipv4Text, ReadsExactlyWhatInetPtonReads) {
  std::mt19937 random(3);
  int addresses = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (int octet = 0; octet < 4; ++octet) {
      if (octet > 0 && random() % 32 != 0) text += '.';
      if (random() % 32 == 0) text += '0';
      text += std::to_string(random() % (random() % 8 == 0 ? 1'500 : 256));
    }
    if (random() % 16 == 0) text.insert(random() % text.size(), 1, "#.:a\xb1"[random() % 5]);
    std::uint32_t value = 0;
    const bool is_read =
        parse_ipv4_text(text.data(), text.data() + text.size(), value) == text.data() + text.size();
    in_addr expected{};
    ASSERT_EQ(is_read, inet_pton(AF_INET, text.c_str(), &expected) == 1) << text;
    if (!is_read) continue;
    ++addresses;
    EXPECT_EQ(value, ntohl(expected.s_addr)) << text;
    const std::string longer = text + "#53";
    std::uint32_t again = 0;
    EXPECT_EQ(parse_ipv4_text(longer.data(), longer.data() + longer.size(), again),
              longer.data() + text.size());
    EXPECT_EQ(again, value);
  }
  EXPECT_GT(addresses, 10'000);
}

TEST(Ipv4Text, FindsNoAddressInNothing) {
  EXPECT_FALSE(IpAddress::parse({}));
  EXPECT_FALSE(IpAddress::parse(""));
}

}  // namespace
}  // namespace assay
