// The readers of registrations but zones: whois, delegations, routes, reverse names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_checks.h"

namespace assay {
namespace {

using test::CollectingSink;
using testing::ElementsAre;
using testing::HasSubstr;

void read(const char* reader, std::string_view text, CollectingSink& sink,
          const ReadContext& context = {}) {
  EXPECT_TRUE(test::read_bytes(*find_reader(reader), text, sink, context).ok());
}

class Registrations : public testing::TestWithParam<const char*> {};
TEST_P(Registrations, ReadTheirSamplesAsTheGoldenFilesSay) { test::expect_samples_of(GetParam()); }
TEST_P(Registrations, StayInBalanceUnderDamage) { test::expect_damage_does_no_harm(GetParam()); }
TEST_P(Registrations, TakeNobodyElsesFiles) { test::expect_sniffs_only_its_own(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Readers, Registrations,
                         testing::Values("whois_text", "rir_delegated", "routing_snapshot",
                                         "ptr_list"),
                         [](const auto& info) { return std::string(info.param); });

TEST(WhoisText, ADateWithoutATimeIsADayLongInTheZoneOfTheClock) {
  ReadContext context;
  context.clock.zone = "Europe/Berlin";
  CollectingSink sink;
  read("whois_text", "# Date: 2026-10-25\nDomain Name: bank.example\nRegistrar: Example\n", sink,
       context);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(format_utc(sink.records[0].time_us), "2026-10-24T22:00:00Z");
  EXPECT_EQ(sink.records[0].until_us - sink.records[0].time_us + 1, 25 * 3'600'000'000ll);
  EXPECT_EQ(sink.records[0].width_us, UINT32_MAX);
}

TEST(WhoisText, AReplyThatTellsNoTimeHasNone) {
  CollectingSink sink;
  read("whois_text", "Domain Name: bank.example\nCreation Date: 2013-02-21T19:24:57Z\n", sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_TRUE(sink.records[0].flags & kTimeUnknown);
  EXPECT_FALSE(sink.span());
  EXPECT_THAT(sink.texts_of(1, "created"), ElementsAre("2013-02-21T19:24:57Z"));
  EXPECT_THAT(sink.texts_of(1, "raw").at(0), HasSubstr("Creation Date: 2013"));
}

TEST(WhoisText, WhatIsRedactedStaysAsItStandsAndIsNoted) {
  CollectingSink sink;
  read("whois_text",
       "Domain Name: bank.example\nRegistrant Name: REDACTED FOR PRIVACY\nAdmin Email: "
       "a@b.example\n",
       sink);
  EXPECT_THAT(sink.texts_of(1, "registrant_name"), ElementsAre("REDACTED FOR PRIVACY"));
  EXPECT_THAT(sink.texts_of(1, "notice"), ElementsAre("redacted: 1"));
  EXPECT_EQ(sink.noted("whois.redacted"), 1u);
}

TEST(WhoisText, AnObjectWithoutEndHasALimit) {
  std::string text = "Domain Name: bank.example\n";
  for (int i = 0; i < 6'000; ++i) text += "Name Server: ns.bank.example\n";
  CollectingSink sink;
  read("whois_text", text, sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_LE(sink.fields.size(), kMaxFields);
  EXPECT_GE(sink.noted("field.too_many"), 1'900u);
}

TEST(WhoisText, TheFirstLineBelowAHeadingNeedNotBeIndented) {
  CollectingSink sink;
  read("whois_text",
       "Registrant:\nBank plc\n   1 Street\n   City\n\n   Domain Name: BANK.EXAMPLE\n\n"
       "   Administrative Contact:\n      Jane Doe    jane@bank.example\n\nSome words.\n",
       sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_THAT(sink.texts_of(1, "registrant_name"), ElementsAre("Bank plc"));
  EXPECT_THAT(sink.texts_of(1, "registrant_address"), ElementsAre("1 Street", "City"));
  EXPECT_THAT(sink.texts_of(1, "admin_name"), ElementsAre("Jane Doe"));
  EXPECT_EQ(sink.noted("whois.prose"), 1u);
}

TEST(WhoisText, ContactsInParagraphsOfADomainAreThoseOfTheDomain) {
  CollectingSink sink;
  read("whois_text",
       "domain:       EXAMPLE\n\norganisation: Registry\naddress: 1 Street\n\n"
       "contact: administrative\nname: Jane Doe\norganisation: Bank\n\n"
       "contact: technical\nname: John Doe\norganisation: Clinic\n\n"
       "nserver: A.NIC.EXAMPLE 192.0.2.1\nstatus: ACTIVE\nsource: IANA\n",
       sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_THAT(sink.texts_of(1, "registrant_organization"), ElementsAre("Registry"));
  EXPECT_THAT(sink.texts_of(1, "admin_name"), ElementsAre("Jane Doe"));
  EXPECT_THAT(sink.texts_of(1, "admin_organization"), ElementsAre("Bank"));
  EXPECT_THAT(sink.texts_of(1, "tech_name"), ElementsAre("John Doe"));
  EXPECT_THAT(sink.texts_of(1, "tech_organization"), ElementsAre("Clinic"));
  EXPECT_THAT(sink.texts_of(1, "name_server"), ElementsAre("A.NIC.EXAMPLE"));
}

TEST(WhoisText, AContactBelowItsHandleIsItsName) {
  CollectingSink sink;
  read("whois_text", "nic-hdl: AA1\ntype: PERSON\ncontact: Jane Doe\n\ncontact: BB2\nname: B\n",
       sink);
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_THAT(sink.texts_of(1, "object_handle"), ElementsAre("AA1"));
  EXPECT_THAT(sink.texts_of(1, "entity_name"), ElementsAre("Jane Doe"));
  EXPECT_THAT(sink.texts_of(2, "object_handle"), ElementsAre("BB2"));
}

TEST(RirDelegated, CountsAreHeldAgainstTheHeadOfTheFile) {
  const std::string head = "2|apnic|1|3|19830613|20261121|+1000\napnic|*|asn|*|2|summary\n";
  CollectingSink sink;
  read("rir_delegated", head + "apnic|XX|asn|64500|1|20090111|allocated\n", sink);
  EXPECT_EQ(sink.noted("rir.count_differs"), 2u);
  CollectingSink whole;
  read("rir_delegated",
       head + "apnic|XX|asn|64500|1|20090111|allocated\napnic|XX|asn|1|1|20090111|allocated\n",
       whole);
  EXPECT_EQ(whole.noted("rir.count_differs"), 0u);  // some count summary lines, too
}

TEST(RirDelegated, ACountThatIsNoPowerOfTwoIsARange) {
  CollectingSink sink;
  read("rir_delegated", "apnic|XX|ipv4|198.51.100.0|131|20090111|allocated\n", sink);
  EXPECT_THAT(sink.texts_of(1, "prefix"), ElementsAre("198.51.100.0 - 198.51.100.130"));
  // Nor is a power of two that begins elsewhere a prefix.
  CollectingSink odd;
  read("rir_delegated", "apnic|XX|ipv4|198.51.100.4|256|20090111|allocated\n", odd);
  EXPECT_THAT(odd.texts_of(1, "prefix"), ElementsAre("198.51.100.4 - 198.51.101.3"));
}

TEST(RoutingSnapshot, AnMrtFileIsRefusedWithTheAdviceToPrintIt) {
  const std::string mrt(
      "\x6b\x02\x6f\xd1\x00\x0d\x00\x01\x00\x00\x00\x40"
      "abc\n\ndef\n",
      22);
  EXPECT_THAT(choose_reader(mrt).why, HasSubstr("bgpdump -m"));
  CollectingSink sink;
  read("routing_snapshot", mrt, sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("route.mrt.refused"));
}

TEST(RoutingSnapshot, SeveralOriginsAreSeveralFields) {
  CollectingSink sink;
  read("routing_snapshot", "192.0.2.0\t24\t64500_64501,64502\n", sink);
  EXPECT_THAT(sink.texts_of(1, "origin_as"), ElementsAre("64500", "64501", "64502"));
  EXPECT_TRUE(sink.records[0].flags & kTimeUnknown);
}

TEST(PtrList, AnAddressAndItsReverseNameAreOneThing) {
  CollectingSink sink;
  read("ptr_list", "2001:db8::1 a.example\n", sink);
  ASSERT_EQ(sink.records.size(), 1u);
  const std::string owner = sink.names.at(sink.records[0].name);
  EXPECT_EQ(owner, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  CollectingSink turned;
  read("ptr_list", owner + " domain name pointer a.example.\n", turned);
  ASSERT_EQ(turned.records.size(), 1u);
  EXPECT_EQ(turned.records[0].server, sink.records[0].server);
  EXPECT_EQ(turned.records[0].name, sink.records[0].name);
}

}  // namespace
}  // namespace assay
