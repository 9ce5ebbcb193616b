// The parts of the page, in the order in which it has them. Each appends to `out`.
#pragma once

#include <string>
#include <vector>

#include "assay/writer.h"
#include "writers/statements.h"

namespace assay {

std::string_view report_style();

// Up to <main>: `title` and `hash` are escaped.
void write_page_head(std::string_view title, std::string_view engine_version, std::string_view hash,
                     std::string& out);
// How a sign is shown in a matrix, and in words.
struct BearingMark {
  std::string_view symbol;
  std::string_view words;
};
BearingMark mark_of(Direction direction);
// The ladder with the reached rung, conclusion, sentence, survivors, what is missing.
void write_verdict(const CaseModel& model, const QuestionResult& result,
                   const Statements& statements, std::string& out);
void write_claims(const CaseModel& model, const QuestionResult& result,
                  const Statements& statements, std::string& out);
void write_figures(const QuestionResult& result, const Statements& statements, std::string& out);
// Findings that measured or found something, as numbered statements with their cards.
void write_statements(const CaseModel& model, const QuestionResult& result,
                      const Statements& statements, std::string& out);
void write_explanations(const QuestionResult& result, const Statements& statements,
                        std::string& out);
void write_evidence(const CaseModel& model, std::string& out);
void write_limits(const CaseModel& model, std::string& out);
void write_appendix(const CaseModel& model, const Statements& statements, std::string& out);

// The <li> of one finding.
void write_card(const CaseModel& model, const Finding& finding, const Statements& statements,
                std::string& out);
// "<dt>term</dt><dd>text</dd>"; nothing for an empty text.
void write_term(std::string_view term, std::string_view text, std::string& out);

// "<a href="#...">1.17</a>"; the bare id when the finding is not in the report.
std::string cite(const Statements& statements, std::string_view finding_id);
std::string cite_all(const Statements& statements, const std::vector<std::string>& finding_ids);
// "found" -> "found"; "supported_only_within_these_files" -> "supported only within these files"
std::string words_of(std::string_view identifier);
// "gap_law" -> "Gap law"
std::string sentence_of(std::string_view identifier);
// What the asker wrote, or the parties' names; escaped.
std::string question_title(const QuestionResult& result);
// "<a href="#e-dns-1">dns-1</a>"
std::string link_to_evidence(const CaseModel& model, std::uint32_t number);
// The interval in that zone as a second line; "" for UTC and for zones that are not known.
std::string in_local_time(const Interval& interval, const std::string& zone);
std::string question_anchor(const QuestionResult& result, std::string_view part);

}  // namespace assay
