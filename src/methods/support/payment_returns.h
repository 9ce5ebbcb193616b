// Which payment a reversal or a return gives back.
#pragma once

#include "methods/support/payment_ledger.h"

namespace assay::methods {

// A refund of a direct debit that nobody had authorised may be asked for during 13 months.
inline constexpr int kDaysToGiveBack = 400;
inline constexpr int kDaysToGiveBackWithoutId = 10;

// Sets `given_back` of payments and `is_paired` of what gave them back. `payments` are in the order
// of booking days. By one end-to-end id, equal accounts and currency, and at most the amount; then,
// unless both tell ids, by the equal amount and the nearest day before. A payment is given back
// once. O(n log n).
void pair_returns(std::vector<Payment>& payments);

}  // namespace assay::methods
