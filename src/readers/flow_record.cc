#include "readers/flow_record.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "readers/field_table.h"
#include "readers/storable_time.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

using C = FlowColumn;

constexpr std::uint8_t kIcmp = 1, kIcmp6 = 58;

// What exporters write where there is nothing.
bool is_unset(std::string_view text) {
  return text.empty() || text == "-" || text == "--" || text == "null" || text == "NULL" ||
         text.starts_with("0000-00-00") || text == "None" || text == "nan" || text == "NaN";
}

bool is_unset_address(std::string_view text) {
  return text == "0.0.0.0" || text == "::" || text == "::0";
}

std::optional<double> parse_real(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

// "00:01:02.345" of nfdump, which writes days before it: "1d 00:01:02.345".
std::optional<double> parse_clock_span(std::string_view text) {
  double days = 0;
  if (const std::size_t d = text.find('d'); d != std::string_view::npos) {
    const auto count = parse_number<std::uint32_t>(text.substr(0, d));
    if (!count) return std::nullopt;
    days = *count;
    text.remove_prefix(d + 1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  double seconds = 0;
  for (int part = 0; part < 3; ++part) {
    const std::size_t colon = part < 2 ? text.find(':') : std::string_view::npos;
    const auto value = parse_real(text.substr(0, colon));
    if (!value || *value < 0 || (part < 2 && colon == std::string_view::npos)) return std::nullopt;
    seconds = seconds * 60 + *value;
    text.remove_prefix(part < 2 ? colon + 1 : text.size());
  }
  return days * 86'400 + seconds;
}

}  // namespace

std::string tcp_flag_letters(unsigned flags) {
  std::string letters = "CEUAPRSF";
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if ((flags >> (7 - i) & 1) == 0) letters[i] = '.';
  }
  return letters;
}

FlowRecord::FlowRecord(std::string_view prefix, LogClock clock, std::int64_t skew_us,
                       TimeFormat format, RecordSink& sink)
    : prefix_(prefix),
      clock_(std::move(clock)),
      skew_us_(skew_us),
      format_(std::move(format)),
      sink_(sink) {}

void FlowRecord::set(FlowColumn column, std::string_view text) {
  if (column == C::unknown || column == C::other || is_unset(text)) return;
  std::string_view& cell = cells_[static_cast<std::size_t>(column)];
  if (cell.empty() || is_unset_address(cell)) cell = text;
}

bool FlowRecord::refuse(std::string_view code, std::string why) {
  return refuse_as(fmt::format("{}.{}", prefix_, code), std::move(why));
}

bool FlowRecord::refuse_as(std::string code, std::string why) {
  refusal_code_ = std::move(code);
  refusal_why_ = std::move(why);
  return false;
}

bool FlowRecord::read_time(std::string_view text, LogClock::Reading& out) {
  CellTime time;
  if (!format_.read(text, time) || (!time.is_absolute && time.stamp.year == LogStamp::kNoYear)) {
    return refuse("time.unreadable", "its time is none that is known, or has no year");
  }
  if (time.is_absolute) {
    out = {0, time.width_us, 0};
    if (add_skew(time.us, skew_us_, out.us)) return true;
    return refuse_as(std::string(kTimeOutOfRange), std::string(kTimeOutOfRangeWhy));
  }
  if (clock_.read(time.stamp, out)) return true;
  return refuse_as(std::string(clock_.problem().code), std::string(clock_.problem().why));
}

bool FlowRecord::read_duration(Times& times) {
  static constexpr std::pair<C, double> kUnits[] = {
      {C::duration_s, 1e6}, {C::duration_ms, 1e3}, {C::duration_us, 1}, {C::duration_ns, 1e-3}};
  for (const auto& [column, micros] : kUnits) {
    const std::string_view text = cell(column);
    if (text.empty()) continue;
    auto value = parse_real(text);
    if (!value && column == C::duration_s) value = parse_clock_span(text);
    if (!value || *value < 0 || *value * micros > 1e17) {
      return refuse("duration.unreadable", "its duration is no span of time");
    }
    times.duration_us = std::llround(*value * micros);
    return true;
  }
  return true;
}

bool FlowRecord::set_times(RecordRow& row) {
  Times times;
  LogClock::Reading begin, end;
  if (!read_duration(times)) return false;
  const bool has_begin = !cell(C::begin).empty(), has_end = !cell(C::end).empty();
  if (!has_begin && !has_end) return refuse("time.missing", "it tells no time");
  if (has_begin && !read_time(cell(C::begin), begin)) return false;
  if (has_end && !read_time(cell(C::end), end)) return false;
  const std::int64_t duration = times.duration_us.value_or(0);
  row.width_us = has_begin ? begin.width_us : end.width_us;
  row.flags = has_begin ? begin.flags : end.flags;
  bool is_in_range = true;
  if (has_begin) {
    row.time_us = begin.us;
    is_in_range = has_end || add_skew(begin.us, duration, row.until_us);
    if (has_end) row.until_us = end.us;
  } else {
    row.until_us = end.us;
    is_in_range = add_skew(end.us, -duration, row.time_us);
  }
  if (!is_in_range) return refuse_as(std::string(kTimeOutOfRange), std::string(kTimeOutOfRangeWhy));
  if (row.until_us < row.time_us) {
    sink_.note("flow.ends_before_begin", cell(C::end));
    row.until_us = row.time_us;
  }
  odd_duration_us_.reset();
  if (times.duration_us && *times.duration_us != row.until_us - row.time_us) {
    odd_duration_us_ = times.duration_us;
  }
  if (times.duration_us || (has_begin && has_end)) ++timed_;
  return true;
}

bool FlowRecord::set_hosts(RecordRow& row) {
  for (const auto& [column, word, key] : {std::tuple(C::client, "source", &row.client),
                                          std::tuple(C::server, "destination", &row.server)}) {
    const auto address = IpAddress::parse(cell(column));
    if (!address) {
      return refuse("address.unreadable", fmt::format("its {} is no address", word));
    }
    *key = sink_.host(*address);
  }
  return true;
}

void FlowRecord::set_protocol(RecordRow& row) {
  const std::string_view text = cell(C::protocol);
  if (text.empty()) return;
  if (const auto number = flow_protocol(text)) {
    row.protocol = *number;
  } else {
    sink_.note("flow.protocol_unknown", text);
  }
}

bool FlowRecord::set_ports(RecordRow& row) {
  const bool is_icmp = row.protocol == kIcmp || row.protocol == kIcmp6;
  icmp_.clear();
  if (is_icmp && !cell(C::icmp_type).empty()) {
    const std::string_view code = cell(C::icmp_code);
    icmp_ = fmt::format("{}/{}", cell(C::icmp_type), code.empty() ? "0" : code);
    return true;
  }
  std::string_view to = cell(C::server_port);
  if (is_icmp && to.find('.') != std::string_view::npos) {
    icmp_ = to;  // nfdump prints type and code as "3.1"
    icmp_[to.find('.')] = '/';
    return true;
  }
  for (const auto& [column, port] :
       {std::pair(C::client_port, &row.client_port), std::pair(C::server_port, &row.server_port)}) {
    const std::string_view text = cell(column);
    if (text.empty()) continue;
    auto number = parse_number<std::uint16_t>(text);
    if (!number && text.starts_with("0x")) {
      std::uint16_t value = 0;
      const auto [end, error] =
          std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
      if (error == std::errc() && end == text.data() + text.size()) number = value;
    }
    if (!number) return refuse("port.unreadable", fmt::format("'{}' is no port", text));
    *port = *number;
  }
  if (is_icmp) {
    // NetFlow and SiLK put 256 * type + code in the place of the port.
    if (row.client_port == 0 && row.server_port != 0) {
      icmp_ = fmt::format("{}/{}", row.server_port >> 8, row.server_port & 255);
    }
    row.client_port = row.server_port = 0;
  }
  return true;
}

bool FlowRecord::count(FlowColumn column, std::uint64_t& out, bool& is_told) {
  const std::string_view text = cell(column);
  if (text.empty()) return true;
  if (const auto whole = parse_number<std::uint64_t>(text)) {
    out = *whole;
  } else {
    constexpr double kMost = 9'007'199'254'740'992;  // 2^53; "1830.0" of programs for statistics
    auto real = parse_real(text);
    // nfdump shortens numbers for people: "1.2 M".
    double unit = 1;
    if (!real && text.size() > 2 && text[text.size() - 2] == ' ') {
      const std::size_t power = std::string_view("KMGT").find(text.back());
      if (power != std::string_view::npos) unit = std::pow(1e3, static_cast<double>(power) + 1);
      if (unit > 1) real = parse_real(text.substr(0, text.size() - 2));
      if (unit > 1) sink_.note("flow.rounded", text);
    }
    if (!real || *real < 0 || *real * unit > kMost || (unit == 1 && *real != std::floor(*real))) {
      return refuse("count.unreadable", fmt::format("'{}' is no count", text));
    }
    out = static_cast<std::uint64_t>(std::llround(*real * unit));
  }
  is_told = true;
  return true;
}

bool FlowRecord::split_total(FlowColumn total, FlowColumn sent, FlowColumn received,
                             std::uint64_t& out_sent, std::uint64_t& out_received) {
  bool has_total = false, has_sent = false, has_received = false;
  std::uint64_t both = 0;
  if (!count(total, both, has_total) || !count(sent, out_sent, has_sent) ||
      !count(received, out_received, has_received)) {
    return false;
  }
  if (has_total && has_sent && !has_received && both >= out_sent) {
    out_received = both - out_sent;
    has_received = true;
  } else if (has_total && !has_sent && has_received && both >= out_received) {
    out_sent = both - out_received;
  } else if (has_total && !has_sent && !has_received) {
    out_sent = both;
    sink_.note("flow.total_only", "what both sides sent stands as sent by the client");
  }
  if (has_total || has_sent || has_received) ++counted_;
  if (has_received && out_received > 0) ++two_way_;
  return true;
}

bool FlowRecord::set_counts(RecordRow& row) {
  bool is_told = false;
  if (!count(C::count, row.count, is_told)) return false;
  if (row.count == 0) row.count = 1;
  return split_total(C::packets_total, C::packets_sent, C::packets_received, row.packets_sent,
                     row.packets_received) &&
         split_total(C::bytes_total, C::bytes_sent, C::bytes_received, row.bytes_sent,
                     row.bytes_received);
}

void FlowRecord::add_flags(FlowColumn column, FieldId field) {
  const std::string_view text = cell(column);
  if (text.find_first_not_of('.') == std::string_view::npos) return;
  std::optional<unsigned> number = parse_number<unsigned>(text);
  if (text.starts_with("0x")) {
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    if (error == std::errc() && end == text.data() + text.size()) number = value;
  }
  if (number == 0u) return;
  sink_.add_field(field, number && *number <= 0xff ? tcp_flag_letters(*number) : std::string(text));
}

void FlowRecord::add_fields() {
  static const FieldId kSent = field_id("tcp_flags_sent"), kBack = field_id("tcp_flags_received"),
                       kIcmpField = field_id("icmp_type"), kDuration = field_id("duration_us");
  static const auto kTexts = field_table<C>({{C::tos, "tos"},
                                             {C::vlan, "vlan"},
                                             {C::input, "input_interface"},
                                             {C::output, "output_interface"},
                                             {C::next_hop, "next_hop"},
                                             {C::exporter, "exporter"},
                                             {C::sampling, "sampling"},
                                             {C::app, "app_protocol"},
                                             {C::state, "conn_state"},
                                             {C::action, "action"},
                                             {C::end_reason, "flow_end_reason"},
                                             {C::direction, "direction"},
                                             {C::community_id, "community_id"},
                                             {C::uid, "uid"},
                                             {C::sensor, "sensor_id"}});
  add_flags(C::flags, kSent);
  add_flags(C::flags_sent, kSent);
  add_flags(C::flags_received, kBack);
  sink_.add_field(kIcmpField, icmp_);
  if (odd_duration_us_) sink_.add_field(kDuration, std::to_string(*odd_duration_us_));
  for (const auto& [key, field] : kTexts) {
    const std::string_view text = cell(key);
    // Routers write 0 and 0.0.0.0 for what they do not know.
    if (text != "0" && !is_unset_address(text)) sink_.add_field(field, text);
  }
}

RecordRow FlowRecord::row_at(const TextLine& line, RecordKind kind) const {
  RecordRow row;
  row.kind = kind;
  row.offset = line.offset;
  row.length = static_cast<std::uint32_t>(std::max<std::uint64_t>(line.length, line.text.size()));
  return row;
}

void FlowRecord::take_status(const TextLine& line) {
  RecordRow row = row_at(line, RecordKind::recorder);
  if (!set_times(row)) return reject_line(sink_, line, refusal_code_, refusal_why_);
  static const FieldId kStatus = field_id("status");
  sink_.add_record(row);
  sink_.add_field(kStatus, cell(C::status));
  sink_.note("flow.status", cell(C::status));
  sink_.used_unit();
}

void FlowRecord::take(const TextLine& line) {
  RecordRow row = row_at(line, RecordKind::flow);
  set_protocol(row);
  if (!set_times(row) || !set_hosts(row) || !set_ports(row) || !set_counts(row)) {
    return reject_line(sink_, line, refusal_code_, refusal_why_);
  }
  if (!line.is_terminated) sink_.note("line.unterminated", line.text);
  ++rows_;
  totals_.flows += row.count;
  totals_.packets += row.packets_sent + row.packets_received;
  totals_.bytes += row.bytes_sent + row.bytes_received;
  totals_.bytes_back += row.bytes_received;
  sink_.add_record(row);
  add_fields();
  sink_.used_unit();
}

void FlowRecord::note_missing() {
  if (rows_ == 0) return;
  if (timed_ == 0) sink_.note("flow.no_end", "no record tells when its flow ended", rows_);
  if (counted_ == 0) sink_.note("flow.no_counts", "no record tells packets or bytes", rows_);
  if (two_way_ == 0) {
    sink_.note("flow.one_way",
               "each record tells of one direction: its client is who sent these packets, which "
               "may have been the answer",
               rows_);
  }
}

}  // namespace assay
