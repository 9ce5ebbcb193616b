#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "golden.h"
#include "read_text.h"
#include "readers/postfix_queue.h"
#include "readers/postfix_sessions.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;
using testing::ElementsAre;
using testing::IsEmpty;

const Reader& reader() { return *find_reader("postfix_log"); }

ReadContext context_of_2026() {
  ReadContext context;
  context.clock.year = 2026;
  return context;
}

Status read(std::string_view text, CollectingSink& sink,
            const ReadContext& context = context_of_2026(), std::size_t piece = SIZE_MAX) {
  MemorySource source(text, piece);
  Status status = reader().read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

// A line of one daemon; the stamp has a year, as some syslogs write it.
std::string line(std::string_view daemon, std::string_view message, int second = 0) {
  return fmt::format("Mar 03 2026 09:{:02}:{:02} mx1 postfix/{}: {}\n", second / 60 % 60,
                     second % 60, daemon, message);
}

std::vector<const RecordRow*> mails(const CollectingSink& sink) {
  std::vector<const RecordRow*> out;
  for (const RecordRow& record : sink.records) {
    if (record.kind == RecordKind::mail) out.push_back(&record);
  }
  return out;
}

std::string field(const CollectingSink& sink, const RecordRow* record, std::string_view word) {
  const auto texts = sink.texts_of(record->number, word);
  return texts.empty() ? "" : texts.front();
}

std::vector<std::string> of_each(const CollectingSink& sink, std::string_view word) {
  std::vector<std::string> out;
  for (const RecordRow* record : mails(sink)) out.push_back(field(sink, record, word));
  return out;
}

TEST(PostfixLog, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("postfix_log")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST(PostfixLog, IsTheFormatOfItsOwnSamplesAlone) {
  for (const auto& path : test::samples_of("postfix_log")) {
    const SniffChoice choice = choose_reader(test::file_bytes(path));
    ASSERT_NE(choice.reader, nullptr) << path;
    EXPECT_EQ(choice.reader->name(), "postfix_log") << path;
  }
  for (const char* other : {"bind_querylog", "delimited", "zeek_dns"}) {
    for (const auto& path : test::samples_of(other)) {
      EXPECT_EQ(reader().sniff(test::file_bytes(path)).score, 0) << path;
    }
  }
  EXPECT_EQ(reader().sniff("They told us that postfix/smtpd had said it.\nNo more.\n").score, 0);
}

TEST(PostfixLog, ALetterThatQuotesALineIsNoLog) {
  const std::string quoted = line("smtpd", "connect from a.example[192.0.2.1]");
  EXPECT_GT(reader().sniff(quoted).score, 40);
  EXPECT_EQ(reader().sniff("I found:\n" + quoted + "What is it?\nI ask you.\nRegards\n").score, 0);
}

TEST(PostfixLog, RowsCarryTheBytesOfTheLineThatTellsOfTheAttempt) {
  const std::string text = test::file_bytes(test::samples_of("postfix_log").back());
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  std::size_t attempts = 0;
  for (const RecordRow* record : mails(sink)) {
    const std::string bytes = text.substr(record->offset, record->length);
    if (field(sink, record, "delay_seconds").empty()) continue;
    ++attempts;
    EXPECT_NE(bytes.find("to=<" + field(sink, record, "recipient") + ">"), std::string::npos);
    EXPECT_NE(bytes.find(field(sink, record, "queue_id")), std::string::npos);
  }
  EXPECT_EQ(attempts, 6u);
}

TEST(PostfixLog, GivesAReusedShortIdNothingOfTheMessageBefore) {
  const std::string first = line("smtpd[1]", "ABCDEF12: client=a.bank.example[192.0.2.1]") +
                            line("cleanup[2]", "ABCDEF12: message-id=<one@bank.example>") +
                            line("qmgr[3]", "ABCDEF12: from=<a@bank.example>, size=10, nrcpt=1");
  const std::string second =
      line("cleanup[2]", "ABCDEF12: message-id=<two@bank.example>") +
      line("qmgr[3]", "ABCDEF12: from=<>, size=11, nrcpt=1 (queue active)") +
      line("local[4]", "ABCDEF12: to=<b@bank.example>, relay=local, delay=1, status=sent (ok)");
  for (const bool is_removed : {true, false}) {
    CollectingSink sink;
    const std::string end = is_removed ? line("qmgr[3]", "ABCDEF12: removed") : std::string();
    ASSERT_TRUE(read(first + end + second, sink).ok());
    EXPECT_THAT(of_each(sink, "message_id"),
                ElementsAre("<one@bank.example>", "<two@bank.example>"));
    EXPECT_THAT(of_each(sink, "status"), ElementsAre(is_removed ? "removed" : "queued", "sent"));
    EXPECT_THAT(of_each(sink, "envelope_from"), ElementsAre("a@bank.example", "<>"));
    EXPECT_EQ(mails(sink)[1]->client, 0u);
    EXPECT_EQ(sink.noted("postfix.queue_id_reused"), is_removed ? 0u : 1u);
  }
}

TEST(PostfixLog, CountsALineLongAfterAsAnotherMessage) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("cleanup[2]", "ABCDEF12: message-id=<one@bank.example>") +
                       "Jun 03 2026 09:00:00 mx1 postfix/smtp[4]: ABCDEF12: to=<b@bank.example>, "
                       "relay=none, delay=1, status=deferred (later)\n",
                   sink)
                  .ok());
  EXPECT_THAT(of_each(sink, "message_id"), ElementsAre("<one@bank.example>", ""));
}

TEST(PostfixLog, TakesALineThatComesLateForTheMessageThatWasRemoved) {
  CollectingSink sink;
  ASSERT_TRUE(
      read(line("cleanup[2]", "ABCDEF12: message-id=<one@bank.example>") +
               line("qmgr[3]", "ABCDEF12: from=<a@bank.example>, size=10, nrcpt=1 (queue active)") +
               line("qmgr[3]", "ABCDEF12: removed") +
               line("smtp[4]", "ABCDEF12: to=<b@bank.example>, relay=none, status=sent (ok)"),
           sink)
          .ok());
  EXPECT_THAT(of_each(sink, "status"), ElementsAre("sent"));
  EXPECT_THAT(of_each(sink, "message_id"), ElementsAre("<one@bank.example>"));
}

TEST(PostfixLog, KeepsTheQueuesOfTwoInstancesAndTwoHostsApart) {
  std::string text =
      "Mar 03 2026 09:00:00 mx1 postfix-in/cleanup[1]: ABCDEF12: message-id=<1@a>\n"
      "Mar 03 2026 09:00:00 mx1 postfix-out/cleanup[1]: ABCDEF12: message-id=<2@a>\n"
      "Mar 03 2026 09:00:00 mx2 postfix-in/cleanup[1]: ABCDEF12: message-id=<3@a>\n";
  for (const char* tag : {"mx1 postfix-in", "mx1 postfix-out", "mx2 postfix-in"}) {
    text += fmt::format(
        "Mar 03 2026 09:00:00 {}/smtp[4]: ABCDEF12: to=<b@bank.example>, status=sent (ok)\n", tag);
  }
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_THAT(of_each(sink, "message_id"), ElementsAre("<1@a>", "<2@a>", "<3@a>"));
}

TEST(PostfixLog, TellsTheEnvelopeFromTheTextOfAHeaderThatImitatesOne) {
  CollectingSink sink;
  ASSERT_TRUE(
      read(line("cleanup[2]",
                "ABCDEF12: reject: header Subject: x from a[192.0.2.9]; from=<f@a.example> "
                "to=<g@a.example> from mx.bank.example[192.0.2.1]; from=<real@bank.example> "
                "to=<ward@clinic.example> proto=ESMTP helo=<mx>: 5.7.1 no"),
           sink)
          .ok());
  const auto* record = mails(sink).at(0);
  EXPECT_EQ(field(sink, record, "envelope_from"), "real@bank.example");
  EXPECT_EQ(sink.hosts.at(record->client), "192.0.2.1");
  EXPECT_EQ(sink.noted("postfix.envelope_doubtful"), 1u);
}

TEST(PostfixLog, LetsNoRecipientForgeTheStatus) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("smtp[4]",
                        "ABCDEF12: to=<\"x, status=sent (250 ok)\"@bank.example>, relay=none, "
                        "delay=1, status=bounced (no)"),
                   sink)
                  .ok());
  EXPECT_THAT(of_each(sink, "status"), ElementsAre("bounced"));
  EXPECT_THAT(of_each(sink, "recipient"), ElementsAre("\"x, status=sent (250 ok)\"@bank.example"));
}

TEST(PostfixLog, WritesAMessageThatFellOutOfTheTableAsItStands) {
  CollectingSink sink;
  MailRows rows(sink);
  PostfixQueue queue(rows, sink, 3);
  SyslogLine syslog;
  syslog.program = "postfix/cleanup";
  for (const char* id : {"AAAAA1", "AAAAA2", "AAAAA3", "AAAAA4"}) {
    PostfixLine told;
    told.syslog = &syslog;
    told.queue_id = id;
    queue.take_message_id(told, "<m@bank.example>");
  }
  sink.flush();
  EXPECT_THAT(of_each(sink, "queue_id"), ElementsAre("AAAAA1"));
  EXPECT_THAT(of_each(sink, "status"), ElementsAre("unfinished"));
  EXPECT_EQ(sink.noted("postfix.pending_full"), 1u);
  queue.finish();
  sink.flush();
  EXPECT_EQ(sink.records.size(), 4u);
}

TEST(PostfixLog, BoundsTheEventsOfASession) {
  std::string text = line("smtpd[1]", "connect from unknown[192.0.2.9]");
  for (std::size_t i = 0; i < kMaxSessionEvents + 5; ++i) {
    text += line("smtpd[1]", "warning: unknown[192.0.2.9]: SASL LOGIN authentication failed: x");
  }
  text += line("smtpd[1]", "disconnect from unknown[192.0.2.9] auth=0/21 commands=0/21");
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.texts_of(1, "event").size(), kMaxSessionEvents);
  EXPECT_EQ(sink.noted("postfix.session_events_full"), 5u);
}

TEST(PostfixLog, ReadsTheSameInPiecesAsInOne) {
  for (const auto& path : test::samples_of("postfix_log")) {
    const std::string text = test::file_bytes(path);
    CollectingSink whole;
    ASSERT_TRUE(read(text, whole).ok());
    for (const std::size_t piece : {1u, 7u, 61u, 997u}) {
      CollectingSink sink;
      ASSERT_TRUE(read(text, sink, context_of_2026(), piece).ok());
      EXPECT_EQ(sink.golden(), whole.golden()) << path << " in pieces of " << piece;
    }
  }
}

TEST(PostfixLog, BalancesWhateverIsCutOffOrFlipped) {
  for (const auto& path : test::samples_of("postfix_log")) {
    const std::string text = test::file_bytes(path).substr(0, 1'800);
    for (std::size_t end = 0; end < text.size(); end += 7) {
      CollectingSink sink;
      ASSERT_TRUE(read(text.substr(0, end), sink).ok());
    }
    for (std::size_t at = 0; at < text.size(); at += 7) {
      std::string damaged = text;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
      CollectingSink sink;
      const Status status = read(damaged, sink);
      ASSERT_TRUE(status.ok() || status.error().code == ErrorCode::usage);
    }
  }
}

// Each status= of a delivery agent in the 36 logs is one record, and no two differ in it.
TEST(PostfixLog, FindsEveryAttemptOfThe36RealLogs) {
  ASSAY_NEED_SHARED(folder, "mail/lightmeter/individual_files");
  std::size_t files = 0, attempts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string text = test::file_bytes(entry.path());
    CollectingSink sink;
    ASSERT_TRUE(read(text, sink).ok()) << entry.path();
    std::vector<std::string> told, found;
    std::istringstream lines(text);
    for (std::string each; std::getline(lines, each);) {
      const std::size_t at = each.find(", status=");
      if (each.find(": to=<") == std::string::npos || at == std::string::npos) continue;
      told.push_back(each.substr(at + 9, each.find(' ', at + 9) - at - 9));
    }
    for (const RecordRow* record : mails(sink)) {
      if (field(sink, record, "delay_seconds").empty()) continue;
      found.push_back(field(sink, record, "status"));
    }
    EXPECT_EQ(told, found) << entry.path();
    attempts += found.size();
    ++files;
  }
  EXPECT_GE(files, 30u);
  EXPECT_GE(attempts, 150u);
}

TEST(PostfixLog, JoinsWhatARealContentFilterSplit) {
  ASSAY_NEED_SHARED(path, "mail/lightmeter/individual_files/8_weird_log_file.log");
  CollectingSink sink;
  ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
  EXPECT_THAT(of_each(sink, "queue_id"), ElementsAre("4F5C64474F", "ED01244770"));
  EXPECT_THAT(of_each(sink, "queue_id_next"), ElementsAre("ED01244770", ""));
  EXPECT_THAT(of_each(sink, "queue_id_previous"), ElementsAre("", "4F5C64474F"));
  EXPECT_THAT(of_each(sink, "source_address"), ElementsAre("", "28.55.140.112"));
  EXPECT_THAT(sink.reject_codes(), IsEmpty());
}

// The collection says of each line which host it accuses: each is the client of a record.
TEST(PostfixLog, NamesTheHostOfEachRefusalThatUsersReported) {
  ASSAY_NEED_SHARED(path, "mail/fail2ban-postfix.log");
  const std::string text = test::file_bytes(path);
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  std::map<std::string, int> clients;
  for (const RecordRow& record : sink.records) ++clients[sink.hosts.at(record.client)];
  std::size_t compared = 0;
  constexpr std::string_view kHost = "\"host\": \"";
  for (std::size_t at = 0; (at = text.find(kHost, at)) != std::string::npos; ++at) {
    const std::string host =
        text.substr(at + kHost.size(), text.find('"', at + kHost.size()) - at - kHost.size());
    if (host == "192.0.2.44") continue;  // a warning alone: no connection follows it
    EXPECT_GE(clients[host], 1) << host;
    ++compared;
  }
  EXPECT_GE(compared, 50u);
}

}  // namespace
}  // namespace assay
