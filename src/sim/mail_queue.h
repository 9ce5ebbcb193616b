// Mail that the other side puts off is kept and tried again, and every try asks the DNS anew.
#pragma once

#include "sim/happenings.h"
#include "sim/random.h"
#include "sim/scenario.h"

namespace assay::sim {

// When Postfix tries again: not before the message has waited once more as long as it has been in
// the queue, within the two bounds and in whole seconds, and then at the next run of the queue.
// `run_phase_s` is the time of one of these runs, any one.
double next_try_s(const MailQueue& queue, double arrived_s, double tried_s, double run_phase_s);

// Puts off a share of the transfers of a cause: each becomes one that is refused for now (450),
// and further tries with their look-ups; the last succeeds unless the time of the run ends before.
// Draws nothing where the share is 0.
void put_off(const Party& party, const TargetName& target, double end_s, Happenings& happened,
             Random& random);

}  // namespace assay::sim
