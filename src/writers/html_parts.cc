#include "writers/html_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "writers/html_escape.h"

namespace assay {

void write_page_head(std::string_view title, std::string_view engine_version, std::string_view hash,
                     std::string& out) {
  out += fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\">\n<meta name=\"generator\" content=\"assay {}\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n"
      "<p class=\"hash\">{}</p>\n</header>\n<main>\n",
      escape_html(engine_version), title, report_style(), title, hash);
}

BearingMark mark_of(Direction direction) {
  switch (direction) {
    case Direction::strongly_for:
      return {"++", "strongly for"};
    case Direction::weakly_for:
      return {"+", "weakly for"};
    case Direction::neutral:
      return {"o", "neutral"};
    case Direction::weakly_against:
      return {"−", "weakly against"};
    case Direction::strongly_against:
      return {"−−", "strongly against"};
  }
  return {"o", "neutral"};
}

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

std::string sentence_of(std::string_view identifier) {
  std::string words = words_of(identifier);
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] -= 'a' - 'A';
  return words;
}

std::string question_title(const QuestionResult& result) {
  if (!result.question.text.empty()) return escape_html_cut(result.question.text);
  return escape_html_cut(fmt::format("{}", fmt::join(result.question.between, " and ")));
}

std::string link_to_evidence(const CaseModel& model, std::uint32_t number) {
  for (const Evidence& evidence : model.evidences) {
    if (evidence.number != number) continue;
    return fmt::format("<a href=\"#e-{}\">{}</a>", anchor_of(evidence.id),
                       escape_html_cut(evidence.id));
  }
  return fmt::format("evidence {}", number);
}

std::string in_local_time(const Interval& interval, const std::string& zone) {
  if (interval.empty() || zone == "UTC") return "";
  const Result<Zone> found = Zone::find(zone);
  if (!found.ok()) return "";
  return fmt::format("<br><small>{}: {} to {}</small>", escape_html_cut(zone),
                     found->format(interval.begin_us), found->format(interval.end_us));
}

std::string question_anchor(const QuestionResult& result, std::string_view part) {
  return fmt::format("q-{}-{}", anchor_of(result.question.id), part);
}

}  // namespace assay
