#include "collect/manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/instant.h"
#include "collect/system.h"
#include "core/digest.h"

namespace assay::collecting {
namespace {

using Json = nlohmann::ordered_json;

std::string time_text(std::int64_t us) { return format_utc(us, 6); }

std::int64_t time_of(const Json& json, const char* key) {
  const auto instant = parse_rfc3339(json.at(key).get<std::string>());
  if (!instant.ok()) throw std::runtime_error(instant.error().message);
  return instant->us;
}

// Nanoseconds as file systems keep them: a microsecond would round two states into one.
std::string file_time(std::int64_t ns) {
  constexpr std::int64_t kNanos = 1'000'000'000;
  std::int64_t seconds = ns / kNanos, rest = ns % kNanos;
  if (rest < 0) rest += kNanos, --seconds;
  std::string text = format_utc(seconds * kMicrosPerSecond);
  text.insert(text.size() - 1, fmt::format(".{:09}", rest));
  return text;
}

std::int64_t file_time_of(const Json& json, const char* key) {
  const std::string text = json.at(key).get<std::string>();
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos || text.size() != dot + 11) throw std::runtime_error("no file time");
  const auto seconds = parse_rfc3339(text.substr(0, dot) + "Z");
  if (!seconds.ok()) throw std::runtime_error(seconds.error().message);
  return seconds->us * 1000 + std::stoll(text.substr(dot + 1, 9));
}

Json facts_json(const FileFacts& facts) {
  return {{"size", facts.size},
          {"modified", file_time(facts.mtime_ns)},
          {"changed", file_time(facts.ctime_ns)},
          {"accessed", file_time(facts.atime_ns)},
          {"mode", fmt::format("{:06o}", facts.mode)},
          {"uid", facts.uid},
          {"gid", facts.gid},
          {"owner", readable(facts.owner)},
          {"group", readable(facts.group)},
          {"inode", facts.inode},
          {"device", facts.device},
          {"links", facts.links}};
}

FileFacts facts_from(const Json& json) {
  FileFacts facts;
  facts.size = json.at("size").get<std::uint64_t>();
  facts.mtime_ns = file_time_of(json, "modified");
  facts.ctime_ns = file_time_of(json, "changed");
  facts.atime_ns = file_time_of(json, "accessed");
  facts.mode = static_cast<std::uint32_t>(std::stoul(json.at("mode").get<std::string>(), {}, 8));
  facts.uid = json.at("uid").get<std::uint32_t>();
  facts.gid = json.at("gid").get<std::uint32_t>();
  facts.owner = json.value("owner", "");
  facts.group = json.value("group", "");
  facts.inode = json.at("inode").get<std::uint64_t>();
  facts.device = json.at("device").get<std::uint64_t>();
  facts.links = json.at("links").get<std::uint64_t>();
  return facts;
}

std::string unhex(const std::string& hex) {
  if (hex.size() % 2 != 0) throw std::runtime_error("hex of odd length");
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

}  // namespace

std::string Member::title() const {
  return is_command() ? readable(fmt::format("{}", fmt::join(argv, " "))) : readable(path);
}

void put_bytes(Json& json, const char* key, std::string_view bytes) {
  const std::string text = readable(bytes);
  json[key] = text;
  if (text != bytes) json[std::string(key) + "_hex"] = hex_digits(bytes);
}

std::string bytes_of(const Json& json, const char* key) {
  const auto hex = json.find(std::string(key) + "_hex");
  return hex != json.end() ? unhex(hex->get<std::string>()) : json.value(key, "");
}

Json to_json(const Member& member) {
  Json json = {{"member", member.name},
               {"sha256", member.sha256},
               {"size", member.size},
               {"what", readable(member.what)}};
  if (member.is_command()) {
    json["command"] = Json::array();
    for (const std::string& word : member.argv) json["command"].push_back(readable(word));
    json["exit_code"] = member.exit_code;
    json["standard_error"] = readable(member.stderr_text);
  } else {
    put_bytes(json, "path", member.path);
  }
  if (!member.reached_by.empty()) put_bytes(json, "reached_by", member.reached_by);
  json["begun"] = time_text(member.begun_us);
  json["ended"] = time_text(member.ended_us);
  if (member.before) json["before"] = facts_json(*member.before);
  if (member.after) json["after"] = facts_json(*member.after);
  if (!member.host_sha256.empty()) json["sha256_by_host"] = member.host_sha256;
  if (!member.remarks.empty()) json["remarks"] = member.remarks;
  return json;
}

Member member_from(const Json& json) {
  Member member;
  member.name = json.at("member").get<std::string>();
  member.sha256 = json.at("sha256").get<std::string>();
  member.size = json.at("size").get<std::uint64_t>();
  member.what = json.value("what", "");
  member.argv = json.value("command", std::vector<std::string>());
  member.exit_code = json.value("exit_code", 0);
  member.stderr_text = json.value("standard_error", "");
  member.path = bytes_of(json, "path");
  member.reached_by = bytes_of(json, "reached_by");
  member.begun_us = time_of(json, "begun");
  member.ended_us = time_of(json, "ended");
  if (json.contains("before")) member.before = facts_from(json["before"]);
  if (json.contains("after")) member.after = facts_from(json["after"]);
  member.host_sha256 = json.value("sha256_by_host", "");
  member.remarks = json.value("remarks", std::vector<std::string>());
  return member;
}

Json to_json(const NotCollected& item) {
  Json json = {{"what", readable(item.what)}};
  put_bytes(json, "path", item.path);
  json["code"] = item.code;
  json["why"] = readable(item.why);
  return json;
}

NotCollected not_collected_from(const Json& json) {
  return {json.value("what", ""), bytes_of(json, "path"), json.value("code", ""),
          json.value("why", "")};
}

Json to_json(const ClockSample& sample) {
  Json json = {{"collector_before", time_text(sample.before_us)},
               {"host", time_text(sample.host_us)},
               {"collector_after", time_text(sample.after_us)}};
  if (!sample.state.empty()) json["state"] = readable(sample.state);
  return json;
}

ClockSample sample_from(const Json& json) {
  return {time_of(json, "collector_before"), time_of(json, "host"),
          time_of(json, "collector_after"), json.value("state", "")};
}

Json to_json(const HostFacts& host) {
  return {{"name", readable(host.name)}, {"system", readable(host.system)},
          {"user", readable(host.user)}, {"uid", host.uid},
          {"zone", readable(host.zone)}, {"offset", readable(host.offset)}};
}

HostFacts host_from(const Json& json) {
  return {json.value("name", ""), json.value("system", ""), json.value("user", ""),
          json.value("zone", ""), json.value("offset", ""), json.value("uid", 0U)};
}

std::string manifest_text(const Manifest& manifest) {
  Json json = {{"assay_bundle", kBundleFormat},
               {"title", readable(manifest.title)},
               {"authority", readable(manifest.authority)},
               {"collector", readable(manifest.collector)},
               {"engine", readable(manifest.engine_version)},
               {"plan_sha256", manifest.plan_sha256},
               {"via", manifest.destination.empty() ? "this machine" : "ssh"}};
  if (!manifest.destination.empty()) {
    json["destination"] = readable(manifest.destination);
    json["script_sha256"] = manifest.script_sha256;
  }
  json["host"] = to_json(manifest.host);
  json["clock"] = {{"reference", readable(manifest.stated.reference)},
                   {"offset", readable(manifest.stated.offset)},
                   {"uncertainty", readable(manifest.stated.uncertainty)},
                   {"samples", Json::array()}};
  for (const ClockSample& sample : manifest.clock) {
    json["clock"]["samples"].push_back(to_json(sample));
  }
  json["started"] = time_text(manifest.started_us);
  json["ended"] = time_text(manifest.ended_us);
  json["interruptions"] = Json::array();
  for (const Interruption& one : manifest.interruptions) {
    json["interruptions"].push_back({{"resumed", time_text(one.at_us)}, {"why", one.why}});
  }
  json["members"] = Json::array();
  for (const Member& member : manifest.members) json["members"].push_back(to_json(member));
  json["not_collected"] = Json::array();
  for (const NotCollected& item : manifest.not_collected) {
    json["not_collected"].push_back(to_json(item));
  }
  json["enclosed"] = Json::array();
  for (const auto& [name, sha256] : manifest.enclosed) {
    json["enclosed"].push_back({{"member", name}, {"sha256", sha256}});
  }
  json["signature"] = manifest.key_fingerprint.empty()
                          ? Json("none")
                          : Json{{"algorithm", "Ed25519"}, {"key", manifest.key_fingerprint}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

namespace {

Manifest manifest_from(const Json& json) {
  Manifest manifest;
  if (json.at("assay_bundle").get<int>() != kBundleFormat) {
    throw std::runtime_error("a bundle of another version of assay");
  }
  manifest.title = json.value("title", "");
  manifest.authority = json.value("authority", "");
  manifest.collector = json.value("collector", "");
  manifest.engine_version = json.value("engine", "");
  manifest.plan_sha256 = json.at("plan_sha256").get<std::string>();
  manifest.destination = json.value("destination", "");
  manifest.script_sha256 = json.value("script_sha256", "");
  manifest.host = host_from(json.at("host"));
  const Json& clock = json.at("clock");
  manifest.stated = {clock.value("reference", ""), clock.value("offset", ""),
                     clock.value("uncertainty", "")};
  for (const Json& one : clock.at("samples")) manifest.clock.push_back(sample_from(one));
  manifest.started_us = time_of(json, "started");
  manifest.ended_us = time_of(json, "ended");
  for (const Json& one : json.at("interruptions")) {
    manifest.interruptions.push_back({time_of(one, "resumed"), one.value("why", "")});
  }
  for (const Json& one : json.at("members")) manifest.members.push_back(member_from(one));
  for (const Json& one : json.at("not_collected")) {
    manifest.not_collected.push_back(not_collected_from(one));
  }
  for (const Json& one : json.at("enclosed")) {
    manifest.enclosed.emplace_back(one.at("member").get<std::string>(),
                                   one.at("sha256").get<std::string>());
  }
  const Json& signature = json.at("signature");
  if (signature.is_object()) manifest.key_fingerprint = signature.at("key").get<std::string>();
  return manifest;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
  constexpr int kMostLevels = 8;  // assay writes four
  bool is_deep = false;
  const auto look = [&](int level, Json::parse_event_t, Json&) {
    is_deep = is_deep || level > kMostLevels;
    return !is_deep;
  };
  try {
    const Json json = Json::parse(text, look, false);
    if (is_deep || !json.is_object()) throw std::runtime_error("no JSON object");
    return manifest_from(json);
  } catch (const std::exception& problem) {
    return Error{ErrorCode::malformed,
                 fmt::format("manifest.json is not one that assay wrote ({})", problem.what()), ""};
  }
}

}  // namespace assay::collecting
