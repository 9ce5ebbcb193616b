// Keys and signatures were made once with OpenSSL: rsa-sha256 and rsa-sha1 over the text "header".
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "methods/support/dkim_verdict.h"
#include "other_toy.h"

namespace assay {
namespace {

using methods::joined_strings;
using testing::Contains;
using testing::HasSubstr;
using toy::OtherToy;

constexpr char kSha256[] = "1e0584a25d9f43bf5cbd0aec01eb1af2220ed085b4e7f1837b0d89958cae353a";
constexpr char kSha1[] = "594fd1615a341c77829e83ed988f137e1ba96231";
constexpr char kKey[] =
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4XduSocQxxWUc43eb6hL2Rb4lO0sQ3djCJ37b5d8"
    "oa8dOwYRQD2M+/xojz1N+yf0ZVybUi5dHzCc/CHFzMj+t2iWazZzEJsWgZMQOjtwRRNuC3BDZz4lg5OUWunR"
    "sAQUiB3sl3I/NBm1QVmQ6FOIYibxtceIuJluJ2R4DT9FbT0utHqae65rWSZjaMfaxZRrdL9CnlueKqCpHQfT"
    "MtTR40SOfk5IOByUqd3UoLuKMn3X+Q2SjmYcuW7b2fDl+QDncVWDVyGsXXGKZ3zn+G7UQreOUrQi0LAx7+Fu"
    "ve6vZKFYkvqpRd6RX92aRA2830prgte6K9Dnrx3yEMX8A8ayKwIDAQAB";
constexpr char kBareKey[] =
    "MIIBCgKCAQEA4XduSocQxxWUc43eb6hL2Rb4lO0sQ3djCJ37b5d8oa8dOwYRQD2M+/xojz1N+yf0ZVybUi5d"
    "HzCc/CHFzMj+t2iWazZzEJsWgZMQOjtwRRNuC3BDZz4lg5OUWunRsAQUiB3sl3I/NBm1QVmQ6FOIYibxtceI"
    "uJluJ2R4DT9FbT0utHqae65rWSZjaMfaxZRrdL9CnlueKqCpHQfTMtTR40SOfk5IOByUqd3UoLuKMn3X+Q2S"
    "jmYcuW7b2fDl+QDncVWDVyGsXXGKZ3zn+G7UQreOUrQi0LAx7+Fuve6vZKFYkvqpRd6RX92aRA2830prgte6"
    "K9Dnrx3yEMX8A8ayKwIDAQAB";
constexpr char kSigned[] =
    "ChyrNKtY3ThxbF+Cemq5c3PU3En6BpL93vpsWYkiQjTd06IBi73j7qrRgah7LdlapDt38d/qv4jlSiCt28wn"
    "f1HZPLoiCoAqiLHsvczNha5ZLjM8fIW82U7DtLIkn0XDVV8y1yJr0V7WUV60kdYwkhPubk6Hk9eRPWnLKv8p"
    "/8nOl2IEeOF9/yFnBy7O2u+SpNuopBINQXrAqFLXBg7KK4XGZoNCqqVuUj+cRBUGhN/no3RmNDU0xmb2fTNh"
    "YTCXDU5LY+zuu0qfPvHDc4LH3PVLT6OeO8RYcEoxFBLtGuwokY4iHDQ9EMbk8oL06DfpTNt6jNEjRsfuR4qb"
    "JSn8CQ==";
constexpr char kSignedSha1[] =
    "g9ceL/Z9dQMLj+fiXIs7skhvWjoGmUjg3QpUvVZba/DrVeW58Dez9pQiEz0nfNiTDS7HbJVxNqyjberUTxKN"
    "Jo0KMEtpvOGVYQHDhNIT/Mc9InTuccFK75WEtgtF0WYQLOI9BChM4oRTBJZJPzPN9TstAn5DJ47aqacNBYRH"
    "uBlxCJ+0qzJnIzWW8rKODgww67pwHzjcnZaTcuEGmXyt3rRQYzPNWcj5fAUJeRXy0MRL9gXQlsVhfI/m5yv6"
    "Z8MaSNePq1/NY+13r31oKfBoRetJiK5hjGDm4Fclk8a3Z+RmJFqFnGuuWZTzKxjGNkGgWFY3VEfkqOxB20BU"
    "FFrMZw==";
constexpr char kShortKey[] =
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAKj76e9cVBg1xUFSDcMrRTbjB6GfI2cVpu/FLz4TOjPrygCWxtxm"
    "DeXNnXm2pI3dYkQZcto2K9uZb1XACVSu0lsA0T3vOBREa7wMrB8mtfv9ugLpISC5Wf++xRYyR6GBAQIDAQAB";
constexpr char kShortSigned[] =
    "XgrE5L3sy+ByvDjGFitI7DCe8KSA2hOOOGoFnUhRwOSkAbwDIvWsChqTT8wx44Oy+t2JfDR0mPwcjTZjE2/o"
    "eoKrGdbBLkdIXyL1JUgxzHekR2/3TtSzmIWwCcyw+wTj";

std::string check(const std::string& more = "", const std::string& body = "agrees",
                  const std::string& digest = kSha256, const std::string& signature = kSigned,
                  const std::string& algorithm = "rsa-sha256") {
  return fmt::format(
      "d=mail1.sender.example; s=s1; a={}; c=simple/simple; h=from:subject; body={};{} digest={}; "
      "b={}",
      algorithm, body, more, digest, signature);
}

struct Mail : OtherToy {
  explicit Mail(double key_from = -1, double key_to = -1,
                const std::string& key = fmt::format("v=DKIM1; p={}", kKey)) {
    evidence("file-1", "zone_file", {"registration"});
    if (!key.empty()) publish(key_from, key_to, key);
    evidence("message-1", "mbox", {"message"});
  }
  void publish(double from, double to, const std::string& text,
               const std::string& name = "s1._domainkey.mail1.sender.example") {
    OtherRow& made = row(RecordKind::registration, from, "", "",
                         {{"rdata", "\"" + text.substr(0, 200) + "\" \"" +
                                        (text.size() > 200 ? text.substr(200) : "") + "\""}},
                         name);
    made.row.type = 16;
    if (to >= from && from >= 0) made.row.until_us = at(to);
  }
  void message(double days, const std::string& dkim_check,
               const std::string& from = "a@mail1.sender.example") {
    row(RecordKind::message, days, "", "",
        {{"dkim_domain", "mail1.sender.example"},
         {"header_from", from},
         {"header_to", "b@bank.example"},
         {"dkim_check", dkim_check}},
        "mail1.sender.example");
  }
  Finding all() { return one("mail_authentication", "/all/dkim"); }
  Finding domain() { return one("mail_authentication", "/mail1.sender.example/dkim"); }
};

TEST(MailAuthentication, VerifiesWithAKeyThatWasSeenAtTheMessagesTime) {
  Mail mail(1, 20);
  mail.message(5, check());
  const Finding finding = mail.domain();
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("verified", 0), 1);
  EXPECT_EQ(finding.value_or("key_of_that_time", 0), 1);
  EXPECT_EQ(finding.value_or("of_the_author_domain", 0), 1);
  EXPECT_EQ(finding.value_or("key_below_2048_bits", 9), 0);
  EXPECT_EQ(finding.selection.rows, 2u);  // the message and the key record
}

TEST(MailAuthentication, SaysThatTheKeyIsOfAnotherTimeOrOfNone) {
  Mail later(20);
  later.message(5, check());
  EXPECT_EQ(later.all().value_or("key_of_another_time", 0), 1);
  EXPECT_THAT(later.domain().limitations, Contains(HasSubstr("seen at another time only")));
  Mail undated;
  undated.message(5, check());
  EXPECT_EQ(undated.all().value_or("key_undated", 0), 1);
  Mail undated_message(1, 20);
  undated_message.message(-1, check());
  EXPECT_EQ(undated_message.all().value_or("key_undated", 0), 1);
}

TEST(MailAuthentication, TellsAChangedBodyFromAForgedHeader) {
  Mail mail(1, 20);
  mail.message(5, check("", "differs"));
  EXPECT_EQ(mail.all().value_or("body_changed", 0), 1);
  EXPECT_EQ(mail.all().outcome, Outcome::nothing_found);
  Mail forged(1, 20);
  forged.message(5, check("", "agrees", std::string(64, '0')));
  EXPECT_EQ(forged.all().value_or("refused", 0), 1);
}

// A sound signature looks the same once keys were changed.
TEST(MailAuthentication, ShowsNothingByAFailureWithAKeyOfAnotherTime) {
  Mail mail(20);
  mail.message(5, check("", "agrees", std::string(64, '0')));
  const Finding finding = mail.all();
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_EQ(finding.value_or("undecided", 0), 1);
  EXPECT_EQ(finding.value_or("refused", 9), 0);
}

TEST(MailAuthentication, NamesTheKeyRecordThatIsMissing) {
  Mail mail(-1, -1, "");
  mail.message(5, check());
  const Finding finding = mail.domain();
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_EQ(finding.value_or("no_key", 0), 1);
  ASSERT_NE(finding.table("signatures"), nullptr);
  EXPECT_THAT(finding.table("signatures")->row_labels.at(0),
              HasSubstr("s1._domainkey.mail1.sender.example: no key in evidence"));
}

TEST(MailAuthentication, TakesTheRightOneOfSeveralKeys) {
  Mail mail(1, 20, "v=DKIM1; p=");
  mail.publish(1, 20, fmt::format("v=DKIM1; p={}", kShortKey));
  mail.publish(25, 26, fmt::format("k=rsa; p={}", kBareKey));
  mail.publish(2, 21, fmt::format("k=rsa; p={}", kKey));
  mail.message(5, check());
  EXPECT_EQ(mail.all().value_or("verified", 0), 1);
  EXPECT_EQ(mail.all().value_or("key_of_that_time", 0), 1);
}

TEST(MailAuthentication, RefusesKeysThatTellNothing) {
  const auto why = [](const std::string& key, const std::string& of = check()) {
    Mail mail(1, 20, key);
    mail.message(5, of);
    const Finding finding = mail.domain();
    EXPECT_EQ(finding.value_or("verified", 9), 0) << key;
    EXPECT_EQ(finding.value_or("no_usable_key", 0), 1) << key;
    return finding.table("signatures")->row_labels.at(0);
  };
  EXPECT_THAT(why("v=DKIM1; p="), HasSubstr("revoked"));
  EXPECT_THAT(
      why(fmt::format("v=DKIM1; p={}", kShortKey), check("", "agrees", kSha256, kShortSigned)),
      HasSubstr("768 bits, which is too few"));
  EXPECT_THAT(why(fmt::format("v=DKIM1; h=sha1; p={}", kKey)), HasSubstr("not for this hash"));
  EXPECT_THAT(why(fmt::format("v=DKIM1; s=tlsrpt; p={}", kKey)), HasSubstr("not for mail"));
  EXPECT_THAT(why("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
              HasSubstr("another algorithm"));
  EXPECT_THAT(why("v=DKIM1; p=!!"), HasSubstr("cannot be read"));
  EXPECT_THAT(why("v=spf1 -all"), HasSubstr("no key record"));
}

TEST(MailAuthentication, VerifiesOldSignaturesAndSaysThatTheyAreOld) {
  Mail mail(1, 20);
  mail.message(5, check("", "agrees", kSha1, kSignedSha1, "rsa-sha1"));
  EXPECT_EQ(mail.all().value_or("verified", 0), 1);
  EXPECT_EQ(mail.all().value_or("sha1", 0), 1);
  EXPECT_THAT(mail.all().limitations, Contains(HasSubstr("SHA-1")));
}

TEST(MailAuthentication, SaysWhatASignatureLeavesOpen) {
  Mail mail(1, 20);
  mail.message(5, check(" l=10; uncovered=99; open=subject;"));
  mail.message(6, check(fmt::format(" x={};", OtherToy::at(4) / kMicrosPerSecond)));
  mail.message(7, check(" i=x@other.example;"));
  const Finding finding = mail.domain();
  EXPECT_EQ(finding.value_or("part_of_the_body", 0), 1);
  EXPECT_EQ(finding.value_or("shown_fields_unsigned", 0), 1);
  EXPECT_EQ(finding.value_or("expired", 0), 1);
  EXPECT_EQ(finding.value_or("not_checkable", 0), 1);
  EXPECT_EQ(finding.table("signatures")->rows.at(0).at(3), 99);
}

TEST(MailAuthentication, SaysWhoseDomainSignedForAnother) {
  Mail mail(1, 20);
  mail.message(5, check(), "clerk@bank.example");
  EXPECT_EQ(mail.all().value_or("verified", 0), 1);
  EXPECT_EQ(mail.all().value_or("of_the_author_domain", 9), 0);
}

TEST(MailAuthentication, StaysSilentWithoutSignatures) {
  Mail mail(1, 20);
  mail.row(RecordKind::message, 5, "", "", {{"header_from", "a@mail1.sender.example"}});
  EXPECT_EQ(mail.all().outcome, Outcome::not_applicable);
  OtherToy none;
  EXPECT_EQ(none.run("mail_authentication").at(0).outcome, Outcome::not_applicable);
}

TEST(MailAuthentication, SurvivesFieldsThatNobodyWrote) {
  Mail mail(1, 20);
  for (const char* odd : {"", ";;;", "d=; s=; b=", "d=x\x1b; s=y; b=z", "b=", "problem=\x01"}) {
    mail.message(5, odd);
  }
  std::string cut = check();
  for (std::size_t size = 0; size < cut.size(); size += 7) mail.message(6, cut.substr(0, size));
  EXPECT_EQ(mail.all().value_or("verified", 9), 0);
}

TEST(PublishedRecords, JoinTheStringsOfATxtRecord) {
  EXPECT_EQ(joined_strings("\"v=DKIM1; \" \"p=AB\""), "v=DKIM1; p=AB");
  EXPECT_EQ(joined_strings("\"a\\;b\\034\\\"\""), "a;b\"\"");
  EXPECT_EQ(joined_strings("\"open\\"), "open\\");
}

}  // namespace
}  // namespace assay
