// A timer. One that keeps to the clock has its phase for ever; one that counts from its last run
// drifts by what each run takes.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"period_seconds", 900, 60, 7200, "between two questions"},
    {"jitter_share", 0.02, 0, 0.5, "of the period, uniform to both sides"},
    {"drifts", 0, 0, 1,
     "1: the next interval begins when the last one ended; 0: kept to the clock"},
    {"windows_per_day", 0, 0, 4, "stretches in which it runs; 0: always"},
    {"window_hours", 4, 0.5, 12, "mean length of a stretch"},
    {"by_cron", 0, 0, 0, "1: started by cron, in the first full second of a minute", 1},
};

// Cron sleeps whole seconds, one more than until the minute begins; the fraction is that of its
// start.
constexpr double kCronWakes = 1;

void ask(CauseContext& context, Happenings& out, double begin_s, double end_s) {
  const double period = std::max(1.0, context["period_seconds"]);
  const double jitter = period * context["jitter_share"];
  const bool drifts = context["drifts"] > 0.5;
  const bool is_by_cron = context["by_cron"] > 0.5;
  const double phase =
      is_by_cron ? kCronWakes + context.random.uniform() : context.random.uniform(0, period);
  double due = drifts ? begin_s + phase : period * std::floor(begin_s / period) + phase;
  while (due < end_s) {
    const double t =
        due + context.random.uniform(-jitter, jitter) + context.random.exponential(0.3);
    if (t >= begin_s && t < end_s) out.ask(t, 0, kTypeA);
    due = (drifts ? t : due) + period;
  }
}

class Poll final : public CauseKind {
 public:
  std::string_view name() const override { return "poll"; }
  std::string_view code() const override { return "E3"; }
  std::string_view summary() const override {
    return "a misconfigured or monitoring application asks at a fixed interval";
  }
  CauseTruth truth() const override { return {.is_automatic = true}; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    if (context["windows_per_day"] <= 0) {
      return ask(context, out, context.begin_s(), context.end_s());
    }
    double free_from = context.begin_s();
    for (const double start : context.times(context["windows_per_day"])) {
      if (start < free_from) continue;
      free_from = std::min(context.end_s(),
                           start + context.random.exponential(3'600 * context["window_hours"]));
      ask(context, out, start, free_from);
    }
  }
};

}  // namespace

const CauseKind& poll_cause() {
  static const Poll cause;
  return cause;
}

}  // namespace assay::sim
