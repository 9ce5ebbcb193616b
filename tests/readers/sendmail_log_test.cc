#include "mail_read.h"
#include "readers/sendmail_messages.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::count_of;
using test::of_each;
using test::read_mail;
using testing::ElementsAre;

constexpr const char* kReader = "sendmail_log";

TEST(SendmailLog, ReadsItsSamplesAsTheGoldenFilesSay) { test::expect_samples_as_golden(kReader); }
TEST(SendmailLog, IsTheFormatOfItsOwnSamplesAlone) { test::expect_own_samples_alone(kReader); }
TEST(SendmailLog, ReadsTheSameInPiecesAsInOne) { test::expect_same_in_pieces(kReader); }
TEST(SendmailLog, BalancesWhateverIsCutOffOrFlipped) {
  test::expect_balance_under_damage(kReader, 61);
}

TEST(SendmailLog, ReadsDelaysOfDays) {
  EXPECT_EQ(sendmail_seconds("00:00:07"), 7);
  EXPECT_EQ(sendmail_seconds("1+02:03:04"), 93'784);
  EXPECT_LT(sendmail_seconds("7"), 0);
  EXPECT_LT(sendmail_seconds("x+00:00:01"), 0);
}

TEST(SendmailLog, GivesEachRecipientOfALineARecord) {
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader,
                        "Mar  3 09:14:03 mx1 sm-mta[1]: 6239E1ab000101: to=<a@bank.example>,<\"b, "
                        "c\"@bank.example>,d@bank.example, delay=00:00:02, relay=local, dsn=2.0.0, "
                        "stat=Sent\n",
                        sink)
                  .ok());
  EXPECT_THAT(of_each(sink, "recipient"),
              ElementsAre("a@bank.example", "\"b, c\"@bank.example", "d@bank.example"));
  EXPECT_EQ(count_of(sink, "status", "sent"), 3u);
}

TEST(SendmailLog, NamesTheHostOfEachRefusalThatUsersReported) {
  ASSAY_NEED_SHARED(path, "mail/fail2ban-sendmail-reject.log");
  const std::string text = test::file_bytes(path);
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader, text, sink).ok());
  std::map<std::string, int> clients;
  for (const RecordRow& record : sink.records) ++clients[sink.hosts.at(record.client)];
  std::size_t compared = 0;
  constexpr std::string_view kHost = "\"host\": \"";
  for (std::size_t at = 0; (at = text.find(kHost, at)) != std::string::npos; ++at) {
    std::string host =
        text.substr(at + kHost.size(), text.find('"', at + kHost.size()) - at - kHost.size());
    if (const auto address = IpAddress::parse(host)) host = address->to_string();
    EXPECT_GE(clients[host], 1) << host;
    ++compared;
  }
  EXPECT_GE(compared, 35u);
  for (const Reject& reject : sink.rejects) EXPECT_EQ(reject.text[0], '#') << reject.text;
}

}  // namespace
}  // namespace assay
