#include "case_support.h"

namespace assay::test {
namespace {

// Every file that the chain vouches for, and the name under which a change must be reported.
TEST(Verify, NoticesOneFlippedBitAnywhere) {
  TempFolder folder;
  examined_case(folder);
  ASSERT_TRUE(problems_of(folder).empty());
  const std::pair<std::string, std::string> files[] = {
      {"query.log", "dns-1"},
      {"case/case.toml", "case.toml"},
      {"case/findings.jsonl", "findings.jsonl"},
      {"case/verdict.json", "verdict.json"},
      {"case/report.json", "report.json"},
      {"case/rejects/dns-1.jsonl", "rejects/dns-1.jsonl"}};
  for (const auto& [file, name] : files) {
    const std::string path = folder / file;
    const std::string bytes = read_all(path);
    ASSERT_FALSE(bytes.empty()) << file;
    for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      std::string changed = bytes;
      changed[at] ^= 1;
      write_all_to(path, changed);
      EXPECT_TRUE(names(problems_of(folder), name)) << file << " byte " << at;
    }
    write_all_to(path, bytes + " ");
    EXPECT_TRUE(names(problems_of(folder), name)) << file << " grown";
    std::filesystem::remove(path);
    EXPECT_TRUE(names(problems_of(folder), name)) << file << " missing";
    write_all_to(path, bytes);
  }
  EXPECT_TRUE(problems_of(folder).empty()) << "all as they were";
}

// Findings and verdict forged together with every hash: only computing them again can tell.
class Forged : public ::testing::Test {
 protected:
  void SetUp() override {
    Case opened = examined_case(folder_);
    const auto report = opened.verify(true);
    ASSERT_TRUE(report.ok());
    findings_ = lines_of(read_all(folder_ / "case/findings.jsonl"));
    ASSERT_EQ(report->findings_recomputed, findings_.size());
    ASSERT_GT(findings_.size(), 3u);
    ASSERT_EQ(report->evidences_checked, 1u);
  }
  // Puts `bytes` in the place of a result, and seals them as the examination would have.
  std::vector<VerifyProblem> problems_with(const std::string& file, const std::string& bytes) {
    const std::string old = sha256_hex(read_all(folder_ / ("case/" + file)));
    write_all_to(folder_ / ("case/" + file), bytes);
    auto chain = lines_of(read_all(folder_ / "case/custody.jsonl"));
    std::string examined;
    for (std::string& line : chain) {
      if (line.find("\"type\":\"examined\"") != std::string::npos) {
        line = replaced(line, old, sha256_hex(bytes));
      }
    }
    write_chain(folder_, chain);
    // The report's line carries the hash of the examination.
    chain = lines_of(read_all(folder_ / "case/custody.jsonl"));
    for (std::string& line : chain) {
      if (line.find("\"type\":\"examined\"") != std::string::npos) examined = sha256_hex(line);
      const std::size_t at = line.find("\"case_hash\":\"");
      if (at != std::string::npos) line.replace(at + 13, 64, examined);
    }
    write_chain(folder_, chain);
    return problems_of(folder_);
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  TempFolder folder_;
  std::vector<std::string> findings_;
};

TEST_F(Forged, FindingWithAnotherNumberComesOutOtherwise) {
  auto forged = findings_;
  const std::size_t digit = forged[0].find("200");
  ASSERT_NE(digit, std::string::npos);
  forged[0][digit] = '9';
  const auto problems = problems_with("findings.jsonl", joined(forged));
  EXPECT_EQ(problems.size(), 1u);
  EXPECT_TRUE(says(problems, "findings.jsonl", "comes out otherwise"));
}

TEST_F(Forged, FindingThatWasDroppedIsFoundAgain) {
  auto forged = findings_;
  forged.erase(forged.begin() + 1);
  EXPECT_TRUE(says(problems_with("findings.jsonl", joined(forged)), "findings.jsonl",
                   "is not there, and is found again"));
}

TEST_F(Forged, FindingThatNobodyMeasuredIsNotFoundAgain) {
  auto forged = findings_;
  forged.push_back(replaced(forged.back(), "\"id\":\"", "\"id\":\"new-"));
  const auto problems = problems_with("findings.jsonl", joined(forged));
  EXPECT_EQ(problems.size(), 1u);
  EXPECT_TRUE(says(problems, "findings.jsonl", "is not found again"));
}

TEST_F(Forged, FindingsInAnotherOrderAreNoticed) {
  auto forged = findings_;
  std::swap(forged[0], forged[1]);
  EXPECT_TRUE(says(problems_with("findings.jsonl", joined(forged)), "findings.jsonl",
                   "holds the findings otherwise"));
}

TEST_F(Forged, VerdictComesOutOtherwise) {
  const std::string verdict = read_all(folder_ / "case/verdict.json");
  const auto problems =
      problems_with("verdict.json", replaced(verdict, "{\"verdicts\":[", "{\"verdicts\": ["));
  EXPECT_EQ(problems.size(), 1u);
  EXPECT_TRUE(says(problems, "verdict.json", "comes out otherwise"));
}

TEST_F(Forged, NothingIsWrongWithTheForgersHashesAlone) {
  EXPECT_TRUE(problems_with("findings.jsonl", joined(findings_)).empty());
}

TEST(Verify, NamesAnotherVersionAsThePossibleReason) {
  TempFolder folder;
  examined_case(folder);
  auto chain = lines_of(read_all(folder / "case/custody.jsonl"));
  const std::string findings = read_all(folder / "case/findings.jsonl");
  const std::string forged = findings.substr(findings.find('\n') + 1);
  write_all_to(folder / "case/findings.jsonl", forged);
  for (std::string& line : chain) {
    if (line.find("\"type\":\"examined\"") == std::string::npos) continue;
    line = replaced(line, sha256_hex(findings), sha256_hex(forged));
    line = replaced(line, "\"engine\":\"test\"", "\"engine\":\"older\"");
  }
  write_chain(folder, chain);
  EXPECT_TRUE(says(problems_of(folder), "engine", "examined with assay older"));
}

TEST(Verify, SaysOnceThatEvidenceCameAfterTheExamination) {
  TempFolder folder;
  Case opened = examined_case(folder);
  const auto before = opened.verify(true);
  write_all_to(folder / "more.log", query_log(77, 500));
  add_files(opened, {folder / "more.log"});
  const auto after = opened.verify(true);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->problems.size(), 1u);
  EXPECT_TRUE(names(after->problems, "dns-2"));
  EXPECT_EQ(after->findings_recomputed, before->findings_recomputed) << "those of the old evidence";
}

TEST(Verify, NoticesAReportOfAnEarlierExamination) {
  TempFolder folder;
  Case opened = examined_case(folder);
  write_all_to(folder / "more.log", query_log(5, 500));
  add_files(opened, {folder / "more.log"});
  ASSERT_TRUE(opened.examine().ok());
  EXPECT_TRUE(says(opened.verify(true)->problems, "report.json", "an earlier examination"));
  ASSERT_TRUE(opened.render("json", folder / "case/report.json").ok());
  EXPECT_TRUE(opened.verify(true)->problems.empty());
}

TEST(Verify, NoticesFilesThatNoLineSeals) {
  TempFolder folder;
  Case opened = Case::init(folder / "case", "Test", "UTC", 7, still_surroundings()).value();
  write_all_to(folder / "query.log", query_log(20));
  add_files(opened, {folder / "query.log"});
  ASSERT_TRUE(opened.verify(true)->problems.empty());
  const std::string reject =
      "{\"offset\":0,\"length\":1,\"code\":\"a.b\",\"why\":\"planted\",\"text\":\"x\"}\n";
  for (const char* name : {"rejects/dns-1.jsonl", "rejects/dns-9.jsonl", "findings.jsonl",
                           "verdict.json", "report.html"}) {
    const std::string path = folder / ("case/" + std::string(name));
    write_all_to(path, reject);
    EXPECT_TRUE(names(opened.verify(true)->problems, name)) << name;
    std::size_t shown = 0;
    EXPECT_TRUE(
        opened.rejects("", [&](const Evidence&, const Reject&) { return ++shown > 0; }).ok());
    EXPECT_EQ(shown, 0u) << name;
    std::filesystem::remove(path);
  }
}

TEST(Verify, HoldsAfterTheCaseWasMovedWithTheEvidenceInIt) {
  TempFolder folder;
  {
    Case made = Case::init(folder / "case", "Test", "UTC", 7, still_surroundings()).value();
    std::filesystem::create_directory(folder / "case/received");
    write_all_to(folder / "case/received/query.log", query_log(20));
    add_files(made, {folder / "case/received/query.log"});
    EXPECT_EQ(made.evidences()[0].path, "received/query.log");
    const auto again = add_files(made, {folder / "case/received/query.log"});
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].kind, AddOutcome::Kind::already_here);
  }
  std::filesystem::rename(folder / "case", folder / "moved");
  auto moved = Case::open(folder / "moved", still_surroundings());
  ASSERT_TRUE(moved.ok());
  EXPECT_TRUE(moved->verify(true)->problems.empty());
  EXPECT_TRUE(moved->count({"client"}, [](std::string_view) { return true; }).ok());
}

// As after a kill -9 before the seal: the same path is the same evidence, not another one.
TEST(Read, FinishesAnInterruptedEvidenceInsideTheCaseUnderItsNumber) {
  TempFolder folder;
  {
    Case made = Case::init(folder / "case", "Test", "UTC", 7, still_surroundings()).value();
    std::filesystem::create_directory(folder / "case/received");
    write_all_to(folder / "case/received/query.log", query_log(20));
    add_files(made, {folder / "case/received/query.log"});
  }
  auto chain = lines_of(read_all(folder / "case/custody.jsonl"));
  write_chain(folder, {chain[0], chain[1]});
  auto opened = Case::open(folder / "case", still_surroundings());
  ASSERT_TRUE(opened.ok());
  add_files(*opened, {folder / "case/received/query.log"});
  ASSERT_EQ(opened->evidences().size(), 1u);
  EXPECT_EQ(opened->evidences()[0].balance.rows, 20u);
}

TEST(Verify, NoticesEvidenceThatTheVerdictDoesNotKnow) {
  TempFolder folder;
  Case opened = examined_case(folder);
  write_all_to(folder / "more.log", query_log(5, 500));
  add_files(opened, {folder / "more.log"});
  EXPECT_TRUE(names(opened.verify(false)->problems, "dns-2"));
  ASSERT_TRUE(opened.examine().ok());
  EXPECT_FALSE(names(opened.verify(false)->problems, "dns-2"));
}

TEST(Examine, AddsNothingToTheChainWhenNothingChanged) {
  TempFolder folder;
  std::string hash;
  {
    Case opened = examined_case(folder);
    hash = opened.case_hash();
  }
  Case again = Case::open(folder / "case", still_surroundings()).value();
  const auto outcome = again.examine();
  ASSERT_TRUE(outcome.ok());
  ASSERT_TRUE(again.render("json", folder / "case/report.json").ok());
  EXPECT_EQ(again.case_hash(), hash);
  EXPECT_EQ(again.model()->case_hash, outcome->case_hash);
  EXPECT_NE(outcome->case_hash, hash) << "the report's line comes after the examination's";
}

TEST(Model, RefusesWhatChangedSinceTheExamination) {
  TempFolder folder;
  Case opened = examined_case(folder);
  write_all_to(folder / "case/case.toml", read_all(folder / "case/case.toml") + "# a word\n");
  const auto model = opened.model();
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::check_failed);
}

TEST(Model, RefusesEvidenceThatWasNeverExamined) {
  TempFolder folder;
  Case opened = examined_case(folder);
  write_all_to(folder / "more.log", query_log(5, 500));
  add_files(opened, {folder / "more.log"});
  const auto model = opened.model();
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::check_failed);
  EXPECT_FALSE(opened.render("json", folder / "case/report.json").ok());
}

TEST(Model, RefusesAVerdictThatWasChanged) {
  TempFolder folder;
  Case opened = examined_case(folder);
  write_all_to(folder / "case/verdict.json", "{}\n");
  EXPECT_FALSE(opened.model().ok());
}

TEST(Examine, StopsWhenAskedAndSealsNothing) {
  TempFolder folder;
  examined_case(folder);
  Surroundings surroundings = still_surroundings();
  std::atomic<bool> stop{false};
  surroundings.stop = &stop;
  Case opened = Case::open(folder / "case", surroundings).value();
  ASSERT_TRUE(opened.count({}, [](std::string_view) { return true; }).ok());
  stop = true;
  const std::string hash = opened.case_hash();
  const auto outcome = opened.examine();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::interrupted);
  EXPECT_EQ(opened.case_hash(), hash);
}

TEST(Render, RefusesATargetThatIsNoFile) {
  TempFolder folder;
  Case opened = examined_case(folder);
  const Status status = opened.render("json", "/dev/null");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::usage);
}

TEST(Render, NeverOverwritesEvidenceOrTheCaseItself) {
  TempFolder folder;
  Case opened = examined_case(folder);
  for (const char* path : {"query.log", "case/case.toml", "case/custody.jsonl"}) {
    const std::string before = read_all(folder / path);
    const Status status = opened.render("json", folder / path);
    ASSERT_FALSE(status.ok()) << path;
    EXPECT_EQ(status.error().code, ErrorCode::usage);
    EXPECT_EQ(read_all(folder / path), before);
  }
}

}  // namespace
}  // namespace assay::test
