// Cuts JSON into the texts of its members or elements, so that each keeps its place in the input: a
// list of a hundred thousand objects is then read object by object. For .cc files: the header below
// is heavy.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readers/json_values.h"

namespace assay {

class JsonCutter {
 public:
  static constexpr std::size_t kMostParts = 4'000'000;

  using Member = std::pair<std::string, std::string_view>;

  // The members of an object, the elements of an array; `text` has kLinePadding bytes behind it
  // that may be read. What stands before damage is given; problem() says what was wrong then.
  std::vector<Member> members(std::string_view text) {
    std::vector<Member> parts;
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    if (!open(text, document) || fails(document.get_object().get(object))) return parts;
    for (auto field : object) {
      std::string_view key, raw;
      simdjson::ondemand::value value;
      if (fails(field.unescaped_key().get(key))) break;
      std::string name(key);
      if (fails(field.value().get(value)) || !raw_of(value, raw) || !has_room(parts)) break;
      parts.emplace_back(std::move(name), raw);
    }
    return parts;
  }
  std::vector<std::string_view> elements(std::string_view text) {
    std::vector<std::string_view> parts;
    simdjson::ondemand::document document;
    simdjson::ondemand::array array;
    if (!open(text, document) || fails(document.get_array().get(array))) return parts;
    for (auto element : array) {
      std::string_view raw;
      simdjson::ondemand::value value;
      if (fails(element.get(value)) || !raw_of(value, raw) || !has_room(parts)) break;
      parts.push_back(raw);
    }
    return parts;
  }
  const std::string& problem() const { return problem_; }

 private:
  bool fails(simdjson::error_code error) {
    if (!error) return false;
    problem_ = simdjson::error_message(error);
    return true;
  }
  template <class Parts>
  bool has_room(const Parts& parts) {
    if (parts.size() < kMostParts) return true;
    problem_ = "more parts than are read";
    return false;
  }
  bool open(std::string_view text, simdjson::ondemand::document& document) {
    problem_.clear();
    const simdjson::padded_string_view padded(text.data(), text.size(),
                                              text.size() + simdjson::SIMDJSON_PADDING);
    return !fails(parser_.iterate(padded).get(document));
  }
  bool raw_of(simdjson::ondemand::value value, std::string_view& raw) {
    if (!take_raw(value, raw)) return false;
    while (!raw.empty() && static_cast<unsigned char>(raw.back()) <= ' ') raw.remove_suffix(1);
    return true;
  }
  bool take_raw(simdjson::ondemand::value value, std::string_view& raw) {
    simdjson::ondemand::json_type type{};
    if (fails(value.type().get(type))) return false;
    if (type == simdjson::ondemand::json_type::object) {
      simdjson::ondemand::object object;
      return !fails(value.get_object().get(object)) && !fails(object.raw_json().get(raw));
    }
    if (type == simdjson::ondemand::json_type::array) {
      simdjson::ondemand::array array;
      return !fails(value.get_array().get(array)) && !fails(array.raw_json().get(raw));
    }
    raw = value.raw_json_token();
    return true;
  }

  simdjson::ondemand::parser parser_;
  std::string problem_;
};

}  // namespace assay
