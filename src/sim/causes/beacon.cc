// Malware calls home: an interval, jitter that its author chose, and a host that is off at times.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"period_seconds", 3600, 60, 43200, "between two reports"},
    {"jitter_share", 0.2, 0, 0.6, "of the period"},
    {"asleep_share", 0.1, 0, 0.8, "of the days, on which the host is off"},
};

class Beacon final : public CauseKind {
 public:
  std::string_view name() const override { return "beacon"; }
  std::string_view code() const override { return "E17"; }
  std::string_view summary() const override {
    return "a compromised host reports at an interval with jitter";
  }
  CauseTruth truth() const override { return {.is_automatic = true, .is_contact = true}; }
  Asker asker() const override { return Asker::one_workstation; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    const double period = context["period_seconds"];
    double asleep_until = 0;
    double t = context.begin_s() + context.random.uniform(0, period);
    for (double next_day = t; t < context.end_s();) {
      if (t >= next_day) {
        if (context.random.chance(context["asleep_share"])) asleep_until = next_day + 86'400;
        next_day += 86'400;
      }
      if (t >= asleep_until) {
        const auto bytes = static_cast<std::uint64_t>(context.random.lognormal(900, 0.3));
        out.ask(t, 0, kTypeA);
        out.flows.push_back({t + 0.1, context.random.uniform(0.2, 2), false, 443, bytes, 600});
      }
      t += period * (1 + context["jitter_share"] * context.random.uniform(-1, 1));
    }
  }
};

}  // namespace

const CauseKind& beacon_cause() {
  static const Beacon cause;
  return cause;
}

}  // namespace assay::sim
