#include "engine/policy_names.h"

#include "methods/support/published.h"
#include "methods/support/spf_terms.h"

namespace assay {
namespace {

void add_name(std::string_view text, PolicyNames& found) {
  std::string name;
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || methods::has_macro(text) || canonicalise_name(text, name)) return;
  for (std::string_view zone = name; labels_of(zone).size() > 1;) {
    if (found.names.size() >= kMostPolicyNames) {
      found.is_cut = true;
      return;
    }
    found.names.emplace(zone);
    zone.remove_prefix(labels_of(zone).front().size() + 1);
  }
}

void add_spf(std::string_view record, PolicyNames& found) {
  const methods::SpfTerms terms = methods::parse_spf(record);
  for (const methods::SpfTerm& term : terms.mechanisms) add_name(term.domain, found);
  add_name(terms.redirect, found);
}

}  // namespace

Result<PolicyNames> find_policy_names(RecordStore& store, RowFilter filter) {
  static const FieldId kRdata = field_id("rdata");
  PolicyNames found;
  filter.kinds = {RecordKind::registration, RecordKind::dns_aggregate};
  filter.qtypes = {methods::kTypeTxt, methods::kTypeMx};
  ASSAY_TRY(store.records(filter, [&](const StoredRecord& record) {
    for (const auto& [field, rdata] : record.fields) {
      if (field != kRdata) continue;
      if (record.row.type == methods::kTypeMx) {
        add_name(std::string_view(rdata).substr(rdata.rfind(' ') + 1), found);
        continue;
      }
      const std::string text = methods::joined_strings(rdata);
      if (!methods::is_spf_record(text)) continue;
      if (found.keys.size() < kMostPolicyNames) found.keys.insert(record.row.name);
      add_spf(text, found);
    }
    return !found.is_cut;
  }));
  return found;
}

}  // namespace assay
