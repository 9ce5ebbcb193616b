// Which autonomous system originated which prefix: tables of pfx2as, lines of `bgpdump -m`, and
// plain lists. Lines, fields and codes: docs/formats/routing_snapshot.md.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "assay/reader.h"
#include "readers/claim_time.h"
#include "readers/line_reader.h"
#include "readers/readers.h"
#include "readers/storable_time.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

constexpr std::size_t kMaxCells = 24;

struct RouteLine {
  std::string prefix;  // as it stands, with its length
  std::string_view origins;
  std::string_view path, peer, peer_as, next_hop, source;
  std::optional<DecimalMicros> time;
  bool is_withdrawn = false;
};

void split(std::string_view line, std::string_view parts,
           std::array<std::string_view, kMaxCells>& cells, std::size_t& count) {
  count = 0;
  const bool is_run = parts.find(' ') != std::string_view::npos;
  while (count < kMaxCells) {
    if (is_run) line.remove_prefix(std::min(line.find_first_not_of(parts), line.size()));
    if (is_run && line.empty()) return;
    const std::size_t end = line.find_first_of(parts);
    cells[count++] = line.substr(0, end);
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
  }
}

// "64500", "AS64500", and what stands for several: "64500_64501", "64500,64501", "{64500,64501}".
bool are_origins(std::string_view text) {
  bool has_digit = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      has_digit = true;
    } else if ((c == 'A' || c == 'a') && i + 1 < text.size() && (text[i + 1] | 0x20) == 's') {
      ++i;
    } else if (std::string_view("_,{}.").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return has_digit;
}

// The last part of a path: an AS, or a set of them.
std::string_view origin_of_path(std::string_view path) {
  while (path.ends_with(' ')) path.remove_suffix(1);
  const std::size_t at = path.rfind(' ');
  return at == std::string_view::npos ? path : path.substr(at + 1);
}

enum class RouteStyle { none, pfx2as, bgpdump, list };

RouteStyle parse_route(std::string_view line, RouteLine& out) {
  out = RouteLine();
  std::array<std::string_view, kMaxCells> cells;
  std::size_t count = 0;
  // TYPE|epoch|A or W or B|peer|peer AS|prefix|path|origin|next hop|...
  if (line.find('|') != std::string_view::npos) {
    split(line, "|", cells, count);
    const bool is_known = cells[0].starts_with("TABLE_DUMP") || cells[0].starts_with("BGP4MP");
    if (count < 6 || !is_known) return RouteStyle::none;
    out.source = cells[0];
    out.time = parse_decimal_seconds(cells[1]);
    out.is_withdrawn = cells[2] == "W";
    out.peer = cells[3];
    out.peer_as = cells[4];
    out.prefix = cells[5];
    if (count > 6) out.path = cells[6];
    if (count > 8) out.next_hop = cells[8];
    out.origins = origin_of_path(out.path);
    return RouteStyle::bgpdump;
  }
  split(line, line.find('\t') != std::string_view::npos ? " \t" : " ,;", cells, count);
  if (count >= 3 && parse_number<std::uint8_t>(cells[1]) && are_origins(cells[2]) &&
      IpAddress::parse(cells[0])) {
    out.prefix = fmt::format("{}/{}", cells[0], cells[1]);
    out.origins = cells[2];
    return RouteStyle::pfx2as;
  }
  if (count < 2) return RouteStyle::none;
  const bool is_turned = cells[1].find('/') < cells[1].size() && are_origins(cells[0]);
  const std::string_view prefix = cells[is_turned ? 1 : 0], origins = cells[is_turned ? 0 : 1];
  if (prefix.find('/') > prefix.size() || !are_origins(origins)) return RouteStyle::none;
  if (!IpAddress::parse(prefix.substr(0, prefix.find('/')))) return RouteStyle::none;
  out.prefix = prefix;
  out.origins = origins;
  return RouteStyle::list;
}

bool is_comment(std::string_view line) {
  return line.front() == '#' || line.front() == ';' || line.front() == '%' ||
         line.starts_with("//");
}

// RFC 6396: a time, then a type and a subtype of two bytes each.
bool is_mrt(std::string_view head) {
  if (head.size() < 12) return false;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(head[at]); };
  const unsigned type = byte(4) * 256u + byte(5), subtype = byte(6) * 256u + byte(7);
  const bool is_known = type == 12 || type == 13 || type == 16 || type == 17 || type == 11;
  return is_known && subtype <= 12 && byte(0) >= 0x20 && byte(8) == 0;
}

class RouteRead {
 public:
  RouteRead(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : sink_(sink), clock_(std::move(clock)), skew_us_(skew_us) {}

  void take(const TextLine& line) {
    if (line.offset == 0 && is_mrt(line.text)) {
      is_binary_ = true;
      return sink_.reject("route.mrt.refused", 0, line.length, line.text,
                          "an MRT file of routes; print it with bgpdump -m and add that");
    }
    if (is_binary_) return sink_.join_units(1);
    if (is_comment(line.text)) return take_comment(line);
    if (line.text.find("|STATE|") < line.text.size()) {  // of a session, not of a route
      sink_.note("route.other_line", line.text);
      return sink_.blank_unit();
    }
    const RouteStyle style = parse_route(line.text, route_);
    if (style == RouteStyle::none) {
      return reject_line(sink_, line, "route.line.unreadable", "no prefix with its origin");
    }
    const auto prefix = IpPrefix::parse(route_.prefix);
    if (!prefix.ok()) {
      return reject_line(sink_, line, "route.prefix.unreadable", prefix.error().message);
    }
    if (style == RouteStyle::bgpdump && !route_.is_withdrawn && !are_origins(route_.origins)) {
      return reject_line(sink_, line, "route.origin.unreadable", "the path ends in no AS number");
    }
    RecordRow row;
    row.kind = RecordKind::registration;
    if (style == RouteStyle::bgpdump) {
      if (!route_.time || !add_skew(route_.time->us, skew_us_, row.time_us)) {
        return reject_line(sink_, line, "route.time.unreadable", "no time since 1970");
      }
      row.until_us = row.time_us;
      row.width_us = route_.time->width_us;
    } else {
      day_.set(row);
      unknown_ += day_.is_known ? 0 : 1;
    }
    row.server = sink_.host(prefix->base());
    row.offset = line.offset;
    row.length = static_cast<std::uint32_t>(line.text.size());
    sink_.add_record(row);
    add_fields();
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  void finish() {
    if (unknown_ > 0) {
      sink_.note("registration.time_unknown", "a table of routes does not say of which day it is",
                 unknown_);
    }
  }

 private:
  // "# 2026-11-22", "# date: 2026-11-22 00:00 UTC" before the first route dates them.
  void take_comment(const TextLine& line) {
    if (const ClaimTime time = clock_.find(line.text); time.is_known) day_ = time;
    sink_.blank_unit();
  }

  void add_fields() {
    static const FieldId kPrefix = field_id("prefix"), kOrigin = field_id("origin_as"),
                         kPath = field_id("as_path"), kPeer = field_id("peer"),
                         kHop = field_id("next_hop"), kSource = field_id("route_source"),
                         kAction = field_id("action");
    sink_.add_field(kPrefix, route_.prefix);
    // pfx2as: '_' parts origins that were seen side by side, ',' the members of one set.
    std::string_view rest = route_.origins;
    while (!rest.empty() && !route_.is_withdrawn) {
      const std::size_t end = rest.find_first_of("_,{}");
      std::string_view origin = rest.substr(0, end);
      if (origin.size() > 2 && (origin[0] | 0x20) == 'a') origin.remove_prefix(2);
      sink_.add_field(kOrigin, origin);
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
    sink_.add_field(kPath, route_.path);
    if (!route_.peer.empty()) {
      sink_.add_field(kPeer, fmt::format("{} AS{}", route_.peer, route_.peer_as));
    }
    sink_.add_field(kHop, route_.next_hop);
    sink_.add_field(kSource, route_.source);
    if (route_.is_withdrawn) sink_.add_field(kAction, "withdrawn");
  }

  RecordSink& sink_;
  ClaimClock clock_;
  std::int64_t skew_us_;
  RouteLine route_;
  bool is_binary_ = false;
  ClaimTime day_;
  std::uint64_t unknown_ = 0;
};

class RoutingSnapshot final : public Reader {
 public:
  std::string_view name() const override { return "routing_snapshot"; }
  std::string_view summary() const override {
    return "prefixes and the AS that originated them: pfx2as, bgpdump -m, plain lists";
  }
  std::string_view record_kind() const override { return "registration"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    if (is_mrt(head)) return {0, "an MRT file of routes; print it with bgpdump -m and add that"};
    std::uint64_t lines = 0, routes = 0, dumped = 0;
    RouteLine route;
    for_each_head_line(head, [&](std::string_view line) {
      if (is_comment(line)) return;
      ++lines;
      const RouteStyle style = parse_route(line, route);
      routes += style != RouteStyle::none && IpPrefix::parse(route.prefix).ok();
      dumped += style == RouteStyle::bgpdump;
    });
    if (routes == 0 || routes * 10 < lines * 8) return {};
    return {dumped > 0 ? 93 : 76,
            fmt::format("{} of the first {} lines are prefixes with an origin", routes, lines)};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    RouteRead read(std::move(*clock), context.clock.skew_us, sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& routing_snapshot_reader() {
  static const RoutingSnapshot reader;
  return reader;
}

}  // namespace assay
