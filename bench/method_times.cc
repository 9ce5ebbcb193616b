// method_times SCENARIO [RUNS]: what each method costs on the records of a simulated run, as a
// question about them would: the query logs of all servers, and mail log, flows and mailbox of the
// first party. CPU milliseconds of run() for each vantage and of compare(), the least of RUNS (3);
// the number of findings; and a digest of them, which must not change when only speed does.
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "core/digest.h"
#include "engine/calibrate/simulated_case.h"
#include "sim/scenario_toml.h"

namespace {

double cpu_ms() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1e3 * static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-3 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct Cost {
  double ms = 0;
  std::size_t findings = 0;
  std::string digest;
};

Cost measure(int runs, const std::function<std::vector<assay::Finding>()>& call) {
  Cost cost{1e9, 0, {}};
  for (int i = 0; i < runs; ++i) {
    const double begin = cpu_ms();
    const std::vector<assay::Finding> findings = call();
    cost.ms = std::min(cost.ms, cpu_ms() - begin);
    std::string text;
    for (const assay::Finding& each : findings) text += finding_to_json(each) + "\n";
    const std::string digest = assay::sha256_hex(text);
    if (i > 0 && digest != cost.digest) {
      fmt::print(stderr, "two runs of a method differ\n");
      std::exit(1);
    }
    cost.digest = digest;
    cost.findings = findings.size();
  }
  return cost;
}

void print(const assay::Method& method, const char* call, const Cost& cost) {
  fmt::print("{:<20} {:<8} {:>8.2f} ms {:>4} findings {}\n", method.name(), call, cost.ms,
             cost.findings, cost.digest.substr(0, 12));
}

int fail(const assay::Error& error) {
  fmt::print(stderr, "{}\n", error.message);
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: method_times SCENARIO [RUNS]\n");
    return 2;
  }
  std::ifstream file(argv[1]);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const int runs = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  const auto scenario = assay::sim::parse_scenario(text, argv[1]);
  if (!scenario.ok()) return fail(scenario.error());
  const auto run = assay::sim::run_scenario(*scenario, {});
  if (!run.ok()) return fail(run.error());
  assay::FurtherRecords further;
  further.has_mail_log = further.has_flows = further.has_mailbox = true;
  const auto each = [&](const assay::QuestionRecords& records,
                        const assay::MethodContext& context) {
    fmt::print("# {}: {} look-ups, {} other records\n", records.vantage, records.rows.size(),
               context.others->rows.size());
    const std::vector<assay::QuestionRecords> vantages = {records};
    for (const assay::Method* method : assay::all_methods()) {
      print(*method, "run", measure(runs, [&] { return method->run(records, context); }));
      print(*method, "compare", measure(runs, [&] { return method->compare(vantages, context); }));
    }
  };
  const auto done = look_at_run(*scenario, *run, assay::DeclaredCoverage::as_it_was, each, further);
  return done.ok() ? 0 : fail(done.error());
}
