// What is stated about evidence later than at its first attempt.
#include <gmock/gmock.h>

#include "archive_support.h"
#include "case_support.h"
#include "core/digest.h"

namespace assay::test {
namespace {

using ::testing::HasSubstr;
using Kind = AddOutcome::Kind;

// Nothing tells day from month.
const char* const kAmbiguous =
    "time,client,qname\n"
    "05/06/2016 13:00:00,192.0.2.1,mail1.sender.example\n"
    "06/07/2016 13:00:00,192.0.2.2,mail1.sender.example\n";
const char* const kDayFirst =
    "delimiter = \",\"\nhas_header = true\ntime_format = \"%d/%m/%Y %H:%M:%S\"\n"
    "[columns]\ntime = \"time\"\nclient = \"client\"\nqname = \"qname\"\n";

class Restate : public ::testing::Test {
 protected:
  void SetUp() override {
    write_all_to(folder_ / "day-first.toml", kDayFirst);
    made_.emplace(Case::init(folder_ / "case", "T", "UTC", 7, still_surroundings()).value());
  }
  AddRequest request(const std::string& name) const {
    AddRequest request;
    request.paths = {folder_ / name};
    return request;
  }
  AddOutcome add(const AddRequest& request) {
    auto outcomes = made_->add(request);
    EXPECT_TRUE(outcomes.ok());
    return outcomes.ok() && !outcomes->empty() ? outcomes->back() : AddOutcome();
  }
  // As kill -9 leaves the chain after so many lines.
  void cut_chain(std::size_t lines) {
    made_.reset();
    const std::string chain = read_all(folder_ / "case/custody.jsonl");
    std::size_t end = 0, last = 0;
    for (std::size_t i = 0; i < lines; ++i) last = end, end = chain.find('\n', end) + 1;
    write_all_to(folder_ / "case/custody.jsonl", chain.substr(0, end));
    write_all_to(folder_ / "case/custody.head",
                 "{\"lines\":" + std::to_string(lines) + ",\"sha256\":\"" +
                     sha256_hex(chain.substr(last, end - last - 1)) + "\"}\n");
    made_.emplace(Case::open(folder_ / "case", still_surroundings()).value());
  }
  const Evidence& first() const { return made_->evidences().front(); }
  TempFolder folder_;
  std::optional<Case> made_;
};

TEST_F(Restate, ReadsWithTheMappingThatTheFailureAskedFor) {
  write_all_to(folder_ / "list.csv", kAmbiguous);
  EXPECT_EQ(add(request("list.csv")).kind, Kind::not_read);
  AddRequest better = request("list.csv");
  better.mapping_path = folder_ / "day-first.toml";
  const AddOutcome outcome = add(better);
  EXPECT_EQ(outcome.kind, Kind::resumed) << outcome.reason;
  EXPECT_THAT(outcome.reason, HasSubstr("stated now"));
  ASSERT_EQ(made_->evidences().size(), 1u);
  EXPECT_EQ(first().balance.rows, 2u);
  EXPECT_EQ(first().span->begin_us, utc_micros({2016, 6, 5, 13, 0, 0, 0}));
  EXPECT_TRUE(made_->verify(true)->problems.empty());
}

TEST_F(Restate, ReadsAMemberWithTheMappingThatTheFailureAskedFor) {
  write_all_to(folder_ / "lists.tar",
               archive_of(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE,
                          {{"a.log", query_log(20)}, {"list.csv", kAmbiguous}}));
  EXPECT_EQ(add(request("lists.tar")).kind, Kind::not_read);
  AddRequest better = request("lists.tar");
  better.mapping_path = folder_ / "day-first.toml";
  EXPECT_EQ(add(better).kind, Kind::resumed);
  EXPECT_EQ(member_of(*made_, "list.csv").balance.rows, 2u);
  EXPECT_EQ(member_of(*made_, "a.log").balance.rows, 20u);
  for (const Evidence& evidence : made_->evidences()) {
    EXPECT_NE(evidence.state, ReadState::partly_read) << evidence.id;
    EXPECT_NE(evidence.state, ReadState::unread) << evidence.id;
  }
}

TEST_F(Restate, TakesWhatIsStatedAfterAnAttemptThatWasKilled) {
  write_all_to(folder_ / "a.log", query_log(20));
  add(request("a.log"));
  cut_chain(2);  // init, begun
  AddRequest stated = request("a.log");
  stated.zone = "Europe/Berlin";
  stated.vantage = Vantage::authoritative;
  EXPECT_EQ(add(stated).kind, Kind::resumed);
  EXPECT_EQ(first().clock.zone, "Europe/Berlin");
  EXPECT_EQ(first().vantage, Vantage::authoritative);
  EXPECT_EQ(first().span->begin_us, utc_micros({2016, 5, 3, 22, 0, 0, 0}));
}

TEST_F(Restate, LooksAgainAtAFileOfWhichNothingWasSealed) {
  write_all_to(folder_ / "a.log", std::string(3'000, '\1'));
  add(request("a.log"));
  cut_chain(2);
  write_all_to(folder_ / "a.log", query_log(20));
  EXPECT_EQ(add(request("a.log")).kind, Kind::resumed);
  EXPECT_EQ(first().format, "bind_querylog");
  EXPECT_EQ(first().balance.rows, 20u);
}

TEST_F(Restate, KeepsOneEvidenceWhenTheSecondAttemptKeepsACopy) {
  write_all_to(folder_ / "a.log", query_log(20));
  add(request("a.log"));
  cut_chain(2);
  AddRequest copied = request("a.log");
  copied.copy = true;
  EXPECT_THAT(add(copied).reason, ::testing::Not(HasSubstr("other bytes")));
  ASSERT_EQ(made_->evidences().size(), 1u);
  EXPECT_EQ(first().path, "evidence/" + first().sha256);
  EXPECT_EQ(first().balance.rows, 20u);
}

// Two servers that were asked nothing hand over the same header.
TEST_F(Restate, KeepsTheCoverageOfEachOfTwoListsWithoutARecord) {
  const char* const kHeader = "time,client,qname,qtype\n";
  write_all_to(folder_ / "mapping.toml",
               "delimiter = \",\"\nhas_header = true\n[columns]\ntime = \"time\"\n"
               "client = \"client\"\nqname = \"qname\"\n");
  for (const char* name : {"ns1.csv", "ns2.csv"}) {
    write_all_to(folder_ / name, kHeader);
    AddRequest stated = request(name);
    stated.mapping_path = folder_ / "mapping.toml";
    stated.vantage = Vantage::authoritative;
    stated.coverage.names = {
        NamePattern::parse(std::string(name).substr(0, 3) + ".example").value()};
    stated.coverage.intervals = {parse_interval("2016-05-01/2016-06-01").value()};
    stated.coverage.completeness = Completeness::complete;
    EXPECT_EQ(add(stated).kind, Kind::added) << add(stated).reason;
  }
  ASSERT_EQ(made_->evidences().size(), 2u);
  for (const Evidence& evidence : made_->evidences()) {
    EXPECT_EQ(evidence.state, ReadState::read);
    EXPECT_EQ(evidence.coverage.completeness, Completeness::complete);
  }
  EXPECT_EQ(made_->evidences()[0].sha256, made_->evidences()[1].sha256);
  // Under one name it is the same file, and says how to state another server's.
  AddRequest again = request("ns1.csv");
  again.vantage = Vantage::resolver;
  const AddOutcome outcome = add(again);
  EXPECT_EQ(outcome.kind, Kind::already_here);
  EXPECT_THAT(outcome.reason, HasSubstr("under another name"));
  EXPECT_EQ(made_->evidences().size(), 2u);
  EXPECT_TRUE(made_->verify(true)->problems.empty());
}

// The control: with a record in it the same bytes are one evidence.
TEST_F(Restate, CountsTheSameRecordsUnderAnotherNameOnce) {
  write_all_to(folder_ / "a.log", query_log(20));
  write_all_to(folder_ / "b.log", query_log(20));
  EXPECT_EQ(add(request("a.log")).kind, Kind::added);
  EXPECT_EQ(add(request("b.log")).kind, Kind::already_here);
  EXPECT_EQ(made_->evidences().size(), 1u);
}

TEST_F(Restate, ReplacesOnlyWhatIsStatedAgain) {
  write_all_to(folder_ / "a.log", query_log(20));
  AddRequest stated = request("a.log");
  stated.zone = "Europe/Berlin";
  stated.vantage = Vantage::authoritative;
  stated.coverage.intervals = {parse_interval("2016-05-01/2016-06-01").value()};
  stated.coverage.completeness = Completeness::complete;
  add(stated);
  AddRequest noted = request("a.log");
  noted.note = "corrected";
  EXPECT_THAT(add(noted).reason, HasSubstr("--restate"));
  EXPECT_EQ(first().note, "");
  noted.restate = true;
  EXPECT_EQ(add(noted).kind, Kind::resumed);
  EXPECT_EQ(first().note, "corrected");
  EXPECT_EQ(first().clock.zone, "Europe/Berlin");
  EXPECT_EQ(first().vantage, Vantage::authoritative);
  EXPECT_EQ(first().coverage.completeness, Completeness::complete);
  EXPECT_EQ(first().coverage.intervals.size(), 1u);
  // Other times were never called complete.
  AddRequest later = request("a.log");
  later.restate = true;
  later.coverage.intervals = {parse_interval("2016-05-01/2017-01-01").value()};
  add(later);
  EXPECT_EQ(first().coverage.completeness, Completeness::unknown);
}

TEST_F(Restate, TellsEveryStatementThatWasDropped) {
  write_all_to(folder_ / "a.log", query_log(20));
  add(request("a.log"));
  AddRequest names = request("a.log"), from = names, mapping = names, format = names;
  names.coverage.names = {NamePattern::parse("*.sender.example").value()};
  from.received_from = "somebody";
  mapping.mapping_path = folder_ / "day-first.toml";
  format.as_format = "delimited";
  for (const AddRequest& each : {names, from, mapping, format}) {
    EXPECT_THAT(add(each).reason, HasSubstr("--restate"));
  }
  EXPECT_THAT(add(request("a.log")).reason, ::testing::Not(HasSubstr("--restate")));
}

}  // namespace
}  // namespace assay::test
