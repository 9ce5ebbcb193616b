#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_checks.h"

namespace assay {
namespace {

using test::CollectingSink;
using testing::ElementsAre;

void read(std::string_view text, CollectingSink& sink) {
  EXPECT_TRUE(test::read_bytes(*find_reader("rdap"), text, sink).ok());
}

TEST(Rdap, ReadsItsSamplesAsTheGoldenFilesSay) { test::expect_samples_of("rdap"); }
TEST(Rdap, StaysInBalanceUnderDamage) { test::expect_damage_does_no_harm("rdap"); }
TEST(Rdap, TakesNobodyElsesFiles) { test::expect_sniffs_only_its_own("rdap"); }

TEST(Rdap, AnAnswerWithoutItsTimePretendsNone) {
  CollectingSink sink;
  read(R"({"objectClassName":"domain","ldhName":"a.example",
           "events":[{"eventAction":"registration","eventDate":"2013-02-21T19:24:57Z"}]})",
       sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_TRUE(sink.records[0].flags & kTimeUnknown);
  EXPECT_THAT(sink.texts_of(1, "created"), ElementsAre("2013-02-21T19:24:57Z"));
}

TEST(Rdap, NestingBeyondTheLimitIsRefused) {
  std::string deep = R"({"objectClassName":"domain","x":)";
  for (int i = 0; i < 100; ++i) deep += "[";
  for (int i = 0; i < 100; ++i) deep += "]";
  CollectingSink sink;
  read(deep + "}", sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("rdap.json.unreadable"));
}

TEST(Rdap, EntitiesWithinEntitiesEndAtTheLimit) {
  std::string text;
  for (int i = 0; i < 10; ++i)
    text += R"({"objectClassName":"entity","roles":["noc"],"entities":[)";
  for (int i = 0; i < 10; ++i) text += "]}";
  CollectingSink sink;
  read(R"({"objectClassName":"domain","ldhName":"a.example","entities":[)" + text + "]}", sink);
  EXPECT_EQ(sink.noted("rdap.entities_too_deep"), 1u);
  EXPECT_EQ(sink.texts_of(1, "entity_role").size(), 4u);
}

TEST(Rdap, ContactsOfTheRegistrarAreNotThoseOfTheDomain) {
  CollectingSink sink;
  read(R"({"objectClassName":"domain","ldhName":"a.example","entities":[
           {"roles":["registrar"],"vcardArray":["vcard",[["fn",{},"text","Registrar"]]],"entities":[
             {"roles":["technical"],"vcardArray":["vcard",[["fn",{},"text","Their engineer"]]]},
             {"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","x@reg.example"]]]}]},
           {"roles":["technical"],"vcardArray":["vcard",[["fn",{},"text","Our engineer"],
             ["org",{},"text",["Bank","Servers"]]]]}]})",
       sink);
  EXPECT_THAT(sink.texts_of(1, "tech_name"), ElementsAre("Our engineer"));
  EXPECT_THAT(sink.texts_of(1, "tech_organization"), ElementsAre("Bank, Servers"));
  EXPECT_THAT(sink.texts_of(1, "registrar_abuse_email"), ElementsAre("x@reg.example"));
  EXPECT_THAT(sink.texts_of(1, "extra"), ElementsAre("registrar's technical fn: Their engineer"));
}

TEST(Rdap, TheAbuseContactOfANetworkIsNoRegistrars) {
  CollectingSink sink;
  read(R"({"objectClassName":"ip network","startAddress":"192.0.2.0","entities":[
           {"roles":["registrant"],"entities":[
             {"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","x@a.example"]]]}]}]})",
       sink);
  EXPECT_THAT(sink.texts_of(1, "registrar_abuse_email"), testing::IsEmpty());
  EXPECT_THAT(sink.texts_of(1, "extra"), ElementsAre("abuse email: x@a.example"));
}

TEST(Rdap, ADocumentTooLargeIsRefusedWhole) {
  const std::string text = "{\n\"objectClassName\":\"" + std::string(17 << 20, 'x') + "\"}";
  CollectingSink sink;
  read(text, sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("rdap.document.too_large"));
  EXPECT_EQ(sink.rejects[0].length, text.size());
}

}  // namespace
}  // namespace assay
