#include "methods/support/working_day.h"

#include <algorithm>
#include <cmath>

namespace assay::methods {
namespace {

constexpr int kDay = static_cast<int>(kSlotsPerDay);
constexpr int kWeek = static_cast<int>(kSlotsPerWeek);
constexpr int kWorkingDays = 5;
constexpr int kHalfEdge = 2;      // the day begins and ends within half an hour either way
constexpr int kHalfMidday = 3;    // an hour and a half
constexpr int kEvening = 18;      // four and a half hours
constexpr double kMidday = 0.45;  // of the length
constexpr double kImpossible = -1e18;
constexpr double kMinOpen = 60;  // seconds: a class that was hardly ever open has no rate
constexpr int kLeastApart = 12, kMostApart = 56;
constexpr int kShortestOffice = 24, kLongestOffice = 48;
constexpr int kDispersionBin = 16;
constexpr int kRamp = 8;          // slots either side of the start
constexpr double kMostShift = 1;  // hours

using Cell = WeekDemand::Cell;

double gain(const Cell& cell) {
  return cell.events > 0 ? cell.events * std::log(cell.events / std::max(cell.open, kMinOpen)) : 0;
}

// Into one class where the order of rates is broken.
void pool(Cell& kept, Cell& gone) {
  kept += gone;
  gone = {};
}

struct Classes {
  Cell core, midday, arrival, departure, evening, night, weekend;
};

Classes classes_of(const WeekDemand& demand, int start, int length) {
  Classes c;
  const int evening = std::clamp(kDay - length - 4 * kHalfEdge, 0, kEvening);
  const int lunch = start + static_cast<int>(std::lround(kMidday * length));
  for (int day = 0; day < 7; ++day) {
    const int at = day * kDay;
    const int end = at + start + length;
    if (day >= kWorkingDays) {
      c.weekend += demand.between(at + start - kHalfEdge, end + kHalfEdge + evening);
      continue;
    }
    c.arrival += demand.between(at + start - kHalfEdge, at + start + kHalfEdge);
    c.departure += demand.between(end - kHalfEdge, end + kHalfEdge);
    c.midday += demand.between(at + lunch - kHalfMidday, at + lunch + kHalfMidday);
    c.core += demand.between(at + start + kHalfEdge, end - kHalfEdge);
    c.evening += demand.between(end + kHalfEdge, end + kHalfEdge + evening);
  }
  c.core -= c.midday;
  c.night = demand.all();
  for (const Cell* part : {&c.core, &c.midday, &c.arrival, &c.departure, &c.evening, &c.weekend}) {
    c.night -= *part;
  }
  return c;
}

double office_at(Classes& c) {
  if (c.midday.rate() > c.core.rate()) pool(c.core, c.midday);
  for (Cell* part : {&c.arrival, &c.departure, &c.evening, &c.weekend}) {
    if (part->rate() < c.night.rate()) pool(c.night, *part);
  }
  for (Cell* edge : {&c.arrival, &c.departure}) {
    if (edge->rate() > c.core.rate()) pool(c.core, *edge);
  }
  const double core = c.core.rate();
  if (core <= c.night.rate() || core < c.evening.rate() || core < c.weekend.rate() ||
      c.midday.rate() < 0) {
    return kImpossible;
  }
  return gain(c.core) + gain(c.midday) + gain(c.arrival) + gain(c.departure) + gain(c.evening) +
         gain(c.night) + gain(c.weekend);
}

// A pooled class has the rate of what it was pooled into.
double rate_or(const Cell& cell, double otherwise) {
  return cell.open > 0 ? cell.rate() : otherwise;
}

void keep_better(RivalFit& best, const RivalFit& candidate) {
  if (candidate.best > best.best) best = candidate;
}

}  // namespace

WeekDemand::WeekDemand(const OpenExposure& exposure, const std::vector<int>& shift_slots) {
  std::vector<Cell> week(static_cast<std::size_t>(kWeek));
  // The epoch was a Thursday.
  const std::int64_t since_monday = exposure.first_slot + 3 * kSlotsPerDay;
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    if (exposure.open_seconds[i] <= 0 && exposure.events[i] <= 0) continue;
    const std::int64_t shift = shift_slots.empty() ? 0 : shift_slots[i];
    const std::int64_t slot = since_monday + static_cast<std::int64_t>(i) + shift;
    Cell& cell = week[static_cast<std::size_t>(((slot % kWeek) + kWeek) % kWeek)];
    cell.events += exposure.events[i];
    cell.open += exposure.open_seconds[i];
  }
  sums_.assign(static_cast<std::size_t>(3 * kWeek + 1), {});
  for (std::size_t i = 0; i + 1 < sums_.size(); ++i) {
    sums_[i + 1] = sums_[i];
    sums_[i + 1] += week[i % static_cast<std::size_t>(kWeek)];
  }
}

WeekDemand::Cell WeekDemand::between(int from, int to) const {
  if (to <= from) return {};
  Cell cell = sums_[static_cast<std::size_t>(to + kWeek)];
  cell -= sums_[static_cast<std::size_t>(from + kWeek)];
  return cell;
}

OfficeFit fit_office(const WeekDemand& demand) {
  OfficeFit fit;
  fit.best = kImpossible;
  fit.log_likelihood.reserve(static_cast<std::size_t>(kStartSlots * kLengths));
  for (int s = 0; s < kStartSlots; ++s) {
    for (int l = 0; l < kLengths; ++l) {
      const int length = kShortest + l * kLengthStep;
      Classes classes = classes_of(demand, kFirstStart + s, length);
      const double value = office_at(classes);
      fit.log_likelihood.push_back(value);
      if (value <= fit.best) continue;
      fit.best = value;
      fit.start = kFirstStart + s;
      fit.length = length;
    }
  }
  Classes c = classes_of(demand, fit.start, fit.length);
  office_at(c);
  const double core = c.core.rate();
  const double night = c.night.rate();
  fit.rates = {core,
               rate_or(c.midday, core),
               rate_or(c.arrival, core),
               rate_or(c.departure, core),
               rate_or(c.evening, night),
               night,
               rate_or(c.weekend, night)};
  return fit;
}

double sudden_start(const WeekDemand& demand, const OfficeFit& fit) {
  const double night = fit.rates.night;
  const double rise = fit.rates.core - night;
  if (rise <= 0) return 0;
  double full_slots = 0;
  for (int slot = fit.start - kRamp; slot < fit.start + kRamp; ++slot) {
    Cell cell;
    for (int day = 0; day < kWorkingDays; ++day) {
      cell += demand.between(day * kDay + slot, day * kDay + slot + 1);
    }
    // A slot that was never open tells nothing: it goes by its side of the start.
    const double unknown = slot < fit.start ? 0.0 : 1.0;
    full_slots += cell.open > kMinOpen ? (cell.rate() - night) / rise : unknown;
  }
  return std::clamp((kRamp - full_slots) / 4, -kMostShift, kMostShift);
}

RivalFit fit_constant(const WeekDemand& demand) { return {gain(demand.all())}; }

RivalFit fit_24x5(const WeekDemand& demand) {
  RivalFit best{kImpossible};
  for (int start = -56; start <= 48; ++start) {
    const Cell week = demand.between(start, start + kWorkingDays * kDay);
    Cell rest = demand.all();
    rest -= week;
    keep_better(best, {gain(week) + gain(rest), start});
  }
  return best;
}

RivalFit fit_batch(const WeekDemand& demand) {
  RivalFit best{kImpossible};
  for (int s = 0; s < kStartSlots; ++s) {
    const int start = kFirstStart + s;
    for (int length = 1; length <= kLongest; ++length) {
      Cell inside, weekend;
      for (int day = 0; day < 7; ++day) {
        const int at = day * kDay + start;
        (day < kWorkingDays ? inside : weekend) += demand.between(at, at + length);
      }
      Cell outside = demand.all();
      outside -= inside;
      outside -= weekend;
      if (inside.rate() <= outside.rate()) continue;
      keep_better(best, {gain(inside) + gain(outside) + gain(weekend), start, length});
    }
  }
  return best;
}

double two_offices_at(const WeekDemand& demand, int start, int length, int second_start,
                      int second_length) {
  const int end = start + length;
  const int second_end = second_start + second_length;
  const int common_end = std::min(end, second_end);
  Cell first, both, second, weekend;
  for (int day = 0; day < 7; ++day) {
    const int at = day * kDay;
    if (day >= kWorkingDays) {
      weekend += demand.between(at + start, at + std::max(end, second_end));
      continue;
    }
    first += demand.between(at + start, at + std::min(end, second_start));
    both += demand.between(at + second_start, at + common_end);
    second += demand.between(at + std::max(end, second_start), at + second_end);
  }
  Cell night = demand.all();
  for (const Cell* part : {&first, &both, &second, &weekend}) night -= *part;
  if (weekend.rate() < night.rate()) pool(night, weekend);
  if (first.rate() <= night.rate() || second.rate() <= night.rate()) return kImpossible;
  if (both.open > 0 && both.rate() < std::max(first.rate(), second.rate())) {
    pool(both, first.rate() > second.rate() ? first : second);
    const Cell& left = first.open > 0 ? first : second;
    if (both.rate() < left.rate()) return kImpossible;
  }
  return gain(first) + gain(both) + gain(second) + gain(weekend) + gain(night);
}

RivalFit fit_two_offices(const WeekDemand& demand) {
  RivalFit best{kImpossible};
  const auto consider = [&](int start, int length, int second_start, int second_length) {
    const int apart = second_start - start;
    const bool is_allowed = apart >= kLeastApart && apart <= kMostApart &&
                            apart + second_length <= kDay &&
                            std::min(length, second_length) >= kShortestOffice &&
                            std::max(length, second_length) <= kLongestOffice;
    if (!is_allowed) return;
    keep_better(best, {two_offices_at(demand, start, length, second_start, second_length), start,
                       length, second_start, second_length});
  };
  for (int s = 0; s < kStartSlots; s += 2) {
    const int start = kFirstStart + s;
    for (int apart = kLeastApart; apart <= kMostApart; apart += 4) {
      for (const int length : {32, 40}) {
        for (const int second : {32, 40}) consider(start, length, start + apart, second);
      }
    }
  }
  // Uphill from the best of the coarse grid, one edge at a time.
  for (double before = best.best - 1; best.best > before;) {
    before = best.best;
    const RivalFit from = best;
    for (const int by : {-4, -2, -1, 1, 2, 4}) {
      consider(from.start + by, from.length - by, from.second_start, from.second_length);
      consider(from.start, from.length + by, from.second_start, from.second_length);
      consider(from.start, from.length, from.second_start + by, from.second_length - by);
      consider(from.start, from.length, from.second_start, from.second_length + by);
    }
  }
  return best;
}

double dispersion_of(const OpenExposure& exposure) {
  constexpr std::size_t kBins = static_cast<std::size_t>(kWeek / kDispersionBin);
  const std::size_t weeks = exposure.size() / static_cast<std::size_t>(kWeek);
  if (weeks < 2) return 1;
  std::vector<Cell> by_bin(kBins);
  std::vector<Cell> cells(weeks * kBins);
  for (std::size_t i = 0; i < weeks * static_cast<std::size_t>(kWeek); ++i) {
    const Cell cell{exposure.events[i], exposure.open_seconds[i]};
    by_bin[i % static_cast<std::size_t>(kWeek) / kDispersionBin] += cell;
    cells[i / kDispersionBin] += cell;
  }
  double squares = 0;
  double expected = 0;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const double mean = by_bin[c % kBins].rate() * cells[c].open;
    squares += (cells[c].events - mean) * (cells[c].events - mean);
    expected += mean;
  }
  if (expected <= 0) return 1;
  const double n = static_cast<double>(weeks);
  return std::max(1.0, squares / expected * n / (n - 1));
}

}  // namespace assay::methods
