#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/digest.h"
#include "core/random.h"
#include "core/text_sketch.h"
#include "methods/support/near_texts.h"
#include "other_toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::OtherToy;

std::string text_of(Random& random, int words) {
  std::string text;
  for (int i = 0; i < words; ++i) text += "w" + std::to_string(random.below(5'000)) + " ";
  return text;
}

void message(OtherToy& toy, const std::string& id, const std::string& text) {
  toy.row(RecordKind::message, 1, "", "",
          {{"message_id", id.empty() ? "" : "<" + id + ">"},
           {"text_sha256", sha256_hex(text)},
           {"text_sketch", text_sketch(text)}},
          "bank.example");
}

OtherToy mailbox() {
  OtherToy toy;
  toy.evidence("mbox-1", "mbox", {"message"});
  return toy;
}

TEST(MessageCopies, TellsCopiesMailingsAndEdits) {
  Random random(1);
  OtherToy toy = mailbox();
  const std::string letter = text_of(random, 200), mailing = text_of(random, 200);
  message(toy, "a@bank.example", letter);
  message(toy, "a@bank.example", letter);
  message(toy, "b@bank.example", letter + "w1 w2 w3 and a line more");
  message(toy, "b@bank.example", text_of(random, 50));
  for (int i = 0; i < 4; ++i) message(toy, std::to_string(i) + "@sender.example", mailing);
  const Finding finding = toy.one("message_copies", "message_copies/all");
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("messages", 0), 8);
  EXPECT_EQ(finding.value_or("message_ids", 0), 6);
  EXPECT_EQ(finding.value_or("stored_again", 0), 1);
  EXPECT_EQ(finding.value_or("message_ids_with_several_texts", 0), 1);
  EXPECT_EQ(finding.value_or("texts_of_several_ids", 0), 1);
  EXPECT_EQ(finding.value_or("largest_shared_text", 0), 4);
  EXPECT_EQ(finding.value_or("near_copy_pairs", 0), 1);
  EXPECT_THAT(finding.statement, HasSubstr("Of 8 messages, 1 copy"));
  EXPECT_EQ(finding.tables.size(), 2u);
  EXPECT_THAT(finding.tables.front().row_labels.front(), HasSubstr(edrm_mih("b@bank.example")));
}

// A text of few words: no sketch, and whole copies count all the same.
TEST(MessageCopies, CountsCopiesWithoutAMessageId) {
  struct Stored {
    std::vector<std::string> ids;
    double copies, of_several_ids;
  };
  for (const auto& [ids, copies, of_several_ids] :
       {Stored{{"", ""}, 1, 0}, Stored{{"", "a@bank.example"}, 1, 0},
        Stored{{"", "a@bank.example", "b@bank.example", ""}, 2, 1}}) {
    OtherToy toy = mailbox();
    for (const std::string& id : ids) message(toy, id, "please call me");
    const Finding finding = toy.one("message_copies", "message_copies/all");
    EXPECT_EQ(finding.outcome, Outcome::found);
    EXPECT_EQ(finding.value_or("copies_without_id", -1), copies);
    EXPECT_EQ(finding.value_or("texts_of_several_ids", -1), of_several_ids);
    EXPECT_EQ(finding.value_or("largest_shared_text", -1), 2 * of_several_ids);
    EXPECT_THAT(finding.statement, HasSubstr("0 copies stored again"));
  }
}

TEST(MessageCopies, LettersOfTheirOwnAreNoCopies) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Random random(seed);
    OtherToy toy = mailbox();
    for (int i = 0; i < 200; ++i) {
      message(toy, std::to_string(i) + "@bank.example",
              "Dear colleague, thank you for your message of this week. " + text_of(random, 60));
    }
    const Finding finding = toy.one("message_copies", "message_copies/all");
    EXPECT_EQ(finding.outcome, Outcome::nothing_found);
    EXPECT_EQ(finding.value_or("near_copy_pairs", -1), 0);
  }
}

TEST(MessageCopies, WithoutAMailboxItAsksForOne) {
  OtherToy toy;
  const Finding finding = toy.one("message_copies", "message_copies/all");
  EXPECT_EQ(finding.outcome, Outcome::not_applicable);
  EXPECT_THAT(finding.statement, HasSubstr("a mailbox"));
}

TEST(MessageCopies, ManyAlikeTakeNoMoreThanTheirNumber) {
  std::vector<std::string> sketches(2'000, std::string(kSketchBins, 'a'));
  const auto near = methods::near_texts(sketches);
  EXPECT_TRUE(near.is_cut);
  EXPECT_LE(near.pairs.size(), 32u * sketches.size());
}

}  // namespace
}  // namespace assay
