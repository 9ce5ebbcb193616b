// What Postfix, Rspamd, SpamAssassin and cron asked the DNS (lab/checks), and what the simulator
// asks about the same messages.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/happenings.h"
#include "sim/iteration.h"
#include "sim/scenario.h"

namespace assay::sim {

struct Asked {
  double time_s = 0;    // from the start of the recording
  std::string program;  // "postfix", "rspamd", "spamassassin"; "resolver" asks the zones' servers
  std::string message;  // "1"; "deferred", "probe", "-"
  std::string what;     // "PTR 25.100.51.198.in-addr.arpa"
};

struct Received {
  std::string number, setup, client, form;
  double connects_s = 0;
};

struct ChecksRecording {
  double start_s = 0;  // since the epoch
  std::vector<Asked> asked;
  std::vector<Received> messages;
};

ChecksRecording read_checks_recording();

std::vector<Asked> of_message(const std::vector<Asked>& rows, const std::string& program,
                              const std::string& message);
// In order, each as often as it is asked.
std::vector<std::string> whats(const std::vector<Asked>& rows);

// The simulator's questions about messages that arrive at these times, from inside and as a
// minimising resolver passes them on.
struct SimulatedChecks {
  std::vector<Asked> inside, upstream;
};
SimulatedChecks simulate(const ChecksRecording& recording, const SenderChecks& checks,
                         const std::vector<Received>& messages);

}  // namespace assay::sim
