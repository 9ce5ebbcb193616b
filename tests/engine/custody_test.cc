#include <gmock/gmock.h>

#include "case_support.h"
#include "core/digest.h"

namespace assay::test {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

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

}  // namespace
}  // namespace assay::test
