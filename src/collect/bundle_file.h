// A bundle, read from one end to the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/collect.h"
#include "collect/manifest.h"

namespace assay::collecting {

// A bundle begins with the name of its first member, as other tar files do not.
bool is_bundle(std::string_view head);

struct CheckedBundle {
  BundleReport report;
  std::optional<Manifest> manifest;  // also of one that does not hold
};
Result<CheckedBundle> read_bundle(const std::string& path, const BundleTrust& trust,
                                  const std::atomic<bool>* stop);

}  // namespace assay::collecting
