#include "methods/registry.h"

namespace assay {

// The order in which methods run and findings are printed.
const std::vector<const Method*>& all_methods() {
  static const std::vector<const Method*> kMethods = {
      &methods::volume_method(),
      &methods::type_profile_method(),
      &methods::bursts_method(),
      &methods::gap_law_method(),
      &methods::cache_inversion_method(),
      &methods::deletion_method(),
      &methods::source_sync_method(),
      &methods::turn_taking_method(),
      &methods::event_coincidence_method(),
      &methods::coverage_gaps_method(),
      &methods::day_hour_method(),
      &methods::circadian_method(),
      &methods::time_zone_method(),
      &methods::holidays_method(),
      &methods::change_points_method(),
      &methods::suffix_leak_method(),
      &methods::duplicates_method(),
      &methods::coverage_method(),
      &methods::exclusivity_method(),
      &methods::server_balance_method(),
      &methods::server_order_method(),
      &methods::digit_pattern_method(),
      &methods::unasked_answers_method(),
      &methods::path_evidence_method(),
      &methods::same_event_method(),
      &methods::clock_offset_method(),
      &methods::capacity_method(),
      &methods::tunnel_signs_method(),
      &methods::automation_method(),
      &methods::timing_summary_method(),
      &methods::chains_method(),
      &methods::acceptance_policy_method(),
      &methods::dormancy_method(),
      &methods::registrations_method(),
      &methods::indicators_method(),
      &methods::direct_records_method(),
      &methods::payments_method(),
      &methods::direct_turns_method(),
      &methods::message_copies_method(),
      &methods::message_threads_method(),
      &methods::mail_authentication_method(),
      &methods::sender_policy_method(),
      &methods::author_policy_method(),
      &methods::received_chain_method(),
      &methods::campaign_fan_out_method(),
      &methods::rarity_method(),
      &methods::timeline_method(),
  };
  return kMethods;
}

std::string_view OtherRow::field(FieldId wanted) const {
  for (const auto& [field, text] : fields) {
    if (field == wanted) return text;
  }
  return {};
}

std::vector<Finding> Method::compare(const std::vector<QuestionRecords>&,
                                     const MethodContext&) const {
  return {};
}

const Method* find_method(std::string_view name) {
  for (const Method* method : all_methods()) {
    if (method->name() == name) return method;
  }
  return nullptr;
}

}  // namespace assay
