// assay init
#include <fmt/core.h>

#include <random>

#include "command.h"

namespace assay::cli {

Job declare_init(CLI::App& app) {
  struct Options {
    std::string directory, title, zone = "UTC";
    std::uint64_t seed = 0;
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option("--title", options->title, "what the case is called");
  app.add_option("--zone", options->zone, "zone in which its days are told (UTC)");
  app.add_option("--key-seed", options->seed,
                 "seed of the keys of names; random, so that nobody can prepare collisions");
  return [options](Session& session) -> Result<int> {
    std::uint64_t seed = options->seed;
    if (seed == 0) {
      std::random_device device;
      seed = static_cast<std::uint64_t>(device()) << 32 | device();
    }
    auto made =
        Case::init(options->directory, options->title, options->zone, seed, session.surroundings());
    if (!made.ok()) return made.error();
    if (session.wants_json) {
      session.print_json({{"case", options->directory}, {"case_hash", made->case_hash()}});
    } else {
      session.say(
          fmt::format("made the case {}; case hash {}", options->directory, made->case_hash()));
    }
    session.suggest(fmt::format("assay add {} FILE... --vantage WORD --zone ZONE --covers A/B",
                                options->directory));
    return kDone;
  };
}

}  // namespace assay::cli
