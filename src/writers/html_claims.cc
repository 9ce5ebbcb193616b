#include <fmt/format.h>

#include <algorithm>

#include "writers/format.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

// "receiving_mail_log" in the words of the first explanation that it would settle.
std::string describe_record(const std::string& record) {
  for (const Explanation* explanation : all_explanations()) {
    for (const SettlingRecord& settles : explanation->settles()) {
      if (settles.record == record) return std::string(settles.text);
    }
  }
  return words_of(record);
}

// "share raw: 79.4 % (69.4 % to 83.0 %)"; the method of the interval stands with the statement.
std::string short_quantity(Quantity quantity) {
  quantity.interval_method.clear();
  return words_of(quantity.name) + ": " + format_quantity(quantity);
}

// The longest of such a list tell least; the JSON has them all.
constexpr std::size_t kMostRowsShown = 3;

// A list that the sentence would not hold: its labels are words.
void write_list(const Table& table, std::string& out) {
  if (table.row_labels.empty()) return;
  out += fmt::format("<p>{}:</p><ul>", sentence_of(table.name));
  const std::size_t shown = std::min(kMostRowsShown, table.row_labels.size());
  for (std::size_t i = 0; i < shown; ++i) {
    out += fmt::format("<li>{}</li>", escape_sentence(table.row_labels[i]));
  }
  if (shown < table.row_labels.size()) {
    out += fmt::format("<li>and {} more in the JSON</li>", table.row_labels.size() - shown);
  }
  out += "</ul>";
}

std::string in_capital(std::string words) {
  if (words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words;
}

// "party Bank; value 87 %; parties Bank, Clinic": two claims without a quotation differ in nothing
// else.
std::string fields_of(const Claim& claim) {
  std::string text;
  for (const auto& [field, value] : claim.fields) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", words_of(field), value);
  }
  for (const auto& [field, values] : claim.lists) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : "; ", words_of(field), fmt::join(values, ", "));
  }
  return text;
}

void write_answer(const Claim& claim, const ClaimAnswer& answer, const Statements& statements,
                  std::string& out) {
  out += fmt::format(
      "<tr id=\"c-{}\"><th scope=\"row\">{} ({})<br>{}<small>{}{}</small></th>",
      anchor_of(claim.id), escape_html_cut(claim.id), words_of(claim.kind),
      claim.quote.empty() ? "" : fmt::format("<q>{}</q><br>", escape_html_cut(claim.quote)),
      escape_html_cut(fields_of(claim)),
      claim.source.empty() ? "" : "<br>" + escape_html_cut(claim.source));
  out += fmt::format("<td class=\"answer {}\"><b>{}</b></td><td>", to_string(answer.answer),
                     words_of(to_string(answer.answer)));
  // Where nothing shorter was found, the sentence says it once.
  if (!answer.statement.starts_with(answer.in_short)) {
    out += fmt::format("<b>{}.</b> ", escape_sentence(in_capital(answer.in_short)));
  }
  out += escape_sentence(answer.statement);
  for (const Table& table : answer.tables) write_list(table, out);
  std::string notes;
  for (const Quantity& quantity : answer.quantities) {
    notes +=
        (notes.empty() ? "" : "; ") + escape_sentence(short_quantity(quantity), kMostShownBytes);
  }
  if (!notes.empty()) notes += ". ";
  if (!answer.findings.empty()) notes += "See " + cite_all(statements, answer.findings) + ". ";
  std::string records;
  for (const std::string& record : answer.would_test) {
    records += (records.empty() ? "" : "; ") + escape_html_cut(describe_record(record));
  }
  if (!records.empty()) notes += "Would test it: " + records + ".";
  if (!notes.empty()) out += fmt::format("<br><small>{}</small>", notes);
  out += "</td></tr>\n";
}

}  // namespace

void write_claims(const CaseModel& model, const QuestionResult& result,
                  const Statements& statements, std::string& out) {
  if (result.verdict.claims.empty()) return;
  out +=
      fmt::format("<section aria-labelledby=\"{0}\"><h3 id=\"{0}\">Claims and their answers</h3>\n",
                  question_anchor(result, "claims"));
  out +=
      "<table class=\"claims\"><caption>What was said, and what these records answer</caption>\n"
      "<thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Answer</th>"
      "<th scope=\"col\">Why</th></tr></thead><tbody>\n";
  for (const ClaimAnswer& answer : result.verdict.claims) {
    const auto claim =
        std::find_if(model.case_file.claims.begin(), model.case_file.claims.end(),
                     [&](const Claim& candidate) { return candidate.id == answer.claim; });
    if (claim != model.case_file.claims.end()) write_answer(*claim, answer, statements, out);
  }
  out += "</tbody></table></section>\n";
}

}  // namespace assay
