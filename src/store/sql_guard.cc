#include "store/sql_guard.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace assay {
namespace {

constexpr std::array<std::string_view, 7> kFirstWords = {"select", "with",    "show",  "describe",
                                                         "desc",   "explain", "exists"};
// eval() runs a text as SQL, so that no check of words would hold behind it.
constexpr std::array<std::string_view, 8> kRefusedWords = {
    "outfile",       "file",
    "eval",          "catboostevaluate",
    "cluster",       "clusterallreplicas",
    "addresstoline", "addresstolinewithinlines"};
// aiGenerate, aiClassify, ...: questions to a service on the network.
constexpr std::string_view kRefusedPrefix = "ai";

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_refused(std::string_view word) {
  return is_one_of(kRefusedWords, word) ||
         (word.size() > kRefusedPrefix.size() && word.starts_with(kRefusedPrefix));
}

Error refusal(std::string_view what) {
  return {ErrorCode::usage, fmt::format("assay sql only reads the case: {} is refused", what),
          "see docs/store.md for the tables and for what may be asked"};
}

// Walks a statement as the engine's lexer does, for as much of it as decides where texts, quoted
// names and comments end. What it cannot be sure of (bytes beyond ASCII, which the engine may take
// as quotes; escapes in quoted names; heredocs; '#' comments) is refused outside single quotes.
class Walk {
 public:
  explicit Walk(std::string_view statement) : rest_(statement) {}

  Status check() {
    bool is_first = true;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '\'') {
        if (!skip_text()) return refusal("a text without an end");
      } else if (rest_.starts_with("--")) {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/*")) {
        const std::size_t end = rest_.find("*/", 2);
        if (end == std::string_view::npos) return refusal("a comment without an end");
        rest_.remove_prefix(end + 2);
      } else if (c == '"' || c == '`') {
        ASSAY_TRY(check_quoted_name(c));
      } else if (is_word_byte(c)) {
        const std::string word = take_word();
        if (is_first && !is_one_of(kFirstWords, word)) return refusal("'" + word + "'");
        if (is_refused(word)) return refusal("'" + word + "'");
        is_first = false;
      } else if (static_cast<unsigned char>(c) >= 128 || c == '#' || c == '$' || c == '\\') {
        return refusal("a character outside ASCII, or one of # $ \\, outside single quotes");
      } else {
        rest_.remove_prefix(1);
      }
    }
    return is_first ? refusal("an empty statement") : Status{};
  }

 private:
  static bool is_word_byte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  }

  std::string take_word() {
    std::string word;
    while (!rest_.empty() && is_word_byte(rest_.front())) {
      word.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(rest_.front()))));
      rest_.remove_prefix(1);
    }
    return word;
  }

  bool skip_text() {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == '\'') {
        rest_.remove_prefix(i + 1);  // a doubled quote begins the next text at once
        return true;
      }
    }
    return false;
  }

  Status check_quoted_name(char quote) {
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return refusal("a quoted name without an end");
    Walk inside(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    while (!inside.rest_.empty()) {
      if (is_word_byte(inside.rest_.front())) {
        const std::string word = inside.take_word();
        if (is_refused(word)) return refusal("'" + word + "'");
      } else if (inside.rest_.front() == '\\') {
        return refusal("an escape in a quoted name");
      } else {
        inside.rest_.remove_prefix(1);
      }
    }
    return {};
  }

  std::string_view rest_;
};

}  // namespace

Status check_reading_statement(std::string_view statement) { return Walk(statement).check(); }

}  // namespace assay
