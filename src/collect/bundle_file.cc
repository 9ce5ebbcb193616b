#include "collect/bundle_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "assay/instant.h"
#include "collect/bundle_writer.h"
#include "collect/signature.h"
#include "collect/tar_file.h"
#include "collect/time_stamp.h"
#include "core/digest.h"

namespace assay {
namespace collecting {
namespace {

constexpr std::uint64_t kMostSmall = std::uint64_t{512} << 20;
constexpr std::uint64_t kMostKeyFile = 64 * 1024;
constexpr std::size_t kMostProblems = 1000;

struct Found {
  std::uint64_t size = 0;
  std::int64_t mtime_s = 0;
  std::string sha256;
};

class Reading {
 public:
  Reading(std::string path, const BundleTrust& trust, const std::atomic<bool>* stop)
      : path_(std::move(path)), trust_(trust), stop_(stop) {}

  Result<CheckedBundle> run();

 private:
  void problem(const char* code, std::string where, std::string what) {
    auto& problems = checked_.report.problems;
    if (problems.size() < kMostProblems) {
      problems.push_back({code, std::move(where), std::move(what)});
    }
  }
  // Bytes from where the reading is; fewer at the end of the file alone.
  Result<std::string_view> next(std::size_t count);
  Status walk();
  Status take_member(const TarEntry& entry);
  Status take_end();
  void check_members(const Manifest& manifest);
  void check_enclosed(const Manifest& manifest);
  Status check_signature();
  Status check_stamp();

  std::string path_;
  const BundleTrust& trust_;
  const std::atomic<bool>* stop_;
  Handle file_;
  std::uint64_t at_ = 0;
  Sha256 whole_;
  std::string block_ = std::string(kBlockBytes, '\0');
  std::vector<std::string> order_;
  std::map<std::string, Found> found_;
  std::map<std::string, std::string> small_;  // text of what is not data
  CheckedBundle checked_;
};

Result<std::string_view> Reading::next(std::size_t count) {
  if (stop_ != nullptr && stop_->load()) {
    return Error{ErrorCode::interrupted, fmt::format("stopped while {} was read", path_), ""};
  }
  auto got = read_at(file_.number(), block_.data(), std::min(count, kBlockBytes), at_, path_);
  if (!got.ok()) return got.error();
  at_ += *got;
  const std::string_view bytes(block_.data(), *got);
  whole_.update(bytes);
  return bytes;
}

Status Reading::take_member(const TarEntry& entry) {
  const bool is_data = entry.name.starts_with("data/");
  Sha256 digest;
  std::string& text = small_[entry.name];
  for (std::uint64_t left = entry.size; left > 0;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(left, kBlockBytes));
    auto bytes = next(want);
    if (!bytes.ok()) return bytes.error();
    digest.update(*bytes);
    if (!is_data && text.size() < kMostSmall) text += *bytes;
    left -= bytes->size();
    if (bytes->size() < want) {
      problem("bundle.cut_short", entry.name,
              fmt::format("the file ends within it: {} of {} bytes are there", entry.size - left,
                          entry.size));
      break;
    }
  }
  if (is_data) small_.erase(entry.name);
  if (found_.count(entry.name) != 0) {
    problem("bundle.member_twice", entry.name, "it is there more than once");
  }
  found_[entry.name] = {entry.size, entry.mtime_s, digest.hex()};
  order_.push_back(entry.name);
  auto padding = next(tar_padding(entry.size));
  if (!padding.ok()) return padding.error();
  if (padding->find_first_not_of('\0') != std::string_view::npos) {
    problem("bundle.bytes_added", entry.name, "bytes stand behind it where zeros belong");
  }
  return {};
}

Status Reading::take_end() {
  auto second = next(kTarBlock);
  if (!second.ok()) return second.error();
  if (*second != std::string(kTarBlock, '\0')) {
    problem("bundle.cut_short", fmt::format("byte {}", at_), "the end of the tar is not whole");
  }
  auto more = next(kBlockBytes);
  if (!more.ok()) return more.error();
  if (!more->empty()) {
    problem("bundle.bytes_added", fmt::format("byte {}", at_ - more->size()),
            "bytes stand behind the end of the bundle");
  }
  while (!more->empty()) {
    more = next(kBlockBytes);
    if (!more.ok()) return more.error();
  }
  return {};
}

Status Reading::walk() {
  while (true) {
    const std::uint64_t here = at_;
    auto block = next(kTarBlock);
    if (!block.ok()) return block.error();
    if (*block == std::string(kTarBlock, '\0')) return take_end();
    const auto entry = parse_tar_header(*block);
    if (!entry) {
      problem(block->size() < kTarBlock ? "bundle.cut_short" : "bundle.header_changed",
              fmt::format("byte {}", here),
              block->size() < kTarBlock
                  ? "the file ends where a member or the end of the bundle belongs"
                  : "no header of a member that assay wrote stands there; what follows cannot be "
                    "told apart");
      while (!block->empty()) {
        block = next(kBlockBytes);
        if (!block.ok()) return block.error();
      }
      return {};
    }
    ASSAY_TRY(take_member(*entry));
  }
}

void Reading::check_members(const Manifest& manifest) {
  std::vector<std::string> expected = {kReadmeName};
  for (const Member& member : manifest.members) {
    expected.push_back(member.name);
    const auto found = found_.find(member.name);
    const std::string where = fmt::format("{} ({})", member.name, member.title());
    const std::int64_t mtime_s =
        member.before ? member.before->mtime_ns / 1'000'000'000 : member.begun_us / 1'000'000;
    if (found == found_.end()) {
      problem("bundle.member_missing", where, "the manifest names it and it is not there");
    } else if (found->second.sha256 != member.sha256 || found->second.size != member.size) {
      problem("bundle.member_changed", where,
              fmt::format("its {} bytes have SHA-256 {}, sealed were {} bytes with {}",
                          found->second.size, found->second.sha256, member.size, member.sha256));
    } else if (found->second.mtime_s != std::max<std::int64_t>(mtime_s, 0)) {
      problem("bundle.header_changed", where, "the time in its header is not that of the manifest");
    }
  }
  for (const char* name :
       {"plan.toml", "SHA256SUMS", "manifest.json", "collector.pem", "manifest.sig"}) {
    if (manifest.key_fingerprint.empty() && expected.back() == "manifest.json") break;
    expected.emplace_back(name);
  }
  const std::set<std::string> known(expected.begin(), expected.end());
  for (const std::string& name : order_) {
    if (known.count(name) == 0) {
      problem("bundle.member_added", readable(name), "the manifest does not know it");
    }
  }
  if (checked_.report.problems.empty() && order_ != expected) {
    problem("bundle.order_changed", "", "its members do not stand in the order of the manifest");
  }
}

void Reading::check_enclosed(const Manifest& manifest) {
  for (const auto& [name, sha256] : manifest.enclosed) {
    const auto found = found_.find(name);
    if (found == found_.end()) {
      problem("bundle.member_missing", readable(name), "the manifest names it");
    } else if (found->second.sha256 != sha256) {
      problem("bundle.member_changed", readable(name), "its bytes are not those that were sealed");
    }
  }
  const auto plan = found_.find("plan.toml");
  if (plan != found_.end() && plan->second.sha256 != manifest.plan_sha256) {
    problem("bundle.member_changed", "plan.toml", "it is not the plan that the manifest names");
  }
}

Status Reading::check_signature() {
  BundleReport& report = checked_.report;
  std::string trusted;
  if (!trust_.key_path.empty()) {
    auto pem = read_small_file(trust_.key_path, kMostKeyFile);
    if (!pem.ok()) return pem.error();
    auto fingerprint = fingerprint_of_public_key(*pem);
    if (!fingerprint.ok()) {
      return Error{ErrorCode::usage,
                   fmt::format("{}: {}", readable(trust_.key_path), fingerprint.error().message),
                   fingerprint.error().mend};
    }
    trusted = *fingerprint;
  }
  const auto signature = small_.find("manifest.sig"), pem = small_.find("collector.pem");
  const bool says_signed = checked_.manifest && !checked_.manifest->key_fingerprint.empty();
  if (signature == small_.end() || pem == small_.end()) {
    if (says_signed || !trusted.empty()) {
      problem("bundle.not_signed", "manifest.sig", "the bundle bears no signature");
    }
    return {};
  }
  auto fingerprint = fingerprint_of_public_key(pem->second);
  auto holds = is_signed_by(pem->second, small_["manifest.json"], signature->second);
  if (!fingerprint.ok() || !holds.ok()) {
    problem("bundle.key_unreadable", "collector.pem", "it is no Ed25519 public key");
    return {};
  }
  if (!*holds) {
    problem("bundle.signature_wrong", "manifest.sig",
            "it is no signature of this manifest by this key");
    return {};
  }
  report.key_fingerprint = *fingerprint;
  report.is_key_trusted = !trusted.empty() && trusted == *fingerprint;
  if (!trusted.empty() && trusted != *fingerprint) {
    problem("bundle.other_key", "collector.pem",
            fmt::format("it was signed with key {}, not with the one that you trust, {}",
                        *fingerprint, trusted));
  }
  if (says_signed && checked_.manifest->key_fingerprint != *fingerprint) {
    problem("bundle.other_key", "collector.pem", "the manifest names another key");
  }
  return {};
}

Status Reading::check_stamp() {
  if (trust_.token_path.empty()) return {};
  auto stamp = check_time_stamp(trust_.token_path, trust_.tsa_path, checked_.report.sha256);
  if (!stamp.ok()) return stamp.error();
  checked_.report.stamped_at = stamp->time;
  checked_.report.stamped_by = stamp->authority;
  if (!stamp->problem.empty()) problem("bundle.time_stamp_wrong", "time stamp", stamp->problem);
  if (stamp->problem.empty() && checked_.manifest) {
    const auto time = parse_rfc3339(stamp->time);
    constexpr std::int64_t kTolerance = 2 * kMicrosPerSecond;
    if (time.ok() && time->us + kTolerance < checked_.manifest->ended_us) {
      problem("bundle.stamped_before_end", "time stamp",
              fmt::format("the authority stamped it at {}, before the collector's clock says it "
                          "ended: one of the clocks is wrong",
                          stamp->time));
    }
  }
  return {};
}

Result<CheckedBundle> Reading::run() {
  file_ = Handle(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file_.is_open()) return system_problem("read", path_);
  struct stat info {};
  if (::fstat(file_.number(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Error{ErrorCode::io, fmt::format("{} is not a regular file", readable(path_)), ""};
  }
  std::string head(kTarBlock, '\0');
  auto got = read_at(file_.number(), head.data(), head.size(), 0, path_);
  if (!got.ok()) return got.error();
  if (!is_bundle(head)) {
    return Error{
        ErrorCode::usage, fmt::format("{} is no bundle of assay collect", readable(path_)),
        path_.ends_with(".partial") ? "it is not finished: assay collect ... --resume" : ""};
  }
  ASSAY_TRY(walk());
  BundleReport& report = checked_.report;
  report.sha256 = whole_.hex();
  report.size_bytes = at_;
  const auto text = small_.find("manifest.json");
  if (text == small_.end()) {
    problem("bundle.no_manifest", "manifest.json", "it is not there");
  } else {
    report.manifest_sha256 = found_["manifest.json"].sha256;
    auto manifest = parse_manifest(text->second);
    if (!manifest.ok()) {
      problem("bundle.manifest_unreadable", "manifest.json", manifest.error().message);
    } else {
      report.manifest = text->second;
      check_members(*manifest);
      check_enclosed(*manifest);
      for (const Member& member : manifest->members) {
        report.items.push_back({member.title(), member.size, member.remarks});
      }
      report.not_collected = manifest->not_collected;
      checked_.manifest = std::move(*manifest);
    }
  }
  ASSAY_TRY(check_signature());
  ASSAY_TRY(check_stamp());
  return std::move(checked_);
}

}  // namespace

bool is_bundle(std::string_view head) {
  const std::string_view name(kReadmeName);
  return head.size() >= kTarBlock && head.starts_with(name) && head[name.size()] == '\0' &&
         head.substr(257, 5) == "ustar";
}

Result<CheckedBundle> read_bundle(const std::string& path, const BundleTrust& trust,
                                  const std::atomic<bool>* stop) {
  return Reading(path, trust, stop).run();
}

}  // namespace collecting

Result<BundleReport> check_bundle(const std::string& path, const BundleTrust& trust,
                                  const std::atomic<bool>* stop) {
  auto checked = collecting::read_bundle(path, trust, stop);
  if (!checked.ok()) return checked.error();
  return std::move(checked->report);
}

}  // namespace assay
