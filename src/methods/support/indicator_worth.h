// How much a match of an indicator can bear, by what weighs most against it.
#pragma once

#include <cstddef>
#include <string_view>

#include "methods/support/indicator_matches.h"

namespace assay::methods {

enum class Worth {
  speaks,         // in force at the time, of this value alone
  withdrawn,      // revoked or deleted by who asserted it
  not_asserted,   // kept as context, not for detection
  below,          // the name above or the network was asserted
  part,           // one of several conditions, or the host of a URL
  undated,        // no record can be placed in the period, or none is stated
  expired,        // all records lie after the period
  not_yet_valid,  // all lie before it
  partly,         // records are spans that reach beyond the period
  told_only,      // stands in registrations and passive DNS alone
  shared,         // other domains had the address at that time
};
inline constexpr std::size_t kWorths = 11;

Worth worth_of(const IndicatorMatch& match);
std::string_view name_of(Worth worth);   // "in_force", "expired": names of quantities
std::string_view words_of(Worth worth);  // "expired then, which supports little"

}  // namespace assay::methods
