#include "mail_read.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::of_each;
using test::read_mail;
using testing::ElementsAre;

constexpr const char* kReader = "rspamd_log";

TEST(RspamdLog, ReadsItsSamplesAsTheGoldenFilesSay) { test::expect_samples_as_golden(kReader); }
TEST(RspamdLog, IsTheFormatOfItsOwnSamplesAlone) { test::expect_own_samples_alone(kReader); }
TEST(RspamdLog, ReadsTheSameInPiecesAsInOne) { test::expect_same_in_pieces(kReader); }
TEST(RspamdLog, BalancesWhateverIsCutOffOrFlipped) {
  test::expect_balance_under_damage(kReader, 23);
}

TEST(RspamdLog, LetsNoMessageIdImitateAVerdict) {
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader, test::file_bytes(test::samples_of(kReader)[0]), sink).ok());
  EXPECT_EQ(sink.noted("rspamd.verdict_doubtful"), 1u);
  EXPECT_THAT(of_each(sink, "recipient"),
              ElementsAre("ward@clinic.example", "desk@clinic.example", "ward@clinic.example",
                          "ward@clinic.example", "one@bank.example", "two@bank.example"));
  EXPECT_THAT(of_each(sink, "spam_action"),
              ElementsAre("no action", "no action", "reject", "add header", "reject", "reject"));
  EXPECT_EQ(sink.hosts.at(sink.records[3].client), "198.51.100.9");
  EXPECT_THAT(sink.reject_codes(), ElementsAre("rspamd.task.unreadable"));
}

}  // namespace
}  // namespace assay
