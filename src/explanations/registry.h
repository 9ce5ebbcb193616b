// Every explanation, one function each; registry.cc lists them in the order of reports.
#pragma once

#include "assay/explanation.h"

namespace assay {

const Explanation& live_mail_with_checks_explanation();
const Explanation& archive_rescan_explanation();
const Explanation& misconfigured_application_explanation();
const Explanation& replayed_lookups_explanation();
const Explanation& forged_sources_explanation();
const Explanation& person_to_person_mail_explanation();
const Explanation& mailbox_on_the_host_explanation();
const Explanation& data_in_lookups_explanation();
const Explanation& data_copied_between_systems_explanation();
const Explanation& compromised_host_explanation();
const Explanation& another_use_of_the_host_explanation();
const Explanation& probing_after_disclosure_explanation();
const Explanation& cache_shaping_explanation();
const Explanation& resolver_prefetch_explanation();
const Explanation& retry_and_failover_explanation();
const Explanation& search_suffix_leak_explanation();
const Explanation& curated_export_explanation();
const Explanation& edited_log_explanation();
const Explanation& sensor_bias_explanation();

}  // namespace assay
