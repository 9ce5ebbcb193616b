// Sweeps of reverse names: which name each address had. Layouts, fields and codes:
// docs/formats/ptr_list.md.
#include <fmt/core.h>
#include <simdjson.h>

#include "assay/reader.h"
#include "core/reverse_name.h"
#include "readers/claim_time.h"
#include "readers/line_reader.h"
#include "readers/readers.h"
#include "readers/storable_time.h"
#include "readers/text_keys.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

constexpr std::string_view kPointer = " domain name pointer ";
constexpr std::string_view kHostFailed = "Host ";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool looks_like_host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  return text.find('.') < text.size() && text.find_first_of(" \t,;|/:@\"'()=") > text.size() &&
         !IpAddress::parse(text);
}

struct PtrLine {
  enum class Kind { pair, absent, chat, unreadable };
  Kind kind = Kind::unreadable;
  std::string_view address;  // or the reverse name
  std::string_view target;
  std::string_view error;
};

// "192.0.2.1 name", with blanks, a tab, a comma or a semicolon between.
PtrLine parse_ptr_line(std::string_view line) {
  PtrLine out;
  if (const std::size_t at = line.find(kPointer); at != std::string_view::npos) {
    out.kind = PtrLine::Kind::pair;
    out.address = line.substr(0, at);
    out.target = line.substr(at + kPointer.size());
    return out;
  }
  if (line.starts_with(kHostFailed) && line.find(" not found: ") < line.size()) {
    const std::size_t at = line.find(" not found: ");
    out.kind = PtrLine::Kind::absent;
    out.address = line.substr(kHostFailed.size(), at - kHostFailed.size());
    out.error = line.substr(at + 12);
    return out;
  }
  // `host` names the server that it asks in lines of their own.
  for (const std::string_view word :
       {"Using domain server:", "Name: ", "Address: ", "Aliases:", ";; "}) {
    if (line.starts_with(word)) {
      out.kind = PtrLine::Kind::chat;
      return out;
    }
  }
  const std::size_t end = line.find_first_of(" \t,;=");
  if (end == std::string_view::npos) return out;
  out.address = line.substr(0, end);
  out.target = line.substr(std::min(line.find_first_not_of(" \t,;=>", end), line.size()));
  if (out.target.starts_with("PTR ")) out.target = trimmed(out.target.substr(4));
  const bool is_none = out.target.empty() || out.target == "-" || out.target == "NXDOMAIN" ||
                       out.target == "SERVFAIL" || out.target == "TIMEOUT";
  out.kind = is_none ? PtrLine::Kind::absent : PtrLine::Kind::pair;
  if (is_none) out.error = out.target.empty() ? "-" : out.target;
  return out;
}

class PtrRead {
 public:
  PtrRead(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : sink_(sink), keys_(sink), clock_(std::move(clock)), skew_us_(skew_us) {}

  void take(const TextLine& line) {
    const std::string_view text = trimmed(line.text);
    if (text.front() == '{') return take_json(line);
    if (text.front() == '#' || text.starts_with("//")) return take_comment(text);
    const PtrLine parsed = parse_ptr_line(text);
    if (parsed.kind == PtrLine::Kind::chat) return sink_.blank_unit();
    if (parsed.kind == PtrLine::Kind::unreadable) {
      return reject_line(sink_, line, "ptr.line.unreadable", "no address with its name");
    }
    add(line, parsed, day_);
  }

  void finish() {
    if (unknown_ > 0) {
      sink_.note("registration.time_unknown", "nothing tells when these names were asked for",
                 unknown_);
    }
  }

 private:
  // "# 2026-11-22T04:00:00Z", "# sweep of 2026-11-22" dates the lines behind it.
  void take_comment(std::string_view text) {
    if (const ClaimTime time = clock_.find(text); time.is_known) day_ = time;
    sink_.blank_unit();
  }

  // {"timestamp":"1763784000","name":"192.0.2.1","value":"name","type":"ptr"}
  void take_json(const TextLine& line) {
    simdjson::dom::object object;
    if (const auto error = parser_.parse(line.text.data(), line.text.size(), false).get(object)) {
      return reject_line(sink_, line, "ptr.json.unreadable", simdjson::error_message(error));
    }
    PtrLine parsed;
    parsed.kind = PtrLine::Kind::pair;
    std::string_view type;
    std::uint64_t count = 0;
    ClaimTime time;
    for (const auto [key, value] : object) {
      std::string_view text;
      if (!value.get(text)) {
        if (key == "name" || key == "ip") parsed.address = text;
        if (key == "value" || key == "data" || key == "ptr") parsed.target = text;
        if (key == "type") type = text;
      }
      if (key == "timestamp" || key == "time" || key == "ts") {
        if (!text.empty()) time = time_of(text);
        if (!value.get(count)) time = time_of(std::to_string(count));
      }
    }
    if (!type.empty() && type != "ptr" && type != "PTR") {
      sink_.note("ptr.other_type", type);
      return sink_.blank_unit();
    }
    if (parsed.address.empty() || parsed.target.empty()) {
      return reject_line(sink_, line, "ptr.line.unreadable", "no address with its name");
    }
    add(line, parsed, time.is_known ? time : day_);
  }

  ClaimTime time_of(std::string_view text) {
    const auto count = parse_number<std::uint64_t>(text);
    if (!count) return clock_.read(text);
    ClaimTime out;
    const DecimalMicros epoch = epoch_of_count(*count);
    if (!add_skew(epoch.us, skew_us_, out.us)) return ClaimTime{};
    out.is_known = true;
    out.until_us = out.us;
    out.width_us = epoch.width_us;
    out.flags = 0;
    return out;
  }

  void add(const TextLine& line, const PtrLine& parsed, const ClaimTime& time) {
    static const FieldId kPtr = field_id("ptr_name"), kRdata = field_id("rdata"),
                         kError = field_id("error");
    constexpr std::uint16_t kPtrType = 12;
    RecordRow row;
    row.kind = RecordKind::registration;
    row.type = kPtrType;
    std::string owner;
    auto address = IpAddress::parse(parsed.address);
    if (address) {
      owner = reverse_name(*address);
    } else if (!canonicalise_name(parsed.address, owner)) {
      address = reverse_address(owner);
    }
    if (!address) {
      return reject_line(sink_, line, "ptr.address.unreadable",
                         "neither an address nor the reverse name of one");
    }
    row.name = sink_.name(owner);
    std::string target;
    if (parsed.kind == PtrLine::Kind::pair) {
      bool had_capitals = false;
      if (const auto problem = canonicalise_name(parsed.target, target, &had_capitals)) {
        return reject_line(sink_, line, problem->code, problem->text);
      }
      if (had_capitals) row.flags |= kNameHadCapitals;
      if (target.find(' ') < target.size()) {
        return reject_line(sink_, line, "ptr.line.unreadable", "more than one name");
      }
    }
    row.server = sink_.host(*address);
    time.set(row);
    unknown_ += time.is_known ? 0 : 1;
    row.offset = line.offset;
    row.length = static_cast<std::uint32_t>(line.text.size());
    sink_.add_record(row);
    if (parsed.kind == PtrLine::Kind::pair) {
      sink_.add_field(kPtr, display_name(target));
      sink_.add_field(kRdata, target + ".");
    } else {
      sink_.add_field(kError, parsed.error);
    }
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  RecordSink& sink_;
  TextKeys keys_;
  ClaimClock clock_;
  std::int64_t skew_us_;
  simdjson::dom::parser parser_;
  ClaimTime day_;
  std::uint64_t unknown_ = 0;
};

// What this line is to a sweep: 2 for certain, 1 fits, 0 does not.
int fit(std::string_view line) {
  if (line.front() == '{') {
    if (line.find("\"value\"") > line.size() || line.find("\"name\"") > line.size()) return 0;
    const bool is_ptr =
        line.find("\"type\":\"ptr\"") < line.size() || line.find("\"type\": \"ptr\"") < line.size();
    return is_ptr ? 2 : 1;
  }
  const PtrLine parsed = parse_ptr_line(line);
  if (line.find(kPointer) < line.size()) return 2;
  if (parsed.kind == PtrLine::Kind::absent && line.starts_with(kHostFailed)) return 2;
  if (parsed.kind == PtrLine::Kind::chat) return 1;
  if (!IpAddress::parse(parsed.address)) return 0;
  if (parsed.kind == PtrLine::Kind::absent) return parsed.target.empty() ? 0 : 1;
  return looks_like_host_name(parsed.target) ? 1 : 0;
}

class PtrList final : public Reader {
 public:
  std::string_view name() const override { return "ptr_list"; }
  std::string_view summary() const override {
    return "sweeps of reverse names: an address and its name a line, host, JSON lines";
  }
  std::string_view record_kind() const override { return "registration"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    std::uint64_t lines = 0, fitting = 0, certain = 0, json = 0;
    for_each_head_line(head, [&](std::string_view line) {
      line = trimmed(line);
      if (line.front() == '#' || line.starts_with("//")) return;
      ++lines;
      const int value = fit(line);
      json += line.front() == '{';
      fitting += value > 0;
      certain += value > 1;
    });
    if (fitting == 0 || fitting * 10 < lines * 8) return {};
    const std::string why =
        fmt::format("{} of the first {} lines are an address and its name", fitting, lines);
    if (certain > 0) return {91, why};
    if (json > 0) return {};
    return {lines > 1 ? 66 : 55, why};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    PtrRead read(std::move(*clock), context.clock.skew_us, sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& ptr_list_reader() {
  static const PtrList reader;
  return reader;
}

}  // namespace assay
