#include "explanations/registry.h"

namespace assay {

const std::vector<const Explanation*>& all_explanations() {
  static const std::vector<const Explanation*> kAll{
      &live_mail_with_checks_explanation(),
      &archive_rescan_explanation(),
      &misconfigured_application_explanation(),
      &replayed_lookups_explanation(),
      &forged_sources_explanation(),
      &person_to_person_mail_explanation(),
      &mailbox_on_the_host_explanation(),
      &data_in_lookups_explanation(),
      &data_copied_between_systems_explanation(),
      &compromised_host_explanation(),
      &another_use_of_the_host_explanation(),
      &probing_after_disclosure_explanation(),
      &cache_shaping_explanation(),
      &resolver_prefetch_explanation(),
      &retry_and_failover_explanation(),
      &search_suffix_leak_explanation(),
      &curated_export_explanation(),
      &edited_log_explanation(),
      &sensor_bias_explanation(),
  };
  return kAll;
}

const Explanation* find_explanation(std::string_view name) {
  for (const Explanation* explanation : all_explanations()) {
    if (explanation->name() == name) return explanation;
  }
  return nullptr;
}

}  // namespace assay
