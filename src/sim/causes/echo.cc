// Zombies: somebody replays what was once looked up, and why is not known (a quarter of the
// questions in one experiment of 2016).
#include "sim/causes/causes.h"
#include "sim/inside.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"per_day", 0.5, 0.02, 10, "questions that come back"},
    {"networks", 40, 5, 200, "that ask"},
    {"own_share", 0, 0, 0, "of the questions, by a device behind the party's own resolvers", 1},
};

class Echo final : public CauseKind {
 public:
  std::string_view name() const override { return "echo"; }
  std::string_view code() const override { return "E7"; }
  std::string_view summary() const override {
    return "old questions are asked again by others, hours to months later";
  }
  CauseTruth truth() const override { return {.is_automatic = true}; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    const auto networks = static_cast<std::uint64_t>(std::clamp(context["networks"], 1.0, 230.0));
    for (const double t : context.times(context["per_day"])) {
      if (context.is_own(context["own_share"])) {
        out.ask(t, 0, kTypeA);
        continue;
      }
      out.direct.push_back(
          {t, 0, kTypeA, outside_address(context.scenario.target, context.random.below(networks))});
    }
  }
};

}  // namespace

const CauseKind& echo_cause() {
  static const Echo cause;
  return cause;
}

}  // namespace assay::sim
