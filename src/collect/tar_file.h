// The tar of a bundle: ustar headers (POSIX.1-1988) with nothing in them that the manifest does not
// tell, so that every byte of a bundle is either signed or follows from what is signed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::collecting {

inline constexpr std::size_t kTarBlock = 512;

struct TarEntry {
  std::string name;  // at most 99 bytes
  std::uint64_t size = 0;
  std::int64_t mtime_s = 0;  // times before 1970 are written as 1970
};

std::string tar_header(const TarEntry& entry);
// nullopt: not a header that tar_header() writes, to the byte.
std::optional<TarEntry> parse_tar_header(std::string_view block);
// Zeros that fill the last block of so many bytes.
std::size_t tar_padding(std::uint64_t size);

}  // namespace assay::collecting
