#include "engine/entry_bytes.h"

#include <archive.h>

#include <algorithm>
#include <cstring>

namespace assay {

void EntryBytes::fetch(archive* from) {
  const void* block = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int outcome = archive_read_data_block(from, &block, &size, &offset);
  // ARCHIVE_WARN (a wrong checksum, say) comes with the entry's last block; worse comes with none.
  is_at_end_ = outcome == ARCHIVE_EOF;
  is_damaged_ = outcome < ARCHIVE_OK;
  if (is_at_end_ || outcome < ARCHIVE_WARN || block == nullptr) size = 0;
  block_ = static_cast<const char*>(block);
  left_ = size;
  const auto begin = static_cast<std::uint64_t>(std::max<la_int64_t>(offset, 0));
  if (outcome < ARCHIVE_WARN || begin <= fetched_) {
    hole_ = 0;
    fetched_ += size;
  } else {
    hole_ = begin - fetched_;
    fetched_ = begin + size;
  }
}

std::ptrdiff_t EntryBytes::read(archive* from, char* into, std::size_t capacity) {
  std::size_t filled = 0;
  while (filled < capacity) {
    if (hole_ > 0) {
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(hole_, capacity - filled));
      std::memset(into + filled, 0, count);
      hole_ -= count;
      filled += count;
    } else if (left_ > 0) {
      const std::size_t count = std::min(left_, capacity - filled);
      std::memcpy(into + filled, block_, count);
      block_ += count;
      left_ -= count;
      filled += count;
    } else if (is_at_end_ || is_damaged_) {
      break;
    } else {
      fetch(from);
    }
  }
  if (filled == 0 && is_damaged_) return -1;
  return static_cast<std::ptrdiff_t>(filled);
}

}  // namespace assay
