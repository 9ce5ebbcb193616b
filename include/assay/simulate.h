// Known truth: records of a stated cause, and how often the engine errs on them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/result.h"

namespace assay {

// Records of known cause: a scenario's run, as the files that somebody would hand over, and the
// truth beside them. docs/simulator.md describes scenarios.
struct SimulatedFile {
  std::string name, bytes;  // "ns1.query.log"
};
// Errors: not_found; usage, with the scenario's file and line.
Result<std::vector<SimulatedFile>> simulate(const std::string& scenario_path,
                                            std::optional<std::uint64_t> seed);
// Into a folder that is made, or empty. Errors: usage (it holds something), io.
Status write_simulated(const std::vector<SimulatedFile>& files, const std::string& directory);
// Kinds of cause with their parameters: what each is unless stated, and what it is drawn from when
// scenarios are made at random.
struct SimulatedCause {
  struct Parameter {
    std::string name, meaning;
    double usual = 0, from = 0, to = 0;
  };
  std::string kind, explanation, summary;
  std::vector<Parameter> parameters;
};
std::vector<SimulatedCause> simulated_causes();

// How often the engine errs: random scenarios of every cause, examined. Seeds first_seed, ... are
// dealt to the causes in turn; the same request gives the same text whatever the threads.
// Of ratios between families of causes the runs are dealt to train and to test; of the single
// methods' intervals and tests there are so many for each line of the table, and ranges are fixed.
enum class CalibrateSubject { verdicts, ratios, methods };
struct CalibrateRequest {
  CalibrateSubject subject = CalibrateSubject::verdicts;
  std::uint64_t first_seed = 1;
  std::uint32_t runs = 2'000;
  unsigned threads = 1;
  // Drawn from within these, both ends included; rows of the parties for the target.
  std::pair<double, double> ttl_s = {60, 86'400}, days = {7, 180}, rows = {50, 20'000};
  // May be empty; called from one thread. Runs done; of methods, per cent of all.
  std::function<void(std::uint32_t done)> progress;
};
struct CalibrateOutcome {
  std::string markdown, json;
  std::vector<SimulatedFile> files;  // of ratios: model, card, numbers and figures
};
Result<CalibrateOutcome> calibrate(const CalibrateRequest& request);

}  // namespace assay
