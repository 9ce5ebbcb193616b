// volume: how many rows, whose, and what share, under three counting rules.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "methods/registry.h"
#include "methods/support/askers.h"
#include "methods/support/block_correlation.h"
#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr std::size_t kAddressesPerParty = 16;
constexpr std::size_t kOutsideAddresses = 10;
constexpr std::size_t kMinOutsideRows = 20;
constexpr std::size_t kListedAddresses = 50;
constexpr char kSourceLimit[] =
    "A row bears a source address, which can be forged: it does not show that its holder sent it.";
constexpr double kSensitivitySeconds[] = {5, 30, 60, 300};

// One counting rule, applied to all rows of the question.
struct Counted {
  const char* variant;
  std::string rule;
  std::string_view unit;  // "row", "burst"
  RowIndices kept;
  std::string_view how;  // which rows one burst takes together
};

// What one subject is measured against.
struct Base {
  const Counted& counted;
  ObservedTime observed;
  ObservedDays days;
  std::vector<double> by_day;
  int blocks = 0;
  std::vector<double> by_block;
  std::size_t untold_rows = 0;  // whose client the record does not tell: they could be anybody's
};

Base make_base(const QuestionRecords& records, const Counted& counted) {
  Base base{counted, ObservedTime::of(records), {}, {}, 0, {}};
  base.days = ObservedDays::of(base.observed);
  base.untold_rows = static_cast<std::size_t>(
      std::count_if(counted.kept.begin(), counted.kept.end(),
                    [&](std::uint32_t row) { return records.rows[row].client == 0; }));
  base.by_day = count_by_day(records, counted.kept, base.days);
  base.blocks = blocks_for_share(records, counted.kept, base.observed);
  base.by_block = count_by_block(records, counted.kept, base.observed, base.blocks);
  return base;
}

RowIndices kept_of(const QuestionRecords& records, const Counted& counted,
                   const std::vector<bool>& is_ours) {
  RowIndices rows;
  for (const std::uint32_t index : counted.kept) {
    if (is_ours[records.rows[index].client]) rows.push_back(index);
  }
  return rows;
}

std::vector<bool> clients_of(const QuestionRecords& records, const AskerGroup& group) {
  std::vector<bool> is_ours(records.hosts.size(), false);
  for (const std::uint32_t client : group.clients) is_ours[client] = true;
  return is_ours;
}

void add_rate(const QuestionRecords& records, const RowIndices& rows, const Base& base,
              std::string_view unit, Finding& finding) {
  const double days = base.observed.days();
  const double n = static_cast<double>(rows_within(records, rows, base.observed).size());
  if (base.observed.is_declared) {
    add(finding, "rows_outside_coverage", static_cast<double>(rows.size()) - n,
        fmt::format("{}s", unit));
  }
  if (days <= 0) return;
  std::optional<Range> interval;
  const int blocks = blocks_for_rate(base.observed);
  if (blocks > 0) {
    auto counts = count_by_block(records, rows, base.observed, blocks);
    for (double& count : counts) count *= blocks / days;
    interval = block_t_mean(counts);
  }
  add(finding, "rate_per_day", n / days, fmt::format("{}s per day", unit), interval,
      fmt::format("{}, q = {}", kBlockT, blocks));
  Range poisson = poisson_range(n);
  poisson.first /= days;
  poisson.second /= days;
  add(finding, "rate_per_day_if_poisson", n / days, fmt::format("{}s per day", unit), poisson,
      "95 % exact Poisson, if every row were independent");
  const auto by_day = count_by_day(records, rows, base.days);
  const double mean = mean_of(by_day);
  if (by_day.size() >= 2 && mean > 0) {
    add(finding, "dispersion_index", variance_of(by_day) / mean);
  }
  add(finding, "active_days",
      static_cast<double>(by_day.size()) -
          static_cast<double>(std::count(by_day.begin(), by_day.end(), 0.0)),
      "days");
}

// Adds share, its intervals and the design effect; returns the words for the statement.
std::string add_share(const QuestionRecords& records, const RowIndices& rows, const Base& base,
                      Finding& finding) {
  const double n = static_cast<double>(rows.size());
  const double total = static_cast<double>(base.counted.kept.size());
  const double share = total > 0 ? n / total : 0.0;
  std::optional<Range> interval;
  const bool is_inner = share > 0.0 && share < 1.0;
  if (is_inner && base.blocks > 0) {
    std::vector<double> deviations = count_by_day(records, rows, base.days);
    for (std::size_t d = 0; d < deviations.size(); ++d) deviations[d] -= share * base.by_day[d];
    const double widening = widening_for_correlated_days(deviations, base.blocks);
    interval = widened_block_share(count_by_block(records, rows, base.observed, base.blocks),
                                   base.by_block, widening);
    add(finding, "widened_for_correlated_days", widening);
    // Rows outside declared coverage count in the share and in no block.
    if (interval)
      interval = Range{std::min(interval->first, share), std::max(interval->second, share)};
    finding.parameters["q"] = std::to_string(base.blocks);
  }
  add(finding, "share", share, "", interval, fmt::format("{}, q = {}", kBlockT, base.blocks));
  add(finding, "share_if_independent", share, "", clopper_pearson(n, total),
      "95 % Clopper-Pearson, if every row were independent");
  if (const auto effect = design_effect(count_by_day(records, rows, base.days), base.by_day)) {
    add(finding, "design_effect", *effect);
    add(finding, "n_effective", total / std::max(*effect, 1.0), "independent rows");
  }
  if (interval) {
    return fmt::format("{}; 95 % block interval {}", share_text(share), share_text(*interval));
  }
  finding.limitations.emplace_back(
      is_inner ? "No interval for the share: the record is too short or too sparse for five blocks "
                 "of a day with ten rows each."
               : "No interval for a share of 0 or 1: how rows cluster cannot be learnt from one "
                 "asker alone.");
  return share_text(share);
}

void add_times(const QuestionRecords& records, const RowIndices& rows, const std::string& of_what,
               Finding& finding) {
  if (rows.empty()) return;
  const LookupRow& first = records.rows[rows.front()];
  const LookupRow& last = records.rows[rows.back()];
  finding.parameters["first" + of_what] = format_instant({first.time_us, first.width_us});
  finding.parameters["last" + of_what] = format_instant({last.time_us, last.width_us});
}

// Of no asker, "other" for one, it is not asked whose addresses they were.
bool has_known_addresses(const QuestionRecords& records, const MethodContext& context, int party) {
  if (party < 0) return true;
  const auto& holds = context.case_file->parties[static_cast<std::size_t>(party)].holds;
  return !holds || holds->contains(records.window);
}

// What a row of the subject bears: whoever sent it wrote it.
std::string source_text(const std::string& subject) {
  if (subject == kOther) return "an address of no named party";
  if (subject == kNotTold) return "no address";
  const bool is_address = IpAddress::parse(subject.substr(0, subject.find(' '))).has_value();
  return is_address ? subject : fmt::format("an address of {}", subject);
}

// A subject without a row: says so, and vouches for it where coverage allows.
void say_nobody(const QuestionRecords& records, const MethodContext& context, int party,
                const Base& base, Finding& finding) {
  finding.outcome = base.counted.kept.empty() ? Outcome::not_enough : Outcome::nothing_found;
  finding.statement =
      base.counted.kept.empty()
          ? fmt::format("No row asks for {} {}, so none bears {} as its source, counted as {}.",
                        target_text(records), window_text(records.window),
                        source_text(finding.subject), finding.dedup_rule)
          : fmt::format("None of the {} for {} {} bears {} as its source, counted as {}.",
                        plural(static_cast<double>(base.counted.kept.size()), base.counted.unit),
                        target_text(records), window_text(records.window),
                        source_text(finding.subject), finding.dedup_rule);
  if (base.untold_rows > 0) {
    finding.limitations.push_back(
        fmt::format("{} tell no client and could be theirs.",
                    plural(static_cast<double>(base.untold_rows), "row")));
  }
  if (!has_known_addresses(records, context, party)) {
    finding.outcome = Outcome::not_enough;
    finding.limitations.push_back(fmt::format(
        "{} is stated to hold its addresses {} only: which it had in the rest of the window the "
        "case does not tell, so rows of anybody could be theirs.",
        finding.subject,
        window_text(*context.case_file->parties[static_cast<std::size_t>(party)].holds)));
    return;
  }
  vouch(records,
        fmt::format("look-up of {} by {}", patterns_text(records), who_text(finding.subject)),
        base.untold_rows, finding);
  if (!finding.absence) {
    finding.limitations.emplace_back(
        "The records do not vouch for it (see coverage): somebody may have asked elsewhere or "
        "unseen.");
  }
}

Finding measure_group(const QuestionRecords& records, const MethodContext& context,
                      const AskerGroup& group, const Base& base) {
  Finding finding =
      make_finding(volume_method(), records, context, group.subject, base.counted.variant);
  finding.dedup_rule = base.counted.rule;
  const RowIndices rows = kept_of(records, base.counted, clients_of(records, group));
  finding.denominator =
      fmt::format("of all {} for {} in these files{}",
                  plural(static_cast<double>(base.counted.kept.size()), base.counted.unit),
                  target_text(records), base.counted.how);
  finding.selection = seal(records, rows,
                           fmt::format("{} of {} for {}, {}", base.counted.unit, group.subject,
                                       target_text(records), base.counted.rule));
  add(finding, "rows", static_cast<double>(rows.size()), fmt::format("{}s", base.counted.unit));
  add(finding, "rows_total", static_cast<double>(base.counted.kept.size()),
      fmt::format("{}s", base.counted.unit));
  if (group.party >= 0) {
    // What a party asks about itself says nothing of the others: the ladder climbs on the rest.
    const auto is_others = [&](std::uint32_t row) {
      return records.names[records.rows[row].name].party != group.party;
    };
    RowIndices of_others;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(of_others), is_others);
    add(finding, "rows_for_others_names", static_cast<double>(of_others.size()),
        fmt::format("{}s", base.counted.unit));
    add_times(records, of_others, "_for_others_names", finding);
  }
  finding.limitations.emplace_back(kUpstreamLimit);
  say_window(records, finding);
  say_observed(records, base.observed, finding);
  if (rows.empty()) {
    add(finding, "share", 0.0);
    say_nobody(records, context, group.party, base, finding);
    return finding;
  }
  const std::string share = add_share(records, rows, base, finding);
  add_rate(records, rows, base, base.counted.unit, finding);
  add_times(records, rows, "", finding);
  finding.statement =
      fmt::format("{} of {} ({}) for {} {}, counted as {}, {} {} as {} source.",
                  count_text(static_cast<double>(rows.size())),
                  plural(static_cast<double>(base.counted.kept.size()), base.counted.unit), share,
                  target_text(records), window_text(records.window), base.counted.rule,
                  rows.size() == 1 ? "bears" : "bear", source_text(group.subject),
                  rows.size() == 1 ? "its" : "their");
  if (group.subject != kNotTold) finding.limitations.emplace_back(kSourceLimit);
  return finding;
}

// How the answer moves with the width that ends a burst.
void add_sensitivity(const QuestionRecords& records, const Askers& askers, const AskerGroup& group,
                     const BurstGroups& groups, Finding& finding) {
  Table table{"burst_sensitivity", {"w_seconds", "rows", "rows_total", "share"}, {}, {}};
  const auto is_ours = clients_of(records, group);
  for (const double seconds : kSensitivitySeconds) {
    const RowIndices heads = burst_heads(records, askers.all, groups, seconds);
    double ours = 0;
    for (const std::uint32_t head : heads) ours += is_ours[records.rows[head].client] ? 1 : 0;
    const double total = static_cast<double>(heads.size());
    table.row_labels.push_back(fmt::format("{:g} s", seconds));
    table.rows.push_back({seconds, ours, total, total > 0 ? ours / total : 0.0});
  }
  finding.tables.push_back(std::move(table));
}

// Concentration over parties, every outside address being one of its own.
void add_concentration(const QuestionRecords& records, const Askers& askers, const Counted& counted,
                       Finding& finding) {
  const BurstGroups groups = group_by_party(records);
  std::vector<double> counts(groups.count, 0.0);
  for (const std::uint32_t index : counted.kept) {
    counts[groups.group_of_host[records.rows[index].client]] += 1;
  }
  std::sort(counts.begin(), counts.end(), std::greater<>());
  const double n = static_cast<double>(counted.kept.size());
  double squares = 0;
  double unbiased = 0;
  for (const double count : counts) {
    squares += count / n * (count / n);
    unbiased += count * (count - 1);
  }
  const double second = counts.size() > 1 ? counts[1] : 0.0;
  add(finding, "top_1_share", counts[0] / n);
  add(finding, "top_2_share", (counts[0] + second) / n);
  add(finding, "effective_number_of_parties", 1.0 / squares);
  if (n > 1) add(finding, "simpson_unbiased", unbiased / (n * (n - 1)));
  double asking = static_cast<double>(askers.other.clients.size());
  double parties = 0;
  for (const AskerGroup& party : askers.parties) {
    asking += static_cast<double>(party.clients.size());
    parties += party.rows.empty() ? 0 : 1;
  }
  add(finding, "askers", asking, "addresses");
  add(finding, "parties_with_rows", parties, "parties");
}

void add_share_table(const std::vector<Finding>& groups, Finding& finding) {
  Table table{"shares", {"rows", "share", "share_low", "share_high"}, {}, {}};
  for (const Finding& group : groups) {
    const Quantity* share = group.quantity("share");
    table.row_labels.push_back(group.subject);
    table.rows.push_back({group.value_or("rows", 0), share->value,
                          share->interval ? share->interval->first : -1.0,
                          share->interval ? share->interval->second : -1.0});
  }
  finding.tables.push_back(std::move(table));
}

void add_address_table(const QuestionRecords& records, const Askers& askers, Finding& finding) {
  Table table{"address_shares", {"rows", "share", "party_index"}, {}, {}};
  const double total = static_cast<double>(askers.all.size());
  for (const AskerGroup* group : askers.groups()) {
    for (const AskerGroup& one : split_by_address(records, *group, kListedAddresses)) {
      const double n = static_cast<double>(one.rows.size());
      table.row_labels.push_back(one.subject);
      table.rows.push_back({n, n / total, static_cast<double>(one.party)});
    }
  }
  finding.tables.push_back(std::move(table));
}

void add_daily_table(const QuestionRecords& records, const Askers& askers, const Counted& counted,
                     const DayGrid& grid, Finding& finding) {
  Table table{"daily_counts", {}, {}, {}};
  std::vector<std::vector<double>> columns;
  for (const AskerGroup* group : askers.groups()) {
    table.columns.push_back(group->subject);
    const RowIndices rows = kept_of(records, counted, clients_of(records, *group));
    columns.push_back(count_by_day(records, rows, grid));
  }
  for (std::size_t day = 0; day < grid.count; ++day) {
    table.row_labels.push_back(date_text(grid.first_day + static_cast<std::int64_t>(day)));
    auto& row = table.rows.emplace_back();
    for (const auto& column : columns) row.push_back(column[day]);
  }
  finding.tables.push_back(std::move(table));
}

Finding measure_all(const QuestionRecords& records, const MethodContext& context,
                    const Askers& askers, const Base& base, const std::vector<Finding>& groups) {
  const Counted& counted = base.counted;
  Finding finding = make_finding(volume_method(), records, context, "", counted.variant);
  const double n = static_cast<double>(counted.kept.size());
  finding.dedup_rule = counted.rule;
  finding.denominator = fmt::format("all rows for {} in these files", target_text(records));
  finding.selection =
      seal(records, counted.kept,
           fmt::format("{} for {}, {}", counted.unit, target_text(records), counted.rule));
  add(finding, "rows", n, fmt::format("{}s", counted.unit));
  add(finding, "rows_total", n, fmt::format("{}s", counted.unit));
  finding.limitations.emplace_back(kUpstreamLimit);
  say_window(records, finding);
  say_observed(records, base.observed, finding);
  if (counted.kept.empty()) {
    finding.outcome = Outcome::not_enough;
    finding.statement =
        fmt::format("No row asks for {} {}.", target_text(records), window_text(records.window));
    return finding;
  }
  add_concentration(records, askers, counted, finding);
  add_rate(records, counted.kept, base, counted.unit, finding);
  add_times(records, counted.kept, "", finding);
  add_share_table(groups, finding);
  if (counted.unit == "row") add_address_table(records, askers, finding);
  add_daily_table(records, askers, counted, DayGrid::over(records.window), finding);
  const double asking = finding.value_or("askers", 0);
  finding.statement =
      fmt::format("{} for {} {}, counted as {}, from {}; of the two busiest askers are {} of them.",
                  plural(n, counted.unit), target_text(records), window_text(records.window),
                  counted.rule, asking == 1 ? "1 address" : count_text(asking) + " addresses",
                  share_text(finding.value_or("top_2_share", 0)));
  return finding;
}

void measure_addresses(const QuestionRecords& records, const MethodContext& context,
                       const Askers& askers, const Base& base, std::vector<Finding>& findings) {
  for (const AskerGroup* group : askers.groups()) {
    // One address that is the whole party would only repeat it.
    if (group->party >= 0 && group->clients.size() < 2) continue;
    const std::size_t limit = group->party >= 0 ? kAddressesPerParty : kOutsideAddresses;
    for (const AskerGroup& address : split_by_address(records, *group, limit)) {
      // Of strangers seen a few times there is nothing to measure; exclusivity lists them.
      if (group->party < 0 && address.rows.size() < kMinOutsideRows) break;
      findings.push_back(measure_group(records, context, address, base));
      if (group->clients.size() > limit) {
        findings.back().limitations.push_back(
            fmt::format("Only the {} busiest of {} addresses of {} are measured one by one.", limit,
                        group->clients.size(), group->subject));
      }
    }
  }
}

class Volume : public Method {
 public:
  std::string_view name() const override { return "volume"; }
  std::string_view version() const override { return "4"; }
  std::string_view summary() const override {
    return "counts, shares and rates per party and address under three counting rules";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    const BurstGroups by_party = group_by_party(records);
    const Counted rules[] = {
        {"raw", kRawRows, "row", askers.all, ""},
        {"collapsed", kCollapsed, "row", collapse_identical(records, askers.all), ""},
        {"bursts", bursts_rule(kBurstSeconds), "burst",
         burst_heads(records, askers.all, by_party, kBurstSeconds),
         ", the addresses of a party taken together"},
    };
    std::vector<Finding> findings;
    for (const Counted& counted : rules) {
      const bool is_bursts = counted.unit == "burst";
      const Base base = make_base(records, counted);
      std::vector<Finding> groups;
      for (const AskerGroup& party : askers.parties) {
        groups.push_back(measure_group(records, context, party, base));
        if (is_bursts) add_sensitivity(records, askers, party, by_party, groups.back());
      }
      groups.push_back(measure_group(records, context, askers.other, base));
      if (!askers.not_told.rows.empty()) {
        groups.push_back(measure_group(records, context, askers.not_told, base));
      }
      findings.push_back(measure_all(records, context, askers, base, groups));
      std::move(groups.begin(), groups.end(), std::back_inserter(findings));
      if (!is_bursts) {
        measure_addresses(records, context, askers, base, findings);
        continue;
      }
      const Counted apart{
          "bursts", counted.rule, "burst",
          burst_heads(records, askers.all, group_by_address(records), kBurstSeconds),
          ", every address taken apart"};
      measure_addresses(records, context, askers, make_base(records, apart), findings);
    }
    return findings;
  }
};

}  // namespace

const Method& volume_method() {
  static const Volume kMethod;
  return kMethod;
}

}  // namespace assay::methods
