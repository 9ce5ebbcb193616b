#include "engine/examine.h"

#include <fmt/format.h>

#include <set>

#include "assay/method.h"
#include "assay/verdict.h"
#include "engine/clock_shifts.h"
#include "engine/indicator_matches.h"
#include "engine/names_below.h"
#include "engine/other_records.h"
#include "engine/query_paths.h"
#include "engine/question_records.h"
#include "engine/recorder_losses.h"

namespace assay {
namespace {

Status check_question(const CaseFile& case_file, const Question& question) {
  for (const std::string& name : question.between) {
    if (case_file.find_party(name) != nullptr) continue;
    std::vector<std::string> known;
    for (const Party& party : case_file.parties) known.push_back(party.name);
    const auto nearest = nearest_word(name, known);
    return Error{ErrorCode::usage,
                 fmt::format("case.toml:{}: question {} names the party '{}', which is not there",
                             question.line, question.id, name),
                 nearest ? fmt::format("did you mean '{}'?", *nearest)
                         : "add it with 'assay party CASE add'"};
  }
  return {};
}

}  // namespace

Result<std::vector<QuestionResult>> examine_questions(RecordStore& store, const CaseFile& case_file,
                                                      const std::vector<Evidence>& recorded,
                                                      const std::atomic<bool>* stop) {
  const auto shifts = ClockShifts::make(case_file, recorded);
  if (!shifts.ok()) return shifts.error();
  const std::vector<Evidence> evidences = shifts->corrected(recorded);
  std::vector<QuestionResult> results;
  const auto indicators = match_indicators(store, case_file, evidences, *shifts);
  if (!indicators.ok()) return indicators.error();
  for (const Question& question : case_file.questions) {
    ASSAY_TRY(check_question(case_file, question));
    Result<std::vector<QuestionRecords>> groups =
        load_question_records(store, case_file, question, evidences, *shifts);
    if (!groups.ok()) return groups.error();
    if (groups->empty()) {
      groups->emplace_back();  // methods still say that there was nothing
      auto losses = load_losses(store, evidences, question.window.value_or(Interval{}), *shifts);
      if (!losses.ok()) return losses.error();
      groups->back().losses = std::move(*losses);
    }
    Result<OtherRecords> others =
        load_other_records(store, case_file, question, evidences, *shifts);
    if (!others.ok()) return others.error();
    ASSAY_TRY(load_query_paths(store, *groups, *shifts, *others));
    const Result<NamesBelow> below = names_below(store, case_file, question, evidences, *shifts);
    if (!below.ok()) return below.error();
    const std::string not_taken = below->statement();
    MethodContext context;
    context.case_file = &case_file;
    context.question = &question;
    context.all_evidences = &evidences;
    context.others = &*others;
    context.indicators = &*indicators;
    std::vector<Finding> findings;
    std::set<std::string> ids;
    const auto take = [&](std::vector<Finding> some) {
      for (Finding& finding : some) {
        // An address that changed hands is measured once for each holder.
        const std::string id = finding.id;
        for (int n = 2; !ids.insert(finding.id).second; ++n) {
          finding.id = fmt::format("{}/{}", id, n);
        }
        shifts->say(finding);
        if (finding.method == "volume" && !not_taken.empty()) {
          finding.limitations.push_back(not_taken);
        }
        findings.push_back(std::move(finding));
      }
    };
    for (std::size_t i = 0; i <= groups->size(); ++i) {
      for (const Method* method : all_methods()) {
        if (stop != nullptr && stop->load()) {
          return Error{ErrorCode::interrupted, "stopped while examining; nothing was sealed", ""};
        }
        take(i < groups->size() ? method->run((*groups)[i], context)
                                : method->compare(*groups, context));
      }
    }
    const FindingSet set(std::move(findings));
    QuestionResult result;
    result.question = question;
    result.verdict = judge(question, case_file, set);
    if (!not_taken.empty()) result.verdict.statement += " " + not_taken;
    result.findings = set.all();
    results.push_back(std::move(result));
  }
  return results;
}

Result<Recomputed> recompute(const CaseFile& case_file, const std::vector<Evidence>& evidences,
                             RecordStore& store, const std::atomic<bool>* stop) {
  auto questions = examine_questions(store, case_file, evidences, stop);
  if (!questions.ok()) return questions.error();
  Recomputed result;
  std::vector<std::string> verdicts;
  for (const QuestionResult& question : *questions) {
    for (const Finding& finding : question.findings) {
      result.findings_jsonl += finding_to_json(finding) + "\n";
    }
    verdicts.push_back(verdict_to_json(question.verdict));
  }
  result.verdict_json = fmt::format("{{\"verdicts\":[{}]}}\n", fmt::join(verdicts, ","));
  result.questions = std::move(*questions);
  return result;
}

}  // namespace assay
