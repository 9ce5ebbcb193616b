// Whether the logs of a party that are here are those of all its mail hosts or edges, as case.toml
// states them: a complete log of one of two hosts says nothing of the other.
#pragma once

#include <string>
#include <vector>

#include "methods/support/direct_pairs.h"

namespace assay::methods {

// The party's mail hosts or edges, as stated; nothing for other kinds, which have no places.
const std::vector<std::string>& stated_places(const Party& party, RecordKind kind);

// Why these logs, which the party kept, cannot speak for all of its places; "" when they can.
std::string missing_place(const Party& party, RecordKind kind, const Keepers& keepers,
                          const std::vector<const Evidence*>& own);

}  // namespace assay::methods
