// server_order: are the records of one vantage in order, each for itself and against each other? By
// steps back within a file, and by what askers ask again at the next server.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "methods/registry.h"
#include "methods/support/gap_series.h"
#include "methods/support/measure.h"
#include "methods/support/shared_events.h"

namespace assay::methods {
namespace {

constexpr double kRetrySeconds = 10;  // an asker turns to the next server within it
constexpr double kMostReach = 600;    // offsets that are looked at, either way
constexpr double kReachOfTtl = 0.45;  // beyond half a TTL the next renewal comes near
constexpr double kFewestPairs = 20;
constexpr double kMostRunnerUpPile = 0.5;
constexpr double kPileLevel = 1e-6;
constexpr double kStepSeconds = 2 * kRetrySeconds;
constexpr std::size_t kBlocks = 8;
constexpr std::size_t kMostPairsSought = 2'000'000;
constexpr double kBackSeconds = 2;  // threads that write one log are not farther apart
constexpr double kSortedOtherwise = 0.05;
constexpr std::size_t kFewestRows = 20;

double seconds_of(const LookupRow& row) { return static_cast<double>(row.time_us) / 1e6; }

// --- one file: does it go back in time? ---

struct FileOrder {
  double rows = 0, back = 0, largest = 0;
};

FileOrder order_of(const QuestionRecords& records, const EvidenceRows& told) {
  std::vector<std::uint32_t> rows = told.rows;
  std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
    return records.rows[a].offset < records.rows[b].offset;
  });
  FileOrder order;
  double latest = 0;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    if (row.flags & (kLocalTimeAmbiguous | kYearInferred)) continue;
    const double width = static_cast<double>(row.width_us) / 1e6;
    const double back = latest - seconds_of(row);
    const bool is_first = order.rows == 0;
    order.rows += 1;
    latest = seconds_of(row);
    if (is_first || back <= kBackSeconds + width) continue;
    order.back += 1;
    order.largest = std::max(order.largest, back);
  }
  return order;
}

Finding measure_files(const QuestionRecords& records, const MethodContext& context) {
  Finding finding = make_finding(server_order_method(), records, context, "");
  finding.dedup_rule = "raw rows";
  RowIndices all;
  Table table{"files", {"rows", "steps_back", "largest_step_seconds"}, {}, {}};
  double files = 0, stepped = 0, unsorted = 0, steps = 0, largest = 0;
  for (const EvidenceRows& told : rows_by_evidence(records)) {
    all.insert(all.end(), told.rows.begin(), told.rows.end());
    const FileOrder order = order_of(records, told);
    if (order.rows < kFewestRows) continue;
    files += 1;
    const bool is_sorted_otherwise = order.back > kSortedOtherwise * order.rows;
    unsorted += is_sorted_otherwise;
    if (!is_sorted_otherwise && order.back > 0) {
      stepped += 1;
      steps += order.back;
      largest = std::max(largest, order.largest);
    }
    table.row_labels.push_back(told.evidence->id);
    table.rows.push_back({order.rows, order.back, order.largest});
  }
  std::sort(all.begin(), all.end());
  finding.denominator =
      fmt::format("of {} with at least {} rows", plural(files, "evidence"), kFewestRows);
  finding.selection = seal(records, all, fmt::format("rows for {}", target_text(records)));
  finding.tables.push_back(std::move(table));
  add(finding, "evidences", files, "evidences");
  add(finding, "evidences_with_steps_back", stepped, "evidences");
  add(finding, "evidences_not_by_time", unsorted, "evidences");
  add(finding, "steps_back", steps, "steps");
  add(finding, "largest_step_seconds", largest, "s");
  finding.outcome = files == 0    ? Outcome::not_enough
                    : stepped > 0 ? Outcome::found
                                  : Outcome::nothing_found;
  const std::string rest =
      unsorted > 0 ? fmt::format("; {} not written in order of time, and tell nothing of steps",
                                 unsorted == 1 ? "1 is" : count_text(unsorted) + " are")
                   : "";
  if (files == 0) {
    finding.statement =
        fmt::format("No evidence holds {} dated rows for {}.", kFewestRows, target_text(records));
  } else if (stepped > 0) {
    finding.statement = fmt::format(
        "Of {}, {} back in time from one row to the next, {} in all, by up to {}{}.",
        plural(files, "evidence"), stepped == 1 ? "1 goes" : count_text(stepped) + " go",
        plural(steps, "step"), duration_text(largest), rest);
    finding.limitations.emplace_back(
        "A clock that was set back, files that were put together, and lines that were put in "
        "elsewhere than they belong all do this.");
  } else {
    finding.statement = fmt::format("Of {}, none goes back in time by more than {:g} s{}.",
                                    plural(files, "evidence"), kBackSeconds, rest);
    finding.limitations.emplace_back(
        "A clock that was set forward shows no step back, nor does a log that was sorted after it "
        "was edited.");
  }
  finding.limitations.emplace_back("Only rows for the question's names are read, in their order.");
  return finding;
}

// --- two recorders: where does the next server's row lie? ---

struct Pile {
  double pairs = 0, centre = 0, runner_up = 0, chance = 1;
  bool is_clear() const {
    return pairs >= kFewestPairs && runner_up < kMostRunnerUpPile * pairs && chance < kPileLevel;
  }
};

struct Difference {
  double seconds = 0;  // b minus a
  std::int64_t time_us = 0;
};

// Rows of a and b of one client for one name and type, within `reach` of each other.
std::vector<Difference> differences(const EvidenceRows& a, const EvidenceRows& b, double reach) {
  using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint16_t>;
  const auto key_of = [](const LookupRow& row) { return Key(row.client, row.name, row.qtype); };
  std::map<Key, std::vector<const LookupRow*>> of_b;
  for (const std::uint32_t index : b.rows) {
    const LookupRow& row = b.records->rows[index];
    if (row.client != 0) of_b[key_of(row)].push_back(&row);
  }
  std::vector<Difference> found;
  for (const std::uint32_t index : a.rows) {
    const LookupRow& row = a.records->rows[index];
    const auto others = of_b.find(key_of(row));
    if (others == of_b.end()) continue;
    const auto reach_us = static_cast<std::int64_t>(reach * 1e6);
    auto at =
        std::lower_bound(others->second.begin(), others->second.end(), row.time_us - reach_us,
                         [](const LookupRow* one, std::int64_t us) { return one->time_us < us; });
    for (; at != others->second.end() && (*at)->time_us <= row.time_us + reach_us; ++at) {
      found.push_back({static_cast<double>((*at)->time_us - row.time_us) / 1e6, row.time_us});
      if (found.size() == kMostPairsSought) return found;
    }
  }
  return found;
}

Pile highest_pile(std::vector<double> seconds, double reach) {
  Pile pile;
  std::sort(seconds.begin(), seconds.end());
  std::size_t best = 0, from = 0;
  for (std::size_t to = 0; to < seconds.size(); ++to) {
    while (seconds[to] - seconds[from] > 2 * kRetrySeconds) ++from;
    if (static_cast<double>(to - from + 1) > pile.pairs) {
      pile.pairs = static_cast<double>(to - from + 1);
      best = from;
    }
  }
  if (seconds.empty()) return pile;
  const auto count = static_cast<std::size_t>(pile.pairs);
  pile.centre = (seconds[best] + seconds[best + count - 1]) / 2;
  from = 0;
  for (std::size_t to = 0; to < seconds.size(); ++to) {
    if (std::fabs(seconds[to] - pile.centre) <= 3 * kRetrySeconds) {
      from = to + 1;
      continue;
    }
    while (seconds[to] - seconds[from] > 2 * kRetrySeconds) ++from;
    pile.runner_up = std::max(pile.runner_up, static_cast<double>(to - from + 1));
  }
  const double windows = reach / kRetrySeconds;
  const double rest = std::max(1.0, static_cast<double>(seconds.size()) - pile.pairs);
  pile.chance = windows * (1 - chi_squared_upper(2 * rest / windows, 2 * pile.pairs));
  return pile;
}

std::vector<std::pair<std::int64_t, Pile>> piles_by_block(const std::vector<Difference>& all,
                                                          double reach) {
  std::vector<std::pair<std::int64_t, Pile>> piles;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    const std::size_t from = all.size() * block / kBlocks, to = all.size() * (block + 1) / kBlocks;
    std::vector<double> seconds;
    for (std::size_t i = from; i < to; ++i) seconds.push_back(all[i].seconds);
    const Pile pile = highest_pile(std::move(seconds), reach);
    if (pile.is_clear()) piles.emplace_back(all[from].time_us, pile);
  }
  return piles;
}

void conclude_pair(const EvidencePair& pair, const std::vector<Difference>& all, double reach,
                   Finding& finding) {
  std::vector<double> seconds;
  for (const Difference& one : all) seconds.push_back(one.seconds);
  const Pile whole = highest_pile(std::move(seconds), reach);
  const auto blocks = piles_by_block(all, reach);
  Table table{"by_time", {"offset_seconds", "pairs"}, {}, {}};
  double least = 0, most = 0;
  std::int64_t turned = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto& [time_us, pile] = blocks[i];
    table.row_labels.push_back(format_utc(time_us));
    table.rows.push_back({pile.centre, pile.pairs});
    least = i == 0 ? pile.centre : std::min(least, pile.centre);
    most = i == 0 ? pile.centre : std::max(most, pile.centre);
    const bool is_turn =
        i > 0 && turned == 0 && std::fabs(pile.centre - blocks[i - 1].second.centre) > kStepSeconds;
    if (is_turn) turned = time_us;
  }
  finding.tables.push_back(std::move(table));
  add(finding, "pairs", static_cast<double>(all.size()), "pairs");
  add(finding, "pairs_in_pile", whole.pairs, "pairs");
  add(finding, "blocks_told", static_cast<double>(blocks.size()), "blocks");
  const std::string names =
      fmt::format("{} and {}", pair.first->evidence->id, pair.second->evidence->id);
  if (turned != 0) {
    finding.outcome = Outcome::found;
    add(finding, "step_seconds", most - least, "s");
    finding.statement = fmt::format(
        "What askers of {} ask again at the other lies at {:+.0f} s at one time and at {:+.0f} s "
        "at another, since about {}: a clock was set, or the times of one were moved.",
        names, least, most, format_utc(turned));
    return;
  }
  if (!whole.is_clear()) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "The order of {} cannot be told: {} of {} of rows lie within {:g} s of each other at any "
        "one "
        "offset, too few, or as many elsewhere.",
        names, count_text(whole.pairs), plural(static_cast<double>(all.size()), "pair"),
        2 * kRetrySeconds);
    return;
  }
  add(finding, "offset_seconds", whole.centre, "s",
      Range{whole.centre - kRetrySeconds, whole.centre + kRetrySeconds},
      "what askers ask again comes within 10 s, first at either");
  const bool is_apart = std::fabs(whole.centre) > kRetrySeconds;
  finding.outcome = is_apart ? Outcome::found : Outcome::nothing_found;
  finding.statement =
      is_apart ? fmt::format(
                     "What askers of {} ask again at the other lies about {:+.0f} s away ({}), "
                     "longer than they wait: the clock of {} was about so far from that of {}.",
                     names, whole.centre, plural(whole.pairs, "pair"), pair.second->evidence->id,
                     pair.first->evidence->id)
               : fmt::format(
                     "What askers of {} ask again at the other lies within {:g} s ({}), as it does "
                     "where both clocks go alike.",
                     names, kRetrySeconds, plural(whole.pairs, "pair"));
}

Finding measure_pair(const EvidencePair& pair, const MethodContext& context) {
  const auto& [a, b] = pair;
  Finding finding = make_pair_finding(server_order_method(), pair, context);
  const Ttl ttl = known_ttl(*a->records, context, a->rows);
  const double reach =
      ttl.seconds > 0 ? std::min(kMostReach, kReachOfTtl * ttl.seconds) : kMostReach;
  finding.parameters["reach_seconds"] = fmt::format("{:g}", reach);
  finding.denominator = fmt::format(
      "of {} of {} and {} of {}", plural(static_cast<double>(a->rows.size()), "row"),
      a->evidence->id, plural(static_cast<double>(b->rows.size()), "row"), b->evidence->id);
  finding.selection = seal(*a->records, a->rows, fmt::format("rows of {}", a->evidence->id));
  if (reach <= 3 * kRetrySeconds) {
    finding.outcome = Outcome::not_applicable;
    finding.statement = fmt::format(
        "A TTL of {} lets the order of {} and {} not be told: renewals come as soon as what is "
        "asked again.",
        duration_text(ttl.seconds), a->evidence->id, b->evidence->id);
    return finding;
  }
  conclude_pair(pair, differences(*a, *b, reach), reach, finding);
  finding.limitations.push_back(fmt::format(
      "Offsets up to {} are looked at; one within {:g} s hides in the time that askers wait. Which "
      "clock was right the records do not tell. Where both tell the same look-ups, clock_offset is "
      "finer.",
      duration_text(reach), kRetrySeconds));
  return finding;
}

class ServerOrder : public Method {
 public:
  std::string_view name() const override { return "server_order"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "steps back within a record, and clocks of two servers by what is asked again";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    std::vector<Finding> findings{measure_files(records, context)};
    Finding none = findings.front();
    for (Finding& pair : measure_pairs_within(records, context, measure_pair, std::move(none))) {
      if (pair.id != findings.front().id) findings.push_back(std::move(pair));
    }
    return findings;
  }
};

}  // namespace

const Method& server_order_method() {
  static const ServerOrder kMethod;
  return kMethod;
}

}  // namespace assay::methods
