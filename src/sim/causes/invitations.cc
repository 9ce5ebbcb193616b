// Mail about a meeting or an offer, sent for somebody else; people open it when they are at work.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"invitations_per_week", 1.5, 0.2, 8, "sent to people of this party"},
    {"recipients", 8, 1, 40, "of one invitation"},
    {"click_probability", 0.35, 0.02, 0.9, "that a recipient opens it"},
    {"hours_to_click", 5, 0.5, 48, "mean until then"},
};

void click(CauseContext& context, Happenings& out, double arrived_s) {
  double t = arrived_s + context.random.exponential(3'600 * context["hours_to_click"]);
  while (t < context.end_s() && !context.rhythm.is_working_time(t)) t += 900;
  if (!context.is_within(t)) return;
  out.ask({t, 0, kTypeA, Asker::workstation});
  out.flows.push_back({t + 0.1, context.random.uniform(1, 30), false, 443, 2'000, 90'000});
}

class Invitations final : public CauseKind {
 public:
  std::string_view name() const override { return "invitations"; }
  std::string_view code() const override { return "E18"; }
  std::string_view summary() const override {
    return "a third company uses the host for invitations, on which recipients click";
  }
  CauseTruth truth() const override { return {.follows_people = true, .is_contact = true}; }
  Asker asker() const override { return Asker::mail_host; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    for (const double sent : context.working_times(context["invitations_per_week"] / 5)) {
      const auto recipients = context.random.geometric(context["recipients"]);
      for (std::uint64_t i = 0; i < recipients; ++i) {
        const double arrives = sent + context.random.exponential(300);
        if (!context.is_within(arrives)) continue;
        out.ask(arrives, 0, kTypeA);
        Transfer transfer;
        transfer.time_s = arrives + 1;
        transfer.checked_s = arrives;
        transfer.size_bytes = 30'000;
        const bool is_let_in = context.is_let_in(transfer);
        out.transfers.push_back(transfer);
        if (is_let_in && context.random.chance(context["click_probability"])) {
          click(context, out, arrives);
        }
      }
    }
  }
};

}  // namespace

const CauseKind& invitations_cause() {
  static const Invitations cause;
  return cause;
}

}  // namespace assay::sim
