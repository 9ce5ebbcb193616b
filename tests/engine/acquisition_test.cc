#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>

#include "case_support.h"
#include "core/digest.h"
#include "engine/sources.h"
#include "text_source.h"

namespace assay::test {
namespace {

class Acquisition : public ::testing::Test {
 protected:
  Case make(Surroundings surroundings = still_surroundings()) {
    return Case::init(folder_ / "case", "T", "UTC", 7, surroundings).value();
  }
  std::string log(const std::string& name, int lines, int first = 0) {
    write_all_to(folder_ / name, query_log(lines, first));
    return folder_ / name;
  }
  static std::uint64_t rows(Case& opened) {
    std::string text;
    EXPECT_TRUE(opened
                    .count({"evidence"},
                           [&](std::string_view part) {
                             text += part;
                             return true;
                           })
                    .ok());
    std::uint64_t sum = 0;
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) sum += std::stoull(line.substr(line.find(',') + 1));
    return sum;
  }
  TempFolder folder_;
};

TEST_F(Acquisition, SealsTheBytesAsReceived) {
  Case made = make();
  const std::string path = log("query.log", 30);
  const auto outcomes = add_files(made, {path});
  ASSERT_EQ(outcomes.size(), 1u);
  const Evidence& evidence = made.evidences()[0];
  EXPECT_EQ(evidence.id, "dns-1");
  EXPECT_EQ(evidence.sha256, sha256_hex(read_all(path)));
  EXPECT_EQ(evidence.size_bytes, read_all(path).size());
  EXPECT_EQ(evidence.balance.rows, 30u);
  EXPECT_TRUE(evidence.balance.is_even());
}

TEST_F(Acquisition, KnowsTheSameBytesUnderAnotherName) {
  Case made = make();
  const std::string first = log("a.log", 30), second = log("b.log", 30), third = log("c.log", 31);
  const auto outcomes = add_files(made, {first, second, third, first});
  EXPECT_EQ(outcomes[1].kind, AddOutcome::Kind::already_here);
  EXPECT_EQ(outcomes[2].kind, AddOutcome::Kind::added);
  EXPECT_EQ(outcomes[3].kind, AddOutcome::Kind::already_here);
  EXPECT_EQ(rows(made), 61u);
}

TEST_F(Acquisition, TellsEveryFileOfAFolderInOneOrder) {
  Case made = make();
  std::filesystem::create_directories(folder_ / "logs/z");
  log("logs/b.log", 5, 100);
  log("logs/a.log", 5, 200);
  log("logs/z/c.log", 5, 300);
  std::filesystem::create_symlink("b.log", folder_ / "logs/link.log");
  std::vector<std::string> names;
  for (const AddOutcome& outcome : add_files(made, {folder_ / "logs"})) {
    names.push_back(outcome.evidence.name);
    if (outcome.evidence.name == "logs/link.log") {
      EXPECT_EQ(outcome.kind, AddOutcome::Kind::skipped);
    }
  }
  EXPECT_THAT(names,
              ::testing::ElementsAre("logs/a.log", "logs/b.log", "logs/link.log", "logs/z/c.log"));
}

TEST_F(Acquisition, SealsWhatNoReaderTakes) {
  Case made = make();
  write_all_to(folder_ / "blob", std::string(4000, '\1'));
  write_all_to(folder_ / "empty", "");
  const auto outcomes = add_files(made, {folder_ / "blob", folder_ / "empty"});
  for (const AddOutcome& outcome : outcomes) {
    EXPECT_EQ(outcome.kind, AddOutcome::Kind::added);
    EXPECT_EQ(outcome.evidence.state, ReadState::unreadable);
    EXPECT_EQ(outcome.evidence.sha256.size(), 64u);
    EXPECT_FALSE(outcome.reason.empty());
  }
}

// The line of `read` is all that makes rows count.
TEST_F(Acquisition, CountsNothingBeforeTheChainSaysRead) {
  std::atomic<bool> stop{false};
  Surroundings surroundings = still_surroundings();
  surroundings.stop = &stop;
  Case made = make(surroundings);
  const std::string path = log("query.log", 300);
  stop = true;
  AddRequest request;
  request.paths = {path};
  const auto stopped = made.add(request);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
  EXPECT_EQ(rows(made), 0u);
  stop = false;
  ASSERT_TRUE(made.add(request).ok());
  EXPECT_EQ(rows(made), 300u);
  EXPECT_EQ(made.evidences().size(), 1u);
}

// Lines of small files are written together: the head may be behind by many of them after a crash.
TEST_F(Acquisition, FinishesWhenTheHeadIsBehindByManyLines) {
  std::string chain, head;
  std::vector<std::string> files;
  for (int i = 0; i < 12; ++i) files.push_back(log("f" + std::to_string(i) + ".log", 10, i * 10));
  {
    Case made = make();
    head = read_all(folder_ / "case/custody.head");
    add_files(made, files);
    chain = read_all(folder_ / "case/custody.jsonl");
  }
  const std::size_t written = chain.find('\n', chain.size() / 2) + 1;
  write_all_to(folder_ / "case/custody.jsonl", chain.substr(0, written));
  write_all_to(folder_ / "case/custody.head", head);
  Case opened = Case::open(folder_ / "case", still_surroundings()).value();
  EXPECT_TRUE(opened.verify(false)->problems.empty());
  ASSERT_FALSE(opened.remarks().empty());
  EXPECT_NE(opened.remarks().front().find("lines behind"), std::string::npos)
      << opened.remarks().front();
  add_files(opened, files);
  EXPECT_EQ(opened.evidences().size(), 12u);
  EXPECT_EQ(rows(opened), 120u);
  EXPECT_TRUE(opened.verify(true)->problems.empty());
}

TEST_F(Acquisition, KeepsWhatWasTakenBeforeItWasStopped) {
  std::atomic<bool> stop{false};
  Surroundings surroundings = still_surroundings();
  surroundings.stop = &stop;
  Case made = make(surroundings);
  AddRequest request;
  request.paths = {log("a.log", 40), log("b.log", 50, 500), log("c.log", 60, 1000)};
  int taken = 0;
  const auto stopped = made.add(request, [&](const AddOutcome&) { stop = ++taken == 2; });
  ASSERT_FALSE(stopped.ok());
  Case again = Case::open(folder_ / "case", still_surroundings()).value();
  EXPECT_TRUE(again.verify(false)->problems.empty());
  EXPECT_EQ(rows(again), 90u);
}

// Every prefix of the chain is a moment at which a crash may have happened.
TEST_F(Acquisition, FinishesFromEveryPrefixOfTheChain) {
  std::string chain;
  {
    Case made = make();
    add_files(made, {log("a.log", 40), log("b.log", 50, 500)});
    chain = read_all(folder_ / "case/custody.jsonl");
  }
  for (std::size_t end = chain.find('\n') + 1; end < chain.size();
       end = chain.find('\n', end) + 1) {
    const std::string prefix = chain.substr(0, end);
    const std::size_t start = prefix.rfind('\n', prefix.size() - 2);
    const std::string last =
        prefix.substr(start == std::string::npos ? 0 : start + 1, std::string::npos);
    write_all_to(folder_ / "case/custody.jsonl", prefix);
    write_all_to(folder_ / "case/custody.head",
                 "{\"lines\":" + std::to_string(std::count(prefix.begin(), prefix.end(), '\n')) +
                     ",\"sha256\":\"" + sha256_hex(last.substr(0, last.size() - 1)) + "\"}\n");
    Case opened = Case::open(folder_ / "case", still_surroundings()).value();
    EXPECT_TRUE(opened.verify(false)->problems.empty());
    ASSERT_TRUE(opened.read_pending(false).ok());
    add_files(opened, {folder_ / "a.log", folder_ / "b.log"});
    EXPECT_EQ(rows(opened), 90u) << prefix;
    EXPECT_EQ(opened.evidences().size(), 2u);
    EXPECT_TRUE(opened.verify(false)->problems.empty());
  }
}

TEST_F(Acquisition, DoesNotReadEvidenceThatChangedSinceItWasSealed) {
  const std::string path = log("a.log", 40);
  {
    Case made = make();
    add_files(made, {path});
  }
  write_all_to(path, query_log(41));
  Case opened = Case::open(folder_ / "case", still_surroundings()).value();
  const Status status = opened.count({"client"}, [](std::string_view) { return true; });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::check_failed);
}

constexpr std::size_t kSmall = 7;  // helpings, so that every seam is crossed

TEST(Sources, ServeThePeekedHeadFirst) {
  TextSource bytes("the first bytes and the rest", kSmall);
  PeekSource peek(bytes);
  EXPECT_EQ(peek.peek(9), "the first");
  std::string all, block(5, ' ');
  while (true) {
    const auto count = peek.read(block.data(), block.size());
    ASSERT_TRUE(count.ok());
    if (*count == 0) break;
    all.append(block, 0, *count);
  }
  EXPECT_EQ(all, "the first bytes and the rest");
}

TEST(Sources, KnowTheirMagics) {
  EXPECT_EQ(encoding_of(std::string_view("\x1f\x8b\x08\x00", 4)), "gzip");
  EXPECT_EQ(encoding_of("BZh is how this text begins"), "");
  EXPECT_EQ(encoding_of("BZh91AY&SY"), "bzip2");
  EXPECT_EQ(encoding_of("plain"), "");
  EXPECT_TRUE(is_archive("PK\x03\x04rest"));
  EXPECT_FALSE(is_archive(std::string(600, 'x')));
}

TEST(Sources, BreakOffAtDamageAfterWhatWasBeforeIt) {
  // gzip of "hello hello hello\n", made with gzip -n.
  const std::string whole(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x5c\x00\x3b"
      "\x7c\x8a\xdf\x12\x00\x00\x00",
      29);
  for (std::size_t cut = 11; cut < whole.size(); ++cut) {
    TextSource bytes(whole.substr(0, cut), kSmall);
    auto decoder = make_decoder("gzip", bytes);
    ASSERT_TRUE(decoder.ok());
    std::string text, block(64, ' ');
    Result<std::size_t> count = std::size_t{0};
    do {
      count = (*decoder)->read(block.data(), block.size());
      if (count.ok()) text.append(block, 0, *count);
    } while (count.ok() && *count > 0);
    ASSERT_FALSE(count.ok()) << cut;
    EXPECT_EQ(count.error().code, ErrorCode::malformed);
    EXPECT_TRUE(std::string("hello hello hello\n").starts_with(text));
  }
}

}  // namespace
}  // namespace assay::test
