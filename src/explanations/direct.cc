#include "explanations/direct.h"

#include <fmt/format.h>

namespace assay {

const Finding* direct_finding(const FindingSet& findings, std::string_view from,
                              std::string_view to, std::string_view kind) {
  const std::string subject = fmt::format("{}>{}", from, to);
  for (const Finding* finding : findings.by_method("direct_records", subject)) {
    const auto told = finding->parameters.find("kind");
    if (told != finding->parameters.end() && told->second == kind) return finding;
  }
  return nullptr;
}

}  // namespace assay
