// Bytes of an evidence for a person to look at, decompressed and out of its archive.
#pragma once

#include "engine/case_impl.h"

namespace assay {

// `length` bytes from `offset` of the content; fewer at its end. Reads through everything before.
// Errors: not_found, io; malformed when the input breaks off before.
Result<std::string> content_bytes(Case::Impl& inside, const Evidence& evidence,
                                  std::uint64_t offset, std::uint64_t length);

}  // namespace assay
