#include "methods/support/payment_paths.h"

#include <algorithm>

namespace assay::methods {

bool is_countable(const Payment& payment) {
  return payment.fate == PaymentFate::booked && payment.booked_day && !payment.is_at_edge &&
         !payment.is_ambiguous();
}

PassedOn::PassedOn(const PaymentLedger& ledger) : ledger_(ledger) {
  for (std::uint32_t i = 0; i < ledger.payments.size(); ++i) {
    const Payment& payment = ledger.payments[i];
    if (!is_countable(payment) || !payment.amount || payment.payer() < 0) continue;
    paid_by_[{payment.payer(), payment.currency}].push_back(i);
  }
}

struct PassedOn::Walk {
  int from, to;
  std::uint32_t first = 0;
  std::uint64_t steps = 0;
  PaymentPaths paths;
};

// What the payee of `payment` paid on within days. Each chain counts the first payment once.
void PassedOn::follow(Walk& walk, std::uint32_t payment, std::vector<int>& chain) const {
  const Payment& in = ledger_.payments[payment];
  const auto list = paid_by_.find({in.payee(), in.currency});
  if (list == paid_by_.end()) return;
  auto at = std::lower_bound(
      list->second.begin(), list->second.end(), *in.booked_day,
      [&](std::uint32_t i, std::int64_t day) { return *ledger_.payments[i].booked_day < day; });
  std::uint64_t elsewhere = 0;
  bool has_reached = false;
  for (; at != list->second.end(); ++at) {
    const Payment& out = ledger_.payments[*at];
    if (*out.booked_day > *in.booked_day + kDaysToPassOn) break;
    if (++walk.steps > kMostPathSteps) {
      walk.paths.is_cut = true;
      return;
    }
    if (out.amount->units() > in.amount->units() ||
        10 * out.amount->units() < kLeastTenths * in.amount->units()) {
      continue;
    }
    has_reached |= out.payee() == walk.to;
    elsewhere += out.payee() == walk.to ? 0 : 1;
    const int next = out.payee();
    if (next < 0 || next == walk.from || next == walk.to ||
        chain.size() == static_cast<std::size_t>(kMostIntermediaries) ||
        std::find(chain.begin(), chain.end(), next) != chain.end()) {
      continue;
    }
    chain.push_back(next);
    follow(walk, *at, chain);
    chain.pop_back();
  }
  if (!has_reached) return;
  PaymentPaths::Chain& told = walk.paths.chains[chain];
  if (!told.first.empty() && told.first.back() == walk.first) return;
  told.first.push_back(walk.first);
  told.elsewhere += elsewhere;
}

PaymentPaths PassedOn::between(int from, int to) const {
  Walk walk{from, to, 0, 0, {}};
  for (std::uint32_t i = 0; i < ledger_.payments.size() && !walk.paths.is_cut; ++i) {
    const Payment& first = ledger_.payments[i];
    if (!is_countable(first) || !first.amount || first.amount->units() == 0 ||
        first.payer() != from || first.payee() < 0 || first.payee() == from ||
        first.payee() == to) {
      continue;
    }
    walk.first = i;
    std::vector<int> chain{first.payee()};
    follow(walk, i, chain);
  }
  return std::move(walk.paths);
}

}  // namespace assay::methods
