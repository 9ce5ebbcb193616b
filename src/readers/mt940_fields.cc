#include "readers/mt940_fields.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "assay/instant.h"
#include "readers/log_stamp.h"

namespace assay {

namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;
using Pair = std::pair<std::string_view, std::string_view>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// "260102": the year's two digits are those of 1980 to 2079, as SWIFT has it.
std::string date_of(std::string_view text) {
  if (text.size() < 6) return "";
  const int year = two_digits(text.data()), month = two_digits(text.data() + 2),
            day = two_digits(text.data() + 4);
  const int whole = year < 0 ? -1 : year < 80 ? 2000 + year : 1900 + year;
  if (whole < 0 || !is_valid_date(whole, month, day)) return "";
  return fmt::format("{:04}-{:02}-{:02}", whole, month, day);
}

// "0102" beside a value date: the year in which the two lie closest.
std::string entry_date_of(std::string_view text, const std::string& value_date) {
  const int month = two_digits(text.data()), day = two_digits(text.data() + 2);
  const int year = std::stoi(value_date);
  const std::int64_t value =
      days_from_civil(year, two_digits(value_date.data() + 5), two_digits(value_date.data() + 8));
  std::string best;
  std::int64_t least = 400;
  for (const int each : {year, year - 1, year + 1}) {
    if (!is_valid_date(each, month, day)) continue;
    const std::int64_t distance = std::abs(days_from_civil(each, month, day) - value);
    if (distance >= least) continue;
    least = distance;
    best = fmt::format("{:04}-{:02}-{:02}", each, month, day);
  }
  return best;
}

// The digits and the comma of an amount at the start of `text`.
std::optional<Amount> take_amount(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == ',')) ++end;
  std::string digits(text.substr(0, end));
  if (digits.find(',') == std::string::npos) return std::nullopt;
  if (digits.ends_with(',')) digits.pop_back();
  text.remove_prefix(end);
  return Amount::parse(digits, ',');
}

// The words of SEPA within the lines ?20 to ?29 and ?60 to ?63.
constexpr Pair kSepaWords[] = {{"EREF+", "end_to_end_id"},
                               {"KREF+", "instruction_id"},
                               {"MREF+", "mandate_id"},
                               {"CRED+", "identity"},
                               {"DEBT+", "identity"},
                               {"SVWZ+", "remittance"},
                               {"ABWA+", "extra"},
                               {"ABWE+", "extra"},
                               {"IBAN+", "counterparty_account"},
                               {"BIC+", "counterparty_servicer"}};

// The words between slashes that other banks use.
constexpr Pair kSlashWords[] = {{"EREF", "end_to_end_id"},
                                {"MARF", "mandate_id"},
                                {"CSID", "identity"},
                                {"REMI", "remittance"},
                                {"IBAN", "counterparty_account"},
                                {"BIC", "counterparty_servicer"},
                                {"NAME", "counterparty"},
                                {"TRTP", "description"},
                                {"PREF", "instruction_id"},
                                {"RTRN", "reason"},
                                {"TRCD", "transaction_code"},
                                {"TRANSACTION TYPE", "transaction_code"},
                                {"ORDP", ""},
                                {"BENM", ""},
                                {"ISDT", "extra"},
                                {"PURP", "purpose_code"}};

// Splits purpose text at the words of SEPA; what stands before the first is the remittance.
void add_purpose(std::string_view text, Parts& out) {
  std::vector<std::pair<std::size_t, const Pair*>> found;
  for (const Pair& word : kSepaWords) {
    const std::size_t at = text.find(word.first);
    if (at != std::string_view::npos) found.emplace_back(at, &word);
  }
  std::sort(found.begin(), found.end());
  const std::size_t first = found.empty() ? text.size() : found.front().first;
  if (first > 0) out.emplace_back("remittance", text.substr(0, first));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::size_t begin = found[i].first + found[i].second->first.size();
    const std::size_t end = i + 1 < found.size() ? found[i + 1].first : text.size();
    std::string_view value = text.substr(begin, std::max(begin, end) - begin);
    while (value.ends_with(' ')) value.remove_suffix(1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (!value.empty()) out.emplace_back(found[i].second->second, value);
  }
}

// "166?00TRANSFER?20SVWZ+...?30BIC?31IBAN?32NAME?33MORE"; the mark may be another character.
Parts structured(std::string_view text) {
  Parts out;
  out.emplace_back("transaction_code", text.substr(0, 3));
  const char mark = text[3];
  std::string purpose, name;
  for (std::size_t at = 3; at + 2 < text.size();) {
    std::size_t end = at + 3;
    while (end < text.size() && !(text[end] == mark && end + 2 < text.size() &&
                                  is_digit(text[end + 1]) && is_digit(text[end + 2]))) {
      ++end;
    }
    const int code = two_digits(text.data() + at + 1);
    const std::string_view value = text.substr(at + 3, end - at - 3);
    at = end;
    if ((code >= 20 && code <= 29) || (code >= 60 && code <= 63)) {
      purpose += value;
    } else if (code == 32 || code == 33) {
      name += value;
    } else if (!value.empty()) {
      out.emplace_back(code == 0                  ? "description"
                       : code == 30               ? "counterparty_servicer"
                       : code == 31 || code == 38 ? "counterparty_account"
                                                  : "extra",
                       code == 0 || code == 30 || code == 31 || code == 38
                           ? std::string(value)
                           : fmt::format("?{:02}: {}", code, value));
    }
  }
  add_purpose(purpose, out);
  if (!name.empty()) out.emplace_back("counterparty", name);
  return out;
}

const Pair* slash_word(std::string_view text) {
  for (const Pair& word : kSlashWords) {
    const std::size_t end = 1 + word.first.size();
    if (text.size() > end && text[0] == '/' && text[end] == '/' &&
        text.substr(1, word.first.size()) == word.first) {
      return &word;
    }
  }
  return nullptr;
}

Parts between_slashes(std::string_view text) {
  Parts out;
  while (const Pair* word = slash_word(text)) {
    text.remove_prefix(word->first.size() + 2);
    std::size_t end = 0;
    while (end < text.size() && !slash_word(text.substr(end))) ++end;
    std::string_view value = text.substr(0, end);
    text.remove_prefix(end);
    for (const std::string_view prefix : {"USTD//", "STRD/CUR/", "/"}) {
      if (value.starts_with(prefix)) value.remove_prefix(prefix.size());
    }
    while (value.ends_with('/')) value.remove_suffix(1);
    if (!value.empty() && !word->second.empty()) out.emplace_back(word->second, value);
  }
  return out;
}

}  // namespace

std::optional<Mt940Balance> parse_mt940_balance(std::string_view text) {
  Mt940Balance out;
  if (text.size() < 12 || (text[0] != 'C' && text[0] != 'D')) return std::nullopt;
  out.is_debit = text[0] == 'D';
  out.date = date_of(text.substr(1));
  out.currency = text.substr(7, 3);
  text.remove_prefix(10);
  const auto amount = take_amount(text);
  if (out.date.empty() || !amount || !text.empty()) return std::nullopt;
  if (!std::all_of(out.currency.begin(), out.currency.end(), is_capital)) return std::nullopt;
  out.amount = out.is_debit ? amount->negated() : *amount;
  return out;
}

bool parse_mt940_line(std::string_view text, Mt940Line& out) {
  out = Mt940Line();
  const std::size_t feed = text.find('\n');
  if (feed != std::string_view::npos) {
    out.supplement = text.substr(feed + 1);
    std::replace(out.supplement.begin(), out.supplement.end(), '\n', ' ');
    text = text.substr(0, feed);
  }
  out.why = "no value date";
  out.value_date = date_of(text);
  if (out.value_date.empty()) return false;
  text.remove_prefix(6);
  if (text.size() >= 4 && std::all_of(text.begin(), text.begin() + 4, is_digit)) {
    out.entry_date = entry_date_of(text, out.value_date);
    out.why = "an entry date that is no day";
    if (out.entry_date.empty()) return false;
    text.remove_prefix(4);
  }
  out.why = "neither credit nor debit";
  if (text.starts_with('R')) {
    out.is_reversal = true;
    text.remove_prefix(1);
  } else if (text.starts_with('E')) {
    out.is_expected = true;
    text.remove_prefix(1);
  }
  if (text.empty() || (text[0] != 'C' && text[0] != 'D')) return false;
  // The reversal of a credit takes the money away again.
  out.is_credit = (text[0] == 'C') != out.is_reversal;
  text.remove_prefix(1);
  if (!text.empty() && is_capital(text[0])) text.remove_prefix(1);  // last letter of the currency
  out.why = "no amount with a comma";
  const auto amount = take_amount(text);
  if (!amount) return false;
  out.amount = *amount;
  out.why = "no type of transaction";
  if (text.size() < 4) return false;
  out.type = text.substr(0, 4);
  text.remove_prefix(4);
  const std::size_t slashes = text.find("//");
  out.reference = text.substr(0, slashes);
  if (slashes != std::string_view::npos) out.bank_reference = text.substr(slashes + 2);
  return true;
}

std::vector<std::pair<std::string, std::string>> mt940_information(std::string_view text) {
  std::string joined;  // lines break anywhere, within words too
  for (const char c : text) {
    if (c != '\n' && c != '\r') joined.push_back(c);
  }
  const std::string_view whole = joined;
  const bool has_code = whole.size() > 6 && is_digit(whole[0]) && is_digit(whole[1]) &&
                        is_digit(whole[2]) && !is_digit(whole[3]) && is_digit(whole[4]) &&
                        is_digit(whole[5]) && std::string_view(" ,./-").find(whole[3]) > 4;
  if (has_code) return structured(whole);
  if (slash_word(whole)) return between_slashes(whole);
  Parts out;
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '\n', ' ');
  add_purpose(plain, out);
  return out;
}

}  // namespace assay
