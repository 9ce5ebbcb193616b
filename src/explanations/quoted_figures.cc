#include "explanations/quoted_figures.h"

#include <algorithm>
#include <bit>

#include "explanations/linear_system.h"

namespace assay::claims {
namespace {

// A share of a small total may fall between whole numbers ("40 %" of 3); beyond this many totals it
// always finds one, since the range of a printed share is at least 1/100,000 wide in practice.
constexpr std::int64_t kMostTotals = 2'000;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "Bank+Clinic" -> both; "total" -> none. nullopt for an empty part.
std::optional<std::vector<std::string>> parse_parties(std::string_view text) {
  std::vector<std::string> parties;
  text = trimmed(text);
  if (text == "total" || text == "all") return parties;
  while (true) {
    const std::size_t plus = text.find('+');
    const std::string_view one = trimmed(text.substr(0, plus));
    if (one.empty()) return std::nullopt;
    if (std::find(parties.begin(), parties.end(), one) == parties.end()) parties.emplace_back(one);
    if (plus == std::string_view::npos) return parties;
    text.remove_prefix(plus + 1);
  }
}

// Unknowns: each party's count, then the total.
struct System {
  std::vector<std::string> parties;
  std::vector<Inequality> rows;
  bool is_fixed_total = false;

  std::size_t total() const { return parties.size(); }
  std::size_t index_of(const std::string& party) const {
    return static_cast<std::size_t>(std::find(parties.begin(), parties.end(), party) -
                                    parties.begin());
  }
  Inequality blank() const { return {std::vector<std::int64_t>(parties.size() + 1, 0), 0, false}; }
  void add_parts(const std::vector<std::string>& members, std::int64_t times, Inequality& row) {
    if (members.empty()) row.coefficients[total()] += times;
    for (const std::string& party : members) row.coefficients[index_of(party)] += times;
  }
};

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// sign = 1: left side <= number * (base or 1); sign = -1: left side >= it.
void add_bound(const Figure& figure, const Decimal& number, bool is_in, int sign, System& system) {
  const std::int64_t scale = power_of_ten(number.scale);
  Inequality row = system.blank();
  system.add_parts(figure.parties, sign * scale, row);
  if (figure.is_share) {
    system.add_parts(figure.of, -sign * number.mantissa, row);
  } else {
    row.bound = sign * number.mantissa;
  }
  row.is_strict = !is_in;
  system.rows.push_back(std::move(row));
}

System make_system(const std::vector<Figure>& figures) {
  System system;
  for (const Figure& figure : figures) {
    for (const auto& members : {figure.parties, figure.of}) {
      for (const std::string& party : members) {
        if (system.index_of(party) == system.total()) system.parties.push_back(party);
      }
    }
  }
  for (const Figure& figure : figures) {
    const Quoted& number = figure.number;
    if (number.has_high) add_bound(figure, number.high, number.is_high_in, 1, system);
    if (number.has_low) add_bound(figure, number.low, number.is_low_in, -1, system);
    // A share of nothing is no share.
    if (figure.is_share) {
      Inequality some = system.blank();
      system.add_parts(figure.of, -1, some);
      some.bound = -1;
      system.rows.push_back(std::move(some));
    }
  }
  Inequality all = system.blank();  // all parties together <= total
  for (std::size_t i = 0; i < system.parties.size(); ++i) {
    all.coefficients[i] = 1;
    Inequality some = system.blank();  // no party below 0
    some.coefficients[i] = -1;
    system.rows.push_back(std::move(some));
  }
  all.coefficients[system.total()] = -1;
  system.rows.push_back(std::move(all));
  return system;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {  // b > 0
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t lowest_whole(const Range::End& end) {
  const std::int64_t ceiling = -floor_div(-end.numerator, end.denominator);
  return end.is_strict && ceiling * end.denominator == end.numerator ? ceiling + 1 : ceiling;
}

std::int64_t highest_whole(const Range::End& end) {
  const std::int64_t floor = floor_div(end.numerator, end.denominator);
  return end.is_strict && floor * end.denominator == end.numerator ? floor - 1 : floor;
}

// With the total fixed every other unknown stands with one coefficient throughout a row of a
// total, so bounds round to whole numbers; for figures of nested groups (parties, their sums) whole
// solutions then exist whenever real ones do. Figures of crossing groups may pass that should not.
bool fits_whole(const System& system, std::int64_t total, bool& is_decided) {
  std::vector<Inequality> rows;
  for (Inequality row : system.rows) {
    const std::int64_t of_total = row.coefficients.back();
    if (of_total != 0 && __builtin_mul_overflow(of_total, total, &row.coefficients.back())) {
      is_decided = false;
      return true;
    }
    if (__builtin_sub_overflow(row.bound, of_total != 0 ? row.coefficients.back() : 0,
                               &row.bound)) {
      is_decided = false;
      return true;
    }
    row.coefficients.back() = 0;
    std::int64_t size = 0;
    bool is_uniform = true;
    for (const std::int64_t coefficient : row.coefficients) {
      if (coefficient == 0) continue;
      const std::int64_t magnitude = coefficient < 0 ? -coefficient : coefficient;
      is_uniform &= size == 0 || size == magnitude;
      size = magnitude;
    }
    if (is_uniform && size > 1) {
      for (std::int64_t& coefficient : row.coefficients) coefficient /= size;
      row.bound = highest_whole({row.bound, size, row.is_strict});
      row.is_strict = false;
    } else if (is_uniform && size == 1 && row.is_strict) {
      --row.bound;
      row.is_strict = false;
    }
    rows.push_back(std::move(row));
  }
  const auto range = range_of(std::move(rows), system.total());
  is_decided = is_decided && range.has_value();
  return !range || !range->is_empty;
}

}  // namespace

std::optional<Figure> parse_figure(std::string_view text) {
  Figure figure;
  figure.text = std::string(trimmed(text));
  std::string_view rest = trimmed(text);
  std::size_t at = rest.find(" share ");
  figure.is_share = at != std::string_view::npos;
  if (!figure.is_share) at = rest.find(" count ");
  if (at == std::string_view::npos) return std::nullopt;
  auto parties = parse_parties(rest.substr(0, at));
  if (!parties) return std::nullopt;
  figure.parties = std::move(*parties);
  rest.remove_prefix(at + std::string_view(" share ").size());
  if (const std::size_t of = rest.find(" of "); of != std::string_view::npos) {
    auto base = parse_parties(rest.substr(of + 4));
    if (!base || !figure.is_share) return std::nullopt;
    figure.of = std::move(*base);
    rest = rest.substr(0, of);
  }
  auto number = parse_quoted(rest, figure.is_share ? NumberUnit::share : NumberUnit::count);
  if (!number) return std::nullopt;
  figure.number = std::move(*number);
  return figure;
}

Fit fit(const std::vector<Figure>& figures) {
  Fit result;
  const System system = make_system(figures);
  const auto range = range_of(system.rows, system.total());
  if (!range) {
    result.is_decided = false;
    return result;
  }
  if (range->is_empty) return result;
  std::int64_t low = range->low ? std::max<std::int64_t>(0, lowest_whole(*range->low)) : 0;
  std::optional<std::int64_t> high;
  if (range->high) high = highest_whole(*range->high);
  for (std::int64_t tried = 0; !high || low <= *high; ++low, ++tried) {
    if (tried == kMostTotals || fits_whole(system, low, result.is_decided)) {
      result.is_possible = true;
      result.total_low = low;
      break;
    }
  }
  if (!result.is_possible || !high) return result;
  for (std::int64_t tried = 0; *high > low; --*high, ++tried) {
    if (tried == kMostTotals || fits_whole(system, *high, result.is_decided)) break;
  }
  result.total_high = high;
  return result;
}

Clashes find_clashes(const std::vector<Figure>& figures) {
  Clashes clashes;
  const std::size_t n = std::min(figures.size(), kMostFigures);
  std::vector<std::uint32_t> sets(std::size_t{1} << n);
  for (std::uint32_t set = 0; set < sets.size(); ++set) sets[set] = set;
  std::stable_sort(sets.begin(), sets.end(), [](std::uint32_t a, std::uint32_t b) {
    return std::popcount(a) < std::popcount(b);
  });
  const auto members = [&](std::uint32_t set) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < n; ++i) {
      if (set >> i & 1) indices.push_back(i);
    }
    return indices;
  };
  std::vector<std::uint32_t> impossible, possible;
  for (const std::uint32_t set : sets) {
    const bool holds_clash =
        std::any_of(impossible.begin(), impossible.end(),
                    [&](std::uint32_t clash) { return (clash & set) == clash; });
    if (holds_clash) continue;
    std::vector<Figure> chosen;
    for (const std::size_t i : members(set)) chosen.push_back(figures[i]);
    const Fit fitted = fit(chosen);
    clashes.is_decided &= fitted.is_decided;
    (fitted.is_possible || !fitted.is_decided ? possible : impossible).push_back(set);
  }
  for (const std::uint32_t set : impossible) clashes.smallest.push_back(members(set));
  for (const std::uint32_t set : possible) {
    const bool can_grow = std::any_of(possible.begin(), possible.end(), [&](std::uint32_t larger) {
      return larger != set && (larger & set) == set;
    });
    if (!can_grow) clashes.largest.push_back(members(set));
  }
  return clashes;
}

}  // namespace assay::claims
