// Zeek's dns.log, as TSV with its '#' headers and as JSON lines. The format and its codes:
// docs/formats/zeek_dns.md.
#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

#include "assay/reader.h"
#include "core/short_bytes.h"
#include "readers/readers.h"
#include "readers/zeek_head.h"
#include "readers/zeek_rows.h"

namespace assay {

namespace {

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

// The columns of a TSV log as its head names them.
struct TsvColumns {
  std::vector<ZeekField> fields;
  bool has_query = false;

  void take(const ZeekHead& head) {
    fields.clear();
    for (const std::string& name : head.fields) fields.push_back(zeek_field(name));
    has_query = has(ZeekField::query) || has(ZeekField::original_query);
  }
  bool has(ZeekField field) const {
    return std::find(fields.begin(), fields.end(), field) != fields.end();
  }
};

class ZeekRead {
 public:
  ZeekRead(ZeekClock clock, RecordSink& sink) : sink_(sink), rows_(std::move(clock), sink) {}

  void take(const TextLine& line) {
    if (line.text.front() == '{') return take_json(line);
    if (line.text.front() != '#') return take_tsv(line);
    take_head(line.text);
    sink_.blank_unit();
  }

  void take_head(std::string_view line) {
    if (head_.take(line)) columns_.take(head_);
  }

  void finish() { rows_.note_missing(); }

 private:
  void skip_other_path(const TextLine& line) {
    sink_.note("zeek.other_path", line.text);
    sink_.blank_unit();
  }

  void take_tsv(const TextLine& line) {
    if (!head_.path.empty() && head_.path != "dns") return skip_other_path(line);
    if (columns_.fields.empty()) {
      return reject_line(sink_, line, "zeek.fields.missing", "no #fields line stands before it");
    }
    if (!columns_.has_query) {
      return reject_line(sink_, line, "zeek.query.missing",
                         "#fields names no 'query': what was asked is not told");
    }
    rows_.begin();
    std::size_t column = 0;
    for_each_part(line.text, head_.separator, [&](std::string_view value) {
      if (column < columns_.fields.size()) set(columns_.fields[column], value);
      ++column;
    });
    if (column != columns_.fields.size()) {
      return reject_line(
          sink_, line, "zeek.fields.count",
          fmt::format("{} values where #fields names {}", column, columns_.fields.size()));
    }
    rows_.finish(line);
  }

  // Most values differ from these words in their first byte.
  static bool is_word(std::string_view value, const std::string& word) {
    return value.size() == word.size() &&
           (value.empty() || (value.front() == word.front() && value == word));
  }

  void set(ZeekField field, std::string_view value) {
    if (field == ZeekField::none || is_word(value, head_.unset_field)) return;
    if (field == ZeekField::answers || field == ZeekField::ttls) {
      if (is_word(value, head_.empty_field)) return;
      for_each_part(value, head_.set_separator, [&](std::string_view part) {
        field == ZeekField::answers ? rows_.add_answer(part) : void(rows_.add_ttl(part));
      });
      return;
    }
    rows_.set_text(field, is_word(value, head_.empty_field) ? std::string_view() : value);
  }

  void take_json(const TextLine& line) {
    simdjson::dom::object object;
    if (const auto error = parser_.parse(line.text.data(), line.text.size(), false).get(object)) {
      return reject_line(sink_, line, "zeek.json.unreadable", simdjson::error_message(error));
    }
    rows_.begin();
    std::size_t place = 0;
    for (const auto [key, value] : object) {
      const ZeekField field = field_at(place++, key);
      if (field == ZeekField::none && key == "_path") {
        std::string_view path;
        if (!value.get(path) && path != "dns") return skip_other_path(line);
      }
      simdjson::dom::object ends;  // some shippers nest {"id": {"orig_h": ...}}
      if (field == ZeekField::none && key == "id" && !value.get(ends)) {
        for (const auto [end, inner] : ends) set(zeek_field(fmt::format("id.{}", end)), inner);
      }
      set(field, value);
    }
    rows_.finish(line);
  }

  // Records of one log name their fields in one order: the key that stood at this place before is
  // compared first.
  ZeekField field_at(std::size_t place, std::string_view key) {
    if (place >= keys_.size()) {
      if (place >= kMostPlaces) return zeek_field(key);
      keys_.resize(place + 1);
    }
    auto& [known, field] = keys_[place];
    if (known.size() != key.size() || !equal_short(known.data(), key.data(), key.size())) {
      known.assign(key);
      field = zeek_field(key);
    }
    return field;
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

  static constexpr std::size_t kMostPlaces = 64;

  RecordSink& sink_;
  ZeekRows rows_;
  ZeekHead head_;
  TsvColumns columns_;
  std::vector<std::pair<std::string, ZeekField>> keys_;
  simdjson::dom::parser parser_;
};

SniffScore sniff_tsv(std::string_view head) {
  ZeekHead tsv;
  for_each_head_line(head, [&](std::string_view line) {
    if (line.starts_with('#') && tsv.fields.empty()) tsv.take(line);
  });
  if (!tsv.path.empty() && tsv.path != "dns") {
    return {0, fmt::format("a Zeek log, but of path '{}', not dns", tsv.path)};
  }
  TsvColumns columns;
  columns.take(tsv);
  if (!columns.has(ZeekField::ts) || !columns.has(ZeekField::orig_h)) return {};
  if (tsv.path == "dns" && columns.has_query) {
    return {95, "Zeek TSV with '#path dns' and its #fields"};
  }
  if (columns.has(ZeekField::query)) {
    return {80, "Zeek TSV whose #fields name ts, id.orig_h and query"};
  }
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
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    std::string_view first;
    for_each_head_line(head, [&](std::string_view line) {
      if (first.empty()) first = line;
    });
    if (first.starts_with('{')) return sniff_json(first);
    return first.starts_with('#') ? sniff_tsv(head) : SniffScore{};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = ZeekClock::make(context.clock);
    if (!clock.ok()) return clock.error();
    ZeekRead read(std::move(*clock), sink);
    for_each_zeek_head_line(context.head, [&](std::string_view line) { read.take_head(line); });
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& zeek_dns_reader() {
  static const ZeekDns reader;
  return reader;
}

}  // namespace assay
