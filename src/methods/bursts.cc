// bursts: rows of one asker that come within a minute, their sizes and widths, and whether they
// look like one look-up tried again.

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "methods/registry.h"
#include "methods/support/askers.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/no_rows.h"

namespace assay::methods {
namespace {

constexpr double kRepeatSeconds = 30;  // resolvers give up or succeed well before
constexpr double kWideSeconds = 20;
constexpr double kMinRepeated = 5;
constexpr double kSignatureShare = 0.5;
constexpr std::size_t kAddresses = 16;
constexpr double kWidthEdges[] = {0, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600};

// Everything that is counted over the bursts of one subject.
struct Tally {
  double bursts = 0, rows = 0, multi_row = 0, single_row = 0, wide = 0;
  double several_servers = 0, several_addresses = 0;
  double repeated = 0;  // bursts with a repeat
  double hopping = 0;   // bursts with a repeat at another server
  double repeats = 0, repeats_other_server = 0, repeats_same_id = 0, repeats_with_id = 0;
  bool has_server = false;
  std::vector<double> sizes, widths, repeat_gaps;
};

// A repeat is the next row of the burst with the same client, name and type, within
// kRepeatSeconds. Not of another client: two resolvers asked at once are no retry.
void tally_burst(const QuestionRecords& records, const RowIndices& rows, const Burst& burst,
                 Tally& tally) {
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint16_t>, const LookupRow*> last;
  const LookupRow& head = records.rows[rows[burst.first]];
  bool servers_differ = false, clients_differ = false, repeats = false, hops = false;
  for (std::uint32_t i = burst.first; i <= burst.last; ++i) {
    const LookupRow& row = records.rows[rows[i]];
    tally.has_server |= row.server != 0;
    servers_differ |= row.server != head.server;
    clients_differ |= row.client != head.client;
    const LookupRow*& before = last[{row.client, row.name, row.qtype}];
    if (before != nullptr && row.time_us - before->time_us <= kRepeatSeconds * kMicrosPerSecond) {
      const bool other = row.server != before->server;
      tally.repeats += 1;
      tally.repeats_other_server += other ? 1 : 0;
      repeats = true;
      hops |= other;
      if (row.id != 0 && before->id != 0) {
        tally.repeats_with_id += 1;
        tally.repeats_same_id += row.id == before->id ? 1 : 0;
      }
      tally.repeat_gaps.push_back(static_cast<double>(row.time_us - before->time_us) /
                                  kMicrosPerSecond);
    }
    before = &row;
  }
  const double width = static_cast<double>(burst.end_us - burst.begin_us) / kMicrosPerSecond;
  tally.bursts += 1;
  tally.rows += burst.size();
  tally.sizes.push_back(burst.size());
  tally.wide += width > kWideSeconds ? 1 : 0;
  if (burst.size() == 1) {
    tally.single_row += 1;
    return;
  }
  tally.multi_row += 1;
  tally.widths.push_back(width);
  tally.several_servers += servers_differ ? 1 : 0;
  tally.several_addresses += clients_differ ? 1 : 0;
  tally.repeated += repeats ? 1 : 0;
  tally.hopping += hops ? 1 : 0;
}

Tally tally_rows(const QuestionRecords& records, const RowIndices& rows, Tally tally = {}) {
  for (const Burst& burst : merge_bursts(records, rows, kBurstSeconds)) {
    tally_burst(records, rows, burst, tally);
  }
  return tally;
}

void add_sizes(Tally& tally, Finding& finding) {
  std::sort(tally.sizes.begin(), tally.sizes.end());
  add(finding, "burst_size_mean", tally.rows / tally.bursts, "rows");
  add(finding, "burst_size_median", quantile_of_sorted(tally.sizes, 0.5), "rows");
  add(finding, "burst_size_max", tally.sizes.back(), "rows");
  add(finding, "share_single_row", tally.single_row / tally.bursts);
  add(finding, "multi_row_bursts", tally.multi_row, "bursts");
  add(finding, "share_wider_than_20_s", tally.wide / tally.bursts);
  if (!tally.widths.empty()) {
    std::sort(tally.widths.begin(), tally.widths.end());
    add(finding, "width_seconds_median", quantile_of_sorted(tally.widths, 0.5), "s");
    add(finding, "width_seconds_p95", quantile_of_sorted(tally.widths, 0.95), "s");
    add(finding, "width_seconds_max", tally.widths.back(), "s");
  }
  Table sizes{"burst_sizes", {"size", "bursts"}, {}, {}};
  for (std::size_t i = 0; i < tally.sizes.size();) {
    const auto end = std::upper_bound(tally.sizes.begin(), tally.sizes.end(), tally.sizes[i]);
    const auto next = static_cast<std::size_t>(end - tally.sizes.begin());
    sizes.row_labels.push_back(plural(tally.sizes[i], "row"));
    sizes.rows.push_back({tally.sizes[i], static_cast<double>(next - i)});
    i = next;
  }
  finding.tables.push_back(std::move(sizes));
  Table widths{"burst_widths", {"from_seconds", "to_seconds", "bursts"}, {}, {}};
  for (std::size_t edge = 0; edge < std::size(kWidthEdges); ++edge) {
    const double from = kWidthEdges[edge];
    const bool is_last = edge + 1 == std::size(kWidthEdges);
    if (is_last && (tally.widths.empty() || tally.widths.back() < from)) break;
    const double to = is_last ? tally.widths.back() : kWidthEdges[edge + 1];
    const auto low = std::lower_bound(tally.widths.begin(), tally.widths.end(), from);
    const auto high = is_last ? tally.widths.end()
                              : std::lower_bound(tally.widths.begin(), tally.widths.end(), to);
    widths.row_labels.push_back(fmt::format("{:g} s to {:g} s", from, to));
    widths.rows.push_back({from, to, static_cast<double>(high - low)});
  }
  finding.tables.push_back(std::move(widths));
}

void add_repeats(Tally& tally, Finding& finding) {
  add(finding, "bursts_with_several_servers", tally.several_servers, "bursts");
  add(finding, "bursts_with_several_addresses", tally.several_addresses, "bursts");
  add(finding, "repeat_pairs", tally.repeats, "pairs");
  if (tally.multi_row > 0) {
    add(finding, "share_several_servers", tally.several_servers / tally.multi_row);
  }
  add(finding, "bursts_with_repeats", tally.repeated, "bursts");
  add(finding, "share_bursts_with_repeats", tally.repeated / tally.bursts);
  if (tally.repeated > 0) add(finding, "share_hopping", tally.hopping / tally.repeated);
  if (tally.repeats == 0) return;
  add(finding, "share_repeat_other_server", tally.repeats_other_server / tally.repeats);
  if (tally.repeats_with_id > 0) {
    add(finding, "share_repeat_same_id", tally.repeats_same_id / tally.repeats_with_id);
  }
  std::sort(tally.repeat_gaps.begin(), tally.repeat_gaps.end());
  add(finding, "gap_seconds_between_repeats_median", quantile_of_sorted(tally.repeat_gaps, 0.5),
      "s");
}

void conclude(const Tally& tally, const std::string& what, Finding& finding) {
  const std::string sizes =
      fmt::format("{}: {} in {}, counted as {}; {} of one row, {} of several", what,
                  plural(tally.rows, "row"), plural(tally.bursts, "burst"), finding.dedup_rule,
                  count_text(tally.single_row), count_text(tally.multi_row));
  if (tally.repeated < kMinRepeated) {
    // Many bursts without a repeat are an answer; few bursts are not.
    const bool is_enough = tally.bursts >= 10 * kMinRepeated;
    finding.outcome = is_enough ? Outcome::nothing_found : Outcome::not_enough;
    finding.statement = fmt::format(
        "{}; {} repeat a question within {:g} s, {}.", sizes,
        tally.repeated == 0 ? "none" : count_text(tally.repeated), kRepeatSeconds,
        is_enough ? "too few for retries to shape them" : "too few to look for retries");
    return;
  }
  if (!tally.has_server) {
    finding.outcome = Outcome::measured;
    finding.statement = sizes + "; the record does not tell the server, so hopping cannot be seen.";
    return;
  }
  const bool is_retry = tally.hopping / tally.repeated >= kSignatureShare;
  finding.outcome = is_retry ? Outcome::found : Outcome::nothing_found;
  finding.statement =
      fmt::format("{}; {} repeat a question within {:g} s, {} of them ({}) at another server, {}.",
                  sizes, count_text(tally.repeated), kRepeatSeconds, count_text(tally.hopping),
                  share_text(tally.hopping / tally.repeated),
                  is_retry ? "as a resolver does that tries again"
                           : "fewer than the half that would point to a resolver that tries again");
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& group) {
  if (group.rows.empty()) {
    Finding finding = no_rows(bursts_method(), records, context, group.subject,
                              bursts_rule(kBurstSeconds), "burst", "there is no burst");
    add(finding, "rows", 0, "rows");
    add(finding, "bursts", 0, "bursts");
    return finding;
  }
  Finding finding = make_finding(bursts_method(), records, context, group.subject);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.parameters["burst_gap_seconds"] = fmt::format("{:g}", kBurstSeconds);
  finding.parameters["repeat_seconds"] = fmt::format("{:g}", kRepeatSeconds);
  finding.selection =
      seal(records, group.rows,
           fmt::format("rows of {} for {}", who_text(group.subject), target_text(records)));
  Tally tally;
  if (group.subject == kOther) {
    // Strangers do not share bursts; each address is merged alone.
    for (const AskerGroup& one : split_by_address(records, group, group.clients.size())) {
      tally = tally_rows(records, one.rows, std::move(tally));
    }
  } else {
    tally = tally_rows(records, group.rows);
  }
  finding.denominator = fmt::format("of {} of {} for {}", plural(tally.bursts, "burst"),
                                    who_text(group.subject), target_text(records));
  add(finding, "rows", tally.rows, "rows");
  add(finding, "bursts", tally.bursts, "bursts");
  finding.limitations.emplace_back(
      "A minute without a row ends a burst; an asker that never pauses that long makes one endless "
      "burst.");
  finding.limitations.emplace_back(
      "Two resolvers that are asked by one client at once, and a resolver that tries again, both "
      "make bursts of several rows; the server and message id tell them apart where recorded.");
  add_sizes(tally, finding);
  add_repeats(tally, finding);
  conclude(tally,
           fmt::format("{} for {} {}", who_text(group.subject), target_text(records),
                       window_text(records.window)),
           finding);
  return finding;
}

class Bursts : public Method {
 public:
  std::string_view name() const override { return "bursts"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "sizes and widths of bursts, and the signature of retries";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings;
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(measure(records, context, *group));
      if (group->party < 0 || group->clients.size() < 2) continue;
      for (const AskerGroup& address : split_by_address(records, *group, kAddresses)) {
        findings.push_back(measure(records, context, address));
      }
    }
    if (findings.empty()) findings.push_back(measure(records, context, askers.other));
    return findings;
  }
};

}  // namespace

const Method& bursts_method() {
  static const Bursts kMethod;
  return kMethod;
}

}  // namespace assay::methods
