// assay ask
#include <fmt/core.h>

#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

struct AskOptions {
  std::string directory, id, window, text;
  std::vector<std::string> between, names;
};

Result<int> run_ask(const AskOptions& options, Session& session) {
  auto opened = session.open(options.directory);
  if (!opened.ok()) return opened.error();
  Question question;
  question.id = options.id;
  question.between = options.between;
  question.text = options.text;
  for (const std::string& word : options.names) {
    auto pattern = NamePattern::parse(word);
    if (!pattern.ok()) return pattern.error();
    question.names.push_back(std::move(*pattern));
  }
  if (!options.window.empty()) {
    auto window = parse_interval(options.window);
    if (!window.ok()) return window.error();
    question.window = *window;
  }
  if (Status status = opened->ask(question); !status.ok()) return status.error();
  const auto file = opened->case_file();
  if (!file.ok()) return file.error();
  const std::string id = file->questions.back().id;
  if (session.wants_json) {
    session.print_json(
        {{"case", options.directory}, {"case_hash", opened->case_hash()}, {"question", id}});
  } else {
    session.say(fmt::format("asked as {}", safe(id)));
  }
  session.suggest(fmt::format("assay examine {}", options.directory));
  return kDone;
}

}  // namespace

Job declare_ask(CLI::App& app) {
  auto options = std::make_shared<AskOptions>();
  case_argument(app, options->directory);
  app.add_option("--between,--and", options->between, "two parties or more")
      ->required()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--names", options->names,
                 "the names looked up; all that the parties hold when left out")
      ->delimiter(',')
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--window", options->window, "A/B; the span of the evidence when left out");
  app.add_option("--text", options->text, "the question in your own words");
  app.add_option("--id", options->id, "how it is to be called (q1, q2, ...)");
  return [options](Session& session) { return run_ask(*options, session); };
}

}  // namespace assay::cli
