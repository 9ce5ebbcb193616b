#include "readers/stix_pattern.h"

#include <algorithm>
#include <array>
#include <utility>

namespace assay {

namespace {

constexpr int kMaxDepth = 32;

struct PathType {
  std::string_view path, type;  // type "" tells the values' kinds only: it is no condition
};
constexpr auto kPaths = std::to_array<PathType>({
    {"domain-name:value", "domain-name"},
    {"ipv4-addr:value", "ipv4-addr"},
    {"ipv6-addr:value", "ipv6-addr"},
    {"email-addr:value", "email-addr"},
    {"url:value", "url"},
    {"email-message:from_ref.value", "email-addr"},
    {"email-message:sender_ref.value", "email-addr"},
    {"network-traffic:dst_ref.value", "any"},
    {"network-traffic:src_ref.value", "any"},
    {"domain-name:resolves_to_refs[*].value", "any"},
    {"network-traffic:dst_ref.type", ""},
    {"network-traffic:src_ref.type", ""},
    {"domain-name:resolves_to_refs[*].type", ""},
});

std::string_view type_of(std::string_view value) {
  if (value.find_first_not_of("0123456789./") == std::string_view::npos) return "ipv4-addr";
  return value.find(':') != std::string_view::npos ? "ipv6-addr" : "domain-name";
}

// Recursive descent over the text; a part is the values of one condition.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<PatternReading> read() {
    Part whole;
    if (!expression(Level::sequence, 0, whole) || !at_end()) return std::nullopt;
    reading_.values = std::move(whole.values);
    return std::move(reading_);
  }

 private:
  // From the loosest binding; those of observations, then those within brackets.
  enum class Level { sequence, observations_or, observations_and, observation, any, all, one };

  struct Part {
    std::vector<PatternValue> values;
    bool is_condition = false;  // false: it only says of which kind a value is
  };

  void skip_blank() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool at_end() {
    skip_blank();
    return at_ == text_.size();
  }
  bool take(std::string_view word) {
    skip_blank();
    if (!text_.substr(at_).starts_with(word)) return false;
    const char last = word.back();
    const std::size_t end = at_ + word.size();
    const bool is_word = last >= 'A' && last <= 'Z';
    if (is_word && end < text_.size() && text_[end] >= 'A' && text_[end] <= 'Z') return false;
    at_ = end;
    return true;
  }
  static std::string_view word_of(Level level) {
    switch (level) {
      case Level::sequence:
        return "FOLLOWEDBY";
      case Level::observations_or:
      case Level::any:
        return "OR";
      case Level::observations_and:
      case Level::all:
        return "AND";
      default:
        return "";
    }
  }
  static bool is_joining(Level level) {
    return level == Level::sequence || level == Level::observations_and || level == Level::all;
  }

  bool expression(Level level, int depth, Part& out) {
    if (level == Level::observation) return observation(depth, out);
    if (level == Level::one) return comparison(depth, out);
    const auto next = static_cast<Level>(static_cast<int>(level) + 1);
    std::size_t conditions = 0;
    do {
      Part part;
      if (!expression(next, depth, part)) return false;
      conditions += part.is_condition ? 1 : 0;
      out.is_condition |= part.is_condition;
      for (PatternValue& value : part.values) keep(std::move(value), out);
    } while (take(word_of(level)));
    if (is_joining(level) && conditions > 1) join(out);
    return true;
  }

  void keep(PatternValue value, Part& out) {
    if (out.values.size() < kMostPatternValues) {
      out.values.push_back(std::move(value));
    } else {
      reading_.is_cut = true;
    }
  }
  static void join(Part& part) {
    for (PatternValue& value : part.values) value.is_joined = true;
  }

  // "[...]" or "(...)", with qualifiers behind it.
  bool observation(int depth, Part& out) {
    if (depth > kMaxDepth) return false;
    if (take("[")) {
      if (!expression(Level::any, depth + 1, out) || !take("]")) return false;
    } else if (!take("(") || !expression(Level::sequence, depth + 1, out) || !take(")")) {
      return false;
    }
    for (;;) {
      if (take("WITHIN")) {
        if (!literal() || !take("SECONDS")) return false;
      } else if (take("REPEATS")) {
        if (!literal() || !take("TIMES")) return false;
      } else if (take("START")) {
        if (!literal() || !take("STOP") || !literal()) return false;
      } else {
        return true;
      }
      join(out);
    }
  }

  bool comparison(int depth, Part& out) {
    if (depth > kMaxDepth) return false;
    if (take("(")) return expression(Level::any, depth + 1, out) && take(")");
    const bool is_negated = take("NOT");
    if (take("EXISTS")) {
      out.is_condition = true;
      ++reading_.not_understood;
      return !path().empty();
    }
    const std::string_view name = path();
    if (name.empty()) return false;
    const bool is_not = take("NOT") || is_negated;
    const auto known = std::find_if(kPaths.begin(), kPaths.end(),
                                    [&](const PathType& each) { return each.path == name; });
    const bool is_kind = known != kPaths.end() && known->type.empty();
    std::vector<std::string> values;
    bool is_equal = false;
    if (!compared_with(values, is_equal)) return false;
    out.is_condition = !is_kind;
    if (is_kind) return true;
    if (known == kPaths.end() || is_not || !is_equal) {
      ++reading_.not_understood;
      return true;
    }
    for (std::string& value : values) {
      const std::string_view type = known->type == "any" ? type_of(value) : known->type;
      keep({type, std::move(value), false}, out);
    }
    return true;
  }

  // The operator and what stands behind it; `is_equal` when the values are meant themselves.
  bool compared_with(std::vector<std::string>& values, bool& is_equal) {
    if (take("IN")) {
      is_equal = true;
      if (!take("(")) return false;
      do {
        auto value = literal();
        if (!value) return false;
        if (values.size() < kMostPatternValues) values.push_back(std::move(*value));
      } while (take(","));
      return take(")");
    }
    static constexpr auto kOthers = std::to_array<std::string_view>(
        {"!=", "<>", "<=", ">=", "<", ">", "LIKE", "MATCHES", "ISSUPERSET"});
    is_equal = take("==") || take("=") || take("ISSUBSET");
    const bool is_other = !is_equal && std::any_of(kOthers.begin(), kOthers.end(),
                                                   [&](auto word) { return take(word); });
    if (!is_equal && !is_other) return false;
    auto value = literal();
    if (!value) return false;
    values.push_back(std::move(*value));
    return true;
  }

  // "file:hashes.'SHA-256'"
  std::string_view path() {
    skip_blank();
    const std::size_t begin = at_;
    bool is_quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\'') is_quoted = !is_quoted;
      if (is_quoted) continue;
      const bool is_index = c == ']' && text_.substr(begin, at_ - begin).rfind('[') < text_.size();
      if (c == ' ' || c == '\t' || c == '\n' || c == '=' || c == '!' || c == '<' || c == '>' ||
          c == ')' || (c == ']' && !is_index)) {
        break;
      }
    }
    const std::string_view name = text_.substr(begin, at_ - begin);
    return name.find(':') == std::string_view::npos ? std::string_view() : name;
  }

  // A text in quotes, with a letter before them for times and bytes; or a number or a truth value.
  std::optional<std::string> literal() {
    skip_blank();
    if (at_ + 1 < text_.size() && text_[at_ + 1] == '\'' &&
        (text_[at_] == 't' || text_[at_] == 'b' || text_[at_] == 'h')) {
      ++at_;
    }
    std::string value;
    if (at_ < text_.size() && text_[at_] == '\'') {
      for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        value += text_[at_];
      }
      if (at_ == text_.size()) return std::nullopt;
      ++at_;
      return value;
    }
    const std::size_t end = std::min(
        text_.find_first_not_of("+-.0123456789abcdefghijklmnopqrstuvwxyz", at_), text_.size());
    if (end == at_) return std::nullopt;
    value = text_.substr(at_, end - at_);
    at_ = end;
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  PatternReading reading_;
};

}  // namespace

std::optional<PatternReading> read_stix_pattern(std::string_view pattern) {
  return Reader(pattern).read();
}

}  // namespace assay
