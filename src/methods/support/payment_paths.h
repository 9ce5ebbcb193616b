// Payments that may have gone on through intermediaries: in the order of time, in one currency, and
// of an amount that the first could have fed. That one did feed the other no record shows.
#pragma once

#include <map>
#include <vector>

#include "methods/support/payment_ledger.h"

namespace assay::methods {

inline constexpr int kMostIntermediaries = 2;
inline constexpr int kDaysToPassOn = 10;
inline constexpr int kLeastTenths = 9;  // of the first amount; never more than all of it
inline constexpr std::uint64_t kMostPathSteps = 2'000'000;  // of one pair

struct PaymentPaths {
  struct Chain {
    OtherIndices first;           // indices into the ledger's payments
    std::uint64_t elsewhere = 0;  // payments of the last intermediary to others that would fit
  };
  std::map<std::vector<int>, Chain> chains;  // by the intermediaries in their order
  OtherIndices payments;                     // in the ledger, of all that the chains count
  bool is_cut = false;
};

// Equal payments of one day (payer, payee, currency, amount) are looked at as one: among 4,000 of
// them each with each were 16 million comparisons.
class PassedOn {
 public:
  explicit PassedOn(const PaymentLedger& ledger);
  // Intermediaries are all other parties of the case. O(payments + pairs of them that fit).
  PaymentPaths between(int from, int to) const;

 private:
  struct Equals {
    int payer, payee;  // -1: not known
    std::uint32_t currency;
    std::int64_t day;
    __int128 units;
    OtherIndices payments;  // in the ledger
  };
  struct Walk;
  std::vector<std::uint32_t> fed_by(const Equals& in, Walk& walk) const;
  void follow(std::uint32_t first, Walk& walk) const;

  std::vector<Equals> equals_;  // by payer, currency, day, amount, payee
};

// Booked, dated, inside the window, of a known amount, with no holder in doubt.
bool is_countable(const Payment& payment);

}  // namespace assay::methods
