// The names that SPF records in the evidence send one to: whoever evaluates them needs their
// records, though no question names them.
#pragma once

#include <set>
#include <string>

#include "assay/store.h"

namespace assay {

inline constexpr std::size_t kMostPolicyNames = 20'000;

struct PolicyNames {
  std::set<std::string, std::less<>> names;  // canonical, and the zones above them
  std::set<std::uint64_t> keys;              // of names that publish such a record
  bool is_cut = false;
};
// `filter`: the evidences. Names that a macro makes are not among them.
Result<PolicyNames> find_policy_names(RecordStore& store, RowFilter filter);

}  // namespace assay
