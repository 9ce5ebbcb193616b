// dnstap (https://dnstap.info) as an authoritative server writes it: a query and its response, in
// a Frame Streams file. Three numbers of Protocol Buffers are all that it takes.
#include <fmt/core.h>

#include "assay/names.h"
#include "sim/records/mail.h"
#include "sim/records/records.h"
#include "sim/times.h"

namespace assay::sim {
namespace {

constexpr std::string_view kContentType = "protobuf:dnstap.Dnstap";
constexpr std::uint32_t kControlStart = 2, kControlStop = 3, kContentTypeField = 1;
constexpr unsigned kAuthQuery = 1, kAuthResponse = 2;
constexpr std::uint16_t kNxdomain = 3;
constexpr std::int64_t kAnswerUs = 200;

std::string big_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(0x80 | (value & 0x7f));
  return out + static_cast<char>(value);
}

std::string number_field(unsigned field, std::uint64_t value) {
  return varint(field << 3) + varint(value);
}
std::string bytes_field(unsigned field, std::string_view bytes) {
  return varint(field << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}
std::string fixed32_field(unsigned field, std::uint32_t value) {
  std::string bytes = big_endian(value, 4);
  return varint(field << 3 | 5) + std::string(bytes.rbegin(), bytes.rend());
}

std::string address_bytes(const std::string& text) {
  const IpAddress address = IpAddress::parse(text).value_or(IpAddress());
  if (address.is_v4()) return big_endian(address.v4(), 4);
  return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
}

// Names of the simulator are plain: letters, digits, '-', '_' and dots between labels.
std::string wire_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    out += static_cast<char>(end - at);
    out += name.substr(at, end - at);
    at = end + 1;
  }
  return out + '\0';
}

struct Exchange {
  std::uint16_t id = 0, port = 0, qtype = 0, rcode = 0;
  std::int64_t time_us = 0;
  std::string client, server, name;
  std::string answer;  // rdata of one record
  std::uint32_t ttl = 0;
};

std::string dns_message(const Exchange& exchange, bool is_response) {
  const std::uint16_t flags =
      is_response ? static_cast<std::uint16_t>(0x8400 | exchange.rcode) : 0;  // QR, AA
  const bool has_answer = is_response && !exchange.answer.empty();
  std::string out = big_endian(exchange.id, 2) + big_endian(flags, 2) + big_endian(1, 2) +
                    big_endian(has_answer ? 1 : 0, 2) + big_endian(0, 4) +
                    wire_name(exchange.name) + big_endian(exchange.qtype, 2) + big_endian(1, 2);
  if (has_answer) {
    out += big_endian(0xc00c, 2) + big_endian(exchange.qtype, 2) + big_endian(1, 2) +
           big_endian(exchange.ttl, 4) + big_endian(exchange.answer.size(), 2) + exchange.answer;
  }
  return out;
}

std::string dnstap_message(const Exchange& exchange, bool is_response) {
  const auto time = [](unsigned field, std::int64_t us) {
    // A nanosecond is never 0, which would say that only seconds are told.
    const auto nanoseconds = static_cast<std::uint32_t>(us % 1'000'000 * 1'000 + 1);
    return number_field(field, static_cast<std::uint64_t>(us / 1'000'000)) +
           fixed32_field(field + 1, nanoseconds);
  };
  const bool is_v6 = exchange.client.size() == 16;
  std::string out =
      number_field(1, is_response ? kAuthResponse : kAuthQuery) + number_field(2, is_v6 ? 2 : 1) +
      number_field(3, 1) + bytes_field(4, exchange.client) + bytes_field(5, exchange.server) +
      number_field(6, exchange.port) + number_field(7, 53) + time(8, exchange.time_us);
  if (is_response) {
    out += time(12, exchange.time_us + kAnswerUs) + bytes_field(14, dns_message(exchange, true));
  } else {
    out += bytes_field(10, dns_message(exchange, false));
  }
  return out;
}

class FrameStream {
 public:
  explicit FrameStream(std::string& out) : out_(out) {}
  void start() {
    control(big_endian(kControlStart, 4) + big_endian(kContentTypeField, 4) +
            big_endian(kContentType.size(), 4) + std::string(kContentType));
  }
  void stop() { control(big_endian(kControlStop, 4)); }
  void data(const std::string& message, const std::string& identity) {
    const std::string payload =
        bytes_field(1, identity) + bytes_field(14, message) + number_field(15, 1);
    out_ += big_endian(payload.size(), 4) + payload;
  }

 private:
  void control(const std::string& body) {
    out_ += big_endian(0, 4) + big_endian(body.size(), 4) + body;
  }
  std::string& out_;
};

// What the zone says of a name: the target and its like have an address until it is removed.
void answer(const Scenario& scenario, const std::string& name, double time_s, Exchange& exchange) {
  const TargetName& target = scenario.target;
  const bool is_gone = target.removed_s != 0 && time_s >= target.removed_s;
  const bool is_run_on = name.starts_with(target.qname + ".");
  if (is_run_on || (is_gone && name == target.qname)) {
    exchange.rcode = kNxdomain;
  } else if (exchange.qtype == kTypeA) {
    exchange.answer = address_bytes(target.address);
    exchange.ttl = static_cast<std::uint32_t>(target.ttl_seconds);
    if (exchange.answer.size() != 4) exchange.answer.clear();
  }
}

}  // namespace

std::vector<RecordFile> dnstap_files(const Scenario& scenario, const SimulatedRun& run) {
  const auto& servers = scenario.vantage.servers;
  std::vector<RecordFile> files;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    files.push_back({fmt::format("ns{}.dnstap", i + 1), "", {}});
    FrameStream(files.back().bytes).start();
  }
  std::uint32_t number = 0;
  for (const Row& row : run.rows) {
    ++number;
    Exchange exchange;
    exchange.id = static_cast<std::uint16_t>(number * 40'503u);
    exchange.port = static_cast<std::uint16_t>(1'024 + number * 7'919u % 64'000);
    exchange.qtype = row.qtype;
    exchange.time_us = micros(row.time_s);
    exchange.client = address_bytes(run.clients[row.client]);
    exchange.server = address_bytes(servers[row.server]);
    exchange.name = run.names.name(row.name);
    answer(scenario, exchange.name, row.time_s, exchange);
    FrameStream stream(files[row.server].bytes);
    const std::string identity = fmt::format("ns{}.{}", row.server + 1, sender_domain(scenario));
    stream.data(dnstap_message(exchange, false), identity);
    stream.data(dnstap_message(exchange, true), identity);
    ++files[row.server].records["dns"];
  }
  for (RecordFile& file : files) FrameStream(file.bytes).stop();
  return files;
}

}  // namespace assay::sim
