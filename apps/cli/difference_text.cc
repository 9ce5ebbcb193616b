#include "difference_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "text.h"

namespace assay::cli {
namespace {

constexpr std::size_t kSignsShown = 4;
constexpr std::size_t kRecordsShown = 3;

std::string words_of(std::string_view word) {
  std::string words(word);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string joined(const std::vector<std::string>& parts, const char* between = ", ") {
  std::vector<std::string> shown;
  for (const std::string& part : parts) shown.push_back(safe(part));
  return fmt::format("{}", fmt::join(shown, between));
}

std::string rung_of(const Verdict& verdict) {
  return fmt::format("{} of 6: {}", static_cast<int>(verdict.rung), describe(verdict.rung));
}

// What stands below the rung that was reached is no news.
std::string without_lower_rungs(std::string statement) {
  const std::size_t below = statement.find(" Below it: ");
  if (below != std::string::npos) statement.resize(below);
  return statement;
}

void add_verdicts(std::string& text, const QuestionDifference& question) {
  if (question.before == nullptr || question.after == nullptr) {
    const Verdict& verdict =
        (question.after != nullptr ? question.after : question.before)->verdict;
    field(text, "asked", question.after != nullptr ? "in the later case alone" : "not any more");
    field(text, "rung", rung_of(verdict));
    return;
  }
  const Verdict &was = question.before->verdict, &is = question.after->verdict;
  if (was.rung == is.rung) {
    field(text, "rung", rung_of(is) + ", as before");
  } else {
    field(text, "rung", fmt::format("{} of 6, now {}", static_cast<int>(was.rung), rung_of(is)));
    field(text, "because",
          fmt::format("{} [{}]", without_lower_rungs(safe(is.rung_statement)),
                      joined(is.rung_findings)));
  }
  field(text, "verdict",
        was.conclusion == is.conclusion
            ? fmt::format("{}, as before", to_string(is.conclusion))
            : fmt::format("{}, now {}", to_string(was.conclusion), to_string(is.conclusion)));
}

void add_findings(std::string& text, const QuestionDifference& question, Length length) {
  if (question.findings.empty()) return;
  std::map<Change, std::size_t> counts;
  std::map<std::string, std::size_t> methods;
  for (const FindingChange& change : question.findings) {
    ++counts[change.change];
    ++methods[change.method];
  }
  std::vector<std::string> parts, by_method;
  for (const auto& [change, count] : counts) {
    parts.push_back(fmt::format("{} {}", number(count), to_string(change)));
  }
  for (const auto& [method, count] : methods) {
    by_method.push_back(fmt::format("{} {}", method, number(count)));
  }
  field(text, "findings", joined(parts) + " (" + joined(by_method) + ")");
  if (length != Length::everything) return;
  for (const FindingChange& change : question.findings) {
    const std::string what = change.what.empty() ? "" : " (" + joined(change.what) + ")";
    field(text, "",
          fmt::format("{} {}{}: {}", safe(change.id), to_string(change.change), what,
                      safe(change.statement)));
  }
}

std::string sign_text(const BearingChange& sign) {
  const auto words = [](const std::optional<Direction>& direction) {
    return direction ? words_of(to_string(*direction)) : std::string("no sign");
  };
  const std::string turn = !sign.before
                               ? words(sign.after) + " (new)"
                               : fmt::format("{}, was {}", words(sign.after), words(sign.before));
  return fmt::format("{}: {} [{}]", turn, safe(sign.reason), safe(sign.finding));
}

bool leans(const BearingChange& sign) {
  return sign.before.value_or(Direction::neutral) != Direction::neutral ||
         sign.after.value_or(Direction::neutral) != Direction::neutral;
}

void add_explanation(std::string& text, const ExplanationChange& change, Length length) {
  field(text, "",
        change.has_moved()
            ? fmt::format("{}: {}, now {}", code_and_title(change.explanation), change.before,
                          change.after)
            : fmt::format("{}: {}, as before", code_and_title(change.explanation), change.after));
  if (change.exclusions.empty()) field(text, "", safe(change.why), 16);
  if (!change.exclusions.empty()) {
    field(text, "", fmt::format("  {} [{}]", safe(change.why), joined(change.exclusions)), 16);
  }
  std::size_t shown = 0, left = 0;
  for (const BearingChange& sign : change.bearings) {
    const bool is_shown = length == Length::everything || (leans(sign) && shown < kSignsShown);
    if (!is_shown) {
      ++left;
      continue;
    }
    ++shown;
    field(text, "", sign_text(sign), 16);
  }
  if (left > 0) {
    field(text, "", fmt::format("and {} (--long)", counted(left, "more sign")), 16);
  }
}

void add_explanations(std::string& text, const QuestionDifference& question, Length length) {
  const std::size_t begin = text.size();
  std::size_t quiet = 0;
  for (const ExplanationChange& change : question.explanations) {
    const bool is_told = length == Length::everything || change.has_moved() ||
                         std::any_of(change.bearings.begin(), change.bearings.end(), leans);
    if (is_told) {
      add_explanation(text, change, length);
    } else {
      ++quiet;
    }
  }
  if (quiet > 0) {
    field(text, "",
          fmt::format("{}: new or other signs, all neutral; their standing is as before",
                      counted(quiet, "other explanation")));
  }
  if (text.size() > begin) text.replace(begin + 2, 8, "standing");
}

std::string_view answer_word(const std::optional<Answer>& answer) {
  return answer ? to_string(*answer) : "not claimed";
}

void add_answers(std::string& text, const QuestionDifference& question, Length length) {
  const std::size_t begin = text.size();
  std::size_t quiet = 0;
  for (const ClaimChange& change : question.claims) {
    if (!change.has_moved() && length != Length::everything) {
      ++quiet;
      continue;
    }
    const std::string turn =
        change.has_moved() ? fmt::format("{}, now {}", words_of(answer_word(change.before)),
                                         words_of(answer_word(change.after)))
                           : fmt::format("{}, as before", words_of(answer_word(change.after)));
    field(
        text, "",
        fmt::format("{}: {}: {}{}", safe(change.claim), turn, safe(change.short_after),
                    change.findings.empty() ? "" : fmt::format(" [{}]", joined(change.findings))));
  }
  if (quiet > 0) {
    field(
        text, "",
        fmt::format("{} as before, in other words or by other findings", counted(quiet, "answer")));
  }
  if (text.size() > begin) text.replace(begin + 2, 6, "claims");
}

std::string missing_text(const MissingChange& change) {
  if (change.place_after == 0) {
    return fmt::format("no longer: {} (was {}.)", safe(change.text), change.place_before);
  }
  const std::string was = change.place_before == 0 ? "new"
                          : change.place_before == change.place_after
                              ? "as before"
                              : fmt::format("was {}.", change.place_before);
  return fmt::format("{}. {} ({})", change.place_after, safe(change.text), was);
}

void add_missing(std::string& text, const QuestionDifference& question, Length length) {
  bool is_first = true;
  for (const MissingChange& change : question.missing) {
    const bool has_come_or_gone = change.place_after == 0 || change.place_before == 0;
    const bool is_top = change.place_after != 0 && change.place_after <= kRecordsShown;
    if (length != Length::everything && !is_top && !has_come_or_gone) continue;
    field(text, is_first ? "missing" : "", missing_text(change));
    is_first = false;
  }
}

bool has_changed(const QuestionDifference& question) {
  return question.is_verdict_changed || !question.findings.empty() ||
         !question.explanations.empty() || !question.claims.empty();
}

}  // namespace

std::string difference_text(const Session& session, const Difference& difference, Length length) {
  std::string text;
  if (difference.is_nothing()) {
    return "nothing changed: evidence, statements, findings and verdicts are the same\n";
  }
  for (const std::string& stated : difference.stated) field(text, "stated", safe(stated));
  for (const EvidenceChange& change : difference.evidences) {
    field(text, to_string(change.change),
          fmt::format("{}: {}", safe(change.id), safe(change.text)));
  }
  if (difference.evidences.empty()) field(text, "evidence", "the same");
  for (const QuestionDifference& question : difference.questions) {
    const Question& asked =
        (question.after != nullptr ? question.after : question.before)->question;
    text += fmt::format("{}  {}\n", session.bold(safe(asked.id)), safe(asked.text));
    if (!has_changed(question)) {
      field(text, "", "nothing changed");
      continue;
    }
    add_verdicts(text, question);
    add_findings(text, question, length);
    add_explanations(text, question, length);
    add_answers(text, question, length);
    add_missing(text, question, length);
  }
  return text;
}

}  // namespace assay::cli
