// Whoever forges a source does not know what that resolver has in its cache, and its answers go
// to one that did not ask.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"per_day", 20, 1, 400, "forged queries"},
    {"evenly", 1, 0, 1, "1: at any time; 0: at times at which people work"},
};

class Spoofed final : public CauseKind {
 public:
  std::string_view name() const override { return "spoofed"; }
  std::string_view code() const override { return "E9"; }
  std::string_view summary() const override {
    return "somebody sends queries with the address of a resolver that is not his";
  }
  CauseTruth truth() const override { return {.is_automatic = true}; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    if (context.party.addresses.empty()) return;
    const double per_day = context["per_day"];
    const bool is_even = context["evenly"] > 0.5;
    for (const double t : is_even ? context.times(per_day) : context.working_times(per_day)) {
      const auto which = context.random.below(context.party.addresses.size());
      out.direct.push_back({t, 0, kTypeA, context.party.addresses[which]});
    }
  }
};

}  // namespace

const CauseKind& spoofed_cause() {
  static const Spoofed cause;
  return cause;
}

}  // namespace assay::sim
