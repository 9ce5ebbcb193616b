#include "sim/minimised_names.h"

#include <algorithm>

namespace assay::sim {
namespace {

bool is_below(const std::string& name, const std::string& zone) {
  return name.size() > zone.size() && name.ends_with(zone) &&
         name[name.size() - zone.size() - 1] == '.';
}

std::size_t count_labels(const std::string& name) {
  return 1 + static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

// The last `labels` of the name.
std::string tail(const std::string& name, std::size_t labels) {
  std::size_t at = name.size();
  while (labels-- > 0) {
    at = name.rfind('.', at - 1);
    if (at == std::string::npos) return name;
  }
  return name.substr(at + 1);
}

}  // namespace

MinimisedNames::MinimisedNames(const TargetName& target, const SenderChecks& checks, Names& names)
    : zones_(checks.blocklists), names_(names) {
  zones_.insert(zones_.end(), checks.domain_lists.begin(), checks.domain_lists.end());
  zones_.push_back(target.qname.substr(target.qname.find('.') + 1));
}

// Zones that are nobody's here, the reverse ones among them, begin a label above the name.
std::size_t MinimisedNames::labels_of_zone(const std::string& name) const {
  for (const std::string& zone : zones_) {
    if (name == zone || is_below(name, zone)) return count_labels(zone);
  }
  return count_labels(name) - 1;
}

const std::vector<std::uint32_t>& MinimisedNames::steps(std::uint32_t name, std::uint16_t qtype) {
  const auto [found, is_new] =
      steps_.emplace((std::uint64_t{name} << 16) | qtype, std::vector<std::uint32_t>());
  if (!is_new) return found->second;
  const std::string wanted = names_.name(name);
  const std::size_t whole = count_labels(wanted);
  for (std::size_t labels = labels_of_zone(wanted) + 1; labels <= whole; ++labels) {
    if (labels == whole && qtype == kTypeA) break;
    found->second.push_back(names_.number(tail(wanted, labels)));
  }
  return found->second;
}

}  // namespace assay::sim
