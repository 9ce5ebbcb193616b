#include "assay/simulate.h"

#include <fmt/format.h>

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
  if (seed) scenario->seed = *seed;
  const auto run = sim::run_scenario(*scenario);
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

std::vector<std::vector<std::string>> simulated_causes() {
  std::vector<std::vector<std::string>> rows = {
      {"kind", "explanation", "parameter", "usual", "from", "to", "meaning"}};
  for (const sim::CauseKind* kind : sim::all_causes()) {
    rows.push_back({std::string(kind->name()), std::string(kind->code()), "", "", "", "",
                    std::string(kind->summary())});
    for (const sim::Parameter& each : kind->parameters()) {
      rows.push_back({"", "", std::string(each.name), fmt::format("{}", each.usual),
                      fmt::format("{}", each.low), fmt::format("{}", each.high),
                      std::string(each.meaning)});
    }
  }
  return rows;
}

}  // namespace assay
