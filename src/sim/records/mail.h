// The mail of a run as it is told alike by the logs and by the mailboxes: the same addresses, queue
// ids and Message-IDs.
#pragma once

#include <string>
#include <vector>

#include "sim/run.h"

namespace assay::sim {

struct SimulatedMail {
  const Transfer* transfer = nullptr;
  std::string queue_id, message_id, from, to;
  std::string peer_name, peer_address;  // of the host on the other side, as a log writes them
  std::vector<std::string> references;  // of earlier messages of the thread, oldest first
};

// Every transfer of a party, in order of time.
std::vector<SimulatedMail> mail_of_party(const Scenario& scenario, const SimulatedRun& run,
                                         std::uint16_t party);

// What names of files and of hosts are made of: "bank". No two parties have the same.
std::string file_stem(const Scenario& scenario, std::size_t party);
std::string mail_domain(const Scenario& scenario, std::size_t party);  // "bank.example"
std::string sender_domain(const Scenario& scenario);                   // the target's zone

}  // namespace assay::sim
