// tunnel_signs: do the names themselves look as if data were written into them?

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "methods/registry.h"
#include "methods/support/askers.h"
#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"

namespace assay::methods {
namespace {

constexpr double kMinNames = 50;        // below one name
constexpr double kMinShareNew = 0.5;    // of rows whose name was not asked before: a cache stops it
constexpr double kMinBytesOfName = 24;  // written below the name, on average
constexpr double kHeavyHitter = 0.7;    // bytes a second of new names, of the published detector
constexpr double kMinRows = 20;
constexpr std::size_t kMaxBases = 10;
constexpr std::int64_t kHourUs = 3600 * kMicrosPerSecond;

constexpr std::uint16_t kCname = 5, kNull = 10, kTxt = 16;
constexpr std::uint16_t kPrivate = 65399;  // the type that tunnels use beside NULL

// Everything that was asked below one name.
struct Below {
  std::string base;
  bool is_run_on = false;  // written before a suffix: it reaches the suffix's servers
  double rows = 0, carriers = 0, names = 0, bytes = 0, labels = 0, label_bytes = 0;
  double longest_label = 0, longest_name = 0, peak_bytes = 0;
  std::map<std::int64_t, double> bytes_of_hour;
  std::array<double, 256> letters{};

  double bytes_per_name() const { return names > 0 ? bytes / names : 0; }
  double share_new() const { return rows > 0 ? names / rows : 0; }
  double entropy_bits() const {
    double total = 0;
    for (const double count : letters) total += count;
    double bits = 0;
    for (const double count : letters) {
      if (count > 0) bits -= count / total * std::log2(count / total);
    }
    return bits;
  }
  bool looks_like_data() const {
    return names >= kMinNames && share_new() >= kMinShareNew && bytes_per_name() >= kMinBytesOfName;
  }
};

struct Place {
  std::string base;
  std::string_view written;  // what stands below it
  bool is_run_on = false;
};

Place place_of(const QuestionRecords& records, const NameInfo& name) {
  const std::string_view text = name.canonical;
  if (name.run_on_of >= 0) {
    const auto& target = records.names[static_cast<std::size_t>(name.run_on_of)].canonical;
    const std::size_t at = std::min(target.size() + 1, text.size());
    const std::string_view suffix = text.substr(at);
    const auto labels = labels_of(suffix);
    // Of a suffix the two last labels stand for the zone that is asked.
    std::size_t kept = 0;
    for (std::size_t i = labels.size() > 2 ? labels.size() - 2 : 0; i < labels.size(); ++i) {
      kept += labels[i].size() + 1;
    }
    const std::size_t base_bytes = kept > 0 ? std::min(kept - 1, suffix.size()) : 0;
    return {std::string(suffix.substr(suffix.size() - base_bytes)),
            suffix.substr(0, suffix.size() - base_bytes), true};
  }
  Place place{name.canonical, {}, false};
  for (const NamePattern& pattern : records.patterns) {
    if (!pattern.is_wildcard() || !is_within(text, pattern.base())) continue;
    if (place.base.size() <= pattern.base().size() && place.base != name.canonical) continue;
    place.base = pattern.base();
    place.written = text.substr(0, text.size() - pattern.base().size());
  }
  return place;
}

void count_name(std::string_view written, std::int64_t time_us, std::size_t whole, Below& below) {
  below.names += 1;
  below.longest_name = std::max(below.longest_name, static_cast<double>(whole));
  double bytes = 0;
  for (const std::string_view label : labels_of(written)) {
    if (label.empty()) continue;
    const auto length = static_cast<double>(label.size());
    bytes += length;
    below.labels += 1;
    below.label_bytes += length;
    below.longest_label = std::max(below.longest_label, length);
    for (const char letter : label) below.letters[static_cast<unsigned char>(letter)] += 1;
  }
  below.bytes += bytes;
  double& hour = below.bytes_of_hour[time_us / kHourUs];
  hour += bytes;
  below.peak_bytes = std::max(below.peak_bytes, hour);
}

// Most new bytes first.
std::vector<Below> collect(const QuestionRecords& records, const RowIndices& rows) {
  std::map<std::pair<std::string, bool>, Below> found;
  std::vector<Below*> of_name(records.names.size(), nullptr);
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    const NameInfo& name = records.names[row.name];
    if (of_name[row.name] == nullptr) {
      const Place place = place_of(records, name);
      Below& below = found[{place.base, place.is_run_on}];
      below.base = place.base;
      below.is_run_on = place.is_run_on;
      of_name[row.name] = &below;
      count_name(place.written, row.time_us, name.canonical.size(), below);
    }
    Below& below = *of_name[row.name];
    below.rows += 1;
    below.carriers +=
        row.qtype == kTxt || row.qtype == kNull || row.qtype == kCname || row.qtype == kPrivate ? 1
                                                                                                : 0;
  }
  std::vector<Below> all;
  for (auto& [key, below] : found) all.push_back(std::move(below));
  std::stable_sort(all.begin(), all.end(),
                   [](const Below& a, const Below& b) { return a.bytes > b.bytes; });
  return all;
}

void add_table(const std::vector<Below>& all, double days, Finding& finding) {
  Table table{"below_each_name",
              {"rows", "names", "share_new", "bytes", "bytes_per_day", "bytes_per_name",
               "entropy_bits_per_letter", "peak_hour_bytes_per_second", "share_txt_null_cname"},
              {},
              {}};
  for (std::size_t i = 0; i < std::min(all.size(), kMaxBases); ++i) {
    const Below& below = all[i];
    table.row_labels.push_back(below.is_run_on ? below.base + " (run-on)"
                                               : std::string(display_name(below.base)));
    table.rows.push_back({below.rows, below.names, below.share_new(), below.bytes,
                          days > 0 ? below.bytes / days : 0, below.bytes_per_name(),
                          below.entropy_bits(), below.peak_bytes / 3600,
                          below.rows > 0 ? below.carriers / below.rows : 0});
  }
  finding.tables.push_back(std::move(table));
}

void add_numbers(const Below& below, double days, Finding& finding) {
  add(finding, "rows_below_name", below.rows, "rows");
  add(finding, "names_below", below.names, "names");
  add(finding, "share_new_names", below.share_new());
  add(finding, "label_bytes_mean", below.labels > 0 ? below.label_bytes / below.labels : 0,
      "bytes");
  add(finding, "label_bytes_max", below.longest_label, "bytes");
  add(finding, "name_bytes_max", below.longest_name, "bytes");
  add(finding, "bytes_per_name_mean", below.bytes_per_name(), "bytes");
  add(finding, "entropy_bits_per_letter", below.entropy_bits(), "bits");
  add(finding, "share_txt_null_cname", below.carriers / below.rows);
  if (days > 0) add(finding, "new_name_bytes_per_day", below.bytes / days, "bytes per day");
  add(finding, "new_name_bytes_per_second_peak_hour", below.peak_bytes / 3600, "bytes per s");
  add(finding, "is_heavy_hitter", below.peak_bytes / 3600 >= kHeavyHitter ? 1 : 0);
  finding.parameters["below"] = std::string(display_name(below.base));
}

void say_missing(const QuestionRecords& records, Finding& finding) {
  double foreign = 0;
  for (const BackgroundHour& hour : records.background) {
    foreign += static_cast<double>(hour.other_rows);
  }
  const bool has_wildcard =
      std::any_of(records.patterns.begin(), records.patterns.end(),
                  [](const NamePattern& pattern) { return pattern.is_wildcard(); });
  if (!has_wildcard) {
    finding.limitations.push_back(fmt::format(
        "The question names single names, so look-ups of other names below the same zone are not "
        "looked at{}; a question about *.ZONE, over the logs of the zone's servers, would show "
        "them.",
        foreign > 0
            ? fmt::format(", though these files hold {} about other names", plural(foreign, "row"))
            : ""));
  }
  finding.limitations.emplace_back(
      "Capitals of names (0x20), EDNS, message ids and ports can carry bits too and are not in "
      "this; times can as well, see capacity.");
  finding.limitations.emplace_back(
      "Answers are not looked at: a tunnel carries most of what comes back in TXT, NULL, CNAME or "
      "address records.");
}

// Whether any data could stand in names and types at all.
bool is_constant(const QuestionRecords& records, const RowIndices& rows) {
  const LookupRow& first = records.rows[rows.front()];
  return std::all_of(rows.begin(), rows.end(), [&](std::uint32_t index) {
    const LookupRow& row = records.rows[index];
    return row.name == first.name && row.qtype == first.qtype;
  });
}

void conclude(const QuestionRecords& records, const std::string& who, const RowIndices& rows,
              const Below& below, Finding& finding) {
  const auto n = static_cast<double>(rows.size());
  const LookupRow& first = records.rows[rows.front()];
  const bool can_carry = !is_constant(records, rows);
  add(finding, "can_names_carry", can_carry ? 1 : 0);
  if (!can_carry) {
    finding.outcome = Outcome::nothing_found;
    finding.statement = fmt::format(
        "All {} of {} {} ask for {}{}: a name and a type that never change carry nothing, so a "
        "tunnel in names is impossible in these records.",
        plural(n, "row"), who, window_text(records.window),
        display_name(records.names[first.name].canonical),
        first.qtype == kNoQtype ? ", of types that the record does not tell"
                                : fmt::format(", type {}", qtype_text(first.qtype)));
    if (first.qtype == kNoQtype) {
      finding.limitations.emplace_back("The record does not tell types, which could have varied.");
    }
    return;
  }
  const std::string numbers = fmt::format(
      "below {} {} asked for {} in {} {}, {} of rows for a name not asked before, {} bytes a name, "
      "{} of TXT, NULL or CNAME",
      display_name(below.base), who, plural(below.names, "name"), plural(below.rows, "row"),
      window_text(records.window), share_text(below.share_new()),
      number_text(below.bytes_per_name()), share_text(below.carriers / below.rows));
  if (n < kMinRows) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format("Too few rows to judge how names vary: {}.", numbers);
    return;
  }
  finding.outcome = below.looks_like_data() ? Outcome::found : Outcome::nothing_found;
  finding.statement =
      below.looks_like_data()
          ? fmt::format("Names look as if data were written into them: {}.", numbers)
          : fmt::format("Names do not look as if data were written into them: {}.", numbers);
  if (!below.looks_like_data()) return;
  finding.limitations.emplace_back(
      "Look-ups of hashes by virus scanners, block lists, measurement and content networks write "
      "data into names for their own ends and look the same.");
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, const RowIndices& rows) {
  Finding finding = make_finding(tunnel_signs_method(), records, context, subject);
  const std::string who = who_text(subject);
  const auto n = static_cast<double>(rows.size());
  finding.dedup_rule = kRawRows;
  finding.denominator = fmt::format("of {} of {}, run-on names included", plural(n, "row"), who);
  finding.selection = seal(records, rows, fmt::format("rows of {}, run-on names included", who));
  finding.parameters["min_names"] = fmt::format("{:g}", kMinNames);
  finding.parameters["min_share_new"] = fmt::format("{:g}", kMinShareNew);
  finding.parameters["min_bytes_of_name"] = fmt::format("{:g}", kMinBytesOfName);
  finding.parameters["heavy_hitter_bytes_per_second"] = fmt::format("{:g}", kHeavyHitter);
  add(finding, "rows", n, "rows");
  say_missing(records, finding);
  if (rows.empty()) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format("No row of {} for {} {}, so there are no names to look at.",
                                    who, target_text(records), window_text(records.window));
    return finding;
  }
  const ObservedTime observed = ObservedTime::of(records);
  const auto all = collect(records, rows);
  add_numbers(all.front(), observed.days(), finding);
  add_table(all, observed.days(), finding);
  conclude(records, who, rows, all.front(), finding);
  say_observed(records, observed, finding);
  say_window(records, finding);
  return finding;
}

class TunnelSigns : public Method {
 public:
  std::string_view name() const override { return "tunnel_signs"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "whether names look as if data were written into them, or could not carry any";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    RowIndices all;
    for (std::uint32_t i = 0; i < records.rows.size(); ++i) all.push_back(i);
    std::vector<Finding> findings{measure(records, context, "", all)};
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(
          measure(records, context, group->subject, rows_with_run_on(records, *group)));
    }
    return findings;
  }
};

}  // namespace

const Method& tunnel_signs_method() {
  static const TunnelSigns kMethod;
  return kMethod;
}

}  // namespace assay::methods
