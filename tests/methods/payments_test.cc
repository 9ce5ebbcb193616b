// payments: each payment once, in exact sums; what may have gone on through others; what is no
// payment between the two.
#include <gmock/gmock.h>

#include "other_toy.h"

namespace assay {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using toy::FieldTexts;
using toy::OtherToy;

constexpr char kBankIban[] = "GB82 WEST 1234 5698 7654 32";  // the example of ISO 13616's registry
constexpr char kSender[] = "XX03";

class PaymentsTest : public ::testing::Test {
 protected:
  PaymentsTest() {
    toy_.file().parties[0].accounts = {account_key(kBankIban)};
    toy_.file().parties[1].accounts = {kSender};
    third("Clinic", "XX02", "203.0.113.5");
  }
  void third(const char* name, const char* account, const char* address) {
    Party party;
    party.name = name;
    party.accounts = {account};
    party.addresses = {IpPrefix::parse(address).value()};
    toy_.file().parties.push_back(std::move(party));
  }
  Evidence& statement() {
    return toy_.evidence("payment-" + std::to_string(++files_), "camt_053", {"payment"});
  }
  // A line of `own`'s statement; an entry without an id where that is empty.
  void line(double day, const std::string& own, const char* direction, const std::string& other,
            const std::string& amount, const std::string& id = "", FieldTexts more = {},
            const std::string& currency = "EUR") {
    more.insert(more.end(), {{"account", own}, {"direction", direction}, {"amount", amount}});
    if (!other.empty()) more.emplace_back("counterparty_account", other);
    if (!currency.empty()) more.emplace_back("currency", currency);
    if (!id.empty()) more.emplace_back("end_to_end_id", id);
    toy_.row(RecordKind::payment, day, "", "", std::move(more));
  }
  Finding there() { return toy_.one("payments", "/Bank>Sender"); }
  static std::string link(const Finding& finding) { return finding.parameters.at("link"); }

  OtherToy toy_;
  int files_ = 0;
};

TEST_F(PaymentsTest, CountsAPaymentOfBothSidesStatementsOnceAndAddsExactly) {
  statement();
  line(1, kBankIban, "debit", kSender, "0.10", "E1", {{"value_date", "2021-05-06"}});
  line(2, kBankIban, "debit", kSender, "0.20", "E2", {{"value_date", "03.05.2021"}});
  line(3, kBankIban, "debit", kSender, "7", "", {}, "USD");
  statement();
  line(3, kSender, "credit", kBankIban, "0.10", "E1");
  line(4, kSender, "credit", kBankIban, "7.00", "", {}, "USD");
  line(5, kSender, "debit", kBankIban, "1.00");
  const Finding finding = there();
  EXPECT_EQ(link(finding), "direct");
  EXPECT_EQ(finding.value_or("payments", 0), 3);
  EXPECT_EQ(finding.value_or("joined_by_id", 0), 1);
  EXPECT_EQ(finding.value_or("joined_by_amount_and_date", 0), 1);
  EXPECT_EQ(finding.parameters.at("sums"), "EUR 0.30 in 2 payments; USD 7 in 1 payment");
  EXPECT_EQ(finding.parameters.at("booking_days"), "2021-05-05 to 2021-05-07");
  EXPECT_EQ(finding.parameters.at("value_days"), "2021-05-03 to 2021-05-06");
  EXPECT_EQ(finding.selection.rows, 5u);
  EXPECT_EQ(toy_.one("payments", "/Sender>Bank").value_or("payments", 0), 1);
}

TEST_F(PaymentsTest, TwoIdsAreTwoPaymentsAndOneStatementTwiceIsOne) {
  statement();
  line(1, kBankIban, "debit", kSender, "5.00", "E1");
  line(2, kBankIban, "debit", kSender, "3.00");
  line(2, kBankIban, "debit", kSender, "3.00");  // equal lines of one statement are two
  statement();
  line(1, kSender, "credit", kBankIban, "5.00", "E9");
  statement();
  line(1, kBankIban, "debit", kSender, "5.00", "E1");
  line(2, kBankIban, "debit", kSender, "3.00");
  const Finding finding = there();
  EXPECT_EQ(finding.value_or("payments", 0), 4);
  EXPECT_EQ(finding.value_or("rows_repeated", 0), 2);
}

TEST_F(PaymentsTest, KnowsAnAccountByItsBban) {
  statement();
  line(1, "WEST/12345698765432", "debit", kSender, "5.00");
  line(2, "WEST12345698765432EUR", "debit", kSender, "6.00");
  EXPECT_EQ(there().value_or("payments", 0), 2);
  EXPECT_EQ(toy_.one("direct_records", "/Bank>Sender/payment").value_or("rows", 0), 1);
}

TEST_F(PaymentsTest, TellsWhatGivesBackAndWhatIsAnnouncedApart) {
  statement();
  line(1, kBankIban, "credit", kSender, "5.00", "E1", {{"event_action", "reversal"}});
  line(2, kBankIban, "debit", kSender, "5.00", "", {{"entry_status", "PDNG"}});
  line(3, kBankIban, "credit", kSender, "4.00", "E2", {{"reason", "AC04"}});
  line(-1, kBankIban, "debit", kSender, "4.00");
  line(30, kBankIban, "debit", kSender, "4.00");
  const Finding finding = there();
  EXPECT_EQ(finding.value_or("payments", 1), 0);
  EXPECT_EQ(finding.value_or("reversals", 0), 1);
  EXPECT_EQ(finding.value_or("announced", 0), 1);
  EXPECT_EQ(finding.value_or("undated", 0), 1);
  EXPECT_EQ(finding.value_or("at_edge", 0), 1);
  EXPECT_EQ(toy_.one("payments", "/Sender>Bank").value_or("returns", 0), 1);
  EXPECT_EQ(link(finding), "not_testable");
}

TEST_F(PaymentsTest, PairsAReturnOrReversalWithThePaymentThatItGivesBack) {
  statement();
  line(1, kBankIban, "debit", kSender, "5.00", "E1");
  line(1, kBankIban, "debit", kSender, "5.00", "E2");
  line(2, kBankIban, "debit", kSender, "7.00");
  line(2, kBankIban, "debit", kSender, "9.00", "E4");
  line(3, kBankIban, "credit", kSender, "4.50", "E1", {{"reason", "AC04"}});  // less a charge
  line(4, kBankIban, "credit", kSender, "7.00", "", {{"event_action", "reversal"}});
  const Finding finding = there();
  EXPECT_EQ(link(finding), "direct");
  EXPECT_EQ(finding.value_or("payments", 0), 4);
  EXPECT_EQ(finding.value_or("given_back", 0), 2);
  EXPECT_EQ(finding.value_or("given_back_by_id", 0), 1);
  EXPECT_EQ(finding.value_or("reversals_and_returns_unpaired", 1), 0);
  EXPECT_EQ(finding.parameters.at("sums"), "EUR 26.00 in 4 payments");
  EXPECT_EQ(finding.parameters.at("sums_given_back"), "EUR 11.50 in 2 payments");
  EXPECT_EQ(finding.selection.rows, 6u);  // the return, too: it is counted here
  const Finding back = toy_.one("payments", "/Sender>Bank");
  EXPECT_EQ(back.value_or("reversals_and_returns_unpaired", 1), 0);
  EXPECT_EQ(back.selection.rows, 1u);
}

TEST_F(PaymentsTest, LeavesAReturnAloneThatNoPaymentFits) {
  statement();
  line(1, kBankIban, "debit", kSender, "5.00", "E1");
  line(2, kBankIban, "credit", kSender, "5.00", "E2", {{"reason", "AC04"}});  // of another id
  line(3, kBankIban, "credit", kSender, "6.00", "E1", {{"reason", "AC04"}});  // more than was paid
  line(4, kBankIban, "debit", kSender, "8.00");
  line(16, kBankIban, "credit", kSender, "8.00", "", {{"reason", "AC04"}});  // too late without id
  line(17, kBankIban, "credit", kSender, "3.00", "E5", {{"reason", "AC04"}});
  line(18, kBankIban, "debit", kSender, "3.00", "E5");  // paid after it
  EXPECT_EQ(there().value_or("given_back", 1), 0);
  EXPECT_FALSE(there().parameters.contains("sums_given_back"));
  const Finding back = toy_.one("payments", "/Sender>Bank");
  EXPECT_EQ(back.value_or("returns", 0), 4);
  EXPECT_EQ(back.value_or("reversals_and_returns_unpaired", 0), 4);
  EXPECT_THAT(back.limitations, Contains(HasSubstr("4 reversals or returns")));
}

TEST_F(PaymentsTest, PathThroughAnotherIsAPossibilityBesideOthers) {
  statement();
  line(1, kBankIban, "debit", "XX02", "100.00");
  line(9, kBankIban, "debit", "XX02", "50.00");
  statement();
  line(2, "XX02", "debit", kSender, "95.00");
  line(3, "XX02", "debit", "XX77", "99.00");
  line(4, "XX02", "debit", "XX78", "100.00");
  line(4, "XX02", "debit", "XX78", "101.00");  // more than came in
  line(4, "XX02", "debit", "XX78", "100.00", "", {}, "USD");
  const Finding finding = there();
  EXPECT_EQ(link(finding), "possible_through_intermediaries");
  EXPECT_EQ(finding.outcome, Outcome::nothing_found);
  EXPECT_EQ(finding.value_or("payments_maybe_passed_on", 0), 1);
  ASSERT_NE(finding.table("paths"), nullptr);
  EXPECT_EQ(finding.table("paths")->rows.front(), (std::vector<double>{1, 2}));
  EXPECT_THAT(finding.statement, HasSubstr("Through Clinic 1 payment may have gone on; 2 payments "
                                           "of Clinic to others would fit as well."));
}

TEST_F(PaymentsTest, FollowsTwoIntermediariesAndNeverBackInTime) {
  third("Operator", "XX04", "203.0.113.9");
  statement();
  line(1, kBankIban, "debit", "XX02", "100.00");
  line(2, "XX02", "debit", "XX04", "100.00");
  line(3, kSender, "credit", "XX04", "98.00");
  Finding finding = there();
  ASSERT_NE(finding.table("paths"), nullptr);
  EXPECT_EQ(finding.table("paths")->row_labels.front(), "Clinic, then Operator");
  EXPECT_THAT(finding.statement, HasSubstr("its own is not in the case"));
  EXPECT_EQ(toy_.one("payments", "/Sender>Bank").value_or("chains", 1), 0);
}

TEST_F(PaymentsTest, PaymentToWhoRunsTheHostsIsShownAsThat) {
  toy_.others().addresses.push_back(
      {"mail1.sender.example", IpAddress::parse("203.0.113.5").value(), {}, {}});
  statement();
  line(1, kBankIban, "debit", "XX02", "10.00");
  const Finding finding = there();
  EXPECT_EQ(finding.value_or("payments", 1), 0);
  EXPECT_EQ(finding.value_or("payments_to_operators", 0), 1);
  EXPECT_THAT(finding.statement, HasSubstr("a third party that runs hosts for Sender"));
  EXPECT_EQ(link(finding), "not_testable");
}

TEST_F(PaymentsTest, PaymentToTheHolderOfAStatedMailHostIsShownAsThat) {
  toy_.file().parties[2].names = {NamePattern::parse("*.clinic.example").value()};
  toy_.file().parties[1].mail_hosts = {"mail1.sender.example", "MX1.clinic.example"};
  statement();
  line(1, kBankIban, "debit", "XX02", "10.00");
  line(2, kSender, "debit", "XX02", "10.00");
  const Finding finding = there();
  EXPECT_EQ(finding.value_or("payments_to_operators", 0), 1);
  EXPECT_THAT(finding.statement, HasSubstr("1 payment to Clinic, which holds a stated mail host or "
                                           "edge of Sender (EUR 10.00 in 1 payment)"));
  EXPECT_EQ(finding.selection.rows, 1u);
  EXPECT_EQ(link(finding), "not_testable");
  EXPECT_EQ(finding.outcome, Outcome::nothing_found);
  EXPECT_EQ(toy_.one("payments", "/Sender>Bank").value_or("payments_to_operators", 1), 0);
}

TEST_F(PaymentsTest, AbsenceNeedsACompleteStatementOfEachAccount) {
  Evidence& whole = statement();
  line(1, kBankIban, "debit", "XX99", "10.00");
  EXPECT_EQ(link(there()), "not_testable");
  OtherToy::cover(whole, 0, 30);
  const Finding none = there();
  ASSERT_TRUE(none.absence.has_value()) << none.limitations.back();
  EXPECT_EQ(link(none), "none_within_coverage");
  line(3, kBankIban, "debit", "", "10.00");  // to whom is not told
  EXPECT_EQ(link(there()), "not_testable");
}

TEST_F(PaymentsTest, AccountOfBothIsASharedInstrumentAndNoPayment) {
  toy_.file().parties[1].accounts.push_back(account_key(kBankIban));
  statement();
  line(1, kBankIban, "debit", kSender, "10.00");
  const Finding finding = there();
  EXPECT_EQ(finding.value_or("payments", 1), 0);
  EXPECT_EQ(finding.value_or("ambiguous", 0), 1);
  EXPECT_EQ(link(finding), "shared_instrument");
  EXPECT_FALSE(finding.absence.has_value());
}

TEST_F(PaymentsTest, HostileAmountsAndCurrenciesAreCountedAndNotAdded) {
  statement();
  const std::string most(18, '9');
  for (int i = 0; i < 3; ++i) line(i, kBankIban, "debit", kSender, most, std::to_string(i));
  line(4, kBankIban, "debit", kSender, most + "9", "x");
  line(5, kBankIban, "debit", kSender, "1e9", "y");
  line(6, kBankIban, "debit", kSender, "-5", "z");
  line(7, kBankIban, "debit", kSender, "1.00", "w", {}, "\x01<b>");
  line(8, kBankIban, "sideways", kSender, "1.00");
  const Finding finding = there();
  EXPECT_EQ(finding.value_or("payments", 0), 7);
  EXPECT_EQ(finding.table("sums")->rows.size(), 2u);
  EXPECT_EQ(finding.table("sums")->rows.back(), (std::vector<double>{6, 3}));
  EXPECT_THAT(finding.statement, HasSubstr("EUR 2999999999999999997 in 6 payments"));
  EXPECT_THAT(finding.statement, HasSubstr("of no known currency"));
}

TEST_F(PaymentsTest, TellsIbansWithWrongCheckDigits) {
  toy_.file().parties[1].accounts.push_back("GB83WEST12345698765432");
  statement();
  line(1, kBankIban, "debit", kSender, "1.00");
  const Finding stated = toy_.one("payments", "/accounts");
  EXPECT_EQ(stated.value_or("ibans", 0), 1);
  EXPECT_EQ(stated.value_or("ibans_with_wrong_check_digits", 0), 1);
  EXPECT_THAT(stated.limitations.front(), HasSubstr("GB83WEST12345698765432 of Sender"));
}

TEST_F(PaymentsTest, ThousandsOfEqualPaymentsAreFollowedToTheEnd) {
  statement();
  for (int i = 0; i < 4'000; ++i) {
    line(i * 1e-4, kBankIban, "debit", "XX02", "1.00", "a" + std::to_string(i));
    line(i * 1e-4, "XX02", "debit", "XX99", "1.00", "b" + std::to_string(i));
  }
  line(3, "XX02", "debit", kSender, "1.00");
  const Finding finding = there();
  ASSERT_NE(finding.table("paths"), nullptr);
  EXPECT_EQ(finding.table("paths")->rows.front(), (std::vector<double>{4'000, 4'000}));
  EXPECT_EQ(finding.selection.rows, 8'001u);
  EXPECT_THAT(finding.limitations, Not(Contains(HasSubstr("comparisons no more paths"))));
}

TEST_F(PaymentsTest, ManyPaymentsThatAllFitEndTheSearchForPaths) {
  statement();
  for (int i = 0; i < 1'500; ++i) {
    line(1, kBankIban, "debit", "XX02", std::to_string(100'000 + i), "a" + std::to_string(i));
    line(1, "XX02", "debit", "XX99", std::to_string(98'000 + i), "b" + std::to_string(i));
  }
  const Finding finding = there();
  EXPECT_EQ(finding.value_or("payments_maybe_passed_on", 1), 0);
  EXPECT_THAT(finding.limitations, Contains(HasSubstr("comparisons no more paths")));
}

TEST_F(PaymentsTest, WithoutPaymentsSaysWhatIsNeeded) {
  const std::vector<Finding> findings = toy_.run("payments");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings.front().outcome, Outcome::not_applicable);
}

}  // namespace
}  // namespace assay
