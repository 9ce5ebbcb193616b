// Look-ups that software makes because a person acts, though nobody wants to reach the other
// side: previews, address books, link checks (Malmgren et al. 2008 for sessions in daily cycles).
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"sessions_per_weekday", 10, 1, 120, "times at which somebody works with it"},
    {"per_session", 4, 1, 15, "questions in one of them, on average"},
    {"minutes_between", 3, 0.2, 20, "two questions of a session"},
};

class HumanSoftware final : public CauseKind {
 public:
  std::string_view name() const override { return "human_software"; }
  std::string_view code() const override { return ""; }
  std::string_view summary() const override {
    return "programs ask when people do something else: open a mail, load a page";
  }
  CauseTruth truth() const override { return {.follows_people = true}; }
  Asker asker() const override { return Asker::workstation; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    for (double t : context.working_times(context["sessions_per_weekday"])) {
      for (auto left = context.random.geometric(context["per_session"]); left > 0; --left) {
        if (context.is_within(t)) out.ask(t, 0, kTypeA);
        t += context.random.exponential(60 * context["minutes_between"]);
      }
    }
  }
};

}  // namespace

const CauseKind& human_software_cause() {
  static const HumanSoftware cause;
  return cause;
}

}  // namespace assay::sim
