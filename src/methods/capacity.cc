// capacity: at most how many bits these look-ups could have carried. A bound, never evidence.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "methods/registry.h"
#include "methods/support/cache_shape.h"
#include "methods/support/code_length.h"
#include "methods/support/dedup.h"
#include "methods/support/gap_series.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"

namespace assay::methods {
namespace {

// A code written for one set of records can undercut the message by c bits for at most one message
// in 2^c (Kraft); 20 is one in a million.
constexpr double kMarginBits = 20;
constexpr double kBitsOfSlot = 2;    // which of the ways to write the times
constexpr double kBitsOfChoice = 1;  // which of the ways to write names and types
constexpr double kBitsOfByte = 8;
constexpr double kSecondsOfCentury = 3.2e9;
constexpr double kIdBits = 16;
constexpr double kPortBits = 16;
constexpr double kCoarse[] = {60, 300};

// The times of the rows, counted in slots as wide as the finest stamp.
struct Slots {
  double seconds = 1;
  double count = 1;
  double header_bits = 0;  // for a window that nobody stated
  std::vector<std::int64_t> at;
};

Slots slots_of(const QuestionRecords& records, const RowIndices& rows, double at_least_seconds) {
  Slots slots;
  std::uint32_t finest = 0xffffffff;
  Interval window = records.window;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    finest = std::min(finest, std::max(row.width_us, 1u));
    window.begin_us = std::min(window.begin_us, row.time_us);
    window.end_us = std::max(window.end_us, row.time_us + 1);
  }
  const auto width = std::max(static_cast<std::int64_t>(finest),
                              static_cast<std::int64_t>(at_least_seconds * kMicrosPerSecond));
  slots.seconds = static_cast<double>(width) / kMicrosPerSecond;
  slots.count = static_cast<double>((window.length_us() + width - 1) / width);
  if (!records.window_is_stated)
    slots.header_bits = 2 * std::log2(kSecondsOfCentury / slots.seconds);
  for (const std::uint32_t index : rows) {
    slots.at.push_back((records.rows[index].time_us - window.begin_us) / width);
  }
  return slots;
}

struct Timing {
  double plain_bits = 0;
  double gap_code_bits = 0;
  double cache_bits = 0;  // 0 = no TTL is known or stands out
  double caches = 0;
  double best() const {
    const double best = std::min(plain_bits, gap_code_bits);
    return caches > 0 ? std::min(best, cache_bits) : best;
  }
  bool is_by_cache() const { return caches > 0 && cache_bits <= best(); }
};

// The first row of every burst as the refresh of a cache; the sizes of the bursts and the places of
// further rows inside them are written beside it.
void add_cache(const Slots& slots, double ttl, double tolerance, double burst_gap, Timing& timing) {
  const auto within = static_cast<std::int64_t>(burst_gap / slots.seconds);
  std::vector<std::int64_t> heads;
  for (std::size_t i = 0; i < slots.at.size(); ++i) {
    if (i == 0 || slots.at[i] - slots.at[i - 1] > within) heads.push_back(slots.at[i]);
  }
  const auto placed = cached_placings(heads, slots.count,
                                      static_cast<std::int64_t>((ttl - tolerance) / slots.seconds));
  if (!placed) return;
  const auto n = static_cast<double>(slots.at.size());
  const auto bursts = static_cast<double>(heads.size());
  timing.caches = placed->caches;
  timing.cache_bits = placed->bits + integer_bits(ttl) + integer_bits(bursts) +
                      log2_choose(n - 1, bursts - 1) +
                      (n - bursts) * std::log2(static_cast<double>(within) + 1);
}

Timing timing_of(const Slots& slots, const Ttl& ttl, double tolerance) {
  Timing timing;
  const auto n = static_cast<double>(slots.at.size());
  timing.plain_bits = log2_placings(slots.count, n);
  AdaptiveCode code;
  std::int64_t before = 0;
  for (const std::int64_t at : slots.at) {
    timing.gap_code_bits += code.bits_of(static_cast<std::uint64_t>(std::max(at - before, {})));
    before = at;
  }
  if (ttl.seconds > tolerance) add_cache(slots, ttl.seconds, tolerance, burst_gap_for(ttl), timing);
  return timing;
}

// What it costs to spell this name for somebody who knows the question.
double spelling_bits(const QuestionRecords& records, const std::string& name) {
  double bits = kBitsOfByte * (static_cast<double>(name.size()) + 1);
  for (const NamePattern& pattern : records.patterns) {
    if (!pattern.is_wildcard() && name == pattern.base()) bits = 0;
    if (pattern.is_wildcard() && is_within(name, pattern.base())) {
      bits = std::min(bits, kBitsOfByte * static_cast<double>(name.size() - pattern.base().size()));
    }
  }
  return bits + std::log2(static_cast<double>(records.patterns.size()) + 1);
}

struct Storage {
  double names = 0, types = 0, clients = 0, servers = 0;
  double spelled_bits = 0;  // the alphabets themselves
  double plain_bits = 0, code_bits = 0;
  double best() const { return spelled_bits + std::min(plain_bits, code_bits) + kBitsOfChoice; }
};

Storage storage_of(const QuestionRecords& records, const RowIndices& rows) {
  std::set<std::uint32_t> names, clients, servers;
  std::set<std::uint16_t> types;
  std::map<std::tuple<std::uint32_t, std::uint16_t, std::uint32_t>, std::uint32_t> numbers;
  std::vector<std::uint32_t> symbols;
  symbols.reserve(rows.size());
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    names.insert(row.name);
    types.insert(row.qtype);
    clients.insert(row.client);
    servers.insert(row.server);
    const auto next = static_cast<std::uint32_t>(numbers.size());
    symbols.push_back(numbers.try_emplace({row.name, row.qtype, row.client}, next).first->second);
  }
  Storage storage;
  storage.names = static_cast<double>(names.size());
  storage.types = static_cast<double>(types.size());
  storage.clients = static_cast<double>(clients.size());
  storage.servers = static_cast<double>(servers.size());
  for (const std::uint32_t name : names) {
    storage.spelled_bits += spelling_bits(records, records.names[name].canonical);
  }
  for (const std::uint32_t client : clients) {
    storage.spelled_bits += records.hosts[client].address.is_v4() ? 32 : 128;
  }
  storage.spelled_bits += 16 * storage.types + integer_bits(storage.names) +
                          integer_bits(storage.types) + integer_bits(storage.clients);
  const double alphabet = storage.names * storage.types * storage.clients;
  storage.plain_bits = static_cast<double>(rows.size()) * std::log2(std::max(alphabet, 1.0));
  storage.code_bits = adaptive_symbol_bits(symbols, alphabet);
  return storage;
}

// What other fields of the same packets could add, told or not; none of it is in the bound.
void add_fields(const QuestionRecords& records, const RowIndices& rows, Finding& finding) {
  double ids = 0, ports = 0, edns = 0, letters = 0;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    ids += row.id != 0 ? 1 : 0;
    ports += row.client_port != 0 ? 1 : 0;
    edns += (row.flags & kEdns) != 0 ? 1 : 0;
    const std::string& name = records.names[row.name].canonical;
    letters += static_cast<double>(
        std::count_if(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; }));
  }
  const auto n = static_cast<double>(rows.size());
  add(finding, "bits_more_in_message_id", kIdBits * n, "bits");
  add(finding, "bits_more_in_port", kPortBits * n, "bits");
  add(finding, "bits_more_in_letter_case", letters, "bits");
  std::vector<std::string> missing;
  if (ids == 0) missing.emplace_back("the message id");
  if (ports == 0) missing.emplace_back("the source port");
  missing.emplace_back("which letters were capitals (0x20)");
  missing.emplace_back(edns > 0 ? "what stood in EDNS" : "whether and what stood in EDNS");
  finding.parameters["fields_not_recorded"] = fmt::format("{}", fmt::join(missing, ", "));
  finding.parameters["fields_recorded_beyond_the_bound"] = ids > 0 && ports > 0
                                                               ? "message id, source port"
                                                           : ids > 0   ? "message id"
                                                           : ports > 0 ? "source port"
                                                                       : "none";
  finding.limitations.push_back(fmt::format(
      "Bounded only for name, type, asking address and time as recorded. Not recorded: {}. An id "
      "and a port could each carry up to 16 bits a row more, capitals one bit a letter, EDNS has "
      "no small bound; behind a resolver it is the resolver that sets them.",
      finding.parameters["fields_not_recorded"]));
}

void add_coarse(const QuestionRecords& records, const RowIndices& rows, const Ttl& ttl,
                double tolerance, double finest, double days, Finding& finding) {
  Table table{"bits_by_clock",
              {"clock_seconds", "bits_without_cache", "bits_least", "bytes_per_day"},
              {},
              {}};
  const auto line = [&](double at_least) {
    const Slots slots = slots_of(records, rows, at_least);
    // Stamps of a minute blur what the cache closes by a minute more.
    const Timing timing = timing_of(slots, ttl, std::max(tolerance, slots.seconds));
    table.row_labels.push_back(fmt::format("clock of {:g} s", slots.seconds));
    table.rows.push_back({slots.seconds, timing.plain_bits, timing.best(),
                          days > 0 ? timing.best() / kBitsOfByte / days : 0});
  };
  line(0);
  for (const double seconds : kCoarse) {
    if (seconds > finest) line(seconds);
  }
  finding.tables.push_back(std::move(table));
}

struct Settled {
  Ttl ttl;
  double tolerance = 1;
};

Settled settle_ttl(const QuestionRecords& records, const MethodContext& context,
                   const RowIndices& rows) {
  Settled settled;
  auto all = split_series(records, rows);
  if (all.empty()) return settled;
  GapSeries& series = all.front();
  settled.ttl = known_ttl(records, context, series.rows);
  measure_gaps(records, true, burst_gap_for(settled.ttl), settled.ttl.seconds, series);
  settled.tolerance = series.tolerance_seconds;
  if (settled.ttl.seconds > 0) return settled;
  std::vector<double> gaps;
  for (const Gap& gap : series.gaps) gaps.push_back(gap.seconds);
  std::sort(gaps.begin(), gaps.end());
  settled.ttl.seconds = estimate_ttl(gaps, series.tolerance_seconds, kBurstSeconds);
  if (settled.ttl.seconds > 0) settled.ttl.source = TtlSource::estimated;
  return settled;
}

std::string cache_words(const Timing& timing, const Ttl& ttl) {
  if (!timing.is_by_cache()) return "";
  return fmt::format(" (their times written as refreshes of {} with a TTL of {}, {})",
                     plural(timing.caches, "cache"), duration_text(ttl.seconds),
                     to_string(ttl.source));
}

void fill_in(const QuestionRecords& records, const MethodContext& context, const std::string& who,
             const RowIndices& rows, Finding& finding) {
  const Settled settled = settle_ttl(records, context, rows);
  const Slots slots = slots_of(records, rows, 0);
  const Timing timing = timing_of(slots, settled.ttl, settled.tolerance);
  const Storage storage = storage_of(records, rows);
  const auto n = static_cast<double>(rows.size());
  const ObservedTime observed = ObservedTime::of(records);
  const double days = observed.days();
  const double bits = std::ceil(kMarginBits + slots.header_bits + integer_bits(n) + kBitsOfSlot +
                                timing.best() + storage.best());
  add(finding, "bits_at_most", bits, "bits");
  add(finding, "bits_per_row_at_most", bits / n, "bits");
  if (days > 0) add(finding, "bytes_per_day_at_most", bits / kBitsOfByte / days, "bytes per day");
  add(finding, "bits_timing_without_cache", timing.plain_bits, "bits");
  if (timing.caches > 0) {
    add(finding, "bits_timing_through_cache", timing.cache_bits, "bits");
    add(finding, "caches_assumed", timing.caches, "caches");
  }
  add(finding, "bits_timing_by_gap_code", timing.gap_code_bits, "bits");
  add(finding, "bits_names_types_addresses", storage.best(), "bits");
  add(finding, "names", storage.names, "names");
  add(finding, "types", storage.types, "types");
  add(finding, "addresses", storage.clients, "addresses");
  add(finding, "bits_more_in_choice_of_server", n * std::log2(std::max(storage.servers, 1.0)),
      "bits");
  add(finding, "clock_seconds", slots.seconds, "s");
  finding.parameters["clock_seconds"] = fmt::format("{:g}", slots.seconds);
  finding.parameters["ttl_seconds"] = fmt::format("{:g}", settled.ttl.seconds);
  finding.parameters["ttl_source"] = to_string(settled.ttl.source);
  finding.parameters["margin_bits"] = fmt::format("{:g}", kMarginBits);
  add_fields(records, rows, finding);
  add_coarse(records, rows, settled.ttl, settled.tolerance, slots.seconds, days, finding);
  say_observed(records, observed, finding);
  finding.statement = fmt::format(
      "The {} of {} for {} {} could by name, type, asking address and time have carried at most {} "
      "bits{}{}; that is a bound on what is possible and no sign that anything was carried.",
      plural(n, "row"), who, target_text(records), window_text(records.window), count_text(bits),
      days > 0 ? fmt::format(", {} bytes a day", number_text(bits / kBitsOfByte / days)) : "",
      cache_words(timing, settled.ttl));
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, const RowIndices& rows) {
  Finding finding = make_finding(capacity_method(), records, context, subject);
  const std::string who = who_text(subject);
  finding.dedup_rule = kRawRows;
  finding.denominator = fmt::format("of {} of {}, run-on names included",
                                    plural(static_cast<double>(rows.size()), "row"), who);
  finding.selection = seal(records, rows, fmt::format("rows of {}, run-on names included", who));
  add(finding, "rows", static_cast<double>(rows.size()), "rows");
  if (rows.empty()) {
    finding.outcome = Outcome::nothing_found;
    finding.statement =
        fmt::format("No row of {} for {} {}, so nothing of theirs could have been carried here.",
                    who, target_text(records), window_text(records.window));
    return finding;
  }
  finding.outcome = Outcome::measured;
  fill_in(records, context, who, rows, finding);
  finding.limitations.emplace_back(
      "A bound is no evidence. Every series of look-ups has one, and what a timer or a cache makes "
      "could in principle have been chosen.");
  finding.limitations.emplace_back(
      "One way only, from who asks to who sees the questions. What answers carried back, and what "
      "a connection carried that followed a look-up, is not bounded here.");
  finding.limitations.push_back(fmt::format(
      "The clock of the record is {:g} s. Whoever saw the questions by a clock ten times finer "
      "could have read up to 3.3 bits a row more.",
      finding.value_or("clock_seconds", 1)));
  finding.limitations.emplace_back(
      "A resolver chooses which server it asks, so the choice of server is left out; an asker that "
      "is its own resolver could have used it.");
  say_window(records, finding);
  return finding;
}

class Capacity : public Method {
 public:
  std::string_view name() const override { return "capacity"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "upper bound on the bits that look-ups could have carried, by name, type and timing";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings;
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(
          measure(records, context, group->subject, rows_with_run_on(records, *group)));
    }
    if (findings.empty()) findings.push_back(measure(records, context, kOther, {}));
    return findings;
  }
};

}  // namespace

const Method& capacity_method() {
  static const Capacity kMethod;
  return kMethod;
}

}  // namespace assay::methods
