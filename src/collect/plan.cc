#include "collect/plan.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

#include "assay/instant.h"
#include "assay/names.h"
#include "collect/system.h"

namespace assay::collecting {
namespace {

constexpr std::size_t kMostText = 4096;

// A table of the plan: each key asked for once, and none that was not asked for.
class Fields {
 public:
  Fields(const toml::table& table, std::string_view file, std::string where)
      : table_(table), file_(file), where_(std::move(where)) {}

  Error error_at(const toml::node& node, std::string_view what, std::string mend = "") const {
    return {ErrorCode::usage, fmt::format("{}:{}: {}", file_, node.source().begin.line, what),
            std::move(mend)};
  }
  void fail(const toml::node& node, std::string_view what, std::string mend = "") {
    if (!error_) error_ = error_at(node, what, std::move(mend));
  }
  const toml::node* take(std::string_view key) {
    known_.emplace_back(key);
    return table_.get(key);
  }
  void text(std::string_view key, std::string& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto value = node->value<std::string>();
    if (!node->is_string() || value->size() > kMostText) {
      return fail(*node, fmt::format("{} is to be a text of at most {} bytes", key, kMostText));
    }
    to = *value;
  }
  void flag(std::string_view key, bool& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    if (!node->is_boolean()) return fail(*node, fmt::format("{} is to be true or false", key));
    to = *node->value<bool>();
  }
  void texts(std::string_view key, std::vector<std::string>& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    if (node->is_string()) return to.push_back(*node->value<std::string>());
    const toml::array* array = node->as_array();
    if (array == nullptr || array->size() > 1000) {
      return fail(*node, fmt::format("{} is to be a list of at most 1000 texts", key));
    }
    for (const toml::node& one : *array) {
      if (!one.is_string()) return fail(one, fmt::format("{} is to be a list of texts", key));
      to.push_back(*one.value<std::string>());
    }
  }
  void amount(std::string_view key, std::uint64_t& to, std::uint64_t most) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto value = node->value<std::int64_t>();
    if (!node->is_integer() || *value < 1 || static_cast<std::uint64_t>(*value) > most) {
      return fail(*node, fmt::format("{} is to be a whole number from 1 to {}", key, most));
    }
    to = static_cast<std::uint64_t>(*value);
  }
  void bytes(std::string_view key, std::uint64_t& to) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const std::string text = node->value<std::string>().value_or("");
    const std::pair<std::string_view, int> units[] = {
        {" B", 0}, {" KiB", 10}, {" MiB", 20}, {" GiB", 30}, {" TiB", 40}};
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    for (const auto& [word, shift] : units) {
      if (problem != std::errc() || unit != word || value == 0 || value > 1U << 20) continue;
      to = value << shift;
      return;
    }
    fail(*node, fmt::format("{} is to be an amount", key), "such as \"512 MiB\" or \"4 GiB\"");
  }
  void tables(std::string_view key,
              const std::function<std::optional<Error>(const toml::table&)>& read) {
    const toml::node* node = take(key);
    if (node == nullptr || error_) return;
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_array_of_tables()) {
      return fail(*node, fmt::format("{} is to be one or more tables", key),
                  fmt::format("write [[{}]]", key));
    }
    for (const toml::node& one : *array) {
      if (!error_) error_ = read(*one.as_table());
    }
  }
  std::optional<Error> finish() {
    for (const auto& [key, node] : table_) {
      const std::string word(key.str());
      if (error_ || std::find(known_.begin(), known_.end(), word) != known_.end()) continue;
      const auto nearest = nearest_word(word, known_);
      fail(node, fmt::format("{} has no key '{}'", where_, readable(word)),
           nearest ? fmt::format("did you mean '{}'?", *nearest)
                   : fmt::format("its keys: {}", fmt::join(known_, ", ")));
    }
    return error_;
  }

 private:
  const toml::table& table_;
  std::string file_, where_;
  std::vector<std::string> known_;
  std::optional<Error> error_;
};

std::optional<std::string> pattern_problem(std::string_view pattern) {
  if (!pattern.starts_with('/')) return "a path is to be absolute";
  if (pattern.size() > kMostText) return "a path is to have at most 4096 bytes";
  if (pattern.find('\0') != std::string_view::npos) return "a path has no NUL";
  if (pattern.find('\\') != std::string_view::npos) {
    return "a backslash is not understood in a path; write [*] for a star in a name";
  }
  const std::string_view slashed = pattern;
  if (slashed.find("/../") != std::string_view::npos || slashed.ends_with("/..")) {
    return "a path does not go up (..)";
  }
  for (const std::string_view pseudo : {"/proc", "/sys", "/dev"}) {
    if (slashed == pseudo || slashed.starts_with(std::string(pseudo) + "/")) {
      return "what lies in /proc, /sys and /dev is made by the kernel when it is read";
    }
  }
  return std::nullopt;
}

std::optional<Error> read_files(const toml::table& table, std::string_view file, Plan& plan) {
  PlannedFiles files;
  Fields fields(table, file, "[[files]]");
  fields.text("what", files.what);
  fields.texts("paths", files.patterns);
  fields.flag("follow_links", files.follow_links);
  if (auto error = fields.finish()) return error;
  if (files.patterns.empty()) {
    return fields.error_at(table, "[[files]] names no path", "paths = [\"/var/log/mail.log*\"]");
  }
  for (const std::string& pattern : files.patterns) {
    if (const auto problem = pattern_problem(pattern)) {
      return fields.error_at(*table.get("paths"),
                             fmt::format("'{}': {}", readable(pattern), *problem));
    }
  }
  if (files.what.empty()) files.what = "files";
  plan.files.push_back(std::move(files));
  return std::nullopt;
}

bool is_unit_name(std::string_view text) {
  return !text.empty() && text.size() < 256 && text[0] != '-' &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             ":-_.\\@*") == std::string_view::npos;
}

std::optional<Error> read_journal(const toml::table& table, std::string_view file, Plan& plan) {
  std::string what = "journal", since, until;
  std::vector<std::string> units;
  Fields fields(table, file, "[[journal]]");
  fields.text("what", what);
  fields.texts("units", units);
  fields.text("since", since);
  fields.text("until", until);
  if (auto error = fields.finish()) return error;
  std::vector<std::string> argv = {"journalctl", "--no-pager", "--quiet", "--utc",
                                   "--output=short-iso-precise"};
  for (const std::string& unit : units) {
    if (!is_unit_name(unit)) {
      return fields.error_at(*table.get("units"),
                             fmt::format("'{}' is not the name of a unit", readable(unit)));
    }
    argv.push_back("--unit=" + unit);
  }
  for (const auto& [key, text] : {std::pair{"since", since}, std::pair{"until", until}}) {
    if (text.empty()) continue;
    const auto instant = parse_rfc3339(text);
    if (!instant.ok()) return fields.error_at(*table.get(key), instant.error().message);
    std::string words = format_utc(instant->us);
    words.replace(words.find('T'), 1, " ");
    words.replace(words.find('Z'), 1, " UTC");
    argv.push_back(fmt::format("--{}={}", key, words));
  }
  plan.commands.push_back({what, {argv}});
  return std::nullopt;
}

std::vector<std::string> words_of(std::string_view kind) {
  std::vector<std::string> words;
  for (const KnownCommand& known : known_commands()) {
    if (known.table == kind) words.emplace_back(known.word);
  }
  return words;
}

std::optional<Error> add_known(const Fields& fields, const toml::node& where, std::string_view kind,
                               std::string_view what, const std::string& word, Plan& plan) {
  const auto& all = known_commands();
  const auto found = std::find_if(all.begin(), all.end(), [&](const KnownCommand& known) {
    return known.table == kind && known.word == word;
  });
  if (found == all.end()) {
    return fields.error_at(where, fmt::format("{} knows no '{}'", kind, readable(word)),
                           fmt::format("it knows: {}; anything else is a [[command]]",
                                       fmt::join(words_of(kind), ", ")));
  }
  plan.commands.push_back({fmt::format("{} of {}", what, word), found->choices});
  return std::nullopt;
}

std::optional<Error> read_known(const toml::table& table, std::string_view file,
                                std::string_view kind, Plan& plan) {
  std::string what(kind);
  std::vector<std::string> of;
  Fields fields(table, file, fmt::format("[[{}]]", kind));
  fields.text("what", what);
  fields.texts("of", of);
  if (auto error = fields.finish()) return error;
  if (of.empty()) {
    return fields.error_at(table, fmt::format("[[{}]] does not say of what", kind),
                           fmt::format("of = one or more of: {}", fmt::join(words_of(kind), ", ")));
  }
  for (const std::string& word : of) {
    if (auto error = add_known(fields, *table.get("of"), kind, what, word, plan)) return error;
  }
  return std::nullopt;
}

std::optional<Error> read_command(const toml::table& table, std::string_view file, Plan& plan) {
  PlannedCommand command;
  std::vector<std::string> argv;
  Fields fields(table, file, "[[command]]");
  fields.text("what", command.what);
  fields.texts("argv", argv);
  if (auto error = fields.finish()) return error;
  const auto is_bad = [](const std::string& word) {
    return word.empty() || word.size() > kMostText || word.find('\0') != std::string::npos;
  };
  if (argv.empty() || std::any_of(argv.begin(), argv.end(), is_bad) || argv[0][0] == '-') {
    return fields.error_at(table, "[[command]] needs argv, a list of words that are not empty",
                           "argv = [\"rndc\", \"status\"]; no shell reads it");
  }
  if (command.what.empty()) command.what = "command";
  command.choices.push_back(std::move(argv));
  command.is_spelled_out = true;
  plan.commands.push_back(std::move(command));
  return std::nullopt;
}

std::optional<Error> read_head(Fields& fields, std::string_view file, Plan& plan) {
  fields.text("title", plan.title);
  fields.text("authority", plan.authority);
  fields.text("collector", plan.collector);
  if (const toml::node* node = fields.take("limits")) {
    if (!node->is_table()) return fields.error_at(*node, "limits is to be a table");
    Fields limits(*node->as_table(), file, "[limits]");
    limits.bytes("file", plan.limits.file_bytes);
    limits.bytes("total", plan.limits.total_bytes);
    limits.bytes("output", plan.limits.output_bytes);
    limits.amount("files", plan.limits.files, kMostFiles);
    limits.amount("seconds", plan.limits.seconds, 86'400);
    if (auto error = limits.finish()) return error;
  }
  if (const toml::node* node = fields.take("clock")) {
    // [clock] states, [[clock]] asks a program of the host.
    if (const toml::table* table = node->as_table()) {
      Fields clock(*table, file, "[clock]");
      clock.text("reference", plan.clock.reference);
      clock.text("offset", plan.clock.offset);
      clock.text("uncertainty", plan.clock.uncertainty);
      std::vector<std::string> of;
      clock.texts("ask", of);
      if (auto error = clock.finish()) return error;
      if (!plan.clock.offset.empty() && plan.clock.reference.empty()) {
        return clock.error_at(*table, "[clock] states an offset without its reference",
                              "reference = \"radio clock, read by J. Doe\"");
      }
      for (const std::string& word : of) {
        if (auto error = add_known(clock, *table->get("ask"), "clock", "clock", word, plan)) {
          return error;
        }
      }
    } else {
      return fields.error_at(*node, "clock is to be a table [clock]");
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Plan> parse_plan(std::string_view text, std::string_view file) {
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& problem) {
    return Error{ErrorCode::usage,
                 fmt::format("{}:{}: {}", file, problem.source().begin.line, problem.description()),
                 "a plan is TOML; docs/collect.md shows one"};
  }
  Plan plan;
  plan.text = std::string(text);
  Fields fields(table, file, "the plan");
  if (auto error = read_head(fields, file, plan)) return *error;
  fields.tables("files", [&](const toml::table& one) { return read_files(one, file, plan); });
  fields.tables("journal", [&](const toml::table& one) { return read_journal(one, file, plan); });
  for (const std::string_view kind : {"queue", "configuration", "version"}) {
    fields.tables(kind, [&](const toml::table& one) { return read_known(one, file, kind, plan); });
  }
  fields.tables("command", [&](const toml::table& one) { return read_command(one, file, plan); });
  if (auto error = fields.finish()) return *error;
  if (plan.files.empty() && plan.commands.empty()) {
    return Error{ErrorCode::usage, fmt::format("{} names nothing to collect", file),
                 "[[files]] with paths = [\"/var/log/mail.log*\"]"};
  }
  return plan;
}

}  // namespace assay::collecting
