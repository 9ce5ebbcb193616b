// direct_records: what records of other kinds than look-ups tell of dealings between the parties of
// a question: flows, sessions, mail transfers, messages and payments, for each ordered pair.
#include <fmt/core.h>

#include <algorithm>

#include "methods/registry.h"
#include "methods/support/direct_pairs.h"
#include "methods/support/direct_report.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostParties = 10;  // 90 ordered pairs
constexpr RecordKind kDirectKinds[] = {RecordKind::flow, RecordKind::service, RecordKind::mail,
                                       RecordKind::message, RecordKind::payment};

std::vector<int> parties_of(const MethodContext& context) {
  std::vector<int> parties;
  const auto& all = context.case_file->parties;
  for (const std::string& name : context.question->between) {
    for (std::size_t p = 0; p < all.size() && parties.size() < kMostParties; ++p) {
      if (all[p].name == name) parties.push_back(static_cast<int>(p));
    }
  }
  return parties;
}

bool tells_of(const MethodContext& context, RecordKind kind) {
  return context.all_evidences != nullptr &&
         std::any_of(context.all_evidences->begin(), context.all_evidences->end(),
                     [&](const Evidence& evidence) { return evidence.tells_of(kind_word(kind)); });
}

class DirectRecords : public Method {
 public:
  std::string_view name() const override { return "direct_records"; }
  std::string_view version() const override { return "9"; }
  std::string_view summary() const override {
    return "flows, sessions, mail, messages and payments between the parties, by direction";
  }

  // Rows of other kinds belong to no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }

  std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                               const MethodContext& context) const override {
    std::vector<Finding> findings;
    const std::vector<int> parties = parties_of(context);
    const DirectSurvey survey(
        context, parties, vantages.empty() ? nullptr : &vantages.front().losses,
        time_of_lookups(vantages), {std::begin(kDirectKinds), std::end(kDirectKinds)});
    for (const RecordKind kind : kDirectKinds) {
      // Logs of mail tell ids and answers as well.
      const bool is_told = tells_of(context, kind) ||
                           (kind == RecordKind::message && tells_of(context, RecordKind::mail));
      if (context.others == nullptr || !is_told) continue;
      for (const int from : parties) {
        for (const int to : parties) {
          if (from != to) findings.push_back(measure(survey, {from, to}, kind, context));
        }
      }
    }
    if (findings.empty()) findings.push_back(nothing(survey, context));
    if (context.question->between.size() > kMostParties) {
      findings.front().limitations.push_back(
          fmt::format("The question names more than {} parties; the pairs of the others were not "
                      "counted.",
                      kMostParties));
    }
    return findings;
  }

 private:
  Finding start(const DirectSurvey& survey, const MethodContext& context, std::string_view subject,
                std::string_view variant) const {
    QuestionRecords about;  // of no vantage
    about.vantage = kDirectVantage;
    about.window = survey.window();
    Finding finding = make_finding(*this, about, context, subject, variant);
    finding.dedup_rule = "raw rows";
    return finding;
  }

  Finding measure(const DirectSurvey& survey, const PartyPair& pair, RecordKind kind,
                  const MethodContext& context) const {
    const auto& parties = context.case_file->parties;
    const std::string& from = parties[static_cast<std::size_t>(pair.from)].name;
    const std::string& to = parties[static_cast<std::size_t>(pair.to)].name;
    Finding finding = start(survey, context, fmt::format("{}>{}", from, to), kind_word(kind));
    finding.parameters["from"] = from;
    finding.parameters["to"] = to;
    finding.parameters["kind"] = kind_word(kind);
    fill_in(survey, pair, kind, finding);
    return finding;
  }

  Finding nothing(const DirectSurvey& survey, const MethodContext& context) const {
    Finding finding = start(survey, context, "", "");
    finding.outcome = Outcome::not_applicable;
    finding.denominator = "of no record of these kinds";
    finding.selection = seal_others(context, {}, "flows, sessions, mail, messages and payments");
    finding.statement =
        "The case holds no flow, session, mail, message or payment record, so nothing but look-ups "
        "speaks of the parties: flow records at either edge, or the mail logs of either side, are "
        "needed.";
    return finding;
  }
};

}  // namespace

const Method& direct_records_method() {
  static const DirectRecords kMethod;
  return kMethod;
}

}  // namespace assay::methods
