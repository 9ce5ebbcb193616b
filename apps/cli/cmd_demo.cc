// assay demo
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>

#include "command.h"
#include "difference_text.h"
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

// The case of one chapter, with what the program says of it.
struct Chapter {
  Case made;
  ExamineOutcome outcome;
  Json files;
};

using Maker = std::function<Result<Case>(const std::function<void(const AddOutcome&)>& each)>;

Result<Chapter> run_chapter(const std::string& directory, const Maker& make, Session& session) {
  Json files = Json::array();
  const auto each = [&](const AddOutcome& outcome) {
    const Evidence& evidence = outcome.evidence;
    session.say(fmt::format("{:<8} {:<16} {:>9}  {}", evidence.id, evidence.format,
                            number(evidence.rows()), safe(evidence.name)));
    files.push_back(
        {{"id", evidence.id}, {"name", safe(evidence.name)}, {"records", evidence.rows()}});
  };
  auto made = make(each);
  if (!made.ok()) return made.error();
  if (files.empty()) {
    session.say(
        fmt::format("{} holds more than the demo by now: it is examined as it is", directory));
  }
  auto outcome = made->examine();
  if (!outcome.ok()) return outcome.error();
  return Chapter{std::move(*made), std::move(*outcome), std::move(files)};
}

Status write_reports(const std::string& directory, Case& of) {
  ASSAY_TRY(of.render("html", directory + "/report.html"));
  return of.render("json", directory + "/report.json");
}

void tell_first(const Chapter& first, const std::string& directory, Session& session) {
  session.say("");
  for (const QuestionResult& result : first.outcome.questions) {
    // Nothing was claimed of the lab's records: they show the same rung with the causes known.
    session.print(verdict_text(
        session, result, result.verdict.claims.empty() ? Length::two_lines : Length::dozen_lines));
  }
  session.print(fmt::format("  report      {}\n", directory + "/report.html"));
  session.say("case hash when examined " + first.outcome.case_hash);
}

// In DIRECTORY-later, so that both can be looked at and compared.
Result<int> run_sequel(Chapter& first, const std::string& directory, Json document,
                       Session& session) {
  const std::string later = directory + "-later";
  session.say("\nSecond chapter: the mail log of Bank's gateway is handed over.");
  auto second = run_chapter(
      later,
      [&](const auto& each) {
        return make_demo_sequel(first.made, later, demo_folder(), session.surroundings(), each);
      },
      session);
  if (!second.ok()) return second.error();
  const auto old = first.made.model();
  if (!old.ok()) return old.error();
  const auto now = second->made.model();
  if (!now.ok()) return now.error();
  const std::string page = later + "/difference.html";
  ASSAY_TRY(write_reports(later, second->made));
  ASSAY_TRY(second->made.render_difference(first.made, page));
  if (session.wants_json) {
    Json sequel = verdict_json(second->outcome);
    sequel["case"] = later;
    sequel["case_hash"] = second->made.case_hash();
    sequel["files"] = second->files;
    sequel["report"] = later + "/report.html";
    sequel["difference"] = Json::parse(difference_to_json(*old, *now), nullptr, false);
    document["later"] = std::move(sequel);
    session.print_json(document);
    return kDone;
  }
  session.say("");
  session.print(difference_text(session, difference_between(*old, *now), Length::dozen_lines));
  session.print(fmt::format("  difference  {}\n", page));
  session.say("case hash when examined " + second->outcome.case_hash);
  session.suggest(fmt::format("assay diff {} {} --long", directory, later));
  return kDone;
}

Result<int> run_demo(const std::string& directory, Session& session) {
  auto first = run_chapter(
      directory,
      [&](const auto& each) {
        return make_demo_case(directory, demo_folder(), session.surroundings(), each);
      },
      session);
  if (!first.ok()) return first.error();
  ASSAY_TRY(write_reports(directory, first->made));
  Json document;
  if (session.wants_json) {
    document = verdict_json(first->outcome);
    document["case"] = directory;
    document["case_hash"] = first->made.case_hash();
    document["files"] = first->files;
    document["report"] = directory + "/report.html";
  } else {
    tell_first(*first, directory, session);
  }
  // What somebody went on with is theirs: no second chapter is made of it.
  if (!first->files.empty()) return run_sequel(*first, directory, std::move(document), session);
  if (session.wants_json) session.print_json(document);
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
