// Quoted figures against each other, without any record.
#include <random>

#include "claim_fixture.h"
#include "explanations/quoted_figures.h"

namespace assay {
namespace {

using claims::Figure;
using test::answer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const FindingSet kNoFindings{{}};

ClaimAnswer consistent(std::vector<std::string> figures) {
  return answer("consistent", {}, {{"figures", std::move(figures)}}, kNoFindings);
}

std::vector<Figure> figures_of(const std::vector<std::string>& texts) {
  std::vector<Figure> figures;
  for (const std::string& text : texts) figures.push_back(claims::parse_figure(text).value());
  return figures;
}

TEST(Consistent, FiguresOfThePressContradictEachOtherWithoutAnyLog) {
  const ClaimAnswer press =
      consistent({"Bank share 87 %", "Bank share 80 %", "Bank+Clinic share 99 %", "Bank count 2820",
                  "Clinic count 714"});
  EXPECT_EQ(press.answer, Answer::contradicted);
  EXPECT_TRUE(press.findings.empty());
  EXPECT_EQ(press.in_short, "cannot all be true: 'Bank share 87 %' and 'Bank share 80 %'");
  ASSERT_EQ(press.tables.size(), 2u);
  EXPECT_EQ(press.tables[0].name, "cannot_be_true_together");
  EXPECT_THAT(press.tables[0].row_labels,
              ElementsAre("'Bank share 87 %' and 'Bank share 80 %'",
                          "'Bank share 87 %' and 'Bank count 2820' and 'Clinic count 714'",
                          "'Bank share 80 %' and 'Bank+Clinic share 99 %' and 'Bank count 2820' "
                          "and 'Clinic count 714'"));
}

TEST(Consistent, SaysWhatHasToGoFewestFirstAndSharesBeforeCounts) {
  const ClaimAnswer press =
      consistent({"Bank share 87 %", "Bank share 80 %", "Bank+Clinic share 99 %", "Bank count 2820",
                  "Clinic count 714"});
  ASSERT_EQ(press.tables.size(), 2u);
  const Table& remedies = press.tables[1];
  EXPECT_EQ(remedies.name, "the_rest_fits_without");
  EXPECT_THAT(remedies.row_labels,
              ElementsAre("'Bank share 87 %' and 'Bank share 80 %' (a total of 3,552 to 3,587)",
                          "'Bank share 87 %' and 'Bank+Clinic share 99 %' (a total of 3,534 to "
                          "3,547)"));
  EXPECT_THAT(remedies.rows, ElementsAre(ElementsAre(2, 3552, 3587), ElementsAre(2, 3534, 3547)));
  // Figures that fit have nothing that has to go.
  EXPECT_TRUE(consistent({"Bank share 80 %", "Bank count 2820"}).tables.empty());
}

TEST(Consistent, NamesEveryMinimalClashAndEveryLargestFit) {
  const auto clashes = claims::find_clashes(
      figures_of({"Bank share 87 %", "Bank share 80 %", "Bank+Clinic share 99 %", "Bank count 2820",
                  "Clinic count 714"}));
  EXPECT_THAT(clashes.smallest,
              ElementsAre(ElementsAre(0, 1), ElementsAre(0, 3, 4), ElementsAre(1, 2, 3, 4)));
  EXPECT_THAT(clashes.largest,
              ::testing::UnorderedElementsAre(ElementsAre(0, 2, 3), ElementsAre(0, 2, 4),
                                              ElementsAre(1, 2, 3), ElementsAre(1, 2, 4),
                                              ElementsAre(1, 3, 4), ElementsAre(2, 3, 4)));
}

TEST(Consistent, EightyPercentOf2820MeansATotalFrom3504To3547) {
  const claims::Fit fitted = claims::fit(figures_of({"Bank share 80 %", "Bank count 2820"}));
  ASSERT_TRUE(fitted.is_possible);
  EXPECT_EQ(fitted.total_low, 3504);   // > 2820 / 0.805 = 3503.1
  EXPECT_EQ(fitted.total_high, 3547);  // <= 2820 / 0.795 = 3547.2
}

TEST(Consistent, NinetyNinePercentOfBothMeansATotalFrom3552) {
  const claims::Fit fitted =
      claims::fit(figures_of({"Bank+Clinic share 99 %", "Bank count 2820", "Clinic count 714"}));
  ASSERT_TRUE(fitted.is_possible);
  EXPECT_EQ(fitted.total_low, 3552);
  EXPECT_EQ(fitted.total_high, 3587);
}

TEST(Consistent, RoundsHalfUp) {
  // 0.795 rounds up to 80 %; 0.805 rounds up to 81 % and so is not 80 %.
  EXPECT_TRUE(claims::fit(figures_of({"Bank share 80 %", "Bank count 795", "total count 1000"}))
                  .is_possible);
  EXPECT_FALSE(claims::fit(figures_of({"Bank share 80 %", "Bank count 805", "total count 1000"}))
                   .is_possible);
}

TEST(Consistent, KnowsThatCountsAreWhole) {
  EXPECT_EQ(consistent({"Bank share 40 %", "total count 3"}).answer, Answer::contradicted);
  EXPECT_EQ(consistent({"Bank share 33 %", "total count 3"}).answer, Answer::supported);
}

TEST(Consistent, PartsDoNotExceedTheTotal) {
  EXPECT_EQ(consistent({"Bank share 70 %", "Clinic share 40 %"}).answer, Answer::contradicted);
  EXPECT_EQ(consistent({"Bank count 2820", "Clinic count 714", "total count 3533"}).answer,
            Answer::contradicted);
  EXPECT_EQ(consistent({"Bank count 2820", "Clinic count 714", "total count 3534"}).answer,
            Answer::supported);
}

TEST(Consistent, TakesSharesOfAGroupAndBounds) {
  EXPECT_EQ(
      consistent({"Bank share 80 % of Bank+Clinic", "Bank count 2820", "Clinic count 714"}).answer,
      Answer::supported);
  EXPECT_EQ(
      consistent({"Bank share at least 81 % of Bank+Clinic", "Bank count 2820", "Clinic count 714"})
          .answer,
      Answer::contradicted);
  EXPECT_EQ(
      consistent({"Bank share 87 %", "Bank count about 2,800", "total count about 4,000"}).answer,
      Answer::contradicted);  // below 2,850 of 3,500 or more
}

TEST(Consistent, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(consistent({"Bank made most of them"}).answer, Answer::not_testable);
  EXPECT_EQ(consistent({"Bank share 87"}).answer, Answer::not_testable);
  const ClaimAnswer slip = consistent({"Bnak share 87 %"});
  EXPECT_EQ(slip.answer, Answer::not_testable);
  EXPECT_THAT(slip.statement, HasSubstr("nearest: 'Bank'"));
  EXPECT_EQ(consistent(std::vector<std::string>(13, "Bank count 1")).answer, Answer::not_testable);
}

// Figures made from one set of records, printed as a newspaper would, never clash.
TEST(Consistent, FiguresOfOneRealTotalAlwaysFit) {
  std::mt19937 random(20160504);
  for (int i = 0; i < 300; ++i) {
    const long bank = static_cast<long>(random() % 3000),
               clinic = static_cast<long>(random() % 900);
    const long total = bank + clinic + static_cast<long>(random() % 500) + 1;
    const auto percent = [&](long part) { return (200 * part + total) / (2 * total); };
    const auto figures = figures_of(
        {"Bank share " + std::to_string(percent(bank)) + " %",
         "Clinic share " + std::to_string(percent(clinic)) + " %",
         "Bank+Clinic share " + std::to_string(percent(bank + clinic)) + " %",
         "Bank count " + std::to_string(bank), "Clinic count " + std::to_string(clinic)});
    const claims::Fit fitted = claims::fit(figures);
    ASSERT_TRUE(fitted.is_possible) << bank << ' ' << clinic << ' ' << total;
    EXPECT_LE(*fitted.total_low, total);
    EXPECT_GE(fitted.total_high.value_or(total), total);
  }
}

// The elimination agrees with trying every total and every count.
TEST(Consistent, AgreesWithTryingEverything) {
  std::mt19937 random(7);
  int possible = 0, impossible = 0;
  for (int i = 0; i < 400; ++i) {
    const long total = 1 + static_cast<long>(random() % 12);
    // Near what some count of this total would print, so that both answers are frequent.
    const auto near_share = [&] {
      const long part = static_cast<long>(random() % (total + 1));
      return std::max(0L, (200 * part + total) / (2 * total) + static_cast<long>(random() % 3) - 1);
    };
    const long bank_share = near_share(), both_share = near_share();
    bool is_possible = false;
    for (long bank = 0; bank <= total; ++bank) {
      for (long both = bank; both <= total; ++both) {
        const auto percent = [&](long part) { return (200 * part + total) / (2 * total); };
        is_possible |= percent(bank) == bank_share && percent(both) == both_share;
      }
    }
    const claims::Fit fitted =
        claims::fit(figures_of({"Bank share " + std::to_string(bank_share) + " %",
                                "Bank+Clinic share " + std::to_string(both_share) + " %",
                                "total count " + std::to_string(total)}));
    EXPECT_EQ(fitted.is_possible, is_possible)
        << bank_share << " % " << both_share << " % of " << total;
    ++(is_possible ? possible : impossible);
  }
  EXPECT_GT(possible, 20);
  EXPECT_GT(impossible, 50);
}

}  // namespace
}  // namespace assay
