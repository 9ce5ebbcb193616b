// What a 0 in a row stands for: rows have no room to say that nothing was told, their formats do.
#pragma once

#include "assay/evidence.h"

namespace assay {

// Whether every look-up of this evidence was told with its message id: 0 is an id then.
bool tells_ids(const Evidence& evidence);
// Whether ports, packets and bytes of its flows were counted by us, both ways: 0 is a count then.
bool tells_flow_counts(const Evidence& evidence);

}  // namespace assay
