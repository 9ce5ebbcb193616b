#include <fmt/format.h>
#include <toml++/toml.h>

#include "core/digest.h"
#include "review/markings.h"

// C++20 has no #embed; the assembler has. The path comes from src/CMakeLists.txt.
asm(".pushsection .rodata\n"
    ".global assay_markings\n"
    "assay_markings:\n"
    ".incbin \"" ASSAY_MARKINGS
    "\"\n"
    ".global assay_markings_end\n"
    "assay_markings_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" {
extern const char assay_markings[];
extern const char assay_markings_end[];
}

namespace assay::review {
namespace {

Error list_error(std::string_view file, const toml::node& node, std::string_view what) {
  return {ErrorCode::usage, fmt::format("{}:{}: {}", file, node.source().begin.line, what),
          "docs/mail-review.md says what a list looks like"};
}

Status read_table(const toml::table& table, bool is_portion, std::string_view file,
                  MarkingList& list) {
  const std::string_view key = is_portion ? "marks" : "words";
  const toml::array* words = table.get_as<toml::array>(key);
  const std::string kind = table["kind"].value_or(std::string());
  const std::string rule = table["case"].value_or(std::string("any"));
  if (words == nullptr || kind.empty()) {
    return list_error(file, table,
                      fmt::format("a marking needs kind = \"...\" and {} = [...]", key));
  }
  if (rule != "any" && rule != "upper") {
    return list_error(file, table, "case is \"any\" or \"upper\"");
  }
  for (const toml::node& node : *words) {
    const auto word = node.value<std::string>();
    if (!word || word->empty() || word->size() > kLongestMarking) {
      return list_error(file, node,
                        fmt::format("a marking is a text of 1 to {} bytes", kLongestMarking));
    }
    if (list.markings.size() == kMostMarkings) {
      return list_error(file, node, fmt::format("a list has at most {} markings", kMostMarkings));
    }
    list.markings.push_back({*word, kind, rule == "upper", is_portion});
  }
  return {};
}

}  // namespace

Result<MarkingList> parse_markings(std::string_view toml, std::string_view file_name) {
  MarkingList list;
  list.sha256 = sha256_hex(toml);
  try {
    const toml::table file = toml::parse(toml, file_name);
    for (const auto& [key, value] : file) {
      const bool is_portion = key.str() == "portion";
      const toml::array* tables = value.as_array();
      if ((!is_portion && key.str() != "marking") || tables == nullptr) {
        return list_error(file_name, value, "only [[marking]] and [[portion]] may stand here");
      }
      for (const toml::node& each : *tables) {
        const toml::table* table = each.as_table();
        if (table == nullptr) return list_error(file_name, each, "a table is wanted here");
        ASSAY_TRY(read_table(*table, is_portion, file_name, list));
      }
    }
  } catch (const toml::parse_error& error) {
    return Error{
        ErrorCode::usage,
        fmt::format("{}:{}: {}", file_name, error.source().begin.line, error.description()),
        "docs/mail-review.md says what a list looks like"};
  }
  std::size_t bytes = 1;
  for (const MarkingList::Marking& each : list.markings) bytes += each.text.size();
  if (bytes > kMostNodes) {
    return Error{ErrorCode::usage,
                 fmt::format("{}: the markings have {} bytes together, at most {}", file_name,
                             bytes, kMostNodes),
                 "part the list"};
  }
  return list;
}

std::string_view shipped_markings() {
  return {assay_markings, static_cast<std::size_t>(assay_markings_end - assay_markings)};
}

MarkingList list_of_words(const std::vector<std::string>& words) {
  MarkingList list;
  for (const std::string& word : words) list.markings.push_back({word, "words", false, false});
  return list;
}

}  // namespace assay::review
