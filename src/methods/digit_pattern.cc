// digit_pattern: seconds of the minute of burst starts; rounding and timers show there.

#include <fmt/core.h>

#include <array>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr double kMinHeads = 300;  // five a second of the minute
constexpr double kLevel = 0.001;
constexpr std::uint32_t kWidestUs = 1'000'000;

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, const RowIndices& rows, const BurstGroups& groups) {
  Finding finding = make_finding(digit_pattern_method(), records, context, subject);
  const std::string who = who_text(subject);
  RowIndices heads;
  for (const std::uint32_t index : burst_heads(records, rows, groups, kBurstSeconds)) {
    if (records.rows[index].width_us <= kWidestUs) heads.push_back(index);
  }
  const double n = static_cast<double>(heads.size());
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator = fmt::format("of {} of {} timed to the second", plural(n, "burst"), who);
  finding.selection =
      seal(records, heads,
           fmt::format("first rows of the bursts of {} for {}", who, target_text(records)));
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
  add(finding, "bursts", n, "bursts");
  if (n < kMinHeads) {
    finding.outcome = Outcome::not_enough;
    finding.statement =
        fmt::format("{} of {} timed to the second {}; {} are needed.", plural(n, "burst"), who,
                    window_text(records.window), kMinHeads);
    return finding;
  }
  std::array<double, 60> seconds{};
  double round = 0;
  for (const std::uint32_t index : heads) {
    const auto second =
        static_cast<std::size_t>(civil_from_utc(records.rows[index].time_us).second % 60);
    seconds[second] += 1;
    round += second % 5 == 0 ? 1 : 0;
  }
  double chi_squared = 0;
  for (const double count : seconds) chi_squared += (count - n / 60) * (count - n / 60) / (n / 60);
  const double p = chi_squared_upper(chi_squared, 59);
  const double p_round = binomial_at_least(round, n, 0.2);
  add(finding, "p_seconds", p);
  add(finding, "share_round_seconds", round / n, "", clopper_pearson(round, n),
      "95 % Clopper-Pearson, if every burst were independent");
  add(finding, "p_round_seconds", p_round);
  const bool is_found = p < kLevel / 2 || p_round < kLevel / 2;
  finding.outcome = is_found ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "The seconds at which the {} of {} for {} {} begin {} over the minute ({}); {} end in 0 "
      "or "
      "5 (20.0 % expected, {}).",
      plural(n, "burst"), who, target_text(records), window_text(records.window),
      is_found ? "are uneven" : "show no unevenness that this test can tell from chance",
      probability_text(p), share_text(round / n), probability_text(p_round));
  finding.limitations.emplace_back(
      "Uneven seconds show a timer or rounding, not forgery: a genuine job on the minute looks the "
      "same. Even seconds do not show that a log is genuine.");
  return finding;
}

class DigitPattern : public Method {
 public:
  std::string_view name() const override { return "digit_pattern"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "seconds of the minute of burst starts: timers and rounding";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    const BurstGroups groups = group_by_party(records);
    std::vector<Finding> findings{measure(records, context, "", askers.all, groups)};
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(measure(records, context, group->subject, group->rows, groups));
    }
    return findings;
  }
};

}  // namespace

const Method& digit_pattern_method() {
  static const DigitPattern kMethod;
  return kMethod;
}

}  // namespace assay::methods
