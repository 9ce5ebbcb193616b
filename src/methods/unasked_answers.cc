// unasked_answers: rows about the question's names that show no look-up, above all answers to a
// party whose query nobody saw. They are counted here and nowhere else.

#include <fmt/core.h>

#include "methods/registry.h"
#include "methods/support/askers.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

struct Kinds {
  double answers = 0, multicast = 0, other_opcode = 0;
};

Kinds kinds_of(const QuestionRecords& records, const RowIndices& rows) {
  Kinds kinds;
  for (const std::uint32_t index : rows) {
    const std::uint32_t flags = records.rows[index].flags;
    if ((flags & kMulticast) != 0) {
      ++kinds.multicast;
    } else if (opcode_of(flags) != 0) {
      ++kinds.other_opcode;
    } else {
      ++kinds.answers;
    }
  }
  return kinds;
}

Finding measure(const QuestionRecords& others, const MethodContext& context,
                std::string_view subject, const RowIndices& rows) {
  Finding finding = make_finding(unasked_answers_method(), others, context, subject);
  const std::string who = who_text(subject);
  finding.dedup_rule = kRawRows;
  finding.selection =
      seal(others, rows,
           fmt::format("rows of {} for {} that show no look-up", who, target_text(others)));
  const Kinds kinds = kinds_of(others, rows);
  finding.denominator =
      fmt::format("of {} of {} for {} that show no look-up",
                  plural(static_cast<double>(rows.size()), "row"), who, target_text(others));
  add(finding, "answers_without_query", kinds.answers, "rows");
  add(finding, "multicast", kinds.multicast, "rows");
  add(finding, "other_opcode", kinds.other_opcode, "rows");
  finding.limitations.emplace_back(
      "A sensor that sees one direction alone, or one that lost packets, makes answers without a "
      "query too. These rows count as no look-up in any other number.");
  finding.outcome = rows.empty() ? Outcome::nothing_found : Outcome::found;
  if (rows.empty()) {
    finding.statement = fmt::format("Every row of {} for {} {} shows a query.", who,
                                    target_text(others), window_text(others.window));
    return finding;
  }
  finding.statement = fmt::format(
      "{} to {} for {} {} {} no query beside {}: whoever forges a source address makes such "
      "answers fall on somebody who asked nothing. They count as no look-up.{}",
      plural(kinds.answers, "answer"), who, target_text(others), window_text(others.window),
      kinds.answers == 1 ? "has" : "have", kinds.answers == 1 ? "it" : "them",
      kinds.multicast + kinds.other_opcode > 0
          ? fmt::format(" Neither do {} by multicast and {} of another opcode.",
                        plural(kinds.multicast, "row"), plural(kinds.other_opcode, "row"))
          : "");
  return finding;
}

class UnaskedAnswers : public Method {
 public:
  std::string_view name() const override { return "unasked_answers"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "answers without a query, and other rows that show no look-up";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    QuestionRecords others;
    others.vantage = records.vantage;
    others.evidences = records.evidences;
    others.window = records.window;
    others.window_is_stated = records.window_is_stated;
    others.hosts = records.hosts;
    others.names = records.names;
    others.rows = records.no_lookups;
    const Askers askers = split_by_asker(others, context);
    std::vector<Finding> findings{measure(others, context, "", askers.all)};
    for (const AskerGroup* group : askers.groups()) {
      if (!group->rows.empty()) {
        findings.push_back(measure(others, context, group->subject, group->rows));
      }
    }
    return findings;
  }
};

}  // namespace

const Method& unasked_answers_method() {
  static const UnaskedAnswers kMethod;
  return kMethod;
}

}  // namespace assay::methods
