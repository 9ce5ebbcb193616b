#include <fmt/core.h>

#include <cmath>
#include <utility>

#include "readers/storable_time.h"
#include "readers/text_numbers.h"
#include "readers/zeek_head.h"
#include "readers/zeek_log.h"

namespace assay {

namespace {

// What one line may need: its own text unescaped once, and each number spelled out.
constexpr std::size_t kUnescapedRoom = kMaxLineBytes + 64 * std::size_t{32};

}  // namespace

ZeekRecord::ZeekRecord(std::span<const ZeekColumn> columns, ZeekClock clock)
    : columns_(columns), clock_(std::move(clock)), values_(columns.size()), parts_(columns.size()) {
  unescaped_.reserve(kUnescapedRoom);
}

std::size_t ZeekRecord::slot_of(std::string_view name, std::size_t guess) const {
  if (guess < columns_.size() && columns_[guess].name == name) return guess;
  for (std::size_t slot = 0; slot < columns_.size(); ++slot) {
    if (columns_[slot].name == name) return slot;
  }
  if (name.starts_with("id_")) return slot_of(std::string("id.").append(name.substr(3)));
  return kNoSlot;
}

void ZeekRecord::begin() {
  for (std::size_t slot = 0; slot < values_.size(); ++slot) {
    values_[slot].form = Form::unset;
    if (columns_[slot].is_list) parts_[slot].clear();
  }
  unescaped_.clear();
  problem_ = {};
}

std::string_view ZeekRecord::kept(std::string_view escaped) {
  if (escaped.find('\\') == std::string_view::npos) return escaped;
  // Only a line that names one column many times can get here.
  if (unescaped_.capacity() - unescaped_.size() < escaped.size()) return escaped;
  const std::size_t begin = unescaped_.size();
  append_zeek_unescaped(escaped, unescaped_);
  return std::string_view(unescaped_).substr(begin);
}

void ZeekRecord::set_text(std::size_t slot, std::string_view escaped) {
  values_[slot].form = Form::text;
  values_[slot].text = kept(escaped);
}

void ZeekRecord::set_integer(std::size_t slot, std::uint64_t value) {
  values_[slot].form = Form::integer;
  values_[slot].integer = value;
}

void ZeekRecord::set_real(std::size_t slot, double value) {
  values_[slot].form = Form::real;
  values_[slot].real = value;
}

void ZeekRecord::set_flag(std::size_t slot, bool value) {
  values_[slot].form = Form::flag;
  values_[slot].is_set = value;
}

void ZeekRecord::add_part(std::size_t slot, std::string_view escaped) {
  if (!columns_[slot].is_list) return set_text(slot, escaped);
  parts_[slot].push_back(kept(escaped));
}

void ZeekRecord::refuse(std::size_t slot) {
  if (has_problem()) return;
  problem_ = {"zeek.field.unreadable",
              fmt::format("field '{}' holds no value of its kind", columns_[slot].name)};
}

std::string_view ZeekRecord::text(std::size_t slot) {
  const Value& value = values_[slot];
  if (value.form == Form::unset) return {};
  if (value.form == Form::text) return value.text;
  if (value.form == Form::flag) return value.is_set ? "true" : "false";
  const std::string spelled = value.form == Form::integer ? fmt::format("{}", value.integer)
                                                          : fmt::format("{}", value.real);
  if (unescaped_.capacity() - unescaped_.size() < spelled.size()) return {};
  const std::size_t begin = unescaped_.size();
  unescaped_ += spelled;
  return std::string_view(unescaped_).substr(begin);
}

std::uint64_t ZeekRecord::count(std::size_t slot) {
  const Value& value = values_[slot];
  if (value.form == Form::unset) return 0;
  if (value.form == Form::integer) return value.integer;
  if (value.form == Form::text) {
    if (const auto number = parse_number<std::uint64_t>(value.text)) return *number;
  }
  constexpr double kWhole = 9'007'199'254'740'992;  // 2^53: beyond, a double is no count
  if (value.form == Form::real && value.real >= 0 && value.real <= kWhole &&
      value.real == std::floor(value.real)) {
    return static_cast<std::uint64_t>(value.real);
  }
  refuse(slot);
  return 0;
}

std::int64_t ZeekRecord::micros(std::size_t slot) {
  const Value& value = values_[slot];
  if (value.form == Form::unset) return 0;
  constexpr double kMost = 3.2e9;  // seconds, a century: more is damage
  if (value.form == Form::integer && static_cast<double>(value.integer) < kMost) {
    return static_cast<std::int64_t>(value.integer) * kMicrosPerSecond;
  }
  if (value.form == Form::real && std::abs(value.real) < kMost) {
    return std::llround(value.real * 1e6);
  }
  if (value.form == Form::text) {
    const auto seconds = parse_decimal_seconds(value.text);
    if (seconds && std::abs(static_cast<double>(seconds->us)) < kMost * 1e6) return seconds->us;
  }
  refuse(slot);
  return 0;
}

std::string_view ZeekRecord::flag(std::size_t slot) {
  const Value& value = values_[slot];
  if (value.form == Form::unset) return {};
  if (value.form == Form::flag) return value.is_set ? "true" : "false";
  if (value.form == Form::text && (value.text == "T" || value.text == "true")) return "true";
  if (value.form == Form::text && (value.text == "F" || value.text == "false")) return "false";
  refuse(slot);
  return {};
}

std::span<const std::string_view> ZeekRecord::parts(std::size_t slot) { return parts_[slot]; }

bool ZeekRecord::set_time(RecordRow& row) {
  const Value& value = values_[kZeekTs];
  std::optional<ZeekClock::Reading> time;
  if (value.form == Form::unset) {
    problem_ = {"zeek.time.missing", "the record has no 'ts'"};
    return false;
  }
  if (value.form == Form::text) time = clock_.read(value.text);
  if (value.form == Form::integer) time = clock_.read(value.integer);
  if (value.form == Form::real) time = clock_.read(value.real);
  if (!time) {
    refuse(kZeekTs);
    return false;
  }
  if (!time->is_in_range) {
    problem_ = {kTimeOutOfRange, std::string(kTimeOutOfRangeWhy)};
    return false;
  }
  row.time_us = row.until_us = time->us;
  row.width_us = time->width_us;
  return true;
}

bool ZeekRecord::set_until(RecordRow& row, std::int64_t micros) {
  if (micros >= 0 && add_skew(row.time_us, micros, row.until_us)) return true;
  row.until_us = row.time_us;
  if (!has_problem()) problem_ = {kTimeOutOfRange, "its end " + std::string(kTimeOutOfRangeWhy)};
  return false;
}

bool ZeekRecord::set_host(std::size_t slot, RecordSink& sink, bool is_needed, std::uint64_t& key) {
  const std::string_view text = values_[slot].form == Form::text ? values_[slot].text : "";
  if (text.empty() && !is_needed) return true;
  const auto address = IpAddress::parse(text);
  if (address) {
    key = sink.host(*address);
    return true;
  }
  if (!has_problem()) {
    problem_ = {"zeek.address.unreadable",
                fmt::format("'{}' holds no address", columns_[slot].name)};
  }
  return false;
}

std::uint16_t ZeekRecord::port(std::size_t slot) {
  const std::uint64_t number = count(slot);
  if (number <= 0xffff) return static_cast<std::uint16_t>(number);
  refuse(slot);
  return 0;
}

bool ZeekRecord::set_ends(RecordRow& row, RecordSink& sink, bool are_needed) {
  row.client_port = port(kZeekOrigPort);
  row.server_port = port(kZeekRespPort);
  return set_host(kZeekOrigHost, sink, are_needed, row.client) &&
         set_host(kZeekRespHost, sink, are_needed, row.server) && !has_problem();
}

}  // namespace assay
