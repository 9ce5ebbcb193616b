// The habits of one claimed source together, and what a finding says of its hop limits and EDNS
// sizes.
#pragma once

#include "methods/support/askers.h"
#include "methods/support/path_habits.h"
#include "methods/support/query_paths.h"

namespace assay::methods {

inline constexpr std::size_t kListedHabits = 10;  // rows of a table

struct PathHabits {
  NumberHabit ports, ids;
  FlagHabit flags;
  HopHabit hops;
  SizeHabit sizes;
  RowIndices heads;                         // whose flags are told
  RowIndices hop_heads, size_heads;         // whose hop limit, and whose EDNS size is
  double over_tcp = 0;                      // rows
  double tcp_hops = 0, tcp_usual_hops = 0;  // rows whose hop limit is told; as those of UDP
  bool is_told() const { return ports.told + ids.told + flags.told + hops.told + sizes.told > 0; }
  bool is_enough() const {
    return ports.is_enough() || ids.is_enough() || flags.told >= kFewestSent || hops.is_enough() ||
           sizes.is_enough();
  }
};

// Fills in what is read off packets. `heads`: the first queries of the bursts among `rows`, so that
// what a resolver does when it asks again is left out.
void add_paths(const QuestionRecords& records, const RowIndices& rows, const RowIndices& heads,
               const QueryPaths& paths, PathHabits& habits);

void add_path_numbers(const PathHabits& habits, Finding& finding);
// Whether queries with the other hop limit have other flags too.
void add_agreement(const QuestionRecords& records, const QueryPaths& paths,
                   const PathHabits& habits, Finding& finding);
void add_path_tables(const QuestionRecords& records, const QueryPaths& paths,
                     const PathHabits& habits, Finding& finding);
void say_path_limits(const QueryPaths& paths, const PathHabits& habits, Finding& finding);

}  // namespace assay::methods
