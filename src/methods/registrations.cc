// registrations: who stands in which role of a name, an address or a route, by which source and as
// of when; where sources differ; and who the neighbours are.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "methods/registry.h"
#include "methods/support/assertions.h"
#include "methods/support/measure.h"
#include "methods/support/neighbours.h"
#include "methods/support/ownership_claims.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostTold = 6;  // assertions spelled out in a sentence
constexpr std::size_t kMostTableRows = 100;
constexpr std::size_t kMostSources = 64;  // of one thing, that are held against each other
constexpr std::int64_t kOneTimeUs = 7 * kMicrosPerDay;

// One value of one source, over all times at which it said so.
struct Held {
  std::string about, value, key, source;
  Interval seen;  // first to last
  double times = 0, undated = 0;
  bool is_hidden = false, is_opaque = false, is_person = false;
};

// By thing, source and value.
std::vector<Held> held_of(std::vector<const Assertion*> assertions) {
  const auto place = [](const Assertion& one) { return std::tie(one.about, one.source, one.key); };
  std::stable_sort(assertions.begin(), assertions.end(),
                   [&](const auto* a, const auto* b) { return place(*a) < place(*b); });
  std::vector<Held> all;
  const Assertion* last = nullptr;
  for (const Assertion* one : assertions) {
    if (last == nullptr || place(*last) != place(*one)) {
      Held next{one->about, one->value, one->key, one->source, {}};
      next.is_hidden = one->is_hidden;
      next.is_opaque = one->is_opaque;
      next.is_person = one->is_person;
      all.push_back(std::move(next));
    }
    last = one;
    Held& each = all.back();
    ++each.times;
    if (one->when.empty()) {
      ++each.undated;
    } else if (each.seen.empty()) {
      each.seen = one->when;
    } else {
      each.seen = {std::min(each.seen.begin_us, one->when.begin_us),
                   std::max(each.seen.end_us, one->when.end_us)};
    }
  }
  return all;
}

std::string seen_text(const Interval& seen) {
  if (seen.empty()) return "no date";
  const std::string first = format_utc(seen.begin_us).substr(0, 10);
  const std::string last = format_utc(seen.end_us - 1).substr(0, 10);
  return first == last ? first : fmt::format("{} to {}", first, last);
}

struct Differences {
  double at_one_time = 0, at_other_times = 0;  // pairs of sources of one thing
  double changes = 0;                          // values of one source behind its first
  double not_compared = 0;                     // sources of one thing, beyond the limit
  std::string example;
};

// Dated values of one source of one thing, by the begin of their time.
struct OfSource {
  std::vector<const Held*> all, dated;
  std::vector<std::pair<const Held*, const Held*>> latest;  // of the first n those that end last
};

OfSource of_source(std::vector<const Held*> values) {
  OfSource source;
  source.all = std::move(values);
  for (const Held* each : source.all) {
    if (!each->seen.empty()) source.dated.push_back(each);
  }
  std::stable_sort(source.dated.begin(), source.dated.end(), [](const Held* a, const Held* b) {
    return a->seen.begin_us < b->seen.begin_us;
  });
  std::pair<const Held*, const Held*> latest{nullptr, nullptr};
  for (const Held* each : source.dated) {
    if (latest.first == nullptr || each->seen.end_us > latest.first->seen.end_us) {
      latest = {each, latest.first};
    } else if (latest.second == nullptr || each->seen.end_us > latest.second->seen.end_us) {
      latest.second = each;
    }
    source.latest.push_back(latest);
  }
  return source;
}

// Another value of `b` within a week of `one`. A source tells each value once, so that of the two
// that reach furthest one is another.
const Held* at_odds(const Held& one, const OfSource& b) {
  const auto behind = std::partition_point(b.dated.begin(), b.dated.end(), [&](const Held* each) {
    return each->seen.begin_us < one.seen.end_us + kOneTimeUs;
  });
  if (behind == b.dated.begin()) return nullptr;
  const auto& [last, next] = b.latest[static_cast<std::size_t>(behind - b.dated.begin()) - 1];
  for (const Held* each : {last, next}) {
    if (each != nullptr && each->key != one.key &&
        one.seen.begin_us < each->seen.end_us + kOneTimeUs) {
      return each;
    }
  }
  return nullptr;
}

void compare(const OfSource& a, const OfSource& b, Differences& found) {
  for (const Held* one : a.dated) {
    const Held* other = at_odds(*one, b);
    if (other == nullptr) continue;
    ++found.at_one_time;
    if (found.example.empty()) {
      found.example = fmt::format("of {} {} says '{}' and {} says '{}'", one->about, one->source,
                                  one->value, other->source, other->value);
    }
    return;
  }
  const bool is_same =
      a.all.size() == 1 && b.all.size() == 1 && a.all.front()->key == b.all.front()->key;
  found.at_other_times += !is_same;
}

// Of the values that one thing has, by source.
void compare(const std::vector<const Held*>& values, Differences& found) {
  std::vector<OfSource> sources;
  for (std::size_t i = 0; i < values.size();) {
    std::vector<const Held*> own;
    const std::size_t first = i;
    while (i < values.size() && values[i]->source == values[first]->source) {
      own.push_back(values[i++]);
    }
    found.changes += static_cast<double>(own.size() - 1);
    if (sources.size() == kMostSources) {
      ++found.not_compared;
    } else {
      sources.push_back(of_source(std::move(own)));
    }
  }
  for (std::size_t a = 0; a < sources.size(); ++a) {
    for (std::size_t b = a + 1; b < sources.size(); ++b) compare(sources[a], sources[b], found);
  }
}

// `held` by thing. What is hidden or opaque differs from nothing, and no person from an
// organisation.
Differences differences_of(const std::vector<Held>& held) {
  Differences found;
  std::vector<const Held*> organisations, persons;
  for (std::size_t i = 0; i < held.size(); ++i) {
    const Held& each = held[i];
    if (!each.is_hidden && !each.is_opaque) {
      (each.is_person ? persons : organisations).push_back(&each);
    }
    if (i + 1 < held.size() && held[i + 1].about == each.about) continue;
    compare(organisations, found);
    compare(persons, found);
    organisations.clear();
    persons.clear();
  }
  return found;
}

// Whether sources disagree at one time, said of those alone that were compared.
std::string disagreement_text(const Differences& differ) {
  if (differ.at_one_time > 0) {
    return fmt::format("{} of sources disagree within a week of each other: {}.",
                       plural(differ.at_one_time, "pair"), differ.example);
  }
  if (differ.not_compared > 0) {
    return fmt::format(
        "Of the first {} sources of each thing no two disagree at one time; {} more were not "
        "compared, so that this does not say that none does.",
        kMostSources, count_text(differ.not_compared));
  }
  return "No two sources disagree at one time.";
}

std::string limit_of(Role role) {
  switch (role) {
    case Role::registrant:
      return "A registrant wrote its own name, and nobody need have checked it. Being registrant "
             "shows neither who runs the name's servers nor who uses its hosts.";
    case Role::administrator:
    case Role::technical:
      return "A contact answers for a registration; it need be neither holder nor operator.";
    case Role::registrar:
      return "A registrar keeps the registration for its customer and is not that customer.";
    case Role::name_server:
      return "Names of servers tell where questions were sent. Who operates them is inferred from "
             "these names alone; who may change the zone behind them is in its own records.";
    case Role::mail_exchanger:
      return "A mail exchanger takes mail for the domain; it may be a provider's.";
    case Role::address_holder:
      return "The holder of a network hands addresses on: it need not run, or know, the host.";
    case Role::ptr:
      return "The holder of the address writes its reverse name and may write anybody's; only an "
             "address record of that name that leads back was agreed to by the name's holder.";
    case Role::origin:
      return "An origin announces a route, as a provider, by mistake or by theft; it is no holder.";
  }
  return "";
}

void add_table(const std::vector<Held>& held, Finding& finding) {
  Table table{"assertions", {"first_unix_s", "last_unix_s", "times", "is_hidden"}, {}, {}};
  for (const Held& each : held) {
    if (table.rows.size() == kMostTableRows) break;
    const auto seconds = [](std::int64_t us) { return static_cast<double>(us / kMicrosPerSecond); };
    table.row_labels.push_back(fmt::format("{}: {} [{}]", each.about, each.value, each.source));
    table.rows.push_back({each.seen.empty() ? 0 : seconds(each.seen.begin_us),
                          each.seen.empty() ? 0 : seconds(each.seen.end_us - 1), each.times,
                          each.is_hidden ? 1.0 : 0.0});
  }
  finding.tables.push_back(std::move(table));
}

Finding measure_role(const MethodContext& context, Role role,
                     const std::vector<const Assertion*>& assertions) {
  Finding finding = make_other_finding(registrations_method(), context, word_of(role));
  OtherIndices rows;
  for (const Assertion* one : assertions) {
    rows.insert(rows.end(), one->rows.begin(), one->rows.end());
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  const std::vector<Held> held = held_of(assertions);
  std::set<std::string_view> sources;
  double things = 0;
  for (std::size_t i = 0; i < held.size(); ++i) {
    sources.insert(held[i].source);
    things += i == 0 || held[i].about != held[i - 1].about;
  }
  finding.dedup_rule = "one value of one source counts once, from its first to its last time";
  finding.selection =
      seal_others(context, rows, fmt::format("registrations that tell the {}", words_of(role)));
  finding.denominator = fmt::format("of {} that tell it",
                                    plural(static_cast<double>(assertions.size()), "assertion"));
  const Differences differ = differences_of(held);
  double hidden = 0, undated = 0;
  for (const Held& each : held) {
    hidden += each.is_hidden;
    undated += each.seen.empty();
  }
  add(finding, "assertions", static_cast<double>(assertions.size()));
  add(finding, "things", things);
  add(finding, "sources", static_cast<double>(sources.size()));
  add(finding, "values", static_cast<double>(held.size()));
  add(finding, "hidden_values", hidden);
  add(finding, "undated_values", undated);
  add(finding, "disagreements", differ.at_one_time, "pairs of sources");
  add(finding, "differences_at_other_times", differ.at_other_times, "pairs of sources");
  add(finding, "changes", differ.changes, "values behind a source's first");
  add(finding, "sources_not_compared", differ.not_compared, "sources");
  finding.outcome = differ.at_one_time > 0 ? Outcome::found : Outcome::measured;
  std::vector<std::string> told;
  for (const Held& each : held) {
    if (told.size() == kMostTold) break;
    told.push_back(fmt::format("{} of {}: '{}'{} ({}, {})", words_of(role), each.about, each.value,
                               each.is_hidden   ? ", which hides it"
                               : each.is_opaque ? each.value.find('@') == std::string::npos
                                                      ? ", a handle of that source"
                                                      : ", an e-mail address that names nobody"
                               : each.is_person ? ", a person's name"
                                                : "",
                               each.source, seen_text(each.seen)));
  }
  finding.statement = fmt::format(
      "{}{}. {}", fmt::join(told, "; "),
      held.size() > told.size() ? fmt::format("; and {} more", held.size() - told.size()) : "",
      disagreement_text(differ));
  finding.limitations.push_back(limit_of(role));
  finding.limitations.emplace_back(
      "Each value is one source's claim at the time it was fetched; between two fetches, and "
      "before "
      "the first, it is not known.");
  if (undated > 0) {
    finding.limitations.push_back(fmt::format("{} of no known date.", plural(undated, "value")));
  }
  if (const std::uint64_t left = left_out_of(context, {RecordKind::registration})) {
    finding.limitations.push_back(
        fmt::format("{} more registrations lie beyond the limit of one question.", left));
  }
  add_table(held, finding);
  return finding;
}

Finding nothing(const MethodContext& context) {
  Finding finding = make_other_finding(registrations_method(), context, "");
  finding.outcome = Outcome::not_applicable;
  finding.dedup_rule = "raw rows";
  finding.denominator = "of no registration";
  finding.selection = seal_others(context, {}, "no rows");
  finding.statement =
      "No registration in the case speaks of these names or addresses. Dated answers of whois or "
      "RDAP, a zone, a list of reverse names and a routing table of the time would tell who stood "
      "in which role; none of them tells who used the host.";
  return finding;
}

class Registrations : public Method {
 public:
  std::string_view name() const override { return "registrations"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "who stands in which role of a name or address, by source and date; its neighbours";
  }
  // Registrations are of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    const std::vector<Assertion> all = assertions_of(context);
    const Asked asked = asked_of(context);
    std::map<Role, std::vector<const Assertion*>> by_role;
    for (const Assertion& one : all) {
      if (asked.is_about(one)) by_role[one.role].push_back(&one);
    }
    std::vector<Finding> findings;
    for (const auto& [role, assertions] : by_role) {
      findings.push_back(measure_role(context, role, assertions));
    }
    if (findings.empty()) findings.push_back(nothing(context));
    for (Finding& finding : neighbour_findings(context, all, asked)) {
      findings.push_back(std::move(finding));
    }
    for (Finding& finding : ownership_claim_findings(context, all)) {
      findings.push_back(std::move(finding));
    }
    return findings;
  }
};

}  // namespace

const Method& registrations_method() {
  static const Registrations kMethod;
  return kMethod;
}

}  // namespace assay::methods
