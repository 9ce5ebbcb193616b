// Which evidences are pieces of one recorder's log, as rotation leaves them: of records that are no
// look-ups. For look-ups engine/recorders.cc decides, by the servers that were asked.
#pragma once

#include <string>
#include <vector>

#include "assay/method.h"

namespace assay::methods {

// Recorders made of `pieces`, in their order. Two pieces are one recorder's when vantage, format
// and who handed them over are the same, the times declared for them do not overlap, and what their
// rows tell of the recorder (exporter, sensor, host) does not differ. Two edges of a network that
// one keeper recorded one after the other pass for one: whoever joins them has to say so.
// O(rows + pieces^2).
std::vector<Recorder> rotated(const MethodContext& context,
                              const std::vector<const Evidence*>& pieces);

}  // namespace assay::methods
