#include <fmt/format.h>
#include <gmock/gmock.h>

#include "other_toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::FieldTexts;
using toy::OtherToy;

struct Box : OtherToy {
  Box() { evidence("message-1", "mbox", {"message", "hop", "registration"}); }
  void publish(const std::string& name, const std::string& text) {
    OtherRow& made =
        row(RecordKind::registration, 0, "", "", {{"rdata", "\"" + text + "\""}}, name);
    made.row.type = 16;
    made.row.until_us = at(30);
  }
  void message(const std::string& client, const std::string& return_path = "a@sender.example",
               FieldTexts more = {}) {
    FieldTexts fields{{"message_id", fmt::format("<{}@x>", others().rows.size())},
                      {"header_from", "Clerk <a@mail1.sender.example>"},
                      {"return_path", "<" + return_path + ">"}};
    fields.insert(fields.end(), more.begin(), more.end());
    row(RecordKind::message, 5, "", "", std::move(fields));
    row(RecordKind::hop, 5, client, "",
        {{"hop_index", "1"}, {"hop_by", "bank.example"}, {"helo", "out.sender.example"}});
  }
  Finding dmarc() { return one("author_policy", "/all/dmarc"); }
};

TEST(AuthorPolicy, TakesSpfOfTheHandoverForTheAuthorsDomain) {
  Box box;
  box.publish("_dmarc.sender.example", "v=DMARC1; p=reject; sp=quarantine");
  box.publish("sender.example", "v=spf1 ip4:203.0.113.7 -all");
  box.publish("else.example", "v=spf1 ip4:203.0.113.8 -all");
  box.message("203.0.113.7");
  box.message("203.0.113.9");
  box.message("203.0.113.8", "b@else.example");  // allowed, for another domain
  const Finding finding = box.dmarc();
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("aligned_by_spf_alone", 0), 1);
  EXPECT_EQ(finding.value_or("not_aligned", 0), 2);
  EXPECT_EQ(finding.value_or("not_aligned_under_a_strict_policy", 0), 2);
  EXPECT_EQ(finding.value_or("policy_of_that_time", 0), 3);
  ASSERT_NE(finding.table("not_aligned"), nullptr);
  EXPECT_THAT(finding.table("not_aligned")->row_labels.at(0), HasSubstr("quarantine"));
}

TEST(AuthorPolicy, HoldsAStrictDomainToItself) {
  Box box;
  box.publish("_dmarc.sender.example", "v=DMARC1; p=none; aspf=s");
  box.publish("sender.example", "v=spf1 ip4:203.0.113.7 -all");
  box.message("203.0.113.7");
  EXPECT_EQ(box.dmarc().value_or("not_aligned", 0), 1);
  EXPECT_EQ(box.dmarc().value_or("not_aligned_under_a_strict_policy", 9), 0);
}

TEST(AuthorPolicy, LeavesOpenWhatWantsAKeyOrARecord) {
  Box box;
  box.publish("_dmarc.sender.example", "v=DMARC1; p=reject");
  box.publish("sender.example", "v=spf1 -all");
  box.message("203.0.113.7", "a@sender.example",
              {{"dkim_check",
                "d=sender.example; s=s1; a=rsa-sha256; h=from; body=agrees; "
                "digest=00; b=QUJD"}});
  Finding finding = box.dmarc();
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_EQ(finding.value_or("undecided", 0), 1);
  EXPECT_THAT(finding.table("not_aligned")->row_labels.at(0), HasSubstr("s1._domainkey"));
  Box none;
  none.message("203.0.113.7");
  EXPECT_EQ(none.dmarc().value_or("undecided", 0), 1);
  Box unknown;
  unknown.publish("_dmarc.sender.example", "v=DMARC1; p=reject");
  unknown.message("203.0.113.7");
  EXPECT_EQ(unknown.dmarc().value_or("undecided", 0), 1);
  EXPECT_THAT(unknown.dmarc().table("not_aligned")->row_labels.at(0),
              HasSubstr("TXT of sender.example is not in evidence"));
}

TEST(AuthorPolicy, SaysNothingOfMessagesWithoutOneAuthor) {
  Box box;
  box.message("203.0.113.7", "a@sender.example", {{"header_from", "b@else.example"}});
  EXPECT_EQ(box.dmarc().value_or("without_author_domain", 0), 1);
  OtherToy none;
  EXPECT_EQ(none.run("author_policy").at(0).outcome, Outcome::not_applicable);
}

}  // namespace
}  // namespace assay
