#include "engine/review_sets.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

bool has_messages(const Evidence& evidence) {
  const auto rows = evidence.kinds.find("message");
  return rows != evidence.kinds.end() && rows->second > 0;
}

std::vector<std::string> terms_of(const std::string& text) {
  std::vector<std::string> terms;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    std::string term = text.substr(at, end - at);
    term.erase(0, std::min(term.find_first_not_of(' '), term.size()));
    term.erase(term.find_last_not_of(' ') + 1);
    if (!term.empty()) terms.push_back(std::move(term));
    at = end + 1;
  }
  return terms;
}

class SetWords {
 public:
  SetWords(const CaseState& state, ReviewSets& sets) : state_(state), sets_(sets) {}

  // `other`: what "rest" leaves out; nullptr where it may not stand.
  Result<std::set<std::uint32_t>> parse(const std::string& text,
                                        const std::set<std::uint32_t>* other) {
    std::set<std::uint32_t> found;
    for (const std::string& term : terms_of(text)) {
      if (term == "rest") {
        if (other == nullptr) {
          return Error{ErrorCode::usage, "both sets are what is left of the other",
                       "name the evidence of one of them: --known message-1"};
        }
        add_where(found, [&](const Evidence& each) { return !other->contains(each.number); });
      } else {
        ASSAY_TRY(add_term(term, found));
      }
    }
    return found;
  }

 private:
  template <typename Fits>
  std::size_t add_where(std::set<std::uint32_t>& found, Fits fits) {
    std::size_t count = 0;
    for (const Evidence& evidence : state_.evidences) {
      if (!has_messages(evidence) || !fits(evidence)) continue;
      if (evidence.state == ReadState::read) {
        found.insert(evidence.number);
      } else {
        sets_.left_out.push_back(evidence.id);
      }
      ++count;
    }
    return count;
  }

  bool is_within(const Evidence& evidence, std::uint32_t container) const {
    for (std::uint32_t number = evidence.number; number != 0;) {
      if (number == container) return true;
      const auto index = state_.index_of(number);
      number = index ? state_.evidences[*index].container : 0;
    }
    return false;
  }

  Result<std::uint32_t> number_of(const std::string& id) const {
    if (const auto index = state_.index_of_id(id)) return state_.evidences[*index].number;
    std::vector<std::string> known = {"all", "rest"};
    for (const Evidence& evidence : state_.evidences) known.push_back(evidence.id);
    const auto nearest = nearest_word(id, known);
    return Error{ErrorCode::usage, fmt::format("there is no evidence '{}'", id),
                 nearest ? fmt::format("did you mean '{}'?", *nearest)
                         : "see all of it with: assay evidence CASE"};
  }

  Status add_term(const std::string& term, std::set<std::uint32_t>& found) {
    const std::size_t colon = term.find(':'), dots = term.find("..");
    const std::string word = term.substr(0, colon);
    const std::string rest = colon == term.npos ? "" : term.substr(colon + 1);
    std::size_t count = 0;
    if (term == "all") {
      count = add_where(found, [](const Evidence&) { return true; });
    } else if (colon != term.npos && word == "from") {
      count = add_where(found, [&](const Evidence& each) { return each.received_from == rest; });
    } else if (colon != term.npos && (word == "name" || word == "note")) {
      count = add_where(found, [&](const Evidence& each) {
        return (word == "name" ? each.name : each.note).find(rest) != std::string::npos;
      });
    } else if (colon != term.npos && (word == "added-before" || word == "added-from")) {
      const auto when = parse_rfc3339(rest);
      if (!when.ok()) return when.error();
      count = add_where(found, [&](const Evidence& each) {
        return (each.received_us < when->us) == (word == "added-before");
      });
    } else if (colon != term.npos) {
      return Error{ErrorCode::usage, fmt::format("no evidence is named by '{}:'", word),
                   "the words are: from:, name:, note:, added-before:, added-from:"};
    } else if (dots != term.npos) {
      const auto first = number_of(term.substr(0, dots)), last = number_of(term.substr(dots + 2));
      if (!first.ok()) return first.error();
      if (!last.ok()) return last.error();
      count = add_where(found, [&](const Evidence& each) {
        return each.number >= *first && each.number <= *last;
      });
    } else {
      const auto number = number_of(term);
      if (!number.ok()) return number.error();
      count = add_where(found, [&](const Evidence& each) { return is_within(each, *number); });
    }
    if (count > 0) return {};
    return Error{ErrorCode::usage, fmt::format("'{}' names no evidence with messages", term),
                 "see what each evidence tells of with: assay evidence CASE"};
  }

  const CaseState& state_;
  ReviewSets& sets_;
};

bool has_rest(const std::string& text) {
  const auto terms = terms_of(text);
  return std::find(terms.begin(), terms.end(), "rest") != terms.end();
}

}  // namespace

Result<ReviewSets> parse_review_sets(const CaseState& state, const std::string& known,
                                     const std::string& fresh) {
  ReviewSets sets;
  SetWords words(state, sets);
  const bool is_known_rest = has_rest(known);
  if (is_known_rest && has_rest(fresh)) return words.parse(known, nullptr).error();
  auto first = words.parse(is_known_rest ? fresh : known, nullptr);
  if (!first.ok()) return first.error();
  auto second = words.parse(is_known_rest ? known : fresh, &*first);
  if (!second.ok()) return second.error();
  sets.known = std::move(is_known_rest ? *second : *first);
  sets.fresh = std::move(is_known_rest ? *first : *second);
  for (const std::uint32_t number : sets.known) {
    if (!sets.fresh.contains(number)) continue;
    return Error{ErrorCode::usage,
                 fmt::format("{} is in both sets", state.evidences[*state.index_of(number)].id),
                 "a message is known or newly found; write 'rest' for everything else"};
  }
  if (sets.fresh.empty()) {
    return Error{ErrorCode::usage, "no newly found evidence with messages is named",
                 "name it with --new: message-2, rest, all"};
  }
  return sets;
}

}  // namespace assay
