// Goes through an archive file, nested compression and nested archives included.
#pragma once

#include <functional>
#include <string>

#include "engine/archive_reader.h"

namespace assay {

// Calls `each` for every member. `damage` says why the walk ended early, when the archive itself is
// the reason; "" otherwise. Errors: io, interrupted, what `each` returns.
Status walk_archive(DescriptorSource& file, std::uint64_t size_bytes, std::string& damage,
                    const std::function<Status(const ArchiveMember&, ByteSource&)>& each);

// A member, unpacked into a temporary file without a name (in `folder`): telling what is inside,
// and which year its stamps began in, can need a second look, and an archive gives only one.
struct MemberBytes {
  Descriptor file;
  // The archive broke off within this member. To be told to the source that reads `file`
  // (DescriptorSource::end_in), in the first reading and in every later one: a reader treats the
  // last line of a stream that broke off otherwise than that of a whole one.
  std::string damage;
};
Result<MemberBytes> unpack_member(ByteSource& member, const std::string& folder);

}  // namespace assay
