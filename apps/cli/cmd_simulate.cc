// assay simulate, causes
#include <fmt/core.h>

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
  app.add_option("--seed", options->seed, "another seed than the scenario's and its parties'")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{9'000'000'000'000'000}));
  return [options](Session& session) { return run_simulate(*options, session); };
}

Job declare_causes(CLI::App&) {
  return [](Session& session) -> Result<int> {
    std::vector<std::vector<Json>> rows = {
        {"kind", "explanation", "parameter", "usual", "from", "to", "meaning"}};
    for (const SimulatedCause& cause : simulated_causes()) {
      rows.push_back(
          {cause.kind, cause.explanation, nullptr, nullptr, nullptr, nullptr, cause.summary});
      for (const SimulatedCause::Parameter& each : cause.parameters) {
        rows.push_back({cause.kind, cause.explanation, each.name, each.usual, each.from, each.to,
                        each.meaning});
      }
    }
    return print_table(session, "causes", rows);
  };
}

}  // namespace assay::cli
