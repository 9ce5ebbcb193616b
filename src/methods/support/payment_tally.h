// What a ledger of payments holds from one party to another: counts by fate, sums of each currency,
// spans of days, and the rows that these rest on.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "methods/support/direct_pairs.h"
#include "methods/support/payment_ledger.h"

namespace assay::methods {

inline constexpr std::size_t kMostCurrencies = 20;  // told of one pair

struct PaymentSum {
  std::uint64_t payments = 0, without_amount = 0;
  Amount total;
  bool is_too_large = false;

  void take(const std::optional<Amount>& amount);
  std::string text() const;
};
using PaymentSums = std::map<std::string, PaymentSum>;  // by currency

// "EUR" where it has the form of ISO 4217; what has not is told as it stands.
std::string currency_text(const std::string& currency);
std::string sums_text(const PaymentSums& sums);

struct PaymentDays {
  std::optional<std::int64_t> first, last;  // since the epoch

  void take(const std::optional<std::int64_t>& day);
  std::string text() const;
};

struct PairTally {
  PaymentSums sums, given_back_sums;
  PaymentDays booked, valued;
  OtherIndices rows;  // of all that is counted here, ascending, each once
  std::uint64_t payments = 0, by_id = 0, by_date = 0, repeated = 0;
  std::uint64_t given_back = 0, given_back_by_id = 0, unpaired = 0;
  std::uint64_t reversals = 0, returns = 0, announced = 0, undated = 0, at_edge = 0, ambiguous = 0;

  std::uint64_t all() const {
    return payments + reversals + returns + announced + undated + at_edge + ambiguous;
  }
  void take(const Payment& payment);

 private:
  void count(const Payment& payment);
};

// All pairs in one walk through the ledger: O(payments log parties).
class PaymentTallies {
 public:
  explicit PaymentTallies(const PaymentLedger& ledger);
  const PairTally& of(int from, int to) const;

 private:
  std::map<PartyPair, PairTally> tallies_;
};

}  // namespace assay::methods
