#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "assay/writer.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

Json interval_json(const Interval& interval) {
  return {{"begin_us", interval.begin_us},
          {"end_us", interval.end_us},
          {"text", format_interval(interval)}};
}

Interval interval_of(const Json& json) {
  return {json.at("begin_us").get<std::int64_t>(), json.at("end_us").get<std::int64_t>()};
}

Json clock_json(const Clock& clock) {
  Json json{
      {"zone", clock.zone}, {"zone_is_stated", clock.zone_is_stated}, {"skew_us", clock.skew_us}};
  if (clock.year) json["year"] = *clock.year;
  if (clock.last_year) json["last_year"] = *clock.last_year;
  if (clock.last_change_us) json["last_change_us"] = *clock.last_change_us;
  return json;
}

Json coverage_json(const Coverage& coverage) {
  Json intervals = Json::array();
  for (const Interval& interval : coverage.intervals) intervals.push_back(interval_json(interval));
  Json names = Json::array();
  for (const NamePattern& name : coverage.names) names.push_back(name.to_string());
  return {{"completeness", to_string(coverage.completeness)},
          {"intervals", std::move(intervals)},
          {"names", std::move(names)}};
}

Json balance_json(const Balance& balance) {
  return {{"units", balance.units},
          {"used", balance.used},
          {"rejected", balance.rejected},
          {"blank", balance.blank},
          {"rows", balance.rows}};
}

Clock clock_of(const Json& json) {
  Clock clock;
  clock.zone = json.at("zone").get<std::string>();
  clock.zone_is_stated = json.at("zone_is_stated").get<bool>();
  clock.skew_us = json.at("skew_us").get<std::int64_t>();
  if (json.contains("year")) clock.year = json["year"].get<int>();
  if (json.contains("last_year")) clock.last_year = json["last_year"].get<int>();
  if (json.contains("last_change_us")) {
    clock.last_change_us = json["last_change_us"].get<std::int64_t>();
  }
  return clock;
}

Coverage coverage_of(const Json& json) {
  Coverage coverage;
  coverage.completeness = parse_completeness(json.at("completeness").get<std::string>())
                              .value_or(Completeness::unknown);
  for (const Json& interval : json.at("intervals")) {
    coverage.intervals.push_back(interval_of(interval));
  }
  for (const Json& name : json.at("names")) {
    Result<NamePattern> pattern = NamePattern::parse(name.get<std::string>());
    if (pattern.ok()) coverage.names.push_back(*pattern);
  }
  return coverage;
}

Balance balance_of(const Json& json) {
  Balance balance;
  balance.units = json.at("units").get<std::uint64_t>();
  balance.used = json.at("used").get<std::uint64_t>();
  balance.rejected = json.at("rejected").get<std::uint64_t>();
  balance.blank = json.at("blank").get<std::uint64_t>();
  balance.rows = json.at("rows").get<std::uint64_t>();
  return balance;
}

Evidence evidence_of(const Json& json) {
  Evidence evidence;
  evidence.number = json.at("number").get<std::uint32_t>();
  evidence.id = json.at("id").get<std::string>();
  evidence.name = json.at("name").get<std::string>();
  evidence.path = json.at("path").get<std::string>();
  evidence.member = json.at("member").get<std::string>();
  evidence.container = json.at("container").get<std::uint32_t>();
  evidence.sha256 = json.at("sha256").get<std::string>();
  evidence.size_bytes = json.at("size_bytes").get<std::uint64_t>();
  evidence.encoding = json.at("encoding").get<std::string>();
  evidence.format = json.at("format").get<std::string>();
  evidence.format_why = json.at("format_why").get<std::string>();
  evidence.received_from = json.at("received_from").get<std::string>();
  evidence.note = json.at("note").get<std::string>();
  evidence.received_us = json.at("received_us").get<std::int64_t>();
  evidence.vantage =
      parse_vantage(json.at("vantage").get<std::string>()).value_or(Vantage::unknown);
  evidence.clock = clock_of(json.at("clock"));
  evidence.coverage = coverage_of(json.at("coverage"));
  evidence.state =
      parse_read_state(json.at("state").get<std::string>()).value_or(ReadState::unread);
  evidence.balance = balance_of(json.at("balance"));
  for (const Json& note : json.at("notes")) {
    evidence.notes.push_back({note.at("code").get<std::string>(),
                              note.at("count").get<std::uint64_t>(),
                              note.at("text").get<std::string>()});
  }
  if (json.contains("also")) {
    for (const Json& reading : json["also"]) {
      evidence.also.push_back(
          {reading.at("format").get<std::string>(), balance_of(reading.at("balance"))});
    }
  }
  if (json.contains("kinds")) json["kinds"].get_to(evidence.kinds);
  if (json.contains("predecessor")) {
    evidence.predecessor = json["predecessor"].get<std::uint32_t>();
    evidence.begin_offset = json.at("begin_offset").get<std::uint64_t>();
  }
  if (json.contains("span")) evidence.span = interval_of(json["span"]);
  return evidence;
}

}  // namespace

std::string evidence_to_json(const Evidence& evidence) {
  Json notes = Json::array();
  for (const Note& note : evidence.notes) {
    notes.push_back({{"code", note.code}, {"count", note.count}, {"text", note.text}});
  }
  Json json{{"number", evidence.number},
            {"id", evidence.id},
            {"name", evidence.name},
            {"path", evidence.path},
            {"member", evidence.member},
            {"container", evidence.container},
            {"sha256", evidence.sha256},
            {"size_bytes", evidence.size_bytes},
            {"encoding", evidence.encoding},
            {"format", evidence.format},
            {"format_why", evidence.format_why},
            {"received_from", evidence.received_from},
            {"note", evidence.note},
            {"received_us", evidence.received_us},
            {"vantage", to_string(evidence.vantage)},
            {"clock", clock_json(evidence.clock)},
            {"coverage", coverage_json(evidence.coverage)},
            {"state", to_string(evidence.state)},
            {"balance", balance_json(evidence.balance)},
            {"notes", std::move(notes)}};
  for (const Reading& reading : evidence.also) {
    json["also"].push_back(
        {{"format", reading.format}, {"balance", balance_json(reading.balance)}});
  }
  if (!evidence.kinds.empty()) json["kinds"] = evidence.kinds;
  if (evidence.predecessor != 0) {
    json["predecessor"] = evidence.predecessor;
    json["begin_offset"] = evidence.begin_offset;
  }
  if (evidence.span) json["span"] = interval_json(*evidence.span);
  // File names and notes may hold any bytes: what is not UTF-8 is replaced, never thrown over.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Evidence> evidence_from_json(std::string_view text) {
  try {
    return evidence_of(Json::parse(text));
  } catch (const nlohmann::json::exception& problem) {
    return Error{ErrorCode::malformed, fmt::format("evidence cannot be read: {}", problem.what()),
                 ""};
  }
}

}  // namespace assay
