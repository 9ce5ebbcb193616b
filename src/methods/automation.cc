// automation: does a clock or a timer show behind the cache? Finding none does not mean people.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "methods/registry.h"
#include "methods/support/cache_null.h"
#include "methods/support/cache_shape.h"
#include "methods/support/dedup.h"
#include "methods/support/event_spectrum.h"
#include "methods/support/measure.h"
#include "methods/support/no_rows.h"
#include "methods/support/observed.h"
#include "methods/support/one_cache.h"
#include "methods/support/punctual.h"
#include "methods/support/steady_gaps.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinGaps = 20;
constexpr double kMinUncensored = 20;
constexpr std::size_t kAddresses = 4;
constexpr double kLevel = 0.001;       // of each of the four tests
constexpr std::size_t kDraws = 99;     // a line must beat them all
constexpr std::size_t kLines = 5;      // listed
constexpr std::size_t kConfirm = 3;    // held against the drawn ones
constexpr double kNear = 0.03;         // of a period: as far as a drawn line counts as the same
constexpr double kDriftShare = 0.002;  // of a period that a clock may go wrong
constexpr double kLongestSpan = 3 * 366 * 86'400.0;  // seconds; drawing takes time by the hour
constexpr double kClockPeriods[] = {300, 600, 900, 1800, 3600, 86400};

struct Measured {
  CacheSeries settled;
  std::vector<double> seconds;     // beginnings of bursts since the window began
  std::vector<double> uncensored;  // those that end a gap well above the floor
  double well_above = 0;           // seconds: such a gap is longer
  double span = 0;
  ClockPhase clock;
  TimerComb comb;
  SteadyGaps steady;
  std::vector<SpectralLine> lines;
  SpectralLine line;     // the one that no drawn series matched
  double p_of_line = 1;  // by the drawn series
  double drawn = 0;
};

// Only demand that found the cache long open came when it came; the rest came when the cache let
// it.
std::vector<double> seconds_of(const QuestionRecords& records, const GapSeries& series,
                               double longer_than) {
  std::vector<double> seconds;
  for (const Gap& gap : series.gaps) {
    if (gap.seconds <= longer_than || !records.window.contains(gap.end_us)) continue;
    seconds.push_back(static_cast<double>(gap.end_us - records.window.begin_us) / kMicrosPerSecond);
  }
  return seconds;
}

// One series as this cache with this demand could have left it: its uncensored moments.
std::vector<double> draw_uncensored(const QuestionRecords& records, const ObservedTime& observed,
                                    const CacheNull& null, double well_above, Random& random) {
  std::vector<double> uncensored;
  double before = -1;
  for (const double t : null.draw(random)) {
    const auto us = static_cast<std::int64_t>(t * kMicrosPerSecond);
    if (!observed.is_whole() && !observed.contains(records.window.begin_us + us)) continue;
    if (before >= 0 && t - before > well_above) uncensored.push_back(t);
    before = t;
  }
  return uncensored;
}

// A busy cache has a line at TTL plus its mean wait. The null is therefore this cache with this
// demand, drawn anew, at the same periods.
void confirm_line(const QuestionRecords& records, const MethodContext& context,
                  const std::string& label, Measured& measured) {
  const auto& ttl = measured.settled.ttl;
  const ObservedTime observed = ObservedTime::of(records);
  const CacheNull null(measured.seconds, measured.span,
                       static_cast<double>(records.window.begin_us) / kMicrosPerSecond, ttl.seconds,
                       measured.settled.series.most_at_once);
  std::size_t tried = 0;
  for (const SpectralLine& line : measured.lines) {
    if (line.p >= kLevel || tried++ == kConfirm) break;
    const double shortest = std::max(kShortestPeriod, line.period_seconds / 1.5);
    const double excess = EventSpectrum(measured.uncensored, measured.span, shortest)
                              .excess_near(line.period_seconds, kNear);
    Random random(context.random_seed, label);
    double at_least = 0, drawn = 0;
    while (drawn < kDraws && at_least == 0) {
      const EventSpectrum spectrum(
          draw_uncensored(records, observed, null, measured.well_above, random), measured.span,
          shortest);
      at_least += spectrum.excess_near(line.period_seconds, kNear) >= excess ? 1 : 0;
      drawn += 1;
    }
    measured.drawn = drawn;
    const double p = (1 + at_least) / (1 + drawn);
    measured.p_of_line = std::min(measured.p_of_line, p);
    if (at_least > 0) continue;
    measured.line = line;
    const ClockPhase longest =
        longest_kept(measured.settled.series.gaps, line.period_seconds, line.strength);
    measured.line.period_seconds = longest.period_seconds;
    measured.line.strength = longest.strength;
    return;
  }
}

bool has_ttl(const CacheSeries& settled) {
  return settled.ttl.seconds > settled.series.tolerance_seconds + settled.burst_gap;
}

Measured look(const QuestionRecords& records, const MethodContext& context, CacheSeries settled) {
  Measured measured;
  measured.settled = std::move(settled);
  const GapSeries& series = measured.settled.series;
  const auto gaps = sorted_gaps(series);
  const bool is_ttl_known = measured.settled.ttl.source == TtlSource::answers ||
                            measured.settled.ttl.source == TtlSource::stated;
  const bool has = has_ttl(measured.settled);
  const double floor = has ? measured.settled.ttl.seconds : quantile_of_sorted(gaps, 0.05);
  measured.clock = clock_phase(series.gaps, floor, series.tolerance_seconds);
  measured.comb = timer_comb(series.gaps, floor, series.tolerance_seconds);
  measured.steady =
      steady_gaps(gaps, has ? measured.settled.ttl.seconds : measured.settled.burst_gap,
                  series.tolerance_seconds, has && is_ttl_known);
  measured.well_above = floor + std::max(60.0, floor / 4);
  measured.seconds = seconds_of(records, series, -1);
  measured.uncensored = seconds_of(records, series, measured.well_above);
  measured.span = static_cast<double>(records.window.length_us()) / kMicrosPerSecond;
  if (static_cast<double>(measured.uncensored.size()) < kMinUncensored) return measured;
  if (measured.span > kLongestSpan) return measured;
  measured.lines = EventSpectrum(measured.uncensored, measured.span, kShortestPeriod).lines(kLines);
  confirm_line(records, context, measured.settled.subject, measured);
  return measured;
}

void add_tests(const Measured& measured, Finding& finding) {
  const ClockPhase& clock = measured.clock;
  add(finding, "uncensored_rows", clock.uncensored_rows, "bursts");
  add(finding, "clock_period_seconds", clock.period_seconds, "s");
  add(finding, "clock_phase_strength", clock.strength);
  add(finding, "clock_phase_seconds", clock.phase_seconds, "s");
  add(finding, "p_clock", clock.p);
  add(finding, "line_period_seconds", measured.line.period_seconds, "s");
  add(finding, "line_strength", measured.line.strength);
  add(finding, "p_line", measured.lines.empty() ? 1 : measured.lines.front().p);
  add(finding, "p_line_against_cache", measured.p_of_line);
  add(finding, "drawn_series", measured.drawn, "series");
  add(finding, "steady_gap_seconds", measured.steady.period_seconds, "s");
  add(finding, "steady_gap_jitter", measured.steady.jitter);
  add(finding, "gap_median_over_mad", measured.steady.median_over_mad);
  add(finding, "p_steady", measured.steady.p);
  add(finding, "timer_interval_seconds", measured.comb.interval_seconds, "s");
  add(finding, "p_timer", measured.comb.p);
  Table table{"lines", {"period_seconds", "power_over_surroundings", "strength", "p"}, {}, {}};
  for (const SpectralLine& line : measured.lines) {
    table.row_labels.push_back(duration_text(line.period_seconds));
    table.rows.push_back({line.period_seconds, line.excess, line.strength, line.p});
  }
  finding.tables.push_back(std::move(table));
}

void add_beacon(const Measured& measured, Finding& finding) {
  const auto beacon = beacon_score(measured.seconds, measured.span);
  if (!beacon) return;
  add(finding, "beacon_score_for_comparison", beacon->score());
  add(finding, "beacon_score_timing", beacon->timing);
  add(finding, "beacon_score_histogram", beacon->histogram);
  add(finding, "beacon_score_duration", beacon->duration);
  finding.limitations.emplace_back(
      "The beacon score is that of RITA 5 on times alone and is no evidence here: a busy cache "
      "scores like a beacon, and of simulated machines behind caches 8 % scored below 0.5.");
}

// "a clock of 900 s that goes wrong by 3.1 s a day" where the period is nearly a clock's.
std::string drift_words(double period, Finding& finding) {
  for (const double clock : kClockPeriods) {
    const double share = (period - clock) / clock;
    if (std::fabs(share) > kDriftShare) continue;
    add(finding, "clock_drift_seconds_per_day", share * 86'400, "s per day");
    return fmt::format(", which a clock of {:g} s would leave that goes wrong by {} s a day", clock,
                       number_text(std::fabs(share * 86'400)));
  }
  return "";
}

struct Answer {
  std::string word;  // "clock_locked", "period", "none_found", "not_testable"
  double period_seconds = 0;
  double jitter = 0;  // share of the period either way
  std::string text;
};

Answer answer_of(const Measured& measured, Finding& finding) {
  const ClockPhase& clock = measured.clock;
  if (clock.period_seconds > 0) {
    return {"clock_locked", clock.period_seconds, jitter_of(clock.strength),
            fmt::format("they are locked to a clock of {:g} s (resultant {:.2f}, {})",
                        clock.period_seconds, clock.strength, probability_text(clock.p))};
  }
  const SpectralLine& line = measured.line;
  if (line.period_seconds > 0) {
    return {
        "period", line.period_seconds, jitter_of(line.strength),
        fmt::format("those that end a gap well above the floor keep a period of {} s ({} times the "
                    "power around it, {}; none of {} "
                    "series drawn from the fitted cache and hours has it){}",
                    number_text(line.period_seconds), number_text(line.excess),
                    probability_text(line.p), count_text(measured.drawn),
                    drift_words(line.period_seconds, finding))};
  }
  const SteadyGaps& steady = measured.steady;
  if (steady.period_seconds > 0) {
    return {"period", steady.period_seconds, steady.jitter,
            fmt::format("their gaps cluster round {} s, well beyond the floor ({}), as a timer "
                        "leaves them that starts anew after each run",
                        number_text(steady.period_seconds), probability_text(steady.p))};
  }
  const TimerComb& comb = measured.comb;
  if (comb.interval_seconds > 0) {
    return {
        "period", comb.interval_seconds, jitter_of(comb.strength),
        fmt::format("their gaps beyond the floor are whole multiples of {:g} s ({}), the longest "
                    "interval tried that explains them; a part of it that divides it does too",
                    comb.interval_seconds, probability_text(comb.p))};
  }
  if (steady.could_be_cache) {
    return {"not_testable", 0, 0,
            "their gaps are all alike, which a timer, and a cache that is asked again at once, "
            "leave alike, so no test can tell them apart"};
  }
  if (clock.uncensored_rows < kMinUncensored) {
    return {"not_testable", 0, 0,
            fmt::format("only {} end a gap well above the TTL; the cache is nearly always renewed "
                        "at once and hides the rhythm of what asks behind it",
                        plural(clock.uncensored_rows, "burst"))};
  }
  return {"none_found", 0, 0,
          fmt::format("no clock, period or timer shows (of four tests at {:g}, the least p is {})",
                      kLevel,
                      number_text(std::min({clock.p, measured.steady.p, comb.p,
                                            measured.lines.empty() ? 1 : measured.lines[0].p})))};
}

// Whether people at appointed times could have kept it, in words.
std::string say_punctuality(const QuestionRecords& records, const Measured& measured,
                            const Answer& answer, Finding& finding) {
  const std::vector<double>& moments =
      measured.uncensored.empty() ? measured.seconds : measured.uncensored;
  const Punctuality kept =
      punctuality(moments, static_cast<double>(records.window.begin_us) / kMicrosPerSecond,
                  sorted_gaps(measured.settled.series), answer.period_seconds);
  add(finding, "could_be_appointed", kept.could_be_appointed() ? 1 : 0);
  add(finding, "sharp_share", kept.sharp_share);
  add(finding, "sharp_gap_share", kept.sharp_gap_share);
  add(finding, "quiet_hours_share", kept.quiet_hours_share);
  add(finding, "quiet_days_share", kept.quiet_days_share);
  if (!kept.could_be_appointed()) return "";
  return fmt::format(
      "; people at appointed times (meetings, lessons, shifts) keep such a period too: {} of the "
      "moments lie within ten seconds of one another, where a program's mostly do, and in the "
      "eight "
      "quietest hours of the day lie {}, where a program that runs day and night has a third",
      share_text(kept.sharp_share), share_text(kept.quiet_hours_share));
}

void conclude(const QuestionRecords& records, const std::string& who, const Measured& measured,
              Finding& finding) {
  const Answer answer = answer_of(measured, finding);
  const bool is_found = answer.word == "clock_locked" || answer.word == "period";
  finding.parameters["answer"] = answer.word;
  add(finding, "automation_found", is_found ? 1 : 0);
  add(finding, "is_testable", answer.word == "not_testable" ? 0 : 1);
  add(finding, "period_seconds", answer.period_seconds, "s");
  add(finding, "jitter_share", answer.jitter);
  finding.outcome = is_found                        ? Outcome::found
                    : answer.word == "not_testable" ? Outcome::not_enough
                                                    : Outcome::nothing_found;
  const std::string_view verdict = answer.word == "clock_locked" ? "Locked to a clock"
                                   : is_found                    ? "A period shows"
                                   : answer.word == "none_found" ? "No automation found"
                                                                 : "Not testable";
  finding.statement = fmt::format(
      "{}: of {} of {} for {} {}, {}{}.", verdict,
      plural(static_cast<double>(measured.seconds.size()), "burst"), who,
      display_name(records.names[measured.settled.series.name].canonical),
      window_text(records.window), answer.text,
      is_found ? fmt::format("; jitter up to {} of the period{}", share_text(answer.jitter),
                             say_punctuality(records, measured, answer, finding))
               : "");
  if (is_found) {
    finding.limitations.emplace_back(
        "A clock or timer shows that, not whose: a program at the asker, one elsewhere whose "
        "mailings or probes made the asker look up, or, where said, people at appointed times. "
        "What "
        "people did beside it is not excluded.");
    finding.limitations.emplace_back(
        "The period found may be a multiple of the timer's: a cache lets through only what comes "
        "after it has expired.");
    return;
  }
  finding.limitations.emplace_back(
      "That no automation is found does not mean people. A program that follows mail or a working "
      "day, that waits at random, or whose timer is shorter than the TTL, shows none of these "
      "signs.");
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, CacheSeries settled) {
  Finding finding = make_finding(automation_method(), records, context, subject);
  const GapSeries& series = settled.series;
  const std::string who =
      settled.subject == subject
          ? who_text(subject)
          : fmt::format("{}, its busiest address {},", who_text(subject), settled.subject);
  finding.dedup_rule = bursts_rule(settled.burst_gap);
  const std::string name{display_name(records.names[series.name].canonical)};
  finding.selection =
      seal(records, series.rows,
           fmt::format("{} rows of {} for {}", qtype_text(series.qtype), settled.subject, name));
  finding.denominator = fmt::format("of {} between bursts of {}",
                                    plural(static_cast<double>(series.gaps.size()), "gap"), who);
  finding.parameters["name"] = name;
  finding.parameters["measured_on"] = settled.subject;
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
  finding.parameters["random_seed"] = fmt::format("{}", context.random_seed);
  finding.parameters["ttl_seconds"] = fmt::format("{:g}", settled.ttl.seconds);
  finding.parameters["ttl_source"] = to_string(settled.ttl.source);
  add(finding, "gaps", static_cast<double>(series.gaps.size()), "gaps");
  add(finding, "caches_at_least", series.most_at_once, "caches");
  if (series.gaps.size() < kMinGaps) {
    finding.outcome = Outcome::not_enough;
    finding.parameters["answer"] = "not_testable";
    finding.statement = fmt::format(
        "Not testable: {} between bursts of {} for {} {}; at least {} are needed to look for a "
        "clock or a timer.",
        plural(static_cast<double>(series.gaps.size()), "gap"), who, name,
        window_text(records.window), kMinGaps);
    return finding;
  }
  const Measured measured = look(records, context, std::move(settled));
  add_tests(measured, finding);
  conclude(records, who, measured, finding);
  add_beacon(measured, finding);
  if (measured.span > kLongestSpan) {
    finding.limitations.emplace_back(
        "The window is longer than three years, over which no period but the six clocks' and the "
        "timers' was looked for; ask about a shorter one.");
  }
  say_window(records, finding);
  return finding;
}

class Automation : public Method {
 public:
  std::string_view name() const override { return "automation"; }
  std::string_view version() const override { return "4"; }
  std::string_view summary() const override {
    return "clock, period or timer behind the cache; none found is not people";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings;
    for (const AskerGroup* group : askers.groups()) {
      if (group->rows.empty()) {
        findings.push_back(nothing(records, context, *group));
        continue;
      }
      std::vector<CacheSeries> all = series_by_cache(records, context, *group, kAddresses);
      const bool is_apart = all.front().subject != group->subject;
      // Several caches' bursts hide each other's rhythm, so each address by itself.
      findings.push_back(measure(records, context, group->subject, all.front()));
      if (!is_apart || group->party < 0) continue;
      for (CacheSeries& one : all) {
        const std::string subject = one.subject;
        findings.push_back(measure(records, context, subject, std::move(one)));
      }
    }
    if (findings.empty()) findings.push_back(nothing(records, context, askers.other));
    return findings;
  }

 private:
  Finding nothing(const QuestionRecords& records, const MethodContext& context,
                  const AskerGroup& group) const {
    Finding finding = no_rows(*this, records, context, group.subject, bursts_rule(kBurstSeconds),
                              "gap", "nothing can be tested");
    finding.parameters["answer"] = "not_testable";
    return finding;
  }
};

}  // namespace

const Method& automation_method() {
  static const Automation kMethod;
  return kMethod;
}

}  // namespace assay::methods
