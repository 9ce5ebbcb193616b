// What looks most like people: a timer that somebody told to keep office hours.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"period_minutes", 30, 5, 240, "between two runs"},
    {"jitter_share", 0.1, 0, 0.5, "of the period"},
    {"skipped_share", 0.05, 0, 0.5, "of the runs"},
};

class OfficeBatch final : public CauseKind {
 public:
  std::string_view name() const override { return "office_batch"; }
  std::string_view code() const override { return ""; }
  std::string_view summary() const override {
    return "a scheduled job that runs in working hours only";
  }
  CauseTruth truth() const override { return {.is_automatic = true, .follows_people = true}; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    const double period = 60 * context["period_minutes"];
    for (double due = period * std::ceil(context.begin_s() / period); due < context.end_s();
         due += period) {
      const double t = due + period * context["jitter_share"] * context.random.uniform();
      const bool is_run =
          context.rhythm.is_working_time(due) && !context.random.chance(context["skipped_share"]);
      if (is_run && context.is_within(t)) out.ask(t, 0, kTypeA);
    }
  }
};

}  // namespace

const CauseKind& office_batch_cause() {
  static const OfficeBatch cause;
  return cause;
}

}  // namespace assay::sim
