// Every shared capture beside tshark: the same messages, or a difference that is explained here and
// in docs/differences-tshark.md. Needs the program tshark and the shared collection.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>
#include <sstream>

#include "golden.h"
#include "pcap_read.h"
#include "readers/byte_order.h"
#include "readers/dns_message.h"

namespace assay::test {
namespace {

namespace fs = std::filesystem;

std::string output_of(const std::string& command) {
  std::string out;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  char chunk[65'536];
  for (std::size_t n = 0; (n = std::fread(chunk, 1, sizeof chunk, pipe)) > 0;) out.append(chunk, n);
  pclose(pipe);
  return out;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

constexpr char kBetween = '\x1f';  // parts the occurrences of a field; no name holds it

// Bytes that are not letters, digits, '.', '-' or '_', which every program prints in its own way,
// are compared as runs: one '?' each.
void append_plain(char c, std::string& out) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '.' || c == '-' || c == '_')) {
    out += static_cast<char>(std::tolower(byte));
  } else if (out.empty() || out.back() != '?') {
    out += '?';
  }
}

// From canonical text: '\.' is a dot inside a label, '\DDD' a byte.
std::string plain(std::string_view canonical) {
  std::string out;
  for (std::size_t i = 0; i < canonical.size(); ++i) {
    if (canonical[i] != '\\') {
      append_plain(canonical[i], out);
    } else if (std::isdigit(static_cast<unsigned char>(canonical[i + 1])) != 0) {
      append_plain('?', out);
      i += 3;
    } else {
      append_plain(canonical[++i], out);
    }
  }
  return out;
}

// From tshark's text: '\NNN' octal, '\n' and the like are bytes; another backslash is itself.
std::string plain_of_tshark(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char after = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    append_plain(text[i], out);
    if (std::isdigit(static_cast<unsigned char>(after)) != 0) i += 3;
    if (after == 'u') i += 5;
    if (std::string_view("abfnrtv\\\"").find(after) != std::string_view::npos) ++i;
  }
  return out;
}

using Messages = std::map<std::string, int>;  // text -> how often

std::string describe(bool is_answer, const std::string& source, const std::string& destination,
                     unsigned id, std::string_view qname, unsigned qtype) {
  return fmt::format("{} {} > {} id {} {} {}", is_answer ? "answer" : "query", source, destination,
                     id, qname, qtype_text(static_cast<std::uint16_t>(qtype)));
}

Messages ours(const CollectingSink& sink) {
  Messages messages;
  for (const DnsRow& row : sink.rows) {
    if ((row.flags & (kMulticast | kExtraQuestion)) != 0) continue;
    const std::string client = sink.hosts.at(row.client), server = sink.hosts.at(row.server);
    // tshark prints the zone of an update under another field's name.
    const bool is_update = opcode_of(row.flags) == 5;
    const std::string name = is_update ? "" : plain(sink.names.at(row.qname));
    const unsigned type = is_update ? 0 : row.qtype;
    if (row.flags & kHasQuery) ++messages[describe(false, client, server, row.id, name, type)];
    if (row.flags & kHasAnswer) ++messages[describe(true, server, client, row.id, name, type)];
  }
  return messages;
}

// Of a packet in a tunnel, the inner addresses.
std::string innermost(const std::string& protocols, const std::string& v4, const std::string& v6) {
  const bool is_v6 = protocols.rfind(":ipv6") != std::string::npos &&
                     (protocols.rfind(":ip:") == std::string::npos ||
                      protocols.rfind(":ipv6") > protocols.rfind(":ip:"));
  const auto all = split(is_v6 ? v6 : v4, kBetween);
  return all.empty() ? "-" : IpAddress::parse(all.back())->to_string();
}

// The TTLs and addresses in records. tshark does not part the records of one frame by message, so
// they are compared over the whole capture; and it prints the types in an NSEC bitmap as if they
// were types of records, so types are not compared.
Messages our_records(const CollectingSink& sink) {
  Messages records;
  std::map<std::uint64_t, std::uint32_t> flags;
  for (const DnsRow& row : sink.rows) flags[row.offset] |= row.flags;
  for (const auto& [row, rdata] : sink.answers) {
    if ((flags[row.offset] & kMulticast) != 0) continue;
    ++records[fmt::format("ttl {}", row.ttl)];
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(rdata.data());
    if (row.type == 1 && rdata.size() == 4) {
      ++records[IpAddress::from_v4(be32(bytes)).to_string()];
    } else if (row.type == 28 && rdata.size() == 16) {
      ++records[IpAddress::from_v6(bytes).to_string()];
    }
  }
  return records;
}

std::vector<std::string> tshark_lines(const fs::path& capture, const std::string& options,
                                      const std::string& fields) {
  return split(output_of("tshark -n -r " + quoted(capture) + " " + options +
                         " -T fields -E occurrence=a -E separator=/t -E aggregator='" + kBetween +
                         "' " + fields + " 2>/dev/null"),
               '\n');
}

struct Told {
  Messages messages;
  Messages records;
  int malformed = 0;
};

Told told_by_tshark(const fs::path& capture, const std::string& options) {
  const std::string fields =
      "-e ip.src -e ip.dst -e ipv6.src -e ipv6.dst -e dns.id -e dns.flags.response"
      " -e dns.count.queries -e dns.qry.type -e _ws.malformed -e dns.qry.name -e frame.protocols"
      " -e dns.resp.ttl -e dns.a -e dns.aaaa";
  Told told;
  for (const std::string& line : tshark_lines(capture, options + " -Y dns", fields)) {
    auto columns = split(line, '\t');
    columns.resize(14);
    if (!columns[8].empty()) ++told.malformed;
    const auto ids = split(columns[4], kBetween), responses = split(columns[5], kBetween),
               counts = split(columns[6], kBetween), types = split(columns[7], kBetween),
               names = split(columns[9], kBetween);
    std::size_t at = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const bool has_name =
          at < names.size() && at < types.size() && i < counts.size() && counts[i] != "0";
      const bool is_answer = i < responses.size() && responses[i] == "1";
      std::string name = has_name ? plain_of_tshark(names[at]) : "";
      if (name == "?root?") name.clear();
      ++told.messages[describe(is_answer, innermost(columns[10], columns[0], columns[2]),
                               innermost(columns[10], columns[1], columns[3]),
                               static_cast<unsigned>(std::stoul(ids[i], nullptr, 16)), name,
                               has_name ? static_cast<unsigned>(std::stoul(types[at])) : 0)];
      if (i < counts.size()) at += std::stoul(counts[i]);
    }
    for (const auto& ttl : split(columns[11], kBetween)) ++told.records["ttl " + ttl];
    for (const std::string& column : {columns[12], columns[13]}) {
      for (const std::string& text : split(column, kBetween)) {
        ++told.records[IpAddress::parse(text)->to_string()];
      }
    }
  }
  return told;
}

int total(const Messages& messages) {
  int sum = 0;
  for (const auto& [text, count] : messages) sum += count;
  return sum;
}

// What is in `a` and not in `b`.
Messages minus(const Messages& a, const Messages& b) {
  Messages rest;
  for (const auto& [text, count] : a) {
    const auto found = b.find(text);
    const int left = count - (found == b.end() ? 0 : found->second);
    if (left > 0) rest[text] = left;
  }
  return rest;
}

std::string list(const Messages& messages) {
  std::string out;
  int shown = 0;
  for (const auto& [text, count] : messages) {
    if (++shown > 12) return out + "    ...\n";
    out += fmt::format("    {} x {}\n", count, text.substr(0, 160));
  }
  return out;
}

// FNV-1a over the messages or records and how often each differs; 0 when none does. The counts
// alone would not see that one message is lost while another is gained.
std::uint64_t digest_of(const Messages& only_tshark, const Messages& only_ours) {
  if (only_tshark.empty() && only_ours.empty()) return 0;
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const Messages* messages : {&only_tshark, &only_ours}) {
    for (const auto& [text, count] : *messages) {
      for (const char c : fmt::format("{} x {}\n", count, text)) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
      }
    }
    hash = (hash ^ '|') * 0x100000001b3;
  }
  return hash;
}

// What only one of the two reports, by capture; docs/differences-tshark.md says why, in this order.
struct Difference {
  int only_tshark = 0;
  int only_ours = 0;
  std::uint64_t digest = 0;
};
using Differences = std::map<std::string, Difference>;
const Differences kMessages = {
    {"pcap/dnscap-dnso1tcp-bighole.pcap", {0, 35, 0xd1ccf801febca43e}},
    {"pcap/malcolm-DNS.pcap", {1005, 2, 0x56c24d7649616725}},
    {"pcap/malcolm-Tunnels.pcap", {2, 0, 0xe68c7c495fc73a15}},
    {"pcap/malcolm-ripple20-dns_caa.pcap", {7, 1, 0x022e69b7fdb37307}},
    {"pcap/tcpdump-dns-badlabel.pcap", {1, 0, 0x45619a79815f0205}},
    {"pcap/tcpdump-dns_fwdptr.pcap", {1, 0, 0xf5800803e0dad427}},
    {"pcap/zeek-dns/dns-edns-ecs-bad.pcap", {4, 0, 0xf2d9bf786e805aa2}},
    {"pcap/zeek-dns/dns__dns-invalid-names.pcap", {3, 0, 0x10a5d2e5a9405c8e}},
    {"cdns/knot-live.raw.pcap.xz", {23, 2, 0x71b62342c0a2c8eb}},
    {"cdns/malformed.pcap.xz", {2, 0, 0x4974602a89dca5e9}},
};
const Differences kRecords = {
    {"pcap/malcolm-DNS.pcap", {56, 12, 0x0f2887c985b27406}},
    {"pcap/malcolm-ripple20-dns_caa.pcap", {0, 128, 0x9a8f9fb91649f19a}},
    {"pcap/ndpi-malformed_dns.pcap", {12, 0, 0xb3f6501cf68f4beb}},
    {"pcap/zeek-dns/dns-edns-ecs.pcap", {2, 0, 0xdd08d2d36d6fb481}},
    {"pcap/zeek-dns/dns-edns-ecs-bad.pcap", {53, 0, 0xd8284205823f203d}},
    {"pcap/zeek-dns/dns-tsig.pcap", {1, 0, 0x3b0b195472f74b06}},
    {"pcap/zeek-dns/dns__dns-edns-bad-length.pcap", {0, 2, 0x20b7630c83a4b85c}},
    {"pcap/zeek-dns/dns__dynamic-update.pcap", {2, 0, 0xdd08d2d36d6fb481}},
    {"pcap/zeek-dns/dns__tkey.pcap", {1, 0, 0x3b0b195472f74b06}},
    {"cdns/knot-live.raw.pcap.xz", {323, 0, 0x47dace21064d0bf9}},
};

class BesideTshark : public ::testing::Test {
 protected:
  void SetUp() override {
    if (output_of("tshark --version 2>/dev/null").empty()) {
      GTEST_SKIP() << "tshark is not installed; nothing was compared";
    }
  }
  // The capture's bytes; a compressed one is unpacked into `unpacked`, where tshark finds it.
  static fs::path plain_file(const fs::path& path) {
    const std::string tool = path.extension() == ".xz"   ? "xz -dc "
                             : path.extension() == ".gz" ? "gzip -dc "
                                                         : "";
    if (tool.empty()) return path;
    const fs::path unpacked = fs::temp_directory_path() / ("assay-" + path.stem().string());
    std::ofstream(unpacked, std::ios::binary) << output_of(tool + quoted(path));
    return unpacked;
  }
  static void expect_explained(const std::string& what, const Messages& tshark,
                               const Messages& here, const Differences& explained,
                               const std::string& label) {
    const Messages only_tshark = minus(tshark, here), only_ours = minus(here, tshark);
    const auto found = explained.find(label);
    const Difference expected = found == explained.end() ? Difference{} : found->second;
    const std::uint64_t digest = digest_of(only_tshark, only_ours);
    EXPECT_TRUE(total(only_tshark) == expected.only_tshark &&
                total(only_ours) == expected.only_ours && digest == expected.digest)
        << what << fmt::format(": digest {:#018x}", digest) << "\n  only tshark "
        << total(only_tshark) << ":\n"
        << list(only_tshark) << "  only here " << total(only_ours) << ":\n"
        << list(only_ours);
  }
  static void compare(const fs::path& path, const std::string& label, const std::string& options) {
    const fs::path file = plain_file(path);
    CollectingSink sink;
    read_capture(file_bytes(file), sink);
    const Told told = told_by_tshark(file, options);
    const Messages here = ours(sink);
    expect_explained(label + ": messages", told.messages, here, kMessages, label);
    expect_explained(label + ": records", told.records, our_records(sink), kRecords, label);
    std::printf("%s: tshark %d messages (%d frames malformed), here %d, rejects %d\n",
                label.c_str(), total(told.messages), told.malformed, total(here),
                static_cast<int>(sink.balance().rejected));
    if (file != path) fs::remove(file);
  }
  static void compare_folder(const std::string& folder) {
    std::set<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(shared_file(folder))) {
      const std::string name = entry.path().filename().string();
      if (name.find(".pcap") != std::string::npos && !name.ends_with(".py") &&
          !name.ends_with(".info")) {
        paths.insert(entry.path());
      }
    }
    for (const fs::path& path : paths) {
      compare(path, folder + "/" + path.filename().string(), "");
    }
  }
};

TEST_F(BesideTshark, FindsTheSameMessagesInMixedCaptures) {
  ASSAY_NEED_SHARED(folder, "pcap");
  compare_folder("pcap");
}

TEST_F(BesideTshark, FindsTheSameMessagesInOneTopicCaptures) {
  ASSAY_NEED_SHARED(folder, "pcap/zeek-dns");
  compare_folder("pcap/zeek-dns");
}

TEST_F(BesideTshark, FindsTheSameMessagesInMailCaptures) {
  ASSAY_NEED_SHARED(folder, "pcap/zeek-smtp");
  compare_folder("pcap/zeek-smtp");
}

TEST_F(BesideTshark, FindsTheSameMessagesInCompressedServerCaptures) {
  ASSAY_NEED_SHARED(folder, "cdns");
  compare_folder("cdns");
}

TEST_F(BesideTshark, FindsTheSameMessagesOnPortsThatTsharkIsToldOf) {
  ASSAY_NEED_SHARED(path, "live/lo-all-servers.pcap");
  std::string options;
  for (int port = 5301; port <= 5304; ++port) {
    options += fmt::format("-d udp.port=={},dns -d tcp.port=={},dns ", port, port);
  }
  compare(path, "live/lo-all-servers.pcap", options);
}

}  // namespace
}  // namespace assay::test
