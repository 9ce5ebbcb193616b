// duplicates: rows written twice, blocks of the log that occur twice, and one event in two
// evidences. Reported, never merged.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <tuple>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/repeats.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostTokens = 1'000'000;
constexpr double kMinBlock = 12;  // rows
constexpr double kOverExpected = 2;
constexpr double kSameEventSeconds = 1;
// An hour that a clock ran through twice gives two instants one stamp.
constexpr std::uint32_t kWidestStampUs = 60 * kMicrosPerSecond;
constexpr std::size_t kMostPending = 64;  // rows of one question waiting for their twin

auto identity(const LookupRow& row) {
  return std::tuple(row.evidence, row.client, row.server, row.name, row.qtype, row.id,
                    row.client_port);
}

// Rows that agree in all that is recorded with an earlier row of the same time and evidence.
RowIndices exact_duplicates(const QuestionRecords& records, RowIndices rows) {
  std::erase_if(rows, [&](std::uint32_t i) { return records.rows[i].width_us > kWidestStampUs; });
  RowIndices found;
  RowIndices group;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i + 1;
    while (end < rows.size() && records.rows[rows[end]].time_us == records.rows[rows[i]].time_us) {
      ++end;
    }
    group.assign(rows.begin() + static_cast<std::ptrdiff_t>(i),
                 rows.begin() + static_cast<std::ptrdiff_t>(end));
    std::stable_sort(group.begin(), group.end(), [&records](std::uint32_t a, std::uint32_t b) {
      return identity(records.rows[a]) < identity(records.rows[b]);
    });
    for (std::size_t k = 1; k < group.size(); ++k) {
      if (identity(records.rows[group[k]]) == identity(records.rows[group[k - 1]])) {
        found.push_back(group[k]);
      }
    }
    i = end;
  }
  std::sort(found.begin(), found.end());
  return found;
}

// One token a row: seconds since the row before, who asked whom for what. A copied block repeats
// them all, whatever hour it was moved to.
std::vector<std::uint64_t> tokens_of(const QuestionRecords& records, const RowIndices& rows) {
  std::vector<std::uint64_t> tokens;
  tokens.reserve(rows.size());
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const LookupRow& row = records.rows[rows[i]];
    const std::int64_t gap = (row.time_us - records.rows[rows[i - 1]].time_us) / kMicrosPerSecond;
    std::uint64_t token = static_cast<std::uint64_t>(gap);
    for (const std::uint64_t part : {std::uint64_t{row.client}, std::uint64_t{row.server},
                                     std::uint64_t{row.name}, std::uint64_t{row.qtype}}) {
      token = token * 0x100000001b3ULL + part;
    }
    tokens.push_back(token);
  }
  return tokens;
}

std::string locus_of(const QuestionRecords& records, std::uint32_t index) {
  const LookupRow& row = records.rows[index];
  const Evidence* evidence = evidence_of(records, row.evidence);
  return fmt::format("{}:{}", evidence != nullptr ? evidence->id : "?", row.offset);
}

// Adds the block and says it; true when it is a copy rather than chance or rhythm.
bool add_block(const QuestionRecords& records, const RowIndices& rows, std::string* words,
               Finding& finding) {
  if (rows.size() > kMostTokens) {
    finding.limitations.push_back(
        fmt::format("Repeated blocks are looked for in at most {} rows.", count_text(kMostTokens)));
    return false;
  }
  const Repeat repeat = longest_repeat(tokens_of(records, rows));
  add(finding, "longest_repeat", static_cast<double>(repeat.length), "rows");
  add(finding, "longest_repeat_expected", repeat.expected, "rows");
  const double least = std::max(kMinBlock, kOverExpected * repeat.expected);
  const bool is_long = static_cast<double>(repeat.length) >= least;
  const bool is_block = is_long && !repeat.is_regular;
  add(finding, "repeated_block", is_block ? 1 : 0);
  finding.parameters["least_block"] = fmt::format("{:.1f}", least);
  if (repeat.length == 0) return false;
  const std::uint32_t first = rows[repeat.first + 1];
  const std::uint32_t second = rows[repeat.second + 1];
  finding.parameters["block_first"] = locus_of(records, first);
  finding.parameters["block_second"] = locus_of(records, second);
  *words = fmt::format(
      "; the longest run of rows that occurs twice has {} (about {} by chance), at {} and {}{}",
      plural(static_cast<double>(repeat.length), "row"), number_text(repeat.expected),
      format_utc(records.rows[first].time_us), format_utc(records.rows[second].time_us),
      is_block  ? ": a block that was written twice"
      : is_long ? ": a rhythm that recurs often, not a copy"
                : "");
  return is_block;
}

Finding measure_all(const QuestionRecords& records, const MethodContext& context,
                    const RowIndices& rows) {
  Finding finding = make_finding(duplicates_method(), records, context, "");
  const double n = static_cast<double>(rows.size());
  const RowIndices exact = exact_duplicates(records, rows);
  const double same_second = n - static_cast<double>(collapse_identical(records, rows).size());
  finding.dedup_rule = kRawRows;
  finding.denominator = fmt::format("of {} for {}", plural(n, "row"), target_text(records));
  finding.selection = seal(records, exact,
                           "rows that agree with an earlier row of their evidence in time, client, "
                           "port, server, name, type and message id");
  add(finding, "rows", n, "rows");
  add(finding, "exact_duplicates", static_cast<double>(exact.size()), "rows");
  add(finding, "same_second_repeats", same_second, "rows");
  if (rows.empty()) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format("No row asks for {} {}, so none can occur twice.",
                                    target_text(records), window_text(records.window));
    return finding;
  }
  add(finding, "share_exact_duplicates", static_cast<double>(exact.size()) / n);
  std::string block;
  const bool is_block = add_block(records, rows, &block, finding);
  finding.outcome = is_block || !exact.empty() ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "{} of {} for {} {} ({}) agree with an earlier row of the same evidence in time, client, "
      "port, "
      "server, name, type and message id as far as these are recorded ({} in second, client, name, "
      "type and server){}.",
      count_text(static_cast<double>(exact.size())), plural(n, "row"), target_text(records),
      window_text(records.window), share_text(static_cast<double>(exact.size()) / n),
      count_text(same_second), block);
  finding.limitations.emplace_back(
      "A resolver that sends a question twice within one second, and a log that writes one "
      "question "
      "twice, leave the same rows where ports and ids are not recorded.");
  const auto wide = std::count_if(rows.begin(), rows.end(), [&](std::uint32_t i) {
    return records.rows[i].width_us > kWidestStampUs;
  });
  if (wide > 0) {
    finding.limitations.push_back(fmt::format(
        "No duplicates are sought among {} with a stamp wider than a minute (an hour that a clock "
        "ran through twice): two moments have one stamp there.",
        plural(static_cast<double>(wide), "row")));
  }
  finding.limitations.emplace_back(
      "How long a run chance repeats is reckoned for independent rows; no test can show that a log "
      "is "
      "genuine.");
  return finding;
}

// Rows of two evidences that tell one event: same client, name, type, and server and id where
// both tell them, at most a second apart. Each row has at most one twin.
std::map<std::pair<std::uint32_t, std::uint32_t>, RowIndices> shared_events(
    const QuestionRecords& records, const RowIndices& rows) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, RowIndices> shared;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint16_t>, RowIndices> pending;
  const auto agree = [](std::uint32_t a, std::uint32_t b) { return a == 0 || b == 0 || a == b; };
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    RowIndices& waiting = pending[{row.client, row.name, row.qtype}];
    std::erase_if(waiting, [&](std::uint32_t other) {
      return row.time_us - records.rows[other].time_us > kSameEventSeconds * kMicrosPerSecond;
    });
    const auto twin = std::find_if(waiting.begin(), waiting.end(), [&](std::uint32_t other) {
      const LookupRow& candidate = records.rows[other];
      return candidate.evidence != row.evidence && agree(candidate.server, row.server) &&
             agree(candidate.id, row.id);
    });
    if (twin == waiting.end()) {
      if (waiting.size() < kMostPending) waiting.push_back(index);
      continue;
    }
    const std::uint32_t other = records.rows[*twin].evidence;
    RowIndices& found = shared[std::minmax({other, row.evidence})];
    found.push_back(*twin);
    found.push_back(index);
    waiting.erase(twin);
  }
  return shared;
}

Finding measure_pair(const QuestionRecords& records, const MethodContext& context,
                     const Evidence& a, const Evidence& b, RowIndices rows,
                     const std::map<std::uint32_t, double>& rows_of) {
  Finding finding =
      make_finding(duplicates_method(), records, context, fmt::format("{}+{}", a.id, b.id));
  const auto count_of = [&rows_of](const Evidence& evidence) {
    const auto found = rows_of.find(evidence.number);
    return found == rows_of.end() ? 0.0 : found->second;
  };
  const double fewer = std::min(count_of(a), count_of(b));
  const double events = static_cast<double>(rows.size()) / 2;
  std::sort(rows.begin(), rows.end());
  finding.dedup_rule = kRawRows;
  finding.denominator = fmt::format("of {} of the evidence with fewer", plural(fewer, "row"));
  finding.selection = seal(records, rows, fmt::format("rows that {} and {} both tell", a.id, b.id));
  finding.parameters["within_seconds"] = fmt::format("{:g}", kSameEventSeconds);
  add(finding, "same_events", events, "events");
  if (fewer > 0) add(finding, "share_same_events", events / fewer);
  finding.outcome = fewer == 0   ? Outcome::not_enough
                    : events > 0 ? Outcome::found
                                 : Outcome::nothing_found;
  finding.statement =
      fmt::format("{} and {} tell {} in common for {} {}{}; they are counted in both.", a.id, b.id,
                  plural(events, "look-up"), target_text(records), window_text(records.window),
                  fewer > 0 ? fmt::format(" ({} of the {} of the one with fewer)",
                                          share_text(events / fewer), plural(fewer, "row"))
                            : "");
  finding.limitations.emplace_back(
      "Where server or id are not told, a retry at another server within a second looks like the "
      "same "
      "event.");
  return finding;
}

class Duplicates : public Method {
 public:
  std::string_view name() const override { return "duplicates"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "rows and blocks that occur twice, and events that two evidences tell";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings{measure_all(records, context, askers.all)};
    if (records.evidences.size() < 2) return findings;
    std::map<std::uint32_t, double> rows_of;
    for (const std::uint32_t index : askers.all) rows_of[records.rows[index].evidence] += 1;
    auto shared = shared_events(records, askers.all);
    for (std::size_t a = 0; a < records.evidences.size(); ++a) {
      for (std::size_t b = a + 1; b < records.evidences.size(); ++b) {
        const Evidence& first = *records.evidences[a];
        const Evidence& second = *records.evidences[b];
        const auto found = shared.find(std::minmax({first.number, second.number}));
        // Many evidences make many pairs; only those with something in common are told.
        if (found == shared.end() && records.evidences.size() > 4) continue;
        findings.push_back(measure_pair(records, context, first, second,
                                        found == shared.end() ? RowIndices{} : found->second,
                                        rows_of));
      }
    }
    return findings;
  }
};

}  // namespace

const Method& duplicates_method() {
  static const Duplicates kMethod;
  return kMethod;
}

}  // namespace assay::methods
