#pragma once
// A look-up as two Ethernet frames: the query and its answer.
#include <cstdint>
#include <vector>

#include "traffic.h"

namespace assay::bench {

using Bytes = std::vector<std::uint8_t>;

// Replaces `frame` by Ethernet, IP, UDP (checksums filled in) and the DNS message.
void write_query_frame(const Lookup& lookup, Bytes& frame);
void write_answer_frame(const Lookup& lookup, Bytes& frame);

}  // namespace assay::bench
