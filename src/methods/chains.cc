// chains: kinds of look-up of one asker that follow each other within seconds, as mail servers ask
// them; and first of all which kinds these records can show.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "methods/registry.h"
#include "methods/support/askers.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr double kWithin = 10;  // seconds between the steps of one session
constexpr double kWide = 60;    // of a slow one
constexpr double kMinTogether = 10;
constexpr double kLevel = 0.01;
constexpr int kShifts = 199;
constexpr double kFirstShift = 90;  // seconds: beyond a slow session
constexpr double kLastShift = 900;  // longer ones would leave the hours in which anybody asks
constexpr double kTimesChance = 2;  // as often at least
constexpr std::size_t kMaxPatterns = 12;

// The steps of mail's look-ups, in the order of a receiving server.
enum class Step : std::uint8_t { pointer, block_list, address, mx, policy, dkim, dmarc, transport };
constexpr std::size_t kSteps = 8;
constexpr std::array<std::string_view, kSteps> kWords{
    "pointer", "block list", "address", "mx", "policy", "dkim", "dmarc", "transport"};
constexpr std::array<std::string_view, kSteps> kWhose{"the servers of the reverse zone",
                                                      "the servers of the list",
                                                      "the servers of the name",
                                                      "the servers of the mail domain",
                                                      "the servers of the envelope's domain",
                                                      "the servers of the signing domain",
                                                      "the servers of the From field's domain",
                                                      "the servers of the mail domain"};

constexpr std::uint16_t kA = 1, kPtr = 12, kMx = 15, kTxt = 16, kAaaa = 28, kTlsa = 52, kSpf = 99;

bool is_number(std::string_view label) {
  return !label.empty() && label.size() <= 3 &&
         std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "7.2.0.192.list.example": an address, backwards, below a list.
bool is_reversed_address(const std::vector<std::string_view>& labels) {
  return labels.size() > 5 && std::all_of(labels.begin(), labels.begin() + 4, is_number);
}

// An address below arpa, or of a name with a label that begins with "_" (no host's, RFC 8552), is
// wanted by no program: a resolver asks for it on its way to a longer name or another type (RFC
// 9156, which has A asked for until the name is whole).
bool is_on_the_way(std::string_view name, const std::vector<std::string_view>& labels) {
  return is_within(name, "arpa") ||
         std::any_of(labels.begin(), labels.end(),
                     [](std::string_view label) { return label.starts_with('_'); });
}

std::optional<Step> step_of(std::string_view name, std::uint16_t qtype) {
  const auto labels = labels_of(name);
  const auto has = [&labels](std::string_view wanted) {
    return std::find(labels.begin(), labels.end(), wanted) != labels.end();
  };
  if (qtype == kPtr) return Step::pointer;
  if (qtype == kMx) return Step::mx;
  if (qtype == kTlsa || (qtype == kTxt && (has("_mta-sts") || has("_smtp")))) {
    return Step::transport;
  }
  if ((qtype == kA || qtype == kAaaa) && is_on_the_way(name, labels)) {
    if (is_within(name, "arpa")) return Step::pointer;
    if (has("_domainkey")) return Step::dkim;
    if (has("_dmarc")) return Step::dmarc;
    if (has("_mta-sts") || has("_smtp") || has("_25")) return Step::transport;
    return std::nullopt;
  }
  if ((qtype == kA || qtype == kTxt) && is_reversed_address(labels)) return Step::block_list;
  if (qtype == kA || qtype == kAaaa) return Step::address;
  if (qtype != kTxt && qtype != kSpf) return std::nullopt;
  if (has("_domainkey")) return Step::dkim;
  return has("_dmarc") ? Step::dmarc : Step::policy;
}

// Whether the question is about names at which this step is asked at all.
bool is_named(const QuestionRecords& records, Step step) {
  return std::any_of(records.patterns.begin(), records.patterns.end(), [&](const auto& pattern) {
    const std::string& base = pattern.base();
    const bool is_reverse = is_within(base, "arpa");
    const auto labels = labels_of(base);
    const auto has = [&labels](std::string_view wanted) {
      return std::find(labels.begin(), labels.end(), wanted) != labels.end();
    };
    const bool is_wild = pattern.is_wildcard() && !is_reverse;
    switch (step) {
      case Step::pointer:
        return is_reverse;
      case Step::block_list:
        return is_reversed_address(labels);
      case Step::dkim:
        return is_wild || has("_domainkey");
      case Step::dmarc:
        return is_wild || has("_dmarc");
      case Step::transport:
        return is_wild || has("_mta-sts") || has("_tcp");
      default:
        return !is_reverse;
    }
  });
}

struct Stepped {
  std::int64_t time_us;
  Step step;
};
using Series = std::vector<Stepped>;

struct Visibility {
  std::array<bool, kSteps> named{};
  std::array<double, kSteps> rows{};  // of anybody
  std::size_t seen() const {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [](double r) { return r > 0; }));
  }
};

Visibility look_around(const QuestionRecords& records) {
  Visibility visibility;
  for (std::size_t s = 0; s < kSteps; ++s) {
    visibility.named[s] = is_named(records, static_cast<Step>(s));
  }
  for (const LookupRow& row : records.rows) {
    if (!records.is_target(row)) continue;
    const auto step = step_of(records.names[row.name].canonical, row.qtype);
    if (step) visibility.rows[static_cast<std::size_t>(*step)] += 1;
  }
  return visibility;
}

void add_visibility(const Visibility& visibility, Finding& finding) {
  Table table{"visibility", {"question_names_it", "rows_of_anybody"}, {}, {}};
  std::vector<std::string> missing;
  for (std::size_t s = 0; s < kSteps; ++s) {
    table.row_labels.push_back(fmt::format("{}: asked of {}", kWords[s], kWhose[s]));
    table.rows.push_back({visibility.named[s] ? 1.0 : 0.0, visibility.rows[s]});
    if (visibility.rows[s] == 0) {
      missing.push_back(fmt::format("{} ({})", kWords[s],
                                    visibility.named[s] ? "asked by nobody here, or not kept"
                                                        : fmt::format("asked of {}", kWhose[s])));
    }
  }
  finding.tables.push_back(std::move(table));
  add(finding, "kinds_seen", static_cast<double>(visibility.seen()), "kinds");
  finding.parameters["kinds_not_seen"] = fmt::format("{}", fmt::join(missing, "; "));
  if (missing.empty()) return;
  finding.limitations.push_back(
      fmt::format("Not in these records, so their absence says nothing: {}.",
                  finding.parameters["kinds_not_seen"]));
}

Series series_of(const QuestionRecords& records, const RowIndices& rows) {
  Series series;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    const auto step = step_of(records.names[row.name].canonical, row.qtype);
    if (step) series.push_back({row.time_us, *step});
  }
  return series;
}

struct Tally {
  double bursts = 0;
  double together = 0;         // of several kinds
  double checks = 0;           // with two kinds or more of which one only a receiver's check asks
  double mx_then_address = 0;  // and no check: how a delivery begins
  double pointer_then_address = 0;
  std::map<std::string, double> orders;
};

void close(const std::vector<Step>& order, Tally& tally) {
  if (order.empty()) return;
  tally.bursts += 1;
  if (order.size() < 2) return;
  tally.together += 1;
  const auto at = [&order](Step step) { return std::find(order.begin(), order.end(), step); };
  const auto has = [&](Step step) { return at(step) != order.end(); };
  const bool is_check = has(Step::pointer) || has(Step::block_list) || has(Step::policy) ||
                        has(Step::dkim) || has(Step::dmarc);
  tally.checks += is_check ? 1 : 0;
  tally.mx_then_address +=
      !is_check && has(Step::mx) && has(Step::address) && at(Step::mx) < at(Step::address) ? 1 : 0;
  tally.pointer_then_address +=
      has(Step::pointer) && has(Step::address) && at(Step::pointer) < at(Step::address) ? 1 : 0;
  std::string text;
  for (const Step step : order) {
    text += fmt::format("{}{}", text.empty() ? "" : " > ", kWords[static_cast<std::size_t>(step)]);
  }
  tally.orders[text] += 1;
}

Tally tally_of(const Series& series, double within) {
  const auto gap_us = static_cast<std::int64_t>(within * kMicrosPerSecond);
  Tally tally;
  std::vector<Step> order;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (i > 0 && series[i].time_us - series[i - 1].time_us > gap_us) {
      close(order, tally);
      order.clear();
    }
    if (std::find(order.begin(), order.end(), series[i].step) == order.end()) {
      order.push_back(series[i].step);
    }
  }
  close(order, tally);
  return tally;
}

// How many of `heads` have one of `others`, moved by `shift_us`, within ten seconds. Both
// ascending.
double count_near(const std::vector<std::int64_t>& heads, const std::vector<std::int64_t>& others,
                  std::int64_t shift_us) {
  const auto within = static_cast<std::int64_t>(kWithin * kMicrosPerSecond);
  double near = 0;
  std::size_t from = 0;
  for (const std::int64_t head : heads) {
    while (from < others.size() && others[from] + shift_us < head - within) ++from;
    if (from < others.size() && others[from] + shift_us <= head + within) near += 1;
  }
  return near;
}

// Do the other kinds stand beside the commonest more often than minutes away? The shifts keep the
// rhythm of day and week, and are irregular so that no clock meets them.
struct Beside {
  double heads = 0, near = 0, by_chance = 0, p = 1;
};

Beside beside(const Series& series) {
  std::array<std::size_t, kSteps> counts{};
  for (const Stepped& one : series) ++counts[static_cast<std::size_t>(one.step)];
  const auto commonest =
      static_cast<Step>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  std::vector<std::int64_t> heads, others;
  for (const Stepped& one : series) {
    if (one.step != commonest) {
      others.push_back(one.time_us);
    } else if (heads.empty() || one.time_us - heads.back() > kWithin * kMicrosPerSecond) {
      heads.push_back(one.time_us);
    }
  }
  Beside result;
  result.heads = static_cast<double>(heads.size());
  result.near = count_near(heads, others, 0);
  double at_least = 0, total = 0;
  for (int i = 0; i < kShifts; ++i) {
    const double part = std::fmod((i + 1) * 0.6180339887498949, 1.0);
    const double seconds = kFirstShift + part * (kLastShift - kFirstShift);
    const double near =
        count_near(heads, others,
                   static_cast<std::int64_t>((i % 2 == 0 ? seconds : -seconds) * kMicrosPerSecond));
    total += near;
    at_least += near >= result.near ? 1 : 0;
  }
  result.by_chance = total / kShifts;
  result.p = (1 + at_least) / (1 + kShifts);
  return result;
}

void add_tally(const Tally& tally, const Beside& beside, double wide, Finding& finding) {
  add(finding, "bursts", tally.bursts, "bursts");
  add(finding, "bursts_of_several_kinds", tally.together, "bursts");
  add(finding, "bursts_of_several_kinds_60_s", wide, "bursts");
  add(finding, "bursts_like_sender_checks", tally.checks, "bursts");
  add(finding, "bursts_pointer_then_address", tally.pointer_then_address, "bursts");
  add(finding, "bursts_mx_then_address_without_checks", tally.mx_then_address, "bursts");
  add(finding, "heads_with_another_kind", beside.near, "bursts");
  add(finding, "heads_with_another_kind_by_chance", beside.by_chance, "bursts");
  add(finding, "p_beside", beside.p);
  std::vector<std::pair<double, std::string>> orders;
  for (const auto& [order, count] : tally.orders) orders.emplace_back(-count, order);
  std::sort(orders.begin(), orders.end());
  Table table{"orders", {"bursts"}, {}, {}};
  for (std::size_t i = 0; i < std::min(orders.size(), kMaxPatterns); ++i) {
    table.row_labels.push_back(orders[i].second);
    table.rows.push_back({-orders[i].first});
  }
  if (!orders.empty()) finding.parameters["commonest_order"] = orders.front().second;
  finding.tables.push_back(std::move(table));
}

std::string looks_like(const Tally& tally) {
  if (2 * tally.checks >= tally.together) return "as a receiving server's sender checks ask them";
  if (2 * tally.mx_then_address >= tally.together) {
    return "MX before address, as a delivery to these names begins, or a check whether they accept";
  }
  return "in no order that a mail check or a delivery is known for";
}

void conclude(const QuestionRecords& records, const std::string& who, const Series& series,
              Finding& finding) {
  const Tally tally = tally_of(series, kWithin);
  const Beside near = beside(series);
  add_tally(tally, near, tally_of(series, kWide).together, finding);
  const std::string counted = fmt::format(
      "{} of {} of {} {} hold several kinds of look-up; {} of {} of the commonest kind have "
      "another "
      "kind within {:g} s, {} by chance ({})",
      count_text(tally.together), plural(tally.bursts, "burst"), who, window_text(records.window),
      count_text(near.near), count_text(near.heads), kWithin, number_text(near.by_chance),
      probability_text(near.p));
  const bool is_found = tally.together >= kMinTogether && near.p <= kLevel &&
                        near.near >= kTimesChance * near.by_chance;
  const bool is_enough = tally.bursts >= 2 * kMinTogether;
  finding.outcome = is_found    ? Outcome::found
                    : is_enough ? Outcome::nothing_found
                                : Outcome::not_enough;
  add(finding, "check_shaped", is_found && 2 * tally.checks >= tally.together ? 1 : 0);
  finding.statement = is_found ? fmt::format("{}: {}, most often {}.", counted, looks_like(tally),
                                             finding.parameters["commonest_order"])
                      : is_enough ? fmt::format("{}: no chain.", counted)
                                  : fmt::format("{}: too few to look for chains.", counted);
  if (!is_found) return;
  finding.limitations.emplace_back(
      "Steps that a cache answers are missing from a chain, and within one stamp the order is that "
      "of the file.");
  finding.limitations.emplace_back(
      "A sender check shows that something claimed to come from there, spam included; neither that "
      "a message was accepted nor that anybody read it. Monitoring and mail testers ask alike.");
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const Visibility& visibility, const AskerGroup& group) {
  Finding finding = make_finding(chains_method(), records, context, group.subject);
  const std::string who = who_text(group.subject);
  finding.dedup_rule = bursts_rule(kWithin);
  finding.selection =
      seal(records, group.rows, fmt::format("rows of {} for {}", who, target_text(records)));
  finding.denominator =
      fmt::format("of {} of {}", plural(static_cast<double>(group.rows.size()), "row"), who);
  finding.parameters["within_seconds"] = fmt::format("{:g}", kWithin);
  finding.parameters["null"] = "the other kinds shifted by 90 to 900 s either way";
  add(finding, "rows", static_cast<double>(group.rows.size()), "rows");
  add_visibility(visibility, finding);
  if (group.rows.empty()) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format("No row of {} for {} {}, so there are no chains to look for.",
                                    who, target_text(records), window_text(records.window));
    return finding;
  }
  if (visibility.seen() < 2) {
    finding.outcome = Outcome::not_applicable;
    finding.statement = fmt::format(
        "These records hold {} for {} {}, of any asker: what else was asked in the same seconds "
        "cannot be seen here, and that no chain shows says nothing; the asker's resolver log, or "
        "the logs of the reverse zone and of the mail domain, would show it.",
        visibility.seen() == 0 ? "no kind of look-up that mail makes" : "one kind of look-up",
        target_text(records), window_text(records.window));
    return finding;
  }
  conclude(records, who, series_of(records, group.rows), finding);
  return finding;
}

class Chains : public Method {
 public:
  std::string_view name() const override { return "chains"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "kinds of look-up that follow each other within seconds, as mail checks ask them";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    const Visibility visibility = look_around(records);
    std::vector<Finding> findings;
    for (const AskerGroup& party : askers.parties) {
      findings.push_back(measure(records, context, visibility, party));
    }
    // Strangers' chains are each one's own; of them only the busiest is looked at.
    if (!askers.other.rows.empty()) {
      AskerGroup busiest = split_by_address(records, askers.other, 1).front();
      findings.push_back(measure(records, context, visibility, busiest));
    }
    if (findings.empty()) findings.push_back(measure(records, context, visibility, askers.other));
    return findings;
  }
};

}  // namespace

const Method& chains_method() {
  static const Chains kMethod;
  return kMethod;
}

}  // namespace assay::methods
