#include "engine/evidence_lines.h"

#include <fmt/core.h>

namespace assay {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

std::string dump(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

OrderedJson clock_json(const Clock& clock) {
  OrderedJson json = {
      {"zone", clock.zone}, {"zone_is_stated", clock.zone_is_stated}, {"skew_us", clock.skew_us}};
  if (clock.year) json["year"] = *clock.year;
  if (clock.last_year) json["last_year"] = *clock.last_year;
  if (clock.last_change_us) json["last_change_us"] = *clock.last_change_us;
  return json;
}

Clock clock_from(const Json& json) {
  Clock clock;
  clock.zone = json.value("zone", "UTC");
  clock.zone_is_stated = json.value("zone_is_stated", false);
  clock.skew_us = json.value("skew_us", std::int64_t{0});
  if (json.contains("year")) clock.year = json["year"].get<int>();
  if (json.contains("last_year")) clock.last_year = json["last_year"].get<int>();
  if (json.contains("last_change_us")) {
    clock.last_change_us = json["last_change_us"].get<std::int64_t>();
  }
  return clock;
}

OrderedJson interval_json(const Interval& interval) {
  return {{"begin_us", interval.begin_us}, {"end_us", interval.end_us}};
}

Interval interval_from(const Json& json) {
  return {json.at("begin_us").get<std::int64_t>(), json.at("end_us").get<std::int64_t>()};
}

OrderedJson coverage_json(const Coverage& coverage) {
  OrderedJson json = {{"intervals", OrderedJson::array()},
                      {"completeness", to_string(coverage.completeness)},
                      {"names", OrderedJson::array()}};
  for (const Interval& interval : coverage.intervals) {
    json["intervals"].push_back(interval_json(interval));
  }
  for (const NamePattern& name : coverage.names) json["names"].push_back(name.to_string());
  return json;
}

Coverage coverage_from(const Json& json) {
  Coverage coverage;
  coverage.completeness =
      parse_completeness(json.value("completeness", "unknown")).value_or(Completeness::unknown);
  for (const Json& interval : json.value("intervals", Json::array())) {
    coverage.intervals.push_back(interval_from(interval));
  }
  for (const Json& name : json.value("names", Json::array())) {
    if (auto pattern = NamePattern::parse(name.get<std::string>()); pattern.ok()) {
      coverage.names.push_back(*pattern);
    }
  }
  return coverage;
}

OrderedJson rejects_json(const std::vector<RejectSummary>& rejects) {
  OrderedJson array = OrderedJson::array();
  for (const RejectSummary& reject : rejects) {
    array.push_back({{"code", reject.code},
                     {"count", reject.count},
                     {"offset", reject.example_offset},
                     {"text", escape_bytes(reject.example_text)},
                     {"why", reject.why}});
  }
  return array;
}

void read_rejects(const Json& payload, std::uint32_t number, EvidenceDetail& detail) {
  detail.rejects.clear();
  for (const Json& json : payload.value("rejects", Json::array())) {
    RejectSummary reject;
    reject.evidence = number;
    reject.code = json.value("code", "");
    reject.count = json.value("count", std::uint64_t{0});
    reject.example_offset = json.value("offset", std::uint64_t{0});
    reject.example_text = unescape_bytes(json.value("text", ""));
    reject.why = json.value("why", "");
    detail.rejects.push_back(std::move(reject));
  }
  detail.rejects_sha256 = payload.value("rejects_sha256", "");
  detail.rejects_stored = payload.value("rejects_stored", std::uint64_t{0});
}

OrderedJson balance_json(const Balance& balance) {
  return {{"units", balance.units},
          {"used", balance.used},
          {"rejected", balance.rejected},
          {"blank", balance.blank},
          {"rows", balance.rows}};
}

Balance balance_from(const Json& json) {
  return {json.value("units", std::uint64_t{0}), json.value("used", std::uint64_t{0}),
          json.value("rejected", std::uint64_t{0}), json.value("blank", std::uint64_t{0}),
          json.value("rows", std::uint64_t{0})};
}

void read_result(const Json& payload, Evidence& evidence, EvidenceDetail& detail) {
  evidence.state = parse_read_state(payload.value("state", "")).value_or(ReadState::unread);
  detail.is_read = true;
  detail.failure.clear();
  evidence.balance = balance_from(payload.value("balance", Json::object()));
  evidence.also.clear();
  for (const Json& reading : payload.value("also", Json::array())) {
    evidence.also.push_back(
        {reading.value("format", ""), balance_from(reading.value("balance", Json::object()))});
  }
  evidence.kinds.clear();
  const Json kinds = payload.value("kinds", Json::object());
  for (const auto& [kind, rows] : kinds.items()) {
    evidence.kinds.emplace(kind, rows.is_number_unsigned() ? rows.get<std::uint64_t>() : 0);
  }
  evidence.notes.clear();
  for (const Json& note : payload.value("notes", Json::array())) {
    evidence.notes.push_back(
        {note.value("code", ""), note.value("count", std::uint64_t{0}), note.value("text", "")});
  }
  evidence.span.reset();
  if (payload.contains("span")) evidence.span = interval_from(payload["span"]);
  read_rejects(payload, evidence.number, detail);
}

}  // namespace

std::string begun_payload(const Evidence& evidence, const EvidenceDetail& detail) {
  OrderedJson json = {{"evidence", evidence.number}, {"id", evidence.id}};
  put_bytes(json, "name", evidence.name);
  put_bytes(json, "path", evidence.path);
  if (evidence.container != 0) {
    json["container"] = evidence.container;
    put_bytes(json, "member", evidence.member);
  }
  if (evidence.predecessor != 0) {
    json["predecessor"] = evidence.predecessor;
    json["begin_offset"] = evidence.begin_offset;
  }
  json["encoding"] = evidence.encoding;
  json["format"] = evidence.format;
  json["format_why"] = evidence.format_why;
  put_bytes(json, "received_from", evidence.received_from);
  put_bytes(json, "note", evidence.note);
  json["vantage"] = to_string(evidence.vantage);
  json["clock"] = clock_json(evidence.clock);
  json["coverage"] = coverage_json(evidence.coverage);
  if (!detail.mapping.empty()) json["mapping"] = detail.mapping;
  return dump(json);
}

std::string evidence_payload(const Evidence& evidence, const EvidenceDetail& detail) {
  OrderedJson json = {{"evidence", evidence.number},
                      {"id", evidence.id},
                      {"sha256", evidence.sha256},
                      {"size_bytes", evidence.size_bytes}};
  if (!detail.content_sha256.empty()) json["content_sha256"] = detail.content_sha256;
  return dump(json);
}

std::string failed_payload(const Evidence& evidence, const EvidenceDetail& detail) {
  OrderedJson json = {{"evidence", evidence.number}, {"id", evidence.id}};
  put_bytes(json, "reason", detail.failure);
  return dump(json);
}

std::string copy_payload(const Evidence& copy, const Evidence& original) {
  return dump({{"evidence", copy.number},
               {"id", copy.id},
               {"copy_of", original.id},
               {"sha256", copy.sha256},
               {"size_bytes", copy.size_bytes}});
}

std::string read_payload(const Evidence& evidence, const EvidenceDetail& detail) {
  OrderedJson json = {{"evidence", evidence.number},
                      {"id", evidence.id},
                      {"state", to_string(evidence.state)},
                      {"balance", balance_json(evidence.balance)}};
  for (const Reading& reading : evidence.also) {
    json["also"].push_back(
        {{"format", reading.format}, {"balance", balance_json(reading.balance)}});
  }
  if (!evidence.kinds.empty()) json["kinds"] = evidence.kinds;
  json["notes"] = OrderedJson::array();
  for (const Note& note : evidence.notes) {
    OrderedJson entry = {{"code", note.code}, {"count", note.count}};
    put_bytes(entry, "text", note.text);
    json["notes"].push_back(std::move(entry));
  }
  if (evidence.span) json["span"] = interval_json(*evidence.span);
  json["rejects"] = rejects_json(detail.rejects);
  if (!detail.rejects_sha256.empty()) {
    json["rejects_stored"] = detail.rejects_stored;
    json["rejects_sha256"] = detail.rejects_sha256;
  }
  return dump(json);
}

void read_begun(const Json& payload, const CustodyLine& line, Evidence& evidence,
                EvidenceDetail& detail) {
  evidence.number = detail.number = payload.at("evidence").get<std::uint32_t>();
  evidence.id = payload.at("id").get<std::string>();
  evidence.name = get_bytes(payload, "name");
  evidence.path = get_bytes(payload, "path");
  evidence.container = payload.value("container", 0u);
  evidence.member = get_bytes(payload, "member");
  evidence.predecessor = payload.value("predecessor", 0u);
  evidence.begin_offset = payload.value("begin_offset", std::uint64_t{0});
  evidence.encoding = payload.value("encoding", "");
  evidence.format = payload.value("format", "");
  evidence.format_why = payload.value("format_why", "");
  evidence.received_from = get_bytes(payload, "received_from");
  evidence.note = get_bytes(payload, "note");
  evidence.received_us = line.time_us;
  evidence.vantage = parse_vantage(payload.value("vantage", "")).value_or(Vantage::unknown);
  evidence.clock = clock_from(payload.at("clock"));
  evidence.coverage = coverage_from(payload.at("coverage"));
  // Bytes may have been looked at already, but nobody has sealed them.
  evidence.state = ReadState::partly_read;
  detail.mapping = payload.value("mapping", "");
  detail.seq = line.seq;
}

void read_progress(const Json& payload, const CustodyLine& line, Evidence& evidence,
                   EvidenceDetail& detail) {
  detail.seq = line.seq;
  if (line.type == "evidence") {
    evidence.sha256 = payload.at("sha256").get<std::string>();
    evidence.size_bytes = payload.value("size_bytes", std::uint64_t{0});
    detail.content_sha256 = payload.value("content_sha256", "");
    detail.is_sealed = true;
    evidence.state = ReadState::unread;
  } else if (line.type == "read") {
    read_result(payload, evidence, detail);
  } else {
    detail.failure = get_bytes(payload, "reason");
  }
}

}  // namespace assay
