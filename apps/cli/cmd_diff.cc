// assay diff
#include <fmt/core.h>

#include "command.h"
#include "difference_text.h"

namespace assay::cli {
namespace {

struct DiffOptions {
  std::string before, after, output;
  bool is_long = false;
};

Status check_target_name(const std::string& path) {
  if (path.empty() || path.ends_with(".html") || path.ends_with(".json")) return {};
  return Error{ErrorCode::usage, "the difference is written as HTML or as JSON",
               "name it FILE.html or FILE.json"};
}

Result<int> run_diff(const DiffOptions& options, Session& session) {
  end_on_signals();
  ASSAY_TRY(check_target_name(options.output));
  auto before = session.open(options.before);
  if (!before.ok()) return before.error();
  auto after = session.open(options.after);
  if (!after.ok()) return after.error();
  const auto old = before->model();
  if (!old.ok()) return old.error();
  const auto now = after->model();
  if (!now.ok()) return now.error();
  if (!options.output.empty()) ASSAY_TRY(after->render_difference(*before, options.output));
  if (session.wants_json) {
    Json document = Json::parse(difference_to_json(*old, *now), nullptr, false);
    if (!options.output.empty()) document["written"] = options.output;
    session.print_json(document);
    return kDone;
  }
  const Difference difference = difference_between(*old, *now);
  if (difference.is_same_case_later) {
    session.say(fmt::format("{} is {} later: its custody chain holds that examination",
                            options.after, options.before));
  } else if (old->case_hash != now->case_hash) {
    session.say("two cases: neither chain holds the other's examination");
  }
  session.print(difference_text(session, difference,
                                options.is_long ? Length::everything : Length::dozen_lines));
  if (!options.output.empty()) session.print(options.output + "\n");
  return kDone;
}

}  // namespace

Job declare_diff(CLI::App& app) {
  auto options = std::make_shared<DiffOptions>();
  app.add_option("BEFORE", options->before, "folder of the case as it was examined first")
      ->required();
  app.add_option("AFTER", options->after, "folder of the case as it was examined later")
      ->required();
  app.add_option("-o,--output", options->output,
                 "FILE.html: a page with both matrices. FILE.json: what --json prints");
  app.add_flag("-l,--long", options->is_long, "every finding, sign and answer that changed");
  return [options](Session& session) { return run_diff(*options, session); };
}

}  // namespace assay::cli
