// Who stood in which role of a name, from the public formats, at a date.
#include "assay/who.h"

#include <gmock/gmock.h>

#include "case_support.h"

namespace assay {
namespace {

using test::TempFolder;
using testing::HasSubstr;

std::string whois(const char* date, const char* registrant, const char* registrar,
                  const char* server = "ns1.hosting.example") {
  return std::string("% Query time: ") + date + "T04:00:00Z\nDomain Name: sender.example\n" +
         "Registrant Organization: " + registrant + "\nRegistrar: " + registrar +
         "\nAdmin Organization: REDACTED FOR PRIVACY\n"
         "Domain Status: clientTransferProhibited "
         "https://icann.org/epp#clientTransferProhibited\n" +
         "Name Server: " + server + "\n";
}

constexpr char kPtr[] =
    "# sweep of 2016-05-04T03:00:00Z\n198.51.100.9 mail1.sender.example\n"
    "198.51.100.10 mail2.sender.example\n198.51.100.11 www.clinic.example\n";
constexpr char kRoutes[] = "# 2016-05-01\n198.51.100.0\t24\t64500\n";
constexpr char kZone[] =
    "$ORIGIN sender.example.\n$TTL 3600\n"
    "@ IN SOA ns1.hosting.example. hostmaster.hosting.example. 2016050401 7200 3600 1209600 3600\n"
    "@ IN NS ns1.hosting.example.\n@ IN MX 10 mail1.sender.example.\n"
    "mail1 IN A 198.51.100.9\n";

class Who : public testing::Test {
 protected:
  Who() {
    test::write_all_to(folder_ / "whois-1.txt", whois("2016-03-03", "Sender Ltd.", "Registrar A"));
    test::write_all_to(folder_ / "whois-2.txt", whois("2016-06-03", "Other GmbH", "Registrar A"));
    test::write_all_to(folder_ / "ptr.txt", kPtr);
    test::write_all_to(folder_ / "routes.pfx2as", kRoutes);
    test::write_all_to(folder_ / "sender.zone", kZone);
    test::write_all_to(folder_ / "query.log", test::query_log(50));
    Case made = Case::init(folder_ / "case", "Test", "UTC", 7, test::still_surroundings()).value();
    for (const auto& outcome : test::add_files(
             made, {folder_ / "whois-1.txt", folder_ / "whois-2.txt", folder_ / "ptr.txt",
                    folder_ / "routes.pfx2as", folder_ / "sender.zone", folder_ / "query.log"})) {
      EXPECT_EQ(outcome.kind, AddOutcome::Kind::added) << outcome.reason;
    }
  }

  WhoReport ask(const char* thing, const char* at = "") {
    auto report = tell_who(folder_ / "case", test::still_surroundings(), {thing, at});
    EXPECT_TRUE(report.ok()) << report.error().message;
    return report.ok() ? *report : WhoReport();
  }

  TempFolder folder_;
};

const WhoRole& role_of(const WhoReport& report, std::string_view role) {
  static const WhoRole kNone;
  for (const WhoRole& each : report.roles) {
    if (each.role == role) return each;
  }
  return kNone;
}

TEST_F(Who, NothingIsInterpolatedBetweenTwoSources) {
  const WhoReport report = ask("mail1.sender.example", "2016-05-04");
  const WhoRole& registrant = role_of(report, "registrant");
  EXPECT_EQ(registrant.covering, 0u);
  EXPECT_EQ(registrant.lines, 2u);
  EXPECT_THAT(registrant.said, HasSubstr("between 2016-03-03 and 2016-06-03 no source says"));
  EXPECT_THAT(registrant.said, HasSubstr("'Sender Ltd.'"));
  EXPECT_THAT(registrant.said, HasSubstr("'Other GmbH'"));
  EXPECT_EQ(role_of(report, "ptr").covering, 1u);
  EXPECT_THAT(role_of(report, "ptr").said, HasSubstr("mail1.sender.example"));
  EXPECT_THAT(role_of(report, "origin").said, HasSubstr("after 2016-05-01 no source says"));
  // The same value on both sides is not said to hold between them.
  EXPECT_EQ(role_of(report, "registrar").covering, 0u);
  EXPECT_THAT(role_of(report, "administrator").said, HasSubstr("hidden ('REDACTED FOR PRIVACY')"));
}

TEST_F(Who, AChangeHasUncertaintyOnBothSides) {
  const WhoReport report = ask("mail1.sender.example");
  ASSERT_EQ(report.changes.size(), 1u);
  const WhoChange& change = report.changes[0];
  EXPECT_EQ(change.old_value, "Sender Ltd.");
  EXPECT_EQ(change.new_value, "Other GmbH");
  EXPECT_EQ(format_utc(change.last_old_us), "2016-03-03T04:00:00Z");
  EXPECT_EQ(format_utc(change.first_new_us), "2016-06-03T04:00:00Z");
  EXPECT_FALSE(change.is_hiding);
  auto opened = Case::open(folder_ / "case", test::still_surroundings());
  ASSERT_TRUE(opened.ok());
  const auto shown = opened->show(change.first_new_record);
  ASSERT_TRUE(shown.ok()) << shown.error().message;
  EXPECT_THAT(*shown, HasSubstr("Other GmbH"));
}

TEST_F(Who, OperatorsAreInferredOrUnknownAndSaidSo) {
  const WhoReport report = ask("mail1.sender.example");
  EXPECT_THAT(role_of(report, "name_server_operator").said,
              HasSubstr("inferred from the servers' names alone: hosting.example"));
  EXPECT_THAT(role_of(report, "host_operator").said, HasSubstr("no role tells"));
  EXPECT_THAT(role_of(report, "soa").said,
              HasSubstr("ns1.hosting.example. hostmaster.hosting.example."));
  EXPECT_THAT(role_of(report, "address").said, HasSubstr("198.51.100.9"));
}

TEST_F(Who, AReverseNameThatIsGoneIsAChange) {
  test::write_all_to(folder_ / "later.txt",
                     "# sweep of 2016-07-04T03:00:00Z\n"
                     "Host 9.100.51.198.in-addr.arpa. not found: 3(NXDOMAIN)\n"
                     "8.100.51.198.in-addr.arpa domain name pointer www.else.example.\n");
  {
    auto opened = Case::open(folder_ / "case", test::still_surroundings());
    ASSERT_TRUE(opened.ok());
    test::add_files(*opened, {folder_ / "later.txt"});
  }
  const WhoReport report = ask("198.51.100.9");
  ASSERT_EQ(report.changes.size(), 1u);
  EXPECT_EQ(report.changes[0].old_value, "mail1.sender.example");
  EXPECT_THAT(report.changes[0].new_value, HasSubstr("no name: 3(NXDOMAIN)"));
  EXPECT_TRUE(report.disputes.empty());
}

TEST_F(Who, TellsWhoCouldChangeWhat) {
  const WhoReport report = ask("mail1.sender.example", "2016-03-03");
  ASSERT_GE(report.powers.size(), 5u);
  EXPECT_THAT(report.powers[0].who, HasSubstr("Locks: clientTransferProhibited"));
  EXPECT_THAT(report.powers[0].who, HasSubstr("'Sender Ltd.' of sender.example"));
  EXPECT_THAT(report.powers[1].who, HasSubstr("ns1.hosting.example"));
  EXPECT_THAT(report.powers.back().who, HasSubstr("none of these roles tells"));
}

TEST_F(Who, AnAddressHasNeighbours) {
  const WhoReport report = ask("198.51.100.9");
  EXPECT_EQ(report.kind, "address");
  std::map<std::string, std::string> why;
  for (const WhoNeighbour& each : report.neighbours) why[each.what] += each.why + " ";
  EXPECT_EQ(why["198.51.100.11 www.clinic.example"], "network ");
  EXPECT_EQ(why["198.51.100.10 mail2.sender.example"], "network ");
  EXPECT_EQ(why["mail2.sender.example"], "naming_pattern ");
  EXPECT_EQ(report.neighbourhood.size(), 1u);
}

TEST_F(Who, LookUpsAreNoSignOfUse) {
  const WhoReport report = ask("mail1.sender.example");
  ASSERT_FALSE(report.signs.empty());
  EXPECT_EQ(report.signs[0].kind, "look-ups of its name");
  EXPECT_EQ(report.signs[0].count, 50u);
  EXPECT_FALSE(report.signs[0].is_use);
  EXPECT_FALSE(report.signs[0].first_record.empty());
}

TEST_F(Who, WhatTheCaseDoesNotKnowIsSaid) {
  const WhoReport report = ask("host.other.example", "2016-05-04");
  EXPECT_TRUE(report.lines.empty());
  for (const WhoRole& each : report.roles) {
    if (each.role == "host_operator") continue;
    EXPECT_EQ(each.said, "no source of this case says") << each.role;
  }
  const auto bad = [&](const char* thing, const char* at) {
    return tell_who(folder_ / "case", test::still_surroundings(), {thing, at});
  };
  EXPECT_EQ(bad("*.sender.example", "").error().code, ErrorCode::usage);
  EXPECT_EQ(bad("198.51.100.9/24", "").error().code, ErrorCode::usage);
  EXPECT_EQ(bad("sender.example", "someday").error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace assay
