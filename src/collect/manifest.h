// The manifest of a bundle: what was read, what was not, by whom, from where, under which clock.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/collect.h"

namespace assay::collecting {

inline constexpr int kBundleFormat = 1;

struct FileFacts {
  std::uint64_t size = 0, inode = 0, device = 0, links = 0;
  std::uint32_t mode = 0, uid = 0, gid = 0;
  std::string owner, group;
  std::int64_t mtime_ns = 0, ctime_ns = 0, atime_ns = 0;
};

// A file, or what a command printed.
struct Member {
  std::string name;  // in the bundle
  std::string sha256;
  std::uint64_t size = 0;
  std::string what;        // heading of the plan
  std::string path;        // of the file, as bytes; "" for a command
  std::string reached_by;  // the link that led to it
  std::vector<std::string> argv;
  std::int64_t begun_us = 0, ended_us = 0;  // by the collector's clock
  std::optional<FileFacts> before, after;
  std::string host_sha256;  // as the host itself computed it
  std::vector<std::string> remarks;
  int exit_code = 0;
  std::string stderr_text;

  bool is_command() const { return !argv.empty(); }
  std::string title() const;  // path or command, for a person
};

// One look at the host's clock, between two looks at the collector's own; equal for this machine.
struct ClockSample {
  std::int64_t before_us = 0, host_us = 0, after_us = 0;
  std::string state;  // what the kernel says of its synchronisation; "" = nothing
};

struct HostFacts {
  std::string name, system, user, zone, offset;  // offset: "+0200"
  std::uint32_t uid = 0;
};

struct StatedClock {
  std::string reference;            // "radio clock, read by J. Doe"
  std::string offset, uncertainty;  // what to add to the host's time; as the plan has it
};

struct Interruption {
  std::int64_t at_us = 0;  // when it was resumed
  std::string why;
};

struct Manifest {
  std::string title, authority, collector, engine_version;
  std::string plan_sha256, script_sha256, destination;  // destination: "" = this machine
  HostFacts host;
  StatedClock stated;
  std::vector<ClockSample> clock;
  std::int64_t started_us = 0, ended_us = 0;
  std::vector<Interruption> interruptions;
  std::vector<Member> members;
  std::vector<NotCollected> not_collected;
  // What the bundle holds beside: name and SHA-256.
  std::vector<std::pair<std::string, std::string>> enclosed;
  std::string key_fingerprint;
};

std::string manifest_text(const Manifest& manifest);
// Errors: malformed. Never trusts: a manifest may be anybody's.
Result<Manifest> parse_manifest(std::string_view text);

// The same pieces as lines of the journal.
nlohmann::ordered_json to_json(const Member& member);
nlohmann::ordered_json to_json(const NotCollected& item);
nlohmann::ordered_json to_json(const ClockSample& sample);
nlohmann::ordered_json to_json(const HostFacts& host);
Member member_from(const nlohmann::ordered_json& json);  // throws what the JSON library does
NotCollected not_collected_from(const nlohmann::ordered_json& json);
ClockSample sample_from(const nlohmann::ordered_json& json);
HostFacts host_from(const nlohmann::ordered_json& json);
// Text as it is when it is UTF-8, else escaped with the exact bytes beside it, in hex.
void put_bytes(nlohmann::ordered_json& json, const char* key, std::string_view bytes);
std::string bytes_of(const nlohmann::ordered_json& json, const char* key);

}  // namespace assay::collecting
