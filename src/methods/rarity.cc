// rarity: is it unusual that so few ask for this name? Against the other names of the vantage.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/many_tests.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr double kLevel = 0.01;
constexpr double kFewestBursts = 10;
constexpr double kFewestControls = 19;  // fewer cannot even reach 0.05
constexpr std::size_t kMostNames = 20;  // of the question, those with most bursts

constexpr char kControlsWanted[] =
    "The log of the same vantage and window for names that nobody disputes would give it: control "
    "names with about as many look-ups.";

// How one name is shared out, counted as OtherName is.
struct Shares {
  std::uint32_t name = 0;
  RowIndices rows;  // whose client is told
  double bursts = 0, top_two = 0, networks = 0, once = 0, twice = 0, for_addresses = 0;

  double score() const { return top_two / bursts; }
  bool is_for_addresses() const { return 2 * for_addresses >= bursts; }
};

using Network = std::array<std::uint8_t, 16>;
Network network_of(const IpAddress& address) {
  Network network = address.bytes;
  if (address.is_v4()) network[15] = 0;
  return network;
}

Shares shares_of(const QuestionRecords& records, std::uint32_t name, RowIndices rows) {
  constexpr std::uint16_t kA = 1, kAaaa = 28;
  Shares shares;
  shares.name = name;
  shares.rows = std::move(rows);
  std::map<Network, double> networks;
  for (const std::uint32_t index :
       burst_heads(records, shares.rows, group_by_address(records), kBurstSeconds)) {
    const LookupRow& row = records.rows[index];
    networks[network_of(records.hosts[row.client].address)] += 1;
    shares.bursts += 1;
    shares.for_addresses += row.qtype == kA || row.qtype == kAaaa;
  }
  std::vector<double> counts;
  for (const auto& [network, count] : networks) {
    counts.push_back(count);
    shares.once += count == 1;
    shares.twice += count == 2;
  }
  std::sort(counts.rbegin(), counts.rend());
  shares.networks = static_cast<double>(counts.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(2, counts.size()); ++i) {
    shares.top_two += counts[i];
  }
  return shares;
}

std::vector<Shares> names_asked(const QuestionRecords& records) {
  std::vector<RowIndices> rows(records.names.size());
  for (std::uint32_t i = 0; i < records.rows.size(); ++i) {
    const LookupRow& row = records.rows[i];
    if (records.is_target(row) && row.client != 0) rows[row.name].push_back(i);
  }
  std::vector<Shares> all;
  for (std::uint32_t name = 0; name < rows.size(); ++name) {
    if (!rows[name].empty()) all.push_back(shares_of(records, name, std::move(rows[name])));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Shares& a, const Shares& b) { return a.bursts > b.bursts; });
  if (all.size() > kMostNames) all.resize(kMostNames);
  return all;
}

// Names like it in volume, and where there are enough of them in type: bins that do not depend on
// how the name itself is shared out, without which the ranks would be no p values.
struct Controls {
  std::vector<double> scores;  // ascending
  std::string words;
};

Controls controls_for(const QuestionRecords& records, const Shares& name, double wanted) {
  const auto octave = [](double bursts) { return std::floor(std::log2(bursts)); };
  const double own = octave(name.bursts);
  const std::string low = count_text(std::exp2(own)), high = count_text(std::exp2(own + 1) - 1);
  Controls best;
  for (const bool is_by_type : {true, false}) {
    Controls controls;
    for (const OtherName& other : records.other_names) {
      if (other.bursts == 0 || octave(other.bursts) != own) continue;
      if (is_by_type && other.is_for_addresses != name.is_for_addresses()) continue;
      controls.scores.push_back(static_cast<double>(other.top_two) / other.bursts);
    }
    controls.words =
        fmt::format("with {} to {} bursts{}", low, high,
                    !is_by_type               ? ""
                    : name.is_for_addresses() ? ", mostly for addresses"
                                              : ", mostly for other types than addresses");
    best = std::move(controls);
    if (static_cast<double>(best.scores.size()) >= wanted) break;
  }
  std::sort(best.scores.begin(), best.scores.end());
  return best;
}

struct Tested {
  Shares shares;
  Controls controls;
  double p = 1, q = 1, e = 0, q_of_e = 1, holm = 1;
};

// Esty 1983, for askings that are independent of each other.
std::optional<Range> unseen_mass_range(const Shares& name) {
  const double n = name.bursts, share = name.once / n;
  const double variance = (share * (1 - share) + 2 * name.twice / n) / n;
  const double half = 1.96 * std::sqrt(variance);
  return Range{std::max(0.0, share - half), std::min(1.0, share + half)};
}

void add_shares(const Shares& name, Finding& finding) {
  add(finding, "bursts", name.bursts, "bursts");
  add(finding, "networks", name.networks, "networks");
  add(finding, "top_two_share", name.score());
  add(finding, "unseen_mass", name.once / name.bursts, "", unseen_mass_range(name),
      "95 % of Good-Turing's estimate (Esty 1983), as if bursts were independent");
  add(finding, "unseen_networks_at_least", name.once * (name.once - 1) / (2 * (name.twice + 1)),
      "networks");
}

Finding begin(const QuestionRecords& records, const MethodContext& context, const Shares& name) {
  const std::string text(display_name(records.names[name.name].canonical));
  Finding finding = make_finding(rarity_method(), records, context, text);
  finding.dedup_rule = fmt::format("{} of one address", bursts_rule(kBurstSeconds));
  finding.denominator = fmt::format("of the {} for {}", plural(name.bursts, "burst"), text);
  finding.selection =
      seal(records, name.rows, fmt::format("rows for {} whose client is told", text));
  finding.parameters["network"] = "IPv4 /24, IPv6 address";
  add_shares(name, finding);
  return finding;
}

void say_limits(const QuestionRecords& records, Finding& finding) {
  auto& says = finding.limitations;
  says.emplace_back(
      "A name that somebody brought is no random draw: whoever looks through many names for one "
      "that few ask for finds one. The p value holds for a name chosen without looking at who asks "
      "for it.");
  says.emplace_back(
      "Unusual is not secret: a new, internal, misspelt or retired name is asked for by few, too. "
      "The other names of the vantage are what its operator serves, not the Internet.");
  says.emplace_back(
      "Of networks that this vantage could not see nothing is estimated; clients of one public "
      "resolver are one network.");
  if (records.other_names_one_in > 1) {
    says.push_back(fmt::format("One in {} of the other names was drawn, by a hash of the name.",
                               records.other_names_one_in));
  }
  say_window(records, finding);
}

std::string top_text(const Shares& name, std::string_view words) {
  return fmt::format("Addresses of the two busiest networks stand in {} of the {} for {}",
                     share_text(name.score()), plural(name.bursts, "burst"), words);
}

Finding conclude(const QuestionRecords& records, const MethodContext& context, const Tested& one,
                 double tests) {
  Finding finding = begin(records, context, one.shares);
  const double controls = static_cast<double>(one.controls.scores.size());
  // A count, which rounding would else leave a hair below zero and print as -0.
  const double as_high = std::max(0.0, std::round(one.p * (controls + 1) - 1));
  const double needed = fewest_controls(tests, kLevel);
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
  finding.parameters["controls"] = "names " + one.controls.words;
  finding.parameters["threshold_of_e"] = fmt::format("{:g}", kLevel / tests);
  add(finding, "controls", controls, "names");
  add(finding, "controls_as_concentrated", as_high, "names");
  add(finding, "share_as_concentrated", as_high / controls, "", clopper_pearson(as_high, controls),
      "95 % Clopper-Pearson, as if names were independent");
  add(finding, "controls_median", quantile_of_sorted(one.controls.scores, 0.5));
  add(finding, "p", one.p);
  add(finding, "p_least", 1 / (controls + 1));
  add(finding, "q", one.q);
  add(finding, "p_holm", one.holm);
  add(finding, "e_value", one.e);
  add(finding, "q_of_e", one.q_of_e);
  add(finding, "looks", tests, "names");
  const bool is_found = one.q <= kLevel;
  finding.outcome = is_found             ? Outcome::found
                    : controls >= needed ? Outcome::nothing_found
                                         : Outcome::not_enough;
  finding.statement = fmt::format(
      "{} {}; of {} of this vantage {} {} {} as concentrated ({}; {} for the {} of the question "
      "that {} tested){}.",
      top_text(one.shares, finding.subject), window_text(records.window),
      plural(controls, "other name"), one.controls.words, count_text(as_high),
      as_high == 1 ? "is" : "are", probability_text(one.p), fmt::format("{:.3f} adjusted", one.q),
      plural(tests, "name"), tests == 1 ? "was" : "were",
      is_found ? ": that is unusual here"
      : controls >= needed
          ? ": that is not unusual here"
          : fmt::format(": {} would be needed to tell at {:g}", plural(needed, "control"), kLevel));
  finding.limitations.push_back(fmt::format(
      "Had it been found by a search through these {}, {} as concentrated would be met without "
      "anything behind them.",
      plural(controls, "name"), count_text(as_high)));
  if (finding.outcome == Outcome::not_enough) finding.limitations.emplace_back(kControlsWanted);
  say_limits(records, finding);
  return finding;
}

// A name without controls, or with too few bursts.
Finding decline(const QuestionRecords& records, const MethodContext& context, const Shares& name,
                double controls) {
  Finding finding = begin(records, context, name);
  add(finding, "controls", controls, "names");
  const bool is_alone = records.other_names.empty();
  finding.outcome = is_alone ? Outcome::not_applicable : Outcome::not_enough;
  std::string why;
  if (is_alone) {
    why =
        "these records hold no other name to hold it against, so whether that is unusual is not "
        "identifiable from them";
  } else if (name.bursts < kFewestBursts) {
    why = fmt::format("with fewer than {:g} bursts any name is asked for by few", kFewestBursts);
  } else {
    why =
        fmt::format("{} of this vantage {} like it in volume, {:g} are wanted",
                    plural(controls, "other name"), controls == 1 ? "is" : "are", kFewestControls);
  }
  finding.statement =
      fmt::format("{} {}; {}.", top_text(name, finding.subject), window_text(records.window), why);
  finding.limitations.emplace_back(kControlsWanted);
  say_limits(records, finding);
  return finding;
}

class Rarity : public Method {
 public:
  std::string_view name() const override { return "rarity"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "whether so few askers are unusual, against the other names of the vantage";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const std::vector<Shares> names = names_asked(records);
    if (names.empty()) return {nobody(records, context)};
    double enough = 0;
    for (const Shares& name : names) enough += name.bursts >= kFewestBursts;
    std::vector<Finding> findings;
    std::vector<Tested> tested;
    for (const Shares& name : names) {
      Controls controls = controls_for(records, name, fewest_controls(enough, kLevel));
      const double count = static_cast<double>(controls.scores.size());
      if (name.bursts < kFewestBursts || count < kFewestControls) {
        findings.push_back(decline(records, context, name, count));
      } else {
        tested.push_back({name, std::move(controls)});
      }
    }
    adjust(tested);
    for (const Tested& one : tested) {
      findings.push_back(conclude(records, context, one, static_cast<double>(tested.size())));
    }
    return findings;
  }

 private:
  static void adjust(std::vector<Tested>& tested) {
    const double threshold = kLevel / static_cast<double>(std::max<std::size_t>(1, tested.size()));
    std::vector<double> p, e;
    for (Tested& one : tested) {
      one.p = conformal_p(one.controls.scores, one.shares.score());
      one.e = all_or_nothing_e(one.p, threshold);
      p.push_back(one.p);
      e.push_back(one.e);
    }
    const std::vector<double> q = benjamini_hochberg(p), of_e = e_benjamini_hochberg(e),
                              family = holm(p);
    for (std::size_t i = 0; i < tested.size(); ++i) {
      tested[i].q = q[i];
      tested[i].q_of_e = of_e[i];
      tested[i].holm = family[i];
    }
  }

  Finding nobody(const QuestionRecords& records, const MethodContext& context) const {
    Finding finding = make_finding(*this, records, context, "");
    finding.outcome = Outcome::not_enough;
    finding.dedup_rule = bursts_rule(kBurstSeconds);
    finding.denominator = "of no burst";
    finding.selection = seal(records, {}, "no rows");
    finding.statement = fmt::format("No row with a client asks for {} {}.", target_text(records),
                                    window_text(records.window));
    return finding;
  }
};

}  // namespace

const Method& rarity_method() {
  static const Rarity kMethod;
  return kMethod;
}

}  // namespace assay::methods
