// The members of an archive, one after another, through libarchive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/sources.h"

namespace assay {

inline constexpr int kMaxArchiveDepth = 3;  // an archive in an archive in an archive
inline constexpr std::uint64_t kMaxArchiveMembers = 100'000;

struct ArchiveMember {
  // As the archive spells it, in UTF-8 where it says which characters they are; a path met before
  // gets "#2", "#3", ... so that each is one. "member-N" when the archive's spelling is no text.
  std::string path;
  bool has_name = true;
  std::uint64_t size_bytes = 0;  // as stated; 0 when not
  std::int64_t mtime_us = 0;     // 0 when not stated
  bool is_file = false;
  bool is_encrypted = false;
};

class ArchiveReader {
 public:
  virtual ~ArchiveReader() = default;
  // False at the end. Errors: malformed (the archive is damaged from here on), io, interrupted.
  virtual Result<bool> next(ArchiveMember& member) = 0;
  // The bytes of the member that next() named; until the next call of next().
  virtual ByteSource& data() = 0;
  virtual std::string format() const = 0;  // "POSIX ustar format"
  // What is to be said of the whole.
  virtual std::vector<Note> notes() const { return {}; }
};

// `content`: the decompressed archive. `seekable`: the file itself when it is not compressed, for
// formats that begin at their end (7z); nullptr otherwise. `size_bytes`: of the archive as
// received, for the limit on its expansion. All outlive the reader. Errors: malformed.
Result<std::unique_ptr<ArchiveReader>> open_archive(ByteSource& content, DescriptorSource* seekable,
                                                    std::uint64_t size_bytes);

}  // namespace assay
