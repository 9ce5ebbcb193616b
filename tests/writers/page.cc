#include "page.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace assay {
namespace {

const std::set<std::string_view> kVoid{"meta", "br", "hr", "wbr"};

class PageReader {
 public:
  explicit PageReader(std::string_view html) : rest_(html) {}

  Page read() && {
    constexpr std::string_view kDoctype = "<!DOCTYPE html>";
    if (!rest_.starts_with(kDoctype)) complain("no doctype");
    rest_.remove_prefix(std::min(kDoctype.size(), rest_.size()));
    while (!rest_.empty()) {
      if (rest_.front() == '<') {
        read_tag();
      } else {
        read_text();
      }
    }
    for (const std::string& name : open_) complain("never closed: " + name);
    return std::move(page_);
  }

 private:
  void complain(std::string what) {
    page_.complaints.push_back(std::move(what) + " before: " + std::string(rest_.substr(0, 80)));
  }

  void check_text(std::string_view text) {
    if (text.find('>') != std::string_view::npos) complain("stray '>'");
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\n') || byte == 0x7f) complain("control character");
    }
    for (std::size_t at = text.find('&'); at != std::string_view::npos;
         at = text.find('&', at + 1)) {
      const std::string_view tail = text.substr(at, 6);
      const auto starts = [&](std::string_view entity) { return tail.starts_with(entity); };
      if (!starts("&amp;") && !starts("&lt;") && !starts("&gt;") && !starts("&quot;") &&
          !starts("&#39;")) {
        complain("stray '&'");
      }
    }
  }

  void read_text() {
    const std::string_view text = rest_.substr(0, rest_.find('<'));
    check_text(text);
    page_.text += text;
    rest_.remove_prefix(text.size());
  }

  void read_tag() {
    const std::size_t end = rest_.find('>');
    if (end == std::string_view::npos) {
      complain("tag without end");
      rest_ = {};
      return;
    }
    std::string_view tag = rest_.substr(1, end - 1);
    if (tag.starts_with('/')) {
      if (open_.empty() || open_.back() != tag.substr(1)) {
        complain(fmt::format("closes {} inside {}", tag, open_.empty() ? "nothing" : open_.back()));
      } else {
        open_.pop_back();
      }
      rest_.remove_prefix(end + 1);
      return;
    }
    const bool is_closed = tag.ends_with('/');
    if (is_closed) tag.remove_suffix(1);
    page_.tags.push_back(read_attributes(tag));
    const std::string name = page_.tags.back().name;
    rest_.remove_prefix(end + 1);
    if (is_closed || kVoid.contains(name)) return;
    open_.push_back(name);
    if (name == "style") rest_.remove_prefix(std::min(rest_.find("</style>"), rest_.size()));
  }

  PageTag read_attributes(std::string_view tag) {
    PageTag result;
    const std::size_t name_end = std::min(tag.find(' '), tag.size());
    result.name = std::string(tag.substr(0, name_end));
    tag.remove_prefix(name_end);
    while (!tag.empty()) {
      const std::size_t name_at = tag.find_first_not_of(' ');
      if (name_at == std::string_view::npos) break;
      tag.remove_prefix(name_at);
      const std::size_t stop = tag.find_first_of(" =");
      std::string name(tag.substr(0, stop));
      tag.remove_prefix(std::min(stop, tag.size()));
      std::string value;
      if (tag.starts_with("=\"")) {
        const std::size_t close = tag.find('"', 2);
        if (close == std::string_view::npos) {
          complain("attribute without end");
          break;
        }
        value = std::string(tag.substr(2, close - 2));
        if (value.find('<') != std::string::npos) complain("'<' in an attribute");
        check_text(value);
        tag.remove_prefix(close + 1);
      } else if (tag.starts_with('=')) {
        complain("attribute without double quotes");
        break;
      }
      result.attributes.emplace_back(std::move(name), std::move(value));
    }
    return result;
  }

  std::string_view rest_;
  std::vector<std::string> open_;
  Page page_;
};

}  // namespace

std::string_view PageTag::attribute(std::string_view wanted) const {
  for (const auto& [name, value] : attributes) {
    if (name == wanted) return value;
  }
  return {};
}

Page read_page(std::string_view html) { return PageReader(html).read(); }

}  // namespace assay
