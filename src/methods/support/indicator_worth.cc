#include "methods/support/indicator_worth.h"

namespace assay::methods {
namespace {

constexpr std::uint64_t kSharedDomains = 2;  // one domain's own hosts share an address as well

}  // namespace

Worth worth_of(const IndicatorMatch& match) {
  const IndicatorAssertion& entry = match.assertion;
  if (entry.status == "revoked" || entry.status == "deleted") return Worth::withdrawn;
  if (!entry.status.empty()) return Worth::not_asserted;
  if (match.is_below) return Worth::below;
  if (!entry.part.empty()) return Worth::part;
  if (match.within == 0) {
    if (match.partly > 0 || (match.before > 0 && match.after > 0)) return Worth::partly;
    if (match.after > 0) return Worth::expired;
    return match.before > 0 ? Worth::not_yet_valid : Worth::undated;
  }
  if (match.use_within == 0) return Worth::told_only;
  return match.domains_then >= kSharedDomains ? Worth::shared : Worth::speaks;
}

std::string_view name_of(Worth worth) {
  switch (worth) {
    case Worth::speaks:
      return "in_force";
    case Worth::withdrawn:
      return "withdrawn";
    case Worth::not_asserted:
      return "context_only";
    case Worth::below:
      return "below";
    case Worth::part:
      return "part_only";
    case Worth::undated:
      return "undated";
    case Worth::expired:
      return "expired";
    case Worth::not_yet_valid:
      return "not_yet_valid";
    case Worth::partly:
      return "partly_in_period";
    case Worth::told_only:
      return "told_only";
    case Worth::shared:
      return "shared";
  }
  return "";
}

std::string_view words_of(Worth worth) {
  switch (worth) {
    case Worth::speaks:
      return "in force at that time, which shows that it was asserted, not that it was so";
    case Worth::withdrawn:
      return "withdrawn by who asserted it, which supports little";
    case Worth::not_asserted:
      return "kept by its list as context and not for detection, which supports little";
    case Worth::below:
      return "what stands above was asserted and not this itself, which supports little";
    case Worth::part:
      return "one part of what was asserted, which alone supports little";
    case Worth::undated:
      return "no record can be placed in a stated period, which supports little";
    case Worth::expired:
      return "expired at that time, which supports little";
    case Worth::not_yet_valid:
      return "not yet asserted at that time, which supports little";
    case Worth::partly:
      return "no record lies wholly within the period, which supports little";
    case Worth::told_only:
      return "only in registrations or passive DNS, which shows no use";
    case Worth::shared:
      return "shared with other domains at that time, which supports little";
  }
  return "";
}

}  // namespace assay::methods
