#include "engine/case_state.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/evidence_lines.h"

namespace assay {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& why) { throw std::runtime_error(why); }

void apply_init(const Json& payload, CaseState& state) {
  if (const int format = payload.at("format").get<int>(); format != kCaseFormat) {
    refuse(fmt::format("the case has format {}, this assay knows {}", format, kCaseFormat));
  }
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

std::size_t known_index(const Json& payload, const CaseState& state) {
  const auto number = payload.at("evidence").get<std::uint32_t>();
  const auto index = state.index_of(number);
  if (!index) refuse(fmt::format("there is no evidence {} before it", number));
  return *index;
}

void drop_copy(const Json& payload, CaseState& state) {
  const std::optional<std::size_t> index = known_index(payload, state);
  const std::uint32_t number = state.evidences[*index].number;
  const auto is_within = [&](std::size_t i) { return state.evidences[i].container == number; };
  if (state.first_of(state.index.members_of(number), is_within)) refuse("its members are evidence");
  state.evidences.erase(state.evidences.begin() + static_cast<std::ptrdiff_t>(*index));
  state.details.erase(state.details.begin() + static_cast<std::ptrdiff_t>(*index));
}

// KIND-NUMBER, with letters only before the hyphen: the id names a file of rejects.
bool is_id_of(std::string_view id, std::uint32_t number) {
  const std::size_t hyphen = id.find('-');
  return hyphen != std::string_view::npos && hyphen > 0 &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == hyphen &&
         id.substr(hyphen + 1) == std::to_string(number);
}

// Absolute, or a path that does not lead out of the case folder.
bool is_evidence_path(const std::string& path) {
  const std::filesystem::path parts(path);
  return !path.empty() &&
         (parts.is_absolute() || std::find(parts.begin(), parts.end(), "..") == parts.end());
}

void check_begun(const Evidence& evidence, const CaseState& state) {
  if (!is_id_of(evidence.id, evidence.number)) {
    refuse(fmt::format("'{}' is not the id of evidence {}", evidence.id, evidence.number));
  }
  if (!is_evidence_path(evidence.path)) refuse("its path leads out of the case folder");
  const auto known = state.index_of(evidence.number);
  if (!known && evidence.number != state.last_number + 1) {
    refuse(fmt::format("evidence {} is due", state.last_number + 1));
  }
  if (evidence.container != 0 &&
      (evidence.container >= evidence.number || !state.index_of(evidence.container))) {
    refuse(fmt::format("there is no evidence {} before it to contain it", evidence.container));
  }
  if (evidence.predecessor != 0 &&
      (evidence.predecessor >= evidence.number || !state.index_of(evidence.predecessor))) {
    refuse(
        fmt::format("there is no evidence {} before it that it continues", evidence.predecessor));
  }
}

void apply_checked(const Json& payload, const CustodyLine& line, CaseState& state) {
  if (line.type == "init") {
    apply_init(payload, state);
  } else if (line.type == "begun") {
    Evidence evidence;
    EvidenceDetail detail;
    read_begun(payload, line, evidence, detail);
    check_begun(evidence, state);
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
      state.index.note(evidence, detail);
      state.evidences[*index] = std::move(evidence);
      state.details[*index] = std::move(detail);
    } else {
      state.index.note(evidence, detail);
      state.evidences.push_back(std::move(evidence));
      state.details.push_back(std::move(detail));
    }
  } else if (line.type == "evidence" || line.type == "read" || line.type == "read_failed") {
    const std::size_t index = known_index(payload, state);
    Evidence evidence = state.evidences[index];
    EvidenceDetail detail = state.details[index];
    read_progress(payload, line, evidence, detail);
    state.index.note(evidence, detail);
    state.evidences[index] = std::move(evidence);
    state.details[index] = std::move(detail);
  } else if (line.type == "copy_dropped") {
    drop_copy(payload, state);
  } else if (line.type == "case_file") {
    state.case_file_sha256 = payload.value("sha256", "");
  } else if (line.type == "examined") {
    state.examined = examined_of(payload, line);
  } else if (line.type == "rendered") {
    Rendered rendered{line.seq, payload.value("writer", ""), payload.value("path", ""),
                      payload.value("sha256", ""), payload.value("case_hash", "")};
    state.rendered[rendered.path] = rendered;
  } else {
    refuse("no line of this version of assay has that type");
  }
}

}  // namespace

Status CaseState::apply(const CustodyLine& line) {
  try {
    apply_checked(Json::parse(line.payload), line, *this);
  } catch (const std::exception& problem) {
    return Error{ErrorCode::malformed,
                 fmt::format("is not a line of type '{}' that assay writes there ({})", line.type,
                             problem.what()),
                 "see what changed with: assay verify CASE"};
  }
  return {};
}

std::optional<std::size_t> CaseState::index_of(std::uint32_t number) const {
  const auto place = std::lower_bound(
      evidences.begin(), evidences.end(), number,
      [](const Evidence& evidence, std::uint32_t wanted) { return evidence.number < wanted; });
  if (place == evidences.end() || place->number != number) return std::nullopt;
  return static_cast<std::size_t>(place - evidences.begin());
}

std::optional<std::size_t> CaseState::index_of_id(std::string_view id) const {
  return first_of(index.of_id(id), [&](std::size_t i) { return evidences[i].id == id; });
}

std::optional<std::size_t> CaseState::first_of(const EvidenceIndex::Numbers& numbers,
                                               const std::function<bool(std::size_t)>& fits) const {
  for (const std::uint32_t number : numbers) {
    const auto found = index_of(number);
    if (found && fits(*found)) return found;
  }
  return std::nullopt;
}

std::vector<RejectSummary> CaseState::reject_summaries(std::string_view id) const {
  if (!id.empty()) {
    const auto found = index_of_id(id);
    return found ? details[*found].rejects : std::vector<RejectSummary>();
  }
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
