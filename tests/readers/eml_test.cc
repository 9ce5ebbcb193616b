#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/digest.h"
#include "readers/mail/mail_date.h"
#include "readers/mail/mime_walk.h"
#include "sample_checks.h"

namespace assay {
namespace {

using test::CollectingSink;
using testing::ElementsAre;
using testing::IsEmpty;

const Reader& reader() { return *find_reader("eml"); }

CollectingSink& read(std::string_view text, CollectingSink& sink, const ReadContext& context = {}) {
  EXPECT_TRUE(test::read_bytes(reader(), text, sink, context).ok());
  return sink;
}

constexpr std::string_view kDate = "Date: Tue, 7 Jun 2016 09:01:00 +0000\n";

TEST(Eml, ReadsItsSamplesAsTheGoldenFilesSay) { test::expect_samples_of("eml"); }
TEST(Eml, StaysInBalanceUnderDamage) { test::expect_damage_does_no_harm("eml"); }
TEST(Eml, TakesNobodyElsesFiles) { test::expect_sniffs_only_its_own("eml"); }

TEST(Eml, TakesNoOtherTextsWithColons) {
  for (const std::string_view text :
       {"HTTP/1.1 200 OK\nDate: Tue, 7 Jun 2016 09:01:00 GMT\nContent-Type: text/html\n\n",
        "GET / HTTP/1.1\nHost: a.example\nFrom: robot@a.example\nDate: now\n\n",
        "Date: Tue, 7 Jun 2016 09:01:00 GMT\nServer: a\nContent-Type: text/html\n\n<html>",
        "Domain Name: A.EXAMPLE\nRegistrar: B\nUpdated Date: 2016-06-07\n",
        "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: A\nsource: B\n",
        "Format: 1.8\nDate: Tue, 07 Jun 2016 09:01:00 +0000\nSource: a\nVersion: 1\n",
        "to: do\nsubject: to change\n",
        "Date: Sun, 14 Mar 2021 02:00:00 GMT\nServer: a\nContent-Type: text/html\n"
        "From: robot@a.example\n\n<html>\n",
        "Server: squid\nMIME-Version: 1.0\nDate: Sun, 14 Mar 2021 02:00:00 GMT\n"
        "Content-Type: text/html\n\n",
        "To: All staff\nFrom: The Director\nDate: 14 March 2021\nSubject: Coffee\n\nGone.\n"}) {
    EXPECT_LT(reader().sniff(text).score, 40) << text;
  }
  EXPECT_GE(reader().sniff("From: a@b.example\nTo: c@d.example\nSubject: e\n\nf\n").score, 40);
  EXPECT_GE(
      reader().sniff("From: =?utf-8?q?A?=\n <a@b.example>\nCc: c@d.example\nDate: e\n\n").score,
      40);
  EXPECT_GE(reader().sniff("From: root\nMIME-Version: 1.0\nSubject: e\n\nf\n").score, 40);
  EXPECT_GE(reader().sniff("Received: by a; now\r\nMessage-ID: <b>\r\n\r\n").score, 40);
}

TEST(Eml, ReadsDatesInEveryFormThatMailHas) {
  const auto date = [](std::string_view text) {
    const auto read = parse_mail_date(text);
    if (!read) return std::string("none");
    return format_utc(read->us) + (read->has_zone ? "" : "?") +
           (read->width_us == 1'000'000 ? "" : fmt::format(" {}", read->width_us));
  };
  EXPECT_EQ(date("Wed, 15 Jun 2005 10:12:22 -0700 (PDT)"), "2005-06-15T17:12:22Z");
  EXPECT_EQ(date("15 Jun 05 10:12 EDT"), "2005-06-15T14:12:00Z 60000000");
  EXPECT_EQ(date("Wed Jun 15 10:12:22 2005"), "2005-06-15T10:12:22Z?");
  EXPECT_EQ(date("Wed Jun 15 10:12:22 +0200 2005"), "2005-06-15T08:12:22Z");
  EXPECT_EQ(date("Wed, 15 Jun 2005 10:12:22 GMT+0200"), "2005-06-15T08:12:22Z");
  EXPECT_EQ(date("Wed, 15-Jun-2005 10:12:22 GMT"), "2005-06-15T10:12:22Z");
  EXPECT_EQ(date("Wed (a (b) c), 15 Jun 2005 10 : 12"), "none");
  EXPECT_EQ(date("Wed 15 Jun 2005 06:09:22 PM EDT"), "2005-06-15T22:09:22Z");
  EXPECT_EQ(date("15 June 2005 12:00:00 AM +0000"), "2005-06-15T00:00:00Z");
  EXPECT_EQ(date("Wed, 15 Jun 2005 10:12:22 -0000"), "2005-06-15T10:12:22Z?");
  EXPECT_EQ(date("Wed, 15 Jun 105 10:12:22 +0000"), "2005-06-15T10:12:22Z");
  EXPECT_EQ(date("2005-06-15 10:12:22 +0200"), "2005-06-15T08:12:22Z");
  EXPECT_EQ(date("31 Jun 2005 10:12:22 +0000"), "none");
  EXPECT_EQ(date("15 Jun 2005 24:12:22 +0000"), "none");
  EXPECT_EQ(date("15 Jun 0000 00:12:22 +0000"), "none");
  EXPECT_EQ(date("1 Jan 0001 00:12:22 +0100"), "none");
  EXPECT_EQ(date("yesterday"), "none");
  EXPECT_EQ(date(""), "none");
}

TEST(Eml, HashesTheSameTextAlikeHoweverItCame) {
  std::set<std::string> hashes;
  for (const std::string_view text :
       {"Content-Type: text/plain; charset=utf-8\n\nGr\xc3\xbc\xc3\x9f"
        "e\n\nFrom here  \n",
        "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdf"
        "e\r\n\r\n>From here\r\n",
        "Content-Type: text/plain; charset=windows-1252\nContent-Transfer-Encoding: "
        "quoted-printable\n\nGr=FC=DFe\n\nFrom=20=\nhere=20\n\n",
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>\n"
        "--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        "R3LDvMOfZQoKRnJvbSBoZXJl\n--b--\n"}) {
    CollectingSink sink;
    read(std::string(kDate) + std::string(text), sink);
    for (const auto& hash : sink.texts_of(1, "text_sha256")) hashes.insert(hash);
  }
  EXPECT_THAT(hashes, ElementsAre(sha256_hex("Gr\xc3\xbc\xc3\x9f"
                                             "e\n\nFrom here\n")));
}

TEST(Eml, HashesAPartWithoutTheLineEndOfItsBoundary) {
  CollectingSink sink;
  read(std::string(kDate) +
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n\r\n--b\r\n\r\n--b "
           "\r\n"
           "Content-Type: Image/PNG\r\nContent-Transfer-Encoding: "
           "BASE64\r\n\r\nAAEC\r\n--b--\r\nend",
       sink);
  EXPECT_THAT(
      sink.texts_of(1, "part"),
      ElementsAre("1 text/plain 5 " + sha256_hex("one\r\n"), "2 text/plain 0 " + sha256_hex(""),
                  "3 image/png 3 " + sha256_hex(std::string_view("\0\1\2", 3))));
}

TEST(Eml, TellsWhatAMaildirSaysOfAMessage) {
  ReadContext context;
  context.name = "mail/.Sent/cur/1465290060.M1P2.host.example,U=3:2,FS";
  CollectingSink sink;
  read("Subject: none\nFrom: a@b.example\n\n", sink, context);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(format_utc(sink.records[0].time_us), "2016-06-07T09:01:00Z");
  EXPECT_THAT(sink.texts_of(1, "time_source"), ElementsAre("name of the file"));
  EXPECT_THAT(sink.texts_of(1, "mailbox_flags"), ElementsAre("cur FS"));
  EXPECT_THAT(sink.texts_of(1, "folder"), ElementsAre("mail/.Sent"));
  context.name = "letters/one.eml";
  CollectingSink other;
  read("Subject: none\nFrom: a@b.example\n\n", other, context);
  EXPECT_TRUE(other.records.at(0).flags & kTimeUnknown);
  EXPECT_THAT(other.texts_of(1, "mailbox_flags"), IsEmpty());
}

TEST(Eml, ReadsWhomAMessageIsToldToBeFor) {
  const auto to = [](const std::string& value) {
    CollectingSink sink;
    read(std::string(kDate) + "To: " + value + "\n\n", sink);
    EXPECT_EQ(sink.noted("mail.addresses_unreadable"), value.starts_with("<<") ? 1u : 0u);
    return sink.texts_of(1, "header_to");
  };
  EXPECT_THAT(to("undisclosed-recipients:; (no To-header on input)"),
              ElementsAre("undisclosed-recipients:;"));
  EXPECT_THAT(to("\"A, B\" <a@b.example>,\n c@d.example, g: e@f.example, h@i.example;"),
              ElementsAre("A, B <a@b.example>", "c@d.example", "e@f.example", "h@i.example"));
  EXPECT_THAT(to("<<@@, ;;"), ElementsAre("<<@@, ;;"));
}

TEST(Eml, KeepsWhatSaysThatAProgramWrote) {
  CollectingSink sink;
  read(std::string(kDate) + "Auto-submitted: auto-replied\nPrecedence: bulk\nTo: a@b.example\n\n",
       sink);
  EXPECT_THAT(sink.texts_of(1, "raw"),
              ElementsAre("Auto-submitted: auto-replied", "Precedence: bulk"));
}

TEST(Eml, HoldsToItsLimits) {
  std::string nested = std::string(kDate) + "Content-Type: multipart/mixed; boundary=b0\n\n";
  for (int i = 0; i < 5'000; ++i) {
    nested += fmt::format("--b{}\nContent-Type: multipart/mixed; boundary=b{}\n\n", i, i + 1);
  }
  CollectingSink deep;
  read(nested, deep);
  EXPECT_EQ(deep.noted("mime.too_deep"), 1u);
  EXPECT_EQ(deep.texts_of(1, "boundary").size(), kMaxMimeDepth);

  std::string wide = std::string(kDate) + "Content-Type: multipart/mixed; boundary=b\n\n";
  for (std::size_t i = 0; i < kMaxParts + 5; ++i) wide += "--b\n\nx\n";
  CollectingSink many;
  read(wide, many);
  EXPECT_EQ(many.noted("mime.too_many_parts"), 5u);
  EXPECT_EQ(many.texts_of(1, "part").size(), kMaxParts);

  std::string header = std::string(kDate);
  for (std::size_t i = 0; i < kMaxHeaderFields + 5; ++i) header += "Received: by a.example\n";
  CollectingSink long_header;
  read(header + "\nbody\n", long_header);
  EXPECT_EQ(long_header.records.size(), kMaxHeaderFields);  // the message, and one hop less
  EXPECT_EQ(long_header.noted("mail.header_cut"), 1u);

  CollectingSink big_field;
  read("Subject: " + std::string(2 * kMaxHeaderBytes, 'x') + "\n" + std::string(kDate) + "\nbody\n",
       big_field);
  EXPECT_EQ(big_field.noted("mail.header_cut"), 1u);
  EXPECT_THAT(big_field.texts_of(1, "body_sha256"), ElementsAre(sha256_hex("body\n")));

  CollectingSink groups;
  std::string group = "To: ";
  for (int i = 0; i < 30'000; ++i) group += "a:";
  read(std::string(kDate) + group + "\n\n", groups);
  EXPECT_EQ(groups.noted("mail.addresses_unreadable"), 1u);
}

TEST(Eml, ReadsTheMessagesOfRealMailAndOfItsWorstCases) {
  ASSAY_NEED_SHARED(folder, "mbox");
  std::size_t messages = 0, hops = 0, files = 0, undated = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename() == "README") continue;
    ++files;
    CollectingSink sink;
    read(test::file_bytes(entry.path()), sink);
    for (const RecordRow& record : sink.records) {
      (record.kind == RecordKind::hop ? hops : messages) += 1;
      undated += record.kind == RecordKind::hop && (record.flags & kTimeUnknown);
    }
  }
  // As Python's email module counts them; msg_35.txt has no header, msg_19.txt begins with text.
  EXPECT_EQ(files, 354u);
  EXPECT_EQ(messages, 353u);
  EXPECT_EQ(hops, 1'064u);
  EXPECT_EQ(undated, 1u);
}

TEST(Pst, IsRecognisedAndSaysWhatToDo) {
  test::expect_samples_of("pst");
  test::expect_sniffs_only_its_own("pst");
  CollectingSink sink;
  ASSERT_TRUE(test::read_bytes(*find_reader("pst"), "!BDN....", sink).ok());
  ASSERT_EQ(sink.rejects.size(), 1u);
  EXPECT_EQ(sink.rejects[0].code, "pst.not_read");
  EXPECT_NE(sink.rejects[0].why.find("Debian package pst-utils"), std::string::npos);
}

}  // namespace
}  // namespace assay
