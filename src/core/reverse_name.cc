#include "core/reverse_name.h"

#include <fmt/core.h>

#include <charconv>

namespace assay {

namespace {
constexpr std::string_view kV4 = ".in-addr.arpa";
constexpr std::string_view kV6 = ".ip6.arpa";

std::optional<std::uint8_t> decimal_byte(std::string_view text) {
  std::uint8_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<IpAddress> reverse_address(std::string_view canonical) {
  if (canonical.ends_with(kV4)) {
    canonical.remove_suffix(kV4.size());
    std::uint32_t address = 0;
    for (int i = 0; i < 4; ++i) {
      const std::size_t dot = canonical.find('.');
      if ((dot == std::string_view::npos) != (i == 3)) return std::nullopt;
      const auto part = decimal_byte(canonical.substr(0, dot));
      if (!part) return std::nullopt;
      address |= static_cast<std::uint32_t>(*part) << (8 * i);
      if (i < 3) canonical.remove_prefix(dot + 1);
    }
    return IpAddress::from_v4(address);
  }
  if (!canonical.ends_with(kV6)) return std::nullopt;
  canonical.remove_suffix(kV6.size());
  if (canonical.size() != 63) return std::nullopt;
  std::uint8_t bytes[16] = {};
  for (std::size_t i = 0; i < 32; ++i) {
    const char c = canonical[2 * i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0 || (i < 31 && canonical[2 * i + 1] != '.')) return std::nullopt;
    bytes[15 - i / 2] |= static_cast<std::uint8_t>(i % 2 == 0 ? digit : digit << 4);
  }
  return IpAddress::from_v6(bytes);
}

std::string reverse_name(const IpAddress& address) {
  std::string out;
  if (address.is_v4()) {
    const std::uint32_t value = address.v4();
    return fmt::format("{}.{}.{}.{}{}", value & 255, value >> 8 & 255, value >> 16 & 255,
                       value >> 24, kV4);
  }
  for (std::size_t i = 16; i-- > 0;) {
    out +=
        fmt::format("{:x}.{:x}{}", address.bytes[i] & 15, address.bytes[i] >> 4, i > 0 ? "." : "");
  }
  return out.append(kV6);
}

}  // namespace assay
