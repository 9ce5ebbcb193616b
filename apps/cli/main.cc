// The program `assay`: parses, runs one command, turns its error into words and an exit code.
#include <fmt/core.h>

#include <cstdio>
#include <cstring>

#include "command.h"

namespace assay::cli {
namespace {

int exit_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return kUsage;
    case ErrorCode::check_failed:
      return kCheckFailed;
    case ErrorCode::interrupted:
      return kInterrupted;
    case ErrorCode::internal:
      return kInternal;
    default:
      return kCannot;
  }
}

std::string_view word_of(ErrorCode code) {
  constexpr std::string_view kWords[] = {"usage",        "not_found",   "io",
                                         "malformed",    "locked",      "unsupported",
                                         "check_failed", "interrupted", "internal"};
  return kWords[static_cast<int>(code)];
}

int report(Session& session, const Error& error) {
  session.clear_progress();
  if (session.wants_json) {
    session.print_json(
        {{"error",
          {{"code", word_of(error.code)}, {"message", error.message}, {"mend", error.mend}}}});
  }
  session.finish();
  std::fputs(fmt::format("assay: {}\n", error.message).c_str(), stderr);
  if (!error.mend.empty()) std::fputs(fmt::format("       {}\n", error.mend).c_str(), stderr);
  return exit_of(error.code);
}

std::string command_list() {
  std::string text = "usage: assay COMMAND [ARGUMENTS]\n\n";
  for (const Command& command : all_commands()) {
    text += fmt::format("  {:<13}{}\n", command.name, command.summary);
  }
  return text +
         "\n`assay COMMAND --help` says more; every command takes --json.\n"
         "Start with: assay demo\n";
}

std::string help_of(const Command& command, const CLI::App& app) {
  std::string examples = "  " + std::string(command.examples) + "\n";
  for (std::size_t at = 0; (at = examples.find("\nassay", at)) != std::string::npos; at += 3) {
    examples.insert(at + 1, "  ");
  }
  return fmt::format("assay {}: {}\n\n{}\n{}", command.name, command.summary, examples,
                     app.help("assay " + std::string(command.name)));
}

int usage(std::string_view what, std::string_view mend) {
  std::fputs(fmt::format("assay: {}\n", what).c_str(), stderr);
  if (!mend.empty()) std::fputs(fmt::format("       {}\n", mend).c_str(), stderr);
  return kUsage;
}

// CLI11 says which argument was too much only in words.
int parse_failure(const Command& command, const CLI::App& app, const CLI::ParseError& problem) {
  std::string mend = fmt::format("assay {} --help", command.name);
  const std::string text = problem.what();
  const std::size_t dashes = text.find("--");
  if (dashes != std::string::npos &&
      problem.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    const std::string word = text.substr(dashes, text.find_first_of(" =", dashes) - dashes);
    if (const auto nearest = nearest_word(word, known)) {
      mend = fmt::format("did you mean {}?", *nearest);
    }
  }
  return usage(text, mend);
}

void declare_common(CLI::App& app, Session& session) {
  app.add_flag("--json", session.wants_json, "one JSON document on standard output");
  app.add_flag("-q,--quiet", session.is_quiet, "no talk on standard error");
  app.add_option("--store", session.store,
                 "record store: segments (when not told), memory or embedded")
      ->check(CLI::IsMember({"segments", "memory", "embedded"}));
  app.add_option("--actor", session.actor, "who does this, for the custody chain (login name)");
}

int run(const Command& command, int count, char** arguments) {
  Session session;
  session.command = command.name;
  CLI::App app{std::string(command.summary)};
  app.set_help_flag();
  bool wants_help = false;
  app.add_flag("-h,--help", wants_help, "this help");
  const Job job = command.declare(app);
  declare_common(app, session);
  for (int i = 2; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--") break;
    if (argument != "-h" && argument != "--help") continue;
    session.print(help_of(command, app));
    return session.finish() == 0 ? kDone : kCannot;
  }
  try {
    app.parse(count - 1, arguments + 1);
  } catch (const CLI::ParseError& problem) {
    return parse_failure(command, app, problem);
  }
  const Result<int> outcome = job(session);
  session.clear_progress();
  if (!outcome.ok()) return report(session, outcome.error());
  if (const int problem = session.finish(); problem != 0) {
    return report(session,
                  {ErrorCode::io,
                   fmt::format("cannot write to standard output: {}", std::strerror(problem)), ""});
  }
  return *outcome;
}

int main_inside(int count, char** arguments) {
  catch_signals();
  const std::string_view name = count > 1 ? arguments[1] : "";
  if (name.empty() || name == "help" || name == "--help" || name == "-h") {
    if (name == "help" && count > 2) {
      char help[] = "--help";
      char* forwarded[] = {arguments[0], arguments[2], help};
      return main_inside(3, forwarded);
    }
    std::fputs(command_list().c_str(), name.empty() ? stderr : stdout);
    return name.empty() ? kUsage : kDone;
  }
  const std::string_view wanted = name == "--version" || name == "-V" ? "version" : name;
  std::vector<std::string> known;
  for (const Command& command : all_commands()) {
    if (command.name == wanted) return run(command, count, arguments);
    known.emplace_back(command.name);
  }
  const auto nearest = nearest_word(name, known);
  return usage(fmt::format("there is no command '{}'", name),
               nearest ? fmt::format("did you mean: assay {}?", *nearest)
                       : "see all of them with: assay help");
}

}  // namespace
}  // namespace assay::cli

int main(int count, char** arguments) {
  try {
    return assay::cli::main_inside(count, arguments);
  } catch (const std::exception& problem) {
    std::fputs(fmt::format("assay: internal error: {}\n", problem.what()).c_str(), stderr);
    return assay::cli::kInternal;
  }
}
