// What the custody chain says, replayed: the evidences and how far each has come.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/engine.h"
#include "engine/custody.h"
#include "engine/evidence_index.h"

namespace assay {

inline constexpr int kCaseFormat = 1;  // of the folder; docs/case-format.md

// What the chain knows of an evidence beyond Evidence itself.
struct EvidenceDetail {
  std::uint32_t number = 0;
  bool is_sealed = false;      // its SHA-256 is in the chain
  bool is_read = false;        // a `read` line names it: its rows count
  std::string content_sha256;  // of the decompressed bytes, when they differ from those received
  std::string mapping;         // text of the mapping file it is read with
  std::string rejects_sha256;  // of rejects/<id>.jsonl; "" = no such file
  std::uint64_t rejects_stored = 0;
  std::vector<RejectSummary> rejects;
  std::string failure;    // reason of the last `read_failed`, "" after a success
  std::uint64_t seq = 0;  // last custody line about it
};

struct Examined {
  std::uint64_t seq = 0;
  std::string case_hash;  // of its line
  std::int64_t time_us = 0;
  std::string case_file_sha256, findings_sha256, verdict_sha256;
  std::string engine_version, store_engine, zone_database;
};

struct Rendered {
  std::uint64_t seq = 0;
  std::string writer, path, sha256;  // path relative to the case folder when inside it
  std::string case_hash;             // that it carries: of the examination it tells
};

struct CaseState {
  std::string title;
  std::string default_zone = "UTC";
  std::uint64_t key_seed = 0;
  std::vector<Evidence> evidences;      // in order of number
  std::vector<EvidenceDetail> details;  // one for one with `evidences`
  EvidenceIndex index;                  // of `evidences`
  std::uint32_t last_number = 0;        // also of evidences that turned out to be copies
  std::string case_file_sha256;         // as last edited by a command
  std::optional<Examined> examined;
  std::map<std::string, Rendered> rendered;  // by path

  // Errors: malformed, when it is no line that assay writes after those before it; nothing is
  // changed then. What a hostile chain must not reach stands here: an `id` names a file to write,
  // a `container` is followed to its end.
  Status apply(const CustodyLine& line);
  // The first of these, as an index into evidences, for which `fits` holds.
  std::optional<std::size_t> first_of(const EvidenceIndex::Numbers& numbers,
                                      const std::function<bool(std::size_t)>& fits) const;
  // Index into evidences; nullopt when there is none.
  std::optional<std::size_t> index_of(std::uint32_t number) const;
  std::optional<std::size_t> index_of_id(std::string_view id) const;
  // Of one evidence by its id, or of all for "".
  std::vector<RejectSummary> reject_summaries(std::string_view id) const;
  // Numbers of the evidences whose rows count.
  std::vector<std::uint32_t> committed() const;
};

// Payloads of the lines about evidence.
std::string begun_payload(const Evidence& evidence, const EvidenceDetail& detail);
std::string evidence_payload(const Evidence& evidence, const EvidenceDetail& detail);
std::string failed_payload(const Evidence& evidence, const EvidenceDetail& detail);
std::string copy_payload(const Evidence& copy, const Evidence& original);
std::string read_payload(const Evidence& evidence, const EvidenceDetail& detail);

}  // namespace assay
