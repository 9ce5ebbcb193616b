// What a resolver asks for on its way from a zone to a name, so that no server learns more of the
// name than it needs (RFC 9156): as Unbound does it, with questions of the type A.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/happenings.h"
#include "sim/scenario.h"

namespace assay::sim {

class MinimisedNames {
 public:
  MinimisedNames(const TargetName& target, const SenderChecks& checks, Names& names);

  // Shortest first; without the name itself where it is wanted as A, since that is the question.
  const std::vector<std::uint32_t>& steps(std::uint32_t name, std::uint16_t qtype);

 private:
  std::size_t labels_of_zone(const std::string& name) const;

  std::vector<std::string> zones_;
  Names& names_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> steps_;
};

}  // namespace assay::sim
