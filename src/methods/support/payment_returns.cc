#include "methods/support/payment_returns.h"

#include <map>
#include <tuple>

namespace assay::methods {
namespace {

using ByDay = std::multimap<std::int64_t, std::size_t>;
// Payer, payee, currency, and the id or the amount.
using IdKey = std::tuple<std::string, std::string, std::string, std::string>;
using AmountKey = std::tuple<std::string, std::string, std::string, __int128>;

bool can_be_paired(const Payment& payment) {
  return payment.booked_day && payment.amount && !payment.payer_account.empty() &&
         !payment.payee_account.empty();
}

bool gives_back(const Payment& payment) {
  return payment.fate == PaymentFate::reversal || payment.fate == PaymentFate::returned;
}

// A reversal has the payer and payee of what it undoes, a return the other way round.
const std::string& first_payer(const Payment& payment) {
  return payment.fate == PaymentFate::returned ? payment.payee_account : payment.payer_account;
}
const std::string& first_payee(const Payment& payment) {
  return payment.fate == PaymentFate::returned ? payment.payer_account : payment.payee_account;
}

AmountKey amount_key(const Payment& p) {
  return {first_payer(p), first_payee(p), p.currency, p.amount->units()};
}

class Pairing {
 public:
  explicit Pairing(std::vector<Payment>& payments) : payments_(payments) {}

  void by_id() {
    std::map<IdKey, ByDay> paid;
    for (std::size_t i = 0; i < payments_.size(); ++i) {
      const Payment& p = payments_[i];
      if (p.fate != PaymentFate::booked || !can_be_paired(p) || p.end_to_end_id.empty()) continue;
      paid[id_key(p)].emplace(*p.booked_day, i);
    }
    for (Payment& back : payments_) {
      if (!gives_back(back) || !can_be_paired(back) || back.end_to_end_id.empty()) continue;
      const auto found = paid.find(id_key(back));
      if (found != paid.end()) take(found->second, back, kDaysToGiveBack);
    }
  }

  void by_amount() {
    std::map<AmountKey, ByDay> with_id, without_id;
    for (std::size_t i = 0; i < payments_.size(); ++i) {
      const Payment& p = payments_[i];
      if (p.fate != PaymentFate::booked || !can_be_paired(p) || p.given_back) continue;
      (p.end_to_end_id.empty() ? without_id : with_id)[amount_key(p)].emplace(*p.booked_day, i);
    }
    const auto try_in = [&](std::map<AmountKey, ByDay>& paid, Payment& back) {
      const auto found = paid.find(amount_key(back));
      if (found != paid.end()) take(found->second, back, kDaysToGiveBackWithoutId);
    };
    for (Payment& back : payments_) {
      if (!gives_back(back) || !can_be_paired(back) || back.is_paired) continue;
      try_in(without_id, back);
      if (!back.is_paired && back.end_to_end_id.empty()) try_in(with_id, back);
    }
  }

 private:
  static IdKey id_key(const Payment& p) {
    return {first_payer(p), first_payee(p), p.currency, p.end_to_end_id};
  }

  // The nearest payment at or before the day of `back`.
  void take(ByDay& paid, Payment& back, int days) {
    constexpr int kMostTried = 64;  // of one id, with less than what came back
    auto at = paid.upper_bound(*back.booked_day);
    for (int tried = 0; at != paid.begin() && tried < kMostTried; ++tried) {
      --at;
      if (*back.booked_day - at->first > days) return;
      Payment& payment = payments_[at->second];
      if (payment.amount->units() < back.amount->units()) continue;
      payment.given_back = back.amount;
      payment.given_back_rows = back.rows;
      payment.is_given_back_by_id =
          !back.end_to_end_id.empty() && back.end_to_end_id == payment.end_to_end_id;
      back.is_paired = true;
      paid.erase(at);
      return;
    }
  }

  std::vector<Payment>& payments_;
};

}  // namespace

void pair_returns(std::vector<Payment>& payments) {
  Pairing pairing(payments);
  pairing.by_id();
  pairing.by_amount();
}

}  // namespace assay::methods
