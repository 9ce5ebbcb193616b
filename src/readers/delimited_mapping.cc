// The mapping file of delimited input: TOML in, TOML out.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "readers/delimited_plan.h"
#include "readers/delimited_rows.h"

namespace assay {

namespace {

const std::vector<std::string> kKeys = {"delimiter", "has_header", "skip_lines",  "time_format",
                                        "columns",   "kind",       "decimal_mark"};

Error mapping_error(std::string_view file, const toml::node& node, std::string message,
                    std::string mend = "") {
  return Error{ErrorCode::usage, fmt::format("{}:{}: {}", file, node.source().begin.line, message),
               std::move(mend)};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  if (const auto nearest = nearest_word(word, known)) {
    return fmt::format("did you mean '{}'?", *nearest);
  }
  return fmt::format("known are: {}", fmt::join(known, ", "));
}

Status read_columns(const toml::table& table, std::string_view file, DelimitedMapping& out) {
  for (const auto& [key, value] : table) {
    const std::string word(key.str());
    const bool is_known = out.kind == RecordKind::dns ? parse_cell_word(word).has_value()
                                                      : parse_row_word(word).has_value();
    if (!is_known) {
      return mapping_error(
          file, value, fmt::format("'{}' is no field of a mapping", word),
          did_you_mean(word, out.kind == RecordKind::dns ? cell_words() : row_words()));
    }
    if (const auto* text = value.as_string()) {
      out.columns[word] = text->get();
    } else if (const auto* number = value.as_integer(); number && number->get() > 0) {
      out.columns[word] = std::to_string(number->get());
    } else {
      return mapping_error(file, value,
                           fmt::format("'{}' needs a header or a number from 1", word));
    }
  }
  return {};
}

Status check_time_format(const std::string& text) {
  auto format = TimeFormat::parse(text);
  return format.ok() ? Status() : Status(format.error());
}

// What the other keys may say hangs on the kind.
Status read_kind(const toml::table& table, std::string_view file, DelimitedMapping& out) {
  const toml::node* value = table.get("kind");
  if (!value) return {};
  const auto* text = value->as_string();
  const std::string word = text ? text->get() : "";
  if (word == "dns") return {};
  const auto kind = parse_row_kind(word);
  if (!kind) {
    return mapping_error(file, *value, fmt::format("'{}' is no kind of a delimited list", word),
                         did_you_mean(word, {"dns", "payment", "mail", "flow", "registration"}));
  }
  out.kind = *kind;
  return {};
}

Status read_key(std::string_view key, const toml::node& value, std::string_view file,
                DelimitedMapping& out) {
  if (key == "delimiter") {
    const auto* text = value.as_string();
    if (!text || text->get().size() != 1) {
      return mapping_error(file, value, "delimiter must be one character", "\",\" or \"\\t\"");
    }
    out.delimiter = text->get()[0];
  } else if (key == "has_header") {
    if (!value.is_boolean()) return mapping_error(file, value, "has_header is true or false");
    out.has_header = value.as_boolean()->get();
  } else if (key == "skip_lines") {
    if (!value.is_integer() || value.as_integer()->get() < 0) {
      return mapping_error(file, value, "skip_lines is a number of lines");
    }
    out.skip_lines = static_cast<std::uint64_t>(value.as_integer()->get());
  } else if (key == "time_format") {
    if (!value.is_string()) return mapping_error(file, value, "time_format is a text");
    out.time_format = value.as_string()->get();
    const Status checked = out.kind == RecordKind::dns ? check_time_format(out.time_format)
                                                       : check_row_time_format(out.time_format);
    if (!checked.ok()) {
      return mapping_error(file, value, checked.error().message, checked.error().mend);
    }
  } else if (key == "decimal_mark") {
    const auto* text = value.as_string();
    if (out.kind == RecordKind::dns || !text || (text->get() != "." && text->get() != ",")) {
      return mapping_error(file, value, "decimal_mark is \".\" or \",\", of a list of payments");
    }
    out.columns[std::string(kDecimalMarkWord)] = text->get();
  } else if (key == "kind") {
    return {};  // read before all others
  } else if (key == "columns") {
    if (!value.is_table()) return mapping_error(file, value, "columns is a table");
    return read_columns(*value.as_table(), file, out);
  } else {
    return mapping_error(file, value, fmt::format("'{}' is no key of a mapping", key),
                         did_you_mean(key, kKeys));
  }
  return {};
}

// A basic string of TOML on one line.
std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append("\\").push_back(c);
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out.push_back(c);
    }
  }
  return out + '"';
}

// A header by which a mapping can name the column: plain, and no other column's.
bool has_usable_name(const std::vector<std::string>& header, std::size_t index) {
  if (index >= header.size() || header[index].empty()) return false;
  const std::string& name = header[index];
  return std::count(header.begin(), header.end(), name) == 1 &&
         std::none_of(name.begin(), name.end(), [](char c) { return (c & 0x80) != 0; });
}

}  // namespace

Result<DelimitedMapping> parse_mapping(std::string_view text, std::string_view file_name) {
  DelimitedMapping mapping;
  try {
    const toml::table table = toml::parse(text, file_name);
    ASSAY_TRY(read_kind(table, file_name, mapping));
    for (const auto& [key, value] : table) {
      ASSAY_TRY(read_key(key.str(), value, file_name, mapping));
    }
  } catch (const toml::parse_error& error) {
    return Error{ErrorCode::usage, fmt::format("{}:{}: {}", file_name, error.source().begin.line,
                                               error.description())};
  }
  return mapping;
}

namespace {

void append_head(std::string& out, const HeadTable& table) {
  out += fmt::format("delimiter = {}\n", toml_text(std::string(1, table.delimiter)));
  out += fmt::format("has_header = {}\n", table.has_header);
  out += fmt::format("skip_lines = {}\n", table.skip_lines);
}

void append_problem(std::string& out, const std::string& problem, const std::string& mend) {
  if (problem.empty()) return;
  std::string text = problem + "; " + mend;
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  out += fmt::format("# Not ready: {}\n", text);
}

// `word` is empty for a column that is not used.
void append_column(std::string& out, const HeadTable& table, std::size_t index,
                   std::string_view word) {
  const bool is_named = has_usable_name(table.header, index);
  const std::string column = is_named ? toml_text(table.header[index]) : std::to_string(index + 1);
  out += word.empty() ? fmt::format("# not used: {}\n", column)
                      : fmt::format("{} = {}\n", word, column);
}

constexpr std::string_view kMappingTitle =
    "# How the columns are read. Save it, change it, pass it with --mapping.\n";

}  // namespace

std::string mapping_toml(const DelimitedPlan& plan) {
  std::string out(kMappingTitle);
  append_head(out, plan.table);
  if (plan.time_format.empty()) {
    out += "# \"\": RFC 3339, counts since 1970 and other forms that cannot be misread\n";
  }
  out += fmt::format("time_format = {}\n", toml_text(plan.time_format));
  append_problem(out, plan.problem, plan.mend);
  out += "[columns]\n";
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    append_column(out, plan.table, i, cell_word(plan.cells[i]));
  }
  return out;
}

std::string mapping_toml(const RowPlan& plan) {
  std::string out(kMappingTitle);
  out += fmt::format("kind = {}\n", toml_text(kind_word(plan.kind)));
  append_head(out, plan.table);
  out += fmt::format("time_format = {}\n", toml_text(plan.time_format));
  out += fmt::format("decimal_mark = {}\n", toml_text(std::string(1, plan.decimal_mark)));
  append_problem(out, plan.problem, plan.mend);
  out += "[columns]\n";
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    append_column(out, plan.table, i, plan.columns[i].word);
  }
  return out;
}

}  // namespace assay
