// The bytes of an archive entry, block by block as libarchive brings them.
//
// archive_read_data() is easier to call, but copies several blocks into the caller's buffer and
// gives all of them away when the last one fails: up to a buffer's size of good records lost.
#pragma once

#include <cstddef>
#include <cstdint>

struct archive;

namespace assay {

class EntryBytes {
 public:
  // At the beginning of an entry.
  void begin() { *this = EntryBytes(); }
  // Fills `into`; 0 at the end of the entry, -1 when what follows is damaged (archive_error_string
  // says how). Damage is told only after everything before it was handed on.
  std::ptrdiff_t read(archive* from, char* into, std::size_t capacity);

 private:
  void fetch(archive* from);

  const char* block_ = nullptr;
  std::size_t left_ = 0;       // of the block
  std::uint64_t hole_ = 0;     // zeros due before the block: sparse files
  std::uint64_t fetched_ = 0;  // where the block ends in the entry
  bool is_at_end_ = false;
  bool is_damaged_ = false;
};

}  // namespace assay
