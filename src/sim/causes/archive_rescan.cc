// Security software, an archive or an indexer reads old messages again. Nothing arrives and
// nobody asks; names of one message come together.
#include "sim/causes/causes.h"

namespace assay::sim {
namespace {

constexpr Parameter kParameters[] = {
    {"windows_per_day", 3, 0.3, 10, "stretches of scanning"},
    {"window_hours", 2.5, 0.2, 8, "mean length of a stretch"},
    {"per_hour", 40, 4, 400, "look-ups of the name inside a stretch"},
    {"siblings", 0, 0, 4, "other names of the same zone in the same mails"},
    {"archived_messages", 40, 40, 40, "that hold the name, of two years before"},
};

std::uint32_t sibling(const CauseContext& context, Happenings& out, std::uint64_t number) {
  const std::string& target = context.scenario.target.qname;
  return out.names.number("img" + std::to_string(number + 1) + target.substr(target.find('.')));
}

// Of randomness apart: how many there are changes no look-up.
void add_archive(CauseContext& context, Happenings& out) {
  constexpr double kTwoYears = 730 * 86'400;
  Random random(context.scenario.seed ^ 0x61726368);
  for (auto left = static_cast<std::size_t>(context["archived_messages"]); left > 0; --left) {
    const double age = random.uniform(0, std::min(kTwoYears, context.scenario.begin_s));
    out.messages.push_back({context.scenario.begin_s - age, false});
  }
}

class ArchiveRescan final : public CauseKind {
 public:
  std::string_view name() const override { return "archive_rescan"; }
  std::string_view code() const override { return "E2"; }
  std::string_view summary() const override {
    return "software goes through stored mail in windows and resolves the names that it finds";
  }
  CauseTruth truth() const override { return {.is_automatic = true}; }
  std::span<const Parameter> parameters() const override { return kParameters; }
  void draw(CauseContext& context, Happenings& out) const override {
    add_archive(context, out);
    const auto siblings = static_cast<std::uint64_t>(context["siblings"]);
    const double mean_gap = 3'600 / context["per_hour"];
    double free_from = context.begin_s();
    for (const double start : context.times(context["windows_per_day"])) {
      if (start < free_from) continue;  // stretches do not overlap
      free_from = std::min(context.end_s(),
                           start + context.random.exponential(3'600 * context["window_hours"]));
      for (double t = start; t < free_from; t += context.random.exponential(mean_gap)) {
        out.ask(t, 0, kTypeA);
        for (std::uint64_t i = 0; i < siblings; ++i) {
          const double after = t + context.random.exponential(2);
          if (!context.is_within(after)) continue;
          out.ask(after, sibling(context, out, i), kTypeA);
        }
      }
    }
  }
};

}  // namespace

const CauseKind& archive_rescan_cause() {
  static const ArchiveRescan cause;
  return cause;
}

}  // namespace assay::sim
