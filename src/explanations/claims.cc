// One line a kind of claim, and what the kinds share.
#include "explanations/claims.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "explanations/weigh.h"

namespace assay {
namespace claims {
namespace {

struct Kind {
  std::string_view name;
  ClaimAnswer (*answer)(const Context&);
};

constexpr auto kAnswerers = std::to_array<Kind>({
    {"count", answer_count},
    {"share", answer_share},
    {"rate", answer_rate},
    {"exclusive", answer_exclusive},
    {"only_types", answer_only_types},
    {"acts_as_one", answer_acts_as_one},
    {"order", answer_order},
    {"coincides_with", answer_coincides_with},
    {"active_in_office_hours", answer_active_in_office_hours},
    {"automated", answer_automated},
    {"not_automated", answer_not_automated},
    {"period", answer_period},
    {"no_contact", answer_no_contact},
    {"no_mail", answer_no_mail},
    {"no_payment", answer_no_payment},
    {"consistent", answer_consistent},
    {"accepts_only", answer_accepts_only},
    {"unused_since", answer_unused_since},
    {"registered_to", answer_registered_to},
    {"controlled_by", answer_controlled_by},
});

int rank_of(Answer answer, Combine rule) {
  // Best first. Where one counter-example is enough, a contradiction goes before everything.
  switch (answer) {
    case Answer::supported:
      return 1;
    case Answer::supported_only_within_these_files:
      return 2;
    case Answer::contradicted:
      return rule == Combine::any_contradicts ? 0 : 3;
    case Answer::not_testable:
      return 4;
  }
  return 4;
}

}  // namespace

std::string_view Context::field(std::string_view name) const {
  const auto found = claim.fields.find(std::string(name));
  return found == claim.fields.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> Context::list(std::string_view name) const {
  if (const auto found = claim.lists.find(std::string(name)); found != claim.lists.end()) {
    return found->second;
  }
  const std::string_view alone = field(name);
  return alone.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::string(alone)};
}

std::vector<std::string> Context::parties() const {
  std::vector<std::string> parties = list("parties");
  if (parties.empty()) parties = list("party");
  return parties;
}

ClaimAnswer answered(const Context& context, Answer answer, Words words,
                     std::vector<std::string> findings) {
  ClaimAnswer result;
  result.claim = context.claim.id;
  result.answer = answer;
  result.in_short = std::move(words.in_short);
  result.statement = std::move(words.statement);
  for (const std::string& finding : findings) cite(result, finding);
  return result;
}

ClaimAnswer not_testable(const Context& context, std::string reason,
                         std::vector<std::string> would_test) {
  std::string in_short = reason;
  if (in_short.ends_with('.')) in_short.pop_back();
  ClaimAnswer result =
      answered(context, Answer::not_testable, {std::move(in_short), std::move(reason)}, {});
  result.would_test = std::move(would_test);
  return result;
}

void cite(ClaimAnswer& answer, const std::string& finding) {
  if (std::find(answer.findings.begin(), answer.findings.end(), finding) == answer.findings.end()) {
    answer.findings.push_back(finding);
  }
}

std::vector<std::string> vantages(const Context& context) {
  std::vector<std::string> found;
  const std::string_view wanted = context.field("vantage");
  for (const Finding& finding : context.findings.all()) {
    if (!wanted.empty() && finding.vantage != wanted) continue;
    if (std::find(found.begin(), found.end(), finding.vantage) == found.end()) {
      found.push_back(finding.vantage);
    }
  }
  // Records that are no look-ups are measured at no vantage, and what compares several at none of
  // them; no answer is told of a vantage that nobody stated.
  for (const char* none : {"", "all", "across"}) {
    if (found.size() > 1) std::erase(found, none);
  }
  return found;
}

const Finding* find(const Context& context, std::string_view method, std::string_view subject,
                    std::string_view vantage, std::string_view variant) {
  for (const Finding& finding : context.findings.all()) {
    if (finding.method != method || finding.subject != subject || finding.vantage != vantage) {
      continue;
    }
    if (variant.empty() || finding.id.ends_with(fmt::format("/{}", variant))) return &finding;
  }
  return nullptr;
}

bool is_declared_complete(const Context& context, std::string_view vantage) {
  return are_lookups_declared_complete(context.findings, vantage);
}

bool shows_every_asker(const Context& context, std::string_view vantage) {
  return vantage == "authoritative" && is_declared_complete(context, vantage);
}

std::string window_objection(const Context& context, const Interval& measured) {
  const std::string_view text = context.field("window");
  if (text.empty()) return "";
  const Result<Interval> wanted = parse_interval(text);
  if (!wanted.ok()) return fmt::format("The window '{}' is not understood.", text);
  if (*wanted == measured) return "";
  return fmt::format(
      "The claim speaks of {}, and the question's findings are over {}: ask a question with the "
      "claim's window.",
      format_interval(*wanted), format_interval(measured));
}

ClaimAnswer over_vantages(const Context& context, Combine rule,
                          const std::function<ClaimAnswer(std::string_view vantage)>& at_one) {
  const std::vector<std::string> all = vantages(context);
  if (all.empty()) {
    const std::string_view wanted = context.field("vantage");
    return not_testable(context,
                        wanted.empty()
                            ? "No finding of this question speaks to it."
                            : fmt::format("No finding was measured at the vantage '{}'.", wanted),
                        {kFullerRecord});
  }
  std::vector<ClaimAnswer> answers;
  for (const std::string& vantage : all) answers.push_back(at_one(vantage));
  if (answers.size() == 1) return answers.front();

  const auto best = std::min_element(answers.begin(), answers.end(),
                                     [&](const ClaimAnswer& a, const ClaimAnswer& b) {
                                       return rank_of(a.answer, rule) < rank_of(b.answer, rule);
                                     });
  ClaimAnswer joined = *best;
  joined.statement.clear();
  joined.findings.clear();
  bool is_contradicted_somewhere = false;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const ClaimAnswer& one = answers[i];
    is_contradicted_somewhere |= one.answer == Answer::contradicted;
    if (one.answer == Answer::not_testable && joined.answer != Answer::not_testable) continue;
    joined.statement += fmt::format("{}At the vantage '{}': {}",
                                    joined.statement.empty() ? "" : " ", all[i], one.statement);
    for (const std::string& finding : one.findings) cite(joined, finding);
  }
  joined.in_short += fmt::format(" (vantage '{}')", all[best - answers.begin()]);
  if (joined.answer == Answer::supported && is_contradicted_somewhere) {
    joined.answer = Answer::supported_only_within_these_files;
  }
  return joined;
}

std::string number_text(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  std::size_t point = std::min(text.find('.'), text.size());
  while (point > first + 3) {
    point -= 3;
    text.insert(point, ",");
  }
  return text;
}

// Two decimals, or 99.52 % would be printed as the 99.5 % that it is held against.
std::string percent_text(double share) { return number_text(100 * share, 2) + " %"; }

}  // namespace claims

std::vector<ClaimAnswer> answer_claims(const Question& question, const CaseFile& case_file,
                                       const FindingSet& findings) {
  std::vector<ClaimAnswer> answers;
  for (const Claim& claim : case_file.claims) {
    const bool is_ours = claim.question == question.id;
    // A claim of no question belongs to the only one; with several it still gets an answer, once.
    const bool is_nobodys = claim.question.empty() && !case_file.questions.empty() &&
                            case_file.questions.front().id == question.id;
    if (!is_ours && !is_nobodys) continue;
    const claims::Context context{claim, question, case_file, findings};
    if (is_nobodys && case_file.questions.size() > 1 && claim.kind != "consistent") {
      answers.push_back(claims::not_testable(
          context, "The claim does not say which of the case's questions it belongs to."));
      continue;
    }
    const auto kind =
        std::find_if(claims::kAnswerers.begin(), claims::kAnswerers.end(),
                     [&](const claims::Kind& candidate) { return candidate.name == claim.kind; });
    ClaimAnswer answer =
        kind == claims::kAnswerers.end()
            ? claims::not_testable(context, fmt::format("No claim of the kind '{}' can be answered "
                                                        "in this version.",
                                                        claim.kind))
            : kind->answer(context);
    claims::say_whose_logs(context, answer);
    claims::say_sources(context, answer);
    claims::say_basis(context, answer);
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace assay
