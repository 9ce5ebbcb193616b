#include <fmt/format.h>

#include <algorithm>

#include "explanations/claims.h"
#include "explanations/quoted_figures.h"

namespace assay::claims {
namespace {

constexpr std::size_t kMostClashesTold = 6;

std::string named(const std::vector<Figure>& figures, const std::vector<std::size_t>& indices) {
  std::vector<std::string> texts;
  for (const std::size_t i : indices) texts.push_back(fmt::format("'{}'", figures[i].text));
  return fmt::format("{}", fmt::join(texts, " and "));
}

std::vector<Figure> chosen(const std::vector<Figure>& figures,
                           const std::vector<std::size_t>& indices) {
  std::vector<Figure> some;
  for (const std::size_t i : indices) some.push_back(figures[i]);
  return some;
}

std::string total_text(const Fit& fitted) {
  if (!fitted.total_low) return "";
  if (!fitted.total_high) {
    return *fitted.total_low > 0 ? fmt::format(" (a total of {} or more)",
                                               number_text(static_cast<double>(*fitted.total_low)))
                                 : "";
  }
  if (*fitted.total_low == *fitted.total_high) {
    return fmt::format(" (a total of {})", number_text(static_cast<double>(*fitted.total_low)));
  }
  return fmt::format(" (a total of {} to {})", number_text(static_cast<double>(*fitted.total_low)),
                     number_text(static_cast<double>(*fitted.total_high)));
}

// Names in figures are the case's parties; a slip of the pen would otherwise make a party of its
// own, and figures that clash would seem to fit.
std::string unknown_party(const Context& context, const std::vector<Figure>& figures) {
  std::vector<std::string> known{"other"};
  for (const Party& party : context.case_file.parties) known.push_back(party.name);
  for (const Figure& figure : figures) {
    for (const auto& members : {figure.parties, figure.of}) {
      for (const std::string& party : members) {
        if (std::find(known.begin(), known.end(), party) != known.end()) continue;
        const auto nearest = nearest_word(party, known);
        return fmt::format("The case knows no party '{}' (in '{}'){}.", party, figure.text,
                           nearest ? fmt::format("; nearest: '{}'", *nearest) : "");
      }
    }
  }
  return "";
}

ClaimAnswer contradicted(const Context& context, const std::vector<Figure>& figures,
                         const Clashes& clashes) {
  std::string statement =
      "No one set of records has all these figures, with shares rounded half up.";
  const std::size_t told = std::min(clashes.smallest.size(), kMostClashesTold);
  for (std::size_t i = 0; i < told; ++i) {
    statement += fmt::format(" {} cannot {}be true.", named(figures, clashes.smallest[i]),
                             clashes.smallest[i].size() > 1 ? "together " : "");
  }
  if (clashes.smallest.size() > told) {
    statement += fmt::format(" {} further sets clash.", clashes.smallest.size() - told);
  }
  for (std::size_t i = 0; i < std::min(clashes.largest.size(), kMostClashesTold); ++i) {
    if (clashes.largest[i].empty()) continue;
    statement += fmt::format(" {} fit{}{}.", named(figures, clashes.largest[i]),
                             clashes.largest[i].size() > 1 ? " together" : "s alone",
                             total_text(fit(chosen(figures, clashes.largest[i]))));
  }
  statement +=
      " So they come from different windows, files or counting rules, or one was misquoted.";
  return answered(context, Answer::contradicted, std::move(statement), {});
}

}  // namespace

ClaimAnswer answer_consistent(const Context& context) {
  std::vector<Figure> figures;
  for (const std::string& text : context.list("figures")) {
    auto figure = parse_figure(text);
    if (!figure) {
      return not_testable(
          context, fmt::format("The figure '{}' is not understood: write \"Bank share 80 %\", "
                               "\"Bank+Clinic share 99 %\", \"Bank count 2820\" or \"total count "
                               "3534\".",
                               text));
    }
    figures.push_back(std::move(*figure));
  }
  if (figures.empty()) return not_testable(context, "The claim quotes no figures ('figures').");
  if (figures.size() > kMostFigures) {
    return not_testable(
        context, fmt::format("At most {} figures are held against each other.", kMostFigures));
  }
  if (const std::string unknown = unknown_party(context, figures); !unknown.empty()) {
    return not_testable(context, unknown);
  }
  const Clashes clashes = find_clashes(figures);
  if (!clashes.smallest.empty()) return contradicted(context, figures, clashes);
  if (!clashes.is_decided) {
    return not_testable(context,
                        "The figures are too many, or their numbers too large, to decide.");
  }
  const Fit fitted = fit(figures);
  ClaimAnswer answer = answered(
      context, Answer::supported,
      fmt::format("The figures can all be true of one set of records{}, with shares rounded half "
                  "up. Whether they are, only records can tell.",
                  total_text(fitted)),
      {});
  for (const auto& [name, total] : {std::pair{"total_at_least", fitted.total_low},
                                    std::pair{"total_at_most", fitted.total_high}}) {
    if (!total) continue;
    Quantity quantity;
    quantity.name = name;
    quantity.value = static_cast<double>(*total);
    quantity.unit = "rows";
    answer.quantities.push_back(std::move(quantity));
  }
  return answer;
}

}  // namespace assay::claims
