// The numbering that all writers share: statement "2.17" is the 17th finding of the second
// question.
#pragma once

#include <string>
#include <unordered_map>

#include "assay/writer.h"

namespace assay {

class Statements {
 public:
  explicit Statements(const CaseModel& model);
  // "" when there is no such finding.
  std::string number_of(std::string_view finding_id) const;

 private:
  std::unordered_map<std::string, std::string> number_of_;
};

}  // namespace assay
