// Account statements of SWIFT: MT940, and MT942 for the day that still goes on. Lines, fields and
// codes: docs/formats/mt940.md.
#include <fmt/core.h>

#include <algorithm>

#include "assay/reader.h"
#include "readers/head_score.h"
#include "readers/line_reader.h"
#include "readers/mt940_fields.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::size_t kMaxTagText = 16'384;
constexpr std::size_t kMaxHeadText = 256;

// ":61:" and ":28C:" at the start of a line: the bytes that it takes, 0 when there is none.
std::size_t tag_at(std::string_view line) {
  if (line.size() < 4 || line[0] != ':') return 0;
  std::size_t end = 3;
  if (line[1] < '0' || line[1] > '9' || line[2] < '0' || line[2] > '9') return 0;
  if (end < line.size() && line[end] >= 'A' && line[end] <= 'Z') ++end;
  return end < line.size() && line[end] == ':' ? end + 1 : 0;
}

// What stands behind the blocks of an envelope: "{1:F01...}{2:I940...}{4:".
std::string_view behind_envelope(std::string_view line) {
  const std::size_t body = line.find("{4:");
  if (body != std::string_view::npos) return line.substr(body + 3);
  return line.ends_with('}') ? std::string_view() : line;
}

class Mt940Read {
 public:
  Mt940Read(LogClock clock, RecordSink& sink) : sink_(sink), clock_(std::move(clock)) {}

  void take(const TextLine& line) {
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    std::string_view text = line.text;
    if (text.starts_with("{")) {
      end_tag();
      end_statement();
      const std::string_view rest = behind_envelope(text);
      if (tag_at(rest) == 0) return sink_.used_unit();
      text = rest;
    }
    if (text == "-" || text.starts_with("-}")) {
      end_tag();
      end_statement();
      return sink_.used_unit();
    }
    if (const std::size_t size = tag_at(text)) {
      end_tag();
      tag_ = text.substr(1, size - 2);
      tag_text_ = text.substr(size);
      tag_at_ = line.offset;
      tag_end_ = line.offset + line.length;
      lines_ = 1;
      return;
    }
    if (tag_.empty()) {
      sink_.note("mt940.line_outside", text);
      return sink_.blank_unit();
    }
    ++lines_;
    tag_end_ = line.offset + line.length;
    if (tag_text_.size() + text.size() < kMaxTagText) {
      tag_text_.append("\n").append(text);
    } else {
      sink_.note("mt940.text_cut", tag_);
    }
  }

  void finish() {
    end_tag();
    end_statement();
  }

 private:
  void used() { sink_.used_unit(lines_); }
  void refuse(std::string_view code, std::string_view why) {
    sink_.join_units(lines_ - 1);
    sink_.reject(code, tag_at_, tag_end_ - tag_at_, tag_text_, why);
  }

  void end_tag() {
    if (tag_.empty()) return;
    const std::string tag = std::move(tag_);
    tag_.clear();
    if (tag != "86") is_behind_refused_ = false;
    if (tag == "20") {
      end_statement();
      statement_ = Statement();
      statement_.is_open = true;
      statement_.at = tag_at_;
      statement_.message_id = tag_text_;
    } else if (tag == "25" || tag == "25P") {
      statement_.account = head_text(tag_text_.substr(0, tag_text_.find('\n')));
    } else if (tag == "28C" || tag == "28") {
      statement_.number = head_text(tag_text_);
    } else if (tag == "13D" || tag == "13") {
      statement_.date = tag_text_;
    } else if (tag == "60F" || tag == "60M" || tag == "62F" || tag == "62M") {
      if (!take_balance(tag)) return;
    } else if (tag == "61") {
      if (!take_line()) return;
    } else if (tag == "86") {
      take_information();
    } else if (tag == "64" || tag == "65" || tag == "34F" || tag == "21" || tag == "90D" ||
               tag == "90C" || tag == "12" || tag == "NS") {
      // Balances of other days, limits and counts: nothing of a payment.
    } else {
      sink_.note("mt940.tag_unknown", tag);
    }
    statement_.end = tag_end_;
    used();
  }

  // What each payment of the statement repeats. SWIFT ends these at 35 characters.
  std::string head_text(std::string_view text) {
    if (text.size() > kMaxHeadText) sink_.note("mt940.head_cut", text);
    return std::string(text.substr(0, kMaxHeadText));
  }

  bool take_balance(const std::string& tag) {
    const auto balance = parse_mt940_balance(tag_text_);
    if (!balance) {
      refuse("mt940.balance.unreadable", "no mark, date, currency and amount");
      return false;
    }
    if (tag[1] == '0') {
      statement_.sum.open(balance->amount, balance->currency);
      statement_.opening = balance->amount.text();
      statement_.first_date = balance->date;
    } else {
      send_line();
      statement_.sum.close(balance->amount, balance->currency);
      statement_.closing = balance->amount.text();
      statement_.last_date = balance->date;
    }
    statement_.currency = balance->currency;
    return true;
  }

  bool take_line() {
    send_line();
    if (!parse_mt940_line(tag_text_, line_)) {
      statement_.is_whole = false;
      is_behind_refused_ = true;
      refuse("mt940.line.unreadable", line_.why);
      return false;
    }
    if (!line_.is_expected) {
      statement_.sum.enter(line_.is_credit ? line_.amount : line_.amount.negated(), "");
    }
    record_ = HeldRecord();
    record_.row.kind = RecordKind::payment;
    record_.row.offset = tag_at_;
    record_end_ = tag_end_;
    has_line_ = true;
    const auto add = [this](std::string_view field, std::string_view text) {
      record_.add(field_id(field), text);
    };
    add("amount", line_.amount.text());
    add("direction", line_.is_credit ? "credit" : "debit");
    if (line_.is_reversal) add("event_action", "reversal");
    add("entry_status", line_.is_expected ? "expected" : "");
    add("booking_date", line_.entry_date);
    add("value_date", line_.value_date);
    add("bank_transaction_code", line_.type);
    add("entry_reference", line_.reference == "NONREF" ? "" : line_.reference);
    add("transaction_id", line_.bank_reference);
    add("description", line_.supplement);
    return true;
  }

  // What stands behind an entry is of that entry, else of the statement.
  void take_information() {
    if (is_behind_refused_) return sink_.note("mt940.information_of_refused", tag_text_);
    if (!has_line_) {
      statement_.information = tag_text_;
      return;
    }
    for (const auto& [field, text] : mt940_information(tag_text_)) {
      record_.add(field_id(field), text);
    }
    record_.add(field_id("raw"), tag_text_);
    record_end_ = tag_end_;
    send_line();
  }

  void send_line() {
    if (!has_line_) return;
    has_line_ = false;
    const std::string& date = line_.entry_date.empty() ? line_.value_date : line_.entry_date;
    clock_.read(date).set(record_.row);
    record_.row.length = static_cast<std::uint32_t>(record_end_ - record_.row.offset);
    record_.add(field_id("currency"), statement_.currency);
    record_.add(field_id("account"), statement_.account);
    record_.add(field_id("statement_id"), statement_.number);
    HeldRecords::send(sink_, record_);
  }

  // What the account's keeper says about this statement: the days of which it tells.
  void end_statement() {
    send_line();
    if (!statement_.is_open) return;
    statement_.is_open = false;
    if (statement_.is_whole) {
      statement_.sum.check(sink_, "mt940.balance_differs", statement_.number);
    }
    HeldRecord record;
    record.row.kind = RecordKind::recorder;
    record.row.offset = statement_.at;
    record.row.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(
        std::max(statement_.end, statement_.at) - statement_.at, UINT32_MAX));
    ClaimTime time =
        clock_.read(statement_.first_date.empty() ? statement_.last_date : statement_.first_date);
    const ClaimTime last = clock_.read(statement_.last_date);
    if (time.is_known && last.is_known && last.until_us > time.until_us) {
      time.until_us = last.until_us;
    }
    time.set(record.row);
    record.add(field_id("account"), statement_.account);
    record.add(field_id("message_id"), statement_.message_id);
    record.add(field_id("statement_id"), statement_.number);
    record.add(field_id("opening_balance"), statement_.opening);
    record.add(field_id("closing_balance"), statement_.closing);
    record.add(field_id("currency"), statement_.currency);
    record.add(field_id("date_time"), statement_.date);
    record.add(field_id("description"), statement_.information);
    HeldRecords::send(sink_, record);
  }

  struct Statement {
    bool is_open = false;
    bool is_whole = true;  // no line of it was refused
    std::uint64_t at = 0, end = 0;
    std::string message_id, account, number, date, opening, closing, currency, information;
    std::string first_date, last_date;
    StatementSum sum;
  };

  RecordSink& sink_;
  ClaimClock clock_;
  std::string tag_, tag_text_;
  std::uint64_t tag_at_ = 0, tag_end_ = 0, lines_ = 0;
  Statement statement_;
  Mt940Line line_;
  HeldRecord record_;
  bool has_line_ = false, is_behind_refused_ = false;
  std::uint64_t record_end_ = 0;
};

// How many lines the field that begins here goes on for: SWIFT's six of :86: are doubled by some.
std::size_t lines_behind(std::string_view line) {
  if (line.starts_with(":86:")) return 12;
  return line.starts_with(":61:") ? 3 : 0;
}

// What of a statement was met, in the order in which it stands there.
struct StatementSigns {
  bool has_20 = false, has_25 = false, has_opening = false, has_limit = false, has_line = false,
       has_closing = false;

  void take(std::string_view line) {
    const std::string_view text = line.substr(tag_at(line));
    has_20 |= line.starts_with(":20:");
    if (!has_20) return;
    has_25 |= line.starts_with(":25:") || line.starts_with(":25P:");
    if (!has_25) return;
    has_limit |= line.starts_with(":34F:") || line.starts_with(":13D:");
    Mt940Line parsed;
    has_line |= line.starts_with(":61:") && parse_mt940_line(text, parsed);
    const bool is_opening = line.starts_with(":60F:") || line.starts_with(":60M:");
    const bool is_closing = line.starts_with(":62F:") || line.starts_with(":62M:");
    if (!(is_opening || is_closing) || !parse_mt940_balance(text)) return;
    has_opening |= is_opening && !has_line;
    has_closing |= is_closing && (has_line || has_opening);
  }

  // MT942 has limits in the balances' place.
  bool is_statement() const {
    if (has_line) return has_opening || has_closing || has_limit;
    return has_opening && has_closing;
  }
};

class Mt940 final : public Reader {
 public:
  std::string_view name() const override { return "mt940"; }
  std::string_view summary() const override { return "account statements of SWIFT: MT940, MT942"; }
  std::string_view record_kind() const override { return "payment"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    if (begins_as_page_or_code(head)) return {};
    LineCount count;
    StatementSigns signs;
    std::size_t more_lines = 0;  // that the field above may have
    for_each_head_line(head, [&](std::string_view line) {
      ++count.lines;
      const bool is_envelope = line.starts_with('{');
      if (is_envelope) line = behind_envelope(line);
      if (tag_at(line) > 0) {
        signs.take(line);
        more_lines = lines_behind(line);
      } else if (more_lines > 0) {
        --more_lines;
      } else if (!is_envelope && !line.starts_with('-')) {
        count_undated(line, count);
      }
    });
    if (!signs.is_statement() || is_quotation(count)) return {};
    return {94, ":20:, :25: and the balances or entries of a statement"};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    Mt940Read read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& mt940_reader() {
  static const Mt940 reader;
  return reader;
}

}  // namespace assay
