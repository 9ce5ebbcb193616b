#include "engine/case_file_edit.h"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>

namespace assay {
namespace {

// Byte offset of line and column (1-based, columns in code points) of a toml++ position.
std::size_t offset_of(std::string_view text, toml::source_position position) {
  std::size_t offset = 0;
  for (toml::source_index line = 1; line < position.line; ++line) {
    const std::size_t end = text.find('\n', offset);
    if (end == std::string_view::npos) return text.size();
    offset = end + 1;
  }
  for (toml::source_index column = 1; column < position.column && offset < text.size(); ++column) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xc0) == 0x80) {
      ++offset;
    }
  }
  return offset;
}

std::size_t start_of_line(std::string_view text, int line) {
  return offset_of(text, {static_cast<toml::source_index>(line), 1});
}

// The party's table, or nullptr.
const toml::table* find_party(const toml::table& root, std::string_view name) {
  const toml::array* parties = root["party"].as_array();
  for (std::size_t i = 0; parties != nullptr && i < parties->size(); ++i) {
    const toml::table* table = (*parties)[i].as_table();
    if (table != nullptr && (*table)["name"].value_or(std::string_view()) == name) return table;
  }
  return nullptr;
}

Error by_hand(std::string_view party, std::string_view what) {
  return {ErrorCode::unsupported,
          fmt::format("the table of '{}' in case.toml is written in a way that assay does not edit",
                      party),
          fmt::format("edit case.toml by hand: {}", what)};
}

// The first line below `line` where a header stands. Positions are the parser's: a '[' may also
// begin a line of a text or of a list.
void find_next_table(const toml::node& node, toml::source_index line, toml::source_index& next) {
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& each : *array) find_next_table(each, line, next);
  }
  const toml::table* table = node.as_table();
  if (table == nullptr || table->is_inline()) return;
  const auto begin = table->source().begin.line;
  if (begin > line && (next == 0 || begin < next)) next = begin;
  for (const auto& [key, value] : *table) find_next_table(value, line, next);
}

// The last line of the values of a table; at least that of its header.
int last_line_of(const toml::table& table) {
  auto last = table.source().begin.line;
  for (const auto& [key, value] : table) last = std::max(last, value.source().end.line);
  return static_cast<int>(last);
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      fmt::format_to(std::back_inserter(quoted), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string toml_list(const std::vector<std::string>& items) {
  std::string list = "[";
  for (const std::string& item : items) list += (list.size() > 1 ? ", " : "") + toml_string(item);
  return list + "]";
}

std::string party_table(const Party& party) {
  std::string table = fmt::format("[[party]]\nname = {}\n", toml_string(party.name));
  std::vector<std::string> items;
  for (const IpPrefix& prefix : party.addresses) items.push_back(prefix.to_string());
  if (!items.empty()) table += "addresses = " + toml_list(items) + "\n";
  items.clear();
  for (const NamePattern& name : party.names) items.push_back(name.to_string());
  if (!items.empty()) table += "names = " + toml_list(items) + "\n";
  if (!party.suffixes.empty()) table += "suffixes = " + toml_list(party.suffixes) + "\n";
  if (!party.accounts.empty()) table += "accounts = " + toml_list(party.accounts) + "\n";
  if (!party.mail_hosts.empty()) table += "mail_hosts = " + toml_list(party.mail_hosts) + "\n";
  if (!party.edges.empty()) table += "edges = " + toml_list(party.edges) + "\n";
  if (!party.zone.empty()) table += "zone = " + toml_string(party.zone) + "\n";
  if (!party.source.empty()) table += "source = " + toml_string(party.source) + "\n";
  if (party.holds) table += fmt::format("holds = \"{}\"\n", format_interval(*party.holds));
  return table;
}

std::string question_table(const Question& question) {
  std::string table = "[[question]]\n";
  if (!question.id.empty()) table += "id = " + toml_string(question.id) + "\n";
  table += "between = " + toml_list(question.between) + "\n";
  std::vector<std::string> names;
  for (const NamePattern& name : question.names) names.push_back(name.to_string());
  if (!names.empty()) table += "names = " + toml_list(names) + "\n";
  if (question.window) table += fmt::format("window = \"{}\"\n", format_interval(*question.window));
  if (!question.text.empty()) table += "text = " + toml_string(question.text) + "\n";
  return table;
}

std::string claim_table(const Claim& claim) {
  std::string table = "[[claim]]\n";
  if (!claim.id.empty()) table += "id = " + toml_string(claim.id) + "\n";
  table += "kind = " + toml_string(claim.kind) + "\n";
  if (!claim.quote.empty()) table += "quote = " + toml_string(claim.quote) + "\n";
  if (!claim.source.empty()) table += "source = " + toml_string(claim.source) + "\n";
  if (!claim.question.empty()) table += "question = " + toml_string(claim.question) + "\n";
  for (const auto& [key, value] : claim.fields) table += key + " = " + toml_string(value) + "\n";
  for (const auto& [key, items] : claim.lists) table += key + " = " + toml_list(items) + "\n";
  return table;
}

std::string append_table(std::string text, std::string_view table) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text + "\n" + std::string(table);
}

Result<std::string> add_to_party(std::string text, std::string_view party, std::string_view key,
                                 const std::vector<std::string>& items) {
  if (items.empty()) return text;
  const std::string wanted = fmt::format("add to its {}: {}", key, toml_list(items));
  try {
    const toml::table root = toml::parse(text);
    const toml::table* table = find_party(root, party);
    if (table == nullptr) return by_hand(party, wanted);
    const std::string list = toml_list(items);
    if (const toml::node* node = table->get(key)) {
      if (!node->is_array()) return by_hand(party, wanted);
      const auto* array = node->as_array();
      // Right after the last item, so that a comment behind it and a trailing comma stay.
      const bool is_empty = array->empty();
      const std::size_t at = is_empty
                                 ? offset_of(text, node->source().begin) + 1
                                 : offset_of(text, array->get(array->size() - 1)->source().end);
      const std::string inner = list.substr(1, list.size() - 2);
      text.insert(at, (is_empty ? "" : ", ") + inner);
    } else {
      const toml::node* name = table->get("name");
      const int line = static_cast<int>(name->source().end.line);
      const std::size_t at = start_of_line(text, line + 1);
      const bool needs_feed = at == text.size() && !text.empty() && text.back() != '\n';
      text.insert(at, fmt::format("{}{} = {}\n", needs_feed ? "\n" : "", key, list));
    }
  } catch (const toml::parse_error&) {
    return by_hand(party, wanted);
  }
  return text;
}

Result<std::string> remove_party_table(std::string text, std::string_view party) {
  try {
    const toml::table root = toml::parse(text);
    const toml::table* table = find_party(root, party);
    if (table == nullptr) return by_hand(party, "take out the table of the party");
    const auto line = table->source().begin.line;
    const std::size_t begin = start_of_line(text, static_cast<int>(line));
    const std::size_t header = text.find_first_not_of(" \t", begin);
    if (header == std::string::npos || text.compare(header, 2, "[[") != 0) {
      return by_hand(party, "take out its table");
    }
    toml::source_index next = 0;
    find_next_table(root, line, next);
    std::size_t end = next == 0 ? text.size() : start_of_line(text, static_cast<int>(next));
    // Less the comments that stand right above the next table's header.
    const std::size_t last_value = start_of_line(text, last_line_of(*table) + 1);
    for (std::size_t at = end; at > last_value;) {
      at = text.rfind('\n', at - 2) + 1;  // npos + 1 is the first line
      const std::size_t first = text.find_first_not_of(" \t", at);
      const char c = first == std::string::npos ? '\n' : text[first];
      if (c == '#') end = at;
      if (c != '#' && c != '\n' && c != '\r') break;
    }
    text.erase(begin, end - begin);
  } catch (const toml::parse_error&) {
    return by_hand(party, "take out the table of the party");
  }
  return text;
}

}  // namespace assay
