#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/digest.h"
#include "sample_checks.h"

namespace assay {
namespace {

using test::CollectingSink;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Reader& reader() { return *find_reader("mbox"); }

CollectingSink& read(std::string_view text, CollectingSink& sink, const ReadContext& context = {}) {
  EXPECT_TRUE(test::read_bytes(reader(), text, sink, context).ok());
  return sink;
}

std::string variant_of(const CollectingSink& sink) {
  for (const Note& note : sink.notes()) {
    if (note.code == "mbox.variant") return note.text.substr(0, note.text.find(':'));
  }
  return {};
}

// A message of a mailbox, with its 'From ' line and the empty line behind it.
std::string message(int minute, const std::string& body, const std::string& more_header = "") {
  return fmt::format(
      "From clerk@bank.example Tue Jun  7 09:{0:02}:00 2016\n"
      "Date: Tue, 7 Jun 2016 09:{0:02}:00 +0000\nFrom: clerk@bank.example\n"
      "Message-ID: <{0}@bank.example>\n{1}\n{2}\n",
      minute, more_header, body);
}

TEST(Mbox, ReadsItsSamplesAsTheGoldenFilesSay) { test::expect_samples_of("mbox"); }
TEST(Mbox, StaysInBalanceUnderDamage) { test::expect_damage_does_no_harm("mbox"); }
TEST(Mbox, TakesNobodyElsesFiles) { test::expect_sniffs_only_its_own("mbox"); }

TEST(Mbox, LeavesItsOwnLinesOutOfWhatItHashes) {
  const std::string header = "Date: Tue, 7 Jun 2016 09:01:00 +0000\nFrom: clerk@bank.example\n\n";
  const std::string body = "one\n\ntwo\n";
  CollectingSink sink;
  read("From clerk@bank.example Tue Jun  7 09:01:00 2016\n" + header + body + "\n" +
           message(2, "next"),
       sink);
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_THAT(sink.texts_of(1, "message_sha256"), ElementsAre(sha256_hex(header + body)));
  EXPECT_THAT(sink.texts_of(1, "body_sha256"), ElementsAre(sha256_hex(body)));
}

TEST(Mbox, ReadsTheDateOfItsOwnLineByTheClockOfTheMachine) {
  ReadContext context;
  context.clock.zone = "Europe/Berlin";
  context.clock.skew_us = 3'000'000;
  CollectingSink sink;
  read("From desk@bank.example Mon Jun  6 10:05:00 2016\nSubject: a\n\nb\n", sink, context);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(format_utc(sink.records[0].time_us), "2016-06-06T08:05:03Z");
  EXPECT_THAT(sink.texts_of(1, "time_source"), ElementsAre("From_ line"));
  CollectingSink twice;
  read("From desk@bank.example Sun Oct 30 02:30:00 2016\nSubject: a\n\nb\n", twice, context);
  EXPECT_TRUE(twice.records.at(0).flags & kLocalTimeAmbiguous);
  EXPECT_EQ(twice.records.at(0).width_us, 3'601'000'000u);
}

TEST(Mbox, KeepsAMessageWhoseTimeNobodyTells) {
  CollectingSink sink;
  read("From clerk@bank.example\nFrom: clerk@bank.example\nSubject: draft\n\nb\n", sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_TRUE(sink.records[0].flags & kTimeUnknown);
  EXPECT_EQ(sink.noted("mail.time_unknown"), 1u);
  EXPECT_FALSE(sink.span());
}

TEST(Mbox, SaysWhichVariantItSaw) {
  const auto variant = [](const std::string& text) {
    CollectingSink sink;
    return variant_of(read(text, sink));
  };
  const std::string quoted = ">From here on.\n",
                    inside = "\nFrom x@b.example Mon Jun  6 10:00:00 2016\n";
  const auto counted = [](const std::string& body) {
    return fmt::format("Content-Length: {}\n", body.size());
  };
  EXPECT_EQ(variant(message(1, "plain\n")), "mboxo or mboxrd");
  EXPECT_EQ(variant(message(1, quoted)), "mboxo or mboxrd");
  EXPECT_EQ(variant(message(1, ">" + quoted)), "mboxrd");
  EXPECT_EQ(variant(message(1, "a\n", counted("a\n"))), "mboxcl or mboxcl2");
  EXPECT_EQ(variant(message(1, quoted, counted(quoted))), "mboxcl");
  EXPECT_EQ(variant(message(1, inside, counted(inside))), "mboxcl2");
}

TEST(Mbox, AWrongContentLengthHidesNothing) {
  std::string text;
  for (int i = 1; i <= 9; ++i) {
    for (const int length : {0, 3, 57, 500, 99'999}) {
      text += message(i, "body\n", fmt::format("Content-Length: {}\n", length));
    }
    text += message(i, "body\n", "Content-Length: none\n");
  }
  CollectingSink sink;
  read(text, sink);
  EXPECT_EQ(sink.records.size(), 54u);
  EXPECT_EQ(sink.noted("mbox.content_length_wrong"), 54u);
}

TEST(Mbox, SeparatesNothingAtSentencesThatBeginWithFrom) {
  CollectingSink sink;
  read(message(1,
               "Text.\n\nFrom what we saw at 10:15 on Monday, 6 June 2016, nothing follows.\n"
               "Nothing.\n\nFrom there\nwe go: on.\n") +
           message(2, "next\n"),
       sink);
  EXPECT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(sink.noted("mbox.from_in_text"), 2u);
}

TEST(Mbox, ReadsWhatIsLeftOfAMailboxWhoseStartIsMissing) {
  const std::string text = message(1, "first\n") + message(2, "second\n");
  CollectingSink sink;
  read(std::string_view(text).substr(60), sink);
  EXPECT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(sink.noted("mbox.no_from_line"), 1u);
  CollectingSink body;
  read(std::string_view(text).substr(text.find("first")), body);
  EXPECT_EQ(body.records.size(), 1u);
  EXPECT_THAT(body.reject_codes(), ElementsAre("mail.header.missing"));
}

TEST(Mbox, KeepsTheMessageInWhichACompressedStreamBrokeOff) {
  const std::string text = message(1, "first\n") + message(2, "second\n");
  for (std::size_t end = 0; end < text.size(); ++end) {
    CollectingSink sink;
    test::MemorySource source(std::string_view(text).substr(0, end), 50,
                              Error{ErrorCode::malformed, "cut"});
    ASSERT_TRUE(reader().read(source, {}, sink).ok());
    EXPECT_TRUE(sink.balance().is_even());
    EXPECT_EQ(sink.reject_codes().back(), "input.damaged");
    if (end > 100) {
      EXPECT_GE(sink.records.size(), 1u) << end;
    }
    if (end > 250) {
      EXPECT_EQ(sink.records.size(), 2u) << end;
      EXPECT_EQ(sink.noted("mail.cut"), 1u);
    }
  }
}

TEST(Mbox, ReadsLinesOfAnyLength) {
  const std::string header = "Date: Tue, 7 Jun 2016 09:01:00 +0000\nFrom: a@b.example\n\n";
  const std::string body = std::string(3'000'000, 'x') + "\n" + std::string(200'000, ' ') + "\n";
  CollectingSink sink;
  read("From a@b.example Tue Jun  7 09:01:00 2016\n" + header + body + "\n" + message(2, "next\n"),
       sink);
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_THAT(sink.texts_of(1, "body_sha256"), ElementsAre(sha256_hex(body)));
}

// Each file is appended behind a line of its own, so that all are one mailbox.
TEST(Mbox, FindsEachMessageOfARealListPutTogether) {
  ASSAY_NEED_SHARED(folder, "mbox/corpora/lkml/cur");
  std::string mailbox;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    mailbox += "From list@example.org Tue Jun  7 09:00:00 2016\n";
    const std::string bytes = test::file_bytes(entry.path());
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t end = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
      const std::string_view line = std::string_view(bytes).substr(at, end - at);
      const std::size_t quotes = line.find_first_not_of('>');
      if (quotes != line.npos && line.substr(quotes).starts_with("From ")) mailbox += '>';
      mailbox += line;
      at = end;
    }
    mailbox += '\n';
    ++count;
  }
  CollectingSink sink;
  read(mailbox, sink);
  EXPECT_EQ(count, 210u);
  std::size_t hops = 0;
  for (const RecordRow& record : sink.records) hops += record.kind == RecordKind::hop;
  EXPECT_EQ(sink.records.size() - hops, 210u);
  EXPECT_EQ(hops, 1'030u);
  EXPECT_EQ(sink.rejects.size(), 0u);
}

}  // namespace
}  // namespace assay
