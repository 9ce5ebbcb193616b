#include "engine/question_records.h"

#include <gtest/gtest.h>

#include "assay/reader.h"
#include "sim/reconstruction.h"

namespace assay {
namespace {

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(char* into, std::size_t capacity) override {
    const std::size_t n = text_.copy(into, capacity, at_);
    at_ += n;
    return n;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

IpPrefix prefix(std::string_view text) { return IpPrefix::parse(text).value(); }
NamePattern pattern(std::string_view text) { return NamePattern::parse(text).value(); }

// The reconstruction's three logs in a store in memory, as evidences 1..3.
class QuestionRecordsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const sim::Reconstruction made = sim::reconstruct(sim::demo_seeds());
    for (std::uint32_t number = 1; number <= 3; ++number) {
      Evidence evidence;
      evidence.number = number;
      evidence.id = "dns-" + std::to_string(number);
      evidence.vantage = Vantage::authoritative;
      evidence.state = ReadState::read;
      ASSERT_TRUE(store_->begin(number).ok());
      auto sink = make_store_sink(
          *store_, number, [](const Reject&) { return Status(); }, 4'096);
      TextSource source(made.logs[number - 1]);
      ASSERT_TRUE(find_reader("bind_querylog")->read(source, {}, *sink).ok());
      ASSERT_TRUE(finish_store_sink(*sink).ok());
      ASSERT_TRUE(store_->commit(number).ok());
      evidence.balance = sink->balance();
      evidence.span = sink->span();
      EXPECT_EQ(evidence.balance.rejected, 0u);
      evidences_.push_back(std::move(evidence));
    }
    Party bank{.name = "Bank"}, clinic{.name = "Clinic"}, sender{.name = "Sender"};
    bank.addresses = {prefix("192.0.2.0/24")};
    clinic.addresses = {prefix("198.51.100.0/24")};
    sender.names = {pattern("*.sender.example")};
    case_file_.parties = {bank, clinic, sender};
    question_.id = "q1";
    question_.between = {"Bank", "Sender"};
  }

  std::unique_ptr<RecordStore> store_ = make_memory_store(7);
  std::vector<Evidence> evidences_;
  CaseFile case_file_;
  Question question_;
};

TEST_F(QuestionRecordsTest, BringsTheQuotedRowsAndNothingElse) {
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  ASSERT_EQ(groups->size(), 1u);
  const QuestionRecords& records = groups->front();
  EXPECT_EQ(records.vantage, "authoritative");
  std::size_t bank = 0, clinic = 0, run_on = 0;
  for (const LookupRow& row : records.rows) {
    if (!records.is_target(row)) {
      ++run_on;
    } else if (records.party_of(row) == 0) {
      ++bank;
    } else if (records.party_of(row) == 1) {
      ++clinic;
    }
  }
  EXPECT_EQ(bank, 2'820u);
  EXPECT_EQ(clinic, 714u);
  EXPECT_EQ(run_on, 3u);
  EXPECT_TRUE(std::is_sorted(records.rows.begin(), records.rows.end(),
                             [](const auto& a, const auto& b) { return a.time_us < b.time_us; }));
}

TEST_F(QuestionRecordsTest, RunOnNamePointsAtItsTarget) {
  question_.names = {pattern("news1.sender.example")};
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  bool is_seen = false;
  for (const NameInfo& name : groups->front().names) {
    if (name.is_target) continue;
    is_seen = true;
    EXPECT_EQ(name.canonical, "news1.sender.example.corp.bank.example");
    ASSERT_GE(name.run_on_of, 0);
    EXPECT_EQ(groups->front().names[static_cast<std::size_t>(name.run_on_of)].canonical,
              "news1.sender.example");
  }
  EXPECT_TRUE(is_seen);
}

TEST_F(QuestionRecordsTest, EvidenceOfAnotherTimeIsLeftOut) {
  question_.window = parse_interval("2019-01-01/2019-02-01").value();
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  EXPECT_TRUE(groups->empty());
}

TEST_F(QuestionRecordsTest, VantagesAreNeverAdded) {
  evidences_[2].vantage = Vantage::resolver;
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  ASSERT_EQ(groups->size(), 2u);
  for (const QuestionRecords& records : *groups) {
    for (const LookupRow& row : records.rows) {
      EXPECT_EQ(row.evidence == 3, records.vantage == "resolver");
    }
  }
}

TEST_F(QuestionRecordsTest, PartlyReadEvidenceDoesNotCount) {
  evidences_[0].state = ReadState::partly_read;
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  for (const LookupRow& row : groups->front().rows) EXPECT_NE(row.evidence, 1u);
}

}  // namespace
}  // namespace assay
