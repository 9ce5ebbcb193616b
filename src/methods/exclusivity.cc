// exclusivity: did anybody outside the named parties ask; in these files, and within coverage.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/synchrony.h"

namespace assay::methods {
namespace {

constexpr std::size_t kListed = 20;

// Chao's estimate of askers that such a sample missed, f1^2 / (2 f2), from how many were heard in
// one burst and in two, with its log-normal interval (Chao 1987). Single rows would not do: a retry
// turns one asking into two rows. None below kMinTwice, where it says next to nothing.
void add_unseen_estimate(const std::vector<double>& bursts, Finding& finding) {
  constexpr double kMinTwice = 5;
  const double once = static_cast<double>(std::count(bursts.begin(), bursts.end(), 1.0));
  const double twice = static_cast<double>(std::count(bursts.begin(), bursts.end(), 2.0));
  if (twice < kMinTwice) return;
  const double unseen = once * once / (2 * twice);
  const double ratio = once / twice;
  const double variance =
      twice * (ratio * ratio / 2 + ratio * ratio * ratio + ratio * ratio * ratio * ratio / 4);
  std::optional<Range> interval;
  if (unseen > 0) {
    const double factor = std::exp(1.96 * std::sqrt(std::log(1 + variance / (unseen * unseen))));
    interval = Range{unseen / factor, unseen * factor};
  }
  add(finding, "unseen_askers_estimate", unseen, "addresses", interval,
      "95 % log-normal interval of Chao's estimate");
}

class Exclusivity : public Method {
 public:
  std::string_view name() const override { return "exclusivity"; }
  std::string_view version() const override { return "3"; }
  std::string_view summary() const override {
    return "whether anybody outside the named parties asked, within what is covered";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    Finding finding = make_finding(*this, records, context, "");
    const double total = static_cast<double>(askers.all.size());
    const double outside = static_cast<double>(askers.other.rows.size());
    const double strangers = static_cast<double>(askers.other.clients.size());
    double named = 0;
    for (const AskerGroup& party : askers.parties) {
      named += static_cast<double>(party.clients.size());
    }
    finding.dedup_rule = kRawRows;
    finding.denominator =
        fmt::format("of all {} for {} in these files", plural(total, "row"), target_text(records));
    finding.selection =
        seal(records, askers.other.rows,
             fmt::format("rows of clients of no named party for {}", target_text(records)));
    add(finding, "outside_askers", strangers, "addresses");
    add(finding, "outside_rows", outside, "rows");
    add(finding, "named_askers", named, "addresses");
    add(finding, "rows_without_client", static_cast<double>(askers.not_told.rows.size()), "rows");
    if (total > 0) add(finding, "outside_share", outside / total);
    add_unseen(records, askers, finding);
    const std::uint64_t unexplained = askers.other.rows.size() + askers.not_told.rows.size();
    const std::string sought =
        fmt::format("look-up of {} by anybody but the named parties", patterns_text(records));
    if (total > 0) vouch(records, sought, unexplained, finding);
    const bool is_covered =
        !records.patterns.empty() &&
        Absence::shortfalls(records.recorders, {sought, records.window, records.patterns}).empty();
    add(finding, "complete_coverage", is_covered ? 1 : 0);
    conclude(records, total, strangers, outside, unexplained, finding);
    return {std::move(finding)};
  }

 private:
  static void add_unseen(const QuestionRecords& records, const Askers& askers, Finding& finding) {
    std::vector<double> bursts;
    Table table{"outside", {"rows"}, {}, {}};
    for (const AskerGroup& one :
         split_by_address(records, askers.other, askers.other.clients.size())) {
      bursts.push_back(static_cast<double>(head_times(records, one.rows).size()));
      if (table.rows.size() >= kListed) continue;
      table.row_labels.push_back(one.subject);
      table.rows.push_back({static_cast<double>(one.rows.size())});
    }
    add_unseen_estimate(bursts, finding);
    finding.tables.push_back(std::move(table));
  }

  static void conclude(const QuestionRecords& records, double total, double strangers,
                       double outside, std::uint64_t unexplained, Finding& finding) {
    if (total == 0) {
      finding.outcome = Outcome::not_enough;
      finding.statement =
          fmt::format("No row asks for {} {}.", target_text(records), window_text(records.window));
      return;
    }
    finding.outcome = unexplained == 0 ? Outcome::found : Outcome::measured;
    if (outside > 0) {
      finding.statement = fmt::format(
          "{} of {} ({}) for {} {}, counted as raw rows, bear {} outside the named parties as "
          "source.",
          count_text(outside), plural(total, "row"), share_text(outside / total),
          target_text(records), window_text(records.window),
          strangers == 1 ? "1 address" : count_text(strangers) + " addresses");
    } else if (unexplained > 0) {
      finding.statement = fmt::format(
          "No client outside the named parties is told, but {} of {} for {} {} tell no client.",
          count_text(static_cast<double>(unexplained)), plural(total, "row"), target_text(records),
          window_text(records.window));
    } else {
      finding.statement = fmt::format(
          "None of the {} for {} {} bears an address outside the named parties as source, {}.",
          plural(total, "row"), target_text(records), window_text(records.window),
          finding.absence ? "within coverage that is declared complete" : "in these files");
    }
    if (finding.value_or("complete_coverage", 0) == 0) {
      finding.limitations.emplace_back(
          "The records do not vouch for all of name and window (see coverage), so this holds for "
          "these files only: others may have asked where nobody looked.");
    }
    finding.limitations.emplace_back(
        "An address is a resolver's: one may serve a whole country, and clients of a public "
        "resolver "
        "are seen as its address.");
  }
};

}  // namespace

const Method& exclusivity_method() {
  static const Exclusivity kMethod;
  return kMethod;
}

}  // namespace assay::methods
