// A process that appends to a store until it is killed, and what the store must hold then.
#pragma once

#include <sys/types.h>

#include <string>

#include "assay/store.h"

namespace assay::testing {

// Runs one test of this program in a process of its own: after a fork alone, an engine's threads
// and locks would be missing. `environment` is "NAME=VALUE".
pid_t start_child(const std::string& test, int output, std::string environment);

struct AppendLoad {
  std::uint64_t batches;
  std::size_t rows;  // of each batch
};

// The body of the child: appends to evidence 1, acknowledging each batch on stdout, and waits.
void append_until_killed(RecordStore& store, const AppendLoad& load);
// Starts `test`, whose body that is, on the store in `directory` (ASSAY_TEST_STORE) and kills it
// once it has acknowledged three batches. Gives how many it acknowledged in all.
void kill_a_writer(const std::string& test, const std::string& directory,
                   std::uint64_t& acknowledged);
// The store opened again holds whole batches, all that were acknowledged, and takes the rest.
void expect_whole_batches(RecordStore& store, const AppendLoad& load, std::uint64_t acknowledged);

}  // namespace assay::testing
