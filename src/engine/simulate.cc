#include "assay/simulate.h"

#include <fmt/core.h>

#include <filesystem>

#include "engine/files.h"
#include "sim/cause.h"
#include "sim/records/records.h"
#include "sim/scenario_toml.h"

namespace assay {

Result<std::vector<SimulatedFile>> simulate(const std::string& scenario_path,
                                            std::optional<std::uint64_t> seed) {
  const auto text = read_regular_file(scenario_path);
  if (!text.ok()) return text.error();
  auto scenario = sim::parse_scenario(*text, scenario_path);
  if (!scenario.ok()) return scenario.error();
  if (seed) {
    scenario->seed = *seed;
    for (sim::Party& party : scenario->parties) party.seed = 0;
  }
  const auto run = sim::run_scenario(*scenario, {.keeps_inside = true});
  if (!run.ok()) return run.error();
  std::vector<SimulatedFile> files;
  for (sim::RecordFile& file : sim::all_records(*scenario, *run)) {
    files.push_back({std::move(file.name), std::move(file.bytes)});
  }
  return files;
}

Status write_simulated(const std::vector<SimulatedFile>& files, const std::string& directory) {
  std::error_code problem;
  if (std::filesystem::exists(directory, problem) &&
      !std::filesystem::is_empty(directory, problem)) {
    return Error{ErrorCode::usage, fmt::format("{} is there and not empty", directory),
                 "simulated records go into a folder of their own"};
  }
  ASSAY_TRY(make_folder(directory));
  for (const SimulatedFile& file : files) {
    ASSAY_TRY(replace_file(directory + "/" + file.name, file.bytes));
  }
  return {};
}

std::vector<SimulatedCause> simulated_causes() {
  std::vector<SimulatedCause> causes;
  for (const sim::CauseKind* kind : sim::all_causes()) {
    SimulatedCause& cause = causes.emplace_back();
    cause.kind = kind->name();
    cause.explanation = kind->code();
    cause.summary = kind->summary();
    for (const sim::Parameter& each : kind->parameters()) {
      cause.parameters.push_back(
          {std::string(each.name), std::string(each.meaning), each.usual, each.low, each.high});
    }
  }
  return causes;
}

}  // namespace assay
