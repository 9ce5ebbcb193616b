#include <fmt/core.h>

#include <algorithm>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

// When an event happened, as far as is known.
struct Dated {
  std::string words;
  Interval when;
  std::string finding;          // "" for an event of the calendar
  bool may_be_earlier = false;  // first row in records that may be incomplete
  bool may_be_later = false;    // last row in such records
  std::string objection;
};

Dated dated_row(const Context& context, std::string_view vantage, std::string_view which,
                std::string_view party) {
  Dated dated;
  dated.words = fmt::format("{}'s {} look-up in these files", party, which);
  const Finding* volume = find(context, "volume", party, vantage, "raw");
  const auto text = volume != nullptr ? volume->parameters.find(std::string(which))
                                      : std::map<std::string, std::string>::const_iterator{};
  if (volume == nullptr || text == volume->parameters.end()) {
    dated.objection = fmt::format("There is no {} look-up of '{}' in these files.", which, party);
    return dated;
  }
  const Result<Instant> instant = parse_rfc3339(text->second);
  if (!instant.ok()) {
    dated.objection = fmt::format("The time '{}' is not understood.", text->second);
    return dated;
  }
  dated.when = {instant->us, instant->us + instant->width_us};
  dated.finding = volume->id;
  const bool is_complete = shows_every_asker(context, vantage);
  dated.may_be_earlier = which == "first" && !is_complete;
  dated.may_be_later = which == "last" && !is_complete;
  return dated;
}

Dated resolve(const Context& context, std::string_view vantage, std::string_view text) {
  for (const std::string_view which : {"first", "last"}) {
    if (text.starts_with(which) && text.substr(which.size()).starts_with(":")) {
      return dated_row(context, vantage, which, text.substr(which.size() + 1));
    }
  }
  Dated dated;
  dated.words = fmt::format("'{}'", text);
  for (const CalendarEvent& event : context.case_file.calendar) {
    if (event.name == text) {
      dated.when = event.when;
      // A point of time still takes up the smallest unit, so that two equal points overlap.
      if (dated.when.empty()) dated.when.end_us = dated.when.begin_us + 1;
      return dated;
    }
  }
  std::vector<std::string> known;
  for (const CalendarEvent& event : context.case_file.calendar) known.push_back(event.name);
  const auto nearest = nearest_word(text, known);
  dated.objection = fmt::format("The calendar knows no event '{}'{}.", text,
                                nearest ? fmt::format(" (nearest: '{}')", *nearest) : "");
  return dated;
}

constexpr char kNoCause[] = " Before is not because.";

std::string at_text(const Dated& dated) {
  return fmt::format("{} ({})", dated.words, format_interval(dated.when));
}

std::string span_text(std::int64_t us) {
  const double seconds = static_cast<double>(us) / kMicrosPerSecond;
  if (seconds >= 2 * 86'400) return fmt::format("{} days", number_text(seconds / 86'400, 1));
  if (seconds >= 2 * 3'600) return fmt::format("{} hours", number_text(seconds / 3'600, 1));
  if (seconds >= 120) return fmt::format("{} minutes", number_text(seconds / 60, 1));
  return fmt::format("{} s", number_text(seconds, 3));
}

// Calendar against calendar: what the case states is no record, whichever way it lies.
ClaimAnswer by_calendar_alone(const Context& context, const Dated& first, const Dated& second,
                              const std::string& apart, bool is_as_claimed) {
  ClaimAnswer answer = not_testable(
      context,
      fmt::format("By the case's calendar {} came before {}, by at least {}{}. No record in the "
                  "case shows either time, so this rests on the calendar alone.{}",
                  at_text(first), at_text(second), apart,
                  is_as_claimed ? ", as claimed" : ", against the claim", kNoCause),
      {fmt::format("a record of {} with its own time", first.words),
       fmt::format("a record of {} with its own time", second.words)});
  answer.in_short = fmt::format("{} apart, {}, by the calendar alone", apart,
                                is_as_claimed ? "as quoted" : "the other way round");
  return answer;
}

ClaimAnswer separated(const Context& context, const Dated& first, const Dated& second,
                      bool is_as_claimed) {
  std::vector<std::string> cited;
  for (const Dated* dated : {&first, &second}) {
    if (!dated->finding.empty()) cited.push_back(dated->finding);
  }
  const std::string apart = span_text(second.when.begin_us - first.when.end_us);
  std::string statement =
      fmt::format("{} came before {}, by at least {}.", at_text(first), at_text(second), apart);
  if (cited.empty()) return by_calendar_alone(context, first, second, apart, is_as_claimed);
  const std::string in_short =
      fmt::format("{} before {} by {} or more", first.words, second.words, apart);
  // An unseen row can only make a first earlier and a last later: it may undo this order or not.
  const bool is_open = first.may_be_later || second.may_be_earlier;
  if (!is_open) {
    return answered(context, is_as_claimed ? Answer::supported : Answer::contradicted,
                    {in_short, statement + kNoCause}, cited);
  }
  statement += " First and last in incomplete records are not when it began or ended.";
  if (is_as_claimed) {
    return answered(context, Answer::supported_only_within_these_files,
                    {in_short + " in these files", statement}, cited);
  }
  ClaimAnswer answer = not_testable(context, statement, {kFullerRecord});
  answer.in_short = in_short + " in these files, which may not be all";
  for (const std::string& finding : cited) cite(answer, finding);
  return answer;
}

ClaimAnswer answer_at(const Context& context, std::string_view vantage) {
  const Dated before = resolve(context, vantage, context.field("before"));
  const Dated after = resolve(context, vantage, context.field("after"));
  for (const Dated* dated : {&before, &after}) {
    if (!dated->objection.empty()) return not_testable(context, dated->objection);
  }
  if (before.when.end_us <= after.when.begin_us) return separated(context, before, after, true);
  if (after.when.end_us <= before.when.begin_us) return separated(context, after, before, false);
  ClaimAnswer answer = not_testable(
      context, fmt::format("{} and {} are not known exactly enough to be put in order: their times "
                           "overlap in {}.",
                           at_text(before), at_text(after),
                           format_interval(intersect(before.when, after.when))));
  answer.in_short = fmt::format("the two times overlap by {}",
                                span_text(intersect(before.when, after.when).length_us()));
  for (const Dated* dated : {&before, &after}) {
    if (!dated->finding.empty()) cite(answer, dated->finding);
    answer.would_test.push_back(
        dated->finding.empty() ? fmt::format("a record of {} with its own time, to better than {}",
                                             dated->words, span_text(dated->when.length_us()))
                               : fmt::format("a record of {} with a finer clock", dated->words));
  }
  return answer;
}

bool is_row(std::string_view text) {
  return text.starts_with("first:") || text.starts_with("last:");
}

}  // namespace

ClaimAnswer answer_order(const Context& context) {
  // Calendar against calendar needs no record, so no vantage either.
  if (!is_row(context.field("before")) && !is_row(context.field("after"))) {
    return answer_at(context, "");
  }
  return over_vantages(context, Combine::any_contradicts,
                       [&](std::string_view vantage) { return answer_at(context, vantage); });
}

}  // namespace assay::claims
