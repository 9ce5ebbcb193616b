// Values of JSON as logs write them, over simdjson. For .cc files: the header below is heavy.
#pragma once

#include <simdjson.h>

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "readers/line_reader.h"
#include "readers/text_numbers.h"

namespace assay {

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

// A string's text; empty for all else.
inline std::string_view json_text(simdjson::dom::element value) {
  std::string_view text;
  return value.get(text) ? std::string_view() : text;
}

// A whole number that is not negative, as a number or as a string of digits.
inline std::optional<std::uint64_t> json_count(simdjson::dom::element value) {
  std::uint64_t number = 0;
  if (!value.get(number)) return number;
  double real = 0;
  if (!value.get(real)) {
    if (!(real >= 0 && real < 9e15) || real != std::floor(real)) return std::nullopt;
    return static_cast<std::uint64_t>(real);
  }
  std::string_view text;
  if (value.get(text)) return std::nullopt;
  return parse_number<std::uint64_t>(text);
}

inline bool json_flag(simdjson::dom::element value) {
  bool is_set = false;
  return !value.get(is_set) && is_set;
}

// Appends what a person would call the value: a string without its quotes, all else as JSON.
inline void append_json(simdjson::dom::element value, std::string& out) {
  std::string_view text;
  out += value.get(text) ? simdjson::minify(value) : std::string(text);
}

// Parses one line of a head, which has no padding of its own. `parser` holds what is returned.
inline std::optional<simdjson::dom::object> parse_head_line(simdjson::dom::parser& parser,
                                                            std::string_view line) {
  simdjson::dom::object object;
  if (parser.parse(line.data(), line.size(), true).get(object)) return std::nullopt;
  return object;
}

}  // namespace assay
