#include "core/mail_address.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(MailAddress, HasADomainBehindItsLastAt) {
  EXPECT_EQ(domain_of_mailbox("a@bank.example"), "bank.example");
  EXPECT_EQ(domain_of_mailbox("<a@bank.example>"), "bank.example");
  EXPECT_EQ(domain_of_mailbox("A B <a@bank.example> (c)"), "bank.example");
  EXPECT_EQ(domain_of_mailbox("\"a@sender.example\" <b@bank.example>"), "bank.example");
  EXPECT_EQ(domain_of_mailbox("\"a@b\"@bank.example"), "bank.example");
  EXPECT_EQ(domain_of_mailbox("a@bank.example "), "bank.example");
  EXPECT_EQ(domain_of_mailbox("a@bank.example>"), "bank.example") << "a bracket that was cut";
  EXPECT_EQ(domain_of_mailbox("a@Bank.Example."), "Bank.Example.") << "as written";
}

TEST(MailAddress, HasNoneWithoutAtOrWithTheAddressOfAHost) {
  EXPECT_EQ(domain_of_mailbox(""), "");
  EXPECT_EQ(domain_of_mailbox("<>"), "");
  EXPECT_EQ(domain_of_mailbox("MAILER-DAEMON"), "");
  EXPECT_EQ(domain_of_mailbox("a@"), "");
  EXPECT_EQ(domain_of_mailbox("a@[192.0.2.1]"), "");
  EXPECT_EQ(domain_of_mailbox("<a@[IPv6:2001:db8::1]>"), "");
}

}  // namespace
}  // namespace assay
