// A tunnel: every look-up has a name of its own (Paxson et al. 2013), so that no cache hides any.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"bytes_per_day", 4'000, 200, 20'000, "carried in labels"},
    {"bytes_per_label", 30, 8, 38, "before their encoding"},
    {"sessions_per_day", 4, 0.5, 24, "in which they are sent"},
};

std::string random_label(CauseContext& context) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";  // five bits each
  const auto length = static_cast<std::size_t>(context["bytes_per_label"] * 1.6);
  std::string label(std::clamp<std::size_t>(length, 1, 63), 'a');
  for (char& letter : label) letter = kLetters[context.random.below(kLetters.size())];
  return label;
}

class DnsChannel final : public CauseKind {
 public:
  std::string_view name() const override { return "dns_channel"; }
  std::string_view code() const override { return "E15"; }
  std::string_view summary() const override { return "data travels in the labels of look-ups"; }
  CauseTruth truth() const override { return {.is_automatic = true}; }
  Asker asker() const override { return Asker::one_workstation; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    const double per_session =
        context["bytes_per_day"] / std::max(0.1, context["sessions_per_day"]);
    const std::string& target = context.scenario.target.qname;
    const std::string zone = target.substr(target.find('.'));
    for (double t : context.times(context["sessions_per_day"])) {
      auto labels = static_cast<std::uint64_t>(per_session / context["bytes_per_label"]) + 1;
      for (; labels > 0 && context.is_within(t); --labels) {
        out.ask(t, out.names.number(random_label(context) + zone), kTypeTxt);
        t += context.random.exponential(0.5);
      }
    }
  }
};

}  // namespace

const CauseKind& dns_channel_cause() {
  static const DnsChannel cause;
  return cause;
}

}  // namespace assay::sim
