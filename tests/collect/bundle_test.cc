#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "assay/collect.h"
#include "collect/bundle_file.h"
#include "collect/system.h"
#include "collect/tar_file.h"

namespace assay::collecting {
namespace {

namespace fs = std::filesystem;

class Bundle : public testing::Test {
 protected:
  Bundle() {
    std::string pattern = (fs::temp_directory_path() / "assay-collect-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    surroundings_.now_us = [] { return std::int64_t{1'795'000'000'000'000}; };
    surroundings_.actor = "J. Doe";
    surroundings_.engine_version = "test";
    write("query.log", "first\nsecond\n");
    write("plan.toml", "[[files]]\npaths = [\"" + in("query.log") + "\"]\n");
  }
  ~Bundle() override { fs::remove_all(folder_); }

  std::string in(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(in(name), std::ios::binary) << bytes;
  }
  std::string read(const std::string& name) const {
    auto bytes = read_small_file(in(name), 1 << 20);
    return bytes.ok() ? *bytes : "";
  }
  Result<CollectOutcome> make(const std::string& name) {
    CollectRequest request;
    request.plan_path = in("plan.toml");
    request.output = in(name);
    request.key_path = in("key");
    if (!fs::exists(in("key"))) {
      EXPECT_TRUE(make_collector_key(in("key")).ok());
    }
    return collect(request, surroundings_);
  }
  std::vector<std::string> codes_of(const std::string& bytes) {
    write("bad.tar", bytes);
    const auto report = check_bundle(in("bad.tar"), {in("key.pub"), "", ""});
    if (!report.ok()) return {"error: " + report.error().message};
    std::vector<std::string> codes;
    for (const BundleProblem& problem : report->problems) codes.push_back(problem.code);
    return codes;
  }

  std::string folder_;
  CollectSurroundings surroundings_;
};

TEST_F(Bundle, HoldsAndNamesItsCollector) {
  const auto made = make("b.tar");
  ASSERT_TRUE(made.ok()) << made.error().message;
  const auto report = check_bundle(in("b.tar"), {in("key.pub"), "", ""});
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_TRUE(report->problems.empty());
  EXPECT_TRUE(report->is_key_trusted);
  EXPECT_EQ(report->sha256, made->sha256);
  const auto manifest = parse_manifest(report->manifest);
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->collector, "J. Doe");
  EXPECT_EQ(manifest->members.at(0).path, in("query.log"));
  EXPECT_EQ(manifest_text(*manifest), report->manifest);
}

// Every byte is signed, or follows from what is signed.
TEST_F(Bundle, NamesAnyByteThatWasChanged) {
  ASSERT_TRUE(make("b.tar").ok());
  const std::string whole = read("b.tar");
  ASSERT_FALSE(whole.empty());
  for (std::size_t at = 0; at < whole.size(); at += at < 600 ? 5 : 61) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
    ASSERT_FALSE(codes_of(bytes).empty()) << "byte " << at;
  }
  for (std::size_t length = 512; length < whole.size(); length += 1023) {
    ASSERT_FALSE(codes_of(whole.substr(0, length)).empty()) << "cut at " << length;
  }
  EXPECT_EQ(codes_of(whole + "x"), std::vector<std::string>{"bundle.bytes_added"});
}

TEST_F(Bundle, NamesAForgedManifest) {
  ASSERT_TRUE(make("b.tar").ok());
  std::string bytes = read("b.tar");
  const std::size_t at = bytes.find("\"collector\": \"J. Doe\"");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 14] = 'X';
  EXPECT_EQ(codes_of(bytes), std::vector<std::string>{"bundle.signature_wrong"});
}

TEST_F(Bundle, NeverWritesOverAnything) {
  ASSERT_TRUE(make("b.tar").ok());
  const std::string before = read("b.tar");
  EXPECT_EQ(make("b.tar").error().code, ErrorCode::usage);
  EXPECT_EQ(read("b.tar"), before);
  EXPECT_FALSE(make_collector_key(in("key")).ok());
}

TEST(TarHeader, IsReadBackOnlyToTheByte) {
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{511}, std::uint64_t{1} << 33, std::uint64_t{1} << 40}) {
    const TarEntry entry{"data/000001-x", size, 1'795'000'000};
    std::string block = tar_header(entry);
    const auto back = parse_tar_header(block);
    ASSERT_TRUE(back) << size;
    EXPECT_EQ(back->size, size);
    EXPECT_EQ(back->mtime_s, entry.mtime_s);
    block[300] = 'x';
    EXPECT_FALSE(parse_tar_header(block));
  }
}

TEST(Manifest, IsRefusedWhenItIsNotOurs) {
  EXPECT_FALSE(parse_manifest("").ok());
  EXPECT_FALSE(parse_manifest("{}").ok());
  EXPECT_FALSE(parse_manifest("{\"assay_bundle\": 2}").ok());
  EXPECT_FALSE(parse_manifest("{\"assay_bundle\": \"1\"}").ok());
  EXPECT_FALSE(parse_manifest(std::string(100'000, '[')).ok());
}

TEST(Readable, KeepsTextAndEscapesTheRest) {
  EXPECT_EQ(readable("größe.log"), "größe.log");
  EXPECT_EQ(readable("b\xff"), "b\\xff");
  EXPECT_EQ(readable("a\nb"), "a\\x0ab");
  EXPECT_FALSE(is_utf8("\xc0\xaf"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
}

}  // namespace
}  // namespace assay::collecting
