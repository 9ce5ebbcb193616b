#include <fmt/format.h>
#include <gmock/gmock.h>

#include "core/digest.h"
#include "other_toy.h"

namespace assay {
namespace {

using toy::FieldTexts;
using toy::OtherToy;

struct Box : OtherToy {
  Box() { evidence("message-1", "mbox", {"message"}); }
  void letter(const std::string& from, const std::string& to, const std::string& text,
              FieldTexts more = {}) {
    FieldTexts fields{{"message_id", fmt::format("<{}@x>", others().rows.size())},
                      {"header_from", from},
                      {"header_to", to},
                      {"text_sha256", sha256_hex(text)}};
    fields.insert(fields.end(), more.begin(), more.end());
    row(RecordKind::message, 1, "", "", std::move(fields), "bank.example");
  }
  Finding bulk() { return one("campaign_fan_out", "/messages"); }
};

constexpr char kNews[] = "News <News@sender.example>", kClerk[] = "clerk@bank.example";

TEST(BulkSigns, CountsFieldsOfMailingsForEachSender) {
  Box box;
  box.letter(kNews, kClerk, "a",
             {{"list_unsubscribe", "<mailto:u@sender.example>, <https://sender.example/u>"},
              {"raw", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
              {"feedback_id", "1:news:sender"}});
  box.letter(kNews, kClerk, "b",
             {{"list_unsubscribe", "<mailto:u@sender.example>"},
              {"raw", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"}});
  box.letter("list@other.example", kClerk, "c",
             {{"list_id", "<l.other.example>"}, {"raw", "Precedence: list"}});
  box.letter(kClerk, kNews, "d");
  const Finding finding = box.bulk();
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("messages", 0), 4);
  EXPECT_EQ(finding.value_or("bulk_senders", 0), 2);
  EXPECT_EQ(finding.value_or("messages_with_a_sign", 0), 3);
  EXPECT_EQ(finding.value_or("list_unsubscribe", 0), 2);
  EXPECT_EQ(finding.value_or("one_click", 0), 1);  // RFC 8058 asks for an https URI
  EXPECT_EQ(finding.value_or("precedence", 0), 1);
  EXPECT_EQ(finding.table("bulk_senders")->row_labels.at(0), "news@sender.example");
}

// By the parties that the case states; a sender known by its text alone counts with that text.
TEST(BulkSigns, ArePutTogetherForEachPartyOfTheQuestion) {
  Box box;
  box.letter("news@mail1.sender.example", kClerk, "a",
             {{"list_unsubscribe", "<mailto:u@sender.example>"}});
  for (int i = 0; i < 5; ++i) {
    box.letter("shop@mail1.sender.example", fmt::format("p{}@bank.example", i), "offer");
  }
  box.letter("desk@mail1.sender.example", kClerk, "a letter");
  box.letter("list@other.example", kClerk, "c", {{"list_id", "<l.other.example>"}});
  const Finding finding = box.bulk();
  const Table* parties = finding.table("bulk_of_parties");
  ASSERT_NE(parties, nullptr);
  ASSERT_EQ(parties->row_labels, std::vector<std::string>{"Sender"});
  EXPECT_EQ(parties->rows.at(0), (std::vector<double>{7, 6}));
}

TEST(BulkSigns, OneTextToManyMailboxesIsASignByItself) {
  Box box;
  for (int i = 0; i < 5; ++i) box.letter(kNews, fmt::format("p{}@bank.example", i), "offer");
  Finding finding = box.bulk();
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("bulk_senders_by_text_alone", 0), 1);
  EXPECT_EQ(finding.table("bulk_senders")->rows.at(0).at(8), 5);
}

// Letters to many, a form to one, and copies of one message.
TEST(BulkSigns, LettersAndCopiesAreNone) {
  Box box;
  for (int i = 0; i < 9; ++i) {
    box.letter(kClerk, fmt::format("p{}@mail1.sender.example", i), fmt::format("letter {}", i));
    box.letter(kClerk, "office@mail1.sender.example", "the same form");
    box.letter(kNews, fmt::format("p{}@bank.example", i), "one message", {});
    box.others().rows.back().fields.front().second = "<one@x>";
  }
  const Finding finding = box.bulk();
  EXPECT_EQ(finding.outcome, Outcome::nothing_found);
  EXPECT_EQ(finding.value_or("bulk_senders", -1), 0);
}

}  // namespace
}  // namespace assay
