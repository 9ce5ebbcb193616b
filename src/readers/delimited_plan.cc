#include "readers/delimited_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "readers/delimited_words.h"

namespace assay {

namespace {

using Texts = std::vector<std::string>;

// True when so many quarters of the texts pass; an empty column passes nothing.
template <class Test>
bool most(const Texts& texts, Test test, std::size_t quarters = 3) {
  const auto passed =
      static_cast<std::size_t>(std::count_if(texts.begin(), texts.end(), std::move(test)));
  return passed > 0 && passed * 4 >= texts.size() * quarters;
}

bool is_time(const std::string& text) {
  static const TimeFormat any;
  CellTime time;
  return any.read(text, time);
}

// "2016-09-23", "23-Sep-2016", "9/23/2016": a date for the column beside it to complete.
bool is_date_alone(const std::string& text) {
  const NumericDates numeric = look_at_dates({text});
  if (numeric.is_of_this_form) return text.find(':') == std::string::npos;
  return is_time(text + " 00:00:00") && text.find(':') == std::string::npos;
}

bool is_time_of_day(const std::string& text) {
  return text.find(':') != std::string::npos && is_time("2000-01-01 " + text);
}

bool is_timelike(const std::string& text) {
  return is_time(text) || look_at_dates({text}).is_of_this_form;
}

bool is_qtype(const std::string& text) {
  return parse_qtype(text).has_value() && text.find_first_not_of("0123456789") == 0;
}

bool is_code(Cell cell, const std::string& text) {
  return code_of(text,
                 [cell](std::string_view word) -> std::optional<std::uint16_t> {
                   if (cell == Cell::qtype) return parse_qtype(word);
                   if (cell == Cell::qclass) return parse_qclass(word);
                   return cell == Cell::rcode ? parse_rcode(word) : std::nullopt;
                 })
      .has_value();
}

// 1, 2, 3, ...: the rows are numbered. Message ids jump up and down.
bool is_running_number(const Texts& texts) {
  return std::is_sorted(texts.begin(), texts.end(), [](const auto& a, const auto& b) {
    return parse_number<std::uint64_t>(a).value_or(0) <= parse_number<std::uint64_t>(b).value_or(0);
  });
}

// Whether the content bears out what the header says. Where the two agree, half of the texts are
// enough; a code is one throughout, or nearly.
bool suits(Cell cell, const std::string& header, const Texts& texts) {
  if (texts.empty()) return true;
  const auto is_code_of_cell = [cell](const std::string& text) { return is_code(cell, text); };
  switch (cell) {
    case Cell::time:
      return most(texts, is_timelike, 2) || most(texts, is_time_of_day, 2);
    case Cell::date:
      return most(texts, is_date_alone, 2);
    case Cell::client:
      return most(texts, looks_like_address, 2);
    case Cell::qname:
      return !most(texts, looks_like_address, 2);
    case Cell::qtype:
    case Cell::qclass:
    case Cell::rcode:
    case Cell::client_port:
      return most(texts, is_code_of_cell);
    case Cell::id:
      return most(texts, is_code_of_cell) && (header != "id" || !is_running_number(texts));
    case Cell::ttl:
      return most(texts, [](const auto& text) { return parse_number<std::uint32_t>(text); });
    default:
      return true;
  }
}

void assign_by_header(DelimitedPlan& plan) {
  for (const std::string& word : cell_words()) {
    const Cell cell = *parse_cell_word(word);
    int best_rank = -1;
    std::size_t best = 0;
    for (std::size_t i = 0; i < plan.table.header.size(); ++i) {
      if (plan.cells[i] != Cell::none) continue;
      const std::string header = simplified_header(plan.table.header[i]);
      const int rank = header_rank(cell, header);
      if (rank < 0 || (best_rank >= 0 && rank >= best_rank)) continue;
      if (!suits(cell, header, plan.table.column(i))) continue;
      best_rank = rank;
      best = i;
    }
    if (best_rank >= 0) plan.cells[best] = cell;
  }
}

template <class Test>
void assign_by_content(DelimitedPlan& plan, Cell cell, Test test) {
  if (plan.has(cell)) return;
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    if (plan.cells[i] == Cell::none && most(plan.table.column(i), test)) {
      plan.cells[i] = cell;
      return;
    }
  }
}

// A time that is whole needs no date beside it.
void drop_needless_date(DelimitedPlan& plan) {
  const auto date = std::find(plan.cells.begin(), plan.cells.end(), Cell::date);
  const auto time = std::find(plan.cells.begin(), plan.cells.end(), Cell::time);
  if (date == plan.cells.end() || time == plan.cells.end()) return;
  const auto texts = plan.table.column(static_cast<std::size_t>(time - plan.cells.begin()));
  if (most(texts, is_timelike) && !most(texts, is_date_alone)) *date = Cell::none;
}

void assign_missing(DelimitedPlan& plan) {
  assign_by_content(plan, Cell::time, is_timelike);
  const auto time = std::find(plan.cells.begin(), plan.cells.end(), Cell::time);
  // A date alone was taken for the time only when it is all there is: look for its other half.
  if (time != plan.cells.end() && !plan.has(Cell::date)) {
    const auto texts = plan.table.column(static_cast<std::size_t>(time - plan.cells.begin()));
    if (most(texts, is_date_alone)) {
      *time = Cell::date;
      assign_by_content(plan, Cell::time, is_time_of_day);
    } else if (most(texts, is_time_of_day)) {
      assign_by_content(plan, Cell::date, is_date_alone);
    }
  }
  if (time == plan.cells.end()) {
    assign_by_content(plan, Cell::date, is_date_alone);
    if (plan.has(Cell::date)) assign_by_content(plan, Cell::time, is_time_of_day);
  }
  assign_by_content(plan, Cell::client, looks_like_address);
  assign_by_content(plan, Cell::qname, looks_like_name);
  if (plan.table.has_header) return;
  assign_by_content(plan, Cell::server, looks_like_address);
  assign_by_content(plan, Cell::qtype, is_qtype);
}

// A time of day needs its date.
void check_date(DelimitedPlan& plan) {
  const auto time = std::find(plan.cells.begin(), plan.cells.end(), Cell::time);
  if (time == plan.cells.end() || plan.has(Cell::date) || !plan.problem.empty()) return;
  const auto index = static_cast<std::size_t>(time - plan.cells.begin());
  if (!most(plan.table.column(index), is_time_of_day)) return;
  plan.problem =
      fmt::format("{} holds the time of day, and no column its date", plan.table.title(index));
  plan.mend = "name the column of the date in a mapping: date = \"...\"";
}

// What the time column, and the date column before it, say in the head.
Texts time_texts(const DelimitedPlan& plan) {
  Texts texts;
  for (const auto& row : plan.table.rows) {
    std::string date, time;
    for (std::size_t i = 0; i < row.size() && i < plan.cells.size(); ++i) {
      if (plan.cells[i] == Cell::date) date = row[i] + ' ';
      if (plan.cells[i] == Cell::time) time = row[i];
    }
    if (!time.empty()) texts.push_back(date + time);
  }
  return texts;
}

void find_time_format(DelimitedPlan& plan) {
  const NumericDates dates = look_at_dates(time_texts(plan));
  if (!dates.is_of_this_form) return;
  if (dates.formats.size() == 1) {
    plan.time_format = dates.formats[0];
    plan.time = *TimeFormat::parse(plan.time_format);
    return;
  }
  if (dates.formats.empty()) {
    plan.problem = fmt::format("the dates ('{}') fit neither day/month nor month/day throughout",
                               dates.example);
    plan.mend = "state time_format in a mapping file";
    return;
  }
  plan.problem = fmt::format("'{}' can be read {}, and no date in the first rows tells which",
                             dates.example, dates.readings);
  plan.mend = fmt::format(
      "save what `assay sniff` prints, set time_format = \"{}\" in it, and pass it with --mapping",
      fmt::join(dates.formats, "\" or \""));
}

void check_needed(DelimitedPlan& plan) {
  std::string missing, found;
  for (const Cell cell : {Cell::time, Cell::client, Cell::qname}) {
    if (!plan.has(cell)) missing += (missing.empty() ? "" : ", ") + std::string(cell_word(cell));
  }
  if (missing.empty()) return;
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    found += (found.empty() ? "" : ", ") + plan.table.title(i);
    if (plan.cells[i] != Cell::none) found += fmt::format(" ({})", cell_word(plan.cells[i]));
  }
  plan.problem = fmt::format("no column for: {}; found: {}", missing,
                             found.empty() ? "no columns at all" : found);
  plan.mend = "save what `assay sniff` prints, name the columns in it, and pass it with --mapping";
}

// Lists of logins, leases, scans or a proxy's requests hold a time, an address and a name as well:
// only a word of DNS in the header, or a column of record types, makes them look-ups.
void check_is_dns(DelimitedPlan& plan) {
  if (!plan.problem.empty()) return;
  const auto& header = plan.table.header;
  if (std::any_of(header.begin(), header.end(), [](const std::string& title) {
        return tells_of_questions(simplified_header(title));
      })) {
    return;
  }
  const auto place = [&plan](Cell cell) {
    const auto found = std::find(plan.cells.begin(), plan.cells.end(), cell);
    return static_cast<std::size_t>(found - plan.cells.begin());
  };
  if (plan.has(Cell::qtype) && most(plan.table.column(place(Cell::qtype)), is_qtype)) return;
  plan.problem = fmt::format(
      "{} holds addresses and {} names, and nothing says that these were asked for in DNS",
      plan.table.title(place(Cell::client)), plan.table.title(place(Cell::qname)));
  plan.mend = "when they were, save what `assay sniff` prints and pass it with --mapping";
}

}  // namespace

bool DelimitedPlan::has(Cell cell) const {
  return std::find(cells.begin(), cells.end(), cell) != cells.end();
}

DelimitedPlan guess_plan(std::string_view head) {
  DelimitedPlan plan;
  plan.table = read_head(head, {});
  plan.cells.resize(plan.table.columns, Cell::none);
  assign_by_header(plan);
  plan.is_by_header = plan.has(Cell::time) && plan.has(Cell::client) && plan.has(Cell::qname);
  assign_missing(plan);
  drop_needless_date(plan);
  find_time_format(plan);
  check_date(plan);
  check_needed(plan);
  check_is_dns(plan);
  return plan;
}

DelimitedPlan plan_of_mapping(std::string_view head, const DelimitedMapping& mapping) {
  DelimitedPlan plan;
  plan.table = read_head(head, mapping);
  plan.cells.resize(plan.table.columns, Cell::none);
  plan.is_by_header = true;
  for (const auto& [word, column] : mapping.columns) {
    const auto cell = parse_cell_word(word);
    auto at = std::find(plan.table.header.begin(), plan.table.header.end(), column) -
              plan.table.header.begin();
    if (at == static_cast<std::ptrdiff_t>(plan.table.header.size())) {
      at = column.find_first_not_of("0123456789") == std::string::npos && column.size() < 6
               ? std::stol("0" + column) - 1
               : -1;
    }
    if (!cell || at < 0 || at >= static_cast<std::ptrdiff_t>(plan.cells.size())) {
      const auto nearest = nearest_word(column, plan.table.header);
      plan.problem = cell ? fmt::format("there is no column '{}' for {}", column, word)
                          : fmt::format("'{}' is no field of a mapping", word);
      plan.mend =
          nearest
              ? fmt::format("did you mean '{}'?", *nearest)
              : fmt::format(
                    "name a header or a number from 1 to {} in the mapping, and add the file with "
                    "--mapping MAPPING.toml; assay sniff FILE prints one to begin with",
                    plan.cells.size());
      return plan;
    }
    plan.cells[static_cast<std::size_t>(at)] = *cell;
  }
  check_needed(plan);
  if (!plan.problem.empty()) return plan;
  plan.time_format = mapping.time_format;
  if (mapping.time_format.empty()) {
    find_time_format(plan);
  } else if (auto format = TimeFormat::parse(mapping.time_format); format.ok()) {
    plan.time = *format;
    if (!plan.time.names_day() && !plan.has(Cell::date)) {
      plan.problem =
          fmt::format("time_format '{}' names no day and month, and no column is the date",
                      mapping.time_format);
      plan.mend = "name the column of the date in the mapping: date = \"...\"";
    }
  } else {
    plan.problem = format.error().message;
    plan.mend = format.error().mend;
  }
  check_date(plan);
  return plan;
}

}  // namespace assay
