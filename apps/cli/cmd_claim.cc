// assay claim
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

struct ClaimOptions {
  std::string directory, action, kind, id, quote, source, question;
  std::map<std::string, std::vector<std::string>> fields;
};

bool is_list(std::string_view field) {
  return field == "parties" || field == "types" || field == "figures" || field == "addresses" ||
         field == "events" || field == "zones";
}

// The figures in one argument, parted by commas; the comma of "2,820" parts none, since what
// follows it is no figure.
std::vector<std::string> parted_figures(const std::vector<std::string>& arguments) {
  std::vector<std::string> figures;
  for (const std::string& argument : arguments) {
    bool is_first = true;
    for (std::size_t begin = 0; begin <= argument.size();) {
      const std::size_t end = std::min(argument.find(',', begin), argument.size());
      const std::string piece = argument.substr(begin, end - begin);
      const bool is_figure =
          piece.find(" count ") != std::string::npos || piece.find(" share ") != std::string::npos;
      if (is_first || is_figure) {
        figures.push_back(piece.substr(std::min(piece.find_first_not_of(' '), piece.size())));
      } else {
        figures.back() += "," + piece;
      }
      is_first = false;
      begin = end + 1;
    }
  }
  return figures;
}

std::string kinds_help() {
  std::string text = "KIND is one of:\n";
  for (const ClaimKind& kind : claim_kinds()) {
    std::string fields;
    for (const std::string_view field : kind.required) fields += fmt::format(" --{}", field);
    for (const std::string_view field : kind.optional) fields += fmt::format(" [--{}]", field);
    text += fmt::format("  {:<12} {}\n              {}\n", kind.name, kind.summary, fields);
  }
  return text;
}

// "party Bank, value 87 %": two claims without a quotation differ in nothing else.
std::string fields_of(const Claim& claim) {
  std::string text;
  for (const auto& [field, value] : claim.fields) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", field, safe(value));
  }
  for (const auto& [field, values] : claim.lists) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", field);
    for (const std::string& value : values) text += fmt::format(" '{}'", safe(value));
  }
  return text;
}

Result<int> list_claims(const ClaimOptions& options, const Case& opened, Session& session) {
  const auto file = opened.case_file();
  if (!file.ok()) return file.error();
  Json array = Json::array();
  for (const Claim& claim : file->claims) {
    array.push_back({{"id", claim.id},
                     {"kind", claim.kind},
                     {"quote", claim.quote},
                     {"source", claim.source},
                     {"question", claim.question},
                     {"fields", claim.fields},
                     {"lists", claim.lists}});
    if (session.wants_json) continue;
    session.print(
        fmt::format("{}  {}: {}\n", session.bold(safe(claim.id)), claim.kind, fields_of(claim)));
    if (claim.quote.empty() && claim.source.empty()) continue;
    session.print(fmt::format("    {}{}\n",
                              claim.quote.empty() ? "(no quotation)" : safe(claim.quote),
                              claim.source.empty() ? "" : " (" + safe(claim.source) + ")"));
  }
  if (session.wants_json) session.print_json({{"case", options.directory}, {"claims", array}});
  return kDone;
}

Result<int> run_claim(const ClaimOptions& options, Session& session) {
  auto opened = session.open(options.directory);
  if (!opened.ok()) return opened.error();
  if (options.action == "list") return list_claims(options, *opened, session);
  if (options.kind.empty()) {
    return Error{ErrorCode::usage, "assay claim CASE add needs the kind of the claim",
                 "see the kinds with: assay claim --help"};
  }
  Claim claim;
  claim.id = options.id;
  claim.kind = options.kind;
  claim.quote = options.quote;
  claim.source = options.source;
  claim.question = options.question;
  for (const auto& [field, values] : options.fields) {
    if (values.empty()) continue;
    if (field == "figures") {
      claim.lists[field] = parted_figures(values);
    } else if (is_list(field)) {
      claim.lists[field] = values;
    } else {
      claim.fields[field] = values.back();
    }
  }
  if (Status status = opened->add_claim(claim); !status.ok()) return status.error();
  const auto file = opened->case_file();
  if (!file.ok()) return file.error();
  const std::string id = file->claims.back().id;
  if (session.wants_json) {
    session.print_json(
        {{"case", options.directory}, {"case_hash", opened->case_hash()}, {"claim", id}});
  } else {
    session.say(fmt::format("stated as {}", safe(id)));
  }
  session.suggest(fmt::format("assay examine {}", options.directory));
  return kDone;
}

}  // namespace

Job declare_claim(CLI::App& app) {
  auto options = std::make_shared<ClaimOptions>();
  case_argument(app, options->directory);
  app.add_option("ACTION", options->action, "add or list")
      ->required()
      ->check(CLI::IsMember({"add", "list"}));
  app.add_option("KIND", options->kind, "kind of the claim; see below");
  app.add_option("--quote", options->quote, "what was said, word for word");
  app.add_option("--source", options->source, "who said it, where");
  app.add_option("--question", options->question, "id of the question it belongs to");
  app.add_option("--id", options->id, "how it is to be called (c1, c2, ...)");
  std::set<std::string> fields;
  for (const ClaimKind& kind : claim_kinds()) {
    fields.insert(kind.required.begin(), kind.required.end());
    fields.insert(kind.optional.begin(), kind.optional.end());
  }
  for (const std::string& field : fields) {
    auto* option = app.add_option("--" + field, options->fields[field], "field of a claim");
    if (field == "figures") {
      option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    } else if (is_list(field)) {
      option->delimiter(',')->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    } else {
      option->expected(1);
    }
  }
  app.footer(kinds_help());
  return [options](Session& session) { return run_claim(*options, session); };
}

}  // namespace assay::cli
