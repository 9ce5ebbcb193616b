#include "writers/format.h"

#include <fmt/core.h>

#include <cmath>

namespace assay {
namespace {

std::string group_thousands(std::string digits) {
  const std::size_t start = digits.starts_with('-') ? 1 : 0;
  std::size_t end = digits.find('.');
  if (end == std::string::npos) end = digits.size();
  for (std::size_t at = end; at > start + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

bool is_share(const Quantity& quantity) {
  return quantity.unit.empty() &&
         (quantity.name.starts_with("share") || quantity.name.ends_with("_share") ||
          quantity.name == "saturation");
}

std::string format_value(const Quantity& quantity, double value) {
  if (is_share(quantity)) return format_percent(value);
  std::string text = format_number(value);
  if (!quantity.unit.empty()) text += " " + quantity.unit;
  return text;
}

// The unit stands with the value already.
std::string format_bound(const Quantity& quantity, double bound) {
  return is_share(quantity) ? format_percent(bound) : format_number(bound);
}

}  // namespace

std::string format_count(std::uint64_t count) { return group_thousands(fmt::format("{}", count)); }

std::string format_percent(double share) {
  if (!std::isfinite(share)) return "not computed";
  return fmt::format("{:.1f} %", 100 * share);
}

std::string format_number(double value) {
  if (!std::isfinite(value)) return "not computed";
  if (value == std::floor(value) && std::fabs(value) < 1e15) {
    return group_thousands(fmt::format("{:.0f}", value));
  }
  const double size = std::fabs(value);
  if (size != 0 && size < 1e-4) return fmt::format("{:.1e}", value);
  const int decimals = size >= 1'000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
  return group_thousands(fmt::format("{:.{}f}", value, decimals));
}

std::string format_seconds(double seconds) { return format_number(seconds) + " s"; }

std::string format_quantity(const Quantity& quantity) {
  std::string text = format_value(quantity, quantity.value);
  if (quantity.interval) {
    text += fmt::format(" ({} to {}{}{})", format_bound(quantity, quantity.interval->first),
                        format_bound(quantity, quantity.interval->second),
                        quantity.interval_method.empty() ? "" : "; ", quantity.interval_method);
  }
  return text;
}

}  // namespace assay
