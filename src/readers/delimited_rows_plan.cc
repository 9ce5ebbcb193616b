// How lists of payments and of other records are read: by their headers, or by a mapping.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.h"
#include "readers/claim_time.h"
#include "readers/delimited_rows.h"
#include "readers/delimited_words.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

using Texts = std::vector<std::string>;

constexpr std::pair<std::string_view, RowCell> kCells[] = {
    {"time", RowCell::time},
    {"booking_date", RowCell::booking_date},
    {"value_date", RowCell::value_date},
    {"amount", RowCell::amount},
    {"amount_debit", RowCell::amount_debit},
    {"amount_credit", RowCell::amount_credit},
    {"direction", RowCell::direction},
    {"client", RowCell::client},
    {"server", RowCell::server},
    {"client_port", RowCell::client_port},
    {"server_port", RowCell::server_port},
    {"name", RowCell::name},
    {"count", RowCell::count},
};

// Headers as banks and bookkeeping write them, simplified; '|' parts them, the surest first.
constexpr std::pair<std::string_view, std::string_view> kHeaders[] = {
    {"booking_date",
     "booking date|buchungstag|buchungsdatum|posting date|posted date|transaction date|"
     "entry date|date operation|completed date|date|datum|time"},
    {"value_date", "value date|valuta|valutadatum|wertstellung|date valeur|effective date"},
    {"amount", "amount|betrag|montant|transaction amount|amount eur|umsatz|sum|value"},
    {"amount_debit", "debit|debit amount|paid out|money out|withdrawal|withdrawals|soll"},
    {"amount_credit", "credit|credit amount|paid in|money in|deposit|deposits|haben"},
    {"direction",
     "direction|debit credit|credit debit|cr dr|dr cr|soll haben|credit debit indicator"},
    {"currency", "currency|ccy|w hrung|waehrung|devise"},
    {"debtor", "debtor|payer|ordering party|auftraggeber|remitter|originator|from"},
    {"debtor_account",
     "debtor account|debtor iban|payer account|payer iban|from account|ordering account"},
    {"debtor_agent", "debtor agent|debtor bic|payer bank"},
    {"creditor",
     "creditor|payee|beneficiary|beneficiary name|empf nger|empfaenger|zahlungsempf nger|to"},
    {"creditor_account",
     "creditor account|creditor iban|payee account|payee iban|beneficiary account|"
     "beneficiary iban|to account"},
    {"creditor_agent", "creditor agent|creditor bic|payee bank|beneficiary bank"},
    {"counterparty",
     "counterparty|counter party|counterparty name|beg nstigter zahlungspflichtiger|"
     "beguenstigter zahlungspflichtiger|partner|name"},
    {"counterparty_account",
     "counterparty account|counterparty iban|kontonummer iban|iban|partner iban"},
    {"counterparty_servicer", "counterparty bic|bic swift code|bic|swift"},
    {"account", "account|account number|own account|auftragskonto|account iban"},
    {"remittance",
     "remittance|remittance information|verwendungszweck|payment details|purpose|description|"
     "details|narrative|memo|communication|text"},
    {"end_to_end_id", "end to end id|end to end reference|kundenreferenz end to end|e2e id"},
    {"mandate_id", "mandate id|mandate reference|mandatsreferenz|mandate"},
    {"transaction_id", "transaction id|transaction reference|bank reference|reference|ref"},
    {"transaction_code", "transaction type|buchungstext|transaction code|type"},
    {"balance", "balance|running balance|balance after|saldo"},
    {"entry_status", "status|state"},
};

// Headers that lists of anything have: alone with a date and a number they make no payments.
constexpr std::string_view kCommonHeaders[] = {"name", "partner", "from", "to",     "text",
                                               "type", "state",   "ref",  "status", "reference"};

template <class Test>
bool most(const Texts& texts, Test test) {
  const auto passed = static_cast<std::size_t>(std::count_if(texts.begin(), texts.end(), test));
  return passed > 0 && passed * 4 >= texts.size() * 3;
}

// A clock costs more to make than many dates to read.
bool is_date(ClaimClock& clock, const std::string& text) {
  return clock.read(text).is_known || look_at_dates({text}).is_of_this_form;
}

bool is_amount(const std::string& text, char mark) {
  return parse_row_amount(text, mark).has_value();
}
bool is_any_amount(const std::string& text) { return is_amount(text, '.') || is_amount(text, ','); }

int rank_of(std::string_view headers, std::string_view header) {
  for (int rank = 0;; ++rank) {
    const std::size_t end = headers.find('|');
    if (headers.substr(0, end) == header) return rank;
    if (end == std::string_view::npos) return -1;
    headers.remove_prefix(end + 1);
  }
}

bool suits(RowCell cell, const Texts& texts, ClaimClock& clock) {
  if (texts.empty()) return true;
  switch (cell) {
    case RowCell::booking_date:
    case RowCell::value_date:
      return most(texts, [&clock](const std::string& text) { return is_date(clock, text); });
    case RowCell::amount:
    case RowCell::amount_debit:
    case RowCell::amount_credit:
      return most(texts, is_any_amount);
    case RowCell::direction:
      return most(texts, [](const std::string& text) { return !row_direction(text).empty(); });
    default:
      return true;
  }
}

Texts texts_of(const RowPlan& plan, std::initializer_list<RowCell> cells) {
  Texts texts;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    if (std::find(cells.begin(), cells.end(), plan.columns[i].cell) == cells.end()) continue;
    for (std::string& text : plan.table.column(i)) texts.push_back(std::move(text));
  }
  return texts;
}

// Rows of dates without a time do not look like those behind a header; its words do.
void find_header(HeadTable& table) {
  if (!table.header.empty() || table.rows.size() < 2) return;
  std::size_t known = 0;
  for (const std::string& cell : table.rows.front()) {
    const std::string header = simplified_header(cell);
    known += std::any_of(std::begin(kHeaders), std::end(kHeaders),
                         [&](const auto& each) { return rank_of(each.second, header) >= 0; });
  }
  if (known < 3) return;
  table.has_header = true;
  table.header = std::move(table.rows.front());
  table.rows.erase(table.rows.begin());
}

constexpr std::string_view kMend =
    "save what `assay sniff` prints, state it there, and pass it with --mapping";

// "1,234" alone may be either; a sum that nobody stated is not guessed.
void find_decimal_mark(RowPlan& plan) {
  const Texts texts =
      texts_of(plan, {RowCell::amount, RowCell::amount_debit, RowCell::amount_credit});
  std::size_t with_point = 0, with_comma = 0, different = 0;
  std::string example;
  for (const std::string& text : texts) {
    const auto point = parse_row_amount(text, '.'), comma = parse_row_amount(text, ',');
    with_point += point.has_value();
    with_comma += comma.has_value();
    if (point && comma && !(*point == *comma)) {
      ++different;
      if (example.empty()) example = text;
    }
  }
  if (with_point != with_comma) {
    plan.decimal_mark = with_point > with_comma ? '.' : ',';
  } else if (different > 0) {
    plan.problem = fmt::format(
        "'{}' can be read with a decimal point or a comma, and no amount in the first rows tells",
        example);
    plan.mend = std::string(kMend) + ": decimal_mark = \",\" or \".\"";
  } else {
    plan.is_mark_open = true;
  }
}

void find_date_format(RowPlan& plan) {
  const NumericDates dates =
      look_at_dates(texts_of(plan, {RowCell::booking_date, RowCell::value_date}));
  if (!dates.is_of_this_form) return;
  if (dates.formats.size() == 1) {
    plan.time_format = dates.formats[0];
    return;
  }
  plan.problem = fmt::format("the date '{}' can be read {}", dates.example,
                             dates.readings.empty() ? "in no way" : dates.readings);
  plan.mend = std::string(kMend) + ": time_format = \"%d/%m/%Y\" or the like";
}

}  // namespace

std::optional<Amount> parse_row_amount(std::string_view text, char mark) {
  bool is_negative = false;
  const auto trim = [&text] {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  };
  // A currency's three capitals may stand on either side.
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  trim();
  if (text.size() > 3 && std::all_of(text.end() - 3, text.end(), is_capital)) {
    text.remove_suffix(3);
  } else if (text.size() > 3 && std::all_of(text.begin(), text.begin() + 3, is_capital)) {
    text.remove_prefix(3);
  }
  trim();
  if (text.size() > 2 && text.front() == '(' && text.back() == ')') {
    is_negative = true;
    text = text.substr(1, text.size() - 2);
  } else if (text.size() > 1 && (text.back() == '-' || text.back() == '+')) {
    is_negative = text.back() == '-';
    text.remove_suffix(1);
  }
  const auto amount = Amount::parse(text, mark);
  if (!amount || (is_negative && amount->is_negative())) return std::nullopt;
  return is_negative ? amount->negated() : *amount;
}

std::string_view row_direction(std::string_view text) {
  constexpr std::string_view kCredit[] = {"credit", "c", "cr", "crdt", "h", "haben", "in", "+"};
  constexpr std::string_view kDebit[] = {"debit", "d", "dr", "dbit", "s", "soll", "out", "-"};
  const std::string said = lower_text(text);
  for (const std::string_view word : kCredit) {
    if (said == word) return "credit";
  }
  for (const std::string_view word : kDebit) {
    if (said == word) return "debit";
  }
  return "";
}

bool RowPlan::has(RowCell cell) const {
  return std::any_of(columns.begin(), columns.end(),
                     [cell](const Column& column) { return column.cell == cell; });
}

std::optional<RecordKind> parse_row_kind(std::string_view word) {
  const auto kind = parse_kind(word);
  if (kind == RecordKind::payment || kind == RecordKind::mail || kind == RecordKind::flow ||
      kind == RecordKind::registration) {
    return kind;
  }
  return std::nullopt;
}

std::vector<std::string> row_words() {
  std::vector<std::string> words;
  for (const auto& [word, cell] : kCells) words.emplace_back(word);
  for (const std::string_view word : field_words()) words.emplace_back(word);
  return words;
}

std::optional<RowPlan::Column> parse_row_word(std::string_view word) {
  for (const auto& [known, cell] : kCells) {
    if (known == word) return RowPlan::Column{cell, std::string(word)};
  }
  const auto& words = field_words();
  if (!std::binary_search(words.begin(), words.end(), word)) return std::nullopt;
  return RowPlan::Column{RowCell::field, std::string(word)};
}

Status check_row_time_format(std::string_view format) {
  const bool has_hour = format.find("%H") < format.size() || format.find("%I") < format.size() ||
                        format.find("%T") < format.size();
  const std::string whole = std::string(format) + (has_hour || format.empty() ? "" : " %H:%M:%S");
  if (auto parsed = TimeFormat::parse(whole); !parsed.ok()) return parsed.error();
  return {};
}

RowPlan guess_payment_plan(std::string_view head) {
  RowPlan plan;
  plan.table = read_head(head, {});
  find_header(plan.table);
  ClaimClock clock(*LogClock::make(Clock{}, {}));
  plan.columns.resize(plan.table.columns);
  for (const auto& [word, headers] : kHeaders) {
    const RowPlan::Column column = *parse_row_word(word);
    int best_rank = -1;
    std::size_t best = 0;
    for (std::size_t i = 0; i < plan.table.header.size() && i < plan.columns.size(); ++i) {
      if (plan.columns[i].cell != RowCell::none) continue;
      const int rank = rank_of(headers, simplified_header(plan.table.header[i]));
      if (rank < 0 || (best_rank >= 0 && rank >= best_rank)) continue;
      if (!suits(column.cell, plan.table.column(i), clock)) continue;
      best_rank = rank;
      best = i;
    }
    if (best_rank >= 0) plan.columns[best] = column;
  }
  if (is_payment_plan(plan)) {
    find_decimal_mark(plan);
    if (plan.problem.empty()) find_date_format(plan);
  }
  return plan;
}

static bool tells_of_payments(const RowPlan& plan) {
  for (std::size_t i = 0; i < plan.columns.size() && i < plan.table.header.size(); ++i) {
    const std::string header = simplified_header(plan.table.header[i]);
    const bool is_common = std::find(std::begin(kCommonHeaders), std::end(kCommonHeaders),
                                     header) != std::end(kCommonHeaders);
    if (plan.columns[i].cell == RowCell::field && !is_common) return true;
  }
  return plan.has(RowCell::amount_debit);
}

bool is_payment_plan(const RowPlan& plan) {
  const bool has_date = plan.has(RowCell::booking_date) || plan.has(RowCell::value_date);
  const bool has_amount = plan.has(RowCell::amount) ||
                          (plan.has(RowCell::amount_debit) && plan.has(RowCell::amount_credit));
  return has_date && has_amount && tells_of_payments(plan);
}

RowPlan row_plan_of_mapping(std::string_view head, const DelimitedMapping& mapping) {
  RowPlan plan;
  plan.kind = mapping.kind;
  plan.table = read_head(head, mapping);
  plan.columns.resize(plan.table.columns);
  plan.time_format = mapping.time_format;
  for (const auto& [word, column] : mapping.columns) {
    if (word == kDecimalMarkWord) {
      plan.decimal_mark = column.empty() ? '.' : column[0];
      continue;
    }
    const auto parsed = parse_row_word(word);
    const auto& header = plan.table.header;
    std::size_t at =
        static_cast<std::size_t>(std::find(header.begin(), header.end(), column) - header.begin());
    if (at == header.size()) {
      at = parse_number<std::uint16_t>(column).value_or(0);
      at = at == 0 ? plan.columns.size() : at - 1;
    }
    if (!parsed || at >= plan.columns.size()) {
      plan.problem = fmt::format("there is no column '{}' for {}", column, word);
      plan.mend = fmt::format(
          "name a header or a number from 1 to {} in the mapping, and add the file with "
          "--mapping MAPPING.toml; assay sniff FILE prints one to begin with",
          plan.columns.size());
      return plan;
    }
    plan.columns[at] = *parsed;
  }
  const bool has_time =
      plan.has(RowCell::time) || plan.has(RowCell::booking_date) || plan.has(RowCell::value_date);
  const bool has_amount = plan.has(RowCell::amount) || plan.has(RowCell::amount_debit) ||
                          plan.has(RowCell::amount_credit);
  if (!has_time && plan.kind != RecordKind::registration) {
    plan.problem = "no column for the time";
    plan.mend = "name one as time, booking_date or value_date";
  } else if (!has_amount && plan.kind == RecordKind::payment) {
    plan.problem = "no column for the amount";
    plan.mend = "name one as amount, or two as amount_debit and amount_credit";
  }
  if (plan.problem.empty() && plan.time_format.empty()) find_date_format(plan);
  return plan;
}

}  // namespace assay
