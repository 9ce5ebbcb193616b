// A log that has grown since it was sealed.
#include <gtest/gtest.h>

#include "case_support.h"

namespace assay::test {
namespace {

class Growth : public ::testing::Test {
 protected:
  void SetUp() override { init(); }
  void init() {
    folder_ = std::make_unique<TempFolder>();
    ASSERT_TRUE(Case::init(at("case"), "Test", "UTC", 7, still_surroundings()).ok());
  }
  std::string at(const std::string& name) const { return *folder_ / name; }

  AddOutcome add(const std::string& bytes) {
    write_all_to(at("query.log"), bytes);
    auto opened = Case::open(at("case"), still_surroundings());
    EXPECT_TRUE(opened.ok());
    AddRequest request;
    request.paths = {at("query.log")};
    const auto outcomes = opened->add(request);
    EXPECT_TRUE(outcomes.ok());
    EXPECT_EQ(outcomes->size(), 1u);
    return outcomes->front();
  }

  std::string lookups() {
    auto opened = Case::open(at("case"), still_surroundings());
    std::string text;
    EXPECT_TRUE(opened
                    ->count({"evidence"},
                            [&](std::string_view chunk) {
                              text += chunk;
                              return true;
                            })
                    .ok());
    return text;
  }

  std::unique_ptr<TempFolder> folder_;
};

TEST_F(Growth, ReadsOnlyWhatFollowsTheSealedBytes) {
  const std::string whole = query_log(10);
  const std::string half = query_log(4);
  ASSERT_TRUE(whole.starts_with(half));
  const AddOutcome first = add(half);
  const AddOutcome second = add(whole);
  EXPECT_EQ(second.kind, AddOutcome::Kind::added);
  EXPECT_EQ(second.evidence.predecessor, first.evidence.number);
  EXPECT_EQ(second.evidence.begin_offset, half.size());
  EXPECT_EQ(second.evidence.size_bytes, whole.size());
  EXPECT_NE(second.evidence.sha256, first.evidence.sha256);
  EXPECT_EQ(second.evidence.balance.units, 6u);
  EXPECT_EQ(second.evidence.rows(), 6u);
  EXPECT_EQ(lookups(), "evidence,count\ndns-1,4\ndns-2,6\n");
  auto opened = Case::open(at("case"), still_surroundings());
  EXPECT_TRUE(opened->verify(true)->problems.empty());
  const auto shown = opened->show("dns-2:" + std::to_string(half.size()));
  EXPECT_TRUE(shown.ok()) << "a locus counts from the file's first byte";
}

TEST_F(Growth, CountsALineOnceThatWasCutWhenItWasSealed) {
  const std::string whole = query_log(10);
  const std::string half = query_log(4);
  for (std::size_t cut = 1; cut < 60; ++cut) {
    init();
    const AddOutcome first = add(half.substr(0, half.size() - cut));
    const AddOutcome second = add(whole);
    ASSERT_EQ(second.evidence.predecessor, 1u);
    EXPECT_EQ(first.evidence.rows() + second.evidence.rows(), 10u) << "cut by " << cut;
  }
}

TEST_F(Growth, TakesAFileThatChangedBeforeItsEndForAnother) {
  std::string whole = query_log(10);
  add(query_log(4));
  whole[1] = '5';  // another day
  const AddOutcome second = add(whole);
  EXPECT_EQ(second.evidence.predecessor, 0u);
  EXPECT_EQ(second.evidence.rows(), 10u);
}

TEST_F(Growth, GoesOnFromTheLongestOfSeveralEarlierStates) {
  add(query_log(2));
  add(query_log(5));
  const AddOutcome third = add(query_log(9));
  EXPECT_EQ(third.evidence.predecessor, 2u);
  EXPECT_EQ(lookups(), "evidence,count\ndns-1,2\ndns-2,3\ndns-3,4\n");
}

}  // namespace
}  // namespace assay::test
