// tell_who: loads what the case has of a name or an address, and lays it side by side.
#include "assay/who.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/said_date.h"
#include "engine/files.h"
#include "engine/open_inside.h"
#include "engine/other_records.h"
#include "engine/question_records.h"
#include "engine/who_parts.h"
#include "methods/support/neighbours.h"

namespace assay {
namespace {

using methods::Assertion;
using methods::Role;

// No party of a case has this name: a line break cannot stand in case.toml's names unquoted.
constexpr char kAsked[] = "what was asked about\n";
constexpr std::size_t kMostLookups = 1'000'000;
constexpr std::array<Role, 6> kRolesOfNames{Role::registrant,  Role::administrator,
                                            Role::technical,   Role::registrar,
                                            Role::name_server, Role::mail_exchanger};
constexpr std::array<Role, 3> kRolesOfAddresses{Role::address_holder, Role::ptr, Role::origin};

struct Thing {
  std::string text;  // canonical
  std::string kind;
  std::optional<NamePattern> name;
  std::optional<IpPrefix> prefix;
};

Result<Thing> parse_thing(const std::string& text) {
  Thing thing;
  if (const auto prefix = IpPrefix::parse(text); prefix.ok()) {
    thing.prefix = *prefix;
    const bool is_one = prefix->length() == (prefix->base().is_v4() ? 32 : 128);
    thing.kind = is_one ? "address" : "network";
    thing.text = is_one ? prefix->base().to_string() : prefix->to_string();
    return thing;
  } else if (text.find('/') != std::string::npos) {
    return prefix.error();
  }
  auto name = NamePattern::parse(text);
  if (!name.ok()) return name.error();
  if (name->is_wildcard() || name->base().empty()) {
    return Error{ErrorCode::usage, fmt::format("'{}' is no single name", text),
                 "ask about one name, one address or one network"};
  }
  thing.kind = "name";
  thing.text = name->base();
  thing.name = std::move(*name);
  return thing;
}

// A question of its own, beside those of the case: claims would bring their own names.
void set_question(const Thing& thing, who::Loaded& loaded) {
  loaded.question.id = "who";
  if (thing.name) {
    loaded.question.names = {*thing.name};
  } else {
    Party asked;
    asked.name = kAsked;
    asked.addresses = {*thing.prefix};
    loaded.case_file.parties.push_back(std::move(asked));
    loaded.question.between = {kAsked};
  }
  loaded.case_file.claims.clear();
  loaded.case_file.questions = {loaded.question};
}

// Look-ups of the name, for its signs of life alone.
Status load_lookups(RecordStore& store, const Thing& thing, const ClockShifts& shifts,
                    who::Loaded& loaded, std::vector<std::string>& limitations) {
  QuestionRecords records;
  records.hosts.resize(1);
  if (thing.name) {
    records.names.push_back({thing.text, -1, true, -1});
    RowFilter filter;
    filter.qnames = {name_key(thing.text, store.key_seed()).key};
    for (const Evidence& evidence : loaded.evidences) {
      if (evidence.state == ReadState::read) filter.evidences.push_back(evidence.number);
    }
    if (filter.evidences.empty()) return {};
    bool is_cut = false;
    ASSAY_TRY(store.scan(filter, RowOrder::by_time, [&](const RowBlock& block) {
      for (std::size_t i = 0; i < block.rows->size() && !is_cut; ++i) {
        if (!is_lookup(block.rows->flags[i])) continue;
        is_cut = records.rows.size() == kMostLookups;
        if (is_cut) break;
        LookupRow row;
        row.time_us = block.rows->time_us[i] + shifts.of((*block.evidence)[i]);
        row.width_us = block.rows->width_us[i];
        row.flags = block.rows->flags[i];
        row.evidence = (*block.evidence)[i];
        row.offset = block.rows->offset[i];
        records.rows.push_back(row);
      }
      return !is_cut;
    }));
    if (is_cut) {
      limitations.push_back(fmt::format(
          "Of look-ups of the name the first {} are counted: their last is not the last.",
          kMostLookups));
    }
  }
  loaded.lookups.push_back(std::move(records));
  return {};
}

Status load(Case::Impl& inside, const Thing& thing, who::Loaded& loaded,
            std::vector<std::string>& limitations) {
  const std::string path = inside.path_in("case.toml");
  auto text = read_regular_file(path);
  if (!text.ok()) return text.error();
  auto case_file = parse_case_file(*text, path);
  if (!case_file.ok()) return case_file.error();
  loaded.case_file = std::move(*case_file);
  const auto shifts = ClockShifts::make(loaded.case_file, inside.state.evidences);
  if (!shifts.ok()) return shifts.error();
  loaded.evidences = shifts->corrected(inside.state.evidences);
  set_question(thing, loaded);
  auto store = inside.rows();
  if (!store.ok()) return store.error();
  auto others =
      load_other_records(**store, loaded.case_file, loaded.question, loaded.evidences, *shifts);
  if (!others.ok()) return others.error();
  loaded.others = std::move(*others);
  ASSAY_TRY(load_lookups(**store, thing, *shifts, loaded, limitations));
  loaded.context.case_file = &loaded.case_file;
  loaded.context.question = &loaded.question;
  loaded.context.all_evidences = &loaded.evidences;
  loaded.context.others = &loaded.others;
  loaded.assertions = methods::assertions_of(loaded.context);
  loaded.asked = methods::asked_of(loaded.context);
  return {};
}

void take_changes(const who::Loaded& loaded, std::vector<WhoChange> changes, WhoReport& report) {
  report.changes_in_all += changes.size();
  for (WhoChange& change : changes) {
    if (report.changes.size() < loaded.listed) report.changes.push_back(std::move(change));
  }
}

void tell_role(const who::Loaded& loaded, Role role, WhoReport& report) {
  std::vector<const Assertion*> ours;
  for (const Assertion& one : loaded.assertions) {
    if (one.role == role && loaded.asked.is_about(one)) ours.push_back(&one);
  }
  const std::vector<Assertion> nameless =
      role == Role::ptr ? who::nameless_of(loaded) : std::vector<Assertion>();
  for (const Assertion& one : nameless) ours.push_back(&one);
  const std::vector<methods::Held> held = methods::held_of(ours);
  std::vector<WhoLine> lines = who::lines_of(loaded, role, held);
  report.roles.push_back(
      who::summary_of(methods::word_of(role), methods::words_of(role), lines, loaded.at));
  report.lines_in_all += lines.size();
  for (WhoLine& line : lines) {
    if (report.lines.size() < loaded.listed) report.lines.push_back(std::move(line));
  }
  const methods::Differences differ = methods::differences_of(held);
  for (const auto& [one, other] : differ.pairs) {
    report.disputes.push_back(
        {who::line_of(loaded, role, *one), who::line_of(loaded, role, *other)});
  }
  if (differ.not_compared > 0) {
    report.limitations.push_back(
        fmt::format("Of {}, {} sources beyond the first {} of one thing were not compared.",
                    methods::words_of(role), differ.not_compared, methods::kMostSources));
  }
  take_changes(loaded, who::changes_of(loaded, role, ours), report);
}

// What is no role of a registration: dated in the same way, held against nobody.
void tell_extra(const who::Loaded& loaded, std::string_view word, std::string_view words,
                const std::vector<Assertion>& assertions, WhoReport& report) {
  std::vector<const Assertion*> ours;
  for (const Assertion& one : assertions) ours.push_back(&one);
  std::vector<WhoLine> lines = who::lines_of(loaded, Role::origin, methods::held_of(ours));
  report.roles.push_back(who::summary_of(word, words, lines, loaded.at));
  report.lines_in_all += lines.size();
  for (WhoLine& line : lines) {
    line.role = word;
    if (report.lines.size() < loaded.listed) report.lines.push_back(std::move(line));
  }
  std::vector<WhoChange> changes = who::changes_of(loaded, Role::origin, ours);
  for (WhoChange& change : changes) change.role = word;
  take_changes(loaded, std::move(changes), report);
}

void tell_roles(const who::Loaded& loaded, WhoReport& report) {
  if (report.kind == "name") {
    for (const Role role : kRolesOfNames) {
      tell_role(loaded, role, report);
      if (role != Role::name_server) continue;
      const WhoRole servers = report.roles.back();
      report.roles.push_back(who::name_server_operator_of(report.lines, servers));
    }
    tell_extra(loaded, "soa", "SOA: primary, contact", who::soas_of(loaded), report);
    tell_extra(loaded, "address", "addresses", who::addresses_of(loaded), report);
  }
  for (const Role role : kRolesOfAddresses) tell_role(loaded, role, report);
  tell_extra(loaded, "certificate", "names in certificates", who::certificates_of(loaded), report);
  report.roles.push_back({"host_operator", "host operator", 0, 0,
                          "no role tells; a certificate names what the host wants to be called"});
}

// By which addresses the roles of a name's hosts were found; of answers no time is kept.
void tell_addresses(const who::Loaded& loaded, WhoReport& report) {
  std::vector<std::string> told;
  for (const NameAddress& each : loaded.others.addresses) {
    if (each.name != report.thing) continue;
    std::vector<std::string> by;
    for (const std::uint32_t number : each.evidences) {
      const Evidence* evidence = methods::evidence_numbered(loaded.context, number);
      if (evidence != nullptr) by.push_back(evidence->id);
    }
    told.push_back(fmt::format("{} ({}, {})", each.address.to_string(), fmt::join(by, ", "),
                               methods::seen_text(each.seen)));
  }
  if (!told.empty()) {
    report.limitations.push_back(fmt::format(
        "The roles of addresses are those of every address that the name is said to have had: {}. "
        "Whether it had it at another time, no source says.",
        fmt::join(told, ", ")));
  } else if (report.kind == "name") {
    report.limitations.emplace_back(
        "No record of the case says which address the name had: nothing is told of addresses.");
  }
}

void say_limits(const who::Loaded& loaded, WhoReport& report) {
  const std::uint64_t left = methods::left_out_of(
      loaded.context, {RecordKind::registration, RecordKind::flow, RecordKind::service,
                       RecordKind::mail, RecordKind::message, RecordKind::hop});
  if (left > 0) {
    report.limitations.push_back(fmt::format(
        "{} records lie beyond the limit of what one question holds: nothing is the last or the "
        "only one.",
        left));
  }
  if (report.disputes.size() >= methods::kMostPairs) {
    report.limitations.push_back(
        fmt::format("Of pairs of sources that disagree, the first {} of each role are listed.",
                    methods::kMostPairs));
  }
  report.limitations.emplace_back(
      "A registration is what somebody told a registrar, a reverse name what the holder of the "
      "address wrote, an origin who announced the route. None of them shows who used a host.");
}

}  // namespace

Result<WhoReport> tell_who(const std::string& directory, const Surroundings& surroundings,
                           const WhoRequest& request) {
  auto thing = parse_thing(request.thing);
  if (!thing.ok()) return thing.error();
  who::Loaded loaded;
  loaded.listed = request.listed;
  if (!request.at.empty()) {
    loaded.at = parse_said_date(request.at);
    if (!loaded.at) {
      return Error{ErrorCode::usage, fmt::format("'{}' is no date", request.at),
                   "write a year, a month, a day or an instant: 2016, 2016-05, 2016-05-04, "
                   "2016-05-04T10:00Z"};
    }
  }
  auto inside = open_inside(directory, surroundings);
  if (!inside.ok()) return inside.error();
  WhoReport report;
  ASSAY_TRY(load(**inside, *thing, loaded, report.limitations));
  report.case_hash = (*inside)->custody.hash();
  report.thing = thing->text;
  report.kind = thing->kind;
  report.at = loaded.at;
  tell_roles(loaded, report);
  methods::UseSubject subject;
  subject.label = report.thing;
  if (thing->name) subject.names = {report.thing};
  if (thing->kind == "address") subject.addresses = {thing->prefix->base()};
  for (const NameAddress& each : loaded.others.addresses) subject.addresses.push_back(each.address);
  if (thing->kind == "network") {
    report.limitations.emplace_back("Signs of life are told of a name or an address alone.");
  } else {
    report.signs = who::signs_of(loaded, subject);
  }
  report.powers = who::powers_of(report);
  std::vector<WhoNeighbour> neighbours = who::neighbours_of(loaded);
  report.neighbours_in_all = neighbours.size();
  neighbours.resize(std::min(neighbours.size(), loaded.listed));
  report.neighbours = std::move(neighbours);
  for (const Finding& finding :
       methods::neighbour_findings(loaded.context, loaded.assertions, loaded.asked)) {
    report.neighbourhood.push_back(finding.statement);
  }
  tell_addresses(loaded, report);
  say_limits(loaded, report);
  return report;
}

}  // namespace assay
