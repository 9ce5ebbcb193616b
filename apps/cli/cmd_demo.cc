// assay demo
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>

#include "command.h"
#include "outcomes.h"
#include "text.h"
#include "verdict_text.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

// Beside an installed program, else in the source tree that it was built from.
std::string demo_folder() {
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  const fs::path installed = program.parent_path() / "../share/assay/demo";
  if (fs::is_directory(installed, problem)) return installed.lexically_normal().string();
  return ASSAY_DEMO_FOLDER;
}

Result<int> run_demo(const std::string& directory, Session& session) {
  Json files = Json::array();
  const auto each = [&](const AddOutcome& outcome) {
    const Evidence& evidence = outcome.evidence;
    session.say(fmt::format("{:<8} {:<16} {:>9}  {}", evidence.id, evidence.format,
                            number(evidence.rows()), safe(evidence.name)));
    files.push_back(
        {{"id", evidence.id}, {"name", safe(evidence.name)}, {"records", evidence.rows()}});
  };
  auto made = make_demo_case(directory, demo_folder(), session.surroundings(), each);
  if (!made.ok()) return made.error();
  if (files.empty()) {
    session.say(
        fmt::format("{} holds more than the demo by now: it is examined as it is", directory));
  }
  auto outcome = made->examine();
  if (!outcome.ok()) return outcome.error();
  const std::string page = directory + "/report.html";
  for (const auto& [writer, path] :
       {std::pair("html", page), std::pair("json", directory + "/report.json")}) {
    if (Status status = made->render(writer, path); !status.ok()) return status.error();
  }
  if (session.wants_json) {
    Json document = verdict_json(*outcome);
    document["case"] = directory;
    document["case_hash"] = made->case_hash();
    document["files"] = files;
    document["report"] = page;
    session.print_json(document);
    return kDone;
  }
  session.say("");
  for (const QuestionResult& result : outcome->questions) {
    // Nothing was claimed of the lab's records: they show the same rung with the causes known.
    session.print(verdict_text(
        session, result, result.verdict.claims.empty() ? Length::two_lines : Length::dozen_lines));
  }
  session.print(fmt::format("  report      {}\n", page));
  session.say("case hash when examined " + outcome->case_hash);
  session.suggest(fmt::format("assay verify {}", directory));
  return kDone;
}

}  // namespace

Job declare_demo(CLI::App& app) {
  auto directory = std::make_shared<std::string>("assay-demo");
  app.add_option("CASE", *directory, "folder to make, or to make again (assay-demo)");
  return [directory](Session& session) { return run_demo(*directory, session); };
}

}  // namespace assay::cli
