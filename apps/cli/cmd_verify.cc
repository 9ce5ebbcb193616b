// assay verify
#include <fmt/format.h>

#include "command.h"
#include "text.h"

namespace assay::cli {

Job declare_verify(CLI::App& app) {
  struct Options {
    std::string directory, expected;
    bool skips_findings = false;
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option("--expect", options->expected, "the case hash that was written down elsewhere");
  app.add_flag("--hashes-only", options->skips_findings, "do not compute the findings again");
  return [options](Session& session) -> Result<int> {
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    auto report = opened->verify(!options->skips_findings);
    if (!report.ok()) return report.error();
    if (!options->expected.empty() && options->expected != report->case_hash) {
      report->problems.push_back({"case hash", fmt::format("is {} where {} was expected",
                                                           report->case_hash, options->expected)});
    }
    if (session.wants_json) {
      Json problems = Json::array();
      for (const VerifyProblem& problem : report->problems) {
        problems.push_back({{"where", safe(problem.where)}, {"what", safe(problem.what)}});
      }
      session.print_json({{"case", options->directory},
                          {"case_hash", report->case_hash},
                          {"holds", report->problems.empty()},
                          {"custody_lines", report->custody_lines},
                          {"evidences_checked", report->evidences_checked},
                          {"findings_recomputed", report->findings_recomputed},
                          {"problems", problems}});
    } else {
      for (const VerifyProblem& problem : report->problems) {
        session.print(fmt::format("{}: {}\n", safe(problem.where), safe(problem.what)));
      }
      session.print(fmt::format(
          "{}: {} checked, {} in the custody chain, {} computed again\ncase hash {}\n",
          report->problems.empty()
              ? "the case holds"
              : "THE CASE DOES NOT HOLD, " + counted(report->problems.size(), "problem"),
          counted(report->evidences_checked, "file"), counted(report->custody_lines, "line"),
          counted(report->findings_recomputed, "finding"), report->case_hash));
    }
    return report->problems.empty() ? kDone : kCheckFailed;
  };
}

}  // namespace assay::cli
