#include "verdict_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "text.h"

namespace assay::cli {
namespace {

constexpr std::size_t kMissingShown = 3;
constexpr std::size_t kWidth = 96;
constexpr std::size_t kMostIdWidth = 24;

std::string capitals_aside(std::string_view text) {
  std::string low(text);
  for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return low;
}

// Doubt about the rows themselves has to be settled first, whatever else survives.
std::string code_and_doubt(const Verdict& verdict, const Explanation& explanation) {
  for (const Assessment& assessment : verdict.assessments) {
    if (assessment.explanation == explanation.name() && explanation.name() == "edited_log" &&
        assessment.support >= Support::moderate) {
      return fmt::format("{} ({} support)", explanation.code(), to_string(assessment.support));
    }
  }
  return std::string(explanation.code());
}

// The causes by title; what only shapes or records by its code, which the report spells out.
std::string survivors(const Verdict& verdict, Length length) {
  std::vector<std::string> causes, codes;
  for (const std::string& name : verdict.surviving) {
    const Explanation* explanation = find_explanation(name);
    const bool is_cause = explanation == nullptr || explanation->role() == ExplanationRole::cause;
    if (is_cause || length == Length::everything) {
      causes.push_back(code_and_title(name));
    } else {
      codes.push_back(code_and_doubt(verdict, *explanation));
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

std::string_view word_of(Answer answer) {
  return answer == Answer::supported_only_within_these_files ? "in these files"
         : answer == Answer::not_testable                    ? "not testable"
                                                             : to_string(answer);
}

void add_claims(std::string& text, const Verdict& verdict) {
  std::size_t width = 0;
  for (const ClaimAnswer& claim : verdict.claims) {
    width = std::max(width, std::min(kMostIdWidth, safe(claim.claim).size()));
  }
  for (const ClaimAnswer& claim : verdict.claims) {
    field(text, fmt::format("{:<{}}  {}", safe(claim.claim), width, word_of(claim.answer)),
          safe(claim.in_short), width + std::string_view("  in these files  ").size() + 2);
  }
}

void add_whole_claims(std::string& text, const Verdict& verdict) {
  for (const ClaimAnswer& claim : verdict.claims) {
    std::string word(to_string(claim.answer));
    std::replace(word.begin(), word.end(), '_', ' ');
    field(text, "claim", fmt::format("{}: {}: {}", safe(claim.claim), word, safe(claim.statement)));
    for (const Table& table : claim.tables) {
      std::string name = table.name;
      std::replace(name.begin(), name.end(), '_', ' ');
      for (const std::string& label : table.row_labels) {
        field(text, "", fmt::format("{}: {}", name, safe(label)));
      }
    }
  }
}

void add_whole_verdict(std::string& text, const Verdict& verdict) {
  field(text, "rung",
        fmt::format("{} of 6: {}", static_cast<int>(verdict.rung), describe(verdict.rung)));
  std::string statement = safe(verdict.statement);
  const std::string_view conclusion = to_string(verdict.conclusion);
  if (!capitals_aside(statement).starts_with(conclusion)) {
    statement = fmt::format("{}: {}", conclusion, statement);
  }
  field(text, "verdict", statement);
  field(text, "survive", survivors(verdict, Length::everything));
  field(text, "excluded", excluded(verdict.excluded));
  for (std::size_t i = 0; i < std::min(kMissingShown, verdict.missing.size()); ++i) {
    field(text, i == 0 ? "missing" : "", safe(verdict.missing[i].text));
  }
  add_whole_claims(text, verdict);
}

}  // namespace

std::string code_and_title(const std::string& name) {
  const Explanation* explanation = find_explanation(name);
  if (explanation == nullptr) return name;
  return fmt::format("{} {}", explanation->code(), explanation->title());
}

void field(std::string& text, std::string_view name, std::string_view words, std::size_t width) {
  const std::string body = wrapped(words, std::string(width, ' '), kWidth);
  text += fmt::format("  {:<{}}{}", name, width - 2,
                      std::string_view(body).substr(std::min(width, body.size())));
}

std::string verdict_text(const Session& session, const QuestionResult& result, Length length) {
  const Verdict& verdict = result.verdict;
  const std::string parties = fmt::format("{}", fmt::join(result.question.between, " and "));
  std::string text = fmt::format("{}  {}\n", session.bold(safe(verdict.question)),
                                 result.question.text.empty()
                                     ? "Did the servers of " + safe(parties) + " communicate?"
                                     : safe(result.question.text));
  if (length == Length::everything) {
    add_whole_verdict(text, verdict);
    return text;
  }
  field(text, "verdict",
        verdict.rung == Rung::nothing
            ? fmt::format("rung 0 of 6. {}", safe(verdict.statement))
            : fmt::format("{}; rung {} of 6: {}", to_string(verdict.conclusion),
                          static_cast<int>(verdict.rung), describe(verdict.rung)));
  if (length == Length::two_lines) return text;
  field(text, "survive", survivors(verdict, length));
  if (!verdict.excluded.empty()) field(text, "excluded", excluded(verdict.excluded));
  if (verdict.rung != Rung::nothing && !verdict.missing.empty()) {
    field(text, "missing", safe(verdict.missing.front().text));
  }
  add_claims(text, verdict);
  return text;
}

Json verdict_json(const ExamineOutcome& outcome) {
  Json verdicts = Json::array();
  for (const QuestionResult& result : outcome.questions) {
    verdicts.push_back(Json::parse(verdict_to_json(result.verdict), nullptr, false));
  }
  return {{"case_hash_when_examined", outcome.case_hash}, {"verdicts", verdicts}};
}

}  // namespace assay::cli
