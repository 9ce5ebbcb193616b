#include "outcomes.h"

#include <fmt/format.h>

#include <charconv>

#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

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
                            evidence.id, safe(evidence.name), to_string(evidence.state),
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
  if (is_taken) {
    const std::string id = evidence.id.empty() ? "(dry run)" : evidence.id;
    session_.print(fmt::format("{}  {}{}\n", session_.bold(id), safe(evidence.name),
                               outcome.kind != Kind::resumed                      ? ""
                               : outcome.reason.starts_with("read as stated now") ? " (read again)"
                                                                                  : " (resumed)"));
    session_.print(describe(evidence, rejects));
    if (!outcome.reason.empty() && outcome.reason != evidence.format_why) {
      session_.print(wrapped("note: " + safe(outcome.reason), "    "));
    }
    return;
  }
  const char* verb = outcome.kind == Kind::already_here ? "already here"
                     : outcome.kind == Kind::skipped    ? "skipped"
                                                        : "NOT READ";
  session_.print(fmt::format("{}: {}\n", verb, safe(evidence.name)));
  session_.print(wrapped(safe(outcome.reason), "    "));
}

Result<int> OutcomeTeller::finish(const std::string& max_rejects, const std::string& case_hash) {
  const auto is_too_many = is_beyond(max_rejects, rejected_, units_);
  if (!is_too_many.ok()) return is_too_many.error();
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
