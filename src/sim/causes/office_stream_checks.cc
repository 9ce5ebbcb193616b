// A machine on a stream that people make: its rate has their day and week, its moments are
// nobody's.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"per_weekday", 60, 3, 1500, "checks on an ordinary weekday"},
};

class OfficeStreamChecks final : public CauseKind {
 public:
  std::string_view name() const override { return "office_stream_checks"; }
  std::string_view code() const override { return ""; }
  std::string_view summary() const override {
    return "a filter looks the name up for a share of the mail that people exchange with others";
  }
  CauseTruth truth() const override { return {.is_automatic = true, .follows_people = true}; }
  Asker asker() const override { return Asker::mail_host; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    for (const double t : context.working_times(context["per_weekday"])) {
      out.ask(t, 0, kTypeA);
    }
  }
};

}  // namespace

const CauseKind& office_stream_checks_cause() {
  static const OfficeStreamChecks cause;
  return cause;
}

}  // namespace assay::sim
