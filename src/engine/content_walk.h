// The contents of several evidences, each read once, out of their archives.
#pragma once

#include <functional>
#include <set>

#include "engine/case_impl.h"

namespace assay {

// Calls `each` with the decompressed bytes of every evidence in `wanted`, in order of number but
// for members of one archive, which come as they lie there. Errors: what `each` returns;
// check_failed when bytes are not those sealed, which shows at their end; not_found, io,
// interrupted.
Status each_content(Case::Impl& inside, const std::set<std::uint32_t>& wanted,
                    const std::function<Status(const Evidence&, ByteSource&)>& each);

}  // namespace assay
