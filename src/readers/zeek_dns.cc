// Zeek's dns.log, as TSV with its '#' headers and as JSON lines. The format and its codes:
// docs/formats/zeek_dns.md.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "assay/reader.h"
#include "readers/readers.h"
#include "readers/text_numbers.h"
#include "readers/zeek_rows.h"

namespace assay {

namespace {

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

// What the '#' lines of a TSV log state; a log may hold several such heads, one after the other.
struct TsvHead {
  std::string separator = "\t";
  std::string set_separator = ",";
  std::string empty_field = "(empty)";
  std::string unset_field = "-";
  std::string path;
  std::vector<ZeekField> fields;  // empty: no #fields seen
  bool has_query = false;
};

// "#fields\tts\tuid": calls `take` with each value after the keyword.
template <class Take>
void for_each_part(std::string_view text, std::string_view separator, Take take) {
  for (;;) {
    const std::size_t end =
        separator.size() == 1 ? text.find(separator.front()) : text.find(separator);
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + separator.size());
  }
}

void take_head_line(std::string_view line, TsvHead& head) {
  // The separator itself is told after a blank, since it is not known before.
  if (line.starts_with("#separator ")) {
    head = TsvHead{};
    head.separator.clear();
    append_zeek_unescaped(line.substr(11), head.separator);
    if (head.separator.empty()) head.separator = "\t";
    return;
  }
  const std::size_t end = line.find(head.separator);
  if (end == std::string_view::npos) return;
  const std::string_view keyword = line.substr(0, end);
  const std::string_view value = line.substr(end + head.separator.size());
  const auto unescaped = [value] {
    std::string out;
    append_zeek_unescaped(value, out);
    return out;
  };
  if (keyword == "#set_separator") head.set_separator = unescaped();
  if (keyword == "#empty_field") head.empty_field = unescaped();
  if (keyword == "#unset_field") head.unset_field = unescaped();
  if (keyword == "#path") head.path = value;
  if (keyword == "#fields") {
    head.fields.clear();
    for_each_part(value, head.separator,
                  [&](std::string_view name) { head.fields.push_back(zeek_field(name)); });
    head.has_query = std::any_of(head.fields.begin(), head.fields.end(), [](ZeekField field) {
      return field == ZeekField::query || field == ZeekField::original_query;
    });
  }
  if (head.set_separator.empty()) head.set_separator = ",";
}

class ZeekRead {
 public:
  ZeekRead(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : sink_(sink), rows_(std::move(clock), skew_us, sink) {}

  void take(const TextLine& line) {
    if (line.text.front() == '{') return take_json(line);
    if (line.text.front() != '#') return take_tsv(line);
    take_head_line(line.text, head_);
    sink_.blank_unit();
  }

  void finish() { rows_.note_missing(); }

 private:
  void skip_other_path(const TextLine& line) {
    sink_.note("zeek.other_path", line.text);
    sink_.blank_unit();
  }

  void take_tsv(const TextLine& line) {
    if (!head_.path.empty() && head_.path != "dns") return skip_other_path(line);
    if (head_.fields.empty()) {
      return reject_line(sink_, line, "zeek.fields.missing", "no #fields line stands before it");
    }
    if (!head_.has_query) {
      return reject_line(sink_, line, "zeek.query.missing",
                         "#fields names no 'query': what was asked is not told");
    }
    rows_.begin();
    std::size_t column = 0;
    for_each_part(line.text, head_.separator, [&](std::string_view value) {
      if (column < head_.fields.size()) set(head_.fields[column], value);
      ++column;
    });
    if (column != head_.fields.size()) {
      return reject_line(
          sink_, line, "zeek.fields.count",
          fmt::format("{} values where #fields names {}", column, head_.fields.size()));
    }
    rows_.finish(line);
  }

  void set(ZeekField field, std::string_view value) {
    if (field == ZeekField::none || value == head_.unset_field) return;
    if (field == ZeekField::answers || field == ZeekField::ttls) {
      if (value == head_.empty_field) return;
      for_each_part(value, head_.set_separator, [&](std::string_view part) {
        field == ZeekField::answers ? rows_.add_answer(part) : void(rows_.add_ttl(part));
      });
      return;
    }
    rows_.set_text(field, value == head_.empty_field ? std::string_view() : value);
  }

  void take_json(const TextLine& line) {
    simdjson::dom::object object;
    if (const auto error = parser_.parse(line.text.data(), line.text.size(), false).get(object)) {
      return reject_line(sink_, line, "zeek.json.unreadable", simdjson::error_message(error));
    }
    rows_.begin();
    for (const auto [key, value] : object) {
      if (key == "_path") {
        std::string_view path;
        if (!value.get(path) && path != "dns") return skip_other_path(line);
      }
      simdjson::dom::object ends;  // some shippers nest {"id": {"orig_h": ...}}
      if (key == "id" && !value.get(ends)) {
        for (const auto [end, inner] : ends) set(zeek_field(fmt::format("id.{}", end)), inner);
      }
      set(zeek_field(key), value);
    }
    rows_.finish(line);
  }

  // Null is an unset field.
  void set(ZeekField field, simdjson::dom::element value) {
    if (field == ZeekField::none) return;
    std::string_view text;
    std::uint64_t integer = 0;
    double real = 0;
    bool is_set = false;
    simdjson::dom::array parts;
    if (!value.get(text)) {
      rows_.set_text(field, text);
    } else if (!value.get(integer)) {
      rows_.set_integer(field, integer);
    } else if (!value.get(real)) {
      rows_.set_real(field, real);
    } else if (!value.get(is_set)) {
      rows_.set_flag(field, is_set);
    } else if (!value.get(parts)) {
      for (const simdjson::dom::element part : parts) add(field, part);
    }
  }

  void add(ZeekField field, simdjson::dom::element part) {
    std::string_view text;
    double number = 0;
    if (field == ZeekField::answers && !part.get(text)) rows_.add_answer(text);
    if (field != ZeekField::ttls) return;
    if (!part.get(number)) {
      rows_.add_ttl(number);
    } else {
      rows_.add_ttl(part.get(text) ? std::string_view("?") : text);
    }
  }

  RecordSink& sink_;
  ZeekRows rows_;
  TsvHead head_;
  simdjson::dom::parser parser_;
};

SniffScore sniff_tsv(std::string_view head) {
  TsvHead tsv;
  for_each_head_line(head, [&](std::string_view line) {
    if (line.starts_with('#') && tsv.fields.empty()) take_head_line(line, tsv);
  });
  if (!tsv.path.empty() && tsv.path != "dns") {
    return {0, fmt::format("a Zeek log, but of path '{}', not dns", tsv.path)};
  }
  const auto has = [&](ZeekField field) {
    return std::find(tsv.fields.begin(), tsv.fields.end(), field) != tsv.fields.end();
  };
  if (!has(ZeekField::ts) || !has(ZeekField::orig_h)) return {};
  if (tsv.path == "dns" && tsv.has_query) return {95, "Zeek TSV with '#path dns' and its #fields"};
  if (has(ZeekField::query)) return {80, "Zeek TSV whose #fields name ts, id.orig_h and query"};
  return {0, "a Zeek log whose #fields name no 'query'"};
}

SniffScore sniff_json(std::string_view line) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const std::string padded = std::string(line) + std::string(simdjson::SIMDJSON_PADDING, ' ');
  if (parser.parse(padded.data(), line.size(), false).get(object)) return {};
  bool has_client = false, has_time = false, has_dns = false;
  for (const auto [key, value] : object) {
    std::string_view path;
    if (key == "_path" && !value.get(path)) {
      if (path != "dns") return {0, fmt::format("a Zeek log, but of path '{}', not dns", path)};
      has_dns = true;
    }
    const ZeekField field = zeek_field(key);
    has_client |= field == ZeekField::orig_h;
    has_time |= field == ZeekField::ts;
    has_dns |= field == ZeekField::query || field == ZeekField::trans_id;
  }
  if (!has_client || !has_time || !has_dns) return {};
  return {92, "JSON lines with ts, id.orig_h and the fields of Zeek's dns.log"};
}

class ZeekDns final : public Reader {
 public:
  std::string_view name() const override { return "zeek_dns"; }
  std::string_view summary() const override { return "dns.log of Zeek, TSV or JSON lines"; }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    std::string_view first;
    for_each_head_line(head, [&](std::string_view line) {
      if (first.empty()) first = line;
    });
    if (first.starts_with('{')) return sniff_json(first);
    return first.starts_with('#') ? sniff_tsv(head) : SniffScore{};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    Clock utc;  // a stamp without an offset is UTC: Zeek writes no local time
    utc.skew_us = context.clock.skew_us;
    auto clock = LogClock::make(utc, {});
    if (!clock.ok()) return clock.error();
    ZeekRead read(std::move(*clock), context.clock.skew_us, sink);
    LineReader lines(source, sink);
    for (TextLine line; lines.next(line);) read.take(line);
    ASSAY_TRY(lines.status());
    read.finish();
    sink.flush();
    return sink.failure() ? Status(*sink.failure()) : Status();
  }
};

}  // namespace

const Reader& zeek_dns_reader() {
  static const ZeekDns reader;
  return reader;
}

}  // namespace assay
