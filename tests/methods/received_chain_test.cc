#include <fmt/format.h>
#include <gmock/gmock.h>

#include "other_toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::OtherToy;

struct Hop {
  std::string by, client, from;
  double seconds_after = 0;  // the message's date
  std::string id = "";
};

// Hops as the readers of mail give them: behind their message, the topmost first.
struct Box : OtherToy {
  Box() { evidence("message-1", "mbox", {"message", "hop"}); }
  void message(double days, const std::vector<Hop>& hops, const std::string& id = "") {
    const std::string message_id = id.empty() ? fmt::format("<{}@x>", others().rows.size()) : id;
    row(RecordKind::message, days, "", "",
        {{"message_id", message_id}, {"header_from", "a@mail1.sender.example"}});
    for (std::size_t i = 0; i < hops.size(); ++i) {
      row(RecordKind::hop, days + hops[i].seconds_after / 86'400, hops[i].client, "",
          {{"hop_index", std::to_string(i + 1)},
           {"hop_by", hops[i].by},
           {"hop_from", hops[i].from},
           {"helo", hops[i].from},
           {"hop_id", hops[i].id}});
    }
  }
  Finding chain() { return one("received_chain", "/all"); }
};

const Hop kTaken{"bank.example", "203.0.113.7", "out7.sender.example", 4};
const Hop kSent{"out7.sender.example", "198.51.100.9", "mail1.sender.example", 2};

TEST(ReceivedChain, TrustsTheFieldsOfAStatedPartyAloneAndCallsTheRestClaims) {
  Box box;
  box.message(1, {kTaken, kSent});
  const Finding finding = box.chain();
  EXPECT_EQ(finding.outcome, Outcome::nothing_found);
  EXPECT_EQ(finding.value_or("taken_by_a_stated_party", 0), 1);
  EXPECT_EQ(finding.value_or("fields_of_that_party", 0), 1);
  EXPECT_EQ(finding.value_or("claimed_fields", 0), 1);
  EXPECT_EQ(finding.value_or("joined", 0), 1);
  ASSERT_NE(finding.table("handovers"), nullptr);
  EXPECT_EQ(finding.table("handovers")->row_labels.at(0), "203.0.113.7 to bank.example");
}

TEST(ReceivedChain, GoesOnThroughThePartysOwnRelaysAndFilters) {
  Box box;
  box.message(1, {{"bank.example", "192.0.2.40", "bank.example", 6},
                  {"bank.example", "127.0.0.1", "localhost", 5},
                  kTaken,
                  kSent});
  EXPECT_EQ(box.chain().value_or("fields_of_that_party", 0), 3);
  EXPECT_EQ(box.chain().table("handovers")->row_labels.at(0), "203.0.113.7 to bank.example");
}

TEST(ReceivedChain, FindsThePartysOwnHostBelowAnOutsider) {
  Box box;
  box.message(1, {kTaken, {"bank.example", "198.51.100.9", "mail1.sender.example", 2}});
  const Finding finding = box.chain();
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("own_host_below_outsider", 0), 1);
  EXPECT_EQ(finding.value_or("not_joined", 0), 1);
}

TEST(ReceivedChain, FindsTheOneMessageThatGoesBackInTime) {
  Box box;
  for (int i = 0; i < 6; ++i) box.message(i, {kTaken, kSent});
  EXPECT_EQ(box.chain().outcome, Outcome::nothing_found);
  box.message(7, {kTaken, {kSent.by, kSent.client, kSent.from, 4'000}});
  const Finding finding = box.chain();
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("steps_back_of_one_message", 0), 1);
  ASSERT_NE(finding.table("oddities"), nullptr);
  EXPECT_THAT(finding.table("oddities")->row_labels.at(0), HasSubstr("goes back"));
}

// A clock that is always wrong makes no message stand out; the table tells of the clock.
TEST(ReceivedChain, TakesAClockThatIsAlwaysWrongForAClock) {
  Box box;
  for (int i = 0; i < 6; ++i) {
    box.message(i, {kTaken, {kSent.by, kSent.client, kSent.from, 3'604}});
  }
  const Finding finding = box.chain();
  EXPECT_EQ(finding.value_or("steps_back", 0), 6);
  EXPECT_EQ(finding.value_or("steps_back_of_one_message", 9), 0);
  ASSERT_NE(finding.table("clocks"), nullptr);
  EXPECT_NEAR(finding.table("clocks")->rows.at(0).at(1), -3'600, 1);
}

TEST(ReceivedChain, FindsDatesThatDoNotFitTheHandover) {
  Box box;
  box.message(1, {{"bank.example", "203.0.113.7", "out7.sender.example", -7'200}});
  box.message(2, {{"bank.example", "203.0.113.7", "out7.sender.example", 90'000}});
  box.message(3, {kTaken});
  const Finding finding = box.chain();
  EXPECT_EQ(finding.value_or("dated_after_taken", 0), 1);
  EXPECT_EQ(finding.value_or("dated_long_before_taken", 0), 1);
}

TEST(ReceivedChain, FindsAQueueIdThatTwoMessagesHave) {
  Box box;
  Hop hop = kSent;
  hop.id = "4C1aF26z9z3";
  box.message(1, {kTaken, hop}, "<one@x>");
  box.message(2, {kTaken, hop}, "<one@x>");  // a copy
  EXPECT_EQ(box.chain().value_or("queue_ids_of_several_messages", 9), 0);
  box.message(3, {kTaken, hop}, "<two@x>");
  EXPECT_EQ(box.chain().value_or("queue_ids_of_several_messages", 0), 1);
}

TEST(ReceivedChain, SaysWhatToStateWhereNobodysServerTookIt) {
  Box box;
  box.message(1, {{"mx.else.example", "203.0.113.7", "out7.sender.example", 4}});
  const Finding finding = box.chain();
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_THAT(finding.limitations, Contains(HasSubstr("State the names or addresses")));
}

TEST(ReceivedChain, SaysNothingOfAMessageWhoseFieldsWereLeftOut) {
  Box box;
  box.message(1, {kTaken, kSent});
  box.others().rows.erase(box.others().rows.begin() + 1);
  const Finding finding = box.chain();
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_THAT(finding.limitations, Contains(HasSubstr("outside the question's window")));
}

TEST(ReceivedChain, StaysSilentWithoutReceivedFields) {
  Box box;
  box.message(1, {});
  EXPECT_EQ(box.run("received_chain").at(0).outcome, Outcome::not_applicable);
}

}  // namespace
}  // namespace assay
