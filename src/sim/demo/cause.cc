#include "sim/demo/cause.h"

#include <algorithm>
#include <functional>

namespace assay::sim::demo {
namespace {

constexpr double kDay = 86'400;

// Starts of windows as a Poisson process, each with an exponential length.
void for_each_window(double begin_s, double end_s, double per_day, double hours_mean,
                     Random& random, const std::function<void(double, double)>& each) {
  if (per_day <= 0) return;
  for (double start = begin_s + random.exponential(kDay / per_day); start < end_s;
       start += random.exponential(kDay / per_day)) {
    const double stop = std::min(end_s, start + random.exponential(hours_mean * 3'600));
    each(start, stop);
    start = stop;  // windows do not overlap
  }
}

void draw_rescans(const Phase& phase, Random& random, std::vector<Demand>& demands) {
  for_each_window(phase.begin_s, phase.end_s, phase.rescan_windows_per_day,
                  phase.rescan_window_hours_mean, random, [&](double start, double stop) {
                    const double mean = 3'600 / phase.rescan_per_hour;
                    for (double t = start; t < stop; t += random.exponential(mean)) {
                      demands.push_back({t, "archive_rescan"});
                    }
                  });
}

void draw_polls(const Phase& phase, Random& random, std::vector<Demand>& demands) {
  for_each_window(phase.begin_s, phase.end_s, phase.poll_windows_per_day,
                  phase.poll_window_hours_mean, random, [&](double start, double stop) {
                    for (double t = start; t < stop; t += phase.poll_period_seconds) {
                      demands.push_back({t + random.uniform(0, 0.4), "misconfigured_application"});
                    }
                  });
}

void draw_campaigns(const Phase& phase, Random& random, std::vector<Demand>& demands) {
  if (phase.campaigns_per_week <= 0) return;
  const double mean_gap = 7 * kDay / phase.campaigns_per_week;
  for (double sent = phase.begin_s + random.exponential(mean_gap); sent < phase.end_s;
       sent += random.exponential(mean_gap)) {
    const auto recipients = 1 + random.exponential(phase.campaign_recipients_mean - 1);
    for (int i = 0; i < static_cast<int>(recipients); ++i) {
      const double t = sent + random.uniform(0, phase.campaign_spread_minutes * 60);
      if (t < phase.end_s) demands.push_back({t, "live_mail_checks"});
    }
  }
}

}  // namespace

std::vector<Demand> draw_demands(const std::vector<Phase>& phases, Random& random) {
  std::vector<Demand> demands;
  for (const Phase& phase : phases) {
    draw_rescans(phase, random, demands);
    draw_polls(phase, random, demands);
    draw_campaigns(phase, random, demands);
  }
  std::stable_sort(demands.begin(), demands.end(),
                   [](const Demand& a, const Demand& b) { return a.time_s < b.time_s; });
  return demands;
}

}  // namespace assay::sim::demo
