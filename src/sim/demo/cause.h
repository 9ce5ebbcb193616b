// Causes: why a host inside a network asks for a name at all. Everything upstream follows from
// these.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/random.h"

namespace assay::sim::demo {

// One wish to look up the name, by a host inside a party's network. Times in seconds since the
// epoch.
struct Demand {
  double time_s = 0;
  const char* cause = "";  // "live_mail_checks", "archive_rescan", "misconfigured_application", ...
};

// A stretch of the calendar in which one party's causes keep their rates.
struct Phase {
  double begin_s = 0;
  double end_s = 0;
  double rescan_windows_per_day = 0;     // E2: software goes through stored mail in windows
  double rescan_window_hours_mean = 2;   // length of a window
  double rescan_per_hour = 40;           // look-ups inside a window, Poisson
  double campaigns_per_week = 0;         // E1: mailings whose arrival is checked
  double campaign_recipients_mean = 10;  // deliveries spread over campaign_spread_minutes
  double campaign_spread_minutes = 10;
  double poll_windows_per_day = 0;  // E3: a misconfigured application polls in stretches
  double poll_window_hours_mean = 2;
  double poll_period_seconds = 300;
};

// The demands of all phases, in order of time.
std::vector<Demand> draw_demands(const std::vector<Phase>& phases, Random& random);

}  // namespace assay::sim::demo
