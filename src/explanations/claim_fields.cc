#include "explanations/claim_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/said_date.h"
#include "explanations/quoted_figures.h"
#include "explanations/quoted_number.h"

namespace assay::claims {
namespace {

using Words = std::vector<std::string>;
using Problem = std::optional<FieldProblem>;

std::string field_of(const Claim& claim, std::string_view name) {
  const auto found = claim.fields.find(std::string(name));
  return found == claim.fields.end() ? "" : found->second;
}

Words list_of(const Claim& claim, std::string_view name) {
  const auto found = claim.lists.find(std::string(name));
  return found == claim.lists.end() ? Words{} : found->second;
}

// A word that is none of `known`; `all` says them when none is near.
Problem not_among(std::string_view field, const std::string& word, const Words& known,
                  const std::string& all = "") {
  if (std::find(known.begin(), known.end(), word) != known.end()) return std::nullopt;
  const auto nearest = nearest_word(word, known);
  return FieldProblem{fmt::format("'{}' is no word for '{}'", word, field),
                      nearest        ? fmt::format("did you mean '{}'?", *nearest)
                      : !all.empty() ? all
                                     : fmt::format("the words are: {}", fmt::join(known, ", "))};
}

NumberUnit unit_of(const Claim& claim) {
  return claim.kind == "share"   ? NumberUnit::share
         : claim.kind == "count" ? NumberUnit::count
                                 : NumberUnit::plain;
}

Problem problem_of_value(const Claim& claim) {
  const NumberUnit unit = unit_of(claim);
  const std::string text = field_of(claim, "value");
  const auto quoted = parse_quoted(text, unit);
  if (!quoted) {
    return FieldProblem{fmt::format("'{}' cannot be read as a {}", text, claim.kind),
                        unit == NumberUnit::share
                            ? "write it like \"87 %\", \"0.87\" or \"at least 80 %\""
                            : "write it like \"2,820\", \"about 2,800\" or \"at least 3\""};
  }
  if (unit == NumberUnit::share && quoted->value.value() > 1) {
    return FieldProblem{fmt::format("'{}' is more than all there is", text),
                        "a share is at most 100 %"};
  }
  if (unit == NumberUnit::count && quoted->value.scale > 0) {
    return FieldProblem{fmt::format("'{}' is no whole number, and a count is one", text),
                        "for a part of the look-ups state a share"};
  }
  return std::nullopt;
}

Problem problem_of_tolerance(const Claim& claim) {
  const std::string value = field_of(claim, "value");
  const std::string text = field_of(claim, "tolerance");
  if (!parse_quoted(value, unit_of(claim)) || parse_quoted(value, unit_of(claim), text)) {
    return std::nullopt;
  }
  return FieldProblem{
      fmt::format("the tolerance '{}' cannot be read, or cannot stand with '{}'", text, value),
      "write it in the value's own unit, like \"2\"; a bound such as \"at least\" takes none"};
}

Problem problem_of_types(const Claim& claim) {
  constexpr int kHighestCommon = 260;
  Words known;
  for (int type = 1; type < kHighestCommon; ++type) {
    std::string word = qtype_text(static_cast<std::uint16_t>(type));
    if (!word.starts_with("TYPE")) known.push_back(std::move(word));
  }
  for (const std::string& type : list_of(claim, "types")) {
    if (parse_qtype(type)) continue;
    return not_among("types", type, known, "write it like A, AAAA, MX or TYPE65280");
  }
  return std::nullopt;
}

Problem problem_of_figures(const Claim& claim, const CaseFile& file) {
  Words known{"other"};
  for (const Party& party : file.parties) known.push_back(party.name);
  for (const std::string& text : list_of(claim, "figures")) {
    const auto figure = parse_figure(text);
    if (!figure) {
      return FieldProblem{fmt::format("the figure '{}' cannot be read", text),
                          "write it like \"Bank share 87 %\", \"Bank+Clinic count 2,820\" or "
                          "\"total count 3,534\""};
    }
    for (const Words& members : {figure->parties, figure->of}) {
      for (const std::string& party : members) {
        if (std::find(known.begin(), known.end(), party) != known.end()) continue;
        const auto nearest = nearest_word(party, known);
        return FieldProblem{fmt::format("there is no party '{}' (in '{}')", party, text),
                            nearest ? fmt::format("did you mean '{}'?", *nearest) : ""};
      }
    }
  }
  return std::nullopt;
}

Problem problem_of_event(const std::string& text, std::string_view field, const CaseFile& file) {
  Words events, rows;
  for (const CalendarEvent& event : file.calendar) events.push_back(event.name);
  for (const Party& party : file.parties) {
    for (const char* which : {"first:", "last:"}) rows.push_back(which + party.name);
  }
  Words known = events;
  known.insert(known.end(), rows.begin(), rows.end());
  if (std::find(known.begin(), known.end(), text) != known.end()) return std::nullopt;
  const auto nearest = nearest_word(text, known);
  return FieldProblem{fmt::format("'{}' names no event for '{}'", text, field),
                      nearest
                          ? fmt::format("did you mean '{}'?", *nearest)
                          : "write the name of a [[calendar]] event of case.toml, or first:Party "
                            "or last:Party"};
}

// Of `coincides_with`: events of the calendar alone, since a row is what is counted.
Problem problem_of_events(const Claim& claim, const CaseFile& file) {
  Words known;
  for (const CalendarEvent& event : file.calendar) known.push_back(event.name);
  for (const std::string& text : list_of(claim, "events")) {
    auto problem = not_among("events", text, known, "write the name of a [[calendar]] event");
    if (problem) return problem;
  }
  return std::nullopt;
}

Problem problem_of_zones(const Claim& claim) {
  const Words zones = list_of(claim, "zones");
  if (zones.size() > 2) {
    return FieldProblem{"more than two zones are named", "state a claim for each pair"};
  }
  for (const std::string& name : zones) {
    const auto zone = Zone::find(name);
    if (!zone.ok()) return FieldProblem{zone.error().message, zone.error().mend};
  }
  return std::nullopt;
}

Problem problem_of_window(const std::string& text) {
  const auto window = parse_interval(text);
  if (window.ok()) return std::nullopt;
  return FieldProblem{window.error().message, window.error().mend};
}

Problem problem_of_addresses(const Claim& claim) {
  for (const std::string& address : list_of(claim, "addresses")) {
    if (IpAddress::parse(address)) continue;
    return FieldProblem{fmt::format("'{}' is not an address", address),
                        "write it like 192.0.2.7 or 2001:db8::7"};
  }
  return std::nullopt;
}

// Of `accepts_only`.
Problem problem_of_askers(const Claim& claim, const CaseFile& file) {
  Words known;
  for (const Party& party : file.parties) known.push_back(party.name);
  Words askers = list_of(claim, "askers");
  if (askers.empty()) askers.push_back(field_of(claim, "askers"));
  for (const std::string& text : askers) {
    if (IpPrefix::parse(text).ok()) continue;
    auto problem = not_among("askers", text, known,
                             "write an address, a prefix like 192.0.2.0/24, or a party's name");
    if (problem) return problem;
  }
  return std::nullopt;
}

Problem problem_of_ownership_field(const Claim& claim, std::string_view field) {
  const std::string text = field_of(claim, field);
  std::string canonical;
  if (field == "date" && !parse_said_date(text)) {
    return FieldProblem{fmt::format("'{}' is not a date", text),
                        "write it like 2010, 2010-03, 2010-03-04 or 2010-03-04T05:06:07Z"};
  }
  if (field == "address" && !IpAddress::parse(text)) {
    return FieldProblem{fmt::format("'{}' is not an address", text),
                        "write it like 192.0.2.7 or 2001:db8::7"};
  }
  if (field == "name" && canonicalise_name(text, canonical)) {
    return FieldProblem{fmt::format("'{}' is not a domain name", text),
                        "write it like mail1.sender.example"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<FieldProblem> problem_of_field(const Claim& claim, std::string_view field,
                                             const CaseFile& file) {
  const std::string text = field_of(claim, field);
  if (field == "value") return problem_of_value(claim);
  if (field == "tolerance") return problem_of_tolerance(claim);
  if (field == "types") return problem_of_types(claim);
  if (field == "zones") return problem_of_zones(claim);
  if (field == "events") return problem_of_events(claim, file);
  if (field == "figures") return problem_of_figures(claim, file);
  if (field == "addresses") return problem_of_addresses(claim);
  if (field == "askers") return problem_of_askers(claim, file);
  if (field == "date" || field == "address" || field == "name") {
    return problem_of_ownership_field(claim, field);
  }
  if (field == "window") return problem_of_window(text);
  if (field == "before" || field == "after") return problem_of_event(text, field, file);
  if (field == "vantage") return not_among(field, text, vantage_words());
  if (field == "dedup") {
    return not_among(field, text, Words(kCountingRules.begin(), kCountingRules.end()));
  }
  if (field == "of") {
    const bool is_share = claim.kind == "share";
    return not_among(field, text, is_share ? Words{"names", "parties", "files"} : Words{"names"});
  }
  if (field == "per" || field == "unit") {
    Words units;
    for (const RateUnit& unit : kRateUnits) units.emplace_back(unit.word);
    return not_among(field, text, units);
  }
  return std::nullopt;
}

}  // namespace assay::claims
