#include "sim/causes/causes.h"

namespace assay::sim {

const std::vector<const CauseKind*>& all_causes() {
  static const std::vector<const CauseKind*> kAll{
      &campaign_checks_cause(),
      &archive_rescan_cause(),
      &poll_cause(),
      &steady_cause(),
      &echo_cause(),
      &spoofed_cause(),
      &correspondence_cause(),
      &mail_client_cause(),
      &dns_channel_cause(),
      &replication_cause(),
      &beacon_cause(),
      &invitations_cause(),
      &probing_cause(),
      &human_software_cause(),
      &office_batch_cause(),
      &office_stream_checks_cause(),
  };
  return kAll;
}

const CauseKind* find_cause(std::string_view name) {
  for (const CauseKind* cause : all_causes()) {
    if (cause->name() == name) return cause;
  }
  return nullptr;
}

}  // namespace assay::sim
