// Outlook's .pst and .ost as an archive of mailboxes, one a folder, that readpst writes.
//
// assay does not read the format itself: it is a database whose free readers were written over
// twenty years, and readpst is the one that every distribution has. The mailboxes are evidences of
// their own, with their own seals, since a folder's name says something about its messages and one
// long stream of all of them would not keep it. docs/formats/pst.md.
#pragma once

#include "engine/archive_reader.h"

namespace assay {

inline constexpr std::uint64_t kMaxPstExpansion = 20;  // output to input, once it is large at all
inline constexpr std::uint64_t kMaxPstFiles = 20'000;

// Note of such an archive: the version of the program, on whose ways the members' bytes depend.
inline constexpr std::string_view kUnpackedBy = "pst.unpacked_by";

struct PstLimits {
  std::int64_t wall_ms = 0;
  std::uint64_t output_bytes = 0;
  std::uint64_t files = kMaxPstFiles;
};
PstLimits pst_limits(std::uint64_t size_bytes);

bool is_pst(std::string_view head);
// What readpst says of its version; "" when there is none on the PATH. Starts it.
std::string readpst_version();

// Runs readpst on `file`, which is not compressed. Its output lies in a folder of its own in
// `folder` while the reader lives. Errors: unsupported (there is no readpst); interrupted; io.
// What readpst gives up at is told as malformed by next(), behind the members that it wrote.
Result<std::unique_ptr<ArchiveReader>> open_pst(DescriptorSource& file, const std::string& folder,
                                                const PstLimits& limits);
// Removes such folders in `folder` that a killed process left.
void sweep_pst_folders(const std::string& folder);

}  // namespace assay
