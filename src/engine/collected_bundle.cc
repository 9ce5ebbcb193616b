#include "engine/collected_bundle.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/instant.h"
#include "collect/system.h"
#include "collect/tar_file.h"

namespace assay {
namespace {

constexpr std::size_t kMostNamed = 20;  // of what was not collected; the bundle has all

std::string joined(std::string before, const std::string& more) {
  return before.empty() ? more : before + "; " + more;
}

std::string collector_of(const collecting::Manifest& manifest) {
  return manifest.collector.empty() ? "somebody who is not named" : manifest.collector;
}

// Between what the collector's clock said before and after, the host's said `host`.
std::string clock_words(const collecting::Manifest& manifest) {
  std::string text;
  if (!manifest.destination.empty() && !manifest.clock.empty()) {
    const auto& sample = manifest.clock.front();
    text = fmt::format("the host's clock was {:+.3f} to {:+.3f} s against the collector's",
                       static_cast<double>(sample.host_us - sample.after_us) / 1e6,
                       static_cast<double>(sample.host_us - sample.before_us) / 1e6);
  }
  const auto& stated = manifest.stated;
  if (!stated.offset.empty()) {
    text = joined(
        text,
        fmt::format("stated: add {} to the host's time ({}{})", stated.offset, stated.reference,
                    stated.uncertainty.empty() ? "" : ", within " + stated.uncertainty));
  }
  if (!manifest.clock.empty() && !manifest.clock.front().state.empty()) {
    text = joined(text, manifest.clock.front().state);
  }
  if (!manifest.host.zone.empty()) {
    text =
        joined(text, fmt::format("its zone was {} ({})", manifest.host.zone, manifest.host.offset));
  }
  return text.empty() ? "nothing is known of the host's clock"
                      : text +
                            "; this is of the collection, not of the time of the records: "
                            "state --zone and --skew where it held then";
}

}  // namespace

Result<std::unique_ptr<CollectedBundle>> CollectedBundle::look_at(DescriptorSource& file) {
  std::string head(collecting::kTarBlock, '\0');
  const auto got = collecting::read_at(file.descriptor(), head.data(), head.size(), 0, "a file");
  if (!got.ok() || !collecting::is_bundle(head)) return std::unique_ptr<CollectedBundle>();
  // The same file anew, also when it has no name.
  auto checked = collecting::read_bundle(fmt::format("/proc/self/fd/{}", file.descriptor()), {},
                                         file.stop_flag());
  if (!checked.ok()) return checked.error();
  if (!checked->report.problems.empty() || !checked->manifest) {
    std::string first = "it has no manifest";
    if (!checked->report.problems.empty()) {
      const BundleProblem& problem = checked->report.problems[0];
      first = fmt::format("{}: {}", problem.where, problem.what);
    }
    return Error{ErrorCode::check_failed, fmt::format("the bundle does not hold: {}", first),
                 "assay collect verify says all; to add it as it is, unpack it and add the files"};
  }
  auto bundle = std::make_unique<CollectedBundle>();
  bundle->report_ = std::move(checked->report);
  bundle->manifest_ = std::move(*checked->manifest);
  for (const auto& member : bundle->manifest_.members) {
    bundle->members_[member.name] = &member;
  }
  return bundle;
}

bool CollectedBundle::tell(const ArchiveMember& member, Evidence& evidence) const {
  const auto found = members_.find(member.path);
  if (found == members_.end()) return false;
  if (evidence.number != 0) return true;
  const collecting::Member& told = *found->second;
  evidence.name = told.is_command() ? told.title() : told.path;
  evidence.received_from = joined(
      evidence.received_from,
      fmt::format("{}, who collected it on {}", collector_of(manifest_), manifest_.host.name));
  std::string words = fmt::format(
      "{} on {}, read from {} to {}", told.is_command() ? "printed by a program" : "a file",
      manifest_.host.name, format_utc(told.begun_us, 3), format_utc(told.ended_us, 3));
  if (told.before) {
    words += fmt::format(", last changed {}", format_utc(told.before->mtime_ns / 1000, 3));
  }
  for (const std::string& remark : told.remarks) words += "; " + remark;
  if (told.is_command() && told.exit_code != 0) {
    words += fmt::format("; it ended with {}", told.exit_code);
  }
  evidence.note = joined(evidence.note, words);
  return true;
}

std::string CollectedBundle::why() const {
  return fmt::format(
      "a bundle of assay collect from {} by {}; each of its members is evidence of its own",
      manifest_.host.name, collector_of(manifest_));
}

std::vector<Note> CollectedBundle::notes() const {
  std::vector<Note> notes;
  notes.push_back({"bundle.clock", 1, clock_words(manifest_)});
  notes.push_back(
      {report_.key_fingerprint.empty() ? "bundle.not_signed" : "bundle.signed", 1,
       report_.key_fingerprint.empty()
           ? std::string("nobody signed it: it holds what its own manifest says")
           : fmt::format("its manifest is signed with key {}, which came with it: compare it with "
                         "the collector's",
                         report_.key_fingerprint)});
  if (!manifest_.interruptions.empty()) {
    notes.push_back(
        {"bundle.interrupted", manifest_.interruptions.size(),
         "the collection stopped and was gone on with: " + manifest_.interruptions.front().why});
  }
  std::string missing;
  for (std::size_t i = 0; i < std::min(manifest_.not_collected.size(), kMostNamed); ++i) {
    const NotCollected& item = manifest_.not_collected[i];
    missing = joined(missing, fmt::format("{}: {}", collecting::readable(item.path), item.why));
  }
  if (!missing.empty()) {
    notes.push_back({"bundle.not_collected", manifest_.not_collected.size(), missing});
  }
  std::sort(notes.begin(), notes.end(),
            [](const Note& a, const Note& b) { return a.code < b.code; });
  return notes;
}

}  // namespace assay
