// Named values out of a table of TOML: each at most once, within its bounds, and nothing else
// there.
#pragma once

#include <toml++/toml.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"

namespace assay::sim {

class TomlFields {
 public:
  // `where`: the table in words, "scenario", "party".
  TomlFields(const toml::table& table, std::string_view file, std::string_view where);

  // Leave `to` as it is when the key is not there.
  void number(std::string_view key, double& to, double low, double high);
  void text(std::string_view key, std::string& to);
  void texts(std::string_view key, std::vector<std::string>& to);
  void numbers(std::string_view key, std::vector<double>& to);
  void flag(std::string_view key, bool& to);
  // RFC 3339, or a date; seconds since the epoch.
  void time(std::string_view key, double& to);
  // One of the words; gives its place.
  std::optional<std::size_t> word(std::string_view key, const std::vector<std::string>& words);
  // Calls `read` with a table, or with each table of an array of them.
  void table(std::string_view key, const std::function<Status(const toml::table&)>& read);
  void tables(std::string_view key, const std::function<Status(const toml::table&)>& read);

  // Of the first field that was not as it should be, else of a key that was not asked for.
  Status finish();
  Error error_at(const toml::node& node, std::string message, std::string mend = "") const;

 private:
  const toml::node* take(std::string_view key);
  void fail(const toml::node& node, std::string message, std::string mend = "");

  const toml::table& table_;
  std::string file_, where_;
  std::vector<std::string> known_;
  std::optional<Error> error_;
};

}  // namespace assay::sim
