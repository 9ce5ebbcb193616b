#include "assay/evidence.h"

#include <array>

namespace assay {
namespace {

constexpr std::array<std::pair<Vantage, std::string_view>, 7> kVantages{{
    {Vantage::unknown, "unknown"},
    {Vantage::authoritative, "authoritative"},
    {Vantage::resolver, "resolver"},
    {Vantage::passive_sensor, "passive_sensor"},
    {Vantage::mail_server, "mail_server"},
    {Vantage::host, "host"},
    {Vantage::registry, "registry"},
}};

constexpr std::array<std::pair<Completeness, std::string_view>, 4> kCompleteness{{
    {Completeness::unknown, "unknown"},
    {Completeness::complete, "complete"},
    {Completeness::sampled, "sampled"},
    {Completeness::filtered, "filtered"},
}};

constexpr std::array<std::pair<ReadState, std::string_view>, 5> kStates{{
    {ReadState::unread, "unread"},
    {ReadState::partly_read, "partly_read"},
    {ReadState::read, "read"},
    {ReadState::unreadable, "unreadable"},
    {ReadState::container, "container"},
}};

template <class Words, class Value>
std::string_view word_of(const Words& words, Value value) {
  for (const auto& [candidate, word] : words) {
    if (candidate == value) return word;
  }
  return "unknown";
}

template <class Value, class Words>
std::optional<Value> value_of(const Words& words, std::string_view text) {
  for (const auto& [value, word] : words) {
    if (word == text) return value;
  }
  return std::nullopt;
}

// Every name that `wanted` means is meant by one of `declared`. A wildcard that is covered only by
// several others together counts as not covered: there is no end to what it may mean.
bool are_all_among(const NamePattern& wanted, const std::vector<NamePattern>& declared) {
  for (const NamePattern& pattern : declared) {
    if (!wanted.is_wildcard() && pattern.matches(wanted.base())) return true;
    if (wanted.is_wildcard() && pattern.is_wildcard() && is_within(wanted.base(), pattern.base())) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string_view to_string(Vantage vantage) { return word_of(kVantages, vantage); }
std::string_view to_string(Completeness completeness) {
  return word_of(kCompleteness, completeness);
}
std::string_view to_string(ReadState state) { return word_of(kStates, state); }

std::optional<Vantage> parse_vantage(std::string_view text) {
  return value_of<Vantage>(kVantages, text);
}
std::optional<Completeness> parse_completeness(std::string_view text) {
  return value_of<Completeness>(kCompleteness, text);
}
std::optional<ReadState> parse_read_state(std::string_view text) {
  return value_of<ReadState>(kStates, text);
}

std::vector<std::string> vantage_words() {
  std::vector<std::string> words;
  for (const auto& [value, word] : kVantages) words.emplace_back(word);
  return words;
}

std::uint64_t Evidence::rows() const {
  std::uint64_t rows = balance.rows;
  for (const Reading& reading : also) rows += reading.balance.rows;
  return rows;
}

bool Evidence::tells_of(std::string_view kind) const {
  if (kinds.empty()) return std::string_view(id).substr(0, id.rfind('-')) == kind;
  return kinds.contains(std::string(kind));
}

bool Coverage::is_complete_for(const Interval& window,
                               const std::vector<NamePattern>& wanted) const {
  if (completeness != Completeness::complete || intervals.empty() || window.empty()) return false;
  if (!names.empty()) {
    if (wanted.empty()) return false;
    for (const NamePattern& pattern : wanted) {
      if (!are_all_among(pattern, names)) return false;
    }
  }
  return uncovered(window, intervals).empty();
}

}  // namespace assay
