// Collection on the spot: what a plan names on a host, sealed into one bundle that is a tar file.
//
// A bundle holds the bytes as read, their SHA-256, where they came from, what changed while they
// were read, and what could not be read. Its manifest is signed with Ed25519. Nothing is written on
// the host that is looked at, apart from the bundle when that is where it is to lie.
// docs/collect.md describes plan, bundle and checks; `assay add` takes custody of a bundle.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"

namespace assay {

// What the library may not find out by itself.
struct CollectSurroundings {
  std::function<std::int64_t()> now_us;  // the clock of the machine on which assay runs
  std::string actor;                     // who collects
  std::string engine_version;
  const std::atomic<bool>* stop = nullptr;  // set by SIGINT: leave what can be resumed, and return
  // Name of what is read now, bytes of it so far, bytes in all (0 = unknown).
  std::function<void(std::string_view, std::uint64_t, std::uint64_t)> progress;
};

struct CollectRequest {
  std::string plan_path;
  std::string host;                      // "" = this machine; else "ssh://[USER@]HOST[:PORT]"
  std::vector<std::string> ssh_command;  // none: "ssh"
  std::string output;                    // the bundle; .partial and .journal beside it meanwhile
  std::string key_path;                  // PEM, Ed25519; "" = not signed
  bool allow_commands = false;           // also those that the plan spells out
  bool resume = false;                   // goes on with OUTPUT.partial
  bool dry_run = false;                  // lists what would be read; writes nothing
};

struct NotCollected {
  std::string what;  // heading of the plan
  std::string path;  // or the command; bytes as the host has them
  std::string code;  // "permission_denied", "symbolic_link", ...: docs/collect.md lists them
  std::string why;
};

struct CollectedItem {
  std::string path;
  std::uint64_t size_bytes = 0;
  std::vector<std::string> remarks;  // what changed while it was read, what cannot be sure
};

struct CollectOutcome {
  std::string sha256;  // of the bundle; "" for a dry run
  std::string manifest_sha256;
  std::string key_fingerprint;  // "" = not signed
  std::uint64_t size_bytes = 0;
  std::vector<CollectedItem> items;
  std::vector<NotCollected> not_collected;
  std::uint64_t interruptions = 0;
};

// Errors: usage (plan, with its line), io, interrupted and io for a line that was cut (both say how
// to resume), unsupported (the host lacks a tool), locked.
Result<CollectOutcome> collect(const CollectRequest& request,
                               const CollectSurroundings& surroundings);

// The fixed script that runs on a host over ssh.
std::string_view collect_script();

// What a check is held against; what is not stated is not checked, and said so.
struct BundleTrust {
  std::string key_path;    // public key of the collector, PEM
  std::string token_path;  // RFC 3161 time-stamp response or token, DER
  std::string tsa_path;    // certificate of the time-stamp authority or of its issuer, PEM
};

struct BundleProblem {
  std::string code;   // "bundle.member_changed", ...: docs/collect.md lists them
  std::string where;  // "data/000002-query.log"
  std::string what;
};

struct BundleReport {
  std::string sha256, manifest_sha256;
  std::uint64_t size_bytes = 0;
  std::string manifest;         // JSON; "" when there is none that can be read
  std::string key_fingerprint;  // SHA-256 of the key that signed; "" = not signed
  bool is_key_trusted = false;  // it is the one of BundleTrust
  std::string stamped_at;       // what the time-stamp authority says; "" = no token was given
  std::string stamped_by;       // subject of its certificate
  std::vector<CollectedItem> items;
  std::vector<NotCollected> not_collected;
  std::vector<BundleProblem> problems;
};

// Reads the whole bundle. Errors: not_found, io, interrupted, usage (a key that is none).
Result<BundleReport> check_bundle(const std::string& path, const BundleTrust& trust,
                                  const std::atomic<bool>* stop = nullptr);

// A new Ed25519 key: private to `path` (0600), public to `path`.pub. Never over an existing file.
Status make_collector_key(const std::string& path);

// A time-stamp request (RFC 3161) for the SHA-256 of the bundle's bytes.
Status write_time_stamp_request(const std::string& bundle, const std::string& path);

}  // namespace assay
