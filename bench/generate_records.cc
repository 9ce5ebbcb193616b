// generate_records FORMAT N OUT [SEED]: N records of the same traffic as Zeek's dns.log in columns
// (zeek-tsv) or JSON (zeek-json), passive-DNS lines (cof), Suricata's events (eve), or dnstap.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <string>

#include "traffic.h"
#include "wire.h"

namespace {

using assay::bench::Bytes;
using assay::bench::kA;
using assay::bench::kAaaa;
using assay::bench::Lookup;

template <class... Values>
void append(std::string& out, const char* pattern, Values... values) {
  char text[1024];
  const int size = std::snprintf(text, sizeof text, pattern, values...);
  out.append(text, static_cast<std::size_t>(size));
}

std::string seconds(std::int64_t us) {
  std::string text;
  append(text, "%" PRId64 ".%06" PRId64, us / 1'000'000, us % 1'000'000);
  return text;
}

std::string answer_of(const Lookup& l) {
  if (!l.does_exist) return "";
  if (l.qtype == kA) return "203.0.113." + std::to_string(l.name_rank & 255);
  return l.qtype == kAaaa ? "2001:db8:80::" + std::to_string(l.name_rank % 9'999)
                          : "mx." + l.qname.substr(l.qname.find('.') + 1);
}

constexpr const char* kZeekHead =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#open\t2026-03-02-00-00-00\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\trtt\tquery\t"
    "qclass\tqclass_name\tqtype\tqtype_name\trcode\trcode_name\tAA\tTC\tRD\tRA\tZ\tanswers\tTTLs\t"
    "rejected\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount\tinterval\tstring\tcount\tstring\t"
    "count\tstring\tcount\tstring\tbool\tbool\tbool\tbool\tcount\tvector[string]\t"
    "vector[interval]\tbool\n";

void zeek_tsv(const Lookup& l, std::string& out) {
  const std::string answer = answer_of(l);
  append(out, "%s\tC%016" PRIx64 "\t%s\t%u\t%s\t53\tudp\t%u\t%s\t%s\t1\tC_INTERNET\t%u\t%s\t",
         seconds(l.time_us).c_str(), assay::bench::mix(static_cast<std::uint64_t>(l.time_us)),
         l.client.text().c_str(), l.client_port, l.server.text().c_str(), l.id,
         seconds(l.delay_us).c_str(), l.qname.c_str(), l.qtype, type_mnemonic(l.qtype));
  append(out, "%s\tT\tF\t%s\tF\t0\t%s\t%s\tF\n", l.does_exist ? "0\tNOERROR" : "3\tNXDOMAIN",
         l.is_recursion_desired ? "T" : "F", answer.empty() ? "-" : answer.c_str(),
         answer.empty() ? "-" : "300.000000");
}

void zeek_json(const Lookup& l, std::string& out) {
  const std::string answer = answer_of(l);
  append(out,
         "{\"ts\":%s,\"uid\":\"C%016" PRIx64
         "\",\"id.orig_h\":\"%s\",\"id.orig_p\":%u,"
         "\"id.resp_h\":\"%s\",\"id.resp_p\":53,\"proto\":\"udp\",\"trans_id\":%u,\"rtt\":%s,"
         "\"query\":\"%s\",\"qclass\":1,\"qclass_name\":\"C_INTERNET\",\"qtype\":%u,",
         seconds(l.time_us).c_str(), assay::bench::mix(static_cast<std::uint64_t>(l.time_us)),
         l.client.text().c_str(), l.client_port, l.server.text().c_str(), l.id,
         seconds(l.delay_us).c_str(), l.qname.c_str(), l.qtype);
  append(out,
         "\"qtype_name\":\"%s\",\"rcode\":%s,\"AA\":true,\"TC\":false,\"RD\":%s,"
         "\"RA\":false,\"Z\":0,",
         type_mnemonic(l.qtype),
         l.does_exist ? "0,\"rcode_name\":\"NOERROR\"" : "3,\"rcode_name\":\"NXDOMAIN\"",
         l.is_recursion_desired ? "true" : "false");
  if (!answer.empty()) append(out, "\"answers\":[\"%s\"],\"TTLs\":[300.0],", answer.c_str());
  out += "\"rejected\":false}\n";
}

void cof(const Lookup& l, std::string& out) {
  const std::string answer = answer_of(l);
  append(out,
         "{\"rrname\":\"%s.\",\"rrtype\":\"%s\",\"rdata\":[\"%s\"],\"time_first\":%" PRId64
         ",\"time_last\":%" PRId64 ",\"count\":%" PRIu64 ",\"bailiwick\":\"%s.\"}\n",
         l.qname.c_str(), type_mnemonic(l.qtype), answer.empty() ? "192.0.2.1" : answer.c_str(),
         l.time_us / 1'000'000 - 86'400, l.time_us / 1'000'000, 1 + l.name_rank % 900,
         l.qname.substr(l.qname.find('.') + 1).c_str());
}

void eve(const Lookup& l, std::string& out) {
  const std::time_t whole = l.time_us / 1'000'000;
  std::tm tm{};
  gmtime_r(&whole, &tm);
  char stamp[40];
  std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
  append(out,
         "{\"timestamp\":\"%s.%06d+0000\",\"flow_id\":%" PRIu64
         ",\"in_iface\":\"eth0\",\"event_type\":\"dns\",\"src_ip\":\"%s\",\"src_port\":%u,"
         "\"dest_ip\":\"%s\",\"dest_port\":53,\"proto\":\"UDP\",\"dns\":{\"type\":\"query\","
         "\"id\":%u,\"rrname\":\"%s\",\"rrtype\":\"%s\",\"tx_id\":0}}\n",
         stamp, static_cast<int>(l.time_us % 1'000'000),
         assay::bench::mix(static_cast<std::uint64_t>(l.time_us)) >> 8, l.client.text().c_str(),
         l.client_port, l.server.text().c_str(), l.id, l.qname.c_str(), type_mnemonic(l.qtype));
}

void put_be32(std::string& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 128; value >>= 7) out.push_back(static_cast<char>(value | 128));
  out.push_back(static_cast<char>(value));
}

void put_number(std::string& out, int field, std::uint64_t value) {
  put_varint(out, static_cast<std::uint64_t>(field) << 3);
  put_varint(out, value);
}

void put_bytes(std::string& out, int field, std::string_view bytes) {
  put_varint(out, static_cast<std::uint64_t>(field) << 3 | 2);
  put_varint(out, bytes.size());
  out.append(bytes);
}

void put_fixed32(std::string& out, int field, std::uint32_t value) {
  put_varint(out, static_cast<std::uint64_t>(field) << 3 | 5);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string_view address_bytes(const assay::bench::Address& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.is_v6 ? 16u : 4u};
}

// One message of dnstap.proto: AUTH_QUERY or AUTH_RESPONSE.
void put_dnstap(const Lookup& l, bool is_answer, const Bytes& frame, std::string& out) {
  const std::size_t headers = 14u + (l.client.is_v6 ? 40u : 20u) + 8u;
  const std::string_view wire(reinterpret_cast<const char*>(frame.data()) + headers,
                              frame.size() - headers);
  std::string message, whole;
  put_number(message, 1, is_answer ? 2 : 1);
  put_number(message, 2, l.client.is_v6 ? 2 : 1);
  put_number(message, 3, 1);
  put_bytes(message, 4, address_bytes(l.client));
  put_bytes(message, 5, address_bytes(l.server));
  put_number(message, 6, l.client_port);
  put_number(message, 7, 53);
  const std::int64_t time_us = l.time_us + (is_answer ? l.delay_us : 0);
  put_number(message, is_answer ? 12 : 8, static_cast<std::uint64_t>(time_us / 1'000'000));
  put_fixed32(message, is_answer ? 13 : 9, static_cast<std::uint32_t>(time_us % 1'000'000) * 1'000);
  put_bytes(message, is_answer ? 14 : 10, wire);
  put_bytes(whole, 1, "ns1.bank.example");
  put_bytes(whole, 14, message);
  put_number(whole, 15, 1);
  put_be32(out, whole.size());
  out += whole;
}

// Frame Streams: a control frame is announced by a length of zero; START names the content.
std::string dnstap_head() {
  constexpr std::string_view kContent = "protobuf:dnstap.Dnstap";
  std::string out;
  put_be32(out, 0);
  put_be32(out, 12 + kContent.size());
  put_be32(out, 2);
  put_be32(out, 1);
  put_be32(out, kContent.size());
  out += kContent;
  return out;
}

void dnstap(const Lookup& l, std::string& out) {
  static Bytes frame;
  write_query_frame(l, frame);
  put_dnstap(l, false, frame, out);
  Lookup answered = l;
  write_answer_frame(answered, frame);
  // wire.h gives an answer the complement of the query's IP id only; the DNS id is the same.
  put_dnstap(l, true, frame, out);
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<void(const Lookup&, std::string&)>> formats = {
      {"zeek-tsv", zeek_tsv},
      {"zeek-json", zeek_json},
      {"cof", cof},
      {"eve", eve},
      {"dnstap", dnstap}};
  const auto format = argc > 3 ? formats.find(argv[1]) : formats.end();
  if (format == formats.end()) {
    std::fputs("usage: generate_records zeek-tsv|zeek-json|cof|eve|dnstap N OUT [SEED]\n", stderr);
    return 2;
  }
  const bool is_dnstap = format->first == "dnstap";
  const auto records = std::strtoull(argv[2], nullptr, 10) / (is_dnstap ? 2 : 1);
  std::FILE* out = std::fopen(argv[3], "wb");
  if (!out) {
    std::perror(argv[3]);
    return 3;
  }
  std::string text = is_dnstap ? dnstap_head() : format->first == "zeek-tsv" ? kZeekHead : "";
  assay::bench::Traffic traffic(argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1, records, 7);
  for (std::uint64_t i = 0; i < records; ++i) {
    format->second(traffic.next(), text);
    if (text.size() < (1u << 20) && i + 1 < records) continue;
    if (std::fwrite(text.data(), 1, text.size(), out) != text.size()) break;
    text.clear();
  }
  const bool is_written = !std::ferror(out) && std::fclose(out) == 0;
  if (!is_written) std::perror(argv[3]);
  return is_written ? 0 : 3;
}
