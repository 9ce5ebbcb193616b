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
    EXPECT_TRUE(problems_of(folder).empty()) << file;
  }
}

TEST(Verify, NoticesAFindingThatWasNotMeasured) {
  TempFolder folder;
  Case opened = examined_case(folder);
  const auto report = opened.verify(true);
  ASSERT_TRUE(report.ok());
  EXPECT_GT(report->findings_recomputed, 0u);
  EXPECT_EQ(report->evidences_checked, 1u);
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
