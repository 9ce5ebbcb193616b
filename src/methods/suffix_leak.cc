// suffix_leak: run-on names, a name of the question followed by a search suffix, and whether the
// look-up of the name itself had just failed.

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr double kWithinSeconds = 10;  // a stub tries its suffixes at once, or after a time-out
constexpr std::size_t kMaxNames = 20;
constexpr std::uint16_t kNoError = 0;

struct Leak {
  std::uint32_t name = 0;
  RowIndices rows;
  std::string suffix;
  int suffix_party = -1;
  double after_base = 0;         // the same party asked the base at most 10 s before
  double after_failed_base = 0;  // and the answer was an error
  double with_rcode = 0;         // and the answer was recorded
  std::vector<std::uint32_t> clients;
};

// What a search list leaves: its suffix is known, or most rows follow the name itself in seconds.
bool is_like_a_search_list(const Leak& leak) {
  return leak.suffix_party >= 0 || leak.after_base > 0.5 * static_cast<double>(leak.rows.size());
}

// Whose search list holds this suffix; -1 = nobody's that was stated.
int party_of_suffix(const MethodContext& context, const std::string& suffix) {
  const auto& parties = context.case_file->parties;
  for (std::size_t p = 0; p < parties.size(); ++p) {
    for (const std::string& known : parties[p].suffixes) {
      if (known == suffix) return static_cast<int>(p);
    }
  }
  return -1;
}

// A client's base look-ups are found again by party, since a stub may ask another resolver next.
struct LastBase {
  std::int64_t time_us = 0;
  std::uint16_t rcode = kNoRcode;
};

std::map<std::uint32_t, Leak> collect(const QuestionRecords& records,
                                      const MethodContext& context) {
  const BurstGroups groups = group_by_party(records);
  std::map<std::pair<std::uint32_t, std::uint32_t>, LastBase> last;  // (group, base name)
  std::map<std::uint32_t, Leak> leaks;
  for (std::uint32_t i = 0; i < records.rows.size(); ++i) {
    const LookupRow& row = records.rows[i];
    const NameInfo& name = records.names[row.name];
    const std::uint32_t group = groups.group_of_host[row.client];
    if (name.is_target) last[{group, row.name}] = {row.time_us, row.rcode};
    if (name.run_on_of < 0) continue;
    const auto base = static_cast<std::uint32_t>(name.run_on_of);
    Leak& leak = leaks[row.name];
    if (leak.rows.empty()) {
      leak.name = row.name;
      const std::size_t base_length = records.names[base].canonical.size();
      leak.suffix = name.canonical.substr(std::min(base_length + 1, name.canonical.size()));
      leak.suffix_party = party_of_suffix(context, leak.suffix);
    }
    leak.rows.push_back(i);
    if (std::find(leak.clients.begin(), leak.clients.end(), row.client) == leak.clients.end()) {
      leak.clients.push_back(row.client);
    }
    const auto before = last.find({group, base});
    if (before == last.end() ||
        row.time_us - before->second.time_us > kWithinSeconds * kMicrosPerSecond) {
      continue;
    }
    leak.after_base += 1;
    if (before->second.rcode == kNoRcode) continue;
    leak.with_rcode += 1;
    leak.after_failed_base += before->second.rcode != kNoError ? 1 : 0;
  }
  return leaks;
}

void add_rows(const QuestionRecords& records, const RowIndices& rows, Finding& finding) {
  const LookupRow& first = records.rows[rows.front()];
  const LookupRow& last = records.rows[rows.back()];
  finding.parameters["first"] = format_instant({first.time_us, first.width_us});
  finding.parameters["last"] = format_instant({last.time_us, last.width_us});
  finding.parameters["within_seconds"] = fmt::format("{:g}", kWithinSeconds);
  add(finding, "rows", static_cast<double>(rows.size()), "rows");
  add(finding, "span_seconds", static_cast<double>(last.time_us - first.time_us) / kMicrosPerSecond,
      "s");
}

void add_base(double rows, double after_base, double after_failed, double with_rcode,
              Finding& finding) {
  add(finding, "rows_after_base", after_base, "rows");
  add(finding, "share_after_base", after_base / rows);
  if (with_rcode == 0) {
    finding.limitations.emplace_back(
        "The record does not tell whether the look-up of the name itself had failed; a stub tries "
        "its suffixes only then (or before, with few dots in the name).");
    return;
  }
  add(finding, "rows_after_failed_base", after_failed, "rows");
  add(finding, "share_after_failed_base", after_failed / rows);
}

Finding measure_name(const QuestionRecords& records, const MethodContext& context,
                     const Leak& leak) {
  const std::string name{display_name(records.names[leak.name].canonical)};
  Finding finding = make_finding(suffix_leak_method(), records, context, name);
  finding.outcome = Outcome::found;
  finding.dedup_rule = kRawRows;
  finding.denominator =
      fmt::format("of {} for {}", plural(static_cast<double>(leak.rows.size()), "row"), name);
  finding.selection = seal(records, leak.rows, fmt::format("rows for {}", name));
  add_rows(records, leak.rows, finding);
  add(finding, "askers", static_cast<double>(leak.clients.size()), "addresses");
  add(finding, "rows_known_suffix",
      leak.suffix_party >= 0 ? static_cast<double>(leak.rows.size()) : 0.0, "rows");
  add_base(static_cast<double>(leak.rows.size()), leak.after_base, leak.after_failed_base,
           leak.with_rcode, finding);
  finding.parameters["suffix"] = leak.suffix;
  const std::string owner = leak.suffix_party >= 0 ? party_name(context, leak.suffix_party) : "";
  finding.parameters["suffix_party"] = owner;
  finding.statement = fmt::format(
      "{} for {} from {} to {}: the name of the question with the suffix {}{}; {} of them within "
      "{:g} s after a look-up of the name itself{}. {}",
      plural(static_cast<double>(leak.rows.size()), "row"), name, finding.parameters["first"],
      finding.parameters["last"], leak.suffix,
      owner.empty() ? ", which is in no stated search list"
                    : fmt::format(", which is in the search list of {}", owner),
      count_text(leak.after_base), kWithinSeconds,
      leak.with_rcode > 0
          ? fmt::format(", {} after one that failed", count_text(leak.after_failed_base))
          : "",
      is_like_a_search_list(leak) ? "A stub that tries its search list explains it."
                                  : "Neither the suffix nor the order shows a stub's search list; "
                                    "what made it stays open.");
  return finding;
}

Finding measure_all(const QuestionRecords& records, const MethodContext& context,
                    const std::map<std::uint32_t, Leak>& leaks) {
  Finding finding = make_finding(suffix_leak_method(), records, context, "");
  finding.dedup_rule = kRawRows;
  RowIndices rows;
  std::vector<std::uint32_t> clients;
  double after_base = 0, after_failed = 0, with_rcode = 0, known = 0;
  for (const auto& [name, leak] : leaks) {
    rows.insert(rows.end(), leak.rows.begin(), leak.rows.end());
    clients.insert(clients.end(), leak.clients.begin(), leak.clients.end());
    after_base += leak.after_base;
    after_failed += leak.after_failed_base;
    with_rcode += leak.with_rcode;
    known += leak.suffix_party >= 0 ? static_cast<double>(leak.rows.size()) : 0;
  }
  std::sort(rows.begin(), rows.end());
  std::sort(clients.begin(), clients.end());
  clients.erase(std::unique(clients.begin(), clients.end()), clients.end());
  finding.selection = seal(records, rows, "rows for run-on names");
  finding.denominator = fmt::format("of {} for names of the question and run-on names",
                                    plural(static_cast<double>(records.rows.size()), "row"));
  add(finding, "names", static_cast<double>(leaks.size()), "names");
  if (rows.empty()) {
    add(finding, "rows", 0, "rows");
    finding.outcome = records.rows.empty() ? Outcome::not_enough : Outcome::nothing_found;
    finding.statement = fmt::format("No name that runs on from {} was asked {}.",
                                    target_text(records), window_text(records.window));
    finding.limitations.emplace_back(
        "Run-on names are asked of the suffix's zone; this vantage sees them only when it serves "
        "that zone too or records all that a resolver asks.");
    return finding;
  }
  finding.outcome = Outcome::found;
  add_rows(records, rows, finding);
  add(finding, "askers", static_cast<double>(clients.size()), "addresses");
  add(finding, "rows_known_suffix", known, "rows");
  add_base(static_cast<double>(rows.size()), after_base, after_failed, with_rcode, finding);
  finding.statement = fmt::format(
      "{} that {} on from {} {} asked in {} from {} to {}, by {}; {} within {:g} s after a look-up "
      "of the name itself.",
      plural(static_cast<double>(leaks.size()), "name"), leaks.size() == 1 ? "runs" : "run",
      target_text(records), leaks.size() == 1 ? "was" : "were",
      plural(static_cast<double>(rows.size()), "row"), finding.parameters["first"],
      finding.parameters["last"],
      clients.size() == 1 ? "1 address" : fmt::format("{} addresses", clients.size()),
      count_text(after_base), kWithinSeconds);
  return finding;
}

class SuffixLeak : public Method {
 public:
  std::string_view name() const override { return "suffix_leak"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "run-on names that a stub's search list makes after a failed look-up";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const auto leaks = collect(records, context);
    std::vector<Finding> findings{measure_all(records, context, leaks)};
    std::vector<const Leak*> by_rows;
    for (const auto& [name, leak] : leaks) by_rows.push_back(&leak);
    std::sort(by_rows.begin(), by_rows.end(), [&records](const Leak* a, const Leak* b) {
      if (a->rows.size() != b->rows.size()) return a->rows.size() > b->rows.size();
      return records.names[a->name].canonical < records.names[b->name].canonical;
    });
    for (std::size_t i = 0; i < std::min(by_rows.size(), kMaxNames); ++i) {
      findings.push_back(measure_name(records, context, *by_rows[i]));
    }
    if (by_rows.size() > kMaxNames) {
      findings.front().limitations.push_back(
          fmt::format("Only the {} most asked names are listed one by one.", kMaxNames));
    }
    return findings;
  }
};

}  // namespace

const Method& suffix_leak_method() {
  static const SuffixLeak kMethod;
  return kMethod;
}

}  // namespace assay::methods
