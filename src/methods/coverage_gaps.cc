// coverage_gaps: silences of each source, of unrelated sources at once, and of whole evidences.

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"
#include "methods/support/silence.h"
#include "methods/support/synchrony.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinHeadsOfSource = 20;
constexpr std::size_t kSilences = 10;
constexpr std::size_t kSilencesLooked = 200;
constexpr double kExpectedToSpeak = 1;  // expected bursts per dispersion, to count as silent
constexpr std::size_t kEvidences = 32;
constexpr double kMinBackground = 10;  // rows expected, before their absence says something
constexpr double kGoesOn = 0.5;
constexpr char kUnobserved[] = "No declared coverage touches the window: no silence can be told.";
constexpr double kMostlyEmpty = 0.75;
constexpr double kRarelyEmpty = 0.25;
constexpr std::int64_t kHourUs = 3600 * kMicrosPerSecond;

struct Source {
  std::string subject;
  std::vector<std::int64_t> heads;
};

struct JointSilence {
  Interval when;
  double p = 1;
  double sources = 0;
  double expected = 0;
  double background = -1;  // rows in whole hours of it, -1 = no whole hour or nothing recorded
  double background_expected = 0;
  double hours = 0;                // whole hours inside it
  double empty_hours = 0;          // of these, without a row of any name
  double empty_share_outside = 0;  // of all other hours
};

// Rows of all kinds in whole hours inside `when`, against the mean of the hours outside it.
void add_background(const QuestionRecords& records, const ObservedTime& observed,
                    JointSilence& silence) {
  const std::int64_t first = (silence.when.begin_us + kHourUs - 1) / kHourUs;
  const std::int64_t end = silence.when.end_us / kHourUs;
  double other = 0;
  double inside = 0;
  double outside = 0;
  std::set<std::int64_t> heard_inside;
  std::set<std::int64_t> heard_outside;
  for (const BackgroundHour& hour : records.background) {
    if (!observed.contains(hour.hour * kHourUs)) continue;
    other += static_cast<double>(hour.other_rows);
    const bool is_inside = hour.hour >= first && hour.hour < end;
    (is_inside ? inside : outside) += static_cast<double>(hour.rows);
    if (hour.rows > 0) (is_inside ? heard_inside : heard_outside).insert(hour.hour);
  }
  const double hours_outside =
      static_cast<double>(observed.length_us()) / kHourUs - static_cast<double>(end - first);
  if (other == 0 || end <= first || hours_outside <= 0) return;
  silence.hours = static_cast<double>(end - first);
  silence.empty_hours = silence.hours - static_cast<double>(heard_inside.size());
  silence.empty_share_outside = 1 - static_cast<double>(heard_outside.size()) / hours_outside;
  silence.background = inside;
  silence.background_expected = outside / hours_outside * static_cast<double>(end - first);
}

JointSilence test_joint(const QuestionRecords& records, const ObservedTime& observed,
                        const std::vector<Source>& sources, const Interval& when) {
  JointSilence silence;
  silence.when = when;
  double log_p = 0;
  for (const Source& source : sources) {
    const Expectation expectation = expect_in(source.heads, when, observed);
    silence.expected += expectation.events;
    if (expectation.events / expectation.dispersion < kExpectedToSpeak) continue;
    silence.sources += 1;
    log_p += expectation.log_p();
  }
  silence.p = chance_of(log_p, when, observed);
  add_background(records, observed, silence);
  return silence;
}

Table interval_table(std::string name, const std::vector<Interval>& intervals) {
  Table table{std::move(name), {"begin_s", "end_s"}, {}, {}};
  for (const Interval& part : intervals) {
    table.row_labels.push_back(format_interval(part));
    table.rows.push_back({static_cast<double>(part.begin_us) / kMicrosPerSecond,
                          static_cast<double>(part.end_us) / kMicrosPerSecond});
  }
  return table;
}

// A pause that somebody declared explains every silence in it, so none is looked for there.
void add_declared(const QuestionRecords& records, const ObservedTime& observed, Finding& finding) {
  const auto gaps = uncovered(records.window, observed.parts);
  const auto declared = observed.is_declared ? observed.parts : std::vector<Interval>{};
  double seconds = 0;
  for (const Interval& gap : gaps)
    seconds += static_cast<double>(gap.length_us()) / kMicrosPerSecond;
  add(finding, "declared_gaps", static_cast<double>(gaps.size()), "gaps");
  add(finding, "declared_gap_seconds", seconds, "s");
  finding.tables.push_back(interval_table("declared_coverage", declared));
  finding.tables.push_back(interval_table("declared_gaps", gaps));
  if (!observed.is_declared) {
    finding.limitations.emplace_back(
        "No coverage is declared, so no silence can be put down to a known pause of recording.");
  }
}

void add_when(const Interval& when, Finding& finding) {
  finding.parameters["begin"] = format_utc(when.begin_us);
  finding.parameters["end"] = format_utc(when.end_us);
  add(finding, "silence_seconds", static_cast<double>(when.length_us()) / kMicrosPerSecond, "s");
}

std::string silence_words(const Interval& when) {
  return fmt::format("{} {}",
                     duration_text(static_cast<double>(when.length_us()) / kMicrosPerSecond),
                     window_text(when));
}

// What the other rows of the same evidences did meanwhile.
std::string background_words(const JointSilence& silence, Finding& finding) {
  if (silence.background < 0) {
    finding.limitations.emplace_back(
        "These evidences hold no rows about other names (or the silence no whole hour), so a pause "
        "of recording and a pause of asking cannot be told apart.");
    return "what the recorder did meanwhile cannot be seen";
  }
  add(finding, "background_rows", silence.background, "rows");
  add(finding, "background_expected", silence.background_expected, "rows");
  const std::string rows =
      fmt::format("the same evidences hold {} in its whole hours where about {} would be expected",
                  plural(silence.background, "row"), count_text(silence.background_expected));
  if (silence.background_expected < kMinBackground) return rows + ", too few to tell";
  // The silence of the sources begins before and ends after a pause of recording, so a few hours at
  // its edges may hold rows.
  if (silence.empty_hours >= kMostlyEmpty * silence.hours &&
      silence.empty_share_outside <= kRarelyEmpty) {
    add(finding, "collector_outage", 1);
    return fmt::format("{}, and none in {} of its {:g} hours: recording itself paused", rows,
                       count_text(silence.empty_hours), silence.hours);
  }
  if (silence.background >= kGoesOn * silence.background_expected) {
    add(finding, "collector_outage", 0);
    return rows + ": recording went on";
  }
  return rows + ", so recording may have been thinned";
}

// The longest joint silences in which at least two sources would have spoken.
std::vector<JointSilence> joint_silences(const QuestionRecords& records,
                                         const ObservedTime& observed,
                                         const std::vector<Source>& sources) {
  std::vector<std::int64_t> merged;
  for (const Source& source : sources) {
    merged.insert(merged.end(), source.heads.begin(), source.heads.end());
  }
  std::sort(merged.begin(), merged.end());
  std::vector<JointSilence> tested;
  for (const Interval& when : longest_silences(merged, observed, kSilencesLooked)) {
    const JointSilence silence = test_joint(records, observed, sources, when);
    if (silence.sources >= 2) tested.push_back(silence);
    if (tested.size() == kSilences) break;
  }
  return tested;
}

Finding measure_joint(const QuestionRecords& records, const MethodContext& context,
                      const ObservedTime& observed, const Askers& askers,
                      const std::vector<Source>& sources) {
  Finding finding = make_finding(coverage_gaps_method(), records, context, "");
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.selection = seal(records, askers.all, fmt::format("rows for {}", target_text(records)));
  finding.denominator =
      fmt::format("of {} with at least {} bursts",
                  plural(static_cast<double>(sources.size()), "source"), kMinHeadsOfSource);
  finding.parameters["surprising"] = fmt::format("{:g}", kSurprising);
  say_observed(records, observed, finding);
  const auto tested = joint_silences(records, observed, sources);
  if (sources.size() < 2 || tested.empty()) {
    finding.outcome = Outcome::not_enough;
    finding.statement = observed.parts.empty()
                            ? std::string(kUnobserved)
                            : fmt::format(
                                  "{} with at least {} bursts {}: a joint silence needs two "
                                  "that would have spoken in it.",
                                  sources.empty()       ? "No source"
                                  : sources.size() == 1 ? "Only one source"
                                                        : "No joint silence of sources",
                                  kMinHeadsOfSource, window_text(records.window));
    add_declared(records, observed, finding);
    return finding;
  }
  const JointSilence* best = &tested.front();
  Table table{"silences",
              {"begin_s", "end_s", "hours", "sources_silent", "p_joint", "background_rows"},
              {},
              {}};
  for (const JointSilence& silence : tested) {
    table.row_labels.push_back(format_interval(silence.when));
    table.rows.push_back({static_cast<double>(silence.when.begin_us) / kMicrosPerSecond,
                          static_cast<double>(silence.when.end_us) / kMicrosPerSecond,
                          static_cast<double>(silence.when.length_us()) / kHourUs, silence.sources,
                          silence.p, silence.background});
    if (silence.p < best->p) best = &silence;
  }
  const bool is_found = best->p < kSurprising;
  add_when(best->when, finding);
  add(finding, "p_joint", best->p);
  add(finding, "sources_silent", best->sources, "sources");
  add(finding, "expected_bursts", best->expected, "bursts");
  finding.tables.push_back(std::move(table));
  add_declared(records, observed, finding);
  finding.outcome = is_found ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "{} none of {} asked for {} for {}, where about {} would be expected ({} if they were "
      "independent); {}.",
      is_found ? "Unrelated sources were silent together:"
               : "No joint silence that this test can tell from chance; the nearest to it:",
      plural(static_cast<double>(sources.size()), "source"), target_text(records),
      silence_words(best->when), plural(best->expected, "burst"), probability_text(best->p),
      background_words(*best, finding));
  finding.limitations.emplace_back(
      "Expectations come from the week before and after and from the same hours of other weeks; a "
      "holiday or a planned pause looks the same as a loss of records.");
  return finding;
}

Finding measure_source(const QuestionRecords& records, const MethodContext& context,
                       const ObservedTime& observed, const AskerGroup& group,
                       const Source& source) {
  Finding finding = make_finding(coverage_gaps_method(), records, context, group.subject);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.selection =
      seal(records, group.rows,
           fmt::format("rows of {} for {}", who_text(group.subject), target_text(records)));
  finding.denominator =
      fmt::format("of {}", plural(static_cast<double>(source.heads.size()), "burst"));
  const auto silences = longest_silences(source.heads, observed, kSilences);
  if (source.heads.size() < kMinHeadsOfSource || silences.empty()) {
    finding.outcome = Outcome::not_enough;
    finding.statement = observed.parts.empty()
                            ? std::string(kUnobserved)
                            : fmt::format("{} of {} {}: too few to call a silence unusual.",
                                          plural(static_cast<double>(source.heads.size()), "burst"),
                                          who_text(group.subject), window_text(records.window));
    return finding;
  }
  const Interval* best = nullptr;
  double best_p = 2;
  Expectation expected;
  for (const Interval& when : silences) {
    const Expectation expectation = expect_in(source.heads, when, observed);
    const double p = chance_of(expectation.log_p(), when, observed);
    if (p >= best_p) continue;
    best = &when;
    best_p = p;
    expected = expectation;
  }
  add_when(*best, finding);
  add(finding, "longest_silence_seconds",
      static_cast<double>(silences.front().length_us()) / kMicrosPerSecond, "s");
  add(finding, "p_silence", best_p);
  add(finding, "expected_bursts", expected.events, "bursts");
  add(finding, "dispersion_index", expected.dispersion);
  finding.outcome = best_p < kSurprising ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "{}'s most unusual silence for {} lasts {}; about {} would be expected there ({}, allowing "
      "for uneven days and for having looked for the longest).",
      who_text(group.subject), target_text(records), silence_words(*best),
      plural(expected.events, "burst"), probability_text(best_p));
  say_window(records, finding);
  say_observed(records, observed, finding);
  return finding;
}

// Hours of one evidence without any row, of any name.
Finding measure_evidence(const QuestionRecords& records, const MethodContext& context,
                         const Evidence& evidence) {
  Finding finding = make_finding(coverage_gaps_method(), records, context, evidence.id);
  finding.dedup_rule = "hours with any row";
  finding.selection =
      seal(records, {}, fmt::format("hourly counts of all rows of {}", evidence.id));
  finding.selection.evidences = {evidence.number};
  std::vector<std::int64_t> hours;
  for (const BackgroundHour& hour : records.background) {
    if (hour.evidence == evidence.number && hour.rows > 0) hours.push_back(hour.hour * kHourUs);
  }
  std::sort(hours.begin(), hours.end());
  finding.denominator =
      fmt::format("of {} with rows", plural(static_cast<double>(hours.size()), "hour"));
  add(finding, "hours_with_rows", static_cast<double>(hours.size()), "hours");
  if (hours.size() < kMinHeadsOfSource) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format("{} holds rows in {}: too few to call a silence unusual.",
                                    evidence.id, plural(static_cast<double>(hours.size()), "hour"));
    return finding;
  }
  // Its own declared coverage, or the stretch from its first to its last row. A case read by an
  // older version may hold times at the very end of what the type can say.
  const ObservedTime observed = ObservedTime::of_evidence(
      evidence, {hours.front(), std::min(hours.back(), INT64_MAX - kHourUs) + kHourUs});
  const auto silences = longest_silences(hours, observed, 1);
  if (silences.empty()) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "The rows of {} lie outside the coverage that is declared for it.", evidence.id);
    return finding;
  }
  const Interval when = silences.front();
  const Expectation expectation = expect_in(hours, when, observed);
  const double p = chance_of(expectation.log_p(), when, observed);
  add_when(when, finding);
  add(finding, "p_silence", p);
  add(finding, "expected_hours", expectation.events, "hours");
  finding.outcome = p < kSurprising ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "The longest stretch of {} without a row of any name lasts {}, where about {} with rows "
      "would "
      "be expected ({}).",
      evidence.id, silence_words(when), plural(expectation.events, "hour"), probability_text(p));
  return finding;
}

class CoverageGaps : public Method {
 public:
  std::string_view name() const override { return "coverage_gaps"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "silences of one source, of unrelated sources at once, and of whole evidences";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    const ObservedTime observed = ObservedTime::of(records);
    std::vector<Source> sources;
    std::vector<Finding> own;
    for (const AskerGroup* group : askers.groups()) {
      Source source{group->subject, head_times(records, group->rows)};
      own.push_back(measure_source(records, context, observed, *group, source));
      if (source.heads.size() >= kMinHeadsOfSource) sources.push_back(std::move(source));
    }
    std::vector<Finding> findings{measure_joint(records, context, observed, askers, sources)};
    std::move(own.begin(), own.end(), std::back_inserter(findings));
    for (std::size_t e = 0; e < std::min(records.evidences.size(), kEvidences); ++e) {
      findings.push_back(measure_evidence(records, context, *records.evidences[e]));
    }
    return findings;
  }
};

}  // namespace

const Method& coverage_gaps_method() {
  static const CoverageGaps kMethod;
  return kMethod;
}

}  // namespace assay::methods
