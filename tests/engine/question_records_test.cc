#include "engine/question_records.h"

#include <gtest/gtest.h>

#include "../demo_list.h"
#include "assay/reader.h"
#include "engine/attribution.h"
#include "engine/examine.h"
#include "engine/names_below.h"
#include "text_source.h"

namespace assay {
namespace {

IpPrefix prefix(std::string_view text) { return IpPrefix::parse(text).value(); }
NamePattern pattern(std::string_view text) { return NamePattern::parse(text).value(); }

// The demo's list, three logs in a store in memory, as evidences 1..3.
class QuestionRecordsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto logs = test::logs_of(test::demo_list());
    for (std::uint32_t number = 1; number <= 3; ++number) {
      Evidence evidence;
      evidence.number = number;
      evidence.id = "dns-" + std::to_string(number);
      evidence.vantage = Vantage::authoritative;
      evidence.state = ReadState::read;
      ASSERT_TRUE(store_->begin(number).ok());
      auto sink = make_store_sink(
          *store_, number, [](const Reject&) { return Status(); }, 4'096);
      TextSource source(logs[number - 1]);
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
  EXPECT_EQ(run_on, 5u);
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

TEST_F(QuestionRecordsTest, MovesTheInstantsOfAClockThatTheCaseCorrects) {
  const auto before = load_question_records(*store_, case_file_, question_, evidences_);
  case_file_.clocks = {{evidences_[0].id, 3'600 * kMicrosPerSecond, "the operator"}};
  const auto shifts = ClockShifts::make(case_file_, evidences_);
  ASSERT_TRUE(shifts.ok());
  const auto after = load_question_records(*store_, case_file_, question_, evidences_, *shifts);
  ASSERT_TRUE(before.ok() && after.ok());
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::int64_t> was;
  for (const LookupRow& row : before->front().rows) was[{row.evidence, row.offset}] = row.time_us;
  std::size_t moved = 0;
  for (const LookupRow& row : after->front().rows) {
    const bool is_corrected = row.evidence == evidences_[0].number;
    moved += is_corrected;
    EXPECT_EQ(row.time_us - was.at({row.evidence, row.offset}),
              is_corrected ? 3'600 * kMicrosPerSecond : 0);
    EXPECT_EQ((row.flags & kClockCorrected) != 0, is_corrected);
  }
  EXPECT_GT(moved, 0u);
  EXPECT_LT(moved, after->front().rows.size());
  EXPECT_TRUE(std::is_sorted(after->front().rows.begin(), after->front().rows.end(),
                             [](const auto& a, const auto& b) { return a.time_us < b.time_us; }));
  Finding finding;
  finding.selection.evidences = {evidences_[0].number};
  shifts->say(finding);
  ASSERT_EQ(finding.limitations.size(), 1u);
  EXPECT_NE(finding.limitations[0].find("+3600"), std::string::npos) << finding.limitations[0];
  case_file_.clocks = {{"dns-99", 1, ""}};
  EXPECT_FALSE(ClockShifts::make(case_file_, evidences_).ok());
}

std::size_t rows_of(const QuestionRecords& records, int party) {
  return static_cast<std::size_t>(
      std::count_if(records.rows.begin(), records.rows.end(), [&](const LookupRow& row) {
        return records.is_target(row) && records.party_of(row) == party;
      }));
}

TEST_F(QuestionRecordsTest, AnAddressIsItsHoldersOnlyWhileHeld) {
  const auto before = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(before.ok());
  const Interval later = parse_interval("2021-08-01/2021-12-31").value();
  case_file_.parties[0].holds = later;
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  const QuestionRecords& records = groups->front();
  ASSERT_EQ(records.rows.size(), before->front().rows.size());
  std::size_t since = 0;
  for (std::size_t i = 0; i < records.rows.size(); ++i) {
    const LookupRow& row = records.rows[i];
    const LookupRow& was = before->front().rows[i];
    EXPECT_EQ(records.hosts[row.client].address, before->front().hosts[was.client].address);
    if (before->front().party_of(was) != 0) continue;
    EXPECT_EQ(records.party_of(row), later.contains(row.time_us) ? 0 : -1);
    since += records.party_of(row) == 0 ? 1 : 0;
  }
  EXPECT_GT(since, 100u);
  EXPECT_LT(since, 2'700u);
  EXPECT_EQ(rows_of(records, 1), 714u);
}

TEST(Attribution, HoldsForRowsThatShowNoLookupToo) {
  CaseFile case_file;
  Party bank{.name = "Bank"}, clinic{.name = "Clinic"};
  bank.addresses = clinic.addresses = {prefix("192.0.2.0/24")};
  bank.holds = parse_interval("2020-01-01/2020-12-31").value();
  clinic.holds = parse_interval("2021-01-01/2021-12-31").value();
  case_file.parties = {bank, clinic};
  QuestionRecords records;
  records.hosts = {{}, {*IpAddress::parse("192.0.2.1"), -1}, {*IpAddress::parse("192.0.2.2"), -1}};
  const auto row = [](std::uint32_t client, const std::optional<Interval>& when) {
    LookupRow one;
    one.client = client;
    one.time_us = when->begin_us;
    return one;
  };
  records.rows = {row(1, bank.holds)};
  records.no_lookups = {row(1, clinic.holds), row(2, bank.holds)};
  attribute_clients(case_file, records);
  EXPECT_EQ(records.party_of(records.rows[0]), 0);
  EXPECT_EQ(records.party_of(records.no_lookups[0]), 1);
  EXPECT_EQ(records.party_of(records.no_lookups[1]), 0);
}

TEST_F(QuestionRecordsTest, OfPrefixesThatOverlapTheLongestDecides) {
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  std::string busiest;
  for (const HostInfo& host : groups->front().hosts) {
    if (host.party == 0 && busiest.empty()) busiest = host.address.to_string();
  }
  const std::size_t of_bank = rows_of(groups->front(), 0);
  case_file_.parties[1].addresses.push_back(prefix(busiest));
  const auto again = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(again.ok());
  EXPECT_LT(rows_of(again->front(), 0), of_bank);
  EXPECT_GT(rows_of(again->front(), 1), 714u);
  EXPECT_EQ(rows_of(again->front(), 0) + rows_of(again->front(), 1), of_bank + 714u);
}

TEST_F(QuestionRecordsTest, ALossyNameCountsOnlyWhenItsKnownLabelsDecide) {
  const auto before = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(before.ok());
  ASSERT_TRUE(store_->begin(4).ok());
  auto sink = make_store_sink(
      *store_, 4, [](const Reject&) { return Status(); }, 4'096);
  DnsRow row;
  row.time_us = evidences_[0].span->begin_us;
  row.client = 0xc0000201;
  for (const char* name :
       {"a\\?b.sender.example", "\\*\\?\\*", "\\*\\?\\*", "a\\?b.other.example"}) {
    row.flags = kHasQuery | kNameLossy;
    row.qname = sink->name(name);
    sink->add(row);
    ++row.offset;
  }
  row.flags = kHasAnswer | kNameLossy;  // shows no look-up
  row.qname = sink->name("\\*\\?\\*");
  sink->add(row);
  ASSERT_TRUE(finish_store_sink(*sink).ok());
  ASSERT_TRUE(store_->commit(4).ok());
  Evidence evidence = evidences_[0];
  evidence.number = 4;
  evidence.id = "dns-4";
  evidences_.push_back(evidence);
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  EXPECT_EQ(groups->front().rows.size(), before->front().rows.size() + 1);
  EXPECT_EQ(groups->front().could_be_rows, 2u);
  EXPECT_EQ(before->front().could_be_rows, 0u);
  question_.names = {pattern("mail1.sender.example")};  // has no byte that a server leaves out
  const auto exact = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(exact.ok());
  EXPECT_EQ(exact->front().could_be_rows, 0u);
}

Evidence complete_for(Evidence evidence, std::string_view interval) {
  evidence.coverage.completeness = Completeness::complete;
  evidence.coverage.intervals = {parse_interval(interval).value()};
  return evidence;
}

TEST_F(QuestionRecordsTest, EveryServersLogIsARecorderAndAnUnreadFileStandsInTheWay) {
  for (Evidence& evidence : evidences_) {
    evidence = complete_for(std::move(evidence), "2021-05-01/2021-09-30");
  }
  question_.window = parse_interval("2021-05-04/2021-09-23").value();
  const Sought sought{"look-up", *question_.window, {pattern("*.sender.example")}};
  const auto shortfalls = [&] {
    const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
    EXPECT_TRUE(groups.ok());
    return Absence::shortfalls(groups->front().recorders, sought);
  };
  EXPECT_TRUE(shortfalls().empty());
  Evidence doubtful;
  doubtful.number = 4;
  doubtful.id = "file-4";
  doubtful.vantage = Vantage::authoritative;
  for (const Vantage vantage : {Vantage::authoritative, Vantage::unknown}) {
    for (const ReadState state : {ReadState::unread, ReadState::unreadable}) {
      doubtful.vantage = vantage;
      doubtful.state = state;
      evidences_.push_back(complete_for(doubtful, "2021-05-01/2021-09-30"));
      EXPECT_EQ(shortfalls().size(), 1u) << to_string(vantage) << " " << to_string(state);
      evidences_.pop_back();
    }
  }
  doubtful.vantage = Vantage::authoritative;
  doubtful.sha256 = std::string(64, 'e');  // sealed, with no byte in it
  evidences_.push_back(doubtful);
  EXPECT_TRUE(shortfalls().empty()) << "an empty file holds no look-up";
  evidences_.pop_back();
  doubtful.vantage = Vantage::registry;
  evidences_.push_back(doubtful);
  EXPECT_TRUE(shortfalls().empty()) << "of another vantage, it has no say";
  evidences_.pop_back();
  evidences_[1].coverage.intervals = {parse_interval("2021-05-01/2021-07-31").value()};
  EXPECT_EQ(shortfalls().size(), 1u) << "its neighbours do not speak for it";
}

TEST_F(QuestionRecordsTest, PiecesOfOneServersLogAreOneRecorder) {
  const auto recorders = [&] {
    const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
    EXPECT_TRUE(groups.ok());
    return groups->front().recorders;
  };
  EXPECT_EQ(recorders().size(), 3u);
  // A second log of the first server: the same rows once more, as a copy would hold them.
  const auto logs = test::logs_of(test::demo_list());
  for (const bool is_cut : {false, true}) {
    ASSERT_TRUE(store_->begin(4).ok());
    auto sink = make_store_sink(
        *store_, 4, [](const Reject&) { return Status(); }, 4'096);
    TextSource source(is_cut ? logs[0].substr(0, logs[0].find('\n', 9'000) + 1) : logs[0]);
    ASSERT_TRUE(find_reader("bind_querylog")->read(source, {}, *sink).ok());
    ASSERT_TRUE(finish_store_sink(*sink).ok());
    ASSERT_TRUE(store_->commit(4).ok());
    Evidence copy = complete_for(evidences_[0], "2021-05-01/2021-09-30");
    copy.number = 4;
    copy.id = "dns-4";
    copy.balance = sink->balance();
    copy.span = sink->span();
    evidences_.resize(3);
    evidences_[0] = complete_for(evidences_[0], "2021-05-01/2021-09-30");
    evidences_.push_back(copy);
    const auto found = recorders();
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0].pieces.size(), 2u);
    EXPECT_EQ(found[0].objection.empty(), !is_cut) << "two complete copies hold the same rows";
  }
}

TEST_F(QuestionRecordsTest, PartlyReadEvidenceDoesNotCount) {
  evidences_[0].state = ReadState::partly_read;
  const auto groups = load_question_records(*store_, case_file_, question_, evidences_);
  ASSERT_TRUE(groups.ok());
  for (const LookupRow& row : groups->front().rows) EXPECT_NE(row.evidence, 1u);
}

// "sender.example" is that name alone: who meant those below it must not read of silence.
TEST_F(QuestionRecordsTest, LookupsOfNamesBelowAStatedOneAreToldWhereTheyOutweighIt) {
  const auto told = [&] {
    return names_below(*store_, case_file_, question_, evidences_, {}).value();
  };
  EXPECT_EQ(told().statement(), "");  // with a star
  case_file_.parties[2].names = {pattern("sender.example")};
  const NamesBelow below = told();
  EXPECT_EQ(below.taken, 0u);
  EXPECT_GT(below.rows, 3'000u);
  EXPECT_NE(below.statement().find("names below sender.example, such as "), std::string::npos);
  EXPECT_NE(below.statement().find("'*.sender.example'"), std::string::npos);
  const auto results = examine_questions(
      *store_,
      [&] {
        CaseFile file = case_file_;
        file.questions = {question_};
        return file;
      }(),
      evidences_, nullptr);
  ASSERT_TRUE(results.ok());
  EXPECT_NE(results->front().verdict.statement.find("Not taken: "), std::string::npos);
  case_file_.parties[2].names = {pattern("mail1.sender.example")};
  EXPECT_EQ(told().statement(), "");  // nearly all rows ask for it
  question_.window = parse_interval("1990-01-01/1990-01-02").value();
  EXPECT_EQ(told().rows, 0u);
}

}  // namespace
}  // namespace assay
