// Passive DNS in a case: counts over spans, which no method for single events may ever see.
#include <gtest/gtest.h>

#include "assay/reader.h"
#include "engine/question_records.h"
#include "text_source.h"

namespace assay {
namespace {

Evidence add(RecordStore& store, std::uint32_t number, std::string_view reader_name,
             const std::string& text) {
  const Reader& reader = *find_reader(reader_name);
  Evidence evidence;
  evidence.number = number;
  evidence.id = std::string(reader.record_kind()) + "-" + std::to_string(number);
  evidence.vantage = Vantage::passive_sensor;
  evidence.state = ReadState::read;
  EXPECT_TRUE(store.begin(number).ok());
  auto sink = make_store_sink(
      store, number, [](const Reject&) { return Status(); }, 4'096);
  TextSource source(text);
  EXPECT_TRUE(reader.read(source, {}, *sink).ok());
  EXPECT_TRUE(finish_store_sink(*sink).ok());
  EXPECT_TRUE(store.commit(number).ok());
  evidence.balance = sink->balance();
  evidence.span = sink->span();
  EXPECT_EQ(evidence.balance.rejected, 0u);
  return evidence;
}

const std::string kAggregate = R"({"rrname":"mail.bank.example","rrtype":"A","rdata":"192.0.2.25",)"
                               R"("time_first":1457000000,"time_last":1458000000,"count":97167})"
                               "\n";
const std::string kLookUp =
    R"({"ts":1457000100,"id.orig_h":"198.51.100.7","id.resp_h":"192.0.2.53",)"
    R"("query":"mail.bank.example","qtype":1,"rcode":0})"
    "\n";

TEST(Aggregates, NeverEnterTheRecordsOfAQuestion) {
  CaseFile case_file;
  Party bank{.name = "Bank"}, clinic{.name = "Clinic"};
  bank.names = {NamePattern::parse("*.bank.example").value()};
  clinic.addresses = {IpPrefix::parse("198.51.100.0/24").value()};
  case_file.parties = {bank, clinic};
  Question question;
  question.between = {"Bank", "Clinic"};

  const auto alone = make_memory_store(7);
  const auto none = load_question_records(*alone, case_file, question,
                                          {add(*alone, 1, "passive_dns_cof", kAggregate)});
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty()) << "97,167 answers are no look-up, and their file is no vantage";

  const auto both = make_memory_store(7);
  const std::vector<Evidence> evidences = {add(*both, 1, "passive_dns_cof", kAggregate),
                                           add(*both, 2, "zeek_dns", kLookUp)};
  const auto groups = load_question_records(*both, case_file, question, evidences);
  ASSERT_TRUE(groups.ok());
  ASSERT_EQ(groups->size(), 1u);
  const QuestionRecords& records = groups->front();
  ASSERT_EQ(records.rows.size(), 1u);
  EXPECT_EQ(records.rows[0].evidence, 2u);
  ASSERT_EQ(records.evidences.size(), 1u);
  EXPECT_EQ(records.evidences[0]->number, 2u);
}

}  // namespace
}  // namespace assay
