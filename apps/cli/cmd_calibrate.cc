// assay calibrate
#include <fmt/core.h>

#include <optional>
#include <thread>

#include "assay/simulate.h"
#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

// The defaults are held-out seeds: those that docs/calibration.md states.
struct CalibrateOptions {
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> runs;
  bool of_ratios = false, of_methods = false;
  std::string output;
  CalibrateRequest ranges;
};

Result<int> run_calibrate(const CalibrateOptions& options, Session& session) {
  CalibrateRequest request = options.ranges;
  request.first_seed = options.seed.value_or(options.of_methods ? 4'000'001 : 5'000'001);
  request.runs = options.runs.value_or(options.of_methods ? 200 : 2'000);
  if (options.of_ratios) request.subject = CalibrateSubject::ratios;
  if (options.of_methods) request.subject = CalibrateSubject::methods;
  request.threads = std::max(1u, std::thread::hardware_concurrency());
  std::uint32_t told = 0;
  request.progress = [&](std::uint32_t done) {
    if (done < told + (options.of_methods ? 10 : 200)) return;
    told = done;
    session.say(options.of_methods
                    ? fmt::format("{} %", done)
                    : fmt::format("{} of {} runs", number(done), number(request.runs)));
  };
  const auto outcome = calibrate(request);
  if (!outcome.ok()) return outcome.error();
  if (!options.output.empty()) {
    ASSAY_TRY(write_simulated(outcome->files, options.output));
    session.say(fmt::format("model, card, numbers and figures are in {}", options.output));
  }
  session.print(session.wants_json ? outcome->json : outcome->markdown);
  return kDone;
}

}  // namespace

Job declare_calibrate(CLI::App& app) {
  auto options = std::make_shared<CalibrateOptions>();
  app.add_option("--seed", options->seed,
                 "the first seed; the next runs have the next ones (5000001; methods 4000001)");
  app.add_option("--runs", options->runs,
                 "how many, dealt to all causes in turn (2000); for each line of methods (200)")
      ->check(CLI::Range(1u, 1'000'000u));
  app.add_flag("--ratios", options->of_ratios,
               "of likelihood ratios between families of causes instead of the verdict");
  app.add_flag("--methods", options->of_methods,
               "of the single methods' intervals and tests instead of the verdict")
      ->excludes("--ratios");
  app.add_option("-o,--output", options->output,
                 "with --ratios: a new folder for the model, its card and the figures")
      ->needs("--ratios");
  CalibrateRequest& ranges = options->ranges;
  app.add_option("--ttl", ranges.ttl_s, "from TTL, to TTL, in seconds")->delimiter(',');
  app.add_option("--days", ranges.days, "from, to: the days that are recorded")->delimiter(',');
  app.add_option("--rows", ranges.rows, "from, to: rows of the asker")->delimiter(',');
  return [options](Session& session) { return run_calibrate(*options, session); };
}

}  // namespace assay::cli
