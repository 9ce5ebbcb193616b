// People who read about the name ask for it by hand, with every type there is.
#include "sim/causes/causes.h"
#include "sim/inside.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"begins_share", 0.7, 0.3, 0.95, "of the time before anybody knows"},
    {"per_day", 15, 1, 200, "look-ups on the first day, from networks of their own"},
    {"half_life_days", 6, 1, 40, "of the interest"},
    {"own_share", 0, 0, 0, "of the look-ups, by people behind the party's own resolvers", 1},
};

class Probing final : public CauseKind {
 public:
  std::string_view name() const override { return "probing"; }
  std::string_view code() const override { return "E19"; }
  std::string_view summary() const override {
    return "researchers and reporters look the name up after it became known";
  }
  CauseTruth truth() const override { return {}; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    const double begin = context.begin_s() + context["begins_share"] * 86'400 * context.days();
    const double decay = 0.693 / (86'400 * context["half_life_days"]);
    constexpr std::uint16_t kTypes[] = {kTypeA, kTypeA, kTypeMx, kTypeTxt, kTypeAaaa, 255};
    for (const double t : context.times(context["per_day"])) {
      if (t < begin || !context.random.chance(std::exp(-decay * (t - begin)))) continue;
      const std::uint16_t type = kTypes[context.random.below(std::size(kTypes))];
      if (context.is_own(context["own_share"])) {
        out.ask({t, 0, type, Asker::workstation});
        continue;
      }
      out.direct.push_back(
          {t, 0, type, outside_address(context.scenario.target, context.random.below(220))});
    }
  }
};

}  // namespace

const CauseKind& probing_cause() {
  static const Probing cause;
  return cause;
}

}  // namespace assay::sim
