// indicators: what lists of indicators assert of names and addresses in the case, by whom, for
// which period, and how little an entry supports that had lapsed, was withdrawn, or names a shared
// address.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "methods/registry.h"
#include "methods/support/assertions.h"
#include "methods/support/indicator_matches.h"
#include "methods/support/indicator_worth.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostTold = 4;
constexpr std::size_t kMostTableRows = 100;
constexpr std::size_t kMostPlaces = 3;  // of one match, in a sentence

std::string some(double count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count_text(count), count == 1 ? one : many);
}

struct Told {
  const IndicatorMatch* match = nullptr;
  Worth worth = Worth::speaks;
  bool touches = false;
};

std::string period_text(const IndicatorAssertion& entry) {
  if (!entry.from_us && !entry.until_us) return "for no stated period";
  if (!entry.until_us) return fmt::format("from {} without an end", format_utc(*entry.from_us));
  const std::string until = format_utc(*entry.until_us);
  if (!entry.from_us) return fmt::format("until {}", until);
  return fmt::format("from {} to {}", format_utc(*entry.from_us), until);
}

std::string by_text(const IndicatorAssertion& entry) {
  return entry.asserted_by.empty() ? "somebody whom the list does not name"
                                   : quoted(entry.asserted_by, 60);
}

std::string places_text(const IndicatorMatch& match) {
  std::vector<std::pair<std::uint64_t, std::string>> places;
  for (const auto& [place, records] : match.places) places.emplace_back(records, place);
  std::stable_sort(places.begin(), places.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> texts;
  for (const auto& [records, place] : places) {
    if (texts.size() == kMostPlaces) break;
    texts.push_back(fmt::format("{} {}", place, count_text(static_cast<double>(records))));
  }
  return fmt::format("{}{}", fmt::join(texts, ", "),
                     places.size() > texts.size() ? ", and elsewhere" : "");
}

std::string times_text(const IndicatorMatch& match) {
  std::vector<std::string> parts;
  const auto say = [&](std::uint64_t records, std::string_view where) {
    if (records > 0) {
      parts.push_back(fmt::format("{} {}", count_text(static_cast<double>(records)), where));
    }
  };
  say(match.within, "within the period");
  say(match.partly, "partly within it");
  say(match.before, "before it");
  say(match.after, "after it");
  say(match.undated, "that cannot be placed in it");
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string shared_text(const IndicatorMatch& match) {
  if (!match.network) return "";
  if (match.names_ever == 0) return "; the case tells no name that had the address";
  return fmt::format("; at that time {}{} under {} had it by records of the case",
                     match.are_names_cut ? "at least " : "",
                     plural(static_cast<double>(match.names_then), "name"),
                     plural(static_cast<double>(match.domains_then), "domain"));
}

std::string told_text(const Told& told) {
  const IndicatorMatch& match = *told.match;
  const std::string what =
      match.is_below
          ? fmt::format("{} below {} (such as {})",
                        match.network
                            ? some(static_cast<double>(match.different), "address", "addresses")
                            : plural(static_cast<double>(match.different), "name"),
                        quoted(match.assertion.value),
                        match.examples.empty() ? "none" : quoted(match.examples.front()))
          : quoted(match.assertion.value);
  return fmt::format("{}, asserted by {} {}: {} ({}), {}{}; {}", what, by_text(match.assertion),
                     period_text(match.assertion),
                     plural(static_cast<double>(match.records()), "record"), places_text(match),
                     times_text(match), shared_text(match), words_of(told.worth));
}

bool touches(const MethodContext& context, const Asked& asked, const IndicatorMatch& match) {
  for (const int party : question_parties(context)) {
    if (match.by_party.contains(party)) return true;
  }
  if (match.network) {
    return std::any_of(asked.addresses.begin(), asked.addresses.end(), [&](const IpPrefix& ours) {
      return match.network->contains(ours.base()) || ours.contains(match.network->base());
    });
  }
  return std::any_of(asked.names.begin(), asked.names.end(), [&](const std::string& name) {
    return is_within(name, match.name) || is_within(match.name, name);
  });
}

std::vector<Told> told_of(const MethodContext& context) {
  const Asked asked = asked_of(context);
  std::vector<Told> all;
  for (const IndicatorMatch& match : context.indicators->matches) {
    all.push_back({&match, worth_of(match), touches(context, asked, match)});
  }
  std::stable_sort(all.begin(), all.end(), [](const Told& a, const Told& b) {
    const auto rank = [](const Told& told) {
      return std::pair(!told.touches, told.worth != Worth::speaks);
    };
    return rank(a) < rank(b);
  });
  return all;
}

Table table_of(const MethodContext& context, const std::vector<Told>& all) {
  Table table{"matches",
              {"records", "within", "partly", "before", "after", "undated", "from_unix_s",
               "until_unix_s", "first_unix_s", "last_unix_s", "names_then", "domains_then",
               "touches_question", "supports_little"},
              {},
              {}};
  const auto seconds = [](std::int64_t us) { return static_cast<double>(us / kMicrosPerSecond); };
  for (const Told& told : all) {
    if (table.rows.size() == kMostTableRows) break;
    const IndicatorMatch& match = *told.match;
    const IndicatorAssertion& entry = match.assertion;
    const Evidence* list = evidence_numbered(context, entry.evidence);
    table.row_labels.push_back(fmt::format(
        "{}{} [{}{}{}, {}:{}]: {}", match.is_below ? "below " : "", quoted(entry.value),
        by_text(entry), entry.confidence.empty() ? "" : ", confidence " + quoted(entry.confidence),
        entry.marking.empty() ? "" : ", " + quoted(entry.marking),
        list ? list->id : std::to_string(entry.evidence), entry.offset, words_of(told.worth)));
    const auto count = [](std::uint64_t records) { return static_cast<double>(records); };
    table.rows.push_back({count(match.records()), count(match.within), count(match.partly),
                          count(match.before), count(match.after), count(match.undated),
                          entry.from_us ? seconds(*entry.from_us) : 0,
                          entry.until_us ? seconds(*entry.until_us) : 0,
                          match.seen.empty() ? 0 : seconds(match.seen.begin_us),
                          match.seen.empty() ? 0 : seconds(match.seen.end_us - 1),
                          count(match.names_then), count(match.domains_then),
                          told.touches ? 1.0 : 0.0, told.worth == Worth::speaks ? 0.0 : 1.0});
  }
  return table;
}

// Entries of the lists that no record could be made of.
double not_understood(const MethodContext& context) {
  double rejects = 0;
  for (const std::uint32_t number : context.indicators->lists) {
    const Evidence* list = evidence_numbered(context, number);
    if (list != nullptr) rejects += static_cast<double>(list->balance.rejected);
  }
  return rejects;
}

void add_limits(const MethodContext& context, Finding& finding) {
  const IndicatorMatches& found = *context.indicators;
  finding.limitations.emplace_back(
      "An entry says that somebody asserted something of a name or address for a time. It shows "
      "neither that this was so, nor what a record that holds the name or address was for.");
  finding.limitations.emplace_back(
      "All records of the case were compared, whatever the window of the question; who else had an "
      "address is told by the answers, passive DNS and zones of the case alone.");
  if (const double rejects = not_understood(context); rejects > 0) {
    finding.limitations.push_back(fmt::format(
        "{} of the lists could not be understood (files, processes, other patterns, damage) and "
        "{} not compared.",
        some(rejects, "entry", "entries"), rejects == 1 ? "was" : "were"));
  }
  const auto cut = [&](std::uint64_t count, std::string_view what) {
    if (count == 0) return;
    finding.limitations.push_back(
        fmt::format("{} {}.", count_text(static_cast<double>(count)), what));
  };
  cut(found.entries_left_out, "more entries lie beyond the limit and were not compared");
  cut(found.matches_left_out, "more matches are counted and not told apart");
  cut(found.loci_left_out, "more records match than the selection is sealed over");
  if (found.are_answers_cut) {
    finding.limitations.emplace_back(
        "More answers match than could be held against their look-ups; the rest is not counted.");
  }
}

void count_worths(const std::vector<Told>& all, Finding& finding) {
  std::array<double, kWorths> counts{};
  double touching = 0, touching_speaking = 0;
  for (const Told& told : all) {
    ++counts[static_cast<std::size_t>(told.worth)];
    touching += told.touches;
    touching_speaking += told.touches && told.worth == Worth::speaks;
  }
  add(finding, "matches", static_cast<double>(all.size()), "entries");
  add(finding, "touching", touching, "entries");
  add(finding, "touching_in_force", touching_speaking, "entries");
  for (std::size_t i = 0; i < kWorths; ++i) {
    add(finding, name_of(static_cast<Worth>(i)), counts[i], "entries");
  }
}

std::string statement_of(const IndicatorMatches& found, const std::vector<Told>& all) {
  const auto little = static_cast<double>(std::count_if(
      all.begin(), all.end(), [](const Told& told) { return told.worth != Worth::speaks; }));
  std::vector<std::string> texts;
  for (const Told& told : all) {
    if (texts.size() == kMostTold) break;
    texts.push_back(told_text(told));
  }
  const double matched = static_cast<double>(found.entries_matched);
  return fmt::format(
      "{} of {} in {} {} in records of the case; of {} told apart, {} {} little. {}{}.",
      count_text(matched), some(static_cast<double>(found.entries), "entry", "entries"),
      plural(static_cast<double>(found.lists.size()), "list"), matched == 1 ? "stands" : "stand",
      count_text(static_cast<double>(all.size())), count_text(little),
      little == 1 ? "supports" : "support", fmt::join(texts, ". "),
      all.size() > texts.size()
          ? fmt::format(". And {} more", count_text(static_cast<double>(all.size() - texts.size())))
          : "");
}

Finding measure(const Method& method, const MethodContext& context) {
  const IndicatorMatches& found = *context.indicators;
  Finding finding = make_other_finding(method, context, "");
  finding.dedup_rule = "a record counts once for an entry, wherever in it the value stands";
  SelectionSeal sealed = open_seal(context, "records of the case that hold an asserted value");
  for (const IndicatorLocus& each : found.loci) sealed.add(each.evidence, each.offset, each.length);
  finding.selection = sealed.finish();
  finding.denominator = fmt::format("of {} look-ups and records held against {} values",
                                    count_text(static_cast<double>(found.looked_at)),
                                    count_text(static_cast<double>(found.values)));
  const std::vector<Told> all = told_of(context);
  add(finding, "entries", static_cast<double>(found.entries), "entries");
  add(finding, "entries_matched", static_cast<double>(found.entries_matched), "entries");
  add(finding, "entries_unmatched", static_cast<double>(found.entries - found.entries_matched),
      "entries");
  add(finding, "not_understood", not_understood(context), "entries");
  count_worths(all, finding);
  add_limits(context, finding);
  finding.outcome = all.empty() ? Outcome::nothing_found : Outcome::found;
  if (all.empty()) {
    finding.statement = fmt::format(
        "None of {} in {} stands in a record of the case. A list holds what its makers knew and "
        "chose to tell, so that this speaks for nobody.",
        some(static_cast<double>(found.entries), "entry", "entries"),
        plural(static_cast<double>(found.lists.size()), "list"));
    return finding;
  }
  finding.statement = statement_of(found, all);
  finding.tables.push_back(table_of(context, all));
  return finding;
}

class Indicators : public Method {
 public:
  std::string_view name() const override { return "indicators"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "who asserted names and addresses of the case as indicators, for when, shared or not";
  }
  // Lists are held against records of every vantage at once.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    if (context.indicators == nullptr || context.indicators->lists.empty()) {
      return {nothing_to_measure(
          *this, context, "of no list of indicators",
          "No list of indicators is in the case: STIX bundles, MISP events or lists in CSV would "
          "tell who asserted which names and addresses, and for which time.")};
    }
    return {measure(*this, context)};
  }
};

}  // namespace

const Method& indicators_method() {
  static const Indicators kMethod;
  return kMethod;
}

}  // namespace assay::methods
