#include "methods/support/payment_ledger.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "methods/support/measure.h"
#include "methods/support/payment_returns.h"

namespace assay::methods {
namespace {

std::int64_t day_of_time(std::int64_t us) {
  return us / kMicrosPerDay - (us % kMicrosPerDay < 0 ? 1 : 0);
}

std::string_view text_of(const OtherRow& row, const char* word) {
  return row.field(field_id(word));
}

bool has_text(const OtherRow& row, const char* word, std::string_view text) {
  const FieldId wanted = field_id(word);
  return std::any_of(row.fields.begin(), row.fields.end(), [&](const auto& field) {
    return field.first == wanted && field.second == text;
  });
}

PaymentFate fate_of(const OtherRow& row) {
  const std::string_view status = text_of(row, "entry_status");
  if (!status.empty() && status != "BOOK") return PaymentFate::announced;
  if (text_of(row, "event_action") == "reversal") return PaymentFate::reversal;
  // ISO 20022: return information, or the families of returned payments; MT940: returned item.
  const bool is_return = !text_of(row, "reason").empty() ||
                         has_text(row, "bank_transaction_code", "RRTN") ||
                         has_text(row, "bank_transaction_code", "NRTI");
  return is_return ? PaymentFate::returned : PaymentFate::booked;
}

struct Sides {
  std::string_view payer, payee;
  bool is_of_payer = false, is_of_payee = false, is_told = false;
};

// The statement's own account and the direction decide: the debtor that a return repeats is the
// debtor of what came back.
Sides sides_of(const OtherRow& row) {
  const std::string_view own = text_of(row, "account"), direction = text_of(row, "direction"),
                         debtor = text_of(row, "debtor_account"),
                         creditor = text_of(row, "creditor_account");
  std::string_view other = text_of(row, "counterparty_account");
  if (direction != "debit" && direction != "credit") {
    return {debtor, creditor, false, false, !debtor.empty() && !creditor.empty()};
  }
  const bool is_reversal = text_of(row, "event_action") == "reversal";
  const bool is_payer = (direction == "debit") != is_reversal;
  if (other.empty()) other = is_payer ? creditor : debtor;
  if (!own.empty() && account_key(other) == account_key(own)) other = is_payer ? debtor : creditor;
  if (!own.empty() && account_key(other) == account_key(own)) other = {};
  const std::string_view mine = !own.empty() ? own : is_payer ? debtor : creditor;
  return is_payer ? Sides{mine, other, true, false, true} : Sides{other, mine, false, true, true};
}

std::string id_of(const OtherRow& row) {
  const std::string_view id = text_of(row, "end_to_end_id");
  return id == "NOTPROVIDED" || id == "NONREF" ? std::string() : std::string(id);
}

using Key = std::tuple<std::string, std::string, __int128, std::string, int>;
Key key_of(const Payment& payment) {
  return {payment.payer_account, payment.payee_account,
          payment.amount ? payment.amount->units() : -1, payment.currency,
          static_cast<int>(payment.fate)};
}

// Two files of one account repeat rows; within one file equal rows are payments of their own. So of
// equal rows as many count as the file has that holds most of them.
std::vector<Payment> once_a_statement(std::vector<Payment> all, const OtherRecords& others) {
  using Same = std::tuple<Key, bool, std::int64_t, std::int64_t, std::string>;
  std::map<Same, std::map<std::uint32_t, std::vector<std::size_t>>> groups;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Payment& p = all[i];
    groups[{key_of(p), p.is_of_payer, p.booked_day.value_or(INT64_MIN),
            p.value_day.value_or(INT64_MIN), p.end_to_end_id}][others.rows[p.rows.front()].evidence]
        .push_back(i);
  }
  std::vector<std::size_t> kept;
  for (auto& [same, files] : groups) {
    const auto most = std::max_element(
        files.begin(), files.end(),
        [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    for (const auto& [file, indices] : files) {
      if (file == most->first) continue;
      for (std::size_t k = 0; k < indices.size(); ++k) {
        all[most->second[k]].rows.push_back(all[indices[k]].rows.front());
      }
    }
    kept.insert(kept.end(), most->second.begin(), most->second.end());
  }
  std::sort(kept.begin(), kept.end());
  std::vector<Payment> out;
  out.reserve(kept.size());
  for (const std::size_t i : kept) out.push_back(std::move(all[i]));
  return out;
}

bool are_near(const Payment& a, const Payment& b, int days) {
  return a.booked_day && b.booked_day && std::llabs(*a.booked_day - *b.booked_day) <= days;
}

// The payer's and the payee's telling of payments with equal accounts, amount and currency.
void join_sides(std::vector<Payment>& all, const std::vector<std::size_t>& of_payer,
                const std::vector<std::size_t>& of_payee, std::vector<bool>& is_gone) {
  const auto join = [&](std::size_t into, std::size_t from, bool is_by_id) {
    Payment& payment = all[into];
    payment.rows.insert(payment.rows.end(), all[from].rows.begin(), all[from].rows.end());
    payment.is_of_payee = true;
    (is_by_id ? payment.is_joined_by_id : payment.is_joined_by_date) = true;
    is_gone[from] = true;
  };
  std::map<std::string_view, std::vector<std::size_t>> by_id;
  for (auto at = of_payee.rbegin(); at != of_payee.rend(); ++at) {
    if (!all[*at].end_to_end_id.empty()) by_id[all[*at].end_to_end_id].push_back(*at);
  }
  for (const std::size_t i : of_payer) {
    const auto found = by_id.find(all[i].end_to_end_id);
    if (found == by_id.end() || found->second.empty()) continue;
    if (!are_near(all[i], all[found->second.back()], kDaysBetweenSides)) continue;
    join(i, found->second.back(), true);
    found->second.pop_back();
  }
  // In the order of days; two ids that differ are two payments.
  std::size_t first = 0;
  for (const std::size_t i : of_payer) {
    if (all[i].is_joined_by_id || !all[i].booked_day) continue;
    while (first < of_payee.size() &&
           (is_gone[of_payee[first]] || !all[of_payee[first]].booked_day ||
            *all[of_payee[first]].booked_day < *all[i].booked_day - kDaysBetweenSidesWithoutId)) {
      ++first;
    }
    constexpr std::size_t kMostTried = 64;  // with equal amounts within days
    for (std::size_t k = first; k < of_payee.size() && k < first + kMostTried; ++k) {
      if (is_gone[of_payee[k]]) continue;
      if (!are_near(all[i], all[of_payee[k]], kDaysBetweenSidesWithoutId)) break;
      if (!all[i].end_to_end_id.empty() && !all[of_payee[k]].end_to_end_id.empty()) continue;
      join(i, of_payee[k], false);
      break;
    }
  }
}

std::vector<Payment> once_for_both_sides(std::vector<Payment> all) {
  struct Tellings {
    std::vector<std::size_t> of_payer, of_payee;
  };
  std::map<Key, Tellings> groups;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Payment& p = all[i];
    if (p.payer_account.empty() || p.payee_account.empty() || !p.amount) continue;
    if (p.is_of_payer) groups[key_of(p)].of_payer.push_back(i);
    if (p.is_of_payee) groups[key_of(p)].of_payee.push_back(i);
  }
  std::vector<bool> is_gone(all.size(), false);
  for (const auto& [key, tellings] : groups) {
    join_sides(all, tellings.of_payer, tellings.of_payee, is_gone);
  }
  std::vector<Payment> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_gone[i]) out.push_back(std::move(all[i]));
  }
  return out;
}

Payment payment_of(const OtherRow& row, std::uint32_t index, const Sides& sides,
                   const MethodContext& context, AccountBook& book) {
  Payment payment;
  payment.currency = std::string(text_of(row, "currency"));
  const AccountBook::Entry& payer = book.find(sides.payer, payment.currency);
  payment.payer_account = payer.key;
  payment.payers = payer.holders;
  const AccountBook::Entry& payee = book.find(sides.payee, payment.currency);
  payment.payee_account = payee.key;
  payment.payees = payee.holders;
  payment.amount = Amount::parse(text_of(row, "amount"));
  if (payment.amount && payment.amount->is_negative()) payment.amount.reset();
  // The bank's day as it is written; an instant in UTC may be the day before.
  payment.booked_day = day_of_text(text_of(row, "booking_date"));
  if (!payment.booked_day && row.is_dated()) {
    payment.booked_day = day_of_time(row.row.time_us);
  }
  payment.value_day = day_of_text(text_of(row, "value_date"));
  payment.fate = fate_of(row);
  payment.end_to_end_id = id_of(row);
  payment.is_of_payer = sides.is_of_payer;
  payment.is_of_payee = sides.is_of_payee;
  const std::int64_t end = std::max(row.row.until_us + 1, row.row.time_us + row.row.width_us);
  payment.is_at_edge = row.is_dated() && context.question->window &&
                       !context.question->window->contains(Interval{row.row.time_us, end});
  payment.rows = {index};
  return payment;
}

}  // namespace

std::optional<std::int64_t> day_of_text(std::string_view date) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char c : date.substr(at, digits)) {
      if (c < '0' || c > '9') return -1;
      value = 10 * value + (c - '0');
    }
    return value;
  };
  if (date.size() < 10) return std::nullopt;
  int year = -1, month = -1, day = -1;
  if (date[4] == '-' && date[7] == '-') {
    year = number(0, 4), month = number(5, 2), day = number(8, 2);
  } else if (date[2] == '.' && date[5] == '.' && date.size() == 10) {
    year = number(6, 4), month = number(3, 2), day = number(0, 2);
  }
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  return days_from_civil(year, month, day);
}

PaymentLedger read_ledger(const MethodContext& context) {
  PaymentLedger ledger;
  if (context.others == nullptr) return ledger;
  AccountBook book(*context.case_file);
  std::vector<Payment> all;
  for (std::uint32_t i = 0; i < context.others->rows.size(); ++i) {
    const OtherRow& row = context.others->rows[i];
    if (row.row.kind != RecordKind::payment) continue;
    ++ledger.rows;
    const Sides sides = sides_of(row);
    if (!sides.is_told) {
      ++ledger.rows_unplaced;
      continue;
    }
    all.push_back(payment_of(row, i, sides, context, book));
    const Payment& made = all.back();
    const auto& keepers = made.is_of_payer ? made.payers : made.payees;
    if (made.is_of_payer || made.is_of_payee) {
      ledger.with_statement.insert(keepers.begin(), keepers.end());
    }
  }
  ledger.payments = once_for_both_sides(once_a_statement(std::move(all), *context.others));
  std::stable_sort(ledger.payments.begin(), ledger.payments.end(),
                   [](const Payment& a, const Payment& b) { return a.booked_day < b.booked_day; });
  pair_returns(ledger.payments);
  return ledger;
}

}  // namespace assay::methods
