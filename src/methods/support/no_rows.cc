#include "methods/support/no_rows.h"

#include <fmt/core.h>

#include "methods/support/measure.h"

namespace assay::methods {

Finding no_rows(const Method& method, const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, std::string dedup_rule, std::string_view of,
                std::string_view so) {
  Finding finding = make_finding(method, records, context, subject);
  finding.outcome = Outcome::not_enough;
  finding.dedup_rule = std::move(dedup_rule);
  finding.denominator = fmt::format("of no {}", of);
  finding.selection =
      seal(records, {},
           subject.empty() ? std::string("no rows") : fmt::format("rows of {}", who_text(subject)));
  const std::string who = subject.empty() ? std::string("No party asked")
                                          : fmt::format("No row of {} asks", who_text(subject));
  finding.statement = fmt::format("{} for {} {}, so {}.", who, target_text(records),
                                  window_text(records.window), so);
  return finding;
}

}  // namespace assay::methods
