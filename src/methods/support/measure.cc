#include "methods/support/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/support/seal.h"

namespace assay::methods {

Finding make_finding(const Method& method, const QuestionRecords& records,
                     const MethodContext& context, std::string_view subject,
                     std::string_view variant) {
  Finding finding;
  finding.id = fmt::format("{}/{}/{}/{}{}{}", context.question->id, records.vantage, method.name(),
                           subject.empty() ? "all" : subject, variant.empty() ? "" : "/", variant);
  finding.method = method.name();
  finding.method_version = method.version();
  finding.question = context.question->id;
  finding.vantage = records.vantage;
  finding.subject = subject;
  finding.window = records.window;
  if (records.could_be_rows > 0) {
    const auto count = static_cast<double>(records.could_be_rows);
    finding.limitations.push_back(fmt::format(
        "{} whose name the server printed with something left out could be for {}; {} not counted.",
        plural(count, "more look-up"), patterns_text(records), count == 1 ? "it is" : "they are"));
  }
  return finding;
}

void add(Finding& finding, std::string_view name, double value, std::string_view unit) {
  add(finding, name, value, unit, std::nullopt, {});
}

void add(Finding& finding, std::string_view name, double value, std::string_view unit,
         const std::optional<Range>& interval, std::string_view interval_method) {
  Quantity quantity;
  quantity.name = name;
  quantity.value = value;
  quantity.unit = unit;
  quantity.interval = interval;
  if (interval) quantity.interval_method = interval_method;
  finding.quantities.push_back(std::move(quantity));
}

const Evidence* evidence_of(const QuestionRecords& records, std::uint32_t number) {
  for (const Evidence* evidence : records.evidences) {
    if (evidence->number == number) return evidence;
  }
  return nullptr;
}

Selection seal(const QuestionRecords& records, const RowIndices& rows, std::string description) {
  SelectionSeal sealed(std::move(description), [&](std::uint32_t number) {
    const Evidence* evidence = evidence_of(records, number);
    return evidence ? evidence->id : std::string();
  });
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    sealed.add(row.evidence, row.offset, row.length);
  }
  return sealed.finish();
}

std::string count_text(double count) {
  std::string text = fmt::format("{:.0f}", count);
  const std::size_t digits_from = text.starts_with('-') ? 1 : 0;
  for (std::size_t at = text.size(); at > digits_from + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string share_text(double share) { return fmt::format("{:.1f} %", 100.0 * share); }

std::string share_text(const Range& range) {
  return fmt::format("{} to {}", share_text(range.first), share_text(range.second));
}

std::string number_text(double value) {
  if (std::fabs(value) >= 1000) return count_text(value);
  const double size = std::fabs(value);
  const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return fmt::format("{:.{}f}", value, decimals);
}

std::string probability_text(double p) {
  if (p < 1e-4) return "p < 0.0001";
  return fmt::format("p = {:.{}f}", p, p < 0.01 ? 4 : 3);
}

std::string duration_text(double seconds) {
  if (seconds < 10 && seconds != std::floor(seconds)) return fmt::format("{:.1f} s", seconds);
  if (seconds < 7200) return count_text(seconds) + " s";
  if (seconds < 2 * 86400.0) return fmt::format("{:.1f} h", seconds / 3600.0);
  return fmt::format("{:.1f} days", seconds / 86400.0);
}

std::string plural(double count, std::string_view word) {
  return fmt::format("{} {}{}", count_text(count), word, count == 1 ? "" : "s");
}

std::string window_text(const Interval& window) {
  return fmt::format("from {} to {}", format_utc(window.begin_us), format_utc(window.end_us));
}

std::string date_text(std::int64_t day_number) {
  return format_utc(day_number * kMicrosPerDay).substr(0, 10);
}

std::string who_text(std::string_view subject) {
  if (subject.empty()) return "all askers";
  if (subject == kOther) return "clients of no named party";
  if (subject == kNotTold) return "clients that the record does not tell";
  return std::string(subject);
}

std::string patterns_text(const QuestionRecords& records) {
  constexpr std::size_t kSpelled = 3;
  if (records.patterns.empty()) return "the names of the question";
  if (records.patterns.size() > kSpelled) {
    return fmt::format("any of the {} names of the question", records.patterns.size());
  }
  std::vector<std::string> words;
  for (const NamePattern& pattern : records.patterns) words.push_back(pattern.to_string());
  return fmt::format("{}", fmt::join(words, " or "));
}

std::string target_text(const QuestionRecords& records) {
  std::size_t targets = 0;
  std::string_view only;
  for (const NameInfo& name : records.names) {
    if (!name.is_target) continue;
    ++targets;
    only = name.canonical;
  }
  if (targets == 1) return std::string(display_name(only));
  return targets == 0 ? patterns_text(records)
                      : fmt::format("the {} names of the question", targets);
}

void vouch(const QuestionRecords& records, std::string what, std::uint64_t observed,
           Finding& finding) {
  // No names stated would mean every name, which no question asks.
  if (records.patterns.empty()) return;
  finding.absence =
      Absence::establish(records.recorders, {std::move(what), records.window, records.patterns},
                         observed + records.could_be_rows);
}

void say_window(const QuestionRecords& records, Finding& finding) {
  if (!records.window_is_stated) finding.limitations.emplace_back(kWindowIsSpan);
}

}  // namespace assay::methods
