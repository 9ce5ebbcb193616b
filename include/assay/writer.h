// Writer: the door through which an output leaves. A writer turns the examined case into bytes; it
// reads no clock, opens nothing, and gives the same bytes for the same model.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/case.h"
#include "assay/evidence.h"
#include "assay/explanation.h"
#include "assay/finding.h"
#include "assay/result.h"
#include "assay/verdict.h"

namespace assay {

struct QuestionResult {
  Question question;
  std::vector<Finding> findings;
  Verdict verdict;
};

struct RejectSummary {
  std::uint32_t evidence = 0;
  std::string code;
  std::uint64_t count = 0;
  std::string example_text;  // the attacker's bytes: escape before showing
  std::uint64_t example_offset = 0;
  std::string why;
};

// Everything that a report may say.
struct CaseModel {
  std::string case_hash;  // of the custody chain at examination
  std::string case_toml_sha256;
  std::string engine_version;  // assay's
  std::string store_engine;    // "embedded ClickHouse 26.7..." or "memory"
  std::string zone_database;   // "2025b"
  std::int64_t examined_us = 0;
  CaseFile case_file;
  std::vector<Evidence> evidences;
  std::vector<RejectSummary> rejects;
  std::vector<QuestionResult> questions;
  std::vector<std::pair<std::string, std::string>> methods;  // name, version
};

class Writer {
 public:
  virtual ~Writer() = default;
  virtual std::string_view name() const = 0;  // "html"
  virtual std::string_view summary() const = 0;
  virtual Result<std::string> write(const CaseModel& model) const = 0;
};

const std::vector<const Writer*>& all_writers();
const Writer* find_writer(std::string_view name);

// JSON of the values, with one fixed number format; what `--json`, findings.jsonl and the report
// share. Round trip: finding_from_json(finding_to_json(f)) gives the same JSON.
std::string finding_to_json(const Finding& finding);
Result<Finding> finding_from_json(std::string_view json);
std::string verdict_to_json(const Verdict& verdict);
std::string evidence_to_json(const Evidence& evidence);
Result<Evidence> evidence_from_json(std::string_view json);

}  // namespace assay
