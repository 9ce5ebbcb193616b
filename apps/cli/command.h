// One command of the program. commands.cc lists them all; help, completion and docs/cli.md are made
// from that table.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string_view>
#include <vector>

#include "session.h"

namespace assay::cli {

enum Exit : int {
  kDone = 0,         // an inconclusive verdict is done, too
  kCheckFailed = 1,  // verify, --expect
  kUsage = 2,
  kCannot = 3,  // read or write
  kTooManyRejects = 4,
  kInternal = 70,
  kInterrupted = 130,  // and resumable
};

// Runs once the options have been parsed.
using Job = std::function<Result<int>(Session&)>;

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;  // stand first in its help
  Job (*declare)(CLI::App& app);
};

const std::vector<Command>& all_commands();

// A table whose first row names the columns; with --json, a list of objects under `name`.
Result<int> print_table(Session& session, const std::string& name,
                        const std::vector<std::vector<Json>>& rows);

Job declare_init(CLI::App& app);
Job declare_add(CLI::App& app);
Job declare_read(CLI::App& app);
Job declare_collect(CLI::App& app);
Job declare_evidence(CLI::App& app);
Job declare_verify(CLI::App& app);
Job declare_party(CLI::App& app);
Job declare_ask(CLI::App& app);
Job declare_claim(CLI::App& app);
Job declare_examine(CLI::App& app);
Job declare_report(CLI::App& app);
Job declare_diff(CLI::App& app);
Job declare_show(CLI::App& app);
Job declare_count(CLI::App& app);
Job declare_sql(CLI::App& app);
Job declare_export(CLI::App& app);
Job declare_rejects(CLI::App& app);
Job declare_mail(CLI::App& app);
Job declare_who(CLI::App& app);
Job declare_formats(CLI::App& app);
Job declare_sniff(CLI::App& app);
Job declare_methods(CLI::App& app);
Job declare_explanations(CLI::App& app);
Job declare_demo(CLI::App& app);
Job declare_simulate(CLI::App& app);
Job declare_causes(CLI::App& app);
Job declare_calibrate(CLI::App& app);
Job declare_completion(CLI::App& app);
Job declare_version(CLI::App& app);

// Declares the CASE argument.
void case_argument(CLI::App& app, std::string& into);

}  // namespace assay::cli
