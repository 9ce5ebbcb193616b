#include "writers/html_parts.h"

namespace assay {

void write_figures(const CaseModel&, const QuestionResult&, const Statements&, std::string&) {}

}  // namespace assay
