#include "sim/toml_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/instant.h"
#include "assay/names.h"

namespace assay::sim {

TomlFields::TomlFields(const toml::table& table, std::string_view file, std::string_view where)
    : table_(table), file_(file), where_(where) {}

const toml::node* TomlFields::take(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

Error TomlFields::error_at(const toml::node& node, std::string message, std::string mend) const {
  return {ErrorCode::usage, fmt::format("{}:{}: {}", file_, node.source().begin.line, message),
          std::move(mend)};
}

void TomlFields::fail(const toml::node& node, std::string message, std::string mend) {
  if (!error_) error_ = error_at(node, std::move(message), std::move(mend));
}

void TomlFields::number(std::string_view key, double& to, double low, double high) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  const auto value = node->value<double>();
  if (!value || !(*value >= low && *value <= high)) {
    return fail(*node, fmt::format("{} is a number from {} to {}", key, low, high));
  }
  to = *value;
}

void TomlFields::text(std::string_view key, std::string& to) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  if (!node->is_string()) return fail(*node, fmt::format("{} is a text", key));
  to = node->as_string()->get();
}

void TomlFields::texts(std::string_view key, std::vector<std::string>& to) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr || !array->is_homogeneous<std::string>()) {
    return fail(*node, fmt::format("{} is a list of texts", key));
  }
  to.clear();
  for (const toml::node& each : *array) to.push_back(each.as_string()->get());
}

void TomlFields::numbers(std::string_view key, std::vector<double>& to) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  const auto* array = node->as_array();
  to.clear();
  if (array != nullptr) {
    for (const toml::node& each : *array) {
      if (const auto value = each.value<double>()) to.push_back(*value);
    }
  }
  if (array == nullptr || to.size() != array->size()) {
    fail(*node, fmt::format("{} is a list of numbers", key));
  }
}

void TomlFields::flag(std::string_view key, bool& to) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  if (!node->is_boolean()) return fail(*node, fmt::format("{} is true or false", key));
  to = node->as_boolean()->get();
}

void TomlFields::time(std::string_view key, double& to) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  const auto* text = node->as_string();
  const auto instant = parse_rfc3339(text != nullptr ? text->get() : "");
  if (!instant.ok()) {
    return fail(*node, fmt::format("{} is a time in quotes", key),
                "such as \"2021-05-04T00:00:00Z\"");
  }
  to = static_cast<double>(instant->us) / kMicrosPerSecond;
}

std::optional<std::size_t> TomlFields::word(std::string_view key,
                                            const std::vector<std::string>& words) {
  const toml::node* node = take(key);
  if (node == nullptr) return std::nullopt;
  const auto* text = node->as_string();
  const auto found = std::find(words.begin(), words.end(), text != nullptr ? text->get() : "");
  if (found == words.end()) {
    fail(*node, fmt::format("{} is one of: {}", key, fmt::join(words, ", ")));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - words.begin());
}

void TomlFields::table(std::string_view key,
                       const std::function<Status(const toml::table&)>& read) {
  const toml::node* node = take(key);
  if (node == nullptr || error_) return;
  if (!node->is_table()) return fail(*node, fmt::format("{} is a table", key));
  if (const Status status = read(*node->as_table()); !status.ok()) error_ = status.error();
}

void TomlFields::tables(std::string_view key,
                        const std::function<Status(const toml::table&)>& read) {
  const toml::node* node = take(key);
  if (node == nullptr || error_) return;
  const auto* array = node->as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    return fail(*node, fmt::format("{} is written as [[{}]]", key, key));
  }
  for (const toml::node& each : *array) {
    if (const Status status = read(*each.as_table()); !status.ok()) {
      error_ = status.error();
      return;
    }
  }
}

Status TomlFields::finish() {
  if (error_) return *error_;
  for (const auto& [key, value] : table_) {
    const std::string word(key.str());
    if (std::find(known_.begin(), known_.end(), word) != known_.end()) continue;
    const auto nearest = nearest_word(word, known_);
    return error_at(value, fmt::format("'{}' is no key of a {}", word, where_),
                    nearest ? fmt::format("did you mean '{}'?", *nearest)
                            : fmt::format("known are: {}", fmt::join(known_, ", ")));
  }
  return {};
}

}  // namespace assay::sim
