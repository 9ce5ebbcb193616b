// What changed between two examinations. Findings are matched by their id, evidence by its hash:
// both are the same for the same bytes, whatever lies beside them.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "assay/writer.h"
#include "writers/format.h"

namespace assay {
namespace {

using FindingsById = std::map<std::string, const Finding*>;
using Touched = std::set<std::string>;  // ids of findings that came or changed

FindingsById by_id(const QuestionResult* result) {
  FindingsById ids;
  if (result == nullptr) return ids;
  for (const Finding& finding : result->findings) ids.emplace(finding.id, &finding);
  return ids;
}

bool is_same_number(const Quantity& a, const Quantity& b) {
  // A value that is not a number is the same as itself.
  const auto same = [](double x, double y) { return x == y || (x != x && y != y); };
  return a.name == b.name && a.unit == b.unit && same(a.value, b.value) && a.interval == b.interval;
}

std::vector<std::string> what_changed(const Finding& before, const Finding& after) {
  std::vector<std::string> what;
  const auto note = [&](bool is_changed, const char* word) {
    if (is_changed) what.emplace_back(word);
  };
  note(before.method_version != after.method_version, "version of the method");
  note(before.outcome != after.outcome, "outcome");
  note(!std::equal(before.quantities.begin(), before.quantities.end(), after.quantities.begin(),
                   after.quantities.end(), is_same_number),
       "numbers");
  note(before.selection.rows != after.selection.rows ||
           before.selection.locus_sha256 != after.selection.locus_sha256,
       "records");
  note(before.absence.has_value() != after.absence.has_value(), "vouched absence");
  if (what.empty() && finding_to_json(before) != finding_to_json(after)) {
    what.emplace_back("words or limitations");
  }
  return what;
}

std::vector<FindingChange> finding_changes(const QuestionResult* before,
                                           const QuestionResult* after) {
  std::vector<FindingChange> changes;
  const FindingsById old = by_id(before), now = by_id(after);
  if (after != nullptr) {
    for (const Finding& finding : after->findings) {
      const auto was = old.find(finding.id);
      if (was == old.end()) {
        changes.push_back({Change::came,
                           finding.id,
                           finding.method,
                           "",
                           finding.method_version,
                           {},
                           finding.statement});
        continue;
      }
      std::vector<std::string> what = what_changed(*was->second, finding);
      if (what.empty()) continue;
      changes.push_back({Change::changed, finding.id, finding.method, was->second->method_version,
                         finding.method_version, std::move(what), finding.statement,
                         was->second->statement});
    }
  }
  if (before != nullptr) {
    for (const Finding& finding : before->findings) {
      if (now.contains(finding.id)) continue;
      changes.push_back({Change::gone,
                         finding.id,
                         finding.method,
                         finding.method_version,
                         "",
                         {},
                         finding.statement});
    }
  }
  return changes;
}

std::string standing_of(const Assessment* assessment) {
  if (assessment == nullptr) return "not weighed";
  if (assessment->exclusion) return "excluded";
  if (!assessment->is_testable) return "cannot be tested";
  if (assessment->support == Support::none) return "no support";
  return fmt::format("{} support", to_string(assessment->support));
}

const Assessment* assessment_of(const QuestionResult* result, std::string_view explanation) {
  if (result == nullptr) return nullptr;
  for (const Assessment& assessment : result->verdict.assessments) {
    if (assessment.explanation == explanation) return &assessment;
  }
  return nullptr;
}

std::optional<Direction> direction_of(const Assessment* assessment, const std::string& finding) {
  if (assessment == nullptr) return std::nullopt;
  for (const Bearing& bearing : assessment->bearings) {
    if (bearing.finding == finding) return bearing.direction;
  }
  return std::nullopt;
}

std::vector<BearingChange> bearing_changes(const Assessment* before, const Assessment* after) {
  std::vector<BearingChange> changes;
  if (after != nullptr) {
    for (const Bearing& bearing : after->bearings) {
      const auto was = direction_of(before, bearing.finding);
      if (was == bearing.direction) continue;
      changes.push_back({bearing.finding, was, bearing.direction, bearing.reason});
    }
  }
  if (before != nullptr) {
    for (const Bearing& bearing : before->bearings) {
      if (direction_of(after, bearing.finding)) continue;
      changes.push_back({bearing.finding, bearing.direction, std::nullopt, bearing.reason});
    }
  }
  // What leans comes before what does not; within that the order of the findings stays.
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
    const auto leans = [](const BearingChange& change) {
      return change.before.value_or(Direction::neutral) != Direction::neutral ||
             change.after.value_or(Direction::neutral) != Direction::neutral;
    };
    return leans(a) > leans(b);
  });
  return changes;
}

std::vector<ExplanationChange> explanation_changes(const QuestionResult* before,
                                                   const QuestionResult* after) {
  std::vector<ExplanationChange> changes;
  for (const Explanation* explanation : all_explanations()) {
    const Assessment* was = assessment_of(before, explanation->name());
    const Assessment* is = assessment_of(after, explanation->name());
    ExplanationChange change{std::string(explanation->name()),
                             standing_of(was),
                             standing_of(is),
                             is == nullptr ? "" : is->support_reason,
                             {},
                             bearing_changes(was, is)};
    if (is != nullptr && is->exclusion && (was == nullptr || !was->exclusion)) {
      change.exclusions = is->exclusion->findings();
    }
    if (change.has_moved() || !change.bearings.empty()) changes.push_back(std::move(change));
  }
  return changes;
}

const ClaimAnswer* answer_of(const QuestionResult* result, const std::string& claim) {
  if (result == nullptr) return nullptr;
  for (const ClaimAnswer& answer : result->verdict.claims) {
    if (answer.claim == claim) return &answer;
  }
  return nullptr;
}

std::optional<ClaimChange> claim_change(const std::string& claim, const ClaimAnswer* before,
                                        const ClaimAnswer* after, const Touched& touched) {
  ClaimChange change;
  change.claim = claim;
  if (before != nullptr) {
    change.before = before->answer;
    change.short_before = before->in_short;
  }
  if (after != nullptr) {
    change.after = after->answer;
    change.short_after = after->in_short;
    change.statement = after->statement;
    for (const std::string& id : after->findings) {
      if (touched.contains(id)) change.findings.push_back(id);
    }
  }
  const bool has_new_words =
      before != nullptr && after != nullptr &&
      (before->in_short != after->in_short || before->statement != after->statement);
  if (!change.has_moved() && !has_new_words && change.findings.empty()) return std::nullopt;
  return change;
}

std::vector<ClaimChange> claim_changes(const QuestionResult* before, const QuestionResult* after,
                                       const Touched& touched) {
  std::vector<ClaimChange> changes;
  const auto take = [&](const QuestionResult* of, bool is_later) {
    if (of == nullptr) return;
    for (const ClaimAnswer& answer : of->verdict.claims) {
      const ClaimAnswer* was = answer_of(before, answer.claim);
      const ClaimAnswer* is = answer_of(after, answer.claim);
      if (!is_later && is != nullptr) continue;
      if (auto change = claim_change(answer.claim, was, is, touched)) {
        changes.push_back(std::move(*change));
      }
    }
  };
  take(after, true);
  take(before, false);
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return a.has_moved() > b.has_moved(); });
  return changes;
}

std::vector<MissingChange> missing_changes(const QuestionResult* before,
                                           const QuestionResult* after) {
  std::vector<MissingChange> changes;
  if (after != nullptr) {
    for (const MissingRecord& missing : after->verdict.missing) {
      changes.push_back({missing.record, missing.text, 0, changes.size() + 1, 0, missing.weight});
    }
  }
  if (before == nullptr) return changes;
  std::size_t place = 0;
  for (const MissingRecord& missing : before->verdict.missing) {
    ++place;
    auto same = std::find_if(changes.begin(), changes.end(), [&](const MissingChange& change) {
      return change.record == missing.record;
    });
    if (same == changes.end()) {
      changes.push_back({missing.record, missing.text});
      same = changes.end() - 1;
    }
    same->place_before = place;
    same->weight_before = missing.weight;
  }
  return changes;
}

QuestionDifference question_difference(const QuestionResult* before, const QuestionResult* after) {
  QuestionDifference difference;
  difference.before = before;
  difference.after = after;
  if (before == nullptr || after == nullptr) {
    difference.is_verdict_changed = true;
  } else {
    difference.is_verdict_changed = before->verdict.rung != after->verdict.rung ||
                                    before->verdict.conclusion != after->verdict.conclusion ||
                                    before->verdict.statement != after->verdict.statement;
  }
  difference.findings = finding_changes(before, after);
  Touched touched;
  for (const FindingChange& change : difference.findings) touched.insert(change.id);
  difference.explanations = explanation_changes(before, after);
  difference.claims = claim_changes(before, after, touched);
  difference.missing = missing_changes(before, after);
  return difference;
}

const QuestionResult* result_of(const CaseModel& model, const std::string& question) {
  for (const QuestionResult& result : model.questions) {
    if (result.question.id == question) return &result;
  }
  return nullptr;
}

std::string coverage_words(const Coverage& coverage) {
  std::string text = fmt::format("coverage {}", to_string(coverage.completeness));
  for (const Interval& interval : coverage.intervals) text += " " + format_interval(interval);
  for (const NamePattern& name : coverage.names) text += " " + name.to_string();
  return text;
}

std::string evidence_words(const Evidence& evidence) {
  return fmt::format("{} ({}, {} records, vantage {}, {}{})", evidence.name,
                     evidence.format.empty() ? "read as nothing" : evidence.format,
                     format_count(evidence.rows()), to_string(evidence.vantage),
                     coverage_words(evidence.coverage),
                     evidence.received_from.empty() ? "" : ", from " + evidence.received_from);
}

// What is stated of the same bytes in the two cases.
std::string stated_of(const Evidence& evidence) {
  return fmt::format("read as {}, vantage {}, zone {}, {} s added, {}", evidence.format,
                     to_string(evidence.vantage), evidence.clock.zone,
                     static_cast<double>(evidence.clock.skew_us) / 1e6,
                     coverage_words(evidence.coverage));
}

// Two empty logs are alike and are two evidences, told apart by their names.
std::string key_of(const Evidence& evidence) {
  return evidence.sha256 + (evidence.rows() == 0 ? evidence.name : "");
}

std::vector<EvidenceChange> evidence_changes(const CaseModel& before, const CaseModel& after) {
  std::vector<EvidenceChange> changes;
  std::map<std::string, const Evidence*> old, now;
  for (const Evidence& evidence : before.evidences) old.emplace(key_of(evidence), &evidence);
  for (const Evidence& evidence : after.evidences) now.emplace(key_of(evidence), &evidence);
  for (const Evidence& evidence : after.evidences) {
    const auto was = old.find(key_of(evidence));
    if (was == old.end()) {
      changes.push_back({Change::came, evidence.id, evidence_words(evidence)});
    } else if (stated_of(*was->second) != stated_of(evidence)) {
      changes.push_back({Change::changed, evidence.id,
                         fmt::format("{}: was {}; now {}", evidence.name, stated_of(*was->second),
                                     stated_of(evidence))});
    }
  }
  for (const Evidence& evidence : before.evidences) {
    if (now.contains(key_of(evidence))) continue;
    changes.push_back({Change::gone, evidence.id, evidence_words(evidence)});
  }
  return changes;
}

// A party as case.toml states it, so that two texts are equal when the statements are.
std::string words_of_party(const Party& party) {
  std::string text;
  for (const IpPrefix& prefix : party.addresses) text += " " + prefix.to_string();
  for (const NamePattern& name : party.names) text += " " + name.to_string();
  for (const std::string& account : party.accounts) text += " " + account;
  if (!party.zone.empty()) text += ", zone " + party.zone;
  if (party.holds) text += ", from " + format_interval(*party.holds);
  return text.empty() ? " nothing" : text;
}

void compare_parties(const CaseFile& before, const CaseFile& after,
                     std::vector<std::string>& stated) {
  for (const Party& party : after.parties) {
    const Party* was = before.find_party(party.name);
    if (was == nullptr) {
      stated.push_back(fmt::format("party {} is new: holds{}", party.name, words_of_party(party)));
    } else if (words_of_party(*was) != words_of_party(party)) {
      stated.push_back(fmt::format("party {} held{}; holds{}", party.name, words_of_party(*was),
                                   words_of_party(party)));
    }
  }
  for (const Party& party : before.parties) {
    if (after.find_party(party.name) == nullptr) {
      stated.push_back(fmt::format("party {} is no longer stated", party.name));
    }
  }
}

std::vector<std::string> statements_changed(const CaseModel& before, const CaseModel& after) {
  std::vector<std::string> stated;
  if (before.case_toml_sha256 != after.case_toml_sha256) {
    compare_parties(before.case_file, after.case_file, stated);
    if (stated.empty()) {
      stated.emplace_back(
          "case.toml is another, with the same parties: questions, claims, "
          "calendar, clocks, TTLs or spacing");
    }
  }
  if (before.engine_version != after.engine_version) {
    stated.push_back(fmt::format("examined with assay {}, then with {}", before.engine_version,
                                 after.engine_version));
  }
  if (before.zone_database != after.zone_database) {
    stated.push_back(
        fmt::format("time zones of {}, then of {}", before.zone_database, after.zone_database));
  }
  return stated;
}

}  // namespace

std::string_view to_string(Change change) {
  switch (change) {
    case Change::came:
      return "came";
    case Change::gone:
      return "gone";
    case Change::changed:
      return "changed";
  }
  return "changed";
}

bool Difference::is_nothing() const {
  return stated.empty() && evidences.empty() &&
         std::all_of(questions.begin(), questions.end(), [](const QuestionDifference& question) {
           return !question.is_verdict_changed && question.findings.empty() &&
                  question.explanations.empty() && question.claims.empty();
         });
}

Difference difference_between(const CaseModel& before, const CaseModel& after) {
  Difference difference;
  difference.is_same_case_later =
      std::find(after.earlier_hashes.begin(), after.earlier_hashes.end(), before.case_hash) !=
      after.earlier_hashes.end();
  difference.stated = statements_changed(before, after);
  difference.evidences = evidence_changes(before, after);
  for (const QuestionResult& result : after.questions) {
    difference.questions.push_back(
        question_difference(result_of(before, result.question.id), &result));
  }
  for (const QuestionResult& result : before.questions) {
    if (result_of(after, result.question.id) != nullptr) continue;
    difference.questions.push_back(question_difference(&result, nullptr));
  }
  return difference;
}

}  // namespace assay
