// Mailings of a bulk sender. The receiving server resolves the name that the connecting address
// has (RFC 8601 section 2.7.3: iprev) once for each message; its cache lets few of these out.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"mailings_per_week", 4, 0.5, 20, "in the hours at which the sender works"},
    {"recipients", 12, 2, 80, "of one mailing at this party, on average"},
    {"spread_minutes", 90, 10, 360, "over which one mailing is delivered"},
    {"rejected_share", 0.1, 0, 0.6, "of its messages that are refused"},
};

class CampaignChecks final : public CauseKind {
 public:
  std::string_view name() const override { return "campaign_checks"; }
  std::string_view code() const override { return "E1"; }
  std::string_view summary() const override {
    return "mailings arrive, and the receiving side checks the name of the host that sends them";
  }
  CauseTruth truth() const override {
    return {.is_automatic = true, .follows_people = true, .is_contact = true};
  }
  Asker asker() const override { return Asker::mail_host; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    const double mailings = context["mailings_per_week"] / 5;
    for (const double sent : context.working_times(mailings)) {
      const auto recipients = context.random.geometric(context["recipients"]);
      for (std::uint64_t i = 0; i < recipients; ++i) {
        const double t = sent + context.random.exponential(60 * context["spread_minutes"] / 2);
        if (!context.is_within(t)) continue;
        out.ask(t, 0, kTypeA);
        Transfer transfer;
        transfer.time_s = t + context.random.uniform(0.1, 3);
        transfer.checked_s = t;
        transfer.code = context.random.chance(context["rejected_share"]) ? 554 : 250;
        transfer.size_bytes = static_cast<std::uint32_t>(context.random.lognormal(40'000, 0.4));
        const bool is_let_in = context.is_let_in(transfer);
        out.transfers.push_back(transfer);
        out.flows.push_back({t - 0.05, context.random.uniform(1, 6), true, 25,
                             is_let_in ? transfer.size_bytes + 800u : kBytesRefused, 900});
      }
    }
  }
};

}  // namespace

const CauseKind& campaign_checks_cause() {
  static const CampaignChecks cause;
  return cause;
}

}  // namespace assay::sim
