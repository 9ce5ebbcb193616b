#include "methods/support/payment_paths.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace assay::methods {

bool is_countable(const Payment& payment) {
  return payment.fate == PaymentFate::booked && payment.booked_day && !payment.is_at_edge &&
         !payment.is_ambiguous();
}

PassedOn::PassedOn(const PaymentLedger& ledger) {
  using Key = std::tuple<int, std::uint32_t, std::int64_t, __int128, int>;
  std::map<std::string_view, std::uint32_t> currencies;
  std::map<Key, OtherIndices> groups;
  for (std::uint32_t i = 0; i < ledger.payments.size(); ++i) {
    const Payment& p = ledger.payments[i];
    if (!is_countable(p) || !p.amount || p.amount->units() == 0 || p.payer() < 0) continue;
    const auto currency =
        currencies.emplace(p.currency, static_cast<std::uint32_t>(currencies.size())).first->second;
    groups[{p.payer(), currency, *p.booked_day, p.amount->units(), p.payee()}].push_back(i);
  }
  equals_.reserve(groups.size());
  for (auto& [key, payments] : groups) {
    const auto& [payer, currency, day, units, payee] = key;
    equals_.push_back({payer, payee, currency, day, units, std::move(payments)});
  }
}

struct PassedOn::Walk {
  using Indices = std::vector<std::uint32_t>;  // into equals_
  struct Chain {
    Indices first, elsewhere;
  };

  int from, to;
  std::uint64_t steps = 0;
  bool is_cut = false;
  std::map<std::vector<int>, Chain> chains;
  Indices used;
  // By equals behind the last intermediary: 0 not looked at, 1 leads nowhere, 2 leads to `to`.
  std::vector<char> ends;

  bool may_step() {
    is_cut |= ++steps > kMostPathSteps;
    return !is_cut;
  }
  // Whether some of `fed` reach `to`; the chain then has what would fit as well.
  bool end(const Indices& fed, const std::vector<Equals>& equals, const std::vector<int>& chain) {
    const auto reaches = [&](std::uint32_t each) { return equals[each].payee == to; };
    if (std::none_of(fed.begin(), fed.end(), reaches)) return false;
    Indices& elsewhere = chains[chain].elsewhere;
    for (const std::uint32_t each : fed) (reaches(each) ? used : elsewhere).push_back(each);
    return true;
  }
  void begin(std::uint32_t first, const std::vector<int>& chain) {
    Indices& known = chains[chain].first;
    if (known.empty() || known.back() != first) known.push_back(first);
  }
};

// Payments of the payee of `in` that it could have fed.
std::vector<std::uint32_t> PassedOn::fed_by(const Equals& in, Walk& walk) const {
  std::vector<std::uint32_t> found;
  const __int128 least = (kLeastTenths * in.units + 9) / 10;
  const auto seek = [&](std::int64_t day) {
    const std::tuple key(in.payee, in.currency, day, least);
    return std::lower_bound(
        equals_.begin(), equals_.end(), key, [](const Equals& each, const auto& wanted) {
          return std::tie(each.payer, each.currency, each.day, each.units) < wanted;
        });
  };
  auto at = seek(in.day);
  while (at != equals_.end() && at->payer == in.payee && at->currency == in.currency &&
         at->day <= in.day + kDaysToPassOn && walk.may_step()) {
    if (at->units > in.units) {
      at = seek(at->day + 1);
    } else if (at->units < least) {
      at = seek(at->day);
    } else {
      found.push_back(static_cast<std::uint32_t>(at++ - equals_.begin()));
    }
  }
  return found;
}

// What the payee of `first` paid on, and whom it paid, and they. A payment from X to Y is looked at
// once: it can end the chain "X, then Y" alone.
void PassedOn::follow(std::uint32_t first, Walk& walk) const {
  static_assert(kMostIntermediaries == 2);
  const int one = equals_[first].payee;
  const auto fed = fed_by(equals_[first], walk);
  if (walk.end(fed, equals_, {one})) walk.begin(first, {one});
  for (const std::uint32_t next : fed) {
    const int two = equals_[next].payee;
    if (two < 0 || two == walk.from || two == walk.to || two == one) continue;
    if (walk.ends[next] == 0) {
      walk.ends[next] = walk.end(fed_by(equals_[next], walk), equals_, {one, two}) ? 2 : 1;
      if (walk.ends[next] == 2) walk.used.push_back(next);
    }
    if (walk.ends[next] == 2) walk.begin(first, {one, two});
  }
}

PaymentPaths PassedOn::between(int from, int to) const {
  Walk walk{from, to, 0, false, {}, {}, std::vector<char>(equals_.size(), 0)};
  for (std::uint32_t i = 0; i < equals_.size() && !walk.is_cut; ++i) {
    const Equals& first = equals_[i];
    if (first.payer != from || first.payee < 0 || first.payee == from || first.payee == to)
      continue;
    follow(i, walk);
  }
  PaymentPaths paths;
  paths.is_cut = walk.is_cut;
  const auto take = [&](const Walk::Indices& indices, OtherIndices& out) {
    for (const std::uint32_t each : indices) {
      const OtherIndices& equals = equals_[each].payments;
      out.insert(out.end(), equals.begin(), equals.end());
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
  };
  for (const auto& [intermediaries, found] : walk.chains) {
    PaymentPaths::Chain& chain = paths.chains[intermediaries];
    OtherIndices elsewhere;
    take(found.first, chain.first);
    take(found.elsewhere, elsewhere);
    chain.elsewhere = elsewhere.size();
    paths.payments.insert(paths.payments.end(), chain.first.begin(), chain.first.end());
    paths.payments.insert(paths.payments.end(), elsewhere.begin(), elsewhere.end());
  }
  take(walk.used, paths.payments);
  return paths;
}

}  // namespace assay::methods
