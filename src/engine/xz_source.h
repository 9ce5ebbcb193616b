// Decompression of .xz through liblzma.
//
// libarchive's own filter takes whatever dictionary a stream asks for (up to 4 GiB, so that a small
// file could use up the machine's memory) and keeps the last 64 KiB before damage to itself.
#pragma once

#include <memory>

#include "assay/reader.h"

namespace assay {

// xz -9 asks for 65 MiB.
inline constexpr std::uint64_t kMaxXzMemoryBytes = 256ull << 20;

// As make_decoder; a stream that needs more memory than that is malformed, with the mend.
std::unique_ptr<ByteSource> make_xz_source(ByteSource& inner);

}  // namespace assay
