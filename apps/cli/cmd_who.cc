// assay who
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "assay/who.h"
#include "command.h"
#include "outcomes.h"
#include "text.h"

namespace assay::cli {
namespace {

Json instant_json(const std::optional<std::int64_t>& us) {
  return us ? Json(format_utc(*us)) : Json();
}

Json span_json(const std::optional<Interval>& span) {
  if (!span) return Json();
  return {{"first", format_utc(span->begin_us)}, {"last", format_utc(span->end_us - 1)}};
}

Json line_json(const WhoLine& line) {
  Json status = Json::array();
  for (const std::string& each : line.status) status.push_back(safe(each));
  return {{"role", line.role},
          {"about", safe(line.about)},
          {"value", safe(line.value)},
          {"kind", to_string(line.kind)},
          {"source", safe(line.source)},
          {"evidence", line.evidence},
          {"records", line.records},
          {"times", line.times},
          {"undated", line.undated},
          {"seen", span_json(line.seen)},
          {"when", to_string(line.when)},
          {"last_before", instant_json(line.last_before_us)},
          {"first_after", instant_json(line.first_after_us)},
          {"status", status}};
}

// The thing, what is said of it, and its neighbours, as nodes and edges.
Json graph_json(const WhoReport& report) {
  Json nodes = Json::array(), edges = Json::array();
  std::set<std::string> known;
  const auto node = [&](const std::string& id, std::string_view kind) {
    if (known.insert(id).second) nodes.push_back({{"id", id}, {"kind", kind}});
  };
  const std::string thing = safe(report.thing);
  node(thing, report.kind);
  for (const WhoLine& line : report.lines) {
    const std::string about = safe(line.about);
    // One word that hides many ties none of them.
    const std::string value =
        line.kind == WhoValue::hidden ? "hidden by " + safe(line.source) : safe(line.value);
    if (about != thing) {
      if (!known.contains(about)) {
        edges.push_back({{"from", thing}, {"to", about}, {"kind", "within"}});
      }
      node(about, "thing");
    }
    node(value, to_string(line.kind));
    edges.push_back({{"from", about},
                     {"to", value},
                     {"kind", line.role},
                     {"source", safe(line.source)},
                     {"record", line.records.empty() ? "" : line.records.front()},
                     {"seen", span_json(line.seen)}});
  }
  for (const WhoNeighbour& each : report.neighbours) {
    const std::string what = safe(each.what);
    node(what, "neighbour");
    edges.push_back({{"from", thing},
                     {"to", what},
                     {"kind", each.why},
                     {"shared", safe(each.shared)},
                     {"source", safe(each.source)},
                     {"record", each.record}});
  }
  return {{"nodes", nodes}, {"edges", edges}};
}

Json changes_json(const WhoReport& report) {
  Json changes = Json::array();
  for (const WhoChange& each : report.changes) {
    changes.push_back({{"role", each.role},
                       {"about", safe(each.about)},
                       {"source", safe(each.source)},
                       {"old", safe(each.old_value)},
                       {"new", safe(each.new_value)},
                       {"last_seen_old", format_utc(each.last_old_us)},
                       {"first_seen_new", format_utc(each.first_new_us)},
                       {"last_old_record", each.last_old_record},
                       {"first_new_record", each.first_new_record},
                       {"is_hiding", each.is_hiding}});
  }
  return changes;
}

Json signs_json(const WhoReport& report) {
  Json signs = Json::array();
  for (const WhoSign& each : report.signs) {
    signs.push_back({{"kind", each.kind},
                     {"count", each.count},
                     {"undated", each.undated},
                     {"is_use", each.is_use},
                     {"is_doubtful", each.is_doubtful},
                     {"seen", span_json(each.span)},
                     {"first_record", each.first_record},
                     {"last_record", each.last_record}});
  }
  return signs;
}

Json texts_json(const std::vector<std::string>& texts) {
  Json all = Json::array();
  for (const std::string& each : texts) all.push_back(safe(each));
  return all;
}

Json who_json(const WhoReport& report) {
  Json roles = Json::array(), lines = Json::array(), powers = Json::array(),
       disputes = Json::array();
  for (const WhoRole& each : report.roles) {
    roles.push_back({{"role", each.role},
                     {"lines", each.lines},
                     {"covering", each.covering},
                     {"said", safe(each.said)}});
  }
  for (const WhoLine& each : report.lines) lines.push_back(line_json(each));
  for (const WhoPower& each : report.powers) {
    powers.push_back({{"what", each.what}, {"who", safe(each.who)}, {"note", each.note}});
  }
  for (const WhoDispute& each : report.disputes) {
    disputes.push_back({{"one", line_json(each.one)}, {"other", line_json(each.other)}});
  }
  return {{"case_hash", report.case_hash},
          {"thing", safe(report.thing)},
          {"kind", report.kind},
          {"at", report.at ? Json(format_interval(*report.at)) : Json()},
          {"roles", roles},
          {"lines", lines},
          {"lines_in_all", report.lines_in_all},
          {"can_change", powers},
          {"disagreements", disputes},
          {"changes", changes_json(report)},
          {"changes_in_all", report.changes_in_all},
          {"signs", signs_json(report)},
          {"graph", graph_json(report)},
          {"neighbours_in_all", report.neighbours_in_all},
          {"neighbourhood", texts_json(report.neighbourhood)},
          {"limitations", texts_json(report.limitations)}};
}

std::string day(std::int64_t us) { return format_utc(us).substr(0, 10); }

std::string seen_words(const std::optional<Interval>& seen) {
  if (!seen) return "no date";
  const std::string first = day(seen->begin_us), last = day(seen->end_us - 1);
  return first == last ? first : first + " to " + last;
}

std::string when_words(const WhoLine& line, const std::optional<Interval>& at) {
  const auto days = [](std::int64_t us) {
    return counted(static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0) / kMicrosPerDay),
                   "day");
  };
  switch (line.when) {
    case WhoWhen::covers:
      return "said at the date";
    case WhoWhen::around:
      return fmt::format("{} before and {} after, not at it",
                         days(at->begin_us - *line.last_before_us),
                         days(*line.first_after_us - at->end_us));
    case WhoWhen::before:
      return days(at->begin_us - *line.last_before_us) + " before";
    case WhoWhen::after:
      return days(*line.first_after_us - at->end_us) + " after";
    case WhoWhen::undated:
      return "no date";
    case WhoWhen::any:
      break;
  }
  return "";
}

std::string value_words(const WhoLine& line) {
  const std::string value = safe(line.value);
  switch (line.kind) {
    case WhoValue::hidden:
      return fmt::format("hidden: {}", value);
    case WhoValue::handle:
      return value + " (handle)";
    case WhoValue::mail_address:
      return value + " (e-mail address)";
    case WhoValue::person:
      return value + " (person)";
    default:
      return value;
  }
}

std::string lines_text(const WhoReport& report, std::size_t most) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"ROLE", "OF", "VALUE", "SEEN"});
  if (report.at) rows.back().emplace_back("AT THE DATE");
  rows.back().insert(rows.back().end(), {"SOURCE", "RECORD"});
  for (const WhoLine& line : report.lines) {
    if (rows.size() > most) break;
    rows.push_back({line.role, safe(line.about), value_words(line), seen_words(line.seen)});
    if (report.at) rows.back().push_back(when_words(line, report.at));
    rows.back().insert(rows.back().end(),
                       {safe(line.source), line.records.empty() ? "" : line.records.front()});
  }
  return columns(rows);
}

void print_differences(Session& session, const WhoReport& report, std::size_t most) {
  session.print("\nwhere sources disagree (within a week of each other):\n");
  if (report.disputes.empty()) session.print("  nowhere among those that were compared\n");
  for (std::size_t i = 0; i < std::min(report.disputes.size(), most); ++i) {
    const auto& [one, other] = report.disputes[i];
    session.print(fmt::format("  {} of {}: {} ({}, {}, {}) and {} ({}, {}, {})\n", one.role,
                              safe(one.about), value_words(one), safe(one.source),
                              seen_words(one.seen), one.records.front(), value_words(other),
                              safe(other.source), seen_words(other.seen), other.records.front()));
  }
  session.print("\nwhat one source changed, between last and first seen:\n");
  if (report.changes.empty()) session.print("  nothing\n");
  for (std::size_t i = 0; i < std::min(report.changes.size(), most); ++i) {
    const WhoChange& each = report.changes[i];
    session.print(fmt::format(
        "  {} of {} ({}): '{}' until at least {} ({}), '{}' from {} at the latest ({}){}\n",
        each.role, safe(each.about), safe(each.source), safe(each.old_value),
        format_utc(each.last_old_us), each.last_old_record, safe(each.new_value),
        format_utc(each.first_new_us), each.first_new_record,
        each.is_hiding ? "; hidden, so the holder need not have changed" : ""));
  }
}

void print_signs(Session& session, const WhoReport& report) {
  std::vector<std::vector<std::string>> rows = {
      {"SIGN OF LIFE", "COUNT", "FIRST", "LAST", "OF USE", "RECORDS"}};
  for (const WhoSign& each : report.signs) {
    rows.push_back({each.kind, number(each.count),
                    each.span ? format_utc(each.span->begin_us) : "no date",
                    each.span ? format_utc(each.span->end_us - 1) : "no date",
                    each.is_use        ? "yes"
                    : each.is_doubtful ? "doubtful"
                                       : "no",
                    fmt::format("{} {}", each.first_record, each.last_record)});
  }
  session.print("\n");
  session.print(report.signs.empty() ? "no sign of life in this case\n" : columns(rows));
}

void print_neighbours(Session& session, const WhoReport& report, std::size_t most) {
  if (!report.neighbours.empty()) {
    std::vector<std::vector<std::string>> rows = {
        {"NEIGHBOUR", "BY", "SHARED", "SOURCE", "RECORD"}};
    for (const WhoNeighbour& each : report.neighbours) {
      if (rows.size() > most) break;
      rows.push_back(
          {safe(each.what), each.why, safe(each.shared), safe(each.source), each.record});
    }
    session.print("\n" + columns(rows));
    if (report.neighbours_in_all > most) {
      session.print(fmt::format("{} in all\n", number(report.neighbours_in_all)));
    }
  }
  for (const std::string& each : report.neighbourhood) {
    session.print(wrapped(safe(each), "  "));
  }
}

void print_who(Session& session, const WhoReport& report) {
  constexpr std::size_t kMostRows = 60;
  session.print(fmt::format(
      "{}{}\n\n", safe(report.thing),
      report.at ? fmt::format(" at {}", format_interval(*report.at)) : ", at all times"));
  std::vector<std::vector<std::string>> roles;
  for (const WhoRole& each : report.roles) roles.push_back({each.words, safe(each.said)});
  session.print(columns(roles));
  session.print("\nwho could change what:\n");
  for (const WhoPower& each : report.powers) {
    session.print(wrapped(each.what + ": " + safe(each.who) + " " + each.note, "  "));
  }
  if (!report.lines.empty()) session.print("\n" + lines_text(report, kMostRows));
  if (report.lines_in_all > kMostRows) {
    session.print(fmt::format("{} in all: see --json\n", number(report.lines_in_all)));
  }
  print_differences(session, report, kMostRows);
  print_signs(session, report);
  print_neighbours(session, report, kMostRows);
  for (const std::string& each : report.limitations) session.say("note: " + safe(each));
}

}  // namespace

Job declare_who(CLI::App& app) {
  auto directory = std::make_shared<std::string>();
  auto request = std::make_shared<WhoRequest>();
  case_argument(app, *directory);
  app.add_option("THING", request->thing, "a name, an address or a network")->required();
  app.add_option("--at", request->at, "the date asked about: 2010, 2010-03, 2010-03-04");
  app.add_option("--list", request->listed, "at most so many lines of each kind in --json (1000)")
      ->check(CLI::Range(1, 1'000'000));
  return [directory, request](Session& session) -> Result<int> {
    auto opened = session.open(*directory);
    if (!opened.ok()) return opened.error();
    tell_unread(session, *opened);
    const auto report = tell_who(*directory, session.surroundings(), *request);
    if (!report.ok()) return report.error();
    if (session.wants_json) {
      session.print_json(who_json(*report));
    } else {
      print_who(session, *report);
    }
    return kDone;
  };
}

}  // namespace assay::cli
