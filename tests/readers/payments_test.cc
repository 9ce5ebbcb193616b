// The readers of payments, and the exact amounts that they share.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "readers/payment_record.h"
#include "sample_checks.h"

namespace assay {
namespace {

using test::CollectingSink;
using testing::ElementsAre;
using testing::IsEmpty;

void read(const char* reader, std::string_view text, CollectingSink& sink,
          const ReadContext& context = {}) {
  EXPECT_TRUE(test::read_bytes(*find_reader(reader), text, sink, context).ok());
}

std::string sample(const char* path) {
  return test::file_bytes(std::string(ASSAY_TEST_DATA "/readers/") + path);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

class Payments : public testing::TestWithParam<const char*> {};
TEST_P(Payments, ReadTheirSamplesAsTheGoldenFilesSay) { test::expect_samples_of(GetParam()); }
TEST_P(Payments, StayInBalanceUnderDamage) { test::expect_damage_does_no_harm(GetParam()); }
TEST_P(Payments, TakeNobodyElsesFiles) { test::expect_sniffs_only_its_own(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Readers, Payments, testing::Values("camt_053", "mt940"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Amount, IsExactAndKeepsTheDecimalsThatWereWritten) {
  const auto text = [](std::string_view from, char mark) {
    const auto amount = Amount::parse(from, mark);
    return amount ? amount->text() : "none";
  };
  EXPECT_EQ(text("0.10", '.'), "0.10");
  EXPECT_EQ(text("-1234567890123456.78", '.'), "-1234567890123456.78");
  EXPECT_EQ(text("1.234.567,5", ','), "1234567.5");
  EXPECT_EQ(text("1,234,567.5", '.'), "1234567.5");
  EXPECT_EQ(text("100", ','), "100");
  for (const auto* wrong : {"", ".5", "1e3", "1.2.3", "1,23,4", "1,2345", "1234,567", "0x1", "--1",
                            "1.123456789", "1234567890123456789", "1,", "NaN"}) {
    EXPECT_EQ(text(wrong, '.'), "none") << wrong;
  }
}

TEST(Amount, TenthsAddUp) {
  Amount sum;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(sum.add(*Amount::parse("0.1")));
  EXPECT_TRUE(sum == *Amount::parse("1"));
  EXPECT_EQ(sum.text(), "1.0");
}

TEST(Camt053, BookingAndValueDateAreKeptApart) {
  ReadContext context;
  context.clock.zone = "Europe/Berlin";
  CollectingSink sink;
  read("camt_053", sample("camt_053/statement.xml"), sink, context);
  ASSERT_GE(sink.records.size(), 1u);
  EXPECT_THAT(sink.texts_of(1, "booking_date"), ElementsAre("2026-01-02"));
  EXPECT_THAT(sink.texts_of(1, "value_date"), ElementsAre("2026-01-03"));
  EXPECT_EQ(format_utc(sink.records[0].time_us), "2026-01-01T23:00:00Z");
  EXPECT_EQ(sink.records[0].until_us - sink.records[0].time_us + 1, kMicrosPerDay);
}

TEST(Camt053, ADateMayStateItsZone) {
  CollectingSink sink;
  read("camt_053",
       replaced(sample("camt_053/statement.xml"), "<BookgDt><Dt>2026-01-02<",
                "<BookgDt><Dt>2026-01-02+02:00<"),
       sink);
  ASSERT_GE(sink.records.size(), 1u);
  EXPECT_THAT(sink.texts_of(1, "booking_date"), ElementsAre("2026-01-02+02:00"));
  EXPECT_EQ(format_utc(sink.records[0].time_us), "2026-01-01T22:00:00Z");
  EXPECT_EQ(sink.records[0].until_us - sink.records[0].time_us + 1, kMicrosPerDay);
}

TEST(Camt053, BalancesThatDoNotAddUpAreNoted) {
  const std::string good = sample("camt_053/statement.xml");
  CollectingSink sink;
  read("camt_053", good, sink);
  EXPECT_EQ(sink.noted("camt.balance_differs"), 0u);
  CollectingSink other;
  read("camt_053", replaced(good, "1057.25", "1057.24"), other);
  EXPECT_EQ(other.noted("camt.balance_differs"), 1u);
}

TEST(Camt053, ADoctypeIsRefusedBeforeAnyEntityIsMade) {
  const std::string bomb =
      replaced(sample("camt_053/statement.xml"), "<Document",
               "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<Document");
  CollectingSink sink;
  read("camt_053", replaced(bomb, "Invoice", "&b;"), sink);
  EXPECT_THAT(sink.records, IsEmpty());
  EXPECT_THAT(sink.reject_codes(), ElementsAre("camt.doctype.refused"));
}

TEST(Camt053, APageThatNamesTheElementIsNoStatement) {
  const Reader& reader = *find_reader("camt_053");
  EXPECT_EQ(reader.sniff("<html><body>BkToCstmrStmt is an element</body></html>").score, 0);
  EXPECT_GT(reader.sniff("<a:Document><a:BkToCstmrStmt><a:GrpHdr>").score, 40);
}

TEST(Camt053, DepthAndSizeOfMarkupHaveLimits) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  CollectingSink sink;
  read("camt_053", deep, sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("camt.depth"));
  CollectingSink long_sink;
  read("camt_053", "<a b=\"" + std::string(3'000'000, 'x'), long_sink);
  EXPECT_THAT(long_sink.reject_codes(), ElementsAre("camt.token.too_long"));
}

std::string camt_entry(std::string_view inside) {
  return "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt>"
         "<Ntry>" +
         std::string(inside) + "</Ntry></Stmt></BkToCstmrStmt></Document>";
}

TEST(Camt053, AnAmountWithACommaIsNoneSinceItCanBeReadTwoWays) {
  CollectingSink sink;
  read("camt_053", camt_entry("<Amt Ccy=\"KWD\">1,234</Amt><CdtDbtInd>CRDT</CdtDbtInd>"), sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("camt.amount.unreadable"));
}

TEST(Camt053, TransactionsAgainstTheirEntryAreSubtracted) {
  const std::string text = camt_entry(
      "<Amt Ccy=\"EUR\">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls>"
      "<TxDtls><Amt Ccy=\"EUR\">4.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"
      "<TxDtls><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls></NtryDtls>");
  CollectingSink sink;
  read("camt_053", text, sink);
  EXPECT_EQ(sink.noted("camt.batch_sum_differs"), 0u);
  CollectingSink other;
  read("camt_053", replaced(text, "1.00", "1.01"), other);
  EXPECT_EQ(other.noted("camt.batch_sum_differs"), 1u);
}

// 220 KB made 173 MB of records once.
TEST(Camt053, AShortFileDoesNotMakeALongOne) {
  std::string inside = "<Amt Ccy=\"EUR\">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>";
  for (int i = 0; i < 1'000; ++i) inside += "<AddtlNtryInf>x</AddtlNtryInf>";
  for (int i = 0; i < 2'000; ++i) inside += "<TxDtls/>";
  CollectingSink sink;
  read("camt_053", camt_entry(inside), sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("camt.entry.repeats"));
}

TEST(Camt053, AnEntryInMemoryHasALimit) {
  std::string transaction, inside;
  const std::string name(60, 'n');
  for (int i = 0; i < 40; ++i) transaction += "<" + name + ">";
  for (int i = 0; i < 4'000; ++i) transaction += "<a>1</a>";
  for (int i = 0; i < 40; ++i) transaction += "</" + name + ">";
  for (int i = 0; i < 30; ++i) inside += "<TxDtls>" + transaction + "</TxDtls>";
  CollectingSink sink;
  read("camt_053", camt_entry(inside), sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("camt.entry.too_large"));
}

TEST(Camt053, ADamagedFileKeepsTheEntriesBeforeTheDamage) {
  const std::string text = sample("camt_053/statement.xml");
  const std::size_t third = text.find("<NtryRef>3");
  CollectingSink sink;
  read("camt_053", text.substr(0, third), sink);
  EXPECT_EQ(sink.records.size(), 3u);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("camt.xml.truncated"));
  EXPECT_EQ(sink.rejects[0].offset, text.rfind("<Ntry>", third));
}

TEST(Camt053, TheEncodingIsThatOfTheFirstBytesHoweverTheyArrive) {
  for (const std::string_view bytes : {std::string_view("X\0i", 3), std::string_view("X\0i\0b", 5),
                                       std::string_view("<\0a\0/\0>\0", 8)}) {
    CollectingSink whole, split;
    test::MemorySource all(bytes, SIZE_MAX, Error{ErrorCode::malformed, "cut"});
    test::MemorySource pieces(bytes, 1, Error{ErrorCode::malformed, "cut"});
    EXPECT_TRUE(find_reader("camt_053")->read(all, {}, whole).ok());
    EXPECT_TRUE(find_reader("camt_053")->read(pieces, {}, split).ok());
    EXPECT_EQ(whole.reject_codes(), split.reject_codes());
    EXPECT_EQ(whole.rejects.at(0).offset, split.rejects.at(0).offset);
  }
}

TEST(Mt940, ReversalsTurnTheirMarkAround) {
  CollectingSink sink;
  read("mt940",
       ":20:A\n:25:1\n:28C:1\n:60F:C260101EUR10,\n:61:260102RC1,NTRFX\n:61:260102RD3,NTRFX\n"
       ":62F:C260102EUR12,\n",
       sink);
  EXPECT_THAT(sink.texts_of(1, "direction"), ElementsAre("debit"));
  EXPECT_THAT(sink.texts_of(2, "direction"), ElementsAre("credit"));
  EXPECT_THAT(sink.texts_of(2, "event_action"), ElementsAre("reversal"));
  EXPECT_EQ(sink.noted("mt940.balance_differs"), 0u);
}

TEST(Mt940, AnEntryDateTakesTheYearNearestToItsValueDate) {
  CollectingSink sink;
  read("mt940",
       ":20:A\n:25:1\n:61:2601020102D1,NTRFX\n:61:2512310102D1,NTRFX\n"
       ":61:2601021231D1,NTRFX\n",
       sink);
  EXPECT_THAT(sink.texts_of(1, "booking_date"), ElementsAre("2026-01-02"));
  EXPECT_THAT(sink.texts_of(2, "booking_date"), ElementsAre("2026-01-02"));
  EXPECT_THAT(sink.texts_of(2, "value_date"), ElementsAre("2025-12-31"));
  EXPECT_THAT(sink.texts_of(3, "booking_date"), ElementsAre("2025-12-31"));
}

TEST(Mt940, WhatStandsBehindARefusedEntryIsNotOfTheStatement) {
  CollectingSink sink;
  read("mt940",
       ":20:A\n:25:1\n:60F:C260101EUR1,\n:61:torn\n:86:of the torn one\n:62F:C260101EUR1,\n"
       ":86:of the statement\n",
       sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_THAT(sink.texts_of(1, "description"), ElementsAre("of the statement"));
  EXPECT_EQ(sink.noted("mt940.information_of_refused"), 1u);
}

// 400 KB made 613 MB of records once.
TEST(Mt940, WhatEachPaymentRepeatsHasALimit) {
  CollectingSink sink;
  read("mt940",
       ":20:A\n:25:" + std::string(16'000, 'x') + "\n:28C:" + std::string(16'000, 'y') +
           "\n:61:260101C1,NTRFX\n",
       sink);
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(sink.texts_of(1, "account").at(0).size(), 256u);
  EXPECT_EQ(sink.texts_of(1, "statement_id").at(0).size(), 256u);
  EXPECT_EQ(sink.noted("mt940.head_cut"), 2u);
}

TEST(Mt940, BalancesThatDoNotAddUpAreNoted) {
  CollectingSink sink;
  read("mt940", replaced(sample("mt940/statement.sta"), "EUR1082,25", "EUR1082,24"), sink);
  EXPECT_EQ(sink.noted("mt940.balance_differs"), 1u);
}

Status read_list(std::string_view text, CollectingSink& sink, std::string_view mapping = "") {
  ReadContext context;
  if (!mapping.empty()) {
    auto parsed = parse_mapping(mapping, "m.toml");
    if (!parsed.ok()) return parsed.error();
    context.mapping = *parsed;
  }
  test::MemorySource source(text);
  return find_reader("delimited")->read(source, context, sink);
}

TEST(DelimitedPayments, AnAmountThatCanBeReadTwoWaysIsNotGuessed) {
  const std::string text =
      "Date,Amount,Currency,Payee\n2026-01-02,\"1,234\",EUR,Clinic\n2026-01-03,\"2,345\",EUR,A\n";
  CollectingSink sink;
  const Status status = read_list(text, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, testing::HasSubstr("decimal point or a comma"));
  EXPECT_THAT(status.error().mend, testing::HasSubstr("decimal_mark"));
  // The mapping that sniff prints can be completed and then says which.
  std::string plan = find_reader("delimited")->describe_plan(text);
  EXPECT_THAT(plan, testing::HasSubstr("kind = \"payment\""));
  plan = replaced(plan, "decimal_mark = \".\"", "decimal_mark = \",\"");
  CollectingSink mapped;
  ASSERT_TRUE(read_list(text, mapped, plan).ok());
  EXPECT_THAT(mapped.texts_of(1, "amount"), ElementsAre("1.234"));
  // Another amount may tell.
  CollectingSink told;
  ASSERT_TRUE(read_list(replaced(text, "2,345", "12.5"), told).ok());
  EXPECT_THAT(told.texts_of(1, "amount"), ElementsAre("1234"));
}

TEST(DelimitedPayments, AnAmountBehindThoseThatLeaveTheMarkOpenIsNotGuessed) {
  std::string text = "Date,Amount,Payee\n";
  for (int i = 0; i < 4'000; ++i) text += "2026-01-02,7,\"Clinic, the first\"\n";
  text += "2026-01-03,\"1,500\",A\n2026-01-03,12,B\n";
  CollectingSink sink;
  ASSERT_TRUE(read_list(text, sink).ok());
  EXPECT_EQ(sink.records.size(), 4'001u);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("delimited.amount.ambiguous"));
}

TEST(DelimitedPayments, ASignAgainstItsColumnIsNotDropped) {
  CollectingSink sink;
  ASSERT_TRUE(read_list("Date,Payee,Debit,Credit\n2026-01-02,A,10.00,\n2026-01-02,A,,20.00\n"
                        "2026-01-03,A,,-5.00\n2026-01-03,A,-7.00,\n2026-01-04,A,1.00,\n"
                        "2026-01-04,A,0.00,3.00\n",
                        sink)
                  .ok());
  EXPECT_THAT(sink.reject_codes(), ElementsAre("delimited.amount.sign", "delimited.amount.sign"));
  EXPECT_EQ(sink.records.size(), 4u);
  CollectingSink signed_sink;  // a list that writes each debit with a minus
  ASSERT_TRUE(
      read_list("Date,Payee,Debit,Credit\n2026-01-02,A,-10.00,\n2026-01-02,A,,20.00\n", signed_sink)
          .ok());
  EXPECT_THAT(signed_sink.texts_of(1, "amount"), ElementsAre("10.00"));
  EXPECT_THAT(signed_sink.texts_of(1, "direction"), ElementsAre("debit"));
}

TEST(DelimitedPayments, ADateThatCanBeReadTwoWaysIsNotGuessed) {
  CollectingSink sink;
  const Status status =
      read_list("Date,Amount,Currency\n03/02/2026,1.50,EUR\n04/02/2026,2.50,EUR\n", sink);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, testing::HasSubstr("day first or month first"));
  CollectingSink told;
  ASSERT_TRUE(
      read_list("Date,Amount,Currency\n03/02/2026,1.50,EUR\n24/02/2026,2.50,EUR\n", told).ok());
  ASSERT_EQ(told.records.size(), 2u);
  EXPECT_EQ(format_utc(told.records[0].time_us), "2026-02-03T00:00:00Z");
  EXPECT_EQ(told.records[0].until_us - told.records[0].time_us + 1, kMicrosPerDay);
}

TEST(DelimitedPayments, SignsStandInFrontBehindOrAsParentheses) {
  CollectingSink sink;
  ASSERT_TRUE(read_list("Date,Amount,Payee\n2026-01-02,-1.50,A\n2026-01-02,1.50-,A\n"
                        "2026-01-02,(1.50),A\n2026-01-02,1.50 EUR,A\n",
                        sink)
                  .ok());
  ASSERT_EQ(sink.records.size(), 4u);
  for (std::uint32_t n = 1; n <= 3; ++n) {
    EXPECT_THAT(sink.texts_of(n, "amount"), ElementsAre("1.50"));
    EXPECT_THAT(sink.texts_of(n, "direction"), ElementsAre("debit"));
  }
  EXPECT_THAT(sink.texts_of(4, "direction"), ElementsAre("credit"));
  EXPECT_THAT(sink.texts_of(4, "currency"), ElementsAre("EUR"));
}

TEST(DelimitedPayments, ListsOfOtherThingsWithADateAndANumberAreNone) {
  const Reader& reader = *find_reader("delimited");
  for (const std::string_view other :
       {"Date,Open,High,Low,Close,Volume,Name,Value\n2026-01-02,10.0,11.0,9.5,10.4,1000,A,5.1\n",
        "Date,Order,Customer,Amount,Status\n2026-01-02,1001,Clinic,3,shipped\n"}) {
    EXPECT_EQ(reader.sniff(other).score, 0) << other;
  }
  EXPECT_GT(reader.sniff("Date,Description,Amount\n2026-01-02,Rent,-3.00\n").score, 40);
  EXPECT_GT(reader.sniff("Date,Type,Debit,Credit\n2026-01-02,A,3.00,\n").score, 40);
}

TEST(DelimitedPayments, AMappingOfAnUnknownKindOrFieldNamesTheNearest) {
  EXPECT_THAT(parse_mapping("kind = \"payments\"\n", "m").error().mend,
              testing::HasSubstr("'payment'"));
  EXPECT_THAT(parse_mapping("kind = \"payment\"\n[columns]\namonut = 1\n", "m").error().mend,
              testing::HasSubstr("'amount'"));
  EXPECT_FALSE(parse_mapping("[columns]\namount = 1\n", "m").ok());  // look-ups have none
}

TEST(DelimitedPayments, DamageDoesNotUpsetTheBalance) {
  for (const char* name : {"payments.csv", "payments-two-columns.csv"}) {
    const std::string whole = sample((std::string("delimited/") + name).c_str());
    for (std::size_t end = 0; end < whole.size(); ++end) {
      CollectingSink sink;
      read_list(std::string_view(whole).substr(0, end), sink).ok();
      EXPECT_TRUE(sink.balance().is_even());
    }
  }
}

}  // namespace
}  // namespace assay
