#include "collect/tar_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay::collecting {
namespace {

constexpr std::size_t kNameBytes = 100, kSizeAt = 124, kTimeAt = 136, kSumAt = 148, kNumber = 12;
constexpr std::uint64_t kMostOctal = 077777777777;  // 11 digits, 8 GiB - 1

// Beyond eleven octal digits as GNU tar and libarchive write it: the highest bit, then base 256.
void put_number(std::string& block, std::size_t at, std::uint64_t value) {
  if (value <= kMostOctal) {
    block.replace(at, kNumber - 1, fmt::format("{:011o}", value));
    return;
  }
  for (std::size_t i = 0; i < kNumber; ++i) {
    const std::size_t shift = 8 * (kNumber - 1 - i);
    block[at + i] = shift < 64 ? static_cast<char>(value >> shift & 0xFF) : '\0';
  }
  block[at] = static_cast<char>(0x80);
}

std::uint64_t number_at(std::string_view block, std::size_t at) {
  std::uint64_t value = 0;
  if (static_cast<unsigned char>(block[at]) & 0x80) {
    for (std::size_t i = 4; i < kNumber; ++i) {
      value = value << 8 | static_cast<unsigned char>(block[at + i]);
    }
    return value;
  }
  for (std::size_t i = 0; i + 1 < kNumber; ++i) {
    value = value << 3 | (static_cast<unsigned char>(block[at + i]) & 7U);
  }
  return value;
}

}  // namespace

std::string tar_header(const TarEntry& entry) {
  std::string block(kTarBlock, '\0');
  block.replace(0, std::min(entry.name.size(), kNameBytes - 1),
                entry.name.substr(0, kNameBytes - 1));
  block.replace(kNameBytes, 7, "0000444");
  block.replace(108, 7, "0000000");
  block.replace(116, 7, "0000000");
  put_number(block, kSizeAt, entry.size);
  put_number(block, kTimeAt, entry.mtime_s < 0 ? 0 : static_cast<std::uint64_t>(entry.mtime_s));
  block.replace(kSumAt, 8, "        ");
  block[156] = '0';
  block.replace(257, 8, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  block.replace(kSumAt, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return block;
}

std::optional<TarEntry> parse_tar_header(std::string_view block) {
  if (block.size() != kTarBlock) return std::nullopt;
  TarEntry entry;
  entry.name = std::string(block.substr(0, kNameBytes));
  entry.name.resize(std::min(entry.name.find('\0'), kNameBytes));
  entry.size = number_at(block, kSizeAt);
  entry.mtime_s = static_cast<std::int64_t>(number_at(block, kTimeAt));
  if (entry.name.empty() || tar_header(entry) != block) return std::nullopt;
  return entry;
}

std::size_t tar_padding(std::uint64_t size) {
  return static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock);
}

}  // namespace assay::collecting
