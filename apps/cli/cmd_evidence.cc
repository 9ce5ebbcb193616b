// assay evidence, assay rejects
#include <fmt/core.h>

#include "command.h"
#include "outcomes.h"
#include "text.h"

namespace assay::cli {
namespace {

std::string coverage_text(const Coverage& coverage) {
  if (coverage.intervals.empty()) return "unknown";
  std::string text(to_string(coverage.completeness));
  for (const Interval& interval : coverage.intervals) text += " " + format_interval(interval);
  for (const NamePattern& name : coverage.names) text += " " + name.to_string();
  return text;
}

std::string stated_text(const Evidence& evidence) {
  std::string text = fmt::format(
      "vantage {}, zone {}{}, coverage {}", to_string(evidence.vantage), evidence.clock.zone,
      evidence.clock.zone_is_stated ? "" : " (assumed)", coverage_text(evidence.coverage));
  if (evidence.clock.skew_us != 0) {
    text += fmt::format(", skew {} s", static_cast<double>(evidence.clock.skew_us) / 1e6);
  }
  if (!evidence.received_from.empty()) text += ", from " + safe(evidence.received_from);
  if (!evidence.note.empty()) text += ", note: " + safe(evidence.note);
  return text;
}

void list_evidence(Session& session, const Case& opened) {
  std::vector<std::vector<std::string>> rows = {
      {"id", "state", "format", "records", "units", "used", "rejected", "blank", "name"}};
  for (const Evidence& evidence : opened.evidences()) {
    const Balance& balance = evidence.balance;
    rows.push_back({evidence.id, std::string(to_string(evidence.state)),
                    evidence.format.empty() ? "-" : evidence.format, number(evidence.rows()),
                    number(balance.units), number(balance.used), number(balance.rejected),
                    number(balance.blank), name_of(evidence)});
  }
  session.print(columns(rows));
}

void list_long(Session& session, const Case& opened) {
  for (const Evidence& evidence : opened.evidences()) {
    session.print(fmt::format("{}  {} ({})\n", session.bold(evidence.id), safe(evidence.name),
                              to_string(evidence.state)));
    session.print(fmt::format("    sha256 {}\n    received {}\n",
                              evidence.sha256.empty() ? "not sealed yet" : evidence.sha256,
                              format_utc(evidence.received_us)));
    session.print(wrapped(stated_text(evidence), "    "));
    session.print(describe(evidence, opened.reject_summaries(evidence.id)));
  }
}

}  // namespace

Job declare_evidence(CLI::App& app) {
  auto directory = std::make_shared<std::string>();
  auto is_long = std::make_shared<bool>(false);
  case_argument(app, *directory);
  app.add_flag("-l,--long", *is_long, "all that is known of each");
  return [directory, is_long](Session& session) -> Result<int> {
    auto opened = session.open(*directory);
    if (!opened.ok()) return opened.error();
    if (session.wants_json) {
      Json array = Json::array();
      for (const Evidence& evidence : opened->evidences()) {
        Json entry = Json::parse(evidence_to_json(evidence), nullptr, false);
        entry["rejects"] = rejects_json(opened->reject_summaries(evidence.id));
        array.push_back(std::move(entry));
      }
      session.print_json(
          {{"case", *directory}, {"case_hash", opened->case_hash()}, {"evidence", array}});
      return kDone;
    }
    *is_long ? list_long(session, *opened) : list_evidence(session, *opened);
    bool has_unread = false;
    for (const Evidence& evidence : opened->evidences()) {
      has_unread = has_unread || evidence.state == ReadState::unread ||
                   evidence.state == ReadState::partly_read;
    }
    if (!*is_long) tell_beside_coverage(session, *opened);
    session.say("case hash " + opened->case_hash());
    if (has_unread) session.suggest(fmt::format("assay read {}", *directory));
    if (opened->evidences().empty())
      session.suggest(fmt::format("assay add {} FILE...", *directory));
    return kDone;
  };
}

Job declare_rejects(CLI::App& app) {
  struct Options {
    std::string directory, evidence;
    std::uint64_t limit = 0;
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option("EVIDENCE", options->evidence, "id, such as dns-1; all when left out");
  app.add_option("--limit", options->limit, "at most so many; 0: all");
  return [options](Session& session) -> Result<int> {
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    Json array = Json::array();
    std::uint64_t shown = 0;
    const auto each = [&](const Evidence& evidence, const Reject& reject) {
      ++shown;
      const bool goes_on = options->limit == 0 || shown < options->limit;
      if (session.wants_json) {
        array.push_back({{"evidence", evidence.id},
                         {"offset", reject.offset},
                         {"length", reject.length},
                         {"code", reject.code},
                         {"why", reject.why},
                         {"text", safe(reject.text)}});
        return goes_on;
      }
      return session.print(fmt::format("{}:{}\t{}\t{}\t{}\n", evidence.id, reject.offset,
                                       reject.code, safe(reject.why), safe(reject.text))) &&
             goes_on;
    };
    if (Status status = opened->rejects(options->evidence, each); !status.ok()) {
      return status.error();
    }
    std::uint64_t counted_rejects = 0;
    for (const RejectSummary& summary : opened->reject_summaries(options->evidence)) {
      counted_rejects += summary.count;
    }
    if (session.wants_json) {
      session.print_json(
          {{"case", options->directory}, {"counted", counted_rejects}, {"rejects", array}});
    } else if (counted_rejects != shown) {
      session.say(fmt::format("{} shown of {} counted", number(shown), number(counted_rejects)));
    }
    return kDone;
  };
}

}  // namespace assay::cli
