#include <fmt/format.h>

#include <set>

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

void write_row(std::string_view head, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out += fmt::format("<dt>{}</dt><dd>{}</dd>", head, escape_html_cut(text));
}

void write_details(const Evidence& evidence, std::string& out) {
  out +=
      fmt::format("<details id=\"e-{}\"><summary>{} <span>{}</span></summary><dl>",
                  anchor_of(evidence.id), escape_html(evidence.id), escape_html_cut(evidence.name));
  out += fmt::format("<dt>SHA-256</dt><dd><code>{}</code></dd>", escape_html(evidence.sha256));
  write_row("Size", format_count(evidence.size_bytes) + " bytes", out);
  write_row("Compressed as", evidence.encoding, out);
  write_row("Inside an archive as", evidence.member, out);
  write_row("Taken for", evidence.format.empty() ? "nothing that assay reads" : evidence.format,
            out);
  write_row("Because", evidence.format_why, out);
  write_row("Vantage", words_of(to_string(evidence.vantage)), out);
  write_row("Clock", clock_text(evidence.clock), out);
  write_row("Coverage", coverage_text(evidence), out);
  if (evidence.span) write_row("First to last record", format_interval(*evidence.span), out);
  write_row("Received", format_utc(evidence.received_us), out);
  write_row("From", evidence.received_from, out);
  write_row("Note", evidence.note, out);
  for (const Note& note : evidence.notes) {
    write_row(fmt::format("Seen {} times", format_count(note.count)),
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
    std::string id;
    for (const Evidence& evidence : model.evidences) {
      if (evidence.number == reject.evidence) id = evidence.id;
    }
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td>{}</td><td>{}</td>"
        "<td>{}</td><td><code>{}</code></td></tr>\n",
        escape_html(id), escape_html(reject.code), format_count(reject.count),
        escape_html(reject.why), format_count(reject.example_offset),
        escape_html_cut(reject.example_text));
  }
  out += "</tbody></table></div>\n";
}

}  // namespace

void write_evidence(const CaseModel& model, std::string& out) {
  out +=
      "<section aria-labelledby=\"evidence\"><h2 id=\"evidence\">Evidence</h2>\n"
      "<div class=\"wide\"><table class=\"balance\"><caption>Balance sheet: every line or packet "
      "of every file was used, rejected or blank</caption><thead><tr><th scope=\"col\">Evidence"
      "</th><th scope=\"col\">File</th><th scope=\"col\">Read as</th><th scope=\"col\">Units</th>"
      "<th scope=\"col\">Used</th><th scope=\"col\">Rejected</th><th scope=\"col\">Blank</th>"
      "<th scope=\"col\">Rows</th><th scope=\"col\">State</th></tr></thead><tbody>\n";
  for (const Evidence& evidence : model.evidences) {
    const Balance& balance = evidence.balance;
    out += fmt::format(
        "<tr><th scope=\"row\"><a href=\"#e-{}\">{}</a></th><td>{}</td><td>{}</td><td>{}</td>"
        "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        anchor_of(evidence.id), escape_html(evidence.id), escape_html_cut(evidence.name),
        escape_html(evidence.format), format_count(balance.units), format_count(balance.used),
        format_count(balance.rejected), format_count(balance.blank), format_count(balance.rows),
        balance.is_even() ? words_of(to_string(evidence.state)) : "DOES NOT BALANCE");
  }
  out += "</tbody></table></div>\n";
  for (const Evidence& evidence : model.evidences) write_details(evidence, out);
  write_rejects(model, out);
  out += "</section>\n";
}

void write_limits(const CaseModel& model, std::string& out) {
  std::set<std::string> seen;
  out +=
      "<section aria-labelledby=\"limits\"><h2 id=\"limits\">Limits</h2>\n<ul>\n"
      "<li>This version reads look-ups only. Mail logs, flows, mailboxes, registrations and "
      "payments are not read yet, so no rung above the first can be reached.</li>\n";
  for (const QuestionResult& question : model.questions) {
    for (const Finding& finding : question.findings) {
      for (const std::string& limit : finding.limitations) {
        if (seen.insert(limit).second) out += fmt::format("<li>{}</li>\n", escape_html(limit));
      }
    }
  }
  out += "</ul></section>\n";
}

}  // namespace assay
