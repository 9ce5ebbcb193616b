// The samples from which the DNS message parser is fuzzed: whole messages of many types, made here.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "golden.h"
#include "packet_builder.h"
#include "readers/dns_message.h"

namespace assay::test {
namespace {

struct MessageSample {
  const char* file;
  std::string wire;
};

std::string answer_of(const std::vector<std::string>& records, unsigned qtype = 255) {
  std::string rest = question("bank.example", qtype);
  for (const std::string& each : records) rest += each;
  return message(7, 0x8580, {1, static_cast<unsigned>(records.size())}, rest);
}
std::string one(unsigned type, const std::string& rdata) {
  return record(kFirstQuestion, type, 3'600, rdata);
}

std::vector<MessageSample> message_samples() {
  const std::string mail = "\x04mail" + kFirstQuestion, key(32, '\x5a');
  const std::string six = u32(0x20010db8) + std::string(11, '\0') + u8(0x53);
  const std::string signature = u16(1) + u8(8) + u8(2) + u32(3'600) + u32(1'780'000'000) +
                                u32(1'770'000'000) + u16(12'345) + wire_name("bank.example") + key;
  const std::string naptr = u16(1) + u16(2) + u8(1) + "U" + u8(7) + "E2U+sip" + u8(0);
  const std::string tsig = wire_name("hmac-sha256") + u16(0) + u32(1'772'409'600) + u16(300) +
                           u16(32) + key + u16(7) + u16(0) + u16(0);
  const std::string times = u32(1) + u32(7'200) + u32(900) + u32(1'209'600) + u32(300);
  return {
      {"query.dns", query(1, "bank.example", 15)},
      {"addresses.dns", answer_of({one(1, u32(0xc0000201)), one(28, six)})},
      {"names.dns", answer_of({one(2, mail), one(5, mail), one(12, mail), one(39, mail),
                               one(15, u16(10) + mail), one(33, std::string(6, '\1') + mail)})},
      {"soa.dns", message(7, 0x8583, {1, 0, 1, 1},
                          question("no.bank.example") +
                              record("\xc0" + u8(15), 6, 300, mail + mail + times) + opt(0, 0))},
      {"texts.dns", answer_of({one(16, "\x05hello\x05world"),
                               one(13,
                                   "\x01"
                                   "a\x01"
                                   "b"),
                               one(257, u8(0) + u8(5) + "issueca.example"),
                               one(35, naptr + wire_name("sip.bank.example"))})},
      {"dnssec.dns",
       answer_of({one(46, signature), one(48, u16(257) + u8(3) + u8(8) + key),
                  one(43, u16(12'345) + u8(8) + u8(2) + key),
                  one(47, wire_name("mail.bank.example") + u8(0) + u8(2) + u8(0x62) + u8(1)),
                  one(50, u8(1) + u8(0) + u16(10) + u8(2) + "ab" + u8(20) + key.substr(12) + u8(0) +
                              u8(1) + u8(0x40)),
                  one(52, u8(3) + u8(1) + u8(1) + key)})},
      {"edns.dns", message(7, 0x0120, {1, 0, 0, 1},
                           question("bank.example", 65) +
                               opt(1, 0x8000, u16(10) + u16(8) + std::string(8, '\3')))},
      {"tsig.dns", message(7, 0x2800, {1, 0, 1, 1},
                           question("bank.example", 6) + record(mail, 1, 0, "", 254) +
                               record(wire_name("key.example"), 250, 0, tsig, 255))}};
}

TEST(DnsMessageSamples, AreTheMessagesMadeHereAndWhole) {
  for (const MessageSample& sample : message_samples()) {
    const std::string path = std::string(ASSAY_TEST_DATA "/dns_messages/") + sample.file;
    SCOPED_TRACE(path);
    if (const char* update = std::getenv("ASSAY_UPDATE_GOLDEN"); update && *update == '1') {
      std::ofstream(path, std::ios::binary) << sample.wire;
    }
    EXPECT_TRUE(file_bytes(path) == sample.wire) << "the builder makes another message now";
    DnsMessage parsed;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(sample.wire.data());
    EXPECT_FALSE(parse_dns_message({bytes, sample.wire.size()}, parsed));
    EXPECT_TRUE(parsed.is_exact());
    for (const DnsRecord& each : parsed.records) {
      std::string rdata;
      EXPECT_FALSE(append_rdata(parsed.wire, each, rdata)) << each.type;
    }
  }
}

}  // namespace
}  // namespace assay::test
