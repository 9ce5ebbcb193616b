// Goes through an archive file, nested compression and nested archives included.
#pragma once

#include <functional>
#include <string>

#include "engine/archive_reader.h"

namespace assay {

struct WalkEnd {
  std::string damage;  // why it ended early, when the archive itself is the reason
  std::vector<Note> notes;
};
// Calls `each` for every member. Outlook's folders are an archive that an outside program unpacks,
// into a folder of its own in `folder`. Errors: io, interrupted, unsupported (that program is not
// here), what `each` returns.
Status walk_archive(DescriptorSource& file, std::uint64_t size_bytes, const std::string& folder,
                    WalkEnd& end,
                    const std::function<Status(const ArchiveMember&, ByteSource&)>& each);

// A member, unpacked into a temporary file without a name (in `folder`): telling what is inside,
// and which year its stamps began in, can need a second look, and an archive gives only one.
struct MemberBytes {
  Descriptor file;
  std::uint64_t size = 0;
  // The archive broke off within this member. To be told to the source that reads `file`
  // (DescriptorSource::end_in), in the first reading and in every later one: a reader treats the
  // last line of a stream that broke off otherwise than that of a whole one.
  std::string damage;
};
Result<MemberBytes> unpack_member(ByteSource& member, const std::string& folder);

}  // namespace assay
