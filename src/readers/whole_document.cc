#include "readers/whole_document.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "readers/line_reader.h"

namespace assay {

Result<std::optional<WholeDocument>> read_document(ByteSource& source, std::uint64_t most,
                                                   std::string_view too_large, RecordSink& sink) {
  WholeDocument document;
  std::string block(std::size_t{1} << 16, '\0');
  std::uint64_t length = 0;
  for (;;) {
    const auto count = source.read(block.data(), block.size());
    if (!count.ok()) {
      if (count.error().code != ErrorCode::malformed) return count.error();
      sink.unit();
      sink.reject("input.damaged", 0, length, document.bytes,
                  "the input is cut or corrupt: " + count.error().message);
      return std::optional<WholeDocument>();
    }
    if (*count == 0) break;
    length += *count;
    if (document.bytes.size() <= most) document.bytes.append(block, 0, *count);
  }
  if (length > most) {
    sink.unit();
    sink.reject(too_large, 0, length, document.bytes,
                fmt::format("a document of {} bytes; at most {} are read", length, most));
    return std::optional<WholeDocument>();
  }
  const std::size_t first = document.bytes.find_first_not_of("\xef\xbb\xbf \t\r\n");
  if (first == std::string::npos) return std::optional<WholeDocument>();
  document.offset = first;
  document.bytes.reserve(document.bytes.size() + kLinePadding);
  return std::optional(std::move(document));
}

}  // namespace assay
