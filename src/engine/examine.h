// Methods -> findings -> explanations -> verdict, for every question of a case. No file is touched:
// Case::examine stores what comes out, Case::verify compares it with what was stored. Errors:
// interrupted when `stop` is set, seen between two methods; usage; what the store says.
#pragma once

#include <atomic>
#include <vector>

#include "assay/store.h"
#include "assay/writer.h"

namespace assay {

Result<std::vector<QuestionResult>> examine_questions(RecordStore& store, const CaseFile& case_file,
                                                      const std::vector<Evidence>& evidences,
                                                      const std::atomic<bool>* stop);

// The same, in the bytes that a case keeps: findings.jsonl has one finding a line, verdict.json the
// verdicts of all questions.
struct Recomputed {
  std::vector<QuestionResult> questions;
  std::string findings_jsonl;
  std::string verdict_json;
};
Result<Recomputed> recompute(const CaseFile& case_file, const std::vector<Evidence>& evidences,
                             RecordStore& store, const std::atomic<bool>* stop);

}  // namespace assay
