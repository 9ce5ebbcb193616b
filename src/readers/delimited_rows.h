// Delimited lists of other records than look-ups: payments above all, whose columns are also found
// by their headers; mail, flows and registrations by a mapping alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "readers/delimited_plan.h"
#include "readers/delimited_record.h"
#include "readers/payment_record.h"

namespace assay {

// What a column is: a part of the row, or a field of the vocabulary (`word`).
enum class RowCell {
  none,
  field,
  time,          // an instant
  booking_date,  // these two also make the time, in this order
  value_date,
  amount,
  amount_debit,  // lists with a column a direction
  amount_credit,
  direction,
  client,
  server,
  client_port,
  server_port,
  name,
  count,
};

struct RowPlan {
  RecordKind kind = RecordKind::payment;
  HeadTable table;
  struct Column {
    RowCell cell = RowCell::none;
    std::string word;
  };
  std::vector<Column> columns;
  char decimal_mark = '.';
  bool is_mark_open = false;  // neither a mapping nor an amount of the first rows told it
  std::string time_format;    // "" or one in which a date alone is allowed
  std::string problem, mend;

  bool has(RowCell cell) const;
};

// How a mapping states the mark; it stands among the columns of DelimitedMapping, and is none.
inline constexpr std::string_view kDecimalMarkWord = "decimal_mark";

// "1.234,50", "12.50-", "(12.50)", "-12.50 EUR". Nothing when it is no amount with this mark.
std::optional<Amount> parse_row_amount(std::string_view text, char mark);
// "credit" or "debit" of the words that lists have for them; "" of any other.
std::string_view row_direction(std::string_view text);

// The kinds that a mapping may name besides dns, and the words of its columns.
std::optional<RecordKind> parse_row_kind(std::string_view word);
std::vector<std::string> row_words();
std::optional<RowPlan::Column> parse_row_word(std::string_view word);
// True when this can be the format of a time or of a date alone.
Status check_row_time_format(std::string_view format);

// A plan for payments by the headers; its columns lack what is needed when it is no such list.
RowPlan guess_payment_plan(std::string_view head);
bool is_payment_plan(const RowPlan& plan);
// The mapping file that says the same as the plan.
std::string mapping_toml(const RowPlan& plan);
RowPlan row_plan_of_mapping(std::string_view head, const DelimitedMapping& mapping);

// Reads the rows behind the header. Errors: usage, the plan's problem.
Status read_rows(ByteSource& source, const ReadContext& context, const RowPlan& plan,
                 RecordSink& sink);

// Gives `read` every record of a table but its header.
template <class Read>
Status take_records(ByteSource& source, const HeadTable& table, RecordSink& sink, Read& read) {
  DelimitedRecords records(source, sink, table.delimiter);
  TextLine record;
  for (std::uint64_t n = 0; n < table.skip_lines && records.next_line(record); ++n) {
    sink.blank_unit();
  }
  std::vector<std::string_view> cells;
  if (table.has_header && records.next(record, cells)) sink.blank_unit();
  while (records.next(record, cells)) read.take(record, cells);
  return records.status();
}

}  // namespace assay
