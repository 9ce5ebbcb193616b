// One simulated record whose demand was drawn for an experiment: through the simulator's caches and
// its choice of servers, into rows of three authoritative servers, and before one method.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/method.h"
#include "assay/result.h"
#include "engine/calibrate/method_rates/demand.h"
#include "sim/run.h"

namespace assay::drawn {

inline constexpr char kBank[] = "192.0.2.53";

struct Resolver {
  int caches = 1;
  double ttl_seconds = 3600;
  double losses = 0;  // of questions to servers, each of which is asked again
  sim::TtlClock clock = sim::TtlClock::exact;
  double prefetch_seconds = 0;
};

class DrawnCase {
 public:
  DrawnCase(std::uint64_t seed, double days, double ttl_seconds);

  // The record begins this many days after kBegin, from which all times count all the same; to be
  // said before anything is asked.
  void begin_after(double days) { scenario_.begin_s = kBegin + days * kDay; }
  // A row as it stands, by Bank's client.
  void ask(double t, const std::string& client = kBank, const std::string& name = {});
  void ask_all(const Times& times, const std::string& client = kBank);
  // What resolvers at Bank's first address let through. `taken_out`: share of the refreshes that
  // are left out afterwards, with all their repeats.
  void ask_through(const Times& demand, const Resolver& resolver, Random& random,
                   double taken_out = 0);

  CaseFile& stated() { return stated_; }  // TTLs, calendar and claims of the case
  double days() const { return days_; }
  std::size_t rows() const { return run_.rows.size(); }
  bool states_ttl = true;

  Result<std::vector<Finding>> examine(std::string_view method);

 private:
  std::uint32_t client(const std::string& address);

  double days_;
  sim::Scenario scenario_;
  sim::SimulatedRun run_;
  CaseFile stated_;
};

// The finding "<method>/<subject>", which every method that is asked here gives.
const Finding& about(const std::vector<Finding>& findings, std::string_view id_end);
bool holds(const Quantity& quantity, double truth);

}  // namespace assay::drawn
