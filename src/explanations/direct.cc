#include "explanations/direct.h"

#include <fmt/core.h>

#include "explanations/claims.h"

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

const Finding* payments_finding(const FindingSet& findings, std::string_view from,
                                std::string_view to) {
  return findings.first("payments", fmt::format("{}>{}", from, to));
}

std::string_view told_by(const Finding& finding, const std::string& parameter) {
  const auto found = finding.parameters.find(parameter);
  return found == finding.parameters.end() ? std::string_view() : found->second;
}

std::string counted(double count, std::string_view words) {
  std::string text(words);
  if (count == 1) {
    std::size_t end = text.find("s ");
    if (end == std::string::npos && text.ends_with('s')) end = text.size() - 1;
    if (end != std::string::npos) text.erase(end, 1);
  }
  return fmt::format("{} {}", claims::number_text(count), text);
}

}  // namespace assay
