// Findings written by hand, as the methods would give them: same names of quantities, same ids.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/finding.h"
#include "assay/verdict.h"

namespace assay::test {

inline const Interval kWindow = parse_interval("2021-05-04T00:00:00Z/2021-09-24T00:00:00Z").value();

class Findings {
 public:
  explicit Findings(std::string vantage = "authoritative") : vantage_(std::move(vantage)) {}

  Finding& add(const std::string& method, const std::string& subject, Outcome outcome,
               std::initializer_list<std::pair<const char*, double>> quantities,
               const std::string& variant = "") {
    Finding finding;
    finding.id = "q1/" + vantage_ + "/" + method + "/" + (subject.empty() ? "all" : subject) +
                 (variant.empty() ? "" : "/" + variant);
    finding.method = method;
    finding.method_version = "1";
    finding.question = "q1";
    finding.vantage = vantage_;
    finding.subject = subject;
    finding.outcome = outcome;
    finding.window = kWindow;
    finding.dedup_rule = variant == "collapsed" ? "identical rows collapsed"
                         : variant == "bursts"  ? "bursts (60 s)"
                                                : "raw rows";
    for (const auto& [name, value] : quantities) {
      Quantity quantity;
      quantity.name = name;
      quantity.value = value;
      finding.quantities.push_back(std::move(quantity));
    }
    findings_.push_back(std::move(finding));
    return findings_.back();
  }

  // What volume says of who made how many of `total`, one finding a subject and rule.
  Findings& volume(const std::string& variant, double total,
                   const std::vector<std::pair<std::string, double>>& subjects) {
    add("volume", "", total > 0 ? Outcome::measured : Outcome::not_enough,
        {{"rows", total}, {"rows_total", total}}, variant);
    for (const auto& [subject, rows] : subjects) {
      add("volume", subject, rows > 0 ? Outcome::measured : Outcome::nothing_found,
          {{"rows", rows},
           {"rows_total", total},
           {"rows_for_others_names", rows},
           {"share", total > 0 ? rows / total : 0}},
          variant);
    }
    return *this;
  }

  Findings& coverage(const std::string& kind, double evidences, double complete) {
    add("coverage", kind,
        evidences == 0  ? Outcome::nothing_found
        : complete != 0 ? Outcome::found
                        : Outcome::measured,
        {{"evidences", evidences},
         {"complete_evidences", complete != 0 ? evidences : 0},
         {"complete", complete},
         {"rows", evidences}});
    return *this;
  }

  Findings& vantage(std::string vantage) {
    vantage_ = std::move(vantage);
    return *this;
  }

  Finding& last() { return findings_.back(); }
  FindingSet set() const { return FindingSet(findings_); }

 private:
  std::string vantage_;
  std::vector<Finding> findings_;
};

// Complete coverage of the window by an evidence without a row, as Absence wants it.
inline Absence absence_of(const std::string& record_kind, const std::string& way = "") {
  Evidence evidence;
  evidence.id = record_kind + "-1";
  evidence.state = ReadState::read;
  evidence.coverage.completeness = Completeness::complete;
  evidence.coverage.intervals = {kWindow};
  return Absence::establish({{evidence.id, {&evidence}, ""}},
                            {record_kind + " record" + way, kWindow, {}}, 0)
      .value();
}

// Both ways between Bank and Sender, as direct_records says it of a party's own complete records.
inline void add_absence_between(Findings& findings, const std::string& kind) {
  for (const auto& [from, to] : {std::pair("Bank", "Sender"), {"Sender", "Bank"}}) {
    Finding& finding =
        findings.add("direct_records", std::string(from) + ">" + to, Outcome::nothing_found,
                     {{"rows", 0}, {"both_addresses_stated", 1}}, kind);
    finding.parameters = {{"from", from}, {"to", to}, {"kind", kind}};
    finding.absence = absence_of(kind, std::string(" from ") + from + " to " + to);
  }
}

// The demo's situation: Bank 2,820 and Clinic 714 of 3,561 rows, three counting rules.
inline Findings demo_findings(double complete = 0) {
  Findings findings;
  findings.volume("raw", 3561, {{"Bank", 2820}, {"Clinic", 714}, {"Sender", 0}, {"other", 27}});
  findings.volume("collapsed", 3400,
                  {{"Bank", 2700}, {"Clinic", 680}, {"Sender", 0}, {"other", 20}});
  findings.volume("bursts", 1800, {{"Bank", 1300}, {"Clinic", 480}, {"Sender", 0}, {"other", 20}});
  findings.coverage("dns", 3, complete);
  findings.add("exclusivity", "", Outcome::measured,
               {{"outside_askers", 6},
                {"outside_rows", 27},
                {"named_askers", 3},
                {"complete_coverage", complete}});
  Finding& types = findings.add("type_profile", "", Outcome::found,
                                {{"rows", 3561}, {"types", 1}, {"foreign_rows", 0}});
  types.parameters["only_type"] = "A";
  types.tables.push_back({"types", {"rows"}, {"A"}, {{3561}}});
  return findings;
}

inline CaseFile demo_case() {
  CaseFile file;
  for (const char* name : {"Bank", "Clinic", "Sender"}) {
    Party party;
    party.name = name;
    file.parties.push_back(std::move(party));
  }
  Question question;
  question.id = "q1";
  question.between = {"Bank", "Sender"};
  file.questions.push_back(std::move(question));
  return file;
}

inline Verdict judged(const FindingSet& findings, const CaseFile& file = demo_case()) {
  return judge(file.questions.front(), file, findings);
}
inline Verdict judged(const Findings& findings) { return judged(findings.set()); }

inline const Assessment& of(const Verdict& verdict, std::string_view explanation) {
  return *std::find_if(
      verdict.assessments.begin(), verdict.assessments.end(),
      [&](const Assessment& assessment) { return assessment.explanation == explanation; });
}

}  // namespace assay::test
