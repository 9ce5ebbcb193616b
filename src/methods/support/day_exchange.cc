#include "methods/support/day_exchange.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "methods/support/calendar.h"

namespace assay::methods {
namespace {

using Draws = std::vector<double>;  // the record as it is first

// What a set's days sum to, with the dates that any set chose in front of all dates.
struct SetByDate {
  std::vector<double> residuals;    // by date; 0 where the set has no such day
  std::vector<std::size_t> chosen;  // indices of dates
};

std::vector<Draws> sums_of(const std::vector<ChosenDays>& sets, int draws, Random& random) {
  std::set<std::int64_t> chosen, others;
  for (const ChosenDays& set : sets) chosen.insert(set.chosen.begin(), set.chosen.end());
  for (const ChosenDays& set : sets) {
    for (const auto& [day, residual] : set.residuals) {
      if (!chosen.contains(day)) others.insert(day);
    }
  }
  std::vector<std::int64_t> dates(chosen.begin(), chosen.end());
  dates.insert(dates.end(), others.begin(), others.end());
  std::vector<SetByDate> by_date;
  for (const ChosenDays& set : sets) {
    SetByDate& one = by_date.emplace_back();
    for (std::size_t i = 0; i < dates.size(); ++i) {
      const auto found = set.residuals.find(dates[i]);
      one.residuals.push_back(found == set.residuals.end() ? 0 : found->second);
      if (set.chosen.contains(dates[i])) one.chosen.push_back(i);
    }
  }
  std::vector<std::size_t> day_for(dates.size());
  std::iota(day_for.begin(), day_for.end(), 0);
  std::vector<Draws> sums(sets.size());
  for (int draw = 0; draw <= draws; ++draw) {
    for (std::size_t s = 0; s < sets.size(); ++s) {
      double sum = 0;
      for (const std::size_t i : by_date[s].chosen) sum += by_date[s].residuals[day_for[i]];
      sums[s].push_back(sum);
    }
    // Only chosen dates need another day: as many steps of a shuffle.
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const double left = static_cast<double>(day_for.size() - i);
      const auto other = i + static_cast<std::size_t>(random.uniform() * left);
      std::swap(day_for[i], day_for[std::min(other, day_for.size() - 1)]);
    }
  }
  return sums;
}

// p of each draw: the share of draws whose sum is as low.
Draws ranks_of(const Draws& sums) {
  Draws sorted = sums;
  std::sort(sorted.begin(), sorted.end());
  Draws p;
  p.reserve(sums.size());
  for (const double sum : sums) {
    const auto as_low = std::upper_bound(sorted.begin(), sorted.end(), sum + 1e-9);
    p.push_back(static_cast<double>(as_low - sorted.begin()) / static_cast<double>(sums.size()));
  }
  return p;
}

std::vector<ExchangeP> corrected(const std::vector<Draws>& p, int draws) {
  std::vector<ExchangeP> all(p.size());
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a].front() < p[b].front(); });
  Draws least(static_cast<std::size_t>(draws) + 1, 1);
  for (std::size_t i = order.size(); i-- > 0;) {
    const Draws& own = p[order[i]];
    double as_low = 0;
    for (std::size_t draw = 0; draw < least.size(); ++draw) {
      least[draw] = std::min(least[draw], own[draw]);
      as_low += least[draw] <= own.front() ? 1 : 0;
    }
    all[order[i]] = {own.front(), as_low / static_cast<double>(least.size())};
  }
  double running = 0;
  for (const std::size_t s : order) {
    running = std::max(running, all[s].corrected);
    all[s].corrected = running;
  }
  return all;
}

}  // namespace

DayCounts off_weekday(const DayCounts& days, const std::set<std::int64_t>& left_out) {
  std::map<int, std::pair<double, double>> sums;
  for (const auto& [day, count] : days) {
    if (left_out.contains(day)) continue;
    sums[weekday_of(day)].first += count;
    sums[weekday_of(day)].second += 1;
  }
  DayCounts residuals;
  for (const auto& [day, count] : days) {
    if (left_out.contains(day)) continue;
    const auto& [sum, n] = sums[weekday_of(day)];
    residuals[day] = count - sum / n;
  }
  return residuals;
}

std::vector<ExchangeP> exchange_p(const std::vector<ChosenDays>& sets, int draws, Random random) {
  const std::vector<Draws> sums = sums_of(sets, draws, random);
  if (sums.size() == 1) {  // needs no rank but its own
    const Draws& own = sums.front();
    const auto as_low = std::count_if(own.begin(), own.end(),
                                      [&](double sum) { return sum <= own.front() + 1e-9; });
    const double p = static_cast<double>(as_low) / static_cast<double>(own.size());
    return {{p, p}};
  }
  std::vector<Draws> p;
  for (const Draws& of_set : sums) p.push_back(ranks_of(of_set));
  return corrected(p, draws);
}

}  // namespace assay::methods
