// Mail between persons. Who sends asks for the host (after its MX) before it connects; who
// receives checks the name of the connecting address.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"threads_per_weekday", 4, 0.3, 20, "begun by either side"},
    {"reply_probability", 0.6, 0.1, 0.95, "that a message is answered"},
    {"reply_minutes", 45, 5, 600, "median until it is, in time in which people work"},
};

// False when it was refused, so that nobody can answer it.
bool send(CauseContext& context, Happenings& out, double t, std::uint32_t thread, bool is_inbound,
          bool is_reply) {
  if (!is_inbound) {
    const std::string& target = context.scenario.target.qname;
    const std::uint32_t domain = out.names.number(target.substr(target.find('.') + 1));
    out.ask(t - 0.2, domain, kTypeMx);
  }
  out.ask(t, 0, kTypeA);
  Transfer transfer;
  transfer.time_s = t + context.random.uniform(0.2, 4);
  transfer.is_inbound = is_inbound;
  if (is_inbound) transfer.checked_s = t;
  transfer.size_bytes = static_cast<std::uint32_t>(context.random.lognormal(9'000, 0.9));
  transfer.thread = thread;
  transfer.is_reply = is_reply;
  const bool is_let_in = context.is_let_in(transfer);
  out.transfers.push_back(transfer);
  out.flows.push_back({t + 0.1, context.random.uniform(1, 5), is_inbound, 25,
                       is_let_in ? transfer.size_bytes + 900u : kBytesRefused, 1'100});
  return is_let_in;
}

// A reply waits until somebody is at work.
double reply_time(CauseContext& context, double t) {
  double left = 60 * context.random.lognormal(context["reply_minutes"], 1);
  constexpr double kStep = 900;
  while (t < context.end_s()) {
    const double worked = kStep * context.rhythm.weight_at(t);
    if (worked >= left) return t + kStep * left / std::max(worked, 1.0);
    left -= worked;
    t += kStep;
  }
  return t;
}

class Correspondence final : public CauseKind {
 public:
  std::string_view name() const override { return "correspondence"; }
  std::string_view code() const override { return "E13"; }
  std::string_view summary() const override {
    return "persons of both sides write to each other and answer";
  }
  CauseTruth truth() const override {
    return {.follows_people = true, .is_contact = true, .is_conversation = true};
  }
  Asker asker() const override { return Asker::mail_host; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    std::uint32_t thread = 0;
    for (double t : context.working_times(context["threads_per_weekday"])) {
      ++thread;
      bool is_inbound = context.random.chance(0.5), is_reply = false;
      do {
        if (context.is_within(t) && !send(context, out, t, thread, is_inbound, is_reply)) break;
        t = reply_time(context, t);
        is_inbound = !is_inbound;
        is_reply = true;
      } while (context.is_within(t) && context.random.chance(context["reply_probability"]));
    }
  }
};

}  // namespace

const CauseKind& correspondence_cause() {
  static const Correspondence cause;
  return cause;
}

}  // namespace assay::sim
