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

// Of Rspamd 3.4 as a milter, with the null sender.
TEST(RspamdLog, ReadsTheLinesOfAProxyThatScansItself) {
  CollectingSink sink;
  ASSERT_TRUE(
      read_mail(
          kReader,
          "2026-03-03 09:14:01.13600 #66(rspamd_proxy) <446c3f>; proxy; "
          "rspamd_task_write_log: id: <one.1@bank.example>, qid: <138CA86>, ip: 203.0.113.9, "
          "(default: F (no action): [0.00/15.00] []), len: 181, time: 0.630ms, dns req: 0, "
          "digest: <10a56e> rcpts: <clerk@bank.example>,  mime_rcpt: <clerk@bank.example>, \n",
          sink)
          .ok());
  EXPECT_THAT(of_each(sink, "recipient"), ElementsAre("clerk@bank.example"));
  EXPECT_THAT(of_each(sink, "queue_id"), ElementsAre("138CA86"));
  EXPECT_EQ(sink.hosts.at(sink.records[0].client), "203.0.113.9");
}

}  // namespace
}  // namespace assay
