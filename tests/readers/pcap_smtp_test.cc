// pcap_smtp: envelopes, replies and what became of each recipient.
#include <gtest/gtest.h>

#include "core/digest.h"
#include "golden.h"
#include "smtp_read.h"

namespace assay::test {
namespace {

const std::string kMessage =
    "From: Clerk <clerk@bank.example>\r\nTo: ward@clinic.example\r\nSubject: A\r\n folded one\r\n"
    "Message-ID: <one.1@bank.example>\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n\r\n"
    "Subject: not this\r\n..\r\n";

SmtpTalk& with_dots(SmtpTalk& talk) {
  std::string stuffed = kMessage;
  stuffed.replace(stuffed.find("..\r\n"), 4, "...\r\n");
  return talk.raw(true, stuffed + ".\r\n");
}

// Pipelined commands with one recipient refused, a second message in chunks, and QUIT.
SmtpTalk two_messages() {
  SmtpTalk talk;
  talk.greet().raw(true,
                   "MAIL FROM:<clerk@bank.example> SIZE=99\r\nRCPT TO:<ward@clinic.example>\r\n"
                   "RCPT TO:<\"odd>one\"@clinic.example>\r\nrcpt to: <desk@clinic.example>\r\n"
                   "DATA\r\n");
  talk.s("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n550-5.1.1 Nobody\r\n550 5.1.1 here");
  talk.s("450 4.2.0 Later\r\n354 Go on");
  with_dots(talk).s("250 2.0.0 Ok: queued as 9C1D2E3F40");
  talk.raw(true, "MAIL FROM:<>\r\nRCPT TO:<ward@clinic.example>\r\nBDAT 5\r\nhello");
  talk.s("250 2.1.0 Ok").s("250 2.1.5 Ok\r\n250 2.0.0 5 bytes").raw(true, "BDAT 2 LAST\r\n\r\n");
  return talk.s("250 2.6.0 Got it").c("QUIT").s("221 2.0.0 Bye").close();
}

TEST(PcapSmtp, TellsOfEachRecipientWhatBecameOfIt) {
  CollectingSink sink;
  read_smtp(capture_of(two_messages().packets), sink);
  ASSERT_EQ(sink.records.size(), 5u);
  EXPECT_EQ(fates(sink), (std::vector<std::string>{"ward@clinic.example accepted data 250 2.0.0",
                                                   "\"odd>one\"@clinic.example rejected rcpt 550 "
                                                   "5.1.1",
                                                   "desk@clinic.example deferred rcpt 450 4.2.0",
                                                   "ward@clinic.example accepted bdat 250 2.6.0"}));
  EXPECT_EQ(sink.texts_of(2, "reply_text"),
            std::vector<std::string>{"550-5.1.1 Nobody\n550 5.1.1 here"});
  EXPECT_EQ(sink.texts_of(1, "envelope_from"), std::vector<std::string>{"clerk@bank.example"});
  EXPECT_EQ(sink.texts_of(4, "envelope_from"), std::vector<std::string>{"<>"});
  EXPECT_EQ(sink.texts_of(1, "recipient_count"), std::vector<std::string>{"3"});
  EXPECT_EQ(sink.texts_of(1, "recipients_ok"), std::vector<std::string>{"1"});
  EXPECT_EQ(sink.texts_of(1, "recipients_refused"), std::vector<std::string>{"2"});
  EXPECT_EQ(display_name(sink.names.at(sink.records[0].name)), "clinic.example");
  EXPECT_EQ(sink.hosts.at(sink.records[0].client), kClient);
  EXPECT_EQ(sink.hosts.at(sink.records[0].server), kServer);
}

TEST(PcapSmtp, MeasuresTheMessageAsItWasBeforeDotsWereStuffed) {
  CollectingSink sink;
  read_smtp(capture_of(two_messages().packets), sink);
  EXPECT_EQ(sink.texts_of(1, "message_size"),
            std::vector<std::string>{std::to_string(kMessage.size())});
  EXPECT_EQ(sink.texts_of(1, "message_sha256"), std::vector<std::string>{sha256_hex(kMessage)});
  EXPECT_EQ(sink.texts_of(1, "message_id"), std::vector<std::string>{"<one.1@bank.example>"});
  EXPECT_EQ(sink.texts_of(1, "subject"), std::vector<std::string>{"A folded one"});
  EXPECT_EQ(sink.texts_of(1, "header_from"),
            std::vector<std::string>{"Clerk <clerk@bank.example>"});
  EXPECT_EQ(sink.texts_of(1, "date_header"),
            std::vector<std::string>{"Mon, 2 Mar 2026 09:00:00 +0000"});
  EXPECT_EQ(sink.texts_of(4, "message_size"), std::vector<std::string>{"7"});
  EXPECT_EQ(sink.texts_of(4, "message_sha256"), std::vector<std::string>{sha256_hex("hello\r\n")});
}

TEST(PcapSmtp, TellsOfEachSessionWhoSpokeAndWhatWasOffered) {
  CollectingSink sink;
  read_smtp(capture_of(two_messages().packets), sink, 7);
  const RecordRow& session = sink.records.back();
  EXPECT_EQ(session.kind, RecordKind::service);
  EXPECT_EQ(session.code, 220);
  EXPECT_EQ(session.server_port, 25);
  EXPECT_EQ(session.time_us, CaptureBuilder::kEpochSeconds * 1'000'000 + 1'007);
  EXPECT_EQ(display_name(sink.names.at(session.name)), "mx.clinic.example");
  const std::uint32_t number = session.number;
  EXPECT_EQ(sink.texts_of(number, "banner"),
            std::vector<std::string>{"220 mx.clinic.example ESMTP"});
  EXPECT_EQ(sink.texts_of(number, "helo"), std::vector<std::string>{"mail.bank.example"});
  EXPECT_EQ(sink.texts_of(number, "starttls"), std::vector<std::string>{"offered"});
  EXPECT_EQ(sink.texts_of(number, "command"),
            std::vector<std::string>{"ehlo=1 mail=2 rcpt=2/4 data=1 bdat=2 quit=1"});
  EXPECT_EQ(sink.texts_of(number, "quit_reply"), std::vector<std::string>{"221 2.0.0 Bye"});
  EXPECT_TRUE(sink.texts_of(number, "unreadable_from").empty());
}

TEST(PcapSmtp, KeepsTheNameThatStarttlsAskedForAndNothingBehindIt) {
  SmtpTalk talk;
  talk.greet().c("STARTTLS").s("220 2.0.0 Go ahead");
  const std::size_t first = talk.packets.size();
  talk.raw(true, client_hello().substr(0, 30)).raw(true, client_hello().substr(30));
  talk.raw(false, "\x16\x03\x03 250 no reply\r\n").raw(true, "\x17\x03\x03 MAIL FROM:<a@b>\r\n");
  const std::string capture = capture_of(talk.close().packets);
  CollectingSink sink;
  read_smtp(capture, sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.texts_of(1, "starttls"), std::vector<std::string>{"used"});
  EXPECT_EQ(sink.texts_of(1, "reason"), std::vector<std::string>{"starttls"});
  EXPECT_EQ(sink.texts_of(1, "sni"), std::vector<std::string>{"mx.clinic.example"});
  const std::string offset = sink.texts_of(1, "unreadable_from").at(0);
  EXPECT_NE(capture.substr(std::stoul(offset), 100).find("Go ahead"), std::string::npos) << first;
}

TEST(PcapSmtp, GoesOnInPlainTextWhereStarttlsWasRefused) {
  SmtpTalk talk;
  talk.greet().c("STARTTLS").s("454 4.7.0 Not now").c("MAIL FROM:<clerk@bank.example>");
  talk.s("250 Ok").c("RCPT TO:<ward@clinic.example>").s("250 Ok").c("QUIT").s("221 Bye").close();
  CollectingSink sink;
  read_smtp(capture_of(talk.packets), sink);
  EXPECT_EQ(fates(sink), std::vector<std::string>{"ward@clinic.example unfinished rcpt 250"});
  EXPECT_EQ(sink.texts_of(2, "starttls"), std::vector<std::string>{"refused"});
  EXPECT_EQ(sink.texts_of(2, "starttls_reply"), std::vector<std::string>{"454 4.7.0 Not now"});
}

TEST(PcapSmtp, TakesTlsFromTheFirstByteForWhatItIs) {
  SmtpTalk talk(465);
  talk.open().raw(true, client_hello()).raw(false, "\x16\x03\x03\r\n").close();
  CollectingSink sink;
  read_smtp(capture_of(talk.packets), sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.texts_of(1, "reason"), std::vector<std::string>{"implicit_tls"});
  EXPECT_EQ(sink.texts_of(1, "sni"), std::vector<std::string>{"mx.clinic.example"});
  EXPECT_EQ(sink.texts_of(1, "app_protocol"), std::vector<std::string>{"tls"});
}

TEST(PcapSmtp, KeepsNoCredentials) {
  for (const std::string& first : {"AUTH PLAIN " + kPassword, std::string("AUTH LOGIN"),
                                   "auth login " + kUser, std::string("AUTH CRAM-MD5")}) {
    SmtpTalk talk(587);
    talk.greet().c(first).s("334 VXNlcm5hbWU6" + kUser).c(kUser).s("334 " + kUser).c(kPassword);
    talk.s("235 2.7.0 Hello " + kUser).c("RSET").s("250 Ok").c(kPassword).s("500 Eh?");
    talk.c("QUIT").s("221 Bye").close();
    CollectingSink sink;
    read_smtp(capture_of(talk.packets), sink);
    const std::string golden = sink.golden();
    EXPECT_EQ(golden.find(kUser), std::string::npos) << golden;
    EXPECT_EQ(golden.find(kPassword), std::string::npos) << golden;
    EXPECT_EQ(sink.texts_of(1, "auth_reply"), std::vector<std::string>{"235 2.7.0"});
    EXPECT_EQ(sink.texts_of(1, "auth_method").at(0).substr(0, 4).size(), 4u);
    EXPECT_EQ(sink.texts_of(1, "quit_reply"), std::vector<std::string>{"221 Bye"});
  }
}

TEST(PcapSmtp, TellsOfABannerThatTurnsEverybodyAway) {
  SmtpTalk talk;
  talk.open().s("554-5.3.2 mx.clinic.example\r\n554 no mail here").c("QUIT").s("221 Bye").close();
  CollectingSink sink;
  read_smtp(capture_of(talk.packets), sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.records[0].code, 554);
  EXPECT_EQ(sink.texts_of(1, "server_name"), std::vector<std::string>{"mx.clinic.example"});
  EXPECT_EQ(sink.texts_of(1, "enhanced_code"), std::vector<std::string>{"5.3.2"});
}

TEST(PcapSmtp, EndsAGreetingThatTheServerLeftUnfinished) {
  SmtpTalk talk;
  talk.open().c("EHLO mail.bank.example").s("220-mx.clinic.example ESMTP");
  talk.s("250-mx.clinic.example\r\n250 DSN").c("MAIL FROM:<clerk@bank.example>").s("250 Ok");
  talk.c("RCPT TO:<ward@clinic.example>").s("550 5.5.1 Protocol error").close();
  CollectingSink sink;
  read_smtp(capture_of(talk.packets), sink);
  EXPECT_EQ(fates(sink), std::vector<std::string>{"ward@clinic.example rejected rcpt 550 5.5.1"});
  EXPECT_EQ(sink.records.back().code, 220);
  EXPECT_EQ(sink.noted("pcap_smtp.stray_reply"), 0u);
}

TEST(PcapSmtp, TellsOfASenderRefusedBeforeAnyRecipient) {
  SmtpTalk talk;
  talk.greet().c("MAIL FROM:<clerk@bank.example>").s("451 4.7.1 Greylisted").c("QUIT");
  CollectingSink sink;
  read_smtp(capture_of(talk.s("221 Bye").packets), sink);
  EXPECT_EQ(fates(sink), std::vector<std::string>{"- deferred mail 451 4.7.1"});
}

TEST(PcapSmtp, ReadsASessionFromAnyPortWhoseBannerNamesSmtp) {
  for (const auto& [banner, count] : {std::pair("220 mx.clinic.example ESMTP ready", 1u),
                                      {"220 files.clinic.example FTP ready", 0u}}) {
    SmtpTalk talk(10025);
    talk.open().s(banner).c("QUIT").s("221 Bye").close();
    CollectingSink sink;
    read_smtp(capture_of(talk.packets), sink);
    EXPECT_EQ(sink.records.size(), count) << banner;
    EXPECT_EQ(sink.balance().blank, count == 1 ? 3u : talk.packets.size());
  }
}

TEST(PcapSmtp, IsReadBesideDnsAndFlowsWhereACaptureHoldsMail) {
  const std::string dns = ipv4(kClient, kServer, 17, udp(5000, 53, query(1, "bank.example")));
  const std::string web = to_server(1, kAck, "GET / HTTP/1.1\r\n", 80);
  SmtpTalk bare, talk;
  bare.open();  // without a byte there is no mail
  talk.greet();
  using Names = std::vector<std::string_view>;
  for (const auto& [packets, names] : {std::pair(std::vector<std::string>{dns}, Names{}),
                                       {{dns, web}, {"pcap_flow"}},
                                       {bare.packets, {"pcap_flow"}},
                                       {talk.packets, {"pcap_flow", "pcap_smtp"}}}) {
    CollectingSink sink;
    read_capture(capture_of(packets), sink);
    EXPECT_EQ(pcap_dns_reader().companions(sink.notes()), names);
  }
}

TEST(PcapSmtp, ReadsTheSampleAsItsGoldenFileSays) {
  std::vector<std::string> packets = two_messages().packets;
  const auto add = [&packets](const SmtpTalk& talk) {
    packets.insert(packets.end(), talk.packets.begin(), talk.packets.end());
  };
  SmtpTalk refused(25, 40001), secret(587, 40002), tls(465, 40003), cut(25, 40004);
  add(refused.open().s("554 5.7.1 not you").c("QUIT").s("221 Bye").close());
  add(secret.greet().c("AUTH LOGIN").s("334 VXNlcm5hbWU6").c(kUser).s("334 UGFzc3dvcmQ6"));
  secret.packets.clear();
  add(secret.c(kPassword).s("535 5.7.8 No").c("STARTTLS").s("220 Go").raw(true, client_hello()));
  add(tls.open().raw(true, client_hello()).close());
  cut.greet().c("MAIL FROM:<clerk@bank.example>").s("250 Ok").c("RCPT TO:<ward@clinic.example>");
  add(cut.s("250 Ok").c("DATA").s("354 Go on").raw(true, "Subject: cut\r\n\r\nhalf a mess"));
  const std::string capture = capture_of(packets);
  const std::filesystem::path path = ASSAY_TEST_DATA "/readers/pcap_smtp/sessions.pcap";
  if (const char* update = std::getenv("ASSAY_UPDATE_GOLDEN"); update && *update == '1') {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << capture;
  }
  ASSERT_EQ(file_bytes(path), capture) << "refresh with ASSAY_UPDATE_GOLDEN=1";
  CollectingSink sink;
  read_smtp(capture, sink);
  expect_golden(path, sink.golden());
}

}  // namespace
}  // namespace assay::test
