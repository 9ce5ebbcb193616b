// Passive DNS: JSON lines of the Common Output Format and of DNSDB. The format and its codes:
// docs/formats/passive_dns_cof.md.
#include <fmt/core.h>

#include <vector>

#include "assay/reader.h"
#include "readers/json_values.h"
#include "readers/log_stamp.h"
#include "readers/readers.h"
#include "readers/storable_time.h"
#include "readers/text_keys.h"

namespace assay {
namespace {

struct Told {
  std::int64_t us = 0;
  std::uint32_t width_us = 1;
};

class CofRead {
 public:
  CofRead(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : clock_(std::move(clock)), skew_us_(skew_us), sink_(sink), keys_(sink) {}

  void take(const TextLine& line) {
    simdjson::dom::object object;
    if (const auto error = parser_.parse(line.text.data(), line.text.size(), false).get(object)) {
      return reject_line(sink_, line, "cof.json.unreadable", simdjson::error_message(error));
    }
    simdjson::dom::element cond;
    if (!object["cond"].get(cond)) take_cond(object, json_text(cond));
    simdjson::dom::object inner;
    if (!object["obj"].get(inner)) {
      object = inner;
    } else if (simdjson::dom::element end; !object["cond"].get(end)) {
      return sink_.blank_unit();
    }
    take_record(line, object);
  }

  void finish() {
    if (is_open_) {
      sink_.note("cof.incomplete", "the answer ends without saying how it ended: it may be cut");
    }
    if (countless_ > 0) {
      sink_.note("cof.count_missing", "records without a count, which stand for one", countless_);
    }
  }

 private:
  // DNSDB's streaming frame: {"cond":"begin"}, objects, {"cond":"succeeded"}.
  void take_cond(simdjson::dom::object frame, std::string_view cond) {
    if (cond == "begin") {
      if (is_open_) sink_.note("cof.incomplete", "an answer ends without saying how it ended");
      is_open_ = true;
      return;
    }
    if (cond == "ongoing") return;
    is_open_ = false;
    if (cond == "succeeded") return;
    // "limited", "failed", and what may come: the database has more than it told.
    std::string why = fmt::format("the answer ended with '{}'", cond);
    simdjson::dom::element message;
    if (!frame["msg"].get(message)) why += ": " + std::string(json_text(message));
    sink_.note("cof.incomplete", why);
  }

  void take_record(const TextLine& line, simdjson::dom::object object) {
    begin();
    for (const auto [key, value] : object) {
      if (!set(key, value)) {
        return reject_line(sink_, line, "cof.field.unreadable",
                           fmt::format("'{}' holds no value of its kind", key));
      }
    }
    // How many results there would be, as an answer of its own.
    if (is_summary_ && name_.empty()) {
      sink_.note("cof.summary", line.text);
      return sink_.blank_unit();
    }
    if (!has_name_) return reject_line(sink_, line, "cof.name.missing", "no 'rrname'");
    RecordRow row;
    row.kind = RecordKind::dns_aggregate;
    TextKeys::Name name;
    if (const auto problem = keys_.name(name_, name)) {
      return reject_line(sink_, line, problem->code, problem->text);
    }
    row.name = name.key;
    if (name.had_capitals) row.flags |= kNameHadCapitals;
    row.type = type_;
    row.count = count_.value_or(1);
    row.offset = line.offset;
    row.length = static_cast<std::uint32_t>(line.text.size());
    if (!set_span(line, row)) return;
    if (!count_) ++countless_;
    sink_.add_record(row);
    add_fields();
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  void begin() {
    name_ = bailiwick_ = sensor_ = source_ = origin_ = {};
    has_name_ = is_summary_ = false;
    type_ = kNoQtype;
    count_.reset();
    first_ = last_ = zone_first_ = zone_last_ = std::nullopt;
    zone_first_text_.clear();
    zone_last_text_.clear();
    rdata_.clear();
  }

  // False when the value is none of the field's. Null is no value.
  bool set(std::string_view key, simdjson::dom::element value) {
    if (value.is_null()) return true;
    if (key == "rrname") {
      name_ = json_text(value);
      has_name_ = value.is_string();
      return has_name_;
    }
    if (key == "rrtype") return set_type(value);
    if (key == "rdata" || key == "raw_rdata") return set_rdata(value);
    if (key == "count") {
      count_ = json_count(value);
      return count_.has_value();
    }
    if (key == "time_first") return set_time(value, first_);
    if (key == "time_last") return set_time(value, last_);
    if (key == "time_first_ms") return set_milliseconds(value, first_);
    if (key == "time_last_ms") return set_milliseconds(value, last_);
    if (key == "zone_time_first") {
      append_json(value, zone_first_text_);
      return set_time(value, zone_first_);
    }
    if (key == "zone_time_last") {
      append_json(value, zone_last_text_);
      return set_time(value, zone_last_);
    }
    if (key == "num_results") {
      is_summary_ = true;
    } else {
      set_text(key, value);
    }
    return true;
  }

  void set_text(std::string_view key, simdjson::dom::element value) {
    if (key == "bailiwick") {
      bailiwick_ = json_text(value);
    } else if (key == "sensor_id") {
      sensor_ = json_text(value);
    } else if (key == "source") {
      source_ = json_text(value);
    } else if (key == "origin") {
      origin_ = json_text(value);
    } else {
      sink_.note("cof.field_not_kept", key);
    }
  }

  bool set_type(simdjson::dom::element value) {
    if (const auto number = json_count(value)) {
      type_ = static_cast<std::uint16_t>(*number);
      return *number <= 0xffff;
    }
    const auto type = keys_.qtype(json_text(value));
    if (type) type_ = *type;
    // Words of DNSDB for several types at once ("ANY-DNSSEC") are none of ours.
    if (!type) sink_.note("cof.type_unknown", json_text(value));
    return value.is_string();
  }

  bool set_rdata(simdjson::dom::element value) {
    simdjson::dom::array parts;
    if (value.get(parts)) {
      rdata_.emplace_back();
      append_json(value, rdata_.back());
      return true;
    }
    for (const simdjson::dom::element part : parts) {
      rdata_.emplace_back();
      append_json(part, rdata_.back());
    }
    return true;
  }

  static bool set_milliseconds(simdjson::dom::element value, std::optional<Told>& told) {
    const auto count = json_count(value);
    if (!count || *count > static_cast<std::uint64_t>(INT64_MAX / 1'000)) return false;
    told = {static_cast<std::int64_t>(*count) * 1'000, 1'000};
    return true;
  }

  // Seconds or milliseconds since 1970, as a number or a string, or ISO 8601.
  bool set_time(simdjson::dom::element value, std::optional<Told>& told) {
    std::uint64_t count = 0;
    std::string text;
    if (!value.get(count)) {
      const DecimalMicros micros = epoch_of_count(count);
      told = {micros.us, micros.width_us};
      return true;
    }
    append_json(value, text);
    if (const auto micros = parse_decimal_seconds(text)) {
      told = {micros->us, micros->width_us};
      return true;
    }
    LogStamp stamp;
    LogClock::Reading reading;
    if (parse_log_stamp(text, stamp) != text.size() || !clock_.read(stamp, reading)) return false;
    told = {reading.us, reading.width_us};
    return true;
  }

  bool set_span(const TextLine& line, RecordRow& row) {
    // What only a zone file told has no time of its own.
    const auto& first = first_ ? first_ : zone_first_;
    const auto& last = first_ ? last_ : zone_last_;
    if (!first) {
      reject_line(sink_, line, "cof.time.missing", "neither 'time_first' nor 'zone_time_first'");
      return false;
    }
    if (!add_skew(first->us, skew_us_, row.time_us) ||
        !add_skew(last ? last->us : first->us, skew_us_, row.until_us)) {
      reject_line(sink_, line, kTimeOutOfRange, kTimeOutOfRangeWhy);
      return false;
    }
    // One may be told in whole seconds, the other in milliseconds of the same one.
    if (row.until_us < row.time_us && last && row.until_us + last->width_us > row.time_us) {
      row.until_us = row.time_us;
    }
    if (row.until_us < row.time_us) {
      reject_line(sink_, line, "cof.time.backwards", "its last time lies before its first");
      return false;
    }
    row.width_us = first->width_us;
    return true;
  }

  void add_fields() {
    static const FieldId kRdata = field_id("rdata"), kBailiwick = field_id("bailiwick"),
                         kSensor = field_id("sensor_id"), kSource = field_id("source"),
                         kOrigin = field_id("origin"), kZoneFirst = field_id("zone_time_first"),
                         kZoneLast = field_id("zone_time_last");
    for (const std::string& rdata : rdata_) sink_.add_field(kRdata, rdata);
    sink_.add_field(kBailiwick, bailiwick_);
    sink_.add_field(kSensor, sensor_);
    sink_.add_field(kSource, source_);
    sink_.add_field(kOrigin, origin_);
    sink_.add_field(kZoneFirst, zone_first_text_);
    sink_.add_field(kZoneLast, zone_last_text_);
  }

  LogClock clock_;
  std::int64_t skew_us_;
  RecordSink& sink_;
  TextKeys keys_;
  simdjson::dom::parser parser_;

  // Of the record at hand; views live as long as its line.
  std::string_view name_, bailiwick_, sensor_, source_, origin_;
  bool has_name_ = false, is_summary_ = false;
  std::uint16_t type_ = kNoQtype;
  std::optional<std::uint64_t> count_;
  std::optional<Told> first_, last_, zone_first_, zone_last_;
  std::string zone_first_text_, zone_last_text_;
  std::vector<std::string> rdata_;

  bool is_open_ = false;  // a streamed answer has begun and not ended
  std::uint64_t countless_ = 0;
};

class PassiveDnsCof final : public Reader {
 public:
  std::string_view name() const override { return "passive_dns_cof"; }
  std::string_view summary() const override {
    return "passive DNS: Common Output Format and DNSDB, JSON lines";
  }
  std::string_view record_kind() const override { return "dns_aggregate"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    SniffScore best;
    std::size_t lines = 0;
    for_each_head_line(head, [&](std::string_view line) {
      if (best.score > 0 || ++lines > kSniffedLines || !line.starts_with('{')) return;
      simdjson::dom::parser parser;
      const auto object = parse_head_line(parser, line);
      if (!object) return;
      simdjson::dom::object inner = *object;
      const bool is_framed = !(*object)["obj"].get(inner);
      simdjson::dom::element value;
      if (!inner["rrname"].get(value) && !inner["rrtype"].get(value)) {
        best = {95, is_framed ? "JSON lines with rrname and rrtype in DNSDB's 'obj'"
                              : "JSON lines with rrname and rrtype"};
      }
    });
    return best;
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    Clock utc;  // a stamp without an offset is UTC: such databases write no local time
    auto clock = LogClock::make(utc, {});
    if (!clock.ok()) return clock.error();
    CofRead read(std::move(*clock), context.clock.skew_us, sink);
    return read_lines(source, sink, read);
  }

 private:
  static constexpr std::size_t kSniffedLines = 4;  // {"cond":"begin"} may stand before the first
};

}  // namespace

const Reader& passive_dns_cof_reader() {
  static const PassiveDnsCof reader;
  return reader;
}

}  // namespace assay
