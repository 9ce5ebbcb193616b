#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "methods/support/assertions.h"
#include "other_toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::OtherToy;

TEST(Registrations, KeepsRolesApart) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  toy.whois(3, "sender.example",
            {{"domain", "sender.example"},
             {"registrant_organization", "Sender Ltd."},
             {"admin_name", "A Person"},
             {"registrar", "A Registrar"},
             {"name_server", "ns1.hosting.example"},
             {"name_server", "ns2.hosting.example"},
             {"source", "whois.registry.example"}});
  toy.row(RecordKind::registration, 3, "", "198.51.100.0",
          {{"prefix", "198.51.100.0/24"}, {"holder", "Network Inc"}, {"origin_as", "64500"}});
  toy.ptr(3, "198.51.100.9", "mail1.sender.example");
  const auto findings = toy.run("registrations");
  std::set<std::string> roles;
  for (const Finding& finding : findings) {
    if (finding.subject != "neighbourhood") roles.insert(finding.subject);
    EXPECT_THAT(finding.statement, testing::Not(HasSubstr("'s server")));
  }
  EXPECT_EQ(roles, (std::set<std::string>{"registrant", "administrator", "registrar", "name_server",
                                          "address_holder", "origin", "ptr"}));
  const Finding registrant = toy.one("registrations", "/registrant");
  EXPECT_THAT(registrant.statement,
              HasSubstr("registrant of sender.example: 'Sender Ltd.' (whois.registry.example "
                        "(file-1), 2021-05-07)"));
  EXPECT_EQ(registrant.value_or("disagreements", -1), 0);
  EXPECT_THAT(toy.one("registrations", "/name_server").statement,
              HasSubstr("ns1.hosting.example, ns2.hosting.example"));
}

TEST(Registrations, TellsTheAddressesOfNameServers) {
  OtherToy toy;
  toy.evidence("zone-1", "zone_file", {"registration"});
  const auto record = [&](const char* owner, std::uint16_t type, const char* rdata) {
    toy.row(RecordKind::registration, 3, "", "", {{"rdata", rdata}}, owner).row.type = type;
  };
  record("sender.example", 2, "NS1.sender.example.");
  record("sender.example", 2, "ns2.sender.example.");
  record("ns1.sender.example", 1, "203.0.113.1");
  record("ns2.sender.example", 28, "2001:db8::2");
  record("mail1.sender.example", 1, "198.51.100.9");
  const Finding finding = toy.one("registrations", "/name_server");
  const Table* table = finding.table("server_addresses");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->row_labels, (std::vector<std::string>{"ns1.sender.example 203.0.113.1",
                                                         "ns2.sender.example 2001:db8::2"}));
}

TEST(Registrations, TellsADisagreementFromAChange) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  const auto says = [&](double day, const char* who, const char* source) {
    toy.whois(day, "sender.example",
              {{"registrant_organization", who}, {"source", source}, {"domain", "sender.example"}});
  };
  says(1, "Sender Ltd", "whois.a.example");
  says(2, "SENDER LIMITED", "whois.b.example");
  Finding finding = toy.one("registrations", "/registrant");
  EXPECT_EQ(finding.value_or("disagreements", -1), 0);
  says(25, "Other GmbH", "whois.b.example");
  finding = toy.one("registrations", "/registrant");
  EXPECT_EQ(finding.value_or("disagreements", -1), 0);
  EXPECT_EQ(finding.value_or("changes", -1), 1);
  EXPECT_EQ(finding.value_or("differences_at_other_times", -1), 1);
  says(26, "Sender Ltd", "whois.c.example");
  finding = toy.one("registrations", "/registrant");
  EXPECT_EQ(finding.value_or("disagreements", -1), 1);
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_THAT(finding.statement, HasSubstr("'Other GmbH'"));
}

// A source that says many things leaves no room to hide what two others say.
TEST(Registrations, APaddedSourceHidesNoDisagreement) {
  for (const int padding : {0, 49, 500}) {
    OtherToy toy;
    toy.evidence("file-1", "whois_text", {"registration"});
    const auto says = [&](double day, const std::string& who, const char* source) {
      toy.whois(
          day, "sender.example",
          {{"registrant_organization", who}, {"source", source}, {"domain", "sender.example"}});
    };
    for (int k = 0; k < padding; ++k) says(20, fmt::format("Padding {}", k), "a.example");
    says(2, "Sender Ltd", "b.example");
    says(2, "Other GmbH", "c.example");
    const Finding finding = toy.one("registrations", "/registrant");
    EXPECT_EQ(finding.value_or("disagreements", -1), 1) << padding;
    EXPECT_THAT(finding.statement, HasSubstr("'Other GmbH'"));
    EXPECT_EQ(finding.value_or("changes", -1), std::max(padding - 1, 0));
  }
}

TEST(Registrations, SourcesBeyondTheLimitAreCountedAndNotVouchedFor) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  for (int k = 0; k < 70; ++k) {
    toy.whois(1, "sender.example",
              {{"registrant_organization", k < 66 ? "Sender Ltd" : "Other GmbH"},
               {"source", fmt::format("s{:02}.example", k)},
               {"domain", "sender.example"}});
  }
  const Finding finding = toy.one("registrations", "/registrant");
  EXPECT_EQ(finding.value_or("sources_not_compared", -1), 6);
  EXPECT_THAT(finding.statement, testing::Not(HasSubstr("No two sources disagree")));
  EXPECT_THAT(finding.statement, HasSubstr("6 more were not compared"));
}

TEST(Registrations, AnEMailAddressAndAPersonDifferFromNoOrganisation) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  const char* fields[] = {"registrant_organization", "registrant_name", "registrant_email"};
  const char* values[] = {"Sender Ltd", "A Person", "hostmaster@sender.example"};
  for (int k = 0; k < 3; ++k) {
    toy.whois(1, "sender.example",
              {{fields[k], values[k]},
               {"source", fmt::format("s{}.example", k)},
               {"domain", "sender.example"}});
  }
  const Finding finding = toy.one("registrations", "/registrant");
  EXPECT_EQ(finding.value_or("disagreements", -1), 0);
  EXPECT_EQ(finding.value_or("differences_at_other_times", -1), 0);
  EXPECT_THAT(finding.statement, HasSubstr("names nobody"));
}

TEST(Registrations, WhatIsHiddenDisagreesWithNobody) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  for (const char* who : {"REDACTED FOR PRIVACY", "Some Privacy Proxy Service", "Sender Ltd"}) {
    toy.whois(1, "sender.example",
              {{"registrant_organization", who},
               {"source", std::string("whois.") + who[0] + ".example"},
               {"domain", "sender.example"}});
  }
  toy.row(RecordKind::registration, 1, "", "198.51.100.0",
          {{"prefix", "198.51.100.0/24"}, {"object_handle", "A91BBBBB"}, {"rir", "apnic"}});
  const Finding finding = toy.one("registrations", "/registrant");
  EXPECT_EQ(finding.value_or("hidden_values", -1), 2);
  EXPECT_EQ(finding.value_or("disagreements", -1), 0);
  EXPECT_THAT(toy.one("registrations", "/address_holder").statement,
              HasSubstr("a handle of that source"));
}

TEST(Registrations, TopLevelZonesAndOthersDomainsAreNotTheQuestions) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  toy.whois(1, "example", {{"registrant_organization", "Registry"}, {"domain", "example"}});
  toy.whois(1, "else.example", {{"registrant_organization", "Else"}, {"domain", "else.example"}});
  EXPECT_EQ(toy.one("registrations", "/all").outcome, Outcome::not_applicable);
}

TEST(Registrations, CountsSixtyFiveThousandNeighboursAndBoundsWhatItTells) {
  OtherToy toy;
  toy.file().parties[1].addresses = {IpPrefix::parse("198.51.0.0/16").value()};
  toy.evidence("file-1", "ptr_list", {"registration"});
  for (int k = 0; k < 65'536; ++k) {
    toy.ptr(1, fmt::format("198.51.{}.{}", k / 256, k % 256),
            k % 4096 == 0 ? fmt::format("mail{}.sender.example", k)
                          : fmt::format("host{}.hosting{}.example", k, k % 7));
  }
  const std::vector<Finding> findings = toy.run("registrations");
  const auto ends = [&](std::string_view end) {
    return *std::find_if(findings.begin(), findings.end(),
                         [&](const Finding& each) { return each.id.ends_with(end); });
  };
  const Finding finding = ends("/network");
  EXPECT_EQ(finding.value_or("addresses_named", 0), 65'536);
  EXPECT_EQ(finding.value_or("addresses_of_the_networks", 0), 65'536 + 256);  // and Bank's
  EXPECT_EQ(finding.value_or("siblings_by_name", 0), 16);
  EXPECT_LT(finding.statement.size(), 2'000u);
  const Finding ptr = ends("/ptr");
  EXPECT_LT(ptr.statement.size(), 2'000u);
  EXPECT_LE(ptr.tables.front().rows.size(), 100u);
}

TEST(Registrations, CountsOtherDomainsOfTheSameRegistrant) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  for (const char* domain : {"sender.example", "second.example", "third.example"}) {
    const bool is_same = std::string_view(domain) != "third.example";
    toy.whois(1, domain,
              {{"registrant_organization", is_same ? "Sender Ltd" : "Else"}, {"domain", domain}});
  }
  const Finding finding = toy.one("registrations", "/same_registrant");
  EXPECT_EQ(finding.value_or("domains_with_the_same", -1), 1);
  EXPECT_THAT(finding.statement, HasSubstr("second.example"));
}

TEST(Registrations, NamesThatDifferByFormAreOne) {
  EXPECT_EQ(methods::holder_key("Sender, Ltd."), methods::holder_key("SENDER LIMITED"));
  EXPECT_EQ(methods::holder_key("Sender S.A."), methods::holder_key("sender"));
  EXPECT_NE(methods::holder_key("Sender Holding Ltd"), methods::holder_key("Sender Ltd"));
  EXPECT_EQ(methods::holder_key("Ltd"), "ltd");
  EXPECT_TRUE(methods::is_hidden_holder("Redacted for Privacy"));
  EXPECT_FALSE(methods::is_hidden_holder("Sender Ltd"));
}

}  // namespace
}  // namespace assay
