#include "readers/delimited_rows.h"

#include <fmt/core.h>

#include <algorithm>

#include "readers/claim_time.h"
#include "readers/delimited_words.h"
#include "readers/payment_record.h"
#include "readers/storable_time.h"
#include "readers/text_keys.h"

namespace assay {

namespace {

class RowsRead {
 public:
  RowsRead(const RowPlan& plan, LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : plan_(plan), clock_(std::move(clock)), skew_us_(skew_us), sink_(sink), keys_(sink) {
    const bool has_hour = plan.time_format.find("%H") < plan.time_format.size() ||
                          plan.time_format.find("%I") < plan.time_format.size() ||
                          plan.time_format.find("%T") < plan.time_format.size();
    is_day_format_ = !plan.time_format.empty() && !has_hour;
    format_ = *TimeFormat::parse(plan.time_format + (is_day_format_ ? " %H:%M:%S" : ""));
    debits_are_negative_ = are_negative(RowCell::amount_debit);
    credits_are_negative_ = are_negative(RowCell::amount_credit);
  }

  void take(const TextLine& row, const std::vector<std::string_view>& cells) {
    if (!plan_.table.header.empty() && cells.front() == plan_.table.header.front() &&
        std::equal(cells.begin(), cells.end(), plan_.table.header.begin(),
                   plan_.table.header.end())) {
      sink_.note("delimited.header_again", row.text);
      return sink_.blank_unit();
    }
    const std::size_t expected = plan_.columns.size();
    if (cells.size() != expected && (cells.size() != expected + 1 || !cells.back().empty())) {
      return reject_line(sink_, row, "delimited.columns.count",
                         fmt::format("{} columns where {} are expected", cells.size(), expected));
    }
    record_ = HeldRecord();
    record_.row.kind = plan_.kind;
    record_.row.offset = row.offset;
    record_.row.length = static_cast<std::uint32_t>(row.length);
    time_ = booking_ = value_ = ClaimTime{};
    has_amount_ = has_direction_ = false;
    for (std::size_t i = 0; i < expected; ++i) {
      if (plan_.columns[i].cell == RowCell::none || is_unset(Cell::none, cells[i])) continue;
      if (!set(plan_.columns[i], cells[i])) return reject_line(sink_, row, code_, why_);
    }
    if (!finish()) return reject_line(sink_, row, code_, why_);
    if (!row.is_terminated) sink_.note("line.unterminated", row.text);
    HeldRecords::send(sink_, record_);
    sink_.used_unit();
  }

 private:
  // How the first rows write the amounts of a column that tells the direction: some lists put a
  // minus before each.
  bool are_negative(RowCell cell) const {
    int sum = 0;
    for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
      if (plan_.columns[i].cell != cell) continue;
      for (const std::string& text : plan_.table.column(i)) {
        const auto amount = parse_row_amount(text, plan_.decimal_mark);
        if (amount && !(*amount == Amount())) sum += amount->is_negative() ? 1 : -1;
      }
    }
    return sum > 0;
  }
  bool is_against_its_column(RowCell cell, const Amount& amount) const {
    if (cell == RowCell::amount) return false;
    return amount.is_negative() !=
           (cell == RowCell::amount_debit ? debits_are_negative_ : credits_are_negative_);
  }

  bool refuse(std::string_view code, std::string_view why) {
    code_ = code;
    why_ = why;
    return false;
  }
  void add(std::string_view field, std::string_view text) { record_.add(field_id(field), text); }

  bool finish() {
    if (plan_.kind == RecordKind::payment && !has_amount_) {
      return refuse("delimited.cell.empty", "no amount");
    }
    const ClaimTime& time = time_.is_known ? time_ : booking_.is_known ? booking_ : value_;
    if (!time.is_known && plan_.kind != RecordKind::registration) {
      return refuse("delimited.cell.empty", "no time");
    }
    if (!time.is_known) sink_.note("registration.time_unknown", "rows without a time");
    time.set(record_.row);
    return true;
  }

  bool set(const RowPlan::Column& column, std::string_view text) {
    switch (column.cell) {
      case RowCell::time:
        return set_time(text, time_);
      case RowCell::booking_date:
        add("booking_date", text);
        return set_time(text, booking_);
      case RowCell::value_date:
        add("value_date", text);
        return set_time(text, value_);
      case RowCell::amount:
      case RowCell::amount_debit:
      case RowCell::amount_credit:
        return set_amount(column.cell, text);
      case RowCell::direction:
        if (row_direction(text).empty()) {
          return refuse("delimited.direction.unreadable", "neither credit nor debit");
        }
        set_direction(row_direction(text));
        return true;
      case RowCell::field:
        add(column.word, text);
        return true;
      default:
        return set_part(column.cell, text);
    }
  }

  // A direction that a column states goes before the amount's sign.
  void set_direction(std::string_view word) {
    if (has_direction_) return;
    has_direction_ = true;
    add("direction", word);
  }

  bool set_amount(RowCell cell, std::string_view text) {
    const auto amount = parse_row_amount(text, plan_.decimal_mark);
    if (!amount) {
      return refuse("delimited.amount.unreadable", "no amount with the list's decimal mark");
    }
    if (plan_.is_mark_open) {
      const auto other = parse_row_amount(text, plan_.decimal_mark == '.' ? ',' : '.');
      if (!other || !(*other == *amount)) {
        return refuse("delimited.amount.ambiguous",
                      "no amount in the first rows tells the decimal mark; state it in a mapping");
      }
    }
    if (has_amount_) {
      // Lists with a column a direction write 0 into the other.
      if (*amount == Amount()) return true;
      return refuse("delimited.amount.twice", "both a debit and a credit");
    }
    if (cell != RowCell::amount && *amount == Amount()) return true;
    if (is_against_its_column(cell, *amount)) {
      return refuse("delimited.amount.sign",
                    "a sign other than that of its column's first amounts: a correction or not, "
                    "the list does not say");
    }
    has_amount_ = true;
    const bool is_debit =
        cell == RowCell::amount_debit || (cell == RowCell::amount && amount->is_negative());
    add("amount", amount->magnitude().text());
    const bool states_direction = plan_.has(RowCell::direction);
    if (!states_direction) set_direction(is_debit ? "debit" : "credit");
    const std::size_t letters = text.find_last_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") + 1;
    if (text.size() - letters == 3) add("currency", text.substr(letters));
    return true;
  }

  bool set_part(RowCell cell, std::string_view text) {
    if (cell == RowCell::client || cell == RowCell::server) {
      const auto key = keys_.host(text);
      if (!key) return refuse("delimited.client.unreadable", "no address");
      (cell == RowCell::client ? record_.row.client : record_.row.server) = *key;
      return true;
    }
    if (cell == RowCell::name) {
      TextKeys::Name name;
      if (const auto problem = keys_.name(text, name)) return refuse(problem->code, problem->text);
      record_.row.name = name.key;
      if (name.had_capitals) record_.row.flags |= kNameHadCapitals;
      return true;
    }
    const auto number = parse_number<std::uint64_t>(text);
    if (!number || (cell != RowCell::count && *number > UINT16_MAX)) {
      return refuse("delimited.number.unreadable", "no number that fits");
    }
    if (cell == RowCell::count) record_.row.count = *number;
    if (cell == RowCell::client_port) record_.row.client_port = static_cast<std::uint16_t>(*number);
    if (cell == RowCell::server_port) record_.row.server_port = static_cast<std::uint16_t>(*number);
    return true;
  }

  bool set_time(std::string_view text, ClaimTime& out) {
    CellTime time;
    if (plan_.time_format.empty()) {
      out = clock_.read(text);
      if (out.is_known) return true;
      if (format_.read(text, time) && time.is_absolute &&
          add_skew(time.us, skew_us_, out.us)) {  // a count since 1970
        out.is_known = true;
        out.until_us = out.us;
        out.width_us = time.width_us;
        out.flags = 0;
        return true;
      }
    } else if (format_.read(is_day_format_ ? std::string(text) + " 00:00:00" : std::string(text),
                            time)) {
      out = is_day_format_ ? clock_.day(time.stamp.year, time.stamp.month, time.stamp.day)
                           : clock_.moment(time.stamp);
      if (out.is_known) return true;
    }
    return refuse("delimited.time.unreadable", "no time or date of the list's form");
  }

  const RowPlan& plan_;
  ClaimClock clock_;
  std::int64_t skew_us_;
  RecordSink& sink_;
  TextKeys keys_;
  TimeFormat format_;
  bool is_day_format_ = false, debits_are_negative_ = false, credits_are_negative_ = false;
  HeldRecord record_;
  ClaimTime time_, booking_, value_;
  bool has_amount_ = false, has_direction_ = false;
  std::string_view code_, why_;
};

}  // namespace

Status read_rows(ByteSource& source, const ReadContext& context, const RowPlan& plan,
                 RecordSink& sink) {
  if (!plan.problem.empty()) return Error{ErrorCode::usage, plan.problem, plan.mend};
  auto clock = LogClock::make(context.clock, context.first_year);
  if (!clock.ok()) return clock.error();
  RowsRead read(plan, std::move(*clock), context.clock.skew_us, sink);
  ASSAY_TRY(take_records(source, plan.table, sink, read));
  return flushed(sink);
}

}  // namespace assay
