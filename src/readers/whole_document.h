// Formats that are one JSON document: its bytes in memory, with the room behind them that JSON is
// scanned over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/reader.h"

namespace assay {

// The text from its first byte that is neither blank nor a byte order mark; `offset` is that
// byte's.
struct WholeDocument {
  std::string bytes;
  std::uint64_t offset = 0;
  std::string_view text() const { return std::string_view(bytes).substr(offset); }
};

// Nothing for an empty input, and for one that is damaged or larger than `most` bytes, which is
// rejected whole ("input.damaged", `too_large`). Errors: io of the source.
Result<std::optional<WholeDocument>> read_document(ByteSource& source, std::uint64_t most,
                                                   std::string_view too_large, RecordSink& sink);

}  // namespace assay
