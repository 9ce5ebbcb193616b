#include "outcomes.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

constexpr std::uint64_t kMostAlike = 5;   // told one by one
constexpr std::size_t kMostLeftOut = 50;  // repeated at the end
constexpr std::uint64_t kManyFiles = 30;  // so many that the end has scrolled the start away

std::string_view word_of(AddOutcome::Kind kind) {
  constexpr std::string_view kWords[] = {"added", "already_here", "resumed", "not_read", "skipped"};
  return kWords[static_cast<int>(kind)];
}

// Errors: usage.
Result<bool> is_beyond(const std::string& limit, std::uint64_t rejected, std::uint64_t units) {
  if (limit.empty()) return false;
  const bool is_percent = limit.back() == '%';
  double allowed = 0;
  const char* end = limit.data() + limit.size() - (is_percent ? 1 : 0);
  const auto [at, problem] = std::from_chars(limit.data(), end, allowed);
  if (problem != std::errc() || at != end || allowed < 0) {
    return Error{ErrorCode::usage, fmt::format("--max-rejects {}: not a number", limit),
                 "a number, or a percentage of the units: 100, 0.5%"};
  }
  if (is_percent) allowed *= static_cast<double>(units) / 100;
  return static_cast<double>(rejected) > allowed;
}

}  // namespace

void tell_unread(Session& session, const Case& opened) {
  for (const Evidence& evidence : opened.evidences()) {
    if (evidence.state != ReadState::unread && evidence.state != ReadState::partly_read) continue;
    session.say(fmt::format("note: {} ({}) is {} and takes no part; read it with: assay read {}",
                            evidence.id, name_of(evidence), to_string(evidence.state),
                            opened.directory()));
  }
}

void tell_beside_coverage(Session& session, const Case& opened) {
  for (const Evidence& evidence : opened.evidences()) {
    const std::string words = coverage_warning(evidence);
    if (!words.empty()) session.say(fmt::format("warning: {}: {}", evidence.id, words));
  }
}

Json rejects_json(const std::vector<RejectSummary>& rejects) {
  Json array = Json::array();
  for (const RejectSummary& reject : rejects) {
    array.push_back({{"code", reject.code},
                     {"count", reject.count},
                     {"first_offset", reject.example_offset},
                     {"first_text", safe(reject.example_text)},
                     {"why", reject.why}});
  }
  return array;
}

void OutcomeTeller::tell(const AddOutcome& outcome, const std::vector<RejectSummary>& rejects) {
  using Kind = AddOutcome::Kind;
  const Evidence& evidence = outcome.evidence;
  const bool is_taken = outcome.kind == Kind::added || outcome.kind == Kind::resumed;
  taken_ += is_taken;
  here_ += outcome.kind == Kind::already_here;
  skipped_ += outcome.kind == Kind::skipped;
  failed_ += outcome.kind == Kind::not_read;
  if (is_taken) {
    rows_ += evidence.rows();
    units_ += evidence.balance.units;
    rejected_ += evidence.balance.rejected;
  }
  if (session_.wants_json) {
    Json entry = {{"outcome", word_of(outcome.kind)},
                  {"name", safe(evidence.name)},
                  {"reason", outcome.reason}};
    if (!evidence.id.empty()) {
      entry["evidence"] = Json::parse(evidence_to_json(evidence), nullptr, false);
      entry["rejects"] = rejects_json(rejects);
    }
    json_.push_back(std::move(entry));
    return;
  }
  if (is_taken && is_like_before(outcome, rejects)) {
    if (alike_held_++ == 0) first_held_ = evidence.id;
    last_held_ = evidence.id;
    alike_rows_ += evidence.rows();
    return;
  }
  tell_alike();
  if (is_taken) return tell_taken(outcome, rejects);
  const char* verb = outcome.kind == Kind::already_here ? "already here"
                     : outcome.kind == Kind::skipped    ? "skipped"
                                                        : "NOT READ";
  const std::string line = fmt::format("{}: {}\n", verb, name_of(evidence));
  const std::string why = wrapped(safe(outcome.reason), "    ");
  session_.print(line + why);
  if (outcome.kind != Kind::already_here && left_out_.size() <= kMostLeftOut) {
    left_out_.push_back(line + why);
  }
}

bool OutcomeTeller::is_like_before(const AddOutcome& outcome,
                                   const std::vector<RejectSummary>& rejects) {
  const Evidence& evidence = outcome.evidence;
  const std::size_t slash = evidence.name.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : evidence.name.substr(0, slash);
  const std::string alike = fmt::format("{}\n{}\n{}\n{}", folder, evidence.format,
                                        evidence.container, assumptions(evidence));
  const bool is_quiet = outcome.kind == AddOutcome::Kind::added && rejects.empty() &&
                        evidence.notes.empty() && outcome.reason.empty() && !evidence.id.empty() &&
                        evidence.state == ReadState::read && coverage_warning(evidence).empty();
  if (!is_quiet || alike != alike_) {
    alike_ = is_quiet ? alike : "";
    alike_told_ = 0;
  }
  return is_quiet && ++alike_told_ > kMostAlike;
}

void OutcomeTeller::tell_taken(const AddOutcome& outcome,
                               const std::vector<RejectSummary>& rejects) {
  const Evidence& evidence = outcome.evidence;
  const std::string id = evidence.id.empty() ? "(dry run)" : evidence.id;
  session_.print(fmt::format("{}  {}{}\n", session_.bold(id), name_of(evidence),
                             outcome.kind != AddOutcome::Kind::resumed          ? ""
                             : outcome.reason.starts_with("read as stated now") ? " (read again)"
                                                                                : " (resumed)"));
  session_.print(describe(evidence, rejects, assumed_));
  assumed_ = assumptions(evidence);
  if (!outcome.reason.empty() && outcome.reason != evidence.format_why) {
    session_.print(wrapped("note: " + safe(outcome.reason), "    "));
  }
}

void OutcomeTeller::tell_alike() {
  if (alike_held_ > 0) {
    session_.print(fmt::format("{} to {}  {} more like these: {}\n", session_.bold(first_held_),
                               session_.bold(last_held_), counted(alike_held_, "file"),
                               counted(alike_rows_, "record")));
  }
  alike_held_ = alike_rows_ = 0;
}

// Once more at the end, where thousands of files stand before it.
void OutcomeTeller::tell_left_out() {
  if (left_out_.empty() || taken_ + here_ < kManyFiles) return;
  session_.print("\nleft out:\n");
  for (std::size_t i = 0; i < std::min(left_out_.size(), kMostLeftOut); ++i) {
    session_.print(left_out_[i]);
  }
  if (skipped_ + failed_ > kMostLeftOut) {
    session_.print(
        fmt::format("    and {} more, named above\n", skipped_ + failed_ - kMostLeftOut));
  }
}

Result<int> OutcomeTeller::finish(const std::string& max_rejects, const std::string& case_hash) {
  const auto is_too_many = is_beyond(max_rejects, rejected_, units_);
  if (!is_too_many.ok()) return is_too_many.error();
  tell_alike();
  tell_left_out();
  if (session_.wants_json) {
    session_.print_json({{"case", directory_},
                         {"case_hash", case_hash},
                         {"files", json_},
                         {"sums",
                          {{"taken", taken_},
                           {"already_here", here_},
                           {"skipped", skipped_},
                           {"not_read", failed_},
                           {"records", rows_},
                           {"units", units_},
                           {"rejected", rejected_}}}});
  } else {
    std::string sums = is_dry_run
                           ? fmt::format("dry run, nothing was written: {} would be taken",
                                         counted(taken_, "file"))
                           : fmt::format("{} taken: {}, {}", counted(taken_, "file"),
                                         counted(rows_, "record"), counted(rejected_, "reject"));
    if (here_ > 0) sums += fmt::format("; {} already here", number(here_));
    if (skipped_ > 0) sums += fmt::format("; {} skipped", number(skipped_));
    if (failed_ > 0) sums += fmt::format("; {} NOT READ", number(failed_));
    session_.say(sums);
    session_.say("case hash " + case_hash);
    if (rejected_ > 0) session_.suggest(fmt::format("assay rejects {}", directory_));
  }
  if (failed_ > 0) return kCannot;
  return *is_too_many ? kTooManyRejects : kDone;
}

}  // namespace assay::cli
