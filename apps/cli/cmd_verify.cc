// assay verify
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "command.h"
#include "outcomes.h"
#include "text.h"

namespace assay::cli {
namespace {

// The chain may be anybody's, and values are copied by recursion: what lies deeper than any line of
// assay's is left out. Verifying has refused such a line by then.
Json parse_line(const std::string& text) {
  constexpr int kMaxLevels = 64;
  return Json::parse(
      text, [](int level, Json::parse_event_t, Json&) { return level <= kMaxLevels; }, false);
}

// One line of custody.jsonl. `sha256` is what the next line calls `prev`; of the last one, the case
// hash: so it is worth as much as the chain, which verify has checked.
struct ChainLine {
  std::string type, sha256, subject;
};

std::vector<ChainLine> read_chain(const std::string& directory, const std::string& case_hash) {
  std::ifstream file(directory + "/custody.jsonl", std::ios::binary);
  std::vector<ChainLine> chain;
  for (std::string text; std::getline(file, text);) {
    const Json json = parse_line(text);
    const auto word = [](const Json& object, const char* key) {
      const bool is_text = object.is_object() && object.contains(key) && object.at(key).is_string();
      return is_text ? object.at(key).get<std::string>() : std::string();
    };
    if (!chain.empty()) chain.back().sha256 = word(json, "prev");
    const Json payload = json.is_object() ? json.value("payload", Json()) : Json();
    std::string subject = word(payload, "id");
    if (subject.empty()) subject = word(payload, "path");
    chain.push_back({safe(word(json, "type")), "", safe(subject)});
  }
  if (!chain.empty()) chain.back().sha256 = case_hash;
  return chain;
}

// Lines that are named one by one as added since.
constexpr std::size_t kMaxNamed = 20;

// Where in the chain the hash of --expect stands, and what came after it.
struct Expected {
  std::size_t line = 0;  // 1, 2, ...; 0: nowhere
  std::string type;
  std::vector<std::string> since;
  std::size_t lines = 0;

  std::string words() const {
    std::string text = fmt::format("expected hash: line {} of {} ({}); it covers lines 1 to {}",
                                   line, lines, type, line);
    if (since.empty()) return text + ", which is all\n";
    text += fmt::format("\nadded since:   {}", fmt::join(since, "\n               "));
    if (line + since.size() < lines) {
      text += fmt::format("\n               and {} more", lines - line - since.size());
    }
    return text + "\n";
  }
};

// A hash that was cut or mistyped says nothing about the case.
Status check_hash(std::string& hash) {
  std::transform(hash.begin(), hash.end(), hash.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  const bool is_hex = hash.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_hex && hash.size() == 64) return {};
  return Error{ErrorCode::usage,
               fmt::format("--expect {}: not a case hash{}", safe(hash),
                           is_hex ? fmt::format(", it has {} digits", hash.size()) : ""),
               "a case hash is a SHA-256: 64 hex digits"};
}

Expected find_expected(const std::vector<ChainLine>& chain, const std::string& hash) {
  Expected expected;
  expected.lines = chain.size();
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const ChainLine& line = chain[i];
    if (expected.line != 0) {
      if (expected.since.size() == kMaxNamed) break;
      expected.since.push_back(fmt::format("line {} {} {}", i + 1, line.type, line.subject));
    } else if (line.sha256 == hash) {
      expected.line = i + 1;
      expected.type = line.type;
    }
  }
  return expected;
}

// The number of the last `examined` line, 0 when there is none.
std::size_t examined_line(const std::vector<ChainLine>& chain) {
  for (std::size_t i = chain.size(); i > 0; --i) {
    if (chain[i - 1].type == "examined") return i;
  }
  return 0;
}

std::size_t count_unsealed(const Case& opened) {
  const auto& all = opened.evidences();
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](const Evidence& one) { return one.sha256.empty(); }));
}

Json document_of(const std::string& directory, const VerifyReport& report, std::size_t unsealed,
                 const std::vector<ChainLine>& chain, const std::optional<Expected>& expected) {
  Json problems = Json::array();
  for (const VerifyProblem& problem : report.problems) {
    problems.push_back({{"where", safe(problem.where)}, {"what", safe(problem.what)}});
  }
  Json document = {{"case", directory}, {"case_hash", report.case_hash}};
  if (const std::size_t line = examined_line(chain)) {
    document["case_hash_when_examined"] = chain[line - 1].sha256;
  }
  document.update(Json{{"holds", report.problems.empty()},
                       {"custody_lines", report.custody_lines},
                       {"evidences_checked", report.evidences_checked},
                       {"evidences_not_sealed", unsealed},
                       {"findings_recomputed", report.findings_recomputed},
                       {"problems", problems}});
  if (expected && expected->line != 0) {
    document["expected"] = {{"line", expected->line},
                            {"type", expected->type},
                            {"lines_since", expected->lines - expected->line},
                            {"since", expected->since}};
  }
  return document;
}

// Nothing is wrong but that the examination is older than what a command of assay did since.
bool is_only_outdated(const VerifyReport& report) {
  const auto is_outdated = [](const VerifyProblem& problem) {
    return problem.what.starts_with("was changed by a command of assay since the examination") ||
           problem.what.starts_with("was added or read after the last examination") ||
           problem.what.starts_with("not computed again: case.toml is not the one");
  };
  const auto is_commands = [](const VerifyProblem& problem) {
    return !problem.what.starts_with("not computed again");
  };
  const auto& problems = report.problems;
  return std::all_of(problems.begin(), problems.end(), is_outdated) &&
         std::any_of(problems.begin(), problems.end(), is_commands);
}

std::string heading_of(const VerifyReport& report) {
  if (report.problems.empty()) return "the case holds";
  if (is_only_outdated(report)) {
    return "the case was changed by commands of assay since it was examined";
  }
  return "THE CASE DOES NOT HOLD, " + counted(report.problems.size(), "problem");
}

void print_report(Session& session, const VerifyReport& report, const std::vector<ChainLine>& chain,
                  const std::optional<Expected>& expected) {
  for (const VerifyProblem& problem : report.problems) {
    session.print(fmt::format("{}: {}\n", safe(problem.where), safe(problem.what)));
  }
  session.print(
      fmt::format("{}: {} checked, {} in the custody chain, {} computed again\ncase hash {}\n",
                  heading_of(report), counted(report.evidences_checked, "file"),
                  counted(report.custody_lines, "line"),
                  counted(report.findings_recomputed, "finding"), report.case_hash));
  if (const std::size_t line = examined_line(chain)) {
    session.print(fmt::format("case hash when examined {} (line {} of {})\n",
                              chain[line - 1].sha256, line, chain.size()));
  }
  if (expected && expected->line != 0) session.print(expected->words());
}

}  // namespace

Job declare_verify(CLI::App& app) {
  struct Options {
    std::string directory;
    std::optional<std::string> expected;
    bool skips_findings = false;
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option("--expect", options->expected,
                 "a case hash that was written down elsewhere: now, when examined, or earlier");
  app.add_flag("--hashes-only", options->skips_findings, "do not compute the findings again");
  return [options](Session& session) -> Result<int> {
    if (options->expected) ASSAY_TRY(check_hash(*options->expected));
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    auto report = opened->verify(!options->skips_findings);
    session.show_remarks(*opened);
    if (!report.ok()) return report.error();
    tell_unread(session, *opened);
    const std::size_t unsealed = count_unsealed(*opened);
    if (unsealed > 0) {
      session.say(
          fmt::format("note: {} not sealed, not checked",
                      unsealed == 1 ? "1 evidence is" : counted(unsealed, "evidence") + " are"));
    }
    const auto chain = read_chain(options->directory, report->case_hash);
    std::optional<Expected> expected;
    if (options->expected) {
      expected = find_expected(chain, *options->expected);
      if (expected->line == 0) {
        report->problems.push_back(
            {"case hash", fmt::format("is {}; no line of the custody chain has the expected {}",
                                      report->case_hash, safe(*options->expected))});
      }
    }
    if (session.wants_json) {
      session.print_json(document_of(options->directory, *report, unsealed, chain, expected));
    } else {
      print_report(session, *report, chain, expected);
    }
    return report->problems.empty() ? kDone : kCheckFailed;
  };
}

}  // namespace assay::cli
