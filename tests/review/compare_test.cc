// Which rule decides, and which does not.
#include "review/compare.h"

#include <gtest/gtest.h>

#include "core/digest.h"

namespace assay::review {
namespace {

struct Mail {
  std::string id = "a@x", text = "first", date = "Mon, 6 Jun 2016 10:00:00 +0000", part = "";
  std::string subject = "figures", bytes = "bytes";
  bool is_long = true;
};

StoredRecord record_of(const Mail& mail) {
  StoredRecord record;
  record.row.kind = RecordKind::message;
  const auto put = [&](const char* word, const std::string& text) {
    if (!text.empty()) record.fields.emplace_back(field_id(word), text);
  };
  put("message_id", mail.id.empty() ? "" : "<" + mail.id + ">");
  put("header_from", "Clerk <clerk@bank.example>");
  put("header_to", "desk@sender.example");
  put("subject", mail.subject);
  put("date_header", mail.date);
  put("part", mail.part);
  put("message_sha256", sha256_hex(mail.bytes + mail.id + mail.text + mail.date + mail.part));
  put("body_sha256", sha256_hex(mail.text + mail.part));
  put("text_sha256", mail.text.empty() ? "" : sha256_hex(mail.text));
  std::string words;
  for (int i = 0; i < 40; ++i) words += mail.text + std::to_string(i) + " ";
  put("text_sketch", mail.is_long ? text_sketch(words) : "");
  return record;
}

Decision decided(const Mail& known, const Mail& fresh) {
  ItemSet knowns, news;
  knowns.add(record_of(known));
  news.add(record_of(fresh));
  return compare_items(knowns, news).front();
}

TEST(Compare, KnowsAMessageByItsIdAndMatterOrItsHeaderAndMatter) {
  EXPECT_EQ(decided({}, {}).rule, Rule::same_bytes);
  EXPECT_EQ(decided({}, {.bytes = "other way"}).rule, Rule::same_id_and_matter);
  EXPECT_EQ(decided({}, {.id = "", .bytes = "other way"}).rule, Rule::same_header_and_matter);
  EXPECT_EQ(decided({}, {.id = "", .date = "", .bytes = "b"}).review_class, ReviewClass::same_text);
}

TEST(Compare, SaysThatAnIdWasUsedAgain) {
  EXPECT_EQ(decided({}, {.text = "second"}).review_class, ReviewClass::id_reused);
  EXPECT_EQ(decided({}, {.part = "2 image/png 10 aa"}).review_class, ReviewClass::id_reused);
}

TEST(Compare, TellsAttachmentsApartWhateverTheirPartIsNumbered) {
  const Mail known{.part = "2 image/png 10 aa"};
  const std::string later = "Tue, 7 Jun 2016 10:00:00 +0000";
  EXPECT_EQ(decided(known, {.id = "b@x", .date = later, .part = "1.2 image/png 10 aa"}).rule,
            Rule::same_matter);
  EXPECT_EQ(decided(known, {.id = "b@x", .date = later, .part = "2 image/png 10 bb"}).review_class,
            ReviewClass::other_attachments);
}

TEST(Compare, TakesNoShortTextForACopyOfAnother) {
  const std::string later = "Tue, 7 Jun 2016 10:00:00 +0000";
  EXPECT_EQ(
      decided({.is_long = false}, {.id = "b@x", .date = later, .is_long = false}).review_class,
      ReviewClass::fresh);
}

TEST(Compare, NamesTheFirstOfSeveralNewOnesAndWhatCannotBeCompared) {
  ItemSet knowns, news;
  news.add(record_of({}));
  news.add(record_of({.bytes = "again"}));
  StoredRecord bare;
  bare.row.kind = RecordKind::message;
  news.add(bare);
  const auto decisions = compare_items(knowns, news);
  EXPECT_EQ(decisions[0].review_class, ReviewClass::fresh);
  EXPECT_EQ(decisions[1].review_class, ReviewClass::repeated);
  EXPECT_EQ(decisions[1].twin, 0u);
  EXPECT_EQ(decisions[2].review_class, ReviewClass::undecided);
}

}  // namespace
}  // namespace assay::review
