// Lists of tags as DKIM and DMARC write them: "v=1; a=rsa-sha256; d=example" (RFC 6376 section
// 3.2).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

inline constexpr std::size_t kMaxTags = 64;

class TagList {
 public:
  // Views into `text`, which outlives this.
  explicit TagList(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(';'), text.size());
      take(trimmed(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  // Each tag has a name of its own and a '='; there are at most kMaxTags.
  bool is_well_formed() const { return is_well_formed_; }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Without blanks at its ends; "" when there is none.
  std::string_view operator[](std::string_view name) const {
    const auto* tag = find(name);
    return tag ? tag->second : std::string_view();
  }

  static std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
  }
  // Folds and blanks are allowed within base64 and lists.
  static std::string without_blanks(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (static_cast<unsigned char>(c) > ' ' && c != 0x7f) out += c;
    }
    return out;
  }

 private:
  using Tag = std::pair<std::string_view, std::string_view>;

  void take(std::string_view tag) {
    if (tag.empty()) return;
    const std::size_t equals = tag.find('=');
    const std::string_view name = trimmed(tag.substr(0, equals));
    if (equals == tag.npos || name.empty() || has(name) || tags_.size() == kMaxTags) {
      is_well_formed_ = false;
      return;
    }
    tags_.emplace_back(name, trimmed(tag.substr(equals + 1)));
  }
  const Tag* find(std::string_view name) const {
    const auto found =
        std::find_if(tags_.begin(), tags_.end(), [&](const Tag& tag) { return tag.first == name; });
    return found == tags_.end() ? nullptr : &*found;
  }

  std::vector<Tag> tags_;
  bool is_well_formed_ = true;
};

}  // namespace assay
