#include "writers/statements.h"

#include <fmt/format.h>

namespace assay {

Statements::Statements(const CaseModel& model) {
  for (std::size_t q = 0; q < model.questions.size(); ++q) {
    const std::vector<Finding>& findings = model.questions[q].findings;
    for (std::size_t i = 0; i < findings.size(); ++i) {
      number_of_.emplace(findings[i].id, fmt::format("{}.{}", q + 1, i + 1));
    }
  }
}

std::string Statements::number_of(std::string_view finding_id) const {
  const auto found = number_of_.find(std::string(finding_id));
  return found == number_of_.end() ? "" : found->second;
}

}  // namespace assay
