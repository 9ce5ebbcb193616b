// Every method, one line each in registry.cc.
#pragma once

#include "assay/method.h"

namespace assay::methods {

const Method& volume_method();
const Method& type_profile_method();
const Method& bursts_method();
const Method& gap_law_method();
const Method& source_sync_method();
const Method& turn_taking_method();
const Method& event_coincidence_method();
const Method& deletion_method();
const Method& cache_inversion_method();
const Method& coverage_gaps_method();
const Method& day_hour_method();
const Method& circadian_method();
const Method& time_zone_method();
const Method& holidays_method();
const Method& indicators_method();
const Method& change_points_method();
const Method& suffix_leak_method();
const Method& duplicates_method();
const Method& coverage_method();
const Method& exclusivity_method();
const Method& server_balance_method();
const Method& digit_pattern_method();
const Method& unasked_answers_method();
const Method& same_event_method();
const Method& clock_offset_method();
const Method& capacity_method();
const Method& tunnel_signs_method();
const Method& automation_method();
const Method& timing_summary_method();
const Method& chains_method();
const Method& acceptance_policy_method();
const Method& dormancy_method();
const Method& registrations_method();
const Method& direct_records_method();
const Method& server_order_method();
const Method& path_evidence_method();
const Method& direct_turns_method();
const Method& mail_authentication_method();
const Method& message_copies_method();
const Method& message_threads_method();
const Method& author_policy_method();
const Method& received_chain_method();
const Method& sender_policy_method();
const Method& campaign_fan_out_method();
const Method& rarity_method();
const Method& timeline_method();
const Method& payments_method();

}  // namespace assay::methods
