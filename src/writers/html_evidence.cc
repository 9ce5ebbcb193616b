#include <fmt/core.h>

#include <map>

#include "writers/format.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

std::string coverage_text(const Evidence& evidence) {
  const Coverage& coverage = evidence.coverage;
  if (coverage.intervals.empty() && coverage.completeness == Completeness::unknown) {
    return "nobody stated what was recorded; absence shows nothing";
  }
  std::string text(to_string(coverage.completeness));
  for (const Interval& interval : coverage.intervals) text += ", " + format_interval(interval);
  if (!coverage.names.empty()) {
    text += ", names";
    for (const NamePattern& name : coverage.names) text += " " + name.to_string();
  }
  return text;
}

std::string clock_text(const Clock& clock) {
  std::string text = clock.zone + (clock.zone_is_stated ? " (stated)" : " (assumed)");
  if (clock.skew_us != 0) {
    text += fmt::format(", {} added", format_seconds(static_cast<double>(clock.skew_us) / 1e6));
  }
  if (clock.year) text += fmt::format(", year {} (stated)", *clock.year);
  return text;
}

void write_details(const Evidence& evidence, std::string& out) {
  out += fmt::format(
      "<details class=\"printed\" id=\"e-{}\"><summary>{} <span>{}</span></summary>"
      "<dl>",
      anchor_of(evidence.id), escape_html_cut(evidence.id), escape_html_cut(evidence.name));
  write_term("SHA-256", evidence.sha256, out);
  write_term("Size", format_count(evidence.size_bytes) + " bytes", out);
  write_term("Compressed as", evidence.encoding, out);
  write_term("Inside an archive as", evidence.member, out);
  write_term("Read as", evidence.format.empty() ? "nothing that assay reads" : evidence.format,
             out);
  write_term("Because", evidence.format_why, out);
  write_term("Vantage", words_of(to_string(evidence.vantage)), out);
  write_term("Clock", clock_text(evidence.clock), out);
  write_term("Coverage", coverage_text(evidence), out);
  if (evidence.span) write_term("First to last record", format_interval(*evidence.span), out);
  write_term("Received", format_utc(evidence.received_us), out);
  write_term("From", evidence.received_from, out);
  write_term("Note", evidence.note, out);
  for (const Note& note : evidence.notes) {
    write_term(fmt::format("Seen {} time{}", format_count(note.count), note.count == 1 ? "" : "s"),
               fmt::format("{}: {}", note.code, note.text), out);
  }
  out += "</dl></details>\n";
}

void write_rejects(const CaseModel& model, std::string& out) {
  if (model.rejects.empty()) return;
  out +=
      "<h3>Rejects</h3><div class=\"wide\"><table><caption>What could not become a record, with "
      "the first example of each kind</caption><thead><tr><th scope=\"col\">Evidence</th>"
      "<th scope=\"col\">Code</th><th scope=\"col\">Count</th><th scope=\"col\">Why</th>"
      "<th scope=\"col\">At byte</th><th scope=\"col\">Text</th></tr></thead><tbody>\n";
  for (const RejectSummary& reject : model.rejects) {
    const std::string id = link_to_evidence(model, reject.evidence);
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td>{}</td><td>{}</td>"
        "<td>{}</td><td><code>{}</code></td></tr>\n",
        id, escape_html_cut(reject.code), format_count(reject.count), escape_html_cut(reject.why),
        format_count(reject.example_offset), escape_html_cut(reject.example_text));
  }
  out += "</tbody></table></div>\n";
}

void write_balance_row(const Evidence& evidence, std::string_view format, const Balance& balance,
                       std::string& out) {
  out += fmt::format(
      "<tr><th scope=\"row\"><a href=\"#e-{}\">{}</a></th><td>{}<br><small>{}</small></td>"
      "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
      anchor_of(evidence.id), escape_html_cut(evidence.id), escape_html_cut(evidence.name, 120),
      escape_html_cut(format.empty() ? "no reader" : format), format_count(balance.units),
      format_count(balance.used), format_count(balance.rejected), format_count(balance.blank),
      format_count(balance.rows),
      balance.is_even() ? words_of(to_string(evidence.state)) : "DOES NOT BALANCE");
}

void write_balance(const CaseModel& model, std::string& out) {
  out +=
      "<div class=\"wide\"><table class=\"balance\"><caption>Balance sheet: every line or packet "
      "of every file was used, rejected or blank</caption><thead><tr><th scope=\"col\">Evidence"
      "</th><th scope=\"col\">File</th><th scope=\"col\">Units</th>"
      "<th scope=\"col\">Used</th><th scope=\"col\">Rejected</th><th scope=\"col\">Blank</th>"
      "<th scope=\"col\">Rows</th><th scope=\"col\">State</th></tr></thead><tbody>\n";
  Balance total;
  for (const Evidence& evidence : model.evidences) {
    std::vector<Reading> readings = {{evidence.format, evidence.balance}};
    readings.insert(readings.end(), evidence.also.begin(), evidence.also.end());
    for (const auto& [format, balance] : readings) {
      write_balance_row(evidence, format, balance, out);
      total.units += balance.units;
      total.used += balance.used;
      total.rejected += balance.rejected;
      total.blank += balance.blank;
      total.rows += balance.rows;
    }
  }
  out += fmt::format(
      "</tbody><tfoot><tr><th scope=\"row\">All</th><td>{} file{}</td><td>{}</td><td>{}</td>"
      "<td>{}</td><td>{}</td><td>{}</td><td></td></tr></tfoot></table></div>\n",
      format_count(model.evidences.size()), model.evidences.size() == 1 ? "" : "s",
      format_count(total.units), format_count(total.used), format_count(total.rejected),
      format_count(total.blank), format_count(total.rows));
}

}  // namespace

void write_evidence(const CaseModel& model, std::string& out) {
  out += "<section aria-labelledby=\"evidence\"><h2 id=\"evidence\">Evidence</h2>\n";
  write_balance(model, out);
  for (const Evidence& evidence : model.evidences) write_details(evidence, out);
  write_rejects(model, out);
  out += "</section>\n";
}

void write_limits(const CaseModel& model, std::string& out) {
  // In the order in which the statements bring them up, each once.
  std::vector<std::string_view> limits;
  std::map<std::string_view, std::size_t> count_of;
  for (const QuestionResult& question : model.questions) {
    for (const Finding& finding : question.findings) {
      for (const std::string& limit : finding.limitations) {
        if (++count_of[limit] == 1) limits.push_back(limit);
      }
    }
  }
  out +=
      "<section aria-labelledby=\"limits\"><h2 id=\"limits\">Limits</h2>\n<ul>\n"
      "<li>This version reads look-ups only. Mail logs, flows, mailboxes, registrations and "
      "payments are not read yet, so no rung above the first can be reached.</li>\n";
  for (const std::string_view limit : limits) {
    out += fmt::format("<li>{} <small>{} statement{}</small></li>\n", escape_sentence(limit),
                       count_of[limit], count_of[limit] == 1 ? "" : "s");
  }
  out += "</ul></section>\n";
}

}  // namespace assay
