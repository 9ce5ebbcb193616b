// A client that fetches mail, or web mail: a session of minutes follows the look-up.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"sessions_per_weekday", 3, 0.3, 12, "of reading and writing there"},
    {"minutes", 12, 2, 60, "mean length of a session"},
};

constexpr std::size_t kSessionsADraft = 3;

class MailClient final : public CauseKind {
 public:
  std::string_view name() const override { return "mail_client"; }
  std::string_view code() const override { return "E14"; }
  std::string_view summary() const override {
    return "a mailbox or drafts on the host are opened by clients";
  }
  CauseTruth truth() const override { return {.follows_people = true, .is_contact = true}; }
  Asker asker() const override { return Asker::workstation; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    std::size_t sessions = 0;
    for (const double t : context.working_times(context["sessions_per_weekday"])) {
      const double seconds = context.random.exponential(60 * context["minutes"]);
      const auto bytes = static_cast<std::uint64_t>(context.random.lognormal(60'000, 1));
      out.ask(t, 0, kTypeA);
      out.flows.push_back({t + 0.1, seconds, false, 993, bytes / 6, bytes});
      if (sessions++ % kSessionsADraft == 0) out.messages.push_back({t + seconds / 2, true});
    }
  }
};

}  // namespace

const CauseKind& mail_client_cause() {
  static const MailClient cause;
  return cause;
}

}  // namespace assay::sim
