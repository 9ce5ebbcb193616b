#include "methods/support/hidden_office.h"

#include <algorithm>
#include <cmath>

namespace assay::methods {
namespace {

constexpr int kStep = 2;          // slots
constexpr int kWindow = 8;        // two hours
constexpr int kEdge = 4;          // an hour
constexpr int kShortOffice = 28;  // seven hours
constexpr double kMinOpen = 60;   // seconds
constexpr double kUpper = 2;      // standard deviations, and as many events

double upper_rate(const WeekDemand& demand, int from, double dispersion) {
  WeekDemand::Cell cell;
  for (int day = 0; day < 5; ++day) {
    const int at = day * static_cast<int>(kSlotsPerDay) + from;
    cell += demand.between(at, at + kWindow);
  }
  if (cell.open <= kMinOpen) return INFINITY;
  const double error = std::sqrt(dispersion * (cell.events + 1));
  return (cell.events + kUpper * (error + dispersion)) / cell.open;
}

}  // namespace

double most_of_an_office(const WeekDemand& demand, double offset_hours, const OfficeRates& rates,
                         double dispersion) {
  const auto slot = [&](double local) {
    return static_cast<int>(std::lround(4 * (local - offset_hours)));
  };
  double most = 0;
  for (int start = slot(kEarliestStart); start <= slot(kLatestStart); start += kStep) {
    double quietest = INFINITY;
    for (int from = start + kEdge; from + kWindow <= start + kShortOffice - kEdge; from += kStep) {
      quietest = std::min(quietest, upper_rate(demand, from, dispersion));
    }
    most = std::max(most, quietest);
  }
  return std::clamp((most - rates.night) / std::max(rates.core, 1e-12), 0.0, 1.0);
}

}  // namespace assay::methods
