#include "core/amount.h"

#include <algorithm>

namespace assay {

namespace {
constexpr std::size_t kMostDigits = 18;
constexpr __int128 kMostUnits =
    static_cast<__int128>(1'000'000'000'000'000'000) * 1'000'000'000'000;
}  // namespace

std::optional<Amount> Amount::parse(std::string_view text, char mark) {
  Amount out;
  bool is_negative = false;
  if (text.starts_with('-') || text.starts_with('+')) {
    is_negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t point = text.find(mark);
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (part.size() > kDecimals) return std::nullopt;
  std::size_t digits = 0, since_group = 0;
  bool has_groups = false;
  for (const char c : whole) {
    const bool is_group = mark == ',' ? c == '.' || c == ' ' || c == '\'' : c == ',' || c == '\'';
    if (is_group && digits > 0 && (!has_groups ? since_group <= 3 : since_group == 3)) {
      has_groups = true;
      since_group = 0;
      continue;
    }
    if (c < '0' || c > '9' || ++digits > kMostDigits) return std::nullopt;
    ++since_group;
    out.units_ = out.units_ * 10 + (c - '0');
  }
  if (digits == 0 || (has_groups && since_group != 3)) return std::nullopt;
  for (int i = 0; i < kDecimals; ++i) {
    const char c = i < static_cast<int>(part.size()) ? part[static_cast<std::size_t>(i)] : '0';
    if (c < '0' || c > '9') return std::nullopt;
    out.units_ = out.units_ * 10 + (c - '0');
  }
  out.decimals_ = static_cast<int>(part.size());
  if (is_negative) out.units_ = -out.units_;
  return out;
}

std::string Amount::text() const {
  __int128 rest = is_negative() ? -units_ : units_;
  std::string digits;
  while (rest > 0 || digits.size() <= kDecimals) {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  std::reverse(digits.begin(), digits.end());
  std::string out = is_negative() ? "-" : "";
  out += digits.substr(0, digits.size() - kDecimals);
  if (decimals_ > 0) {
    out += "." + digits.substr(digits.size() - kDecimals, static_cast<std::size_t>(decimals_));
  }
  return out;
}

Amount Amount::negated() const {
  Amount out = *this;
  out.units_ = -out.units_;
  return out;
}

bool Amount::add(const Amount& other) {
  units_ += other.units_;
  decimals_ = std::max(decimals_, other.decimals_);
  return units_ < kMostUnits && units_ > -kMostUnits;
}

}  // namespace assay
