// pcap_smtp where packets are missing, late, repeated, cut or damaged: nothing is accepted that was
// not seen to be, and the balance holds.
#include <gtest/gtest.h>

#include <random>

#include "golden.h"
#include "smtp_read.h"

namespace assay::test {
namespace {

constexpr const char* kFrom = "MAIL FROM:<clerk@bank.example>";
constexpr const char* kTo = "RCPT TO:<ward@clinic.example>";

SmtpTalk& up_to_rcpt(SmtpTalk& talk) {
  return talk.greet().c(kFrom).s("250 2.1.0 Ok").c(kTo).s("250 2.1.5 Ok");
}

SmtpTalk whole() {
  SmtpTalk talk;
  up_to_rcpt(talk).c("DATA").s("354 Go on").c("Subject: x").c("").c("text").c(".");
  return talk.s("250 2.0.0 Ok").c("QUIT").s("221 Bye").close();
}

std::vector<std::string> fates_of(const SmtpTalk& talk) {
  CollectingSink sink;
  read_smtp(capture_of(talk.packets), sink);
  return fates(sink);
}

using Fates = std::vector<std::string>;
const Fates kAccepted = {"ward@clinic.example accepted data 250 2.0.0"};
const Fates kUnknown = {"ward@clinic.example unknown data"};

TEST(PcapSmtpGaps, CallsNothingAcceptedWhoseLastReplyWasNotCaptured) {
  SmtpTalk lost, cut;
  up_to_rcpt(lost).c("DATA").s("354 Go on").c("text").c(".").lost_s("250 2.0.0 Ok");
  lost.c("QUIT").s("221 Bye").close();
  EXPECT_EQ(fates_of(lost), kUnknown);
  up_to_rcpt(cut).c("DATA").s("354 Go on").c("text").c(".");
  EXPECT_EQ(fates_of(cut), kUnknown);
}

TEST(PcapSmtpGaps, CallsNothingAcceptedWhoseRecipientsReplyWasNotCaptured) {
  SmtpTalk talk;
  talk.greet().c(kFrom).s("250 2.1.0 Ok").c(kTo).lost_s("250 2.1.5 Ok").c("DATA").s("354 Go on");
  talk.c("text").c(".").s("250 2.0.0 Ok").c("QUIT").s("221 Bye").close();
  EXPECT_EQ(fates_of(talk), Fates{"ward@clinic.example unknown data 250 2.0.0"});
}

TEST(PcapSmtpGaps, GivesNoReplyToAnotherCommandWhereSomeOfAGroupAreMissing) {
  SmtpTalk talk;
  talk.greet().raw(true, std::string(kFrom) + "\r\n" + kTo + "\r\nRCPT TO:<a@clinic.example>\r\n");
  talk.c("DATA").s("250 Ok").lost_s("550 5.1.1 No").s("250 2.1.5 Ok").s("354 Go on");
  talk.c("text").c(".").s("250 2.0.0 Ok").close();
  EXPECT_EQ(fates_of(talk), (Fates{"ward@clinic.example unknown data 250 2.0.0",
                                   "a@clinic.example unknown data 250 2.0.0"}));
}

TEST(PcapSmtpGaps, GoesOnBehindCommandsThatWereNotCaptured) {
  SmtpTalk talk;
  talk.greet().lost_c(kFrom).s("250 2.1.0 Ok").c(kTo).s("250 2.1.5 Ok").c("DATA").s("354 Go on");
  talk.c("text").c(".").s("250 2.0.0 Ok").c("QUIT").s("221 Bye").close();
  CollectingSink sink;
  read_smtp(capture_of(talk.packets), sink);
  const Fates found = fates(sink);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(sink.texts_of(1, "envelope_from").empty());
  EXPECT_EQ(sink.noted("pcap_smtp.gap"), 1u);
}

TEST(PcapSmtpGaps, HashesNoMessageWithAGap) {
  for (const bool is_cut : {false, true}) {
    SmtpTalk talk;
    up_to_rcpt(talk).c("DATA").s("354 Go on").c("Subject: x");
    is_cut ? talk.c("lost text").cut(11) : talk.lost_c("lost text");
    talk.c("more").c(".").s("250 2.0.0 Ok").c("QUIT").s("221 Bye").close();
    CollectingSink sink;
    read_smtp(capture_of(talk.packets), sink);
    EXPECT_EQ(fates(sink), kAccepted);
    EXPECT_TRUE(sink.texts_of(1, "message_sha256").empty());
    EXPECT_TRUE(sink.texts_of(1, "message_size").empty());
    EXPECT_EQ(sink.texts_of(1, "missed_bytes"), std::vector<std::string>{"11"});
    EXPECT_EQ(sink.texts_of(2, "quit_reply"), std::vector<std::string>{"221 Bye"});
  }
}

TEST(PcapSmtpGaps, FindsTheEndOfAMessageByTheReplyWhenItsDotIsMissing) {
  SmtpTalk talk;
  up_to_rcpt(talk).c("DATA").s("354 Go on").c("text").lost_c(".").s("250 2.0.0 Ok");
  talk.c("QUIT").s("221 Bye").close();
  EXPECT_EQ(fates_of(talk), kAccepted);
}

TEST(PcapSmtpGaps, TellsAClientThatLeftFromACaptureThatEnds) {
  for (const bool is_closed : {false, true}) {
    SmtpTalk talk;
    up_to_rcpt(talk).c("DATA").s("354 Go on").c("half a mess");
    if (is_closed) talk.close();
    EXPECT_EQ(fates_of(talk), is_closed ? Fates{"ward@clinic.example unfinished data"} : kUnknown);
  }
}

TEST(PcapSmtpGaps, GuessesWhatALostGoAheadWasFromWhatFollows) {
  SmtpTalk message, command;
  up_to_rcpt(message).c("DATA").lost_s("354 Go on").c("text").c(".").s("250 2.0.0 Ok").close();
  EXPECT_EQ(fates_of(message), kAccepted);
  up_to_rcpt(command).c("DATA").lost_s("554 5.5.1 No").c("QUIT").s("221 Bye").close();
  EXPECT_EQ(fates_of(command), Fates{"ward@clinic.example unfinished rcpt 250 2.1.5"});
}

TEST(PcapSmtpGaps, ReadsTheSameFromPacketsInDisorderAndRepeated) {
  const SmtpTalk talk = whole();
  std::mt19937 random(2026);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> packets;
    for (const std::string& packet : talk.packets) {
      packets.push_back(packet);
      if (random() % 4 == 0) packets.push_back(packet);
    }
    for (std::size_t i = 4; i + 1 < packets.size(); ++i) {  // behind the handshake
      if (random() % 3 == 0) std::swap(packets[i], packets[i + 1]);
    }
    CollectingSink sink;
    read_smtp(capture_of(packets), sink);
    ASSERT_EQ(fates(sink), kAccepted) << "round " << round;
    EXPECT_EQ(sink.texts_of(1, "message_size"), std::vector<std::string>{"20"});
    EXPECT_EQ(sink.noted("pcap_smtp.gap"), 0u);
  }
}

// Two messages, one of two recipients refused in each; each reply tells what it answers.
SmtpTalk numbered() {
  SmtpTalk talk;
  talk.greet();
  for (const std::string n : {"1", "2"}) {
    talk.c("MAIL FROM:<from" + n + "@bank.example>").s("250 2.1." + n + " from" + n);
    for (const std::string to : {"good", "bad"}) {
      talk.c("RCPT TO:<" + to + n + "@clinic.example>");
      talk.s((to == "good" ? "250 2.1.5 " : "550 5.1.1 ") + to + n);
    }
    talk.c("DATA").s("354 Go on").c("Subject: " + n).c("").c(".").s("250 2.0.0 data" + n);
  }
  return talk.c("QUIT").s("221 Bye").close();
}

TEST(PcapSmtpGaps, NeverGivesACommandTheReplyOfAnotherWhateverIsMissing) {
  const SmtpTalk talk = numbered();
  std::mt19937 random(16);
  const int rounds = std::getenv("ASSAY_MANY_ROUNDS") ? 200'000 : 200;
  for (int round = 0; round < rounds; ++round) {
    SmtpTalk partial = talk;
    for (std::size_t lost = 1 + random() % 5; lost > 0; --lost) {
      partial.packets.erase(partial.packets.begin() +
                            static_cast<long>(random() % partial.packets.size()));
    }
    CollectingSink sink;
    read_smtp(capture_of(partial.packets), sink);
    for (const RecordRow& row : sink.records) {
      if (row.kind != RecordKind::mail) continue;
      const auto text = [&](std::string_view field) {
        const auto texts = sink.texts_of(row.number, field);
        return texts.empty() ? std::string() : texts[0];
      };
      const std::string to = text("recipient");
      const std::string who = to.substr(0, to.find('@'));
      const std::string from = text("envelope_from");
      if (who.empty() && from.empty()) continue;
      const std::string n = who.empty() ? from.substr(4, 1) : who.substr(who.size() - 1);
      ASSERT_TRUE(from.empty() || from.substr(4, 1) == n);
      for (const auto& [reply, word] :
           {std::pair("mail_reply", "from" + n), {"rcpt_reply", who}, {"data_reply", "data" + n}}) {
        const std::string said = text(reply);
        ASSERT_TRUE(said.empty() || said.ends_with(" " + word))
            << sink.golden_record(row) << " in round " << round;
      }
      ASSERT_TRUE(text("status") != "accepted" || text("data_reply").ends_with("data" + n));
      ASSERT_TRUE(text("status") != "accepted" || text("rcpt_reply").ends_with(who));
      ASSERT_TRUE(text("subject").empty() || text("subject") == n);
    }
  }
}

TEST(PcapSmtpGaps, TakesUpASessionInItsMiddle) {
  const SmtpTalk talk = whole();
  for (std::size_t first = 0; first < talk.packets.size(); ++first) {
    SmtpTalk tail = talk;
    tail.packets.erase(tail.packets.begin(), tail.packets.begin() + static_cast<long>(first));
    const Fates found = fates_of(tail);
    ASSERT_LE(found.size(), 1u);
    if (first <= 7) {  // MAIL is there
      EXPECT_EQ(found, kAccepted) << first;
    }
  }
}

TEST(PcapSmtpGaps, TellsFromOneDirectionWhatWasAskedAndAcceptsNothing) {
  SmtpTalk asked = whole(), told = whole();
  std::erase_if(asked.packets,
                [](const std::string& p) { return p.substr(12, 4) != address_bytes(kClient); });
  std::erase_if(told.packets,
                [](const std::string& p) { return p.substr(12, 4) == address_bytes(kClient); });
  EXPECT_EQ(fates_of(asked), kUnknown);
  CollectingSink sink;
  read_smtp(capture_of(told.packets), sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.records[0].code, 220);
  EXPECT_EQ(sink.hosts.at(sink.records[0].client), kClient);
}

TEST(PcapSmtpGaps, ReadsTheSameHoweverTheStreamIsCutIntoSegments) {
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    SmtpTalk talk;
    const auto pieces = [&](bool is_client, std::string bytes) {
      while (!bytes.empty()) {
        const std::size_t size = 1 + random() % bytes.size();
        talk.raw(is_client, bytes.substr(0, size));
        bytes.erase(0, size);
      }
    };
    talk.open();
    pieces(false, "220 mx.clinic.example ESMTP\r\n");
    pieces(true, "EHLO mail.bank.example\r\n");
    pieces(false, "250-mx.clinic.example\r\n250 CHUNKING\r\n");
    pieces(true, std::string(kFrom) + "\r\n" + kTo + "\r\nDATA\r\n");
    pieces(false, "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go on\r\n");
    pieces(true, "Subject: x\r\n\r\n..\r\n.x\r\r\n.\r\n");
    pieces(false, "250 2.0.0 Ok\r\n");
    CollectingSink sink;
    read_smtp(capture_of(talk.packets), sink);
    EXPECT_EQ(fates(sink), kAccepted);
    EXPECT_EQ(sink.texts_of(1, "message_size"), std::vector<std::string>{"21"});
    EXPECT_EQ(sink.texts_of(1, "subject"), std::vector<std::string>{"x"});
  }
}

TEST(PcapSmtpGaps, BeginsAnewWhenTheSamePortsAreUsedAgain) {
  SmtpTalk first = whole();
  const SmtpTalk second = whole();
  first.packets.resize(first.packets.size() - 3);  // without its end
  // Only the sequence numbers of the SYN tell the second one from a repetition.
  std::vector<std::string> packets = first.packets;
  for (std::string packet : second.packets) {
    const bool is_client = packet.substr(12, 4) == address_bytes(kClient);
    for (const std::size_t at : {std::size_t{24}, std::size_t{28}}) {
      if ((at == 24) != is_client) continue;
      const auto* number = reinterpret_cast<const std::uint8_t*>(packet.data()) + at;
      packet.replace(at, 4, u32(be32(number) + 1'000'000));
    }
    packets.push_back(packet);
  }
  CollectingSink sink;
  read_smtp(capture_of(packets), sink);
  EXPECT_EQ(fates(sink), (Fates{kAccepted[0], kAccepted[0]}));
}

TEST(PcapSmtpGaps, HoldsABoundedNumberOfRecipientsAndLosesNone) {
  SmtpTalk talk;
  talk.greet().c(kFrom).s("250 Ok");
  for (int i = 0; i < 1'200; ++i) talk.c(kTo).s("250 Ok");
  talk.c("DATA").s("354 Go on").c("text").c(".").s("250 Ok").close();
  CollectingSink sink;
  read_smtp(capture_of(talk.packets), sink);
  std::uint64_t count = 0;
  for (const RecordRow& row : sink.records) count += row.kind == RecordKind::mail ? row.count : 0;
  EXPECT_EQ(sink.records.size(), 1'001u);
  EXPECT_EQ(count, 1'200u);
  EXPECT_EQ(sink.noted("pcap_smtp.many_recipients"), 1u);
}

TEST(PcapSmtpGaps, HoldsABoundedNumberOfSessionsAndLosesNone) {
  CaptureBuilder capture(101);
  constexpr unsigned kMore = 50, kSessions = (1u << 14) + kMore;
  const std::string greeting = tcp(25, 40000, 1, kAck, "220 mx.clinic.example ESMTP\r\n");
  for (unsigned i = 0; i < kSessions; ++i) {
    const std::string client = "10." + std::to_string(i >> 14) + "." +
                               std::to_string(i >> 7 & 127) + "." + std::to_string(i & 127);
    capture.add(i, ipv4(kServer, client, 6, greeting));
  }
  CollectingSink sink;
  read_smtp(capture.bytes(), sink);
  EXPECT_EQ(sink.records.size(), kSessions);
  EXPECT_EQ(sink.noted("pcap_smtp.table_full"), kMore);
}

TEST(PcapSmtpGaps, AccountsForEveryPacketOfCutAndDamagedCaptures) {
  const std::string sample = file_bytes(ASSAY_TEST_DATA "/readers/pcap_smtp/sessions.pcap");
  SmtpTalk brief;
  brief.open().s("220 a").c(kFrom).s("250 Ok").c(kTo).s("550 No").c("QUIT");
  const std::string small = capture_of(brief.packets);
  for (std::size_t length = 0; length <= small.size(); ++length) {
    CollectingSink sink;
    read_smtp(small.substr(0, length), sink);
  }
  std::mt19937 random(20'160'923);
  for (int round = 0; round < 200; ++round) {
    std::string bytes = round % 2 == 0 ? sample : small;
    for (std::size_t flips = 1 + random() % 16; flips > 0; --flips) {
      bytes[24 + random() % (bytes.size() - 24)] = static_cast<char>(random());
    }
    CollectingSink sink(16);
    read_smtp(bytes, sink, 0, 1 + random() % 300);
  }
}

TEST(PcapSmtpGaps, ReadsTheSampleAlikeInPiecesOfAnySize) {
  const std::string sample = file_bytes(ASSAY_TEST_DATA "/readers/pcap_smtp/sessions.pcap");
  CollectingSink whole;
  read_smtp(sample, whole);
  for (const std::size_t piece : {1, 7, 64}) {
    CollectingSink split(3);
    read_smtp(sample, split, 0, piece);
    EXPECT_EQ(split.golden(), whole.golden()) << "in pieces of " << piece;
  }
}

}  // namespace
}  // namespace assay::test
