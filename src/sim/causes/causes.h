// The causes that there are, in the order of their codes; cause_registry.cc lists them.
#pragma once

#include <algorithm>
#include <cmath>

#include "sim/cause.h"

namespace assay::sim {

// Of a session in which the mail host refused who asked.
inline constexpr std::uint32_t kBytesRefused = 400;

const CauseKind& campaign_checks_cause();
const CauseKind& archive_rescan_cause();
const CauseKind& poll_cause();
const CauseKind& steady_cause();
const CauseKind& echo_cause();
const CauseKind& spoofed_cause();
const CauseKind& correspondence_cause();
const CauseKind& mail_client_cause();
const CauseKind& dns_channel_cause();
const CauseKind& replication_cause();
const CauseKind& beacon_cause();
const CauseKind& invitations_cause();
const CauseKind& probing_cause();
const CauseKind& human_software_cause();
const CauseKind& office_batch_cause();
const CauseKind& office_stream_checks_cause();

}  // namespace assay::sim
