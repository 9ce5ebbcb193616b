#include "methods/support/payment_tally.h"

#include <fmt/format.h>

#include <algorithm>

#include "methods/support/measure.h"

namespace assay::methods {

std::string currency_text(const std::string& currency) {
  const bool has_form =
      currency.size() == 3 &&
      std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (currency.empty()) return "without a currency";
  return has_form ? currency : fmt::format("of no known currency \"{}\"", quoted(currency, 12));
}

void PaymentSum::take(const std::optional<Amount>& amount) {
  ++payments;
  if (!amount) {
    ++without_amount;
  } else if (!is_too_large) {
    is_too_large = !total.add(*amount);
  }
}

std::string PaymentSum::text() const { return is_too_large ? "a sum beyond 10^22" : total.text(); }

std::string sums_text(const PaymentSums& sums) {
  std::vector<std::string> parts;
  for (const auto& [currency, sum] : sums) {
    if (parts.size() == kMostCurrencies) {
      parts.push_back(fmt::format("{} other currencies", sums.size() - kMostCurrencies));
      break;
    }
    parts.push_back(fmt::format("{} {} in {}", currency_text(currency), sum.text(),
                                plural(static_cast<double>(sum.payments), "payment")));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

void PaymentDays::take(const std::optional<std::int64_t>& day) {
  if (!day) return;
  first = std::min(first.value_or(*day), *day);
  last = std::max(last.value_or(*day), *day);
}

std::string PaymentDays::text() const {
  return first ? fmt::format("{} to {}", date_text(*first), date_text(*last)) : "not told";
}

void PairTally::take(const Payment& payment) {
  rows.insert(rows.end(), payment.rows.begin(), payment.rows.end());
  if (payment.is_ambiguous()) {
    ++ambiguous;
  } else if (payment.fate == PaymentFate::reversal) {
    ++reversals;
    unpaired += payment.is_paired ? 0 : 1;
  } else if (payment.fate == PaymentFate::returned) {
    ++returns;
    unpaired += payment.is_paired ? 0 : 1;
  } else if (payment.fate == PaymentFate::announced) {
    ++announced;
  } else if (!payment.booked_day) {
    ++undated;
  } else if (payment.is_at_edge) {
    ++at_edge;
  } else {
    count(payment);
  }
}

void PairTally::count(const Payment& payment) {
  ++payments;
  sums[payment.currency].take(payment.amount);
  if (payment.given_back) {
    ++given_back;
    given_back_by_id += payment.is_given_back_by_id ? 1 : 0;
    given_back_sums[payment.currency].take(payment.given_back);
    rows.insert(rows.end(), payment.given_back_rows.begin(), payment.given_back_rows.end());
  }
  booked.take(payment.booked_day);
  valued.take(payment.value_day);
  by_id += payment.is_joined_by_id ? 1 : 0;
  by_date += payment.is_joined_by_date ? 1 : 0;
  const bool is_joined = payment.is_joined_by_id || payment.is_joined_by_date;
  repeated += payment.rows.size() - (is_joined ? 2 : 1);
}

PaymentTallies::PaymentTallies(const PaymentLedger& ledger) {
  for (const Payment& payment : ledger.payments) {
    for (const int from : payment.payers) {
      for (const int to : payment.payees) tallies_[{from, to}].take(payment);
    }
  }
  for (auto& [pair, tally] : tallies_) {
    std::sort(tally.rows.begin(), tally.rows.end());
    tally.rows.erase(std::unique(tally.rows.begin(), tally.rows.end()), tally.rows.end());
  }
}

const PairTally& PaymentTallies::of(int from, int to) const {
  static const PairTally kNone;
  const auto found = tallies_.find({from, to});
  return found == tallies_.end() ? kNone : found->second;
}

}  // namespace assay::methods
