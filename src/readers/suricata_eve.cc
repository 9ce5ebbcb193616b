// Suricata's eve.json. The format and its codes: docs/formats/suricata_eve.md.
#include <fmt/core.h>

#include <algorithm>

#include "readers/eve_event.h"
#include "readers/readers.h"
#include "readers/storable_time.h"
#include "readers/zeek_head.h"

namespace assay {
namespace {

// The types of event that have a note of their own; others share one, since whoever writes the file
// chooses their words.
constexpr std::string_view kOtherTypes[] = {"alert",   "anomaly",  "arp",     "bittorrent_dht",
                                            "dcerpc",  "dhcp",     "dnp3",    "doh2",
                                            "drop",    "fileinfo", "ftp",     "ftp_data",
                                            "frame",   "http",     "http2",   "ike",
                                            "krb5",    "ldap",     "mdns",    "metadata",
                                            "modbus",  "mqtt",     "netflow", "nfs",
                                            "pgsql",   "pop3",     "quic",    "rdp",
                                            "rfb",     "sip",      "smb",     "snmp",
                                            "ssh",     "stats",    "telnet",  "tftp",
                                            "verdict", "websocket"};

// One sign for a lost byte takes three.
constexpr std::size_t kMaxLossyName = 3 * kMaxNameWireBytes;

std::uint8_t protocol_number(std::string_view word) {
  if (word == "TCP") return 6;
  if (word == "UDP") return 17;
  if (word == "ICMP") return 1;
  if (word == "IPv6-ICMP") return 58;
  return word == "SCTP" ? 132 : 0;
}

class EveRead {
 public:
  EveRead(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : context_(std::move(clock), skew_us, sink), dns_(context_), sink_(sink) {}

  void take(const TextLine& line) {
    EveEvent event;
    event.line = line;
    const auto error = parser_.parse(line.text.data(), line.text.size(), false).get(event.object);
    if (error)
      return reject_line(sink_, line, "eve.json.unreadable", simdjson::error_message(error));
    take_members(event);
    if (event.type.empty()) {
      return reject_line(sink_, line, "eve.type.missing", "the event has no 'event_type'");
    }
    EveProblem problem = context_.time(stamp_, event.time_us, event.width_us);
    if (!problem && !take_event(event, problem)) return note_other(event);
    if (problem) return reject_line(sink_, line, problem.code, problem.why);
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  void finish() { dns_.finish(); }

 private:
  void take_members(EveEvent& event) {
    stamp_ = {};
    for (const auto [key, value] : event.object) {
      if (key == "timestamp") {
        stamp_ = json_text(value);
      } else if (key == "event_type") {
        event.type = json_text(value);
      } else if (key == "src_ip") {
        event.source = json_text(value);
      } else if (key == "dest_ip") {
        event.destination = json_text(value);
      } else if (key == "src_port") {
        event.source_port = port_of(value);
      } else if (key == "dest_port") {
        event.destination_port = port_of(value);
      } else if (key == "proto") {
        event.protocol = json_text(value);
      }
    }
  }

  static std::uint16_t port_of(simdjson::dom::element value) {
    const auto port = json_count(value);
    return port && *port <= 0xffff ? static_cast<std::uint16_t>(*port) : 0;
  }

  // False for a type of which nothing is kept.
  bool take_event(const EveEvent& event, EveProblem& problem) {
    if (event.type == "dns") {
      problem = dns_.take(event);
    } else if (event.type == "flow") {
      problem = add_eve_flow(context_, event);
    } else if (event.type == "smtp" || event.type == "email") {
      problem = add_eve_mail(context_, event);
    } else if (event.type == "tls") {
      problem = add_eve_tls(context_, event);
    } else {
      return event.type == "stats" && add_eve_stats(context_, event, problem);
    }
    return true;
  }

  void note_other(const EveEvent& event) {
    const bool is_known = std::find(std::begin(kOtherTypes), std::end(kOtherTypes), event.type) !=
                          std::end(kOtherTypes);
    sink_.note(is_known ? fmt::format("eve.event_{}", event.type) : "eve.event_other", event.type);
    sink_.blank_unit();
  }

  EveContext context_;
  EveDns dns_;
  RecordSink& sink_;
  std::string_view stamp_;
  simdjson::dom::parser parser_;
};

class SuricataEve final : public Reader {
 public:
  std::string_view name() const override { return "suricata_eve"; }
  std::string_view summary() const override {
    return "eve.json of Suricata: dns, flow, smtp, tls and stats events";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    std::string_view first;
    for_each_head_line(head, [&](std::string_view line) {
      if (first.empty()) first = line;
    });
    if (!first.starts_with('{')) return {};
    simdjson::dom::parser parser;
    const auto object = parse_head_line(parser, first);
    if (!object) return {};
    const std::string_view type = eve_text(*object, "event_type");
    LogStamp stamp;
    const std::string_view text = eve_text(*object, "timestamp");
    if (type.empty() || text.empty() || parse_log_stamp(text, stamp) != text.size()) return {};
    if ((*object)[type].error() && (*object)["flow_id"].error()) return {};
    return {95, fmt::format("JSON lines with timestamp and event_type '{}'", type)};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    // Suricata prints the offset of its zone; a shipper may have cut it off.
    Clock clock_settings = context.clock;
    clock_settings.skew_us = 0;  // added with the range, in EveContext
    auto clock = LogClock::make(clock_settings, {});
    if (!clock.ok()) return clock.error();
    EveRead read(std::move(*clock), context.clock.skew_us, sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

EveProblem EveContext::time(std::string_view text, std::int64_t& us, std::uint32_t& width_us) {
  LogStamp stamp;
  LogClock::Reading reading;
  if (text.empty() || parse_log_stamp(text, stamp) != text.size()) {
    return {"eve.time.unreadable", "the event has no readable time"};
  }
  if (!clock_.read(stamp, reading)) return {clock_.problem().code, clock_.problem().why};
  width_us = reading.width_us;
  if (!add_skew(reading.us, skew_us_, us)) return {kTimeOutOfRange, kTimeOutOfRangeWhy};
  return {};
}

EveProblem EveContext::name(std::string_view text, bool is_cut, TextKeys::Name& name,
                            std::uint32_t& flags) {
  static constexpr std::string_view kLost = "\xef\xbf\xbd";  // U+FFFD
  bytes_.clear();
  if (text.find('\\') != std::string_view::npos) {
    append_zeek_unescaped(text, bytes_);  // Suricata escapes bytes in the same way
    text = bytes_;
  }
  const bool is_lossy = is_cut || text.find(kLost) != std::string_view::npos;
  if (!is_lossy) {
    if (const auto problem = keys.raw_name(text.empty() ? "." : text, name)) {
      return {problem->code, problem->text};
    }
    if (name.had_capitals) flags |= kNameHadCapitals;
    return {};
  }
  if (text.size() > kMaxLossyName) return {"dns.qname.too_long", "a name of more than 255 bytes"};
  if (text.ends_with('.')) text.remove_suffix(1);
  // One such sign stands for one to three bytes that were no UTF-8.
  std::string canonical;
  bool had_capitals = false;
  const auto append = [&](std::string_view part) {
    std::size_t dot = 0;
    for (; (dot = part.find('.')) != std::string_view::npos; part.remove_prefix(dot + 1)) {
      if (dot > 0) append_canonical_label(part.substr(0, dot), canonical, &had_capitals);
      canonical += '.';
    }
    if (!part.empty()) append_canonical_label(part, canonical, &had_capitals);
  };
  std::size_t lost = 0;
  for (; (lost = text.find(kLost)) != std::string_view::npos;
       text.remove_prefix(lost + kLost.size())) {
    append(text.substr(0, lost));
    canonical += "\\*";
  }
  append(text);
  if (is_cut) canonical += "\\*";
  keys.lossy_name(canonical, name);
  flags |= kNameLossy | (had_capitals ? kNameHadCapitals : 0u);
  return {};
}

EveProblem EveContext::hosts(const EveEvent& event, std::uint64_t& client, std::uint64_t& server) {
  const auto source = keys.host(event.source), destination = keys.host(event.destination);
  if (!source || !destination) {
    return {"eve.address.unreadable", "'src_ip' or 'dest_ip' holds no address"};
  }
  client = *source;
  server = *destination;
  return {};
}

EveProblem EveContext::begin(const EveEvent& event, RecordKind kind, RecordRow& row) {
  row.kind = kind;
  row.time_us = row.until_us = event.time_us;
  row.width_us = event.width_us;
  row.offset = event.line.offset;
  row.length = static_cast<std::uint32_t>(event.line.text.size());
  if (kind == RecordKind::recorder) return {};
  row.client_port = event.source_port;
  row.server_port = event.destination_port;
  row.protocol = protocol_number(event.protocol);
  return hosts(event, row.client, row.server);
}

const Reader& suricata_eve_reader() {
  static const SuricataEve reader;
  return reader;
}

}  // namespace assay
