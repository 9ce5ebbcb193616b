#include "engine/names_below.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/question_records.h"

namespace assay {
namespace {

constexpr std::size_t kNamed = 3;
constexpr std::size_t kMostNamesInFilter = 20'000;

// Names without a star of which no pattern takes what lies below.
std::vector<std::string> open_bases(const std::vector<NamePattern>& patterns) {
  std::vector<std::string> bases;
  for (const NamePattern& pattern : patterns) {
    const bool is_taken_whole =
        std::any_of(patterns.begin(), patterns.end(), [&](const NamePattern& other) {
          return other.is_wildcard() && is_within(pattern.base(), other.base());
        });
    if (!pattern.is_wildcard() && !is_taken_whole) bases.push_back(pattern.base());
  }
  return bases;
}

}  // namespace

std::string NamesBelow::statement() const {
  if (rows <= taken) return "";
  std::vector<std::string> stars;
  for (const std::string& base : bases) stars.push_back(fmt::format("'*.{}'", base));
  return fmt::format(
      "Not taken: {} look-up{} of names below {}, such as {}; a name stands for itself alone, and "
      "for those below it with a star: {}.",
      rows, rows == 1 ? "" : "s", fmt::join(bases, " and "), fmt::join(names, ", "),
      fmt::join(stars, ", "));
}

Result<NamesBelow> names_below(RecordStore& store, const CaseFile& case_file,
                               const Question& question, const std::vector<Evidence>& evidences,
                               const ClockShifts& shifts) {
  const std::vector<NamePattern> patterns = target_patterns(case_file, question);
  const std::vector<std::string> bases = open_bases(patterns);
  NamesBelow found;
  if (bases.empty()) return found;
  std::vector<std::uint64_t> taken, below;
  std::set<std::string> names, of_bases;
  ASSAY_TRY(store.names([&](std::uint64_t key, std::string_view name) {
    const bool is_taken = std::any_of(patterns.begin(), patterns.end(),
                                      [&](const NamePattern& each) { return each.matches(name); });
    if (is_taken) {
      taken.push_back(key);
      return true;
    }
    const auto base = std::find_if(bases.begin(), bases.end(),
                                   [&](const std::string& each) { return is_within(name, each); });
    if (base == bases.end()) return true;
    below.push_back(key);
    of_bases.insert(*base);
    names.emplace(name);
    if (names.size() > kNamed) names.erase(std::prev(names.end()));
    return true;
  }));
  if (below.empty()) return found;
  std::vector<std::uint32_t> told;
  for (const Evidence& evidence : evidences) {
    if (evidence.tells_of("dns") && evidence.state == ReadState::read) {
      told.push_back(evidence.number);
    }
  }
  const auto count = [&](std::vector<std::uint64_t>& keys) -> Result<std::uint64_t> {
    if (keys.empty() || told.empty()) return std::uint64_t{0};
    std::sort(keys.begin(), keys.end());
    keys.resize(std::min(keys.size(), kMostNamesInFilter));
    RowFilter filter;
    filter.evidences = told;
    filter.qnames = keys;
    if (question.window) filter.window = shifts.recorded(*question.window);
    std::uint64_t rows = 0;
    ASSAY_TRY(store.scan(filter, RowOrder::by_time, [&](const RowBlock& block) {
      for (std::size_t i = 0; i < block.rows->size(); ++i) {
        rows += is_lookup(block.rows->flags[i]) ? 1 : 0;
      }
      return rows <= kMostQuestionRows;
    }));
    return rows;
  };
  const Result<std::uint64_t> of_taken = count(taken), of_below = count(below);
  if (!of_taken.ok()) return of_taken.error();
  if (!of_below.ok()) return of_below.error();
  found.taken = *of_taken;
  found.rows = *of_below;
  found.names.assign(names.begin(), names.end());
  found.bases.assign(of_bases.begin(), of_bases.end());
  return found;
}

}  // namespace assay
