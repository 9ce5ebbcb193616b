// assay calibrate
#include <fmt/format.h>

#include <thread>

#include "assay/simulate.h"
#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

struct CalibrateOptions {
  std::uint64_t seed = 1'000'001;
  std::uint32_t runs = 2'000;
  bool of_ratios = false;
  std::string output;
  CalibrateRequest ranges;
};

Result<int> run_calibrate(const CalibrateOptions& options, Session& session) {
  CalibrateRequest request = options.ranges;
  request.first_seed = options.seed;
  request.runs = options.runs;
  if (options.of_ratios) request.subject = CalibrateSubject::ratios;
  request.threads = std::max(1u, std::thread::hardware_concurrency());
  std::uint32_t told = 0;
  request.progress = [&](std::uint32_t done) {
    if (done < told + 200) return;
    told = done;
    session.say(fmt::format("{} of {} runs", number(done), number(options.runs)));
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
  app.add_option("--seed", options->seed, "the first seed; the next runs have the next ones");
  app.add_option("--runs", options->runs, "how many, dealt to all causes in turn")
      ->check(CLI::Range(1u, 1'000'000u));
  app.add_flag("--ratios", options->of_ratios,
               "of likelihood ratios between families of causes instead of the verdict");
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
