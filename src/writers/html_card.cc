// One finding as a statement: the sentence, what it rests on, and all that another expert needs to
// measure it again.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "writers/format.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

// Larger ones are only in the JSON.
constexpr std::size_t kMostTableRows = 16, kMostTableColumns = 8;
constexpr std::size_t kShownSealDigits = 12;

void write_quantities(const Finding& finding, std::string& out) {
  if (finding.quantities.empty()) return;
  out += "<table><caption>Numbers</caption><tbody>";
  for (const Quantity& quantity : finding.quantities) {
    out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                       escape_html_cut(words_of(quantity.name)),
                       escape_sentence(format_quantity(quantity), kMostShownBytes));
  }
  out += "</tbody></table>\n";
}

// Columns whose names end in "_s" and whose numbers are that large hold Unix seconds; a share of -1
// says that there is none.
std::string cell_text(const std::string& column, double value) {
  if (column.starts_with("share")) return value < 0 ? "none" : format_percent(value);
  if (column.ends_with("_s") && value > 1e8 && value < 1e11) {
    return format_utc(static_cast<std::int64_t>(value) * kMicrosPerSecond);
  }
  return format_number(value);
}

void write_table(const Table& table, std::string& out) {
  if (table.rows.empty()) return;
  if (table.rows.size() > kMostTableRows || table.columns.size() > kMostTableColumns) {
    out +=
        fmt::format("<p><small>Table {}: {} rows, {} columns, in the report's JSON.</small></p>\n",
                    escape_html_cut(words_of(table.name)), format_count(table.rows.size()),
                    format_count(table.columns.size()));
    return;
  }
  out += fmt::format(
      "<div class=\"wide\"><table class=\"numbers\"><caption>{}</caption><thead><tr>"
      "<td></td>",
      escape_html_cut(sentence_of(table.name)));
  for (const std::string& column : table.columns) {
    out += fmt::format("<th scope=\"col\">{}</th>", escape_html_short(words_of(column), 60));
  }
  out += "</tr></thead><tbody>";
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    out +=
        fmt::format("<tr><th scope=\"row\">{}</th>",
                    i < table.row_labels.size() ? escape_html_short(table.row_labels[i], 60) : "");
    for (std::size_t c = 0; c < table.rows[i].size() && c < table.columns.size(); ++c) {
      out += fmt::format("<td>{}</td>", cell_text(table.columns[c], table.rows[i][c]));
    }
    out += "</tr>";
  }
  out += "</tbody></table></div>\n";
}

void write_parameters(const Finding& finding, std::string& out) {
  if (finding.parameters.empty()) return;
  out += "<dt>Parameters</dt><dd>";
  for (const auto& [name, value] : finding.parameters) {
    out += fmt::format("<code>{} = {}</code> ", escape_html_cut(name), escape_html_cut(value));
  }
  out += "</dd>\n";
}

// The zone in which the subject lives its day: a party's own, an address's party's.
const std::string* zone_of(const CaseModel& model, const std::string& subject) {
  for (const Party& party : model.case_file.parties) {
    const std::optional<IpAddress> address = IpAddress::parse(subject);
    if (party.name == subject || subject.ends_with(fmt::format(" ({})", party.name)) ||
        (address && party.holds_address(*address))) {
      return party.zone.empty() ? &model.case_file.default_zone : &party.zone;
    }
  }
  return &model.case_file.default_zone;
}

void write_window(const CaseModel& model, const Finding& finding, std::string& out) {
  if (finding.window.empty()) return;
  out += fmt::format("<dt>Window</dt><dd>{}{}</dd>\n",
                     escape_sentence(format_interval(finding.window)),
                     in_local_time(finding.window, *zone_of(model, finding.subject)));
}

std::string links_to_evidence(const CaseModel& model, const Finding& finding) {
  std::string links;
  for (const std::uint32_t number : finding.selection.evidences) {
    if (!links.empty()) links += ", ";
    links += link_to_evidence(model, number);
  }
  return links;
}

void write_selection(const CaseModel& model, const Finding& finding, std::string& out) {
  const Selection& selection = finding.selection;
  if (selection.description.empty() && selection.rows == 0) return;
  const std::string links = links_to_evidence(model, finding);
  out += fmt::format("<dt>Rests on</dt><dd>{} row{}{}{}: {}</dd>\n", format_count(selection.rows),
                     selection.rows == 1 ? "" : "s", links.empty() ? "" : " of ", links,
                     escape_html_cut(selection.description));
  if (!selection.locus_sha256.empty()) {
    out += fmt::format("<dt>Seal over them</dt><dd><code>{}</code></dd>\n",
                       escape_html_cut(selection.locus_sha256));
  }
  if (selection.examples.empty()) return;
  out += "<dt>The first ones</dt><dd>";
  for (const std::string& locus : selection.examples) {
    out += fmt::format("<code>assay show CASE {}</code><br>", escape_html_cut(locus));
  }
  out += "</dd>\n";
}

void write_limits(const Finding& finding, std::string& out) {
  if (finding.limitations.empty()) return;
  out += "<dt>What it cannot show</dt><dd><ul>";
  for (const std::string& limit : finding.limitations) {
    out += fmt::format("<li>{}</li>", escape_sentence(limit));
  }
  out += "</ul></dd>\n";
}

// What stands below the sentence even on paper, where nothing folds out.
std::string basis_of(const CaseModel& model, const Finding& finding) {
  std::string basis;
  const auto add = [&](const std::string& part) {
    if (part.empty()) return;
    if (!basis.empty()) basis += " · ";
    basis += part;
  };
  if (!says_something(finding)) add(words_of(to_string(finding.outcome)));
  add(finding.vantage.empty() ? "" : "vantage " + escape_html_cut(words_of(finding.vantage)));
  if (finding.selection.rows > 0) {
    const std::string links = links_to_evidence(model, finding);
    add(fmt::format("{} row{}{}{}", format_count(finding.selection.rows),
                    finding.selection.rows == 1 ? "" : "s", links.empty() ? "" : " of ", links));
    add("seal <code>" +
        escape_html_cut(finding.selection.locus_sha256.substr(0, kShownSealDigits)) + "…</code>");
  }
  return basis;
}

}  // namespace

void write_term(std::string_view term, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, escape_sentence(text, kMostShownBytes));
}

void write_card(const CaseModel& model, const Finding& finding, const Statements& statements,
                std::string& out) {
  const std::string number = statements.number_of(finding.id);
  out +=
      fmt::format("<li id=\"f-{}\" value=\"{}\"><span class=\"number\">{}</span><div><p>{}</p>\n",
                  anchor_of(finding.id), number.substr(number.find('.') + 1), number,
                  escape_sentence(finding.statement));
  out += fmt::format("<p class=\"basis\">{}</p>\n", basis_of(model, finding));
  out += "<details><summary>How it was measured</summary>\n<dl>\n";
  write_term("Method", fmt::format("{} {}", finding.method, finding.method_version), out);
  write_term("Of", finding.denominator, out);
  write_window(model, finding, out);
  write_term("Rows counted as", finding.dedup_rule, out);
  write_parameters(finding, out);
  write_selection(model, finding, out);
  write_limits(finding, out);
  if (finding.absence) write_term("Absence", finding.absence->statement(), out);
  write_term("Finding", finding.id, out);
  out += "</dl>\n";
  write_quantities(finding, out);
  for (const Table& table : finding.tables) write_table(table, out);
  out += "</details></div></li>\n";
}

}  // namespace assay
