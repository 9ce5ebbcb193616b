// type_profile: which query types were asked, and whether the files hold anything else at all.

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "methods/registry.h"
#include "methods/support/askers.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

// Types whose presence or absence means something to an explanation (RFC 1035, RFC 3596).
constexpr std::uint16_t kA = 1;
constexpr std::uint16_t kPtr = 12;
constexpr std::uint16_t kMx = 15;
constexpr std::uint16_t kTxt = 16;
constexpr std::uint16_t kAaaa = 28;

using Types = std::map<std::uint16_t, double>;

Types count_types(const QuestionRecords& records, const RowIndices& rows) {
  Types types;
  for (const std::uint32_t index : rows) types[records.rows[index].qtype] += 1;
  return types;
}

double count_of(const Types& types, std::uint16_t qtype) {
  const auto found = types.find(qtype);
  return found == types.end() ? 0.0 : found->second;
}

void add_types(const Types& types, double told, Finding& finding) {
  add(finding, "types", static_cast<double>(types.size() - types.count(kNoQtype)), "types");
  add(finding, "share_A", told > 0 ? count_of(types, kA) / told : 0.0, "",
      told > 0 ? std::optional(clopper_pearson(count_of(types, kA), told)) : std::nullopt,
      "95 % Clopper-Pearson, if every row were independent");
  double named = count_of(types, kNoQtype);
  for (const std::uint16_t qtype : {kA, kAaaa, kMx, kTxt, kPtr}) {
    add(finding, "rows_" + qtype_text(qtype), count_of(types, qtype), "rows");
    named += count_of(types, qtype);
  }
  double all = 0;
  Table table{"types", {"rows"}, {}, {}};
  std::vector<std::pair<double, std::uint16_t>> by_count;
  for (const auto& [qtype, count] : types) {
    all += count;
    by_count.emplace_back(-count, qtype);
  }
  add(finding, "rows_other_types", all - named, "rows");
  std::sort(by_count.begin(), by_count.end());
  std::string words;
  for (const auto& [negative, qtype] : by_count) {
    const std::string text = qtype == kNoQtype ? "not told" : qtype_text(qtype);
    table.row_labels.push_back(text);
    table.rows.push_back({-negative});
    words += fmt::format("{}{}:{:.0f}", words.empty() ? "" : " ", text, -negative);
  }
  finding.parameters["types"] = words;
  finding.tables.push_back(std::move(table));
}

// What else the same evidences hold: a file of one name and one type may be an export by filter.
void add_foreign(const QuestionRecords& records, Finding& finding) {
  double foreign = 0;
  for (const BackgroundHour& hour : records.background) {
    foreign += static_cast<double>(hour.other_rows);
  }
  add(finding, "foreign_rows", foreign, "rows");
  const bool is_filtered =
      std::any_of(records.evidences.begin(), records.evidences.end(), [](const Evidence* evidence) {
        return evidence->coverage.completeness == Completeness::filtered;
      });
  add(finding, "declared_filtered", is_filtered ? 1 : 0);
  finding.limitations.emplace_back(
      foreign == 0
          ? "These files hold nothing but the names of the question, so they were selected by "
            "name; "
            "whether also by type cannot be seen from inside."
          : fmt::format("These files hold {} about other names; this method does not see their "
                        "types.",
                        plural(foreign, "row")));
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, const RowIndices& rows) {
  Finding finding = make_finding(type_profile_method(), records, context, subject);
  const std::string who = who_text(subject);
  finding.dedup_rule = kRawRows;
  finding.selection =
      seal(records, rows, fmt::format("rows of {} for {}", who, target_text(records)));
  const Types types = count_types(records, rows);
  const double n = static_cast<double>(rows.size());
  const double told = n - count_of(types, kNoQtype);
  finding.denominator =
      fmt::format("of {} of {} for {}", plural(n, "row"), who, target_text(records));
  add(finding, "rows", n, "rows");
  if (subject.empty()) add_foreign(records, finding);
  finding.limitations.emplace_back(
      "A query is seen only where its own zone is served: PTR, block-list and envelope-domain "
      "look-ups go to other servers, and their absence here says nothing.");
  if (rows.empty()) {
    finding.outcome = Outcome::nothing_found;
    finding.statement = fmt::format("No row of {} for {} {}, so no type was asked.", who,
                                    target_text(records), window_text(records.window));
    return finding;
  }
  if (told == 0) {
    finding.outcome = Outcome::not_applicable;
    finding.statement = fmt::format("None of the {} of {} for {} tells its query type.",
                                    plural(n, "row"), who, target_text(records));
    return finding;
  }
  add_types(types, told, finding);
  const bool is_one = finding.value_or("types", 0) == 1;
  finding.outcome = is_one ? Outcome::found : Outcome::measured;
  std::string only;
  for (const auto& [qtype, count] : types) {
    if (is_one && qtype != kNoQtype) only = qtype_text(qtype);
  }
  if (is_one) finding.parameters["only_type"] = only;
  finding.statement =
      is_one ? fmt::format("All {} of {} for {} {} that tell a type ask for {}, counted as {}.",
                           plural(told, "row"), who, target_text(records),
                           window_text(records.window), only, kRawRows)
             : fmt::format(
                   "{} of {} of {} for {} {} ask for A ({}); {} types were asked: {}, "
                   "counted as {}.",
                   count_text(count_of(types, kA)), plural(told, "row"), who, target_text(records),
                   window_text(records.window), share_text(count_of(types, kA) / told),
                   count_text(finding.value_or("types", 0)), finding.parameters["types"], kRawRows);
  return finding;
}

class TypeProfile : public Method {
 public:
  std::string_view name() const override { return "type_profile"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "query types asked, and whether the files hold anything else";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings{measure(records, context, "", askers.all)};
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(measure(records, context, group->subject, group->rows));
    }
    return findings;
  }
};

}  // namespace

const Method& type_profile_method() {
  static const TypeProfile kMethod;
  return kMethod;
}

}  // namespace assay::methods
