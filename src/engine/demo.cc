// The shipped demo case: the 143-day list simulated anew, and the records that real servers wrote.
// In its second chapter the mail log of the same run has come.
#include <fmt/core.h>

#include <cmath>
#include <filesystem>
#include <optional>

#include "assay/engine.h"
#include "engine/demo_folder.h"
#include "engine/files.h"
#include "sim/records/records.h"
#include "sim/scenario_toml.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

Interval interval_of(std::string_view text) { return parse_interval(text).value(); }

Status add_one(Case& demo, const AddRequest& request,
               const std::function<void(const AddOutcome&)>& each) {
  Result<std::vector<AddOutcome>> outcomes = demo.add(request, each);
  if (!outcomes.ok()) return outcomes.error();
  for (const AddOutcome& outcome : *outcomes) {
    if (outcome.kind == AddOutcome::Kind::not_read) {
      return Error{
          ErrorCode::internal,
          fmt::format("the demo's {} was not read: {}", outcome.evidence.name, outcome.reason),
          "the shipped demo folder may be incomplete; get it again"};
    }
  }
  return {};
}

struct SimulatedList {
  sim::Scenario scenario;
  sim::SimulatedRun run;
};

Result<SimulatedList> run_list(const fs::path& demo_folder) {
  const std::string path = (demo_folder / "list.toml").string();
  const auto text = read_file(path);
  if (!text.ok()) return text.error();
  auto scenario = sim::parse_scenario(*text, path);
  if (!scenario.ok()) return scenario.error();
  auto run = sim::run_scenario(*scenario);
  if (!run.ok()) return run.error();
  return SimulatedList{std::move(*scenario), std::move(*run)};
}

// The list's logs, and the truth last.
Result<std::vector<sim::RecordFile>> simulate_list(const fs::path& demo_folder) {
  const auto list = run_list(demo_folder);
  if (!list.ok()) return list.error();
  std::vector<sim::RecordFile> files = sim::bind_query_logs(list->scenario, list->run);
  for (std::size_t i = 0; i < files.size(); ++i)
    files[i].name = fmt::format("list-ns{}.log", i + 1);
  files.push_back(sim::truth_of(list->scenario, list->run, files));
  files.back().name = "list-truth.json";
  return files;
}

// The list as it was handed round: nobody says what the servers recorded, so coverage is unknown.
Status add_list(Case& demo, const fs::path& demo_folder, const fs::path& received,
                const std::function<void(const AddOutcome&)>& each) {
  const auto files = simulate_list(demo_folder);
  if (!files.ok()) return files.error();
  AddRequest request;
  for (const sim::RecordFile& file : *files) {
    const std::string path = (received / file.name).string();
    ASSAY_TRY(replace_file(path, file.bytes));
    if (&file != &files->back()) request.paths.push_back(path);
  }
  request.vantage = Vantage::authoritative;
  request.zone = "UTC";
  request.received_from = "a researcher who had it from another";
  request.note =
      "simulated (docs/simulator.md); the truth stands in list-truth.json, not in the case";
  return add_one(demo, request, each);
}

// What the three real name servers logged, with the coverage that their operator vouches for.
Status add_lab(Case& demo, const fs::path& demo_folder,
               const std::function<void(const AddOutcome&)>& each) {
  struct LabFile {
    const char* name;
    Vantage vantage;
    const char* zone;
    std::vector<const char*> covers;
  };
  const std::vector<LabFile> files{
      {"ns1.query.log",
       Vantage::authoritative,
       "UTC",
       {"2026-11-21T22:01:17.793Z/2026-11-21T22:02:44.592Z",
        "2026-11-21T22:03:16.647Z/2026-11-21T22:05:46.612Z"}},
      {"ns2.query.log.gz",
       Vantage::authoritative,
       "America/New_York",
       {"2026-11-21T22:01:17.793Z/2026-11-21T22:02:44.592Z",
        "2026-11-21T22:03:16.647Z/2026-11-21T22:05:46.612Z"}},
      {"ns3.query.log",
       Vantage::authoritative,
       "UTC",
       {"2026-11-21T22:01:17.793Z/2026-11-21T22:02:44.592Z",
        "2026-11-21T22:03:16.647Z/2026-11-21T22:03:30.592Z",
        "2026-11-21T22:03:48.739Z/2026-11-21T22:05:46.612Z"}},
      {"sender-edge.pcap.gz",
       Vantage::passive_sensor,
       "UTC",
       {"2026-11-21T22:01:18.455Z/2026-11-21T22:05:46.612Z"}},
  };
  for (const LabFile& file : files) {
    AddRequest request;
    request.paths = {(demo_folder / "lab" / "records" / file.name).string()};
    request.copy = true;  // the case can be moved, and does not point at the program's files
    request.vantage = file.vantage;
    request.zone = file.zone;
    request.received_from = "operator of Sender's name servers";
    request.note = "written by real servers on loopback (lab/)";
    request.coverage.completeness = Completeness::complete;
    for (const char* covers : file.covers) {
      request.coverage.intervals.push_back(interval_of(covers));
    }
    ASSAY_TRY(add_one(demo, request, each));
  }
  return {};
}

// The log of the gateway that took Bank's mail, all of it: other hosts' mail stands in it as well.
Status add_mail_log(Case& demo, const fs::path& demo_folder, const fs::path& received,
                    const std::function<void(const AddOutcome&)>& each) {
  const auto list = run_list(demo_folder);
  if (!list.ok()) return list.error();
  const auto logs = sim::postfix_logs(list->scenario, list->run);
  if (logs.empty()) {
    return Error{ErrorCode::internal, "the demo's scenario gives no mail log",
                 "the shipped demo folder may be incomplete; get it again"};
  }
  const std::string path = (received / "bank-mail.log").string();
  ASSAY_TRY(replace_file(path, logs.front().bytes));
  AddRequest request;
  request.paths = {path};
  request.vantage = Vantage::mail_server;
  request.zone = "UTC";
  request.received_from = "Bank's postmaster";
  request.note = "simulated, from the same run as the list (docs/simulator.md)";
  request.coverage.completeness = Completeness::complete;
  const auto us_of = [](double seconds) { return std::llround(seconds * kMicrosPerSecond); };
  request.coverage.intervals = {{us_of(list->scenario.begin_s), us_of(list->scenario.end_s)}};
  return add_one(demo, request, each);
}

// Empties the folder when it is the demo's. Somebody went on with it: it stays theirs, and is
// examined as it is.
Result<std::optional<Case>> make_room(const std::string& directory, std::string_view case_toml,
                                      const Surroundings& surroundings) {
  const DemoFolder there = look_at_demo_folder(directory, case_toml);
  if (there == DemoFolder::foreign) {
    return Error{ErrorCode::usage,
                 fmt::format("{} is there already and is not the demo", directory),
                 "choose another name: assay demo NAME"};
  }
  if (there == DemoFolder::demo) ASSAY_TRY(clear_demo_folder(directory));
  if (there != DemoFolder::lived_in) return std::optional<Case>();
  Result<Case> theirs = Case::open(directory, surroundings);
  if (!theirs.ok()) return theirs.error();
  if (auto examined = theirs->examine(); !examined.ok()) return examined.error();
  return std::optional<Case>(std::move(*theirs));
}

// Not what can be made again from the rest. The chain comes first: with it the folder is known for
// the demo's, whenever the copying ends.
Status copy_case(const fs::path& from, const fs::path& to) {
  std::error_code problem;
  fs::create_directories(to, problem);
  for (const char* name : {"custody.jsonl", "custody.head", "case.toml", "findings.jsonl",
                           "verdict.json", "received", "evidence", "rejects", "store"}) {
    if (problem) break;
    if (!fs::exists(from / name, problem)) continue;
    fs::copy(from / name, to / name, fs::copy_options::recursive, problem);
  }
  if (!problem) return {};
  return Error{
      ErrorCode::io,
      fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), problem.message()),
      "see whether the disk is full"};
}

}  // namespace

Result<Case> make_demo_sequel(const Case& first, const std::string& directory,
                              const std::string& demo_folder, const Surroundings& surroundings,
                              const std::function<void(const AddOutcome&)>& each) {
  const auto case_toml = read_file((fs::path(demo_folder) / "case.toml").string());
  if (!case_toml.ok()) return case_toml.error();
  Result<std::optional<Case>> theirs = make_room(directory, *case_toml, surroundings);
  if (!theirs.ok()) return theirs.error();
  if (*theirs) return std::move(**theirs);
  ASSAY_TRY(copy_case(first.directory(), directory));
  Result<Case> demo = Case::open(directory, surroundings);
  if (!demo.ok()) return demo.error();
  ASSAY_TRY(add_mail_log(*demo, demo_folder, fs::path(directory) / "received", each));
  Result<ExamineOutcome> examined = demo->examine();
  if (!examined.ok()) return examined.error();
  return demo;
}

Result<Case> make_demo_case(const std::string& directory, const std::string& demo_folder,
                            const Surroundings& surroundings,
                            const std::function<void(const AddOutcome&)>& each) {
  Result<std::string> case_toml = read_file((fs::path(demo_folder) / "case.toml").string());
  if (!case_toml.ok()) return case_toml.error();
  Result<std::optional<Case>> theirs = make_room(directory, *case_toml, surroundings);
  if (!theirs.ok()) return theirs.error();
  if (*theirs) return std::move(**theirs);
  Result<Case> demo = Case::init(directory, kDemoTitle, "UTC", kDemoKeySeed, surroundings);
  if (!demo.ok()) return demo.error();
  ASSAY_TRY(replace_file((fs::path(directory) / "case.toml").string(), *case_toml));
  const fs::path received = fs::path(directory) / "received";
  ASSAY_TRY(make_folder(received.string()));
  ASSAY_TRY(add_list(*demo, demo_folder, received, each));
  ASSAY_TRY(add_lab(*demo, demo_folder, each));
  Result<ExamineOutcome> examined = demo->examine();
  if (!examined.ok()) return examined.error();
  return demo;
}

}  // namespace assay
