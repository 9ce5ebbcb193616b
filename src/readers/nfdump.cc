// What nfdump prints of its files: CSV, JSON and lines. docs/formats/nfdump.md.
#include <fmt/core.h>
#include <simdjson.h>

#include <deque>

#include "readers/flow_record.h"
#include "readers/nfdump_lines.h"
#include "readers/peeked_source.h"
#include "readers/readers.h"
#include "readers/text_numbers.h"
#include "readers/zeek_head.h"

namespace assay {

namespace {

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kMostObjectLines = 512;

// nfdump's own files begin with the magic 0xA50C and a version of 1 or 2, in the byte order of the
// machine that wrote them.
bool is_nfcapd(std::string_view head) {
  return head.size() >= 4 && ((head.starts_with("\x0c\xa5") && head[3] == 0 && head[2] <= 2) ||
                              (head.starts_with("\xa5\x0c") && head[2] == 0 && head[3] <= 2));
}
constexpr std::string_view kPrintIt =
    "this is a file of nfcapd itself: print it with `nfdump -r FILE -o csv`, in UTC (TZ=UTC), and "
    "read what it prints";

bool is_csv_heading(std::string_view line) {
  return line.starts_with("ts,te,td,sa,da,") || line.starts_with("firstSeen,") ||
         line.starts_with("cnt,af,firstSeen,");
}

bool is_line_heading(std::string_view line) { return line.starts_with("Date first seen"); }

bool is_frame_of_json(std::string_view text) { return text == "[" || text == "]" || text == ","; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

class NfdumpRead {
 public:
  NfdumpRead(LogClock clock, std::int64_t skew_us, TimeFormat format, RecordSink& sink)
      : sink_(sink), flow_("nfdump", std::move(clock), skew_us, std::move(format), sink) {}

  void take(const TextLine& line) {
    const std::string_view text = trimmed(line.text);
    if (is_object_open_) return take_object_line(line);
    if (text.starts_with('{')) return open_object(line);
    if (is_frame_of_json(text)) return sink_.blank_unit();
    if (is_csv_heading(text)) return take_csv_heading(text);
    if (is_line_heading(text)) return take_line_heading(line);
    if (take_summary(text)) return sink_.blank_unit();
    if (form_ == Form::csv) return take_csv(line);
    if (form_ == Form::lines) return take_line(line);
    reject_line(sink_, line, "nfdump.heading.missing", "no heading of nfdump stands before it");
  }

  void finish() {
    if (is_object_open_) {
      sink_.join_units(object_lines_ - 1);
      sink_.reject("line.truncated", object_.offset, object_bytes_.size(), object_bytes_,
                   "the input ends within this object");
    }
    flow_.note_missing();
  }

 private:
  enum class Form { none, csv, lines };

  void take_csv_heading(std::string_view text) {
    form_ = Form::csv;
    columns_.clear();
    for_each_part(text, ",", [this](std::string_view name) {
      columns_.push_back(name.empty() ? FlowColumn::other : flow_column(name));
    });
    sink_.blank_unit();
  }

  void take_line_heading(const TextLine& line) {
    if (!layout_.take_heading(line.text)) {
      form_ = Form::none;
      return reject_line(sink_, line, "nfdump.heading.unknown",
                         "these columns are none of line, long, extended, biline or bilong");
    }
    form_ = Form::lines;
    sink_.blank_unit();
  }

  void take_csv(const TextLine& line) {
    flow_.begin();
    std::size_t column = 0;
    for_each_part(line.text, ",", [&](std::string_view value) {
      if (column < columns_.size()) flow_.set(columns_[column], trimmed(value));
      ++column;
    });
    // nfdump 1.7.4 ends its heading with a comma, and its rows without one.
    if (column != columns_.size() && column + 1 != columns_.size()) {
      return reject_line(sink_, line, "nfdump.columns.count",
                         fmt::format("{} values under {} names", column, columns_.size()));
    }
    flow_.take(line);
  }

  void take_line(const TextLine& line) {
    switch (layout_.cut(line.text, cells_)) {
      case NfdumpLayout::Outcome::unreadable:
        return reject_line(sink_, line, "nfdump.line.unreadable", "it has other columns");
      case NfdumpLayout::Outcome::shortened:
        return reject_line(sink_, line, "nfdump.address.shortened",
                           "the middle of an address is left out: print with -6, or -o csv");
      case NfdumpLayout::Outcome::read:
        break;
    }
    flow_.begin();
    for (const auto& [column, text] : cells_) flow_.set(column, text);
    flow_.take(line);
  }

  // The lines below the flows. True for one of them.
  bool take_summary(std::string_view text) {
    if (awaits_sums_) {
      awaits_sums_ = false;
      std::vector<std::string_view> parts;
      for_each_part(text, ",", [&](std::string_view part) { parts.push_back(part); });
      if (parts.size() < 3) return false;
      compare(parts[0], parts[1], parts[2]);
      return true;
    }
    if (text == "Summary") return true;
    if (text.starts_with("flows,bytes,packets")) return awaits_sums_ = true;
    constexpr std::string_view kSummary = "Summary: total flows: ";
    if (text.starts_with(kSummary)) {
      std::vector<std::string_view> parts;
      for_each_part(text.substr(9), ", ", [&](std::string_view part) {
        const std::size_t colon = part.find(": ");
        parts.push_back(colon == std::string_view::npos ? part : part.substr(colon + 2));
      });
      if (parts.size() >= 3) compare(parts[0], parts[1], parts[2]);
      return true;
    }
    for (const std::string_view start :
         {"Time window:", "Total flows processed:", "Sys:", "Aggregated flows ", "Top ",
          "No matching flows", "No matched flows"}) {
      if (text.starts_with(start)) return true;
    }
    return false;
  }

  // nfdump adds up what it prints: what was read must add up to the same.
  void compare(std::string_view flows, std::string_view bytes, std::string_view packets) {
    const FlowRecord::Totals now = flow_.totals();
    const std::uint64_t bytes_read = now.bytes - before_.bytes;
    const std::uint64_t packets_read = now.packets - before_.packets;
    const std::uint64_t flows_read = now.flows - before_.flows;
    // Printed both ways (-B), CSV does not tell how many flows a row stands for.
    const bool tells_flows = form_ != Form::csv || now.bytes_back == before_.bytes_back;
    before_ = now;
    const auto agrees = [](std::string_view text, std::uint64_t read) {
      const auto sum = parse_number<std::uint64_t>(text);
      return !sum || *sum == read;  // "1.2 M" tells no sum
    };
    if ((!tells_flows || agrees(flows, flows_read)) && agrees(bytes, bytes_read) &&
        agrees(packets, packets_read)) {
      return sink_.note("nfdump.summary_agrees", "nfdump's own sums are those of the records read");
    }
    sink_.note("nfdump.summary_differs",
               fmt::format("nfdump's summary: {} flows, {} bytes, {} packets; read: {}, {}, {}",
                           flows, bytes, packets, flows_read, bytes_read, packets_read));
  }

  void open_object(const TextLine& line) {
    object_bytes_.clear();
    object_ = line;
    object_lines_ = 0;
    depth_ = 0;
    is_in_text_ = is_escaped_ = false;
    is_object_open_ = true;
    take_object_line(line);
  }

  void take_object_line(const TextLine& line) {
    ++object_lines_;
    if (object_lines_ > 1) object_bytes_ += '\n';
    const std::size_t begin = object_bytes_.size();
    object_bytes_ += line.text;
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      const char c = line.text[i];
      if (is_escaped_) {
        is_escaped_ = false;
      } else if (is_in_text_) {
        is_escaped_ = c == '\\';
        if (c == '"') is_in_text_ = false;
      } else if (c == '"') {
        is_in_text_ = true;
      } else if (c == '{') {
        ++depth_;
      } else if (c == '}') {
        if (--depth_ == 0) object_end_ = begin + i + 1;  // "}," and "}]" end one
      }
    }
    const bool is_whole = depth_ <= 0;
    if (!is_whole && object_bytes_.size() < kMaxLineBytes && object_lines_ < kMostObjectLines) {
      return;
    }
    is_object_open_ = false;
    sink_.join_units(object_lines_ - 1);
    TextLine object = object_;
    object.text = object_bytes_;
    object.length = line.offset + line.text.size() - object_.offset;
    object.is_terminated = line.is_terminated;
    if (!is_whole) {
      return reject_line(sink_, object, "nfdump.json.too_long", "no end of this object was found");
    }
    take_object(object);
  }

  void take_object(const TextLine& line) {
    const std::string_view text = line.text.substr(0, object_end_);
    padded_.assign(text);
    padded_.append(simdjson::SIMDJSON_PADDING, ' ');
    simdjson::dom::object object;
    if (const auto error = parser_.parse(padded_.data(), text.size(), false).get(object)) {
      return reject_line(sink_, line, "nfdump.json.unreadable", simdjson::error_message(error));
    }
    flow_.begin();
    numbers_.clear();
    for (const auto [key, value] : object) {
      std::string_view word;
      std::uint64_t integer = 0;
      double real = 0;
      if (key == "type") {
        if (!value.get(word) && word != "FLOW" && word != "EVENT") {
          sink_.note("nfdump.other_record", word);
          return sink_.blank_unit();
        }
        continue;
      }
      const FlowColumn column = flow_column(key);
      if (column == FlowColumn::unknown || column == FlowColumn::other) continue;
      if (!value.get(word)) {
        flow_.set(column, word);
      } else if (!value.get(integer)) {
        flow_.set(column, numbers_.emplace_back(std::to_string(integer)));
      } else if (!value.get(real)) {
        flow_.set(column, numbers_.emplace_back(fmt::format("{}", real)));
      }
    }
    flow_.take(line);
  }

  RecordSink& sink_;
  FlowRecord flow_;
  FlowRecord::Totals before_;  // when the last summary stood
  Form form_ = Form::none;
  std::vector<FlowColumn> columns_;
  NfdumpLayout layout_;
  NfdumpLayout::Cells cells_;
  bool awaits_sums_ = false;

  bool is_object_open_ = false, is_in_text_ = false, is_escaped_ = false;
  int depth_ = 0;
  std::size_t object_lines_ = 0, object_end_ = 0;
  TextLine object_;
  std::string object_bytes_, padded_;
  std::deque<std::string> numbers_;
  simdjson::dom::parser parser_;
};

class Nfdump final : public Reader {
 public:
  std::string_view name() const override { return "nfdump"; }
  std::string_view summary() const override { return "flows as nfdump prints them"; }
  std::string_view record_kind() const override { return "flow"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    if (is_nfcapd(head)) return {90, std::string(kPrintIt)};
    std::string_view first;
    bool is_lines = false;
    for_each_head_line(head, [&](std::string_view line) {
      if (first.empty()) first = line;
      NfdumpLayout layout;
      is_lines |= is_line_heading(line) && layout.take_heading(line);
    });
    if (is_csv_heading(first)) return {95, "the heading of nfdump's CSV"};
    if (is_lines) return {94, "the heading of nfdump's lines"};
    const bool is_array = trimmed(first) == "[" || trimmed(first) == "{";
    const bool is_flow = head.find("\"src4_addr\"") != std::string_view::npos ||
                         head.find("\"src6_addr\"") != std::string_view::npos;
    if (is_flow && (is_array || first.starts_with('{'))) {
      return {93, "JSON with the 'src4_addr' or 'src6_addr' of nfdump"};
    }
    return {};
  }

  Status read(ByteSource& raw, const ReadContext& context, RecordSink& sink) const override {
    PeekedSource source(raw);
    if (is_nfcapd(source.peek(4))) return refuse_nfcapd(source, sink);
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    auto format = TimeFormat::parse("");
    if (!format.ok()) return format.error();
    NfdumpRead read(std::move(*clock), context.clock.skew_us, std::move(*format), sink);
    return read_lines(source, sink, read);
  }

 private:
  static Status refuse_nfcapd(PeekedSource& source, RecordSink& sink) {
    const std::string first(source.peek(kMaxRejectText));
    std::string block(std::size_t{1} << 18, '\0');
    std::uint64_t length = 0;
    for (;;) {
      const auto got = source.read(block.data(), block.size());
      if (!got.ok() && got.error().code != ErrorCode::malformed) return got.error();
      if (!got.ok() || *got == 0) break;
      length += *got;
    }
    sink.unit();
    sink.reject("nfdump.binary", 0, length, first, kPrintIt);
    return flushed(sink);
  }
};

}  // namespace

const Reader& nfdump_reader() {
  static const Nfdump reader;
  return reader;
}

}  // namespace assay
