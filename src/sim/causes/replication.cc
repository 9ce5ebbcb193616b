// A job that copies a database, or files, and looks the host up before each run.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"period_hours", 6, 0.5, 24, "between two copies"},
    {"megabytes", 40, 0.1, 2000, "median of one copy"},
};

class Replication final : public CauseKind {
 public:
  std::string_view name() const override { return "replication"; }
  std::string_view code() const override { return "E16"; }
  std::string_view summary() const override { return "two systems copy data at fixed times"; }
  CauseTruth truth() const override { return {.is_automatic = true, .is_contact = true}; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    const double period = 3'600 * context["period_hours"];
    const double phase = context.random.uniform(0, period);
    for (double due = period * std::floor(context.begin_s() / period) + phase;
         due < context.end_s(); due += period) {
      const double t = due + context.random.exponential(2);
      if (!context.is_within(t)) continue;
      const double megabytes = context.random.lognormal(context["megabytes"], 0.8);
      const auto bytes = static_cast<std::uint64_t>(1e6 * megabytes);
      out.ask(t, 0, kTypeA);
      out.flows.push_back({t + 0.1, megabytes / 5, false, 5432, bytes / 50, bytes});
    }
  }
};

}  // namespace

const CauseKind& replication_cause() {
  static const Replication cause;
  return cause;
}

}  // namespace assay::sim
