#include "readers/zeek_log.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

#include "readers/readers.h"
#include "readers/zeek_head.h"

namespace assay {

namespace {

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

bool is_path_of(std::string_view path, std::string_view own) {
  // Corelight's sensors write a reduced log beside the whole one.
  return path.starts_with(own) && (path.size() == own.size() || path.substr(own.size()) == "_red");
}

class ZeekLogRead {
 public:
  ZeekLogRead(const ZeekLogFormat& format, ZeekClock clock, RecordSink& sink)
      : format_(format),
        sink_(sink),
        record_(format.columns, std::move(clock)),
        taker_(format.make_taker(sink)) {}

  void take(const TextLine& line) {
    if (line.text.front() == '{') return take_json(line);
    if (line.text.front() != '#') return take_tsv(line);
    take_head(line.text);
    sink_.blank_unit();
  }

  void take_head(std::string_view line) {
    if (!head_.take(line)) return;
    slots_.clear();
    for (const std::string& name : head_.fields) {
      slots_.push_back(record_.slot_of(name, slots_.size()));
    }
  }

  void finish() { taker_->finish(); }

 private:
  void skip_other_path(const TextLine& line) {
    sink_.note("zeek.other_path", line.text);
    sink_.blank_unit();
  }

  void take_tsv(const TextLine& line) {
    if (!head_.path.empty() && !is_path_of(head_.path, format_.path)) return skip_other_path(line);
    if (slots_.empty()) {
      return reject_line(sink_, line, "zeek.fields.missing", "no #fields line stands before it");
    }
    record_.begin();
    std::size_t column = 0;
    for_each_part(line.text, head_.separator, [&](std::string_view value) {
      if (column < slots_.size()) set(slots_[column], value);
      ++column;
    });
    if (column != slots_.size()) {
      return reject_line(sink_, line, "zeek.fields.count",
                         fmt::format("{} values where #fields names {}", column, slots_.size()));
    }
    hand_over(line);
  }

  void set(std::size_t slot, std::string_view value) {
    if (slot == ZeekRecord::kNoSlot || value == head_.unset_field) return;
    const bool is_empty = value == head_.empty_field;
    if (!record_.is_list(slot)) return record_.set_text(slot, is_empty ? "" : value);
    if (is_empty) return;
    for_each_part(value, head_.set_separator,
                  [&](std::string_view part) { record_.add_part(slot, part); });
  }

  void take_json(const TextLine& line) {
    simdjson::dom::object object;
    if (const auto error = parser_.parse(line.text.data(), line.text.size(), false).get(object)) {
      return reject_line(sink_, line, "zeek.json.unreadable", simdjson::error_message(error));
    }
    record_.begin();
    std::size_t guess = 0;
    for (const auto [key, value] : object) {
      if (key == "_path") {
        std::string_view path;
        if (!value.get(path) && !is_path_of(path, format_.path)) return skip_other_path(line);
        continue;
      }
      simdjson::dom::object ends;  // some shippers nest {"id": {"orig_h": ...}}
      if (key == "id" && !value.get(ends)) {
        for (const auto [end, inner] : ends) {
          set(record_.slot_of(fmt::format("id.{}", end)), inner);
        }
        continue;
      }
      const std::size_t slot = record_.slot_of(key, guess);
      if (slot == ZeekRecord::kNoSlot) continue;
      guess = slot + 1;
      set(slot, value);
    }
    hand_over(line);
  }

  // Null is an unset field.
  void set(std::size_t slot, simdjson::dom::element value) {
    if (slot == ZeekRecord::kNoSlot) return;
    std::string_view text;
    std::uint64_t integer = 0;
    double real = 0;
    bool is_set = false;
    simdjson::dom::array parts;
    if (!value.get(text)) {
      record_.is_list(slot) ? record_.add_part(slot, text) : record_.set_text(slot, text);
    } else if (!value.get(integer)) {
      record_.set_integer(slot, integer);
    } else if (!value.get(real)) {
      record_.set_real(slot, real);
    } else if (!value.get(is_set)) {
      record_.set_flag(slot, is_set);
    } else if (!value.get(parts)) {
      for (const simdjson::dom::element part : parts) {
        if (!part.get(text)) record_.add_part(slot, text);
      }
    }
  }

  void hand_over(const TextLine& line) {
    RecordRow row;
    row.kind = format_.kind;
    row.offset = line.offset;
    row.length = static_cast<std::uint32_t>(line.text.size());
    if (record_.set_time(row)) taker_->take(record_, row);
    if (record_.has_problem()) {
      return reject_line(sink_, line, record_.problem().code, record_.problem().why);
    }
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  const ZeekLogFormat& format_;
  RecordSink& sink_;
  ZeekRecord record_;
  std::unique_ptr<ZeekTaker> taker_;
  ZeekHead head_;
  std::vector<std::size_t> slots_;  // of the columns of the TSV
  simdjson::dom::parser parser_;
};

// What a head says of itself, in either form.
struct Seen {
  std::string path;
  std::vector<std::string> names;
};

std::optional<Seen> see_json(std::string_view line) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const std::string padded = std::string(line) + std::string(simdjson::SIMDJSON_PADDING, ' ');
  if (parser.parse(padded.data(), line.size(), false).get(object)) return std::nullopt;
  Seen seen;
  for (const auto [key, value] : object) {
    std::string_view path;
    if (key == "_path" && !value.get(path)) seen.path = path;
    seen.names.emplace_back(key);
  }
  return seen;
}

}  // namespace

SniffScore ZeekLog::sniff(std::string_view head) const {
  std::string_view first;
  ZeekHead tsv;
  for_each_head_line(head, [&](std::string_view line) {
    if (first.empty()) first = line;
    if (line.front() == '#' && tsv.fields.empty()) tsv.take(line);
  });
  std::optional<Seen> seen;
  if (first.starts_with('{')) seen = see_json(first);
  if (first.starts_with('#')) seen = Seen{tsv.path, tsv.fields};
  if (!seen) return {};
  const auto has = [&](std::string_view name) {
    return std::find(seen->names.begin(), seen->names.end(), name) != seen->names.end();
  };
  if (!has("ts")) return {};
  if (!seen->path.empty()) {
    // The reader of dns.log says what else a log is; once is enough.
    if (!is_path_of(seen->path, format_.path)) return {};
    return {94, fmt::format("a log of Zeek with the path '{}'", seen->path)};
  }
  const auto found =
      static_cast<std::size_t>(std::count_if(format_.signs.begin(), format_.signs.end(), has));
  if (found < format_.least_signs) return {};
  return {85, fmt::format("ts and {} fields of Zeek's {}.log", found, format_.path)};
}

Status ZeekLog::read(ByteSource& source, const ReadContext& context, RecordSink& sink) const {
  auto clock = ZeekClock::make(context.clock);
  if (!clock.ok()) return clock.error();
  ZeekLogRead read(format_, std::move(*clock), sink);
  for_each_zeek_head_line(context.head, [&](std::string_view line) { read.take_head(line); });
  return read_lines(source, sink, read);
}

}  // namespace assay
