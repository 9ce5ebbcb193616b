// What an archive lost, and what a compressed copy repeats, when an absence is to be vouched for.
#include <gmock/gmock.h>
#include <zlib.h>

#include "archive_support.h"
#include "case_support.h"
#include "engine/recorders.h"

namespace assay::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string gzip_of(const std::string& text) {
  std::string bytes(text.size() + 1'000, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

// What stands in the way of an absence on 4 May 2016 in files declared complete for it.
class Vouching : public ::testing::Test {
 protected:
  std::vector<std::string> shortfalls(const std::vector<std::pair<std::string, std::string>>& files,
                                      Vantage vantage = Vantage::authoritative) {
    Case made = Case::init(folder_ / "case", "T", "UTC", 7, still_surroundings()).value();
    for (const auto& [name, bytes] : files) {
      write_all_to(folder_ / name, bytes);
      AddRequest request;
      request.paths = {folder_ / name};
      request.vantage = vantage;
      request.coverage.completeness = Completeness::complete;
      request.coverage.intervals = {parse_interval("2016-05-01/2016-05-31").value()};
      EXPECT_TRUE(made.add(request).ok());
    }
    auto store = make_memory_store(7);
    const auto recorders = recorders_of(*store, Vantage::authoritative, made.evidences());
    EXPECT_TRUE(recorders.ok());
    const auto found =
        Absence::shortfalls(*recorders, {"look-up",
                                         parse_interval("2016-05-04/2016-05-05").value(),
                                         {NamePattern::parse("mail1.sender.example").value()}});
    std::filesystem::remove_all(folder_ / "case");
    return found;
  }
  TempFolder folder_;
};

TEST_F(Vouching, NeedsEveryMemberOfAnArchive) {
  const std::string first = query_log(30), second = query_log(30, 500);
  const std::string whole = archive_of(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE,
                                       {{"a.log", first}, {"b.log", second}});
  const std::size_t next = 512 + (first.size() + 511) / 512 * 512;  // the second header
  EXPECT_THAT(shortfalls({{"whole.tar", whole}}), IsEmpty());
  std::string bent = whole;
  bent[next + 150] = '\x7f';  // its checksum
  for (const std::string& damaged : {bent, whole.substr(0, next + 100), whole.substr(0, next)}) {
    EXPECT_THAT(shortfalls({{"cut.tar", damaged}}),
                ElementsAre(HasSubstr("archive-1 touches the window and has members")))
        << damaged.size();
  }
  EXPECT_THAT(shortfalls({{"cut.tar.gz", gzip_of(whole.substr(0, next))}}),
              ElementsAre(HasSubstr("has members that could not be read")));
}

TEST_F(Vouching, NeedsTheEncryptedMembersToo) {
  std::string bytes = archive_of(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE,
                                 {{"a.log", query_log(30)}, {"b.log", query_log(30, 500)}});
  EXPECT_THAT(shortfalls({{"whole.zip", bytes}}), IsEmpty());
  // The flag (bit 0) by hand in the second member's headers.
  const std::size_t local = bytes.find("PK\x03\x04", 4), central = bytes.rfind("PK\x01\x02");
  bytes[local + 6] = static_cast<char>(bytes[local + 6] | 1);
  bytes[central + 8] = static_cast<char>(bytes[central + 8] | 1);
  EXPECT_THAT(shortfalls({{"enc.zip", bytes}}),
              ElementsAre(HasSubstr("archive-1 touches the window and has members")));
}

TEST_F(Vouching, TakesACompressedCopyForTheLogThatItRepeats) {
  const std::string log = query_log(30);
  EXPECT_THAT(shortfalls({{"same.log", log}, {"same.log.gz", gzip_of(log)}}), IsEmpty());
}

}  // namespace
}  // namespace assay::test
