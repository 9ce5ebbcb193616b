#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "explanations/claims.h"
#include "explanations/quoted_figures.h"

namespace assay::claims {
namespace {

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

Table clash_table(const std::vector<Figure>& figures, const Clashes& clashes) {
  Table table{"cannot_be_true_together", {"figures"}, {}, {}};
  for (const std::vector<std::size_t>& clash : clashes.smallest) {
    table.row_labels.push_back(named(figures, clash));
    table.rows.push_back({static_cast<double>(clash.size())});
  }
  return table;
}

// What has to go: the fewest figures, and among as few those with the fewest counts, since a share
// is made of counts and rounded, and a count of neither.
Table remedy_table(const std::vector<Figure>& figures, const Clashes& clashes) {
  struct Remedy {
    std::vector<std::size_t> without;
    std::size_t counts = 0;
    const std::vector<std::size_t>* rest = nullptr;
  };
  std::vector<Remedy> remedies;
  for (const std::vector<std::size_t>& rest : clashes.largest) {
    if (rest.empty()) continue;
    Remedy remedy;
    remedy.rest = &rest;
    for (std::size_t i = 0; i < figures.size(); ++i) {
      if (std::find(rest.begin(), rest.end(), i) != rest.end()) continue;
      remedy.without.push_back(i);
      remedy.counts += figures[i].is_share ? 0 : 1;
    }
    remedies.push_back(std::move(remedy));
  }
  std::stable_sort(remedies.begin(), remedies.end(), [](const Remedy& a, const Remedy& b) {
    return std::tuple(a.without.size(), a.counts, a.without) <
           std::tuple(b.without.size(), b.counts, b.without);
  });
  Table table{"the_rest_fits_without", {"figures", "total_at_least", "total_at_most"}, {}, {}};
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  for (const Remedy& remedy : remedies) {
    const bool is_best = remedy.without.size() == remedies.front().without.size() &&
                         remedy.counts == remedies.front().counts;
    if (!is_best) break;
    const Fit fitted = fit(chosen(figures, *remedy.rest));
    table.row_labels.push_back(named(figures, remedy.without) + total_text(fitted));
    table.rows.push_back({static_cast<double>(remedy.without.size()),
                          fitted.total_low ? static_cast<double>(*fitted.total_low) : kNone,
                          fitted.total_high ? static_cast<double>(*fitted.total_high) : kNone});
  }
  return table;
}

ClaimAnswer contradicted(const Context& context, const std::vector<Figure>& figures,
                         const Clashes& clashes) {
  ClaimAnswer answer = answered(
      context, Answer::contradicted,
      {fmt::format("cannot all be true: {}", named(figures, clashes.smallest.front())),
       "These figures cannot all be true of one set of records, with shares rounded half up: they "
       "come from different windows, files or counting rules, or one was misquoted."},
      {});
  answer.tables.push_back(clash_table(figures, clashes));
  Table remedies = remedy_table(figures, clashes);
  if (!remedies.rows.empty()) answer.tables.push_back(std::move(remedies));
  return answer;
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
      {fmt::format("can all be true{}; whether they are, records tell", total_text(fitted)),
       fmt::format("The figures can all be true of one set of records{}, with shares rounded half "
                   "up. Whether they are, only records can tell.",
                   total_text(fitted))},
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
