#include "readers/export_record.h"

#include <fmt/core.h>

#include <algorithm>

#include "readers/byte_order.h"
#include "readers/flow_record.h"
#include "readers/storable_time.h"

namespace assay {

namespace {

using V = ExportValues;

constexpr std::uint8_t kIcmp = 1, kIcmp6 = 58;
constexpr std::uint32_t kCertPen = 6871;  // of YAF

// Unsigned numbers may be sent in fewer bytes than their type has (RFC 7011 section 6.2).
std::optional<std::uint64_t> number_of(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > 8) return std::nullopt;
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// Seconds since 1900 and a binary fraction (RFC 7011 section 6.1.9).
std::optional<std::int64_t> ntp_time(std::uint64_t value) {
  constexpr std::int64_t kFrom1900 = 2'208'988'800;
  const auto seconds = static_cast<std::int64_t>(value >> 32) - kFrom1900;
  const auto micros = static_cast<std::int64_t>(((value & 0xffffffff) * 1'000'000) >> 32);
  return seconds * kMicrosPerSecond + micros;
}

std::optional<std::int64_t> scaled(std::uint64_t value, std::int64_t micros) {
  std::int64_t out = 0;
  if (value > INT64_MAX || __builtin_mul_overflow(static_cast<std::int64_t>(value), micros, &out)) {
    return std::nullopt;
  }
  return out;
}

void widen(std::uint32_t width_us, ExportValues& out) {
  out.width_us = std::max(out.width_us, width_us);
}

void set_time_field(std::uint16_t id, std::uint64_t value, ExportValues& out) {
  auto& absolute = id % 2 == 0 ? out.begin_us : out.end_us;  // 150, 152, ... begin; 151, ... end
  switch (id) {
    case 150:
    case 151:
    case 322:
      widen(1'000'000, out);
      absolute = scaled(value, 1'000'000);
      return;
    case 152:
    case 153:
      widen(1'000, out);
      absolute = scaled(value, 1'000);
      return;
    case 323:
      widen(1'000, out);
      out.begin_us = scaled(value, 1'000);
      return;
    case 154:
    case 155:
    case 156:
    case 157:
    case 324:
      absolute = ntp_time(value);
      return;
    case 21:
      out.end_uptime_ms = static_cast<std::uint32_t>(value);
      return;
    case 22:
      out.begin_uptime_ms = static_cast<std::uint32_t>(value);
      return;
    case 158:
      out.begin_delta_us = value;
      return;
    case 159:
      out.end_delta_us = value;
      return;
    case 160:
      out.boot_us = scaled(value, 1'000);
      return;
    case 161:
      if (const auto micros = scaled(value, 1'000)) {
        out.duration_us = static_cast<std::uint64_t>(*micros);
      }
      return;
    case 162:
      out.duration_us = value;
      return;
    default:
      return;
  }
}

struct NumberField {
  std::uint16_t id;
  V::Number number;
};
constexpr NumberField kNumbers[] = {{4, V::protocol},
                                    {5, V::tos},
                                    {6, V::sent_flags},
                                    {7, V::client_port},
                                    {10, V::input},
                                    {11, V::server_port},
                                    {14, V::output},
                                    {32, V::icmp},
                                    {34, V::sampling_interval},
                                    {50, V::sampling_interval},
                                    {58, V::vlan},
                                    {61, V::direction},
                                    {136, V::end_reason},
                                    {139, V::icmp},
                                    {148, V::flow_id},
                                    {176, V::icmp_type},
                                    {177, V::icmp_code},
                                    {178, V::icmp_type},
                                    {179, V::icmp_code},
                                    {305, V::sampling_interval},
                                    {306, V::sampling_space}};

struct CountField {
  std::uint16_t id;
  V::Count count;
};
constexpr CountField kCounts[] = {
    {1, V::sent_octets},   {2, V::sent_packets},   {3, V::flows},          {85, V::sent_octets},
    {86, V::sent_packets}, {164, V::lost_packets}, {166, V::lost_flows},   {167, V::lost_packets},
    {231, V::sent_octets}, {232, V::back_octets},  {298, V::sent_packets}, {299, V::back_packets}};

void set_address(std::string_view bytes, std::string_view& out) {
  const bool is_unset = bytes.find_first_not_of('\0') == std::string_view::npos;
  if ((bytes.size() == 4 || bytes.size() == 16) && (out.empty() || !is_unset)) out = bytes;
}

void set_field(std::uint16_t id, std::string_view bytes, ExportValues& out) {
  switch (id) {
    case 8:
    case 27:
      return set_address(bytes, out.client);
    case 12:
    case 28:
      return set_address(bytes, out.server);
    case 15:
    case 62:
      return set_address(bytes, out.next_hop);
    case 130:
    case 131:
      return set_address(bytes, out.exporter);
    case 96:
      out.application = bytes.substr(0, bytes.find('\0'));
      return;
    default:
      break;
  }
  const auto value = number_of(bytes);
  if (!value) return;
  for (const auto& [known, number] : kNumbers) {
    if (known == id) out.number[number] = value;
  }
  for (const auto& [known, count] : kCounts) {
    if (known == id) out.count[count] = value;
  }
  if ((id == 23 || id == 24) && *value > 0) out.has_out_counters = true;
  set_time_field(id, *value, out);
}

void set_reverse(std::uint16_t id, std::string_view bytes, ExportValues& out) {
  const auto value = number_of(bytes);
  if (!value) return;
  if (id == 1 || id == 85) out.count[V::back_octets] = value;
  if (id == 2 || id == 86) out.count[V::back_packets] = value;
  if (id == 6) out.number[V::back_flags] = value;
}

// YAF sends the flags of the first packet (14) and those of the others (15) apart.
void set_cert(std::uint16_t id, std::string_view bytes, ExportValues& out) {
  const auto value = number_of(bytes);
  if (!value) return;
  auto& flags = out.number[(id & 0x4000) != 0 ? V::back_flags : V::sent_flags];
  if ((id & 0x3fff) == 14 || (id & 0x3fff) == 15) flags = flags.value_or(0) | *value;
}

std::optional<IpAddress> address_of(std::string_view bytes) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (bytes.size() == 4) return IpAddress::from_v4(be32(at));
  if (bytes.size() == 16) return IpAddress::from_v6(at);
  return std::nullopt;
}

std::string_view end_reason_text(std::uint64_t reason) {
  static constexpr std::string_view kTexts[] = {
      "idle timeout", "active timeout", "end of flow detected", "forced end", "lack of resources"};
  return reason >= 1 && reason <= std::size(kTexts) ? kTexts[reason - 1] : std::string_view();
}

// A counter of 32 bits runs over every 49.7 days, and an exporter that reads a capture counts from
// below zero: of all times that the counter can mean, the one nearest the message's own.
std::optional<std::int64_t> time_of_uptime(std::int64_t boot_us, std::uint32_t at_ms,
                                           std::int64_t export_us) {
  constexpr std::int64_t kTurn = (std::int64_t{1} << 32) * 1'000;
  std::int64_t apart = 0;
  if (__builtin_sub_overflow(export_us, boot_us, &apart)) return std::nullopt;
  std::int64_t ago = (apart % kTurn - std::int64_t{at_ms} * 1'000) % kTurn;
  if (ago > kTurn / 2) ago -= kTurn;
  if (ago < -kTurn / 2) ago += kTurn;
  return export_us - ago;
}

}  // namespace

bool take_values(const ExportTemplate& layout, std::string_view& set, ExportValues& out) {
  out = {};
  for (const ExportField& field : layout.fields) {
    std::size_t length = field.length;
    if (length == kVariableLength) {
      if (set.empty()) return false;
      length = static_cast<unsigned char>(set.front());
      set.remove_prefix(1);
      if (length == 255) {
        if (set.size() < 2) return false;
        length = be16(reinterpret_cast<const std::uint8_t*>(set.data()));
        set.remove_prefix(2);
      }
    }
    if (set.size() < length) return false;
    const std::string_view bytes = set.substr(0, length);
    set.remove_prefix(length);
    if (field.enterprise == 0) set_field(field.id, bytes, out);
    if (field.enterprise == kReversePen) set_reverse(field.id, bytes, out);
    if (field.enterprise == kCertPen) set_cert(field.id, bytes, out);
  }
  return true;
}

bool ExportRows::set_times(const ExportValues& values, const ExportTimes& times,
                           RecordRow& row) const {
  std::optional<std::int64_t> begin = values.begin_us, end = values.end_us;
  row.width_us = values.width_us;
  const auto from_uptime = [&](std::optional<std::uint32_t> at) -> std::optional<std::int64_t> {
    if (!at) return std::nullopt;
    if (times.has_uptime) {
      // The counter runs over every 49.7 days; the difference does not.
      const auto ago_ms = static_cast<std::int32_t>(times.uptime_ms - *at);
      return times.export_us - std::int64_t{ago_ms} * 1'000;
    }
    const auto boot = values.boot_us ? values.boot_us : times.boot_us;
    if (!boot) return std::nullopt;
    return time_of_uptime(*boot, *at, times.export_us);
  };
  if (!begin && values.begin_uptime_ms) {
    begin = from_uptime(values.begin_uptime_ms);
    end = from_uptime(values.end_uptime_ms);
    row.width_us = times.has_uptime ? std::max(times.width_us, 1'000u) : 1'000u;
  }
  constexpr std::uint64_t kMostDelta = std::uint64_t{1} << 40;
  if (!begin && values.begin_delta_us && *values.begin_delta_us < kMostDelta) {
    begin = times.export_us - static_cast<std::int64_t>(*values.begin_delta_us);
    end = times.export_us -
          static_cast<std::int64_t>(std::min(values.end_delta_us.value_or(0), kMostDelta));
    row.width_us = times.width_us;
  }
  const auto duration = static_cast<std::int64_t>(
      std::min<std::uint64_t>(values.duration_us.value_or(0), std::uint64_t{1} << 52));
  if (!begin && end) begin = *end - duration;
  if (!begin) return false;
  if (!end) end = *begin + duration;
  if (!add_skew(*begin, skew_us_, row.time_us) || !add_skew(*end, skew_us_, row.until_us)) {
    return false;
  }
  if (row.until_us < row.time_us) {
    sink_.note("flow.ends_before_begin", "the end lies before the begin; the begin stands for it");
    row.until_us = row.time_us;
  }
  return true;
}

void ExportRows::set_icmp(const ExportValues& values, RecordRow& row) {
  icmp_.clear();
  if (row.protocol != kIcmp && row.protocol != kIcmp6) return;
  auto both = values.number[V::icmp];
  if (!both && values.number[V::icmp_type]) {
    both = *values.number[V::icmp_type] << 8 | values.number[V::icmp_code].value_or(0);
  }
  // Older exporters put it in the place of the port.
  if (!both && row.server_port != 0) both = row.server_port;
  if (both) icmp_ = fmt::format("{}/{}", *both >> 8 & 255, *both & 255);
  row.client_port = row.server_port = 0;
}

std::optional<ExportRows::Refusal> ExportRows::add_flow(const ExportValues& values,
                                                        const ExportTimes& times,
                                                        std::uint64_t offset,
                                                        std::uint32_t length) {
  RecordRow row;
  row.kind = RecordKind::flow;
  row.offset = offset;
  row.length = length;
  if (!set_times(values, times, row)) {
    return Refusal{"ipfix.time.missing", "it tells no time that a record may have"};
  }
  const auto client = address_of(values.client), server = address_of(values.server);
  if (!client || !server) return Refusal{"ipfix.address.missing", "it lacks an address"};
  row.client = sink_.host(*client);
  row.server = sink_.host(*server);
  const auto count = [&](V::Count which) { return values.count[which].value_or(0); };
  const auto number = [&](V::Number which) { return values.number[which].value_or(0); };
  row.client_port = static_cast<std::uint16_t>(number(V::client_port));
  row.server_port = static_cast<std::uint16_t>(number(V::server_port));
  row.protocol = static_cast<std::uint8_t>(number(V::protocol));
  row.packets_sent = count(V::sent_packets);
  row.packets_received = count(V::back_packets);
  row.bytes_sent = count(V::sent_octets);
  row.bytes_received = count(V::back_octets);
  row.count = std::max<std::uint64_t>(count(V::flows), 1);
  set_icmp(values, row);
  ++rows_;
  if (values.count[V::back_octets] || values.count[V::back_packets]) ++two_way_;
  sink_.add_record(row);
  add_fields(values);
  return std::nullopt;
}

void ExportRows::add_fields(const ExportValues& values) {
  static const FieldId kSent = field_id("tcp_flags_sent"), kBack = field_id("tcp_flags_received"),
                       kIcmpField = field_id("icmp_type"), kNextHop = field_id("next_hop"),
                       kExporter = field_id("exporter"), kApp = field_id("app_protocol"),
                       kReason = field_id("flow_end_reason"), kDirection = field_id("direction");
  static const std::pair<V::Number, FieldId> kPlain[] = {
      {V::tos, field_id("tos")},
      {V::vlan, field_id("vlan")},
      {V::input, field_id("input_interface")},
      {V::output, field_id("output_interface")},
      {V::sampling_interval, field_id("sampling")},
      {V::flow_id, field_id("uid")}};
  const auto& number = values.number;
  if (number[V::sent_flags].value_or(0) != 0) {
    sink_.add_field(kSent, tcp_flag_letters(static_cast<unsigned>(*number[V::sent_flags] & 255)));
  }
  if (number[V::back_flags].value_or(0) != 0) {
    sink_.add_field(kBack, tcp_flag_letters(static_cast<unsigned>(*number[V::back_flags] & 255)));
  }
  sink_.add_field(kIcmpField, icmp_);
  for (const auto& [which, field] : kPlain) {
    if (number[which].value_or(0) != 0) sink_.add_field(field, std::to_string(*number[which]));
  }
  for (const auto& [bytes, field] :
       {std::pair(values.next_hop, kNextHop), std::pair(values.exporter, kExporter)}) {
    const auto address = address_of(bytes);
    const bool is_told = bytes.find_first_not_of('\0') != std::string_view::npos;
    if (address && is_told) sink_.add_field(field, address->to_string());
  }
  sink_.add_field(kApp, values.application);
  if (number[V::end_reason]) sink_.add_field(kReason, end_reason_text(*number[V::end_reason]));
  if (number[V::direction]) {
    sink_.add_field(kDirection, *number[V::direction] == 0 ? "ingress" : "egress");
  }
  if (values.has_out_counters) {
    sink_.note("ipfix.out_counters", "counters of packets leaving (OUT_BYTES) are not taken");
  }
  const std::uint64_t interval = number[V::sampling_interval].value_or(0);
  if (interval > 1 || number[V::sampling_space].value_or(0) > 0) {
    sink_.note("ipfix.sampled", "flows of sampled packets: their counts are of the sample");
  }
}

std::optional<ExportRows::Refusal> ExportRows::add_recorder(const ExportTimes& times,
                                                            std::uint64_t offset,
                                                            std::uint32_t length) {
  RecordRow row;
  row.kind = RecordKind::recorder;
  row.offset = offset;
  row.length = length;
  row.width_us = times.width_us;
  if (!add_skew(times.export_us, skew_us_, row.time_us)) {
    return Refusal{kTimeOutOfRange, kTimeOutOfRangeWhy};
  }
  row.until_us = row.time_us;
  sink_.add_record(row);
  return std::nullopt;
}

void ExportRows::note_missing() {
  if (rows_ > 0 && two_way_ == 0) {
    sink_.note("flow.one_way",
               "each record tells of one direction: its client is who sent these packets, which "
               "may have been the answer",
               rows_);
  }
}

}  // namespace assay
