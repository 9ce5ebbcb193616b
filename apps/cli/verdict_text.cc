#include "verdict_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "text.h"

namespace assay::cli {
namespace {

constexpr std::size_t kMissingShown = 3;
constexpr std::size_t kWidth = 96;
constexpr std::size_t kIndent = 14;

std::string capitals_aside(std::string_view text) {
  std::string low(text);
  for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return low;
}

std::string code_and_title(const std::string& name) {
  const Explanation* explanation = find_explanation(name);
  if (explanation == nullptr) return name;
  return fmt::format("{} {}", explanation->code(), explanation->title());
}

// The causes by title; what only shapes or records by its code, which the report spells out.
std::string survivors(const std::vector<std::string>& names, Length length) {
  std::vector<std::string> causes, codes;
  for (const std::string& name : names) {
    const Explanation* explanation = find_explanation(name);
    const bool is_cause = explanation == nullptr || explanation->role() == ExplanationRole::cause;
    if (is_cause || length == Length::everything) {
      causes.push_back(code_and_title(name));
    } else {
      codes.emplace_back(explanation->code());
    }
  }
  std::string text = causes.empty() ? "no cause" : fmt::format("{}", fmt::join(causes, "; "));
  if (!codes.empty()) text += fmt::format("; besides {}", fmt::join(codes, " "));
  return text;
}

std::string excluded(const std::vector<std::string>& names) {
  std::vector<std::string> words;
  for (const std::string& name : names) words.push_back(code_and_title(name));
  return words.empty() ? "none" : fmt::format("{}", fmt::join(words, "; "));
}

// Cut at a blank to fit one line.
std::string clipped(std::string_view text, std::size_t room) {
  if (text.size() <= room) return std::string(text);
  const std::size_t cut = text.rfind(' ', room - 4);
  return std::string(text.substr(0, cut == std::string_view::npos ? room - 4 : cut)) + " ...";
}

void field(std::string& text, std::string_view name, std::string_view words) {
  const std::string body = wrapped(words, std::string(kIndent, ' '), kWidth);
  text += fmt::format("  {:<{}}{}", name, kIndent - 2,
                      std::string_view(body).substr(std::min(kIndent, body.size())));
}

void add_claims(std::string& text, const Verdict& verdict, Length length) {
  for (const ClaimAnswer& claim : verdict.claims) {
    std::string words = fmt::format("{}: {}: {}", safe(claim.claim), to_string(claim.answer),
                                    safe(claim.statement));
    std::replace(words.begin(), words.end(), '_', ' ');
    if (length == Length::dozen_lines) words = clipped(words, kWidth - kIndent);
    field(text, "claim", words);
  }
}

}  // namespace

std::string verdict_text(const Session& session, const QuestionResult& result, Length length) {
  const Verdict& verdict = result.verdict;
  const std::string parties = fmt::format("{}", fmt::join(result.question.between, " and "));
  std::string text = fmt::format("{}  {}\n", session.bold(safe(verdict.question)),
                                 result.question.text.empty()
                                     ? "Did the servers of " + safe(parties) + " communicate?"
                                     : safe(result.question.text));
  field(text, "rung",
        fmt::format("{} of 6: {}", static_cast<int>(verdict.rung), describe(verdict.rung)));
  std::string statement = safe(verdict.statement);
  const std::string_view conclusion = to_string(verdict.conclusion);
  if (!capitals_aside(statement).starts_with(conclusion)) {
    statement = fmt::format("{}: {}", conclusion, statement);
  }
  field(text, "verdict", statement);
  field(text, "survive", survivors(verdict.surviving, length));
  field(text, "excluded", excluded(verdict.excluded));
  for (std::size_t i = 0; i < std::min(kMissingShown, verdict.missing.size()); ++i) {
    field(text, i == 0 ? "missing" : "", safe(verdict.missing[i].text));
  }
  add_claims(text, verdict, length);
  return text;
}

Json verdict_json(const ExamineOutcome& outcome) {
  Json verdicts = Json::array();
  for (const QuestionResult& result : outcome.questions) {
    verdicts.push_back(Json::parse(verdict_to_json(result.verdict), nullptr, false));
  }
  return {{"case_hash", outcome.case_hash}, {"verdicts", verdicts}};
}

}  // namespace assay::cli
