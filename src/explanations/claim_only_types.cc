#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

// As type_profile labels the rows of which the record tells no type.
constexpr char kNotTold[] = "not told";
constexpr char kNoPurpose[] =
    " A type does not tell the purpose: checking or delivering mail can leave the same look-ups.";

// type -> rows, from the finding's table, else from its parameter `only_type`.
std::map<std::string, double> types_of(const Finding& profile) {
  std::map<std::string, double> types;
  if (const Table* table = profile.table("types")) {
    for (std::size_t i = 0; i < table->rows.size() && i < table->row_labels.size(); ++i) {
      types[table->row_labels[i]] = table->rows[i].empty() ? 0 : table->rows[i].front();
    }
  } else if (const auto only = profile.parameters.find("only_type");
             only != profile.parameters.end()) {
    types[only->second] = profile.value_or("rows", 0);
  }
  return types;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string holding_text(const Context& context, std::string_view vantage, bool is_complete) {
  const Finding* all = find(context, "type_profile", "", vantage);
  if (is_complete) {
    return " The records of the names' own servers are declared complete for the window.";
  }
  if (all != nullptr && all->value_or("foreign_rows", 0) > 0) {
    return fmt::format(
        " The files hold {} rows of other names too, so they were not cut down to these names; "
        "whether to these types, nobody states.",
        number_text(all->value_or("foreign_rows", 0)));
  }
  return " The files hold nothing but these names, so they may have been cut down to these types "
         "as well; an export by type would look the same.";
}

ClaimAnswer answer_at(const Context& context, std::string_view vantage,
                      const std::vector<std::string>& quoted) {
  const std::string_view party = context.field("party");
  const Finding* profile = find(context, "type_profile", party, vantage);
  if (profile == nullptr || profile->outcome == Outcome::not_enough ||
      profile->outcome == Outcome::nothing_found) {
    return not_testable(context,
                        fmt::format("No look-up{}{} of the names stands in these files.",
                                    party.empty() ? "" : " by ", party),
                        {kFullerRecord});
  }
  if (profile->outcome == Outcome::not_applicable) {
    return not_testable(context, "These records do not tell the query type.", {kFullerRecord});
  }
  if (const std::string objection = window_objection(context, profile->window);
      !objection.empty()) {
    return not_testable(context, objection);
  }
  std::vector<std::string> within, outside;
  double untold = 0, told = 0;
  for (const auto& [type, rows] : types_of(*profile)) {
    if (rows <= 0) continue;
    if (type == kNotTold) {
      untold += rows;
      continue;
    }
    told += rows;
    const bool is_quoted = std::find(quoted.begin(), quoted.end(), upper(type)) != quoted.end();
    (is_quoted ? within : outside).push_back(fmt::format("{} ({})", type, number_text(rows)));
  }
  const std::string who = party.empty() ? "" : fmt::format(" by {}", party);
  if (!outside.empty()) {
    return answered(context, Answer::contradicted,
                    {fmt::format("also {}", fmt::join(outside, ", ")),
                     fmt::format("Other types than {} were asked{}: {}.", fmt::join(quoted, ", "),
                                 who, fmt::join(outside, ", "))},
                    {profile->id});
  }
  if (within.empty()) {
    return not_testable(context, "These records do not tell the query type.", {kFullerRecord});
  }
  if (untold > 0) {
    ClaimAnswer answer = not_testable(
        context,
        fmt::format("{} of {} look-ups{} do not tell their type; those that tell one are of a "
                    "quoted type: {}.",
                    number_text(untold), number_text(untold + told), who, fmt::join(within, ", ")),
        {kFullerRecord});
    answer.in_short =
        fmt::format("{} of {} rows tell no type", number_text(untold), number_text(untold + told));
    cite(answer, profile->id);
    return answer;
  }
  const bool is_complete = shows_every_asker(context, vantage);
  ClaimAnswer answer = answered(
      context, is_complete ? Answer::supported : Answer::supported_only_within_these_files,
      {fmt::format("{} rows, no other type; a type is no purpose", number_text(told)),
       fmt::format("Every look-up{} is of a quoted type: {}.", who, fmt::join(within, ", "))},
      {profile->id});
  answer.statement += holding_text(context, vantage, is_complete);
  answer.statement += kNoPurpose;
  if (!is_complete) {
    answer.would_test = {kFullerRecord, "look-ups of a sibling name from the same servers"};
  }
  return answer;
}

}  // namespace

ClaimAnswer answer_only_types(const Context& context) {
  std::vector<std::string> quoted = context.list("types");
  if (quoted.empty()) return not_testable(context, "The claim names no query type ('types').");
  for (std::string& type : quoted) {
    const auto number = parse_qtype(type);  // TYPE65 is the HTTPS of the records
    type = number ? qtype_text(*number) : upper(std::move(type));
  }
  const std::string_view party = context.field("party");
  if (!party.empty() && context.case_file.find_party(party) == nullptr) {
    return not_testable(context, fmt::format("The case knows no party '{}'.", party));
  }
  return over_vantages(context, Combine::any_contradicts, [&](std::string_view vantage) {
    return answer_at(context, vantage, quoted);
  });
}

}  // namespace assay::claims
