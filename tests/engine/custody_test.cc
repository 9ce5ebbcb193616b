#include "engine/custody.h"

#include <gmock/gmock.h>

#include <thread>

#include "case_support.h"
#include "core/digest.h"
#include "engine/files.h"

namespace assay::test {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class Custody : public ::testing::Test {
 protected:
  void SetUp() override {
    examined_case(folder_);
    chain_ = lines_of(read_all(chain_path()));
    ASSERT_GE(chain_.size(), 8u);
    ASSERT_TRUE(problems_of(folder_).empty()) << problems_of(folder_)[0].what;
  }
  std::string chain_path() const { return folder_ / "case/custody.jsonl"; }
  std::vector<VerifyProblem> problems_with(const std::vector<std::string>& lines) {
    write_all_to(chain_path(), joined(lines));
    return problems_of(folder_);
  }
  static std::string line_name(std::size_t number) {
    return "custody.jsonl line " + std::to_string(number);
  }

  TempFolder folder_;
  std::vector<std::string> chain_;
};

TEST_F(Custody, EveryLineSealsTheOneBefore) {
  std::string prev(64, '0');
  for (const std::string& line : chain_) {
    EXPECT_THAT(line, ::testing::HasSubstr("\"prev\":\"" + prev + "\""));
    prev = sha256_hex(line);
  }
  EXPECT_EQ(Case::open(folder_ / "case", still_surroundings())->case_hash(), prev);
}

TEST_F(Custody, NamesTheLineThatWasEdited) {
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    auto lines = chain_;
    const std::size_t at = lines[i].find("tester");
    ASSERT_NE(at, std::string::npos);
    lines[i][at] = 'T';
    EXPECT_TRUE(names(problems_with(lines), line_name(i + 1))) << "line " << i + 1;
  }
}

// Its hashes fit, so that nothing but its depth is wrong with it.
TEST_F(Custody, RefusesALineNestedTooDeepToBeCopied) {
  auto lines = chain_;
  const std::size_t depth = 200'000;
  lines.push_back("{\"seq\":" + std::to_string(lines.size() + 1) +
                  ",\"type\":\"case_file\",\"payload\":{\"a\":" + std::string(depth, '[') +
                  std::string(depth, ']') + "},\"prev\":\"" + std::string(64, '0') + "\"}");
  write_chain(folder_, lines);
  EXPECT_TRUE(says(problems_of(folder_), line_name(lines.size()), "is not a custody line"));
}

TEST_F(Custody, NamesWhereALineWasDropped) {
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    auto lines = chain_;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(names(problems_with(lines), line_name(i + 1))) << "line " << i + 1;
  }
}

TEST_F(Custody, NoticesThatLinesWereReordered) {
  for (std::size_t i = 0; i + 1 < chain_.size(); ++i) {
    auto lines = chain_;
    std::swap(lines[i], lines[i + 1]);
    EXPECT_TRUE(names(problems_with(lines), line_name(i + 1))) << "line " << i + 1;
  }
}

TEST_F(Custody, NoticesTruncationAtEveryByteOfTheLastLine) {
  const std::string whole = joined(chain_);
  for (std::size_t cut = 1; cut <= chain_.back().size() + 1; ++cut) {
    write_all_to(chain_path(), whole.substr(0, whole.size() - cut));
    auto opened = Case::open(folder_ / "case", still_surroundings());
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(names(opened->verify(false)->problems, line_name(chain_.size()))) << cut;
  }
}

TEST_F(Custody, NoticesLinesAddedAtTheEnd) {
  auto lines = chain_;
  lines.push_back(chain_.back());
  lines.push_back(chain_.back());
  EXPECT_FALSE(problems_with(lines).empty());
  write_all_to(chain_path(), joined(chain_) + "half a line");
  EXPECT_TRUE(names(problems_of(folder_), "custody.jsonl"));
}

TEST_F(Custody, RefusesToWriteIntoAChainThatDoesNotHold) {
  auto lines = chain_;
  lines.erase(lines.begin() + 1);
  write_all_to(chain_path(), joined(lines));
  auto opened = Case::open(folder_ / "case", still_surroundings());
  ASSERT_TRUE(opened.ok());
  AddRequest request;
  request.paths = {folder_ / "query.log"};
  const auto outcome = opened->add(request);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::malformed);
  EXPECT_EQ(read_all(chain_path()), joined(lines));
}

TEST_F(Custody, NoticesAChangedOrMissingHead) {
  const std::string head = read_all(folder_ / "case/custody.head");
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::string changed = head;
    changed[i] ^= 1;
    write_all_to(folder_ / "case/custody.head", changed);
    EXPECT_FALSE(problems_of(folder_).empty()) << "byte " << i;
  }
  std::filesystem::remove(folder_ / "case/custody.head");
  EXPECT_TRUE(names(problems_of(folder_), "custody.head"));
}

// A crash after the line was synced and before the head was replaced.
TEST_F(Custody, MendsAHeadThatIsOneLineBehind) {
  const auto lines = chain_;
  auto shorter = lines;
  shorter.pop_back();
  write_all_to(folder_ / "case/custody.head", "{\"lines\":" + std::to_string(shorter.size()) +
                                                  ",\"sha256\":\"" + sha256_hex(shorter.back()) +
                                                  "\"}\n");
  auto opened = Case::open(folder_ / "case", still_surroundings());
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->remarks().size(), 1u);
  EXPECT_TRUE(opened->verify(true)->problems.empty());
  write_all_to(folder_ / "more.log", query_log(3, 900));
  add_files(*opened, {folder_ / "more.log"});
  EXPECT_EQ(lines_of(read_all(chain_path())).size(), lines.size() + 3);
}

// A crash in the middle of the write of a line.
TEST_F(Custody, SetsATornLineAsideAndSaysSo) {
  write_all_to(chain_path(), joined(chain_) + "{\"seq\":");
  auto opened = Case::open(folder_ / "case", still_surroundings());
  ASSERT_TRUE(opened.ok());
  ASSERT_EQ(opened->remarks().size(), 1u);
  write_all_to(folder_ / "more.log", query_log(3, 900));
  add_files(*opened, {folder_ / "more.log"});
  EXPECT_EQ(read_all(folder_ / "case/custody.torn"), "{\"seq\":\n");
  EXPECT_EQ(opened->remarks().size(), 2u);
  EXPECT_EQ(lines_of(read_all(chain_path())).size(), chain_.size() + 3);
}

TEST_F(Custody, LetsOneProcessWriteAtATime) {
  auto first = Case::open(folder_ / "case", still_surroundings());
  auto second = Case::open(folder_ / "case", still_surroundings());
  write_all_to(folder_ / "more.log", query_log(3, 900));
  add_files(*first, {folder_ / "more.log"});
  AddRequest request;
  request.paths = {folder_ / "more.log"};
  const auto refused = second->add(request);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::locked);
}

TEST_F(Custody, NoticesAChainCutToItsBeginningWhenTheHeadGoesWithIt) {
  std::filesystem::remove(folder_ / "case/custody.head");
  for (const std::size_t kept : {std::size_t{0}, std::size_t{1}}) {
    EXPECT_FALSE(problems_with({chain_.begin(), chain_.begin() + kept}).empty()) << kept;
  }
  EXPECT_TRUE(names(problems_of(folder_), line_name(2)));
}

TEST_F(Custody, RefusesToWriteIntoACaseWithoutAFirstLine) {
  TempFolder other;
  ASSERT_TRUE(Case::init(other / "case", "Test", "UTC", 7, still_surroundings()).ok());
  write_all_to(other / "case/custody.jsonl", "");
  std::filesystem::remove(other / "case/custody.head");
  EXPECT_TRUE(names(problems_of(other), "custody.jsonl"));
  auto opened = Case::open(other / "case", still_surroundings());
  AddRequest request;
  request.paths = {folder_ / "query.log"};
  EXPECT_FALSE(opened->add(request).ok());
  EXPECT_EQ(read_all(other / "case/custody.jsonl"), "");
}

// A crash between the first line and the head.
TEST_F(Custody, MendsACaseWhoseInitWasStoppedBeforeTheHead) {
  TempFolder other;
  ASSERT_TRUE(Case::init(other / "case", "Test", "UTC", 7, still_surroundings()).ok());
  std::filesystem::remove(other / "case/custody.head");
  EXPECT_TRUE(problems_of(other).empty());
  auto opened = Case::open(other / "case", still_surroundings());
  add_files(*opened, {folder_ / "query.log"});
  EXPECT_EQ(lines_of(read_all(other / "case/custody.jsonl")).size(), 4u);
}

TEST_F(Custody, SaysWithEveryCommandThatTheChainDoesNotHold) {
  auto lines = chain_;
  lines[1][lines[1].find("tester")] = 'T';
  write_all_to(chain_path(), joined(lines));
  const auto opened = Case::open(folder_ / "case", still_surroundings());
  ASSERT_TRUE(opened.ok());
  ASSERT_EQ(opened->remarks().size(), 1u);
  EXPECT_THAT(opened->remarks()[0], ::testing::StartsWith("warning: the custody chain does not"));
}

// A chain that fits in itself, made by somebody else: each is refused, by its line, and nothing is
// written because of it.
TEST_F(Custody, RefusesLinesThatAssayDoesNotWrite) {
  const std::tuple<std::size_t, std::string, std::string> forgeries[] = {
      {1, "\"format\":1", "\"format\":99"},
      {2, "\"id\":\"dns-1\"", "\"id\":\"../../victim\""},
      {2, "\"id\":\"dns-1\"", "\"id\":\"dns-7\""},
      {2, "\"evidence\":1,", "\"evidence\":1,\"container\":1,"},
      {2, "\"evidence\":1,", "\"evidence\":1,\"container\":4,"},
      {2, "\"path\":\"", "\"path\":\"../"},
      {3, "\"evidence\":1", "\"evidence\":9"},
      {chain_.size(), "\"type\":\"rendered\"", "\"type\":\"blessed\""}};
  for (const auto& [number, old, now] : forgeries) {
    auto lines = chain_;
    lines[number - 1] = replaced(lines[number - 1], old, now);
    write_chain(folder_, lines);
    EXPECT_TRUE(names(problems_of(folder_), line_name(number))) << now;
    auto opened = Case::open(folder_ / "case", still_surroundings());
    ASSERT_TRUE(opened.ok()) << now;
    EXPECT_FALSE(opened->read_pending(false).ok()) << now;
  }
  write_chain(folder_, chain_);
  EXPECT_TRUE(problems_of(folder_).empty()) << "the forger is right but for the forgery";
}

TEST_F(Custody, NeverTouchesAFileOutsideTheCaseThatAnIdNames) {
  write_all_to(folder_ / "victim.jsonl", "mine\n");
  std::vector<std::string> lines(chain_.begin(), chain_.begin() + 2);
  lines[1] = replaced(lines[1], "\"id\":\"dns-1\"", "\"id\":\"../../victim\"");
  write_chain(folder_, lines);
  auto opened = Case::open(folder_ / "case", still_surroundings());
  ASSERT_TRUE(opened.ok());
  EXPECT_FALSE(opened->read_pending(false).ok());
  EXPECT_EQ(read_all(folder_ / "victim.jsonl"), "mine\n");
}

TEST_F(Custody, WritesThroughNoSymbolicLink) {
  write_all_to(folder_ / "victim", "mine\n");
  for (const char* name : {"case/case.toml.tmp", "case/evidence/.incoming"}) {
    std::filesystem::create_symlink(folder_ / "victim", folder_ / name);
  }
  auto opened = Case::open(folder_ / "case", still_surroundings());
  Party clinic;
  clinic.name = "Clinic";
  clinic.addresses.push_back(IpPrefix::parse("203.0.113.0/24").value());
  EXPECT_TRUE(opened->add_party(clinic).ok());
  write_all_to(folder_ / "more.log", query_log(3, 900));
  AddRequest request;
  request.paths = {folder_ / "more.log"};
  request.copy = true;
  EXPECT_TRUE(opened->add(request).ok());
  EXPECT_EQ(read_all(folder_ / "victim"), "mine\n");

  TempFolder elsewhere;
  std::filesystem::remove_all(folder_ / "case/rejects");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder_ / "case/rejects");
  auto linked = Case::open(folder_ / "case", still_surroundings());
  EXPECT_FALSE(linked->read_pending(false).ok());
}

TEST_F(Custody, IsNoFalseAlarmWhileAnotherProcessWrites) {
  std::atomic<bool> is_done{false};
  std::atomic<std::size_t> loads{0};
  std::thread writer([&] {
    auto chain = assay::Custody::load(folder_ / "case");
    bool has_grown = false;
    ASSERT_TRUE(chain->lock(has_grown).ok());
    // On a busy machine the other thread may get its turn late.
    for (int i = 0; i < 150 || (loads < 3 && i < 20'000); ++i) {
      CustodyLine line;
      line.type = "case_file";
      line.payload = "{\"sha256\":\"\"}";
      ASSERT_TRUE(chain->append(line).ok());
    }
    is_done = true;
  });
  std::size_t alarms = 0;
  while (!is_done) {
    const auto chain = assay::Custody::load(folder_ / "case");
    ASSERT_TRUE(chain.ok());
    ++loads;
    alarms += !chain->problems().empty() || !chain->remarks().empty();
  }
  writer.join();
  EXPECT_GT(loads.load(), 0u);
  EXPECT_EQ(alarms, 0u);
}

TEST(SealOfFile, RefusesWhatMayNeverEndAndStopsWhenAsked) {
  EXPECT_FALSE(seal_of_file("/dev/zero").ok());
  EXPECT_FALSE(read_regular_file("/dev/zero").ok());
  TempFolder folder;
  write_all_to(folder / "file", "bytes");
  const std::atomic<bool> stop{true};
  const auto stopped = seal_of_file(folder / "file", &stop);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
  EXPECT_TRUE(seal_of_file(folder / "file").ok());
}

}  // namespace
}  // namespace assay::test
