// Compressed files and archives that broke off, ask for too much, or only look like some.
#include <gmock/gmock.h>
#include <lzma.h>
#include <zlib.h>

#include <set>

#include "archive_support.h"
#include "case_support.h"
#include "engine/archive_reader.h"
#include "engine/sources.h"
#include "engine/xz_source.h"
#include "text_source.h"

namespace assay::test {
namespace {

using ::testing::HasSubstr;

struct Decoded {
  std::string bytes;
  std::optional<Error> error;
};

// Through a buffer as large as the engine's, into which all would fit that comes before the damage.
Decoded decode(std::string_view encoding, const std::string& compressed) {
  TextSource text(compressed);
  auto decoder = make_decoder(encoding, text);
  EXPECT_TRUE(decoder.ok());
  Decoded decoded;
  std::string block(std::size_t{1} << 18, ' ');
  while (true) {
    const auto count = (*decoder)->read(block.data(), block.size());
    if (!count.ok()) decoded.error = count.error();
    if (!count.ok() || *count == 0) return decoded;
    decoded.bytes.append(block, 0, *count);
  }
}

std::string xz_of(const std::string& text) {
  std::string bytes(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(
                6, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()),
                text.size(), reinterpret_cast<std::uint8_t*>(bytes.data()), &size, bytes.size()),
            LZMA_OK);
  bytes.resize(size);
  return bytes;
}

TEST(Magics, TakeNoTextForACompressedFileOrAnArchive) {
  for (const char* text :
       {"BZh", "BZh1", "BZh91", "BZh is how this text begins", "LZIP", "LZIPper"}) {
    EXPECT_EQ(encoding_of(text), "") << text;
  }
  EXPECT_EQ(encoding_of("BZh91AY&SY"), "bzip2");
  EXPECT_EQ(encoding_of(std::string_view("LZIP\x01\x0c", 6)), "lzip");
  EXPECT_FALSE(is_archive("070701 12:00:00 queries: " + query_log(3)));
  EXPECT_FALSE(is_archive("070707"));
  const std::vector<Member> members = {{"a.log", query_log(3)}};
  EXPECT_TRUE(is_archive(archive_of(ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE, members)));
  EXPECT_TRUE(is_archive(archive_of(ARCHIVE_FORMAT_CPIO_POSIX, ARCHIVE_FILTER_NONE, members)));
}

TEST(Decoders, GiveXzUpToTheByteWhereItBreaksOff) {
  const std::string text = query_log(300), whole = xz_of(text);
  EXPECT_EQ(decode("xz", whole).bytes, text);
  EXPECT_FALSE(decode("xz", whole).error);
  // Without its index and footer nothing of the text is missing.
  const Decoded cut = decode("xz", whole.substr(0, whole.size() - 30));
  EXPECT_EQ(cut.bytes, text);
  ASSERT_TRUE(cut.error);
  EXPECT_EQ(cut.error->code, ErrorCode::malformed);
  const Decoded half = decode("xz", whole.substr(0, whole.size() / 2));
  EXPECT_TRUE(text.starts_with(half.bytes));
  EXPECT_GT(half.bytes.size(), text.size() / 4);
  EXPECT_TRUE(half.error);
  EXPECT_EQ(decode("xz", whole + whole).bytes, text + text);
}

TEST(Decoders, RefuseAnXzThatAsksForMoreMemoryThanThereShouldBe) {
  std::string bytes = xz_of(query_log(30));
  // The block's header stands behind the stream's 12 bytes; in it LZMA2 (0x21) with one byte of
  // properties, the size of the dictionary.
  const std::size_t header = 12, size = (static_cast<unsigned char>(bytes[header]) + 1u) * 4;
  bytes[bytes.find("\x21\x01", header) + 2] = 37;  // 1.5 GiB
  const std::uint32_t sum =
      lzma_crc32(reinterpret_cast<const std::uint8_t*>(bytes.data()) + header, size - 4, 0);
  for (int i = 0; i < 4; ++i) bytes[header + size - 4 + i] = static_cast<char>(sum >> (8 * i));
  const Decoded decoded = decode("xz", bytes);
  ASSERT_TRUE(decoded.error);
  EXPECT_THAT(decoded.error->message, HasSubstr("of memory"));
}

class DamagedArchive : public ::testing::Test {
 protected:
  // The case with that file in it, and what the count says before and after reading all again.
  void add(const std::string& name, const std::string& bytes) {
    write_all_to(folder_ / name, bytes);
    made_.emplace(Case::init(folder_ / "case", "T", "UTC", 7, still_surroundings()).value());
    add_files(*made_, {folder_ / name});
  }
  TempFolder folder_;
  std::optional<Case> made_;
};

TEST_F(DamagedArchive, KeepsWhatStandsBeforeTheDamageAndSaysSoAtTheMember) {
  const std::string log = query_log(3'000);
  const std::string whole =
      archive_of(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, {{"a.log", log}});
  add("cut.tar.gz", whole.substr(0, whole.size() / 2));
  const Evidence& member = member_of(*made_, "a.log");
  EXPECT_GT(member.balance.rows, 1'000u);
  EXPECT_EQ(member.balance.rejected, 1u);
  EXPECT_TRUE(member.balance.is_even());
  const auto rejects = made_->reject_summaries(member.id);
  ASSERT_EQ(rejects.size(), 1u);
  EXPECT_EQ(rejects[0].code, "input.damaged");
  EXPECT_TRUE(made_->verify(true)->problems.empty());
  // From another process, the rows are read again, and are the same.
  Case again = Case::open(folder_ / "case", still_surroundings()).value();
  EXPECT_TRUE(again.count({"client"}, [](std::string_view) { return true; }).ok());
}

TEST_F(DamagedArchive, ReadsTheMembersBesideOneWhoseChecksumIsWrong) {
  std::string bytes = archive_of(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE,
                                 {{"a.log", query_log(200)}, {"b.log", query_log(50, 500)}});
  // The CRC of the first member as its local header or what follows its data states it.
  const auto sum =
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(query_log(200).data()),
                                       static_cast<uInt>(query_log(200).size())));
  const std::string little = {static_cast<char>(sum), static_cast<char>(sum >> 8),
                              static_cast<char>(sum >> 16), static_cast<char>(sum >> 24)};
  int changed = 0;
  for (std::size_t at = 0; (at = bytes.find(little, at)) != std::string::npos; ++changed) {
    bytes[at] = static_cast<char>(~bytes[at]);
  }
  ASSERT_GT(changed, 0);
  add("bent.zip", bytes);
  const Evidence& first = member_of(*made_, "a.log");
  EXPECT_EQ(first.balance.rows, 200u);
  EXPECT_EQ(first.balance.rejected, 1u);
  EXPECT_EQ(member_of(*made_, "b.log").balance.rows, 50u);
}

TEST_F(DamagedArchive, DoesNotCallAMemberEmptyThatIsLost) {
  const std::string whole =
      archive_of(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, {{"a.log", query_log(30)}});
  add("cut.tar", whole.substr(0, 512));
  EXPECT_THAT(member_of(*made_, "a.log").format_why, HasSubstr("truncated"));
}

TEST_F(DamagedArchive, KeepsTheNamesOfMembersInEveryLanguage) {
  // libarchive writes the names as they are given when the locale knows no others: here the bytes
  // of UTF-8, whose flag (bit 11) is then set by hand in both headers.
  std::string bytes =
      archive_of(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE,
                 {{"größe/наше.log", query_log(20)}, {"日本.log", query_log(30, 100)}});
  for (std::size_t at = 0; (at = bytes.find("PK\x03\x04", at)) != std::string::npos; at += 4) {
    bytes[at + 7] = static_cast<char>(bytes[at + 7] | 8);
  }
  for (std::size_t at = 0; (at = bytes.find("PK\x01\x02", at)) != std::string::npos; at += 4) {
    bytes[at + 9] = static_cast<char>(bytes[at + 9] | 8);
  }
  add("names.zip", bytes);
  EXPECT_EQ(member_of(*made_, "größe/наше.log").balance.rows, 20u);
  EXPECT_EQ(member_of(*made_, "日本.log").balance.rows, 30u);
}

// Counting up from 2 for each, a hundred thousand of one name took hours.
TEST(Archives, GiveMembersOfOneNameNumbersThatNoOtherHas) {
  std::vector<Member> members(3'000, {"a.log", ""});
  members.insert(members.begin() + 1, {"a.log#3", ""});
  TextSource text(archive_of(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, members));
  auto archive = open_archive(text, nullptr, 1 << 20);
  ASSERT_TRUE(archive.ok());
  std::vector<std::string> names;
  for (ArchiveMember member;;) {
    const auto more = (*archive)->next(member);
    ASSERT_TRUE(more.ok()) << more.error().message;
    if (!*more) break;
    names.push_back(member.path);
  }
  ASSERT_EQ(names.size(), members.size());
  EXPECT_EQ(std::vector<std::string>(names.begin(), names.begin() + 5),
            (std::vector<std::string>{"a.log", "a.log#3", "a.log#2", "a.log#4", "a.log#5"}));
  EXPECT_EQ(names.back(), "a.log#3001");
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(Sniff, LooksIntoTheMembersOfAnArchiveInAnArchive) {
  const TempFolder folder;
  const std::string inner =
      archive_of(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, {{"in.log", query_log(30)}});
  write_all_to(folder / "outer.tar.gz",
               archive_of(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP,
                          {{"a.log.xz", xz_of(query_log(40'000))}, {"inner.zip", inner}}));
  const auto reports = sniff_file(folder / "outer.tar.gz");
  ASSERT_TRUE(reports.ok());
  ASSERT_EQ(reports->size(), 2u);
  EXPECT_EQ((*reports)[0].chosen, "bind_querylog");
  EXPECT_EQ((*reports)[0].encoding, "xz");
  EXPECT_THAT((*reports)[1].name, HasSubstr("inner.zip: in.log"));
  EXPECT_EQ((*reports)[1].chosen, "bind_querylog");
}

TEST(Sniff, UnpacksNoLargeArchiveToLookIntoIt) {
  const TempFolder folder;
  std::string large =
      archive_of(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, {{"in.log", query_log(30)}});
  large.resize(257u << 20);
  write_all_to(folder / "outer.tar.gz",
               archive_of(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, {{"inner.tar", large}}));
  const auto reports = sniff_file(folder / "outer.tar.gz");
  ASSERT_TRUE(reports.ok());
  ASSERT_EQ(reports->size(), 1u);
  EXPECT_THAT((*reports)[0].plan, HasSubstr("more than 256 MiB"));
}

TEST_F(DamagedArchive, TakesAFolderWhoseFirstFileOnlyLooksCompressed) {
  std::filesystem::create_directories(folder_ / "logs");
  write_all_to(folder_ / "logs/a.txt", "BZh");
  write_all_to(folder_ / "logs/z.log", query_log(20));
  made_.emplace(Case::init(folder_ / "case", "T", "UTC", 7, still_surroundings()).value());
  add_files(*made_, {folder_ / "logs"});
  ASSERT_EQ(made_->evidences().size(), 2u);
  EXPECT_EQ(made_->evidences()[1].balance.rows, 20u);
}

}  // namespace
}  // namespace assay::test
