#include "assay/names.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

std::string canonical(std::string_view text) {
  std::string out;
  const auto problem = canonicalise_name(text, out);
  return problem ? std::string(problem->code) : out;
}

TEST(DomainName, FoldsCaseAndDropsTheFinalDot) {
  EXPECT_EQ(canonical("MaIl1.Sender.Example."), "mail1.sender.example");
  EXPECT_EQ(canonical("."), "");
}

TEST(DomainName, SpellsEscapesOneWay) {
  EXPECT_EQ(canonical("a\\.b.example"), "a\\.b.example");
  EXPECT_EQ(canonical("a\\046b.example"), "a\\.b.example");
  EXPECT_EQ(canonical("sp\\032ace.example"), "sp\\032ace.example");
  EXPECT_EQ(canonical("sp ace.example"), "sp\\032ace.example");
  EXPECT_EQ(canonical("b\xc3\xbc"
                      "cher.example"),
            "b\\195\\188cher.example");
  EXPECT_EQ(canonical("\\065bc.example"), "abc.example");
}

TEST(DomainName, RefusesWhatCannotBeAName) {
  EXPECT_EQ(canonical(""), "dns.qname.empty");
  EXPECT_EQ(canonical("a..b"), "dns.qname.empty_label");
  EXPECT_EQ(canonical(".a"), "dns.qname.empty_label");
  EXPECT_EQ(canonical("a\\"), "dns.qname.bad_escape");
  EXPECT_EQ(canonical("a\\999"), "dns.qname.bad_escape");
  EXPECT_EQ(canonical(std::string(64, 'a') + ".example"), "dns.qname.label_too_long");
  EXPECT_EQ(canonical(std::string(63, 'a') + ".example"), std::string(63, 'a') + ".example");
  const std::string label = std::string(63, 'a') + ".";
  EXPECT_EQ(canonical(label + label + label + std::string(61, 'b')),
            label + label + label + std::string(61, 'b'));
  EXPECT_EQ(canonical(label + label + label + std::string(62, 'b')), "dns.qname.too_long");
}

TEST(DomainName, WireLabelAndTextAgree) {
  std::string out;
  bool had_upper = false;
  append_canonical_label("A.b", out, &had_upper);
  EXPECT_EQ(out, "a\\.b");
  EXPECT_TRUE(had_upper);
}

TEST(DomainName, LiesWithinAZoneByLabels) {
  EXPECT_TRUE(is_within("mail1.sender.example", "sender.example"));
  EXPECT_TRUE(is_within("sender.example", "sender.example"));
  EXPECT_FALSE(is_within("notsender.example", "sender.example"));
  EXPECT_FALSE(is_within("a\\.sender.example", "sender.example"));
  EXPECT_TRUE(is_within("anything", ""));
}

TEST(NamePattern, WildcardCoversWhatLiesBelow) {
  const auto pattern = NamePattern::parse("*.Sender.example");
  ASSERT_TRUE(pattern.ok());
  EXPECT_TRUE(pattern->matches("mail1.sender.example"));
  EXPECT_TRUE(pattern->matches("a.b.sender.example"));
  EXPECT_FALSE(pattern->matches("sender.example"));
  const auto exact = NamePattern::parse("sender.example");
  ASSERT_TRUE(exact.ok());
  EXPECT_TRUE(exact->matches("sender.example"));
  EXPECT_FALSE(exact->matches("mail1.sender.example"));
}

TEST(LossyName, IsToldByTwoEscapesThatNoWireNameHas) {
  EXPECT_TRUE(is_lossy_name("a\\?b.example"));
  EXPECT_TRUE(is_lossy_name("\\*"));
  EXPECT_FALSE(is_lossy_name("a?b.*.example"));
  EXPECT_FALSE(is_lossy_name("a\\\\?b.example"));  // an escaped backslash, then '?'
  std::string wire;
  for (int byte = 0; byte < 256; ++byte) {
    append_canonical_label(std::string(1, static_cast<char>(byte)) + "?*", wire);
  }
  EXPECT_FALSE(is_lossy_name(wire));
  EXPECT_EQ(canonical("a\\?b\\*.example"), "a?b*.example");
}

TEST(LossyName, StandsForNamesThatDifferInTheBytesLeftOut) {
  const std::string_view one = "a\\?b.example";
  for (const char* name : {"a\\.b.example", "a\\032b.example", "a#b.example", "a?b.example"}) {
    EXPECT_TRUE(could_be(one, name)) << name;
  }
  for (const char* name : {"a.b.example", "axb.example", "a-b.example", "a_b.example",
                           "a##b.example", "ab.example", "a#b.sample", "b.a#b.example"}) {
    EXPECT_FALSE(could_be(one, name)) << name;
  }
  EXPECT_TRUE(could_be("mail.\\*", "mail.sender.example"));
  EXPECT_FALSE(could_be("mail.\\*", "www.sender.example"));
  EXPECT_TRUE(could_be("\\*", ""));
  EXPECT_TRUE(could_be("\\*.b.\\*.d", "a.b.b.c.d"));
  EXPECT_FALSE(could_be("\\*.b.\\*.d", "a.b.b.c"));
  // Somewhere in it stands a byte that is not printed, so it is no plain name.
  EXPECT_TRUE(could_be("\\*\\?\\*", "b\\195\\188cher.example"));
  EXPECT_FALSE(could_be("\\*\\?\\*", "mail1.sender.example"));
}

TEST(LossyName, KnownLabelsDecideWhetherItLiesBelowAZone) {
  const auto fit = [](std::string_view pattern, std::string_view name) {
    return NamePattern::parse(pattern)->fit(name);
  };
  EXPECT_EQ(fit("*.sender.example", "a\\?b.sender.example"), NameFit::certain);
  EXPECT_EQ(fit("*.sender.example", "\\*.sender.example"), NameFit::certain);
  EXPECT_EQ(fit("*.sender.example", "a\\?b.clinic.example"), NameFit::no);
  EXPECT_EQ(fit("*.sender.example", "sender\\?example"), NameFit::no);
  EXPECT_EQ(fit("*.sender.example", "a\\?sender.example"), NameFit::no);  // '\?' is no dot
  EXPECT_EQ(fit("*.sender.example", "\\*\\?\\*"), NameFit::could_be);
  EXPECT_EQ(fit("*.sender.example", "mail.\\*"), NameFit::could_be);
  EXPECT_EQ(fit("*.sender.example", "\\*sender.example"), NameFit::could_be);
  EXPECT_EQ(fit("*.sender.example", "\\*example"), NameFit::could_be);
  EXPECT_EQ(fit("*.sender.example", "\\*.clinic.example"), NameFit::no);
  EXPECT_EQ(fit("*.s#r.example", "a.s\\?r.example"), NameFit::could_be);
  EXPECT_EQ(fit("*.s#r.example", "s\\?r.example"), NameFit::no);
  EXPECT_EQ(fit("sender.example", "\\*.sender.example"), NameFit::no);
  EXPECT_EQ(fit("mail.sender.example", "mail.\\*"), NameFit::could_be);
  EXPECT_EQ(fit("mail1.sender.example", "mail\\?.sender.example"), NameFit::no);
  EXPECT_EQ(fit("mail1.sender.example", "mail1.sender.example"), NameFit::certain);
}

TEST(IpAddress, ReadsAndPrints) {
  for (const char* text : {"192.0.2.7", "2001:db8::1", "::", "::1", "0.0.0.0"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  EXPECT_EQ(IpAddress::parse("fe80::1%eth0")->to_string(), "fe80::1");
  for (const char* text : {"", "192.0.2", "192.0.2.256", "192.0.2.07", "1.2.3.4.5", "host", ":"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpPrefix, ContainsByBits) {
  const auto prefix = IpPrefix::parse("192.0.2.0/25");
  ASSERT_TRUE(prefix.ok());
  EXPECT_TRUE(prefix->contains(*IpAddress::parse("192.0.2.127")));
  EXPECT_FALSE(prefix->contains(*IpAddress::parse("192.0.2.128")));
  EXPECT_FALSE(prefix->contains(*IpAddress::parse("2001:db8::1")));
  EXPECT_TRUE(IpPrefix::parse("2001:db8::/32")->contains(*IpAddress::parse("2001:db8::1")));
  EXPECT_EQ(IpPrefix::parse("192.0.2.1")->length(), 32);
}

TEST(IpPrefix, SaysWhichPrefixWasMeant) {
  const auto prefix = IpPrefix::parse("192.0.2.7/24");
  ASSERT_FALSE(prefix.ok());
  EXPECT_NE(prefix.error().mend.find("192.0.2.0/24"), std::string::npos);
}

TEST(Keys, Ipv4IsItsOwnNumber) {
  EXPECT_EQ(host_key(*IpAddress::parse("192.0.2.1"), 7), 0xc0000201u);
  EXPECT_NE(host_key(*IpAddress::parse("2001:db8::1"), 7) >> 63, 0u);
  EXPECT_NE(name_key("a.example", 1).key, name_key("a.example", 2).key);
}

TEST(DnsWords, RoundTrip) {
  for (int value = 0; value < 65'536; value += 7) {
    const auto type = static_cast<std::uint16_t>(value);
    EXPECT_EQ(parse_qtype(qtype_text(type)), type);
    EXPECT_EQ(parse_rcode(rcode_text(type)), type);
    EXPECT_EQ(parse_qclass(qclass_text(type)), type);
  }
  EXPECT_EQ(qtype_text(65'280), "TYPE65280");
  EXPECT_FALSE(parse_qtype("TYPE65536"));
  EXPECT_FALSE(parse_qtype("TYPE"));
}

TEST(NearestWord, FindsTheWordMeant) {
  EXPECT_EQ(nearest_word("authorative", {"authoritative", "resolver"}), "authoritative");
  EXPECT_FALSE(nearest_word("xyzzy", {"authoritative", "resolver"}));
}

}  // namespace
}  // namespace assay
