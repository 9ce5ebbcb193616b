// The order and the numbering that all writers share: statement "2.17" is the 17th of the second
// question. A reader meets them by method; within a method the whole comes first, then the parties
// of the question, then the others, and single addresses last. What found nothing comes at the end.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "assay/writer.h"

namespace assay {

// False for findings that found nothing or could not say: they stand in the appendix.
bool says_something(const Finding& finding);
// About one address, or a pair of them: told in full, but folded away.
bool is_about_address(const Finding& finding);

class Statements {
 public:
  explicit Statements(const CaseModel& model);  // keeps references into the model
  // "" when there is no such finding.
  std::string number_of(std::string_view finding_id) const;
  // The findings of a question of that model, in the order of their numbers.
  const std::vector<const Finding*>& of(const QuestionResult& result) const;
  // The same by method and subject only, whether they found something or not: for figures.
  const std::vector<const Finding*>& by_subject(const QuestionResult& result) const;

 private:
  std::unordered_map<std::string, std::string> number_of_;
  std::unordered_map<const QuestionResult*, std::vector<const Finding*>> of_, by_subject_;
};

}  // namespace assay
