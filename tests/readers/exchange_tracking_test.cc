#include <fmt/format.h>

#include "mail_read.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::count_of;
using test::of_each;
using test::read_mail;
using testing::ElementsAre;

constexpr const char* kReader = "exchange_tracking";
constexpr std::string_view kHead =
    "#Fields: date-time,event-id,recipient-address,recipient-status,message-subject\n";

TEST(ExchangeTracking, ReadsItsSamplesAsTheGoldenFilesSay) {
  test::expect_samples_as_golden(kReader);
}
TEST(ExchangeTracking, IsTheFormatOfItsOwnSamplesAlone) { test::expect_own_samples_alone(kReader); }
TEST(ExchangeTracking, ReadsTheSameInPiecesAsInOne) { test::expect_same_in_pieces(kReader); }
TEST(ExchangeTracking, BalancesWhateverIsCutOffOrFlipped) {
  test::expect_balance_under_damage(kReader, 61);
}

TEST(ExchangeTracking, GivesEachRecipientItsOwnStatus) {
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader,
                        std::string(kHead) +
                            "2026-03-03T09:00:00Z,SEND,a@b.example;c@d.example,250 2.1.5 OK;550 "
                            "5.1.1 No,\"s;,\"\"t\"\"\"\n",
                        sink)
                  .ok());
  EXPECT_THAT(of_each(sink, "recipient"), ElementsAre("a@b.example", "c@d.example"));
  EXPECT_THAT(of_each(sink, "enhanced_code"), ElementsAre("2.1.5", "5.1.1"));
  EXPECT_THAT(of_each(sink, "subject"), ElementsAre("s;,\"t\"", "s;,\"t\""));
  EXPECT_EQ(sink.records[1].code, 550);
}

TEST(ExchangeTracking, KeepsAStatusInBracketsWhole) {
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader,
                        std::string(kHead) +
                            "2026-03-03T09:00:00Z,FAIL,a@b.example;c@d.example,[{LRT=};{LED=550 "
                            "5.4.310 No domain}];[{LRT=};{LED=451 4.7.0 Later}],s\n",
                        sink)
                  .ok());
  EXPECT_THAT(of_each(sink, "enhanced_code"), ElementsAre("5.4.310", "4.7.0"));
}

TEST(ExchangeTracking, TellsTheRecipientsOfAnEndlessRowWithoutRepeatingTheRowForEach) {
  std::string recipients = "r0@b.example";
  for (int i = 1; i < 2'500; ++i) recipients += fmt::format(";r{}@b.example", i);
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader,
                        std::string(kHead) + "2026-03-03T09:00:00Z,SEND," + recipients +
                            ",250 OK," + std::string(20'000, 's') + "\n",
                        sink)
                  .ok());
  EXPECT_EQ(sink.records.size(), 2'500u);
  EXPECT_EQ(count_of(sink, "status", "sent"), 2'500u);
  EXPECT_EQ(of_each(sink, "recipient").back(), "r2499@b.example");
  const std::size_t whole = 2'500 - count_of(sink, "subject", "");
  EXPECT_GT(whole, 100u);
  EXPECT_LT(whole, 500u);
  EXPECT_EQ(sink.noted("mail.repeats_bounded"), 2'500u - whole);
}

TEST(ExchangeTracking, RefusesRowsBeforeTheColumnsAreNamed) {
  CollectingSink sink;
  ASSERT_TRUE(
      read_mail(kReader, "2026-03-03T09:00:00Z,SEND,a@b.example\n" + std::string(kHead), sink)
          .ok());
  EXPECT_THAT(sink.reject_codes(), ElementsAre("exchange.columns.missing"));
}

TEST(ExchangeTracking, TakesNewColumnsFromEachFieldsLine) {
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader,
                        std::string(kHead) + "2026-03-03T09:00:00Z,DEFER,a@b.example,,x\n" +
                            "#Fields: recipient-address,date-time,event-id\n" +
                            "c@d.example,2026-03-03T09:00:01Z,DROP\n",
                        sink)
                  .ok());
  EXPECT_THAT(of_each(sink, "recipient"), ElementsAre("a@b.example", "c@d.example"));
  EXPECT_THAT(of_each(sink, "status"), ElementsAre("deferred", "discarded"));
}

}  // namespace
}  // namespace assay
