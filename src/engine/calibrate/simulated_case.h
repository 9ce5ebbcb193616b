// A simulated run examined as a case would be: the same methods, explanations and verdict, without
// a file or a custody chain.
#pragma once

#include <functional>

#include "assay/method.h"
#include "assay/writer.h"
#include "sim/run.h"

namespace assay {

// The question is whether the servers of the party and of Sender communicated. `as_it_was`: the
// evidence says when it recorded, and whether all or a sample.
enum class DeclaredCoverage { unknown, as_it_was };

// What methods see of a run. `each` is not called when no row was recorded.
Status look_at_run(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                   DeclaredCoverage coverage,
                   const std::function<void(const QuestionRecords&, const MethodContext&)>& each);
Result<QuestionResult> examine_run(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                                   DeclaredCoverage coverage);

}  // namespace assay
