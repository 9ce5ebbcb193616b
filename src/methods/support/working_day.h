// Working days fitted to demand by quarter hours of the week. A template says which quarter hours
// belong together; the rate of each class is then its events over its open time, in closed form, so
// a whole grid of starts and lengths costs no more than one search would.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "methods/support/open_exposure.h"

namespace assay::methods {

// Demand by quarter hours of the week, Monday 00:00 first, and running sums over three weeks.
class WeekDemand {
 public:
  // `shift_slots`: what is added to each slot's time, for clocks that changed; empty = nothing.
  WeekDemand(const OpenExposure& exposure, const std::vector<int>& shift_slots);

  struct Cell {
    double events = 0;
    double open = 0;
    Cell& operator+=(const Cell& other) {
      events += other.events, open += other.open;
      return *this;
    }
    Cell& operator-=(const Cell& other) {
      events -= other.events, open -= other.open;
      return *this;
    }
    double rate() const { return open > 0 ? events / open : 0; }
  };
  // Slots [from, to) counted from Monday 00:00; from at least -672, to at most 1,344.
  Cell between(int from, int to) const;
  Cell all() const { return between(0, static_cast<int>(kSlotsPerWeek)); }

 private:
  std::vector<Cell> sums_;
};

inline constexpr int kStartSlots = 140;  // Monday's start: 16:00 UTC on Sunday to 03:00 on Tuesday
inline constexpr int kFirstStart = -32;  // in slots from Monday 00:00 UTC
inline constexpr int kShortest = 12;     // lengths of 3 h
inline constexpr int kLongest = 72;      // to 18 h
inline constexpr int kLengthStep = 2;    // in half hours
inline constexpr int kLengths = (kLongest - kShortest) / kLengthStep + 1;

struct OfficeRates {  // per second
  double core = 0, midday = 0, arrival = 0, departure = 0, evening = 0, night = 0, weekend = 0;
};

// Poisson log-likelihoods up to a constant that all models share; impossible templates have -1e18.
struct OfficeFit {
  std::vector<double> log_likelihood;  // [start * kLengths + length]
  double best = 0;
  int start = 0;  // slots from Monday 00:00 UTC
  int length = 0;
  OfficeRates rates;

  double at(int start_index, int length_index) const {
    return log_likelihood[static_cast<std::size_t>(start_index * kLengths + length_index)];
  }
};
OfficeFit fit_office(const WeekDemand& demand);
// Hours from the template's start to where a sudden start would leave as much demand. People come
// in over an hour or two, and the likelihood puts the start before the first of them.
double sudden_start(const WeekDemand& demand, const OfficeFit& fit);

struct RivalFit {
  double best = 0;
  int start = 0, length = 0;                // of a batch
  int second_start = 0, second_length = 0;  // of two offices
};
RivalFit fit_constant(const WeekDemand& demand);
// Day and night on five days, two days of another rate; the week begins at any quarter hour.
RivalFit fit_24x5(const WeekDemand& demand);
// One rate inside the same hours of each day and one outside, weekends apart: a program's window.
RivalFit fit_batch(const WeekDemand& demand);
// Two working days of 6 to 12 h, three to fourteen hours apart.
RivalFit fit_two_offices(const WeekDemand& demand);
double two_offices_at(const WeekDemand& demand, int start, int length, int second_start,
                      int second_length);

inline constexpr int kOfficeParameters = 9;
inline constexpr int kConstantParameters = 1;
inline constexpr int k24x5Parameters = 3;
inline constexpr int kBatchParameters = 5;
inline constexpr int kTwoOfficesParameters = 9;

// Variance over mean of events by week and four hours of the week, at least 1: what a
// log-likelihood is divided by, since demand comes in sessions and busy weeks.
double dispersion_of(const OpenExposure& exposure);

}  // namespace assay::methods
