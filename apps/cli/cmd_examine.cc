// assay examine, assay report
#include <fmt/core.h>

#include <filesystem>

#include "command.h"
#include "outcomes.h"
#include "verdict_text.h"

namespace assay::cli {
namespace {

// A report is sealed, so that it is a file. A pipe would be read for ever, and what a link is
// called
// (/dev/stdout) would be replaced.
Status check_output(const std::string& path) {
  std::error_code problem;
  const auto status = std::filesystem::symlink_status(path, problem);
  const bool is_file = !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
  if (path != "-" && is_file) return {};
  return Error{ErrorCode::usage, fmt::format("-o {}: a report is written to a file", path),
               "name one: -o report.html; for another program: -o report.json, then read that"};
}

}  // namespace

Job declare_examine(CLI::App& app) {
  auto directory = std::make_shared<std::string>();
  auto is_long = std::make_shared<bool>(false);
  case_argument(app, *directory);
  app.add_flag("-l,--long", *is_long, "every sentence whole");
  return [directory, is_long](Session& session) -> Result<int> {
    end_on_signals();
    auto opened = session.open(*directory);
    if (!opened.ok()) return opened.error();
    tell_unread(session, *opened);
    tell_beside_coverage(session, *opened);
    auto outcome = opened->examine();
    if (!outcome.ok()) return outcome.error();
    if (session.wants_json) {
      Json document = verdict_json(*outcome);
      document["case_hash"] = opened->case_hash();
      session.print_json(document);
      return kDone;
    }
    for (const QuestionResult& result : outcome->questions) {
      session.print(
          verdict_text(session, result, *is_long ? Length::everything : Length::dozen_lines));
    }
    session.say("case hash when examined " + outcome->case_hash);
    session.suggest(fmt::format("assay report {} -o report.html", *directory));
    return kDone;
  };
}

Job declare_report(CLI::App& app) {
  struct Options {
    std::string directory, output;
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option(
      "-o,--output", options->output,
      "FILE.html (CASE/report.html); the JSON goes beside it. FILE.json: the JSON alone");
  return [options](Session& session) -> Result<int> {
    end_on_signals();
    if (Status status = check_output(options->output); !status.ok()) return status.error();
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    std::string page =
        options->output.empty() ? options->directory + "/report.html" : options->output;
    std::string data;
    if (page.ends_with(".json")) {
      data.swap(page);
    } else {
      data = (page.ends_with(".html") ? page.substr(0, page.size() - 5) : page) + ".json";
    }
    Json files = Json::array();
    for (const auto& [writer, path] : {std::pair("html", page), std::pair("json", data)}) {
      if (path.empty()) continue;
      if (Status status = opened->render(writer, path); !status.ok()) return status.error();
      files.push_back(path);
      if (!session.wants_json) session.print(path + "\n");
    }
    if (session.wants_json) {
      session.print_json(
          {{"case", options->directory}, {"case_hash", opened->case_hash()}, {"files", files}});
    }
    session.say("case hash " + opened->case_hash());
    session.suggest(fmt::format("assay verify {}", options->directory));
    return kDone;
  };
}

}  // namespace assay::cli
