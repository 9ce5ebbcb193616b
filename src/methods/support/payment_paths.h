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
    OtherIndices first;           // indices into the ledger's payments, ascending
    std::uint64_t elsewhere = 0;  // payments of the last intermediary to others that would fit
  };
  std::map<std::vector<int>, Chain> chains;  // by the intermediaries in their order
  bool is_cut = false;
};

// By payer and currency, by day.
class PassedOn {
 public:
  explicit PassedOn(const PaymentLedger& ledger);
  // Intermediaries are all other parties of the case.
  PaymentPaths between(int from, int to) const;

 private:
  struct Walk;
  void follow(Walk& walk, std::uint32_t payment, std::vector<int>& chain) const;

  const PaymentLedger& ledger_;
  std::map<std::pair<int, std::string>, OtherIndices> paid_by_;
};

// Booked, dated, inside the window, of a known amount, with no holder in doubt.
bool is_countable(const Payment& payment);

}  // namespace assay::methods
