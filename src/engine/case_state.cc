#include "engine/case_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/evidence_lines.h"

namespace assay {
namespace {

using Json = nlohmann::json;

void apply_init(const Json& payload, CaseState& state) {
  state.title = payload.value("title", "");
  state.default_zone = payload.value("default_zone", "UTC");
  state.key_seed = std::stoull(payload.value("key_seed", "0"), nullptr, 16);
}

Examined examined_of(const Json& payload, const CustodyLine& line) {
  Examined examined;
  examined.seq = line.seq;
  examined.case_hash = line.sha256;
  examined.time_us = line.time_us;
  examined.engine_version = line.engine_version;
  examined.case_file_sha256 = payload.value("case_file_sha256", "");
  examined.findings_sha256 = payload.value("findings_sha256", "");
  examined.verdict_sha256 = payload.value("verdict_sha256", "");
  examined.store_engine = payload.value("store_engine", "");
  examined.zone_database = payload.value("zone_database", "");
  return examined;
}

void drop_copy(const Json& payload, CaseState& state) {
  const auto index = state.index_of(payload.value("evidence", 0u));
  if (!index) return;
  state.evidences.erase(state.evidences.begin() + static_cast<std::ptrdiff_t>(*index));
  state.details.erase(state.details.begin() + static_cast<std::ptrdiff_t>(*index));
}

void apply_checked(const Json& payload, const CustodyLine& line, CaseState& state) {
  if (line.type == "init") {
    apply_init(payload, state);
  } else if (line.type == "begun") {
    Evidence evidence;
    EvidenceDetail detail;
    read_begun(payload, line, evidence, detail);
    state.last_number = std::max(state.last_number, evidence.number);
    if (const auto index = state.index_of(evidence.number)) {
      // Stated anew: the seal stays, the rows do not count until they are read again.
      const Evidence& before = state.evidences[*index];
      evidence.received_us = before.received_us;
      evidence.sha256 = before.sha256;
      evidence.size_bytes = before.size_bytes;
      detail.is_sealed = state.details[*index].is_sealed;
      detail.content_sha256 = state.details[*index].content_sha256;
      if (detail.is_sealed) evidence.state = ReadState::unread;
      state.evidences[*index] = std::move(evidence);
      state.details[*index] = std::move(detail);
    } else {
      state.evidences.push_back(std::move(evidence));
      state.details.push_back(std::move(detail));
    }
  } else if (line.type == "evidence" || line.type == "read" || line.type == "read_failed") {
    const auto index = state.index_of(payload.value("evidence", 0u));
    if (!index) return;
    read_progress(payload, line, state.evidences[*index], state.details[*index]);
  } else if (line.type == "copy_dropped") {
    drop_copy(payload, state);
  } else if (line.type == "case_file") {
    state.case_file_sha256 = payload.value("sha256", "");
  } else if (line.type == "examined") {
    state.examined = examined_of(payload, line);
  } else if (line.type == "rendered") {
    Rendered rendered{line.seq, payload.value("writer", ""), payload.value("path", ""),
                      payload.value("sha256", "")};
    state.rendered[rendered.path] = rendered;
  }
}

}  // namespace

Status CaseState::apply(const CustodyLine& line) {
  try {
    apply_checked(Json::parse(line.payload), line, *this);
  } catch (const std::exception& problem) {
    return Error{ErrorCode::malformed,
                 fmt::format("custody.jsonl line {}: its payload is not that of a line of type "
                             "'{}' ({})",
                             line.seq, line.type, problem.what()),
                 "see what changed with: assay verify CASE"};
  }
  return {};
}

std::optional<std::size_t> CaseState::index_of(std::uint32_t number) const {
  for (std::size_t i = 0; i < evidences.size(); ++i) {
    if (evidences[i].number == number) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> CaseState::index_of_id(std::string_view id) const {
  for (std::size_t i = 0; i < evidences.size(); ++i) {
    if (evidences[i].id == id) return i;
  }
  return std::nullopt;
}

std::vector<RejectSummary> CaseState::reject_summaries() const {
  std::vector<RejectSummary> all;
  for (const EvidenceDetail& detail : details) {
    all.insert(all.end(), detail.rejects.begin(), detail.rejects.end());
  }
  return all;
}

std::vector<std::uint32_t> CaseState::committed() const {
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < evidences.size(); ++i) {
    if (details[i].is_read && evidences[i].state == ReadState::read) {
      numbers.push_back(evidences[i].number);
    }
  }
  return numbers;
}

}  // namespace assay
