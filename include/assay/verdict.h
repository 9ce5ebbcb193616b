// Verdict: how far up the ladder the records reach, what survives, and what would settle it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/case.h"
#include "assay/explanation.h"
#include "assay/finding.h"

namespace assay {

// docs/ladder.md. DNS alone never goes above asked_for_a_name.
enum class Rung {
  nothing = 0,
  asked_for_a_name = 1,
  contacted_an_address = 2,
  service_answered = 3,
  content_passed = 4,
  content_answered = 5,
  persons_communicated = 6,
};
std::string_view to_string(Rung rung);  // "asked_for_a_name"
std::string_view describe(Rung rung);   // "a resolver asked for a name"
// The highest rung that this kind of record could show at best ("dns" -> asked_for_a_name).
Rung ceiling_of(std::string_view record_kind);

struct MissingRecord {
  std::string record;  // SettlingRecord::record
  std::string text;
  int weight = 0;                           // summed over the surviving explanations
  std::optional<double> bits;               // that it adds on average on simulated cases
  std::vector<std::string> would_separate;  // names of explanations
};

// What one party's look-ups weigh between simulated causes, within what calibration and left-out
// causes can support; always under the models' assumptions (docs/weighing.md).
struct TimingWeight {
  std::string claim;    // "timer": word in the model
  std::string finding;  // id of the summary that it rests on
  std::string party;
  std::optional<double> ln_lr;  // as reported; nothing for a case unlike those simulated
  std::string statement;        // the LR in a sentence, or why there is none
  std::string expected;         // what such records could have given at all
};

enum class Conclusion {
  settled,       // one cause survives and the rung asked about is reached or excluded
  inconclusive,  // causes survive that answer the question differently
  insufficient,  // the records could not have answered it
};
std::string_view to_string(Conclusion conclusion);

enum class Answer {
  supported,
  contradicted,
  supported_only_within_these_files,
  not_testable,
};
std::string_view to_string(Answer answer);

struct ClaimAnswer {
  std::string claim;  // id
  Answer answer = Answer::not_testable;
  std::string in_short;                 // number and caveat in half a line, for lists
  std::string statement;                // the sentence of the report
  std::vector<std::string> findings;    // ids cited; may be empty for `consistent`
  std::vector<std::string> would_test;  // records that would test it, when not testable
  std::vector<Quantity> quantities;     // computed beside quoted numbers
  std::vector<Table> tables;            // lists that a sentence cannot hold; labels are words
};

struct Verdict {
  std::string question;
  Rung rung = Rung::nothing;
  std::string rung_statement;  // what shows it, with the finding
  std::vector<std::string> rung_findings;
  Conclusion conclusion = Conclusion::insufficient;
  std::string statement;                // the verdict in one or two sentences
  std::vector<Assessment> assessments;  // every explanation, in registry order
  std::vector<std::string> surviving;   // names, causes first, best supported first
  std::vector<std::string> excluded;
  std::vector<MissingRecord> missing;  // best first
  std::vector<ClaimAnswer> claims;
  std::vector<TimingWeight> weights;
  std::string model_sha256;  // of the model behind the weights; "" without any
};

// Weighs every explanation, climbs the ladder, ranks what is missing. Pure.
Verdict judge(const Question& question, const CaseFile& case_file, const FindingSet& findings);
// Answers the claims of that question. Pure.
std::vector<ClaimAnswer> answer_claims(const Question& question, const CaseFile& case_file,
                                       const FindingSet& findings);

}  // namespace assay
