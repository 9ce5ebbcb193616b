// assay simulate, causes
#include <fmt/format.h>

#include "assay/simulate.h"
#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

struct SimulateOptions {
  std::string scenario, directory;
  std::string seed;
};

Result<int> run_simulate(const SimulateOptions& options, Session& session) {
  std::optional<std::uint64_t> seed;
  if (!options.seed.empty()) seed = std::stoull(options.seed);
  const auto files = simulate(options.scenario, seed);
  if (!files.ok()) return files.error();
  if (Status written = write_simulated(*files, options.directory); !written.ok()) {
    return written.error();
  }
  Json list = Json::array();
  for (const SimulatedFile& file : *files) {
    list.push_back({{"name", file.name}, {"size_bytes", file.bytes.size()}});
    if (session.wants_json) continue;
    session.print(fmt::format("{:<24} {}\n", file.name, bytes_text(file.bytes.size())));
  }
  if (session.wants_json) {
    session.print_json({{"directory", options.directory}, {"files", list}});
    return kDone;
  }
  session.suggest(fmt::format("assay init CASE ; assay add CASE {}/*.log --vantage authoritative",
                              options.directory));
  return kDone;
}

}  // namespace

Job declare_simulate(CLI::App& app) {
  auto options = std::make_shared<SimulateOptions>();
  app.add_option("SCENARIO", options->scenario, "a scenario as TOML")->required();
  app.add_option("-o,--output", options->directory, "folder that is made, or empty")->required();
  app.add_option("--seed", options->seed, "another seed than the scenario's")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{9'000'000'000'000'000}));
  return [options](Session& session) { return run_simulate(*options, session); };
}

Job declare_causes(CLI::App&) {
  return [](Session& session) -> Result<int> {
    const auto rows = simulated_causes();
    if (!session.wants_json) {
      session.print(columns(rows));
      return kDone;
    }
    Json causes = Json::array();
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const auto& row = rows[i];
      if (!row[0].empty()) {
        causes.push_back({{"kind", row[0]},
                          {"explanation", row[1]},
                          {"summary", row[6]},
                          {"parameters", Json::array()}});
      } else {
        causes.back()["parameters"].push_back({{"name", row[2]},
                                               {"usual", std::stod(row[3])},
                                               {"from", std::stod(row[4])},
                                               {"to", std::stod(row[5])},
                                               {"meaning", row[6]}});
      }
    }
    session.print_json({{"causes", causes}});
    return kDone;
  };
}

}  // namespace assay::cli
