#include <fmt/format.h>

#include <algorithm>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

struct Others {
  std::vector<std::string> seen;  // "Clinic (714 rows)", "6 addresses of no party (27 rows)"
  double rows = 0;
  double untold_rows = 0;
  std::vector<std::string> findings;
  const Finding* any = nullptr;  // a finding that counted, for the window
};

double rows_of(const Finding* volume) {
  return volume != nullptr ? volume->value_or("rows", 0) : 0;
}

Others look_for_others(const Context& context, std::string_view vantage) {
  Others others;
  const std::vector<std::string> named = context.parties();
  for (const Finding* volume : context.findings.by_method("volume", "", vantage)) {
    if (volume->vantage != vantage || !volume->id.ends_with("/raw")) continue;
    const bool is_party = context.case_file.find_party(volume->subject) != nullptr;
    if (volume->subject.empty()) others.any = volume;
    if (!is_party || std::find(named.begin(), named.end(), volume->subject) != named.end())
      continue;
    if (rows_of(volume) <= 0) continue;
    others.rows += rows_of(volume);
    others.seen.push_back(
        fmt::format("{} ({} rows)", volume->subject, number_text(rows_of(volume))));
    others.findings.push_back(volume->id);
  }
  const Finding* outside = find(context, "exclusivity", "", vantage);
  const Finding* other = find(context, "volume", "other", vantage, "raw");
  const double outside_rows = other != nullptr
                                  ? rows_of(other)
                                  : (outside != nullptr ? outside->value_or("outside_rows", 0) : 0);
  if (others.any == nullptr) others.any = outside != nullptr ? outside : other;
  if (outside_rows > 0) {
    others.rows += outside_rows;
    others.seen.push_back(
        outside != nullptr && outside->quantity("outside_askers") != nullptr
            ? fmt::format("{} addresses of no stated party ({} rows)",
                          number_text(outside->value_or("outside_askers", 0)),
                          number_text(outside_rows))
            : fmt::format("addresses of no stated party ({} rows)", number_text(outside_rows)));
  }
  for (const Finding* cited : {outside, other}) {
    if (cited != nullptr) others.findings.push_back(cited->id);
  }
  others.untold_rows = rows_of(find(context, "volume", "not told", vantage, "raw"));
  return others;
}

ClaimAnswer answer_at(const Context& context, std::string_view vantage) {
  const Others others = look_for_others(context, vantage);
  if (others.any == nullptr || others.any->outcome == Outcome::not_enough) {
    return not_testable(context, "No look-up of the names stands in these files.", {kFullerRecord});
  }
  if (const std::string objection = window_objection(context, others.any->window);
      !objection.empty()) {
    return not_testable(context, objection);
  }
  const std::string named = fmt::format("{}", fmt::join(context.parties(), " and "));
  std::vector<std::string> cited = others.findings;
  if (cited.empty()) cited.push_back(others.any->id);
  ClaimAnswer answer;
  if (!others.seen.empty()) {
    const Finding* all = find(context, "volume", "", vantage, "raw");
    const double total = rows_of(all);
    const std::string share =
        total > 0 ? fmt::format(", {} of all rows", percent_text(others.rows / total)) : "";
    answer = answered(context, Answer::contradicted,
                      {fmt::format("{} rows by others{}", number_text(others.rows), share),
                       fmt::format("Others than {} asked too: {}{}.", named,
                                   fmt::join(others.seen, ", "), share)},
                      cited);
  } else if (others.untold_rows > 0) {
    answer = not_testable(
        context,
        fmt::format("{} rows do not tell who asked, so whether it was nobody but {} cannot be "
                    "seen.",
                    number_text(others.untold_rows), named),
        {kFullerRecord});
    for (const std::string& finding : cited) cite(answer, finding);
  } else if (shows_every_asker(context, vantage)) {
    answer = answered(
        context, Answer::supported,
        {"no row of others in complete records of the names' servers",
         fmt::format("Nobody but {} asked, in records of the names' own servers that are declared "
                     "complete for the window. Whoever asked through one of their resolvers is not "
                     "told apart.",
                     named)},
        cited);
  } else {
    answer = answered(
        context, Answer::supported_only_within_these_files,
        {"no row of others in these files, which may not show all",
         fmt::format("Nobody but {} asked in these files. {}", named,
                     is_declared_complete(context, vantage)
                         ? "They are declared complete, but this vantage sees only what passes it; "
                           "others may have asked elsewhere."
                         : "Nobody vouches that the files show everyone who asked.")},
        cited);
  }
  Quantity rows;
  rows.name = "rows_of_others";
  rows.value = others.rows;
  rows.unit = "rows";
  answer.quantities.push_back(std::move(rows));
  if (answer.answer == Answer::supported_only_within_these_files) {
    answer.would_test = {kFullerRecord, kSecondVantage};
  }
  return answer;
}

}  // namespace

ClaimAnswer answer_exclusive(const Context& context) {
  if (context.parties().empty()) {
    return not_testable(context, "The claim names no party ('parties').");
  }
  for (const std::string& party : context.parties()) {
    if (context.case_file.find_party(party) == nullptr) {
      return not_testable(context, fmt::format("The case knows no party '{}'.", party));
    }
  }
  const std::string_view of = context.field("of");
  if (!of.empty() && of != "names") {
    return not_testable(context, fmt::format("Exclusive of '{}' is not known: names.", of));
  }
  return over_vantages(context, Combine::any_contradicts,
                       [&](std::string_view vantage) { return answer_at(context, vantage); });
}

}  // namespace assay::claims
