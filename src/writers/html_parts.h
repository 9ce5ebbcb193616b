// The parts of the page, in the order in which it has them. Each appends to `out`.
#pragma once

#include <string>
#include <vector>

#include "assay/writer.h"
#include "writers/statements.h"

namespace assay {

std::string_view report_style();

// The ladder with the reached rung, conclusion, sentence, survivors, what is missing.
void write_verdict(const QuestionResult& result, const Statements& statements, std::string& out);
void write_claims(const CaseModel& model, const QuestionResult& result,
                  const Statements& statements, std::string& out);
void write_figures(const CaseModel& model, const QuestionResult& result,
                   const Statements& statements, std::string& out);
// Findings that measured or found something, as numbered statements with their cards.
void write_statements(const QuestionResult& result, const Statements& statements, std::string& out);
void write_explanations(const QuestionResult& result, const Statements& statements,
                        std::string& out);
void write_evidence(const CaseModel& model, std::string& out);
void write_limits(const CaseModel& model, std::string& out);
void write_appendix(const CaseModel& model, const Statements& statements, std::string& out);

// "<a href="#...">1.17</a>"; the bare id when the finding is not in the report.
std::string cite(const Statements& statements, std::string_view finding_id);
std::string cite_all(const Statements& statements, const std::vector<std::string>& finding_ids);
// "found" -> "found"; "supported_only_within_these_files" -> "supported only within these files"
std::string words_of(std::string_view identifier);
std::string question_anchor(const QuestionResult& result, std::string_view part);

}  // namespace assay
