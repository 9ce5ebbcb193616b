#include "mail_read.h"
#include "readers/exim_line.h"
#include "readers/exim_messages.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::count_of;
using test::of_each;
using test::read_mail;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kReader = "exim_mainlog";

TEST(EximMainlog, ReadsItsSamplesAsTheGoldenFilesSay) { test::expect_samples_as_golden(kReader); }
TEST(EximMainlog, IsTheFormatOfItsOwnSamplesAlone) { test::expect_own_samples_alone(kReader); }
TEST(EximMainlog, ReadsTheSameInPiecesAsInOne) { test::expect_same_in_pieces(kReader); }
TEST(EximMainlog, BalancesWhateverIsCutOffOrFlipped) {
  test::expect_balance_under_damage(kReader, 61);
}

TEST(EximMainlog, ReadsTheOffsetThatLogTimezoneAdds) {
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader,
                        "2026-03-03 09:03:00 +0200 H=(x) [198.51.100.66] rejected EHLO or HELO x: "
                        "bad helo\n2026-03-03 09:03:00.5 -0330 H=(x) [198.51.100.66] rejected EHLO "
                        "or HELO x: bad helo\n",
                        sink)
                  .ok());
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(format_utc(sink.records[0].time_us), "2026-03-03T07:03:00Z");
  EXPECT_EQ(format_utc(sink.records[1].time_us), "2026-03-03T12:33:00Z");
  EXPECT_EQ(sink.records[1].width_us, 100'000u);
}

TEST(EximMainlog, LetsNoSubjectForgeAHost) {
  const EximItems items = parse_exim_items(
      "H=desk (helo) [192.0.2.7]:99 P=esmtp S=1 T=\"x\\\" H=evil [203.0.113.9] id=forged\" "
      "id=late for a@b");
  EXPECT_EQ(items.host.name, "desk");
  EXPECT_EQ(items.host.helo, "helo");
  EXPECT_EQ(items.host.address, "192.0.2.7");
  EXPECT_EQ(items.host.port, 99);
  EXPECT_EQ(items.message_id, "late");
  EXPECT_EQ(items.recipients, "a@b");
}

TEST(EximMainlog, AReasonBeginsBehindItsColon) {
  CollectingSink sink;
  ASSERT_TRUE(
      read_mail(kReader,
                "2026-03-03 09:03:00 1abcde-000001-00 ** a@b.example: Unrouteable address\n", sink)
          .ok());
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_THAT(sink.texts_of(1, "reply_text"), ElementsAre("Unrouteable address"));
}

TEST(EximMainlog, CutsAListOfRecipientsBetweenTwoOfThem) {
  std::string text = "2026-03-03 09:03:00 1abcde-000001-00 <= a@b.example P=smtp S=1 for";
  for (int i = 1'000; i < 1'200; ++i) text += fmt::format(" r{}@clinic.example", i);
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader, text + "\n", sink).ok());
  ASSERT_EQ(sink.records.size(), 1u);
  const auto recipients = sink.texts_of(1, "recipient");
  EXPECT_EQ(recipients.size(), 97u);
  EXPECT_EQ(recipients.back(), "r1096@clinic.example");
  EXPECT_EQ(sink.noted("exim.recipients_cut"), 1u);
}

TEST(EximMainlog, TellsRecipientsFromWhatFollowsThem) {
  const auto parts = [](std::string_view text) {
    const EximRecipient to = parse_exim_recipient(text);
    return std::string(to.address) + "|" + std::string(to.original) + "|" + std::string(to.rest);
  };
  EXPECT_EQ(parts("a@b.example R=r T=t"), "a@b.example|| R=r T=t");
  EXPECT_EQ(parts("odd, one@b.example <\"odd, one\"@b.example> R=r"),
            "odd, one@b.example|\"odd, one\"@b.example| R=r");
  EXPECT_EQ(parts(":blackhole: <a@b.example> R=r"), ":blackhole:|a@b.example| R=r");
  EXPECT_EQ(parts("a@b.example: Unrouteable address"), "a@b.example||: Unrouteable address");
  EXPECT_EQ(parts("a@b.example (list@b.example) <x@b.example> F=<>"),
            "a@b.example|x@b.example| F=<>");
}

TEST(EximMainlog, ReadsTimesSpentInTheQueue) {
  EXPECT_DOUBLE_EQ(exim_seconds("0.246s"), 0.246);
  EXPECT_DOUBLE_EQ(exim_seconds("2m42s"), 162);
  EXPECT_DOUBLE_EQ(exim_seconds("1d1h"), 90'000);
  EXPECT_LT(exim_seconds("42"), 0);
  EXPECT_LT(exim_seconds(""), 0);
}

TEST(EximMainlog, WritesAMessageThatFellOutOfTheTableAsItStands) {
  CollectingSink sink;
  MailRows rows(sink);
  EximMessages messages(rows, sink, 2);
  for (const char* id : {"1xUzTX-00001a-1D", "1xUzTX-00001b-1D", "1xUzTX-00001c-1D"}) {
    EximLine line;
    line.id = id;
    line.message = "<= a@bank.example H=[192.0.2.1] P=smtp S=1 for b@bank.example c@bank.example";
    EXPECT_EQ(messages.take(line, {}).kind, EximFate::used);
  }
  sink.flush();
  EXPECT_THAT(of_each(sink, "queue_id"), ElementsAre("1xUzTX-00001a-1D"));
  EXPECT_THAT(of_each(sink, "status"), ElementsAre("queued"));
  EXPECT_THAT(sink.texts_of(1, "recipient"), ElementsAre("b@bank.example", "c@bank.example"));
  EXPECT_EQ(sink.noted("exim.pending_full"), 1u);
}

// The collection says of each line which host it accuses: each is the client of a record.
TEST(EximMainlog, NamesTheHostOfEachLineThatUsersReported) {
  ASSAY_NEED_SHARED(path, "mail/fail2ban-exim.log");
  const std::string text = test::file_bytes(path);
  CollectingSink sink;
  ASSERT_TRUE(read_mail(kReader, text, sink).ok());
  std::map<std::string, int> clients;
  for (const RecordRow& record : sink.records) ++clients[sink.hosts.at(record.client)];
  std::size_t compared = 0;
  constexpr std::string_view kHost = "\"host\": \"";
  for (std::size_t at = 0; (at = text.find(kHost, at)) != std::string::npos; ++at) {
    const std::string host =
        text.substr(at + kHost.size(), text.find('"', at + kHost.size()) - at - kHost.size());
    if (host == "192.0.2.8") continue;  // a look-up that failed: no connection is told of
    EXPECT_GE(clients[host], 1) << host;
    ++compared;
  }
  EXPECT_GE(compared, 40u);
  for (const Reject& reject : sink.rejects) EXPECT_EQ(reject.text[0], '#') << reject.text;
}

}  // namespace
}  // namespace assay
