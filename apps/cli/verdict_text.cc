#include "verdict_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "text.h"

namespace assay::cli {
namespace {

constexpr std::size_t kMissingShown = 3;

std::string titles(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  std::vector<std::string> words;
  for (const std::string& name : names) {
    const Explanation* explanation = find_explanation(name);
    words.emplace_back(explanation != nullptr
                           ? fmt::format("{} ({})", explanation->title(), explanation->code())
                           : name);
  }
  return fmt::format("{}", fmt::join(words, "; "));
}

void field(std::string& text, std::string_view name, std::string_view words) {
  const std::string body = wrapped(words, "             ");
  text += fmt::format("  {:<11}{}", name, body.substr(std::min<std::size_t>(13, body.size())));
}

}  // namespace

std::string verdict_text(const Session& session, const QuestionResult& result) {
  const Verdict& verdict = result.verdict;
  std::string text = fmt::format(
      "{}  {}\n", session.bold(safe(verdict.question)),
      result.question.text.empty()
          ? fmt::format("did the servers of {} communicate?",
                        safe(fmt::format("{}", fmt::join(result.question.between, " and "))))
          : safe(result.question.text));
  field(text, "rung",
        fmt::format("{} of 6: {}", static_cast<int>(verdict.rung), describe(verdict.rung)));
  if (!verdict.rung_statement.empty()) field(text, "", safe(verdict.rung_statement));
  field(text, "verdict",
        fmt::format("{}: {}", to_string(verdict.conclusion), safe(verdict.statement)));
  field(text, "survive", titles(verdict.surviving));
  field(text, "excluded", titles(verdict.excluded));
  for (std::size_t i = 0; i < std::min(kMissingShown, verdict.missing.size()); ++i) {
    field(text, i == 0 ? "missing" : "", safe(verdict.missing[i].text));
  }
  for (const ClaimAnswer& claim : verdict.claims) {
    field(text, "claim " + safe(claim.claim),
          fmt::format("{}: {}", to_string(claim.answer), safe(claim.statement)));
  }
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
