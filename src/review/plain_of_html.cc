#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "review/markings.h"

namespace assay::review {
namespace {

std::string tag_name(std::string_view tag) {
  std::string name;
  for (const char c : tag.substr(tag.starts_with('/') ? 1 : 0)) {
    const char small = lower(c);
    if (!((small >= 'a' && small <= 'z') || (small >= '0' && small <= '9'))) break;
    name += small;
  }
  return name;
}

bool begins_line(std::string_view name) {
  constexpr std::array<std::string_view, 15> kBlocks = {"p",          "br", "div", "tr",   "li",
                                                        "table",      "h1", "h2",  "h3",   "h4",
                                                        "blockquote", "hr", "td",  "body", "pre"};
  return std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end();
}

// The entities that stand in markings; others stay as they are.
std::size_t take_entity(std::string_view rest, std::string& out) {
  constexpr std::array<std::pair<std::string_view, char>, 6> kEntities = {{{"&nbsp;", ' '},
                                                                           {"&amp;", '&'},
                                                                           {"&lt;", '<'},
                                                                           {"&gt;", '>'},
                                                                           {"&quot;", '"'},
                                                                           {"&#160;", ' '}}};
  for (const auto& [entity, character] : kEntities) {
    if (!rest.starts_with(entity)) continue;
    out += character;
    return entity.size();
  }
  out += '&';
  return 1;
}

}  // namespace

std::string plain_of_html(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  for (std::size_t at = 0; at < html.size();) {
    if (html[at] == '&') {
      at += take_entity(html.substr(at), out);
      continue;
    }
    if (html[at] != '<') {
      out += html[at++];
      continue;
    }
    const bool is_comment = html.substr(at).starts_with("<!--");
    const std::size_t end = is_comment ? html.find("-->", at) : html.find('>', at);
    if (end == html.npos) break;
    const std::string_view tag = html.substr(at + 1, end - at - 1);
    const std::string name = is_comment ? "" : tag_name(tag);
    at = end + (is_comment ? 3 : 1);
    if (begins_line(name)) out += name == "br" ? "\n" : "\n\n";
    if ((name == "style" || name == "script") && !tag.starts_with('/')) {
      const std::size_t close = html.find("</", at);
      at = close == html.npos ? html.size() : close;
    }
  }
  return out;
}

}  // namespace assay::review
