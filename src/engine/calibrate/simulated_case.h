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

// Whether the question is put about the target's name alone or about all names of its zone.
enum class AskedAbout { name, zone };

// Whether the party has a second mail host and a second line, over which all went that passed
// between the two and of which no log is handed over; and whether the case states them.
enum class SecondPlaces { none, stated, unstated };

// Which records there are beside the query logs of the name's servers. They are those of the
// question's first party alone, and `as_it_was` they are complete: a log without a line then says
// that there was nothing.
struct FurtherRecords {
  bool has_mail_log = false;       // of its mail host
  bool has_flows = false;          // at its edge
  bool has_mailbox = false;        // its mail at rest
  bool has_resolver_log = false;   // who inside asked; the run must have kept it (RunOptions)
  bool has_registrations = false;  // what registries say, where the scenario tells it
  SecondPlaces second = SecondPlaces::none;
};

// What methods see of a run: once for each vantage that recorded a look-up, the authoritative
// servers' first.
Status look_at_run(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                   DeclaredCoverage coverage,
                   const std::function<void(const QuestionRecords&, const MethodContext&)>& each,
                   const FurtherRecords& further = {});
Result<QuestionResult> examine_run(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                                   DeclaredCoverage coverage, const FurtherRecords& further = {},
                                   AskedAbout about = AskedAbout::name);

}  // namespace assay
