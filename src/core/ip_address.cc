#include <arpa/inet.h>
#include <fmt/core.h>

#include <bit>
#include <cstring>

#include "assay/names.h"
#include "core/ipv4_text.h"

namespace assay {
namespace {

constexpr std::uint8_t kV4Prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const char* stop = parse_ipv4_text(text.data(), end, value);
  if (stop == nullptr || stop != end) return std::nullopt;  // of no text, both are nullptr
  return value;
}

}  // namespace

IpAddress IpAddress::from_v4(std::uint32_t host_order) {
  IpAddress address;
  std::memcpy(address.bytes.data(), kV4Prefix, sizeof kV4Prefix);
  const std::uint32_t wire =
      std::endian::native == std::endian::little ? __builtin_bswap32(host_order) : host_order;
  std::memcpy(address.bytes.data() + sizeof kV4Prefix, &wire, sizeof wire);
  return address;
}

IpAddress IpAddress::from_v6(const std::uint8_t* bytes16) {
  IpAddress address;
  std::memcpy(address.bytes.data(), bytes16, 16);
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (const auto v4 = parse_v4(text)) return from_v4(*v4);
  text = text.substr(0, text.find('%'));
  char buffer[INET6_ADDRSTRLEN + 1];
  if (text.size() >= sizeof buffer || text.find(':') == std::string_view::npos) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  IpAddress address;
  if (inet_pton(AF_INET6, buffer, address.bytes.data()) != 1) return std::nullopt;
  return address;
}

bool IpAddress::is_v4() const {
  return std::memcmp(bytes.data(), kV4Prefix, sizeof kV4Prefix) == 0;
}

std::uint32_t IpAddress::v4() const {
  return static_cast<std::uint32_t>(bytes[12]) << 24 | static_cast<std::uint32_t>(bytes[13]) << 16 |
         static_cast<std::uint32_t>(bytes[14]) << 8 | bytes[15];
}

bool IpAddress::is_unspecified() const { return *this == IpAddress{}; }

std::string IpAddress::to_string() const {
  if (is_v4()) return fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
  char buffer[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
}

Result<IpPrefix> IpPrefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  const Error unreadable{ErrorCode::usage, fmt::format("'{}' is not an address or prefix", text),
                         "write it like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"};
  if (!address) return unreadable;
  IpPrefix prefix;
  const int bits = address->is_v4() ? 32 : 128;
  prefix.length_ = bits;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    if (digits.empty() || digits.size() > 3) return unreadable;
    prefix.length_ = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9') return unreadable;
      prefix.length_ = prefix.length_ * 10 + (c - '0');
    }
    if (prefix.length_ > bits) return unreadable;
  }
  prefix.base_ = *address;
  for (int bit = prefix.length_ + (128 - bits); bit < 128; ++bit) {
    prefix.base_.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80u >> (bit % 8)));
  }
  if (prefix.base_ != *address) {
    return Error{ErrorCode::usage, fmt::format("'{}' has bits set beyond its length", text),
                 fmt::format("did you mean '{}'?", prefix.to_string())};
  }
  return prefix;
}

bool IpPrefix::contains(const IpAddress& address) const {
  if (base_.is_v4() != address.is_v4()) return false;
  const int length = length_ + (base_.is_v4() ? 96 : 0);
  for (int bit = 0; bit < length; bit += 8) {
    const int rest = length - bit;
    const auto mask = static_cast<std::uint8_t>(rest >= 8 ? 0xff : 0xff << (8 - rest));
    if ((address.bytes[bit / 8] & mask) != (base_.bytes[bit / 8] & mask)) return false;
  }
  return true;
}

std::string IpPrefix::to_string() const { return fmt::format("{}/{}", base_.to_string(), length_); }

}  // namespace assay
