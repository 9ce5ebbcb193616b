// The DNS message parser on hand-made messages.
#include "readers/dns_message.h"

#include <gtest/gtest.h>

#include "packet_builder.h"

namespace assay::test {
namespace {

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The code of the refusal or of the damage; empty: the message is whole.
std::string problem_of(const std::string& wire) {
  DnsMessage message;
  if (const DnsProblem problem = parse_dns_message(bytes_of(wire), message)) {
    return "refused: " + std::string(problem.code);
  }
  return std::string(message.damage.code);
}

std::string name_at(const std::string& wire, std::size_t at, std::size_t* end = nullptr) {
  WireName name;
  std::size_t next = 0;
  const DnsProblem problem = expand_name(bytes_of(wire), at, name, next);
  std::size_t skipped = 0;
  EXPECT_EQ(skip_name(bytes_of(wire), at, skipped).code, problem.code);
  if (problem) return std::string(problem.code);
  EXPECT_EQ(skipped, next);
  if (end != nullptr) *end = next;
  std::string text;
  append_canonical_name(name.view(), text);
  return text;
}

TEST(DnsName, FollowsPointersBackwards) {
  const std::string wire =
      wire_name("bank.example") + "\x04mail\xc0" + u8(0) + "\x01x\xc0" + u8(14);
  std::size_t end = 0;
  EXPECT_EQ(name_at(wire, 14, &end), "mail.bank.example");
  EXPECT_EQ(end, 21u);
  EXPECT_EQ(name_at(wire, 21, &end), "x.mail.bank.example");
  EXPECT_EQ(end, wire.size());
}

TEST(DnsName, FoldsCaseAndEscapesOddBytes) {
  std::string text;
  bool had_upper = false;
  append_canonical_name(bytes_of("\x03"
                                 "A.b\x02\x00\xff" +
                                 std::string(1, '\0')),
                        text, &had_upper);
  EXPECT_TRUE(had_upper);
  EXPECT_EQ(text.substr(0, 4), "a\\.b");
}

TEST(DnsName, RefusesPointersThatDoNotLeadBackwards) {
  EXPECT_EQ(name_at("\xc0" + u8(0), 0), "dns.name.pointer_forward") << "to itself";
  EXPECT_EQ(name_at("\xc0" + u8(2) + wire_name("a"), 0), "dns.name.pointer_forward");
  EXPECT_EQ(name_at("\x01"
                    "a\xc0" +
                        u8(0),
                    0),
            "dns.name.pointer_forward")
      << "to its own labels";
}

TEST(DnsName, RefusesAChainOfMorePointersThanLabels) {
  std::string wire = wire_name("");
  for (unsigned i = 0; i < 200; ++i)
    wire += u16(0xc000 | static_cast<unsigned>(i == 0 ? 0 : wire.size() - 2));
  EXPECT_EQ(name_at(wire, 1 + 2 * 100), "");
  EXPECT_EQ(name_at(wire, 1 + 2 * 199), "dns.name.pointer_loop");
}

TEST(DnsName, KnowsTheLongestNameToTheByte) {
  const std::string label = "\x3f" + std::string(63, 'a');
  const std::string longest = label + label + label + "\x3d" + std::string(61, 'b') + '\0';
  ASSERT_EQ(longest.size(), 255u);
  EXPECT_EQ(name_at(longest, 0).size(), 253u);
  const std::string longer = label + label + label + "\x3e" + std::string(62, 'b') + '\0';
  EXPECT_EQ(name_at(longer, 0), "dns.name.too_long");
  const std::string compressed = longest +
                                 "\x01"
                                 "c\xc0" +
                                 u8(0);
  EXPECT_EQ(name_at(compressed, 255), "dns.name.too_long");
}

TEST(DnsName, RefusesReservedLabelTypesAndCuts) {
  EXPECT_EQ(name_at("\x40"
                    "a",
                    0),
            "dns.name.label_type");
  EXPECT_EQ(name_at("\x80"
                    "a",
                    0),
            "dns.name.label_type");
  EXPECT_EQ(name_at("\x05"
                    "abc",
                    0),
            "dns.name.short");
  EXPECT_EQ(name_at("\x03"
                    "abc",
                    0),
            "dns.name.short");
  EXPECT_EQ(name_at("\xc0", 0), "dns.name.short");
  EXPECT_EQ(name_at("", 0), "dns.name.short");
}

TEST(DnsMessageParser, EveryCutOfAMessageSaysWhereItBroke) {
  const std::string whole = answer(1, "bank.example");
  EXPECT_EQ(problem_of(whole), "");
  const std::size_t question_end = 12 + wire_name("bank.example").size() + 4;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string problem = problem_of(whole.substr(0, size));
    if (size < 12) {
      EXPECT_EQ(problem, "refused: dns.message.short");
    } else if (size < question_end) {
      EXPECT_TRUE(problem == "refused: dns.name.short" || problem == "refused: dns.question.short");
    } else {
      EXPECT_TRUE(problem == "dns.name.short" || problem == "dns.record.short") << size << problem;
    }
  }
}

TEST(DnsMessageParser, RefusesMoreQuestionsThanItsLimit) {
  EXPECT_EQ(problem_of(message(1, 0, {129}, question(""))), "refused: dns.question.too_many");
  EXPECT_EQ(problem_of(message(1, 0, {128}, question(""))), "dns.name.short")
      << "the first is kept";
}

TEST(DnsMessageParser, KeepsADamagedMessageOnlyWithAQuestionOfAKnownClass) {
  EXPECT_EQ(problem_of(message(1, 0, {2}, question("bank.example") + "\x40")),
            "dns.name.label_type");
  EXPECT_EQ(problem_of(message(1, 0, {2}, question("bank.example", 1, 77) + "\x40")),
            "refused: dns.name.label_type");
  EXPECT_EQ(problem_of(message(1, 0, {}, question("bank.example", 1, 77))), "");
}

TEST(DnsMessageParser, ReadsTheHeaderAndAllSections) {
  const std::string wire = message(0x1234, 0x8583, {1, 1, 1, 2},
                                   question("bank.example", 15) +
                                       record(kFirstQuestion, 15, 60, u16(10) + kFirstQuestion) +
                                       record(kFirstQuestion, 6, 90, "") + opt(1, 0x8000) +
                                       record(wire_name("key.example"), 250, 0, "signature", 255));
  DnsMessage parsed;
  ASSERT_FALSE(parse_dns_message(bytes_of(wire), parsed));
  EXPECT_TRUE(parsed.is_exact());
  EXPECT_EQ(parsed.id, 0x1234);
  EXPECT_EQ(parsed.rcode, 19) << "16 from EDNS, 3 from the header";
  EXPECT_TRUE(parsed.is_dnssec_ok);
  EXPECT_TRUE(parsed.has_tsig);
  ASSERT_EQ(parsed.records.size(), 3u) << "OPT is left out";
  EXPECT_EQ(parsed.records[1].section, 2);
}

std::string rdata_of(unsigned type, const std::string& rdata) {
  const std::string wire =
      message(1, 0x8000, {1, 1}, question("bank.example") + record(kFirstQuestion, type, 0, rdata));
  DnsMessage parsed;
  EXPECT_FALSE(parse_dns_message(bytes_of(wire), parsed));
  std::string out = "kept ";
  if (const DnsProblem problem = append_rdata(parsed.wire, parsed.records.at(0), out)) {
    EXPECT_EQ(out, "kept ") << "a problem leaves the output as it was";
    return std::string(problem.code);
  }
  return out.substr(5);
}

TEST(DnsRdata, ExpandsNamesOfTheWellKnownTypes) {
  const std::string bank = wire_name("bank.example");
  for (const unsigned type : {2u, 5u, 12u, 39u}) EXPECT_EQ(rdata_of(type, kFirstQuestion), bank);
  EXPECT_EQ(rdata_of(15, u16(10) + "\x04mail" + kFirstQuestion),
            u16(10) + wire_name("mail.bank.example"));
  const std::string times = std::string(20, '\x01');
  EXPECT_EQ(rdata_of(6, kFirstQuestion + kFirstQuestion + times), bank + bank + times);
  EXPECT_EQ(rdata_of(33, u16(1) + u16(2) + u16(25) + kFirstQuestion),
            u16(1) + u16(2) + u16(25) + bank);
  const std::string naptr = u16(1) + u16(2) +
                            "\x01U\x07"
                            "E2U+sip" +
                            u8(0);
  EXPECT_EQ(rdata_of(35, naptr + kFirstQuestion), naptr + bank);
}

TEST(DnsRdata, LeavesOtherTypesAlone) {
  EXPECT_EQ(rdata_of(16, "\x05hello"), "\x05hello");
  EXPECT_EQ(rdata_of(65'280, kFirstQuestion), kFirstQuestion);
  EXPECT_EQ(rdata_of(2, ""), "") << "empty data stands in updates";
}

TEST(DnsRdata, SaysWhatIsWrong) {
  EXPECT_EQ(rdata_of(15, u8(1)), "dns.rdata.short");
  EXPECT_EQ(rdata_of(6, kFirstQuestion), "dns.rdata.short");
  EXPECT_EQ(rdata_of(35, u32(0) + "\xff"), "dns.rdata.short");
  EXPECT_EQ(rdata_of(2, "\xc0"), "dns.name.short");
  EXPECT_EQ(rdata_of(5,
                     "\x03"
                     "a"),
            "dns.name.short");
}

TEST(DnsPlausible, TakesOnlyWholeOrdinaryMessages) {
  const auto passes = [](const std::string& wire) {
    DnsMessage parsed;
    return !parse_dns_message(bytes_of(wire), parsed) && is_strictly_plausible(parsed);
  };
  EXPECT_TRUE(passes(query(1, "bank.example")));
  EXPECT_TRUE(passes(answer(1, "bank.example")));
  EXPECT_FALSE(passes(query(1, "bank.example") + "x"));
  EXPECT_FALSE(passes(query(1, "bank.example").substr(0, 20)));
  EXPECT_FALSE(passes(message(1, 0x0100, {}, question("bank.example", 1, 77))));
  EXPECT_FALSE(passes(message(1, 0x2800, {}, question("bank.example"))));
  EXPECT_FALSE(passes(message(1, 0x0140, {}, question("bank.example"))));
  EXPECT_FALSE(passes(message(1, 0x0103, {}, question("bank.example")))) << "a query with an rcode";
}

}  // namespace
}  // namespace assay::test
