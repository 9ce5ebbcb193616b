// The ladder, the survivors and the ranking of what is missing; docs/ladder.md has the rules.
#include "assay/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "explanations/weigh.h"

namespace assay {
namespace {

const Explanation& explanation_of(const Assessment& assessment) {
  return *find_explanation(assessment.explanation);
}

// Rung 1 needs one look-up of the question's names by a party that the question names.
void climb(const Question& question, const FindingSet& findings, Verdict& verdict) {
  std::vector<std::string> seen;
  for (const Finding* volume : about_parties(findings, "volume", "raw")) {
    const bool is_between = std::find(question.between.begin(), question.between.end(),
                                      volume->subject) != question.between.end();
    const double rows = volume->value_or("rows", 0);
    if (!is_between || rows <= 0) continue;
    verdict.rung = Rung::asked_for_a_name;
    verdict.rung_findings.push_back(volume->id);
    seen.push_back(fmt::format("{} ({:.0f} rows{}{})", volume->subject, rows,
                               volume->vantage.empty() ? "" : ", vantage ", volume->vantage));
  }
  if (verdict.rung == Rung::nothing) {
    verdict.rung_statement =
        "No look-up of the question's names by one of its parties stands in the records.";
    return;
  }
  verdict.rung_statement =
      fmt::format("Resolvers asked for the names: {}. Look-ups alone never show more than that.",
                  fmt::join(seen, "; "));
}

int support_rank(const Assessment& assessment) { return -static_cast<int>(assessment.support); }

void sort_out(Verdict& verdict) {
  std::vector<const Assessment*> alive;
  for (const Assessment& assessment : verdict.assessments) {
    if (assessment.exclusion) {
      verdict.excluded.push_back(assessment.explanation);
    } else {
      alive.push_back(&assessment);
    }
  }
  std::stable_sort(alive.begin(), alive.end(), [](const Assessment* a, const Assessment* b) {
    const ExplanationRole role_a = explanation_of(*a).role(), role_b = explanation_of(*b).role();
    if (role_a != role_b) return role_a < role_b;
    return support_rank(*a) < support_rank(*b);
  });
  for (const Assessment* assessment : alive) verdict.surviving.push_back(assessment->explanation);
}

// A record's weight is the sum of what it would be expected to tell for each surviving cause and
// recording; filters ask for nothing, since they answer no question about the parties.
void rank_missing(Verdict& verdict) {
  std::map<std::string, MissingRecord> by_record;
  for (const std::string& name : verdict.surviving) {
    const Explanation& explanation = *find_explanation(name);
    if (explanation.role() == ExplanationRole::filter) continue;
    for (const SettlingRecord& settles : explanation.settles()) {
      MissingRecord& missing = by_record[std::string(settles.record)];
      missing.record = std::string(settles.record);
      if (missing.text.empty()) missing.text = std::string(settles.text);
      missing.weight += settles.weight;
      missing.would_separate.push_back(name);
    }
  }
  for (auto& [record, missing] : by_record) verdict.missing.push_back(std::move(missing));
  std::stable_sort(
      verdict.missing.begin(), verdict.missing.end(),
      [](const MissingRecord& a, const MissingRecord& b) { return a.weight > b.weight; });
}

std::size_t count_surviving_causes(const Verdict& verdict) {
  return static_cast<std::size_t>(std::count_if(
      verdict.surviving.begin(), verdict.surviving.end(), [](const std::string& name) {
        return find_explanation(name)->role() == ExplanationRole::cause;
      }));
}

void conclude(const Question& question, Verdict& verdict) {
  const std::size_t causes = count_surviving_causes(verdict);
  if (verdict.rung == Rung::nothing) {
    verdict.conclusion = Conclusion::insufficient;
    verdict.statement = fmt::format(
        "Insufficient. The records say nothing about {}: no look-up of the names by a stated "
        "party.",
        fmt::join(question.between, " and "));
  } else if (causes == 1) {
    verdict.conclusion = Conclusion::settled;
    verdict.statement = fmt::format(
        "Settled as far as these records go: {} (rung {} of 6), and one explanation of why "
        "survives: "
        "{}.",
        describe(verdict.rung), static_cast<int>(verdict.rung), verdict.surviving.front());
  } else {
    verdict.conclusion = Conclusion::inconclusive;
    verdict.statement = fmt::format(
        "Inconclusive. The records show that {} (rung {} of 6), not why: {} causes survive that "
        "answer the question differently.",
        describe(verdict.rung), static_cast<int>(verdict.rung), causes);
  }
  if (!verdict.missing.empty() && verdict.conclusion != Conclusion::settled) {
    verdict.statement +=
        fmt::format(" The record that would tell most: {}.", verdict.missing.front().text);
  }
}

}  // namespace

Verdict judge(const Question& question, const CaseFile& case_file, const FindingSet& findings) {
  Verdict verdict;
  verdict.question = question.id;
  climb(question, findings, verdict);
  for (const Explanation* explanation : all_explanations()) {
    verdict.assessments.push_back(explanation->assess(findings));
  }
  sort_out(verdict);
  rank_missing(verdict);
  conclude(question, verdict);
  verdict.claims = answer_claims(question, case_file, findings);
  return verdict;
}

}  // namespace assay
