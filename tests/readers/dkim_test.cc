// What reading keeps of DKIM signatures. Whether they verify is for mail_authentication's tests.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "core/digest.h"
#include "core/tag_list.h"
#include "readers/mail/dkim_read.h"
#include "sample_checks.h"

namespace assay {
namespace {

using test::CollectingSink;
using testing::HasSubstr;
using testing::SizeIs;

std::string body_hash(std::string_view body, bool is_relaxed,
                      std::optional<std::uint64_t> length = {}) {
  DkimBody hashed(DigestKind::sha256, is_relaxed, length);
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    std::string_view line = body.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    hashed.take(line, end != body.npos);
    body.remove_prefix(end == body.npos ? body.size() : end + 1);
  }
  return base64_text(hashed.finish());
}

std::string sha256_base64(std::string_view bytes) {
  MessageDigest digest(DigestKind::sha256);
  digest.update(bytes);
  return base64_text(digest.finish());
}

std::vector<std::string> checks_of(std::string_view text, std::string_view reader = "eml") {
  CollectingSink sink;
  EXPECT_TRUE(test::read_bytes(*find_reader(reader), text, sink).ok());
  return sink.texts_of(1, "dkim_check");
}

std::string check_of(std::string_view text, std::string_view reader = "eml") {
  const auto checks = checks_of(text, reader);
  return checks.empty() ? "" : checks.front();
}

std::string tag_of(const std::string& check, std::string_view tag) {
  return std::string(TagList(check)[tag]);
}

// A message with a signature over `body`; its b= is anything.
std::string message(std::string_view body_hash, std::string_view body,
                    std::string_view tags = "c=simple/simple") {
  return fmt::format(
      "DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=s1; {};\n"
      "\th=from:to:subject:date; bh={}; b=QUJD\nFrom: a@sender.example\nTo: b@bank.example\n"
      "Subject:  two  words\nDate: Tue, 14 Jun 2016 07:30:00 +0000\n\n{}",
      tags, body_hash, body);
}

// RFC 6376 section 3.4.5 has this body, and what becomes of it.
TEST(Dkim, CanonicalisesTheBodyOfTheStandard) {
  constexpr std::string_view kBody = " C \r\nD \t E\r\n\r\n\r\n";
  EXPECT_EQ(body_hash(kBody, true), sha256_base64(" C\r\nD E\r\n"));
  EXPECT_EQ(body_hash(kBody, false), sha256_base64(" C \r\nD \t E\r\n"));
}

TEST(Dkim, HashesEmptyBodiesAsTheStandardSays) {
  EXPECT_EQ(body_hash("", false), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
  EXPECT_EQ(body_hash("", true), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  for (const std::string_view empty : {"\n", "\r\n\r\n\n"}) {
    EXPECT_EQ(body_hash(empty, false), body_hash("", false));
    EXPECT_EQ(body_hash(empty, true), body_hash("", true));
  }
  EXPECT_EQ(body_hash(" \t\n \n", true), body_hash("", true));
  EXPECT_EQ(body_hash(" \t\n", false), sha256_base64(" \t\r\n"));
}

TEST(Dkim, TakesTheLineEndsThatMailboxesLostForCrLf) {
  EXPECT_EQ(body_hash("a\n\nb\n", false), body_hash("a\r\n\r\nb\r\n", false));
  EXPECT_EQ(body_hash("a\n\nb", false), sha256_base64("a\r\n\r\nb\r\n"));
  EXPECT_EQ(body_hash("a \nb \t", true), sha256_base64("a\r\nb\r\n"));
}

TEST(Dkim, HashesAsMuchOfTheBodyAsTheSignatureSays) {
  EXPECT_EQ(body_hash("first\nadded\n", false, 7), sha256_base64("first\r\n"));
  EXPECT_EQ(body_hash("first\nadded\n", false, 0), sha256_base64(""));
  const std::string check =
      check_of(message(sha256_base64("first\r\n"), "first\nadded\n", "c=simple/simple; l=7"));
  EXPECT_EQ(tag_of(check, "body"), "agrees");
  EXPECT_EQ(tag_of(check, "uncovered"), "7");
  const std::string longer =
      check_of(message(sha256_base64("first\r\n"), "first\n", "c=simple/simple; l=8"));
  EXPECT_EQ(tag_of(longer, "body"), "differs");
}

TEST(Dkim, GivesTheSameForALongLineInPieces) {
  const std::string line(3 * kMaxPieceBytes + 17, 'x');
  const std::string text = message(sha256_base64(line + "\r\n"), line + "\n");
  for (const std::size_t piece : {std::size_t{997}, std::size_t{65'536}, SIZE_MAX}) {
    CollectingSink sink;
    ASSERT_TRUE(test::read_bytes(*find_reader("eml"), text, sink, {}, piece).ok());
    EXPECT_EQ(tag_of(sink.texts_of(1, "dkim_check").at(0), "body"), "agrees");
  }
}

// RFC 6376 section A.2 and RFC 8463 section A.3; lines end in LF here, as in a mailbox.
TEST(Dkim, AgreesWithTheBodiesOfThePublicExamples) {
  for (const char* name : {"rfc6376-a2", "rfc8463-a3"}) {
    const std::string text =
        test::file_bytes(fmt::format("{}/readers/eml/{}.eml", ASSAY_TEST_DATA, name));
    std::string wire;
    for (const char c : text) wire += c == '\n' ? "\r\n" : std::string(1, c);
    for (const std::string& check : checks_of(text)) EXPECT_EQ(tag_of(check, "body"), "agrees");
    EXPECT_EQ(checks_of(wire), checks_of(text));
    const std::string mbox = "From a@sender.example Mon Jun  6 10:00:05 2016\n" + text + "\n";
    EXPECT_EQ(checks_of(mbox, "mbox"), checks_of(text));
  }
}

// sha256sum of the bytes that section 3.7 has signed, made by hand.
TEST(Dkim, HashesTheSignedHeaderAsItIsOrRelaxed) {
  const std::string relaxed = check_of(message("AAAA", "x\n", "c=relaxed"));
  const std::string simple = check_of(message("AAAA", "x\n", "c=simple"));
  const auto digest = [](std::string_view bytes) {
    MessageDigest made(DigestKind::sha256);
    made.update(bytes);
    return hex_digits(made.finish());
  };
  EXPECT_EQ(tag_of(relaxed, "digest"),
            digest("from:a@sender.example\r\nto:b@bank.example\r\nsubject:two words\r\n"
                   "date:Tue, 14 Jun 2016 07:30:00 +0000\r\n"
                   "dkim-signature:v=1; a=rsa-sha256; d=sender.example; s=s1; c=relaxed; "
                   "h=from:to:subject:date; bh=AAAA; b="));
  EXPECT_EQ(tag_of(simple, "digest"),
            digest("From: a@sender.example\r\nTo: b@bank.example\r\nSubject:  two  words\r\n"
                   "Date: Tue, 14 Jun 2016 07:30:00 +0000\r\n"
                   "DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=s1; c=simple;\r\n"
                   "\th=from:to:subject:date; bh=AAAA; b="));
}

TEST(Dkim, TakesRepeatedFieldsFromTheBottom) {
  const std::string one = message("AAAA", "x\n");
  const std::string added = "Subject: another\n" + one;
  EXPECT_EQ(tag_of(check_of(added), "digest"), tag_of(check_of(one), "digest"));
  EXPECT_EQ(tag_of(check_of(added), "open"), "subject");
  const std::string below = one.substr(0, one.find("\n\n")) + "\nSubject: another\n\nx\n";
  EXPECT_NE(tag_of(check_of(below), "digest"), tag_of(check_of(one), "digest"));
}

TEST(Dkim, UndoesTheQuotesOfMailboxesWhereThatAgrees) {
  const std::string text = "From here on\n>From there\n";
  const std::string quoted = ">From here on\n>>From there\n";
  const std::string hash = body_hash(text, false);
  const std::string check = check_of(message(hash, quoted));
  EXPECT_EQ(tag_of(check, "body"), "agrees");
  EXPECT_EQ(tag_of(check, "quotes"), "undone");
  EXPECT_EQ(tag_of(check_of(message(body_hash(quoted, false), quoted)), "quotes"), "");
}

TEST(Dkim, SaysWhyASignatureCannotBeChecked) {
  const auto problem = [](std::string_view from, std::string_view to) {
    std::string text = message("AAAA", "x\n");
    text.replace(text.find(from), from.size(), to);
    return tag_of(check_of(text), "problem");
  };
  EXPECT_EQ(problem("v=1", "v=2"), "it is not of version 1");
  EXPECT_EQ(problem("rsa-sha256", "dsa-sha256"), "its algorithm is not known");
  EXPECT_EQ(problem("c=simple/", "c=loose/"), "its canonicalisation is not known");
  EXPECT_EQ(problem("h=from:", "h="), "it does not sign From");
  EXPECT_EQ(problem("s=s1", "s=s1; s=s2"), "its tags cannot be read");
  EXPECT_EQ(problem("bh=AAAA;", ""), "it lacks a tag that every signature has");
  EXPECT_EQ(problem("s=s1", "s=s1; l=-1"), "its l= is no number");
  EXPECT_EQ(problem("a=rsa-sha256", "a=rsa-sha1"), "");
}

TEST(Dkim, BoundsWhatAHostileHeaderAsksFor) {
  std::string names = "from";
  for (std::size_t i = 0; i < 100'000; ++i) names += ":x";
  std::string text = message("AAAA", "x\n");
  text.replace(text.find("h=from"), 6, "h=" + names);
  EXPECT_THAT(tag_of(check_of(text), "problem"), HasSubstr("more header fields"));

  std::string many;
  for (int i = 0; i < 1'000; ++i) {
    many += fmt::format(
        "DKIM-Signature: v=1; a=rsa-sha256; d=d{}.example; s=s; h=from; l={}; "
        "bh=AAAA; b=QUJD\n",
        i, i);
  }
  CollectingSink sink;
  ASSERT_TRUE(
      test::read_bytes(*find_reader("eml"), many + "From: a@b.example\n\n>From x\n", sink).ok());
  EXPECT_THAT(sink.texts_of(1, "dkim_check"), SizeIs(kMaxSignatures));
  ASSERT_FALSE(sink.notes().empty());
  EXPECT_TRUE(std::any_of(sink.notes().begin(), sink.notes().end(), [](const auto& note) {
    return note.code == "mail.too_many_signatures" && note.count == 1'000 - kMaxSignatures;
  }));
}

TEST(Dkim, SaysThatAHeaderBeyondTheLimitWasNotHashed) {
  std::string text = message("AAAA", "x\n");
  text.insert(text.find("\n\n") + 1, "X-Long: " + std::string(kMaxHeaderBytes, 'x') + "\n");
  EXPECT_EQ(tag_of(check_of(text), "problem"), "the header is longer than what is read of it");
}

TEST(Dkim, KeepsNothingForMessagesWithoutASignature) {
  EXPECT_THAT(checks_of("From: a@sender.example\nTo: b@bank.example\nSubject: x\n\nx\n"),
              SizeIs(0));
}

}  // namespace
}  // namespace assay
