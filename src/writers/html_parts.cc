#include "writers/html_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "writers/html_escape.h"

namespace assay {

std::string cite(const Statements& statements, std::string_view finding_id) {
  const std::string number = statements.number_of(finding_id);
  if (number.empty()) return escape_html_cut(finding_id);
  return fmt::format("<a class=\"cite\" href=\"#f-{}\">{}</a>", anchor_of(finding_id), number);
}

std::string cite_all(const Statements& statements, const std::vector<std::string>& finding_ids) {
  std::string out;
  for (const std::string& id : finding_ids) {
    if (!out.empty()) out += ", ";
    out += cite(statements, id);
  }
  return out;
}

std::string words_of(std::string_view identifier) {
  std::string words(identifier);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string question_anchor(const QuestionResult& result, std::string_view part) {
  return fmt::format("q-{}-{}", anchor_of(result.question.id), part);
}

}  // namespace assay
