// Constant demand: what shapes such rows is the cache alone.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"per_day", 60, 3, 2000, "questions, at a constant rate"},
};

class Steady final : public CauseKind {
 public:
  std::string_view name() const override { return "steady"; }
  std::string_view code() const override { return "E4"; }
  std::string_view summary() const override {
    return "many hosts that never sleep ask independently of one another";
  }
  CauseTruth truth() const override { return {.is_automatic = true}; }
  Asker asker() const override { return Asker::workstation; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    for (const double t : context.times(context["per_day"])) out.ask(t, 0, kTypeA);
  }
};

}  // namespace

const CauseKind& steady_cause() {
  static const Steady cause;
  return cause;
}

}  // namespace assay::sim
