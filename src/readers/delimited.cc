// CSV, TSV and other delimited lists of look-ups. Columns, times and codes:
// docs/formats/delimited.md.
#include <fmt/core.h>

#include <algorithm>

#include "assay/reader.h"
#include "readers/delimited_plan.h"
#include "readers/delimited_record.h"
#include "readers/delimited_rows.h"
#include "readers/delimited_words.h"
#include "readers/log_stamp.h"
#include "readers/peeked_source.h"
#include "readers/readers.h"
#include "readers/storable_time.h"
#include "readers/text_keys.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

class DelimitedRead {
 public:
  DelimitedRead(const DelimitedPlan& plan, LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : plan_(plan), clock_(std::move(clock)), skew_us_(skew_us), sink_(sink), keys_(sink) {}

  void take(const TextLine& record, const std::vector<std::string_view>& cells) {
    if (is_header_again(cells)) {
      sink_.note("delimited.header_again", record.text);
      return sink_.blank_unit();
    }
    if (!make_row(cells)) return reject_line(sink_, record, code_, why_);
    row_.offset = record.offset;
    row_.length = static_cast<std::uint32_t>(record.length);
    if (!record.is_terminated) sink_.note("line.unterminated", record.text);
    sink_.add(row_);
    sink_.used_unit();
  }

  Status end() {
    if (clock_.yearless_count() == 0) return {};
    if (auto problem = clock_.contradiction()) return *problem;
    if (const auto year = clock_.better_first_year()) {
      sink_.want_first_year(*year);
      return Error{ErrorCode::usage,
                   fmt::format("the times have no year, and the first row lies in {}", *year),
                   fmt::format("read it again with --year {}", *year)};
    }
    sink_.note("delimited.year_inferred", clock_.year_story(), clock_.yearless_count());
    return {};
  }

 private:
  bool refuse(std::string_view code, std::string_view why) {
    code_ = code;
    why_ = why;
    return false;
  }

  // A column that is not needed costs no row: what it says is noted and stays untold.
  bool leave_unset(std::string_view code, Cell cell, std::string_view text) {
    sink_.note(code, fmt::format("'{}' is no {}", text.substr(0, 40), cell_word(cell)));
    return true;
  }

  bool set(Cell cell, std::string_view text) {
    switch (cell) {
      case Cell::none:
        return true;
      case Cell::time:
        time_ = text;
        return true;
      case Cell::date:
        date_ = text;
        return true;
      case Cell::client:
        return set_client(text);
      case Cell::server:
        return set_server(text);
      case Cell::qname:
        return set_name(text);
      case Cell::proto:
        if (text == "tcp" || text == "TCP" || text == "6") row_.flags |= kTcp;
        return true;
      default:
        return set_number(cell, text);
    }
  }

  bool set_client(std::string_view text) {
    std::string_view port;
    if (const std::size_t at = text.find('#'); at != std::string_view::npos) {
      port = text.substr(at + 1);
      text = text.substr(0, at);
    } else if (text.starts_with('[') && text.find(']') != std::string_view::npos) {
      const std::size_t end = text.find(']');
      if (text.substr(end).starts_with("]:")) port = text.substr(end + 2);
      text = text.substr(1, end - 1);
    } else if (text.find('.') < text.find(':') && text.find(':') != std::string_view::npos) {
      port = text.substr(text.find(':') + 1);
      text = text.substr(0, text.find(':'));
    }
    const auto key = keys_.host(text);
    if (!key) return refuse("delimited.client.unreadable", "the client is no address");
    row_.client = *key;
    if (!port.empty() && !set_number(Cell::client_port, port)) return false;
    return has_client_ = true;
  }

  // A server told by its name ("ns1") cannot be kept: a row holds its address.
  bool set_server(std::string_view text) {
    if (const auto key = keys_.host(text.substr(0, text.find('#')))) {
      row_.server = *key;
    } else {
      sink_.note("delimited.server_is_no_address", text);
    }
    return true;
  }

  bool set_name(std::string_view text) {
    TextKeys::Name name;
    const auto problem = keys_.name(text, name);
    if (problem) return refuse(problem->code, problem->text);
    row_.qname = name.key;
    if (name.had_capitals) row_.flags |= kNameHadCapitals;
    return has_name_ = true;
  }

  bool set_number(Cell cell, std::string_view text) {
    if (cell == Cell::ttl) {
      const auto ttl = parse_number<std::uint32_t>(text);
      if (!ttl) return leave_unset("delimited.ttl.unreadable", cell, text);
      row_.ttl = *ttl;
      return true;
    }
    const auto code = code_of(text, [&](std::string_view word) -> std::optional<std::uint16_t> {
      if (cell == Cell::qtype) return keys_.qtype(word);
      if (cell == Cell::qclass) return keys_.qclass(word);
      return cell == Cell::rcode ? parse_rcode(word) : std::nullopt;
    });
    if (!code) {
      return leave_unset(
          cell == Cell::qtype ? "delimited.type.unreadable" : "delimited.field.unreadable", cell,
          text);
    }
    switch (cell) {
      case Cell::qtype:
        row_.qtype = *code;
        break;
      case Cell::qclass:
        row_.qclass = *code;
        break;
      case Cell::rcode:
        row_.rcode = *code;
        row_.flags |= kHasAnswer;
        break;
      case Cell::id:
        row_.id = *code;
        break;
      default:
        row_.client_port = *code;
        break;
    }
    return true;
  }

  bool set_time() {
    std::string_view text = time_;
    if (plan_.has(Cell::date)) {
      joined_.assign(date_).append(" ").append(time_);
      text = joined_;
    }
    CellTime time;
    if (!plan_.time.read(text, time)) {
      return refuse("delimited.time.unreadable", plan_.time_format.empty()
                                                     ? "the time has no form that is known"
                                                     : "the time is not of the column's form");
    }
    if (time.is_absolute) {
      row_.width_us = time.width_us;
      return add_skew(time.us, skew_us_, row_.time_us) ||
             refuse(kTimeOutOfRange, kTimeOutOfRangeWhy);
    }
    LogClock::Reading reading;
    if (!clock_.read(time.stamp, reading)) {
      return refuse(clock_.problem().code, clock_.problem().why);
    }
    row_.time_us = reading.us;
    row_.width_us = reading.width_us;
    row_.flags |= reading.flags;
    return true;
  }

  // Files put one behind the other repeat their header.
  bool is_header_again(const std::vector<std::string_view>& cells) const {
    const auto& header = plan_.table.header;
    return !header.empty() && cells.front() == header.front() &&
           std::equal(cells.begin(), cells.end(), header.begin(), header.end());
  }

  bool make_row(const std::vector<std::string_view>& cells) {
    const std::size_t expected = plan_.cells.size();
    // A delimiter too many at the end of the line leaves one empty cell.
    if (cells.size() != expected && (cells.size() != expected + 1 || !cells.back().empty())) {
      why_text_ = fmt::format("{} columns where {} are expected", cells.size(), expected);
      return refuse("delimited.columns.count", why_text_);
    }
    if (plan_.has(Cell::count)) {
      return refuse("delimited.aggregate_unsupported",
                    "the row sums up several look-ups without their times");
    }
    row_ = DnsRow{};
    row_.flags = kHasQuery;
    date_ = time_ = {};
    has_client_ = has_name_ = false;
    for (std::size_t i = 0; i < expected; ++i) {
      if (!is_unset(plan_.cells[i], cells[i]) && !set(plan_.cells[i], cells[i])) return false;
    }
    if (!has_client_ || !has_name_ || time_.empty()) {
      return refuse("delimited.cell.empty", "time, client or name is empty");
    }
    return set_time();
  }

  const DelimitedPlan& plan_;
  LogClock clock_;
  std::int64_t skew_us_;
  RecordSink& sink_;
  TextKeys keys_;

  DnsRow row_;
  std::string_view date_, time_;
  bool has_client_ = false, has_name_ = false;
  std::string joined_, why_text_;
  std::string_view code_, why_;
};

// "time_utc", "UTC": the table itself says what zone its times are in.
bool says_utc(const DelimitedPlan& plan) {
  for (std::size_t i = 0; i < std::min(plan.cells.size(), plan.table.header.size()); ++i) {
    if (plan.cells[i] != Cell::time && plan.cells[i] != Cell::date) continue;
    const std::string words = ' ' + simplified_header(plan.table.header[i]) + ' ';
    if (words.find(" utc ") != std::string::npos) return true;
  }
  return false;
}

// "time 'utc', client 'src', qname 'name'" for the reason of a score.
std::string spelled(const DelimitedPlan& plan) {
  std::string out;
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    if (plan.cells[i] == Cell::none) continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", cell_word(plan.cells[i]),
                       plan.table.title(i));
  }
  return out;
}

class Delimited final : public Reader {
 public:
  std::string_view name() const override { return "delimited"; }
  std::string_view summary() const override {
    return "lists of look-ups or payments as CSV, TSV or the like, by their columns or a mapping";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view record_kind_of(std::string_view head,
                                  const std::optional<DelimitedMapping>& mapping) const override {
    if (mapping) return kind_word(mapping->kind);
    const bool is_payments =
        !has_look_ups(guess_plan(head)) && is_payment_plan(guess_payment_plan(head));
    return kind_word(is_payments ? RecordKind::payment : RecordKind::dns);
  }
  std::string_view unit() const override { return "row"; }

  SniffScore sniff(std::string_view head) const override {
    if (is_utf16(head)) {
      return {0, "UTF-16 text; convert it (iconv -f UTF-16 -t UTF-8) and add the result"};
    }
    if (head.find('\0') != std::string_view::npos || head.starts_with("#separator ")) return {};
    const DelimitedPlan plan = guess_plan(head);
    if (!has_look_ups(plan)) return sniff_payments(head);
    const bool is_blank_delimited = plan.table.delimiter == ' ';
    if (is_blank_delimited && !plan.has(Cell::qtype)) return {};
    if (!plan.problem.empty()) return {50, plan.problem};
    if (plan.has(Cell::count)) return {45, "columns " + spelled(plan) + "; rows are aggregates"};
    const int score = plan.is_by_header ? 75 : is_blank_delimited ? 45 : 60;
    return {score, "columns " + spelled(plan)};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    PeekedSource peeked(source);
    const std::string_view head = peeked.peek(kSniffBytes);
    if (context.mapping && context.mapping->kind != RecordKind::dns) {
      return read_rows(peeked, context, row_plan_of_mapping(head, *context.mapping), sink);
    }
    const DelimitedPlan plan =
        context.mapping ? plan_of_mapping(head, *context.mapping) : guess_plan(head);
    if (!context.mapping && !has_look_ups(plan)) {
      const RowPlan payments = guess_payment_plan(head);
      if (is_payment_plan(payments)) return read_rows(peeked, context, payments, sink);
    }
    if (!plan.problem.empty() && !head.empty() && !is_utf16(head)) {
      return Error{ErrorCode::usage, plan.problem, plan.mend};
    }
    Clock stated = context.clock;
    if (stated.zone != "UTC" && says_utc(plan)) {
      sink.note("delimited.times_are_utc",
                fmt::format("the column of times says UTC, which goes before {}", stated.zone));
      stated.zone = "UTC";
    }
    auto clock = LogClock::make(stated, context.first_year);
    if (!clock.ok()) return clock.error();
    DelimitedRead read(plan, std::move(*clock), context.clock.skew_us, sink);
    ASSAY_TRY(take_records(peeked, plan.table, sink, read));
    ASSAY_TRY(read.end());
    return flushed(sink);
  }

  std::string describe_plan(std::string_view head) const override {
    const DelimitedPlan plan = guess_plan(head);
    if (!has_look_ups(plan)) {
      const RowPlan payments = guess_payment_plan(head);
      if (is_payment_plan(payments)) return mapping_toml(payments);
    }
    return mapping_toml(plan);
  }

 private:
  static bool has_look_ups(const DelimitedPlan& plan) {
    return plan.has(Cell::time) && plan.has(Cell::client) && plan.has(Cell::qname);
  }

  static SniffScore sniff_payments(std::string_view head) {
    const RowPlan plan = guess_payment_plan(head);
    if (!is_payment_plan(plan)) return {};
    if (!plan.problem.empty()) return {50, plan.problem};
    std::string columns;
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      if (plan.columns[i].cell == RowCell::none) continue;
      columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", plan.columns[i].word,
                             plan.table.title(i));
    }
    return {64, fmt::format("payments, decimal '{}': {}", plan.decimal_mark, columns)};
  }
};

}  // namespace

const Reader& delimited_reader() {
  static const Delimited reader;
  return reader;
}

}  // namespace assay
