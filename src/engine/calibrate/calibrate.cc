// Runs, in threads, and the page and the JSON that come of them.
#include <fmt/format.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "assay/simulate.h"
#include "engine/calibrate/family_cases.h"
#include "engine/calibrate/in_threads.h"
#include "engine/calibrate/method_rates/method_rates.h"
#include "engine/calibrate/ratios.h"
#include "engine/calibrate/record_gains.h"
#include "engine/calibrate/tally.h"
#include "sim/random_scenario.h"

namespace assay {
namespace {

sim::ScenarioRanges ranges_of(const CalibrateRequest& request) {
  return {request.ttl_s.first,
          request.ttl_s.second,
          request.days.first,
          request.days.second,
          static_cast<std::size_t>(request.rows.first),
          static_cast<std::size_t>(request.rows.second)};
}

// The simulator keeps a run in memory; ten years of one-second caches are beyond any case.
Status check_ranges(const CalibrateRequest& request) {
  const auto is_within = [](const auto& range, double least, double most) {
    return range.first >= least && range.second <= most && range.first <= range.second;
  };
  if (!is_within(request.ttl_s, 1, 604'800)) {
    return Error{ErrorCode::usage, "the TTLs to draw from cannot be used",
                 "from 1 to 604800 s, the smaller first"};
  }
  if (!is_within(request.days, 1, 400)) {
    return Error{ErrorCode::usage, "the days to draw from cannot be used",
                 "from 1 to 400, the smaller first"};
  }
  if (!is_within(request.rows, 1, 1'000'000)) {
    return Error{ErrorCode::usage, "the rows to draw from cannot be used",
                 "from 1 to 1000000, the smaller first"};
  }
  return {};
}

// Few parties have one program alone.
constexpr double kMixtureShare = 0.2;
// Old questions that come back, and people who try a name, come through anybody's resolver.
constexpr double kOwnProbability = 0.5;

Result<RunOutcome> run_one(const CalibrateRequest& request, std::size_t number) {
  const auto& causes = sim::all_causes();
  const sim::CauseKind& cause = *causes[number % causes.size()];
  sim::ScenarioRanges ranges = ranges_of(request);
  ranges.mixture_share = kMixtureShare;
  ranges.own_probability = kOwnProbability;
  const auto draw = sim::draw_scenario(cause, request.first_seed + number, ranges);
  if (!draw.ok()) return draw.error();
  // Of each cause's runs a third each: look-ups with coverage declared, without, and with the mail
  // log and the flows of the party beside them.
  const std::size_t third = (number / causes.size()) % 3;
  const auto coverage = third == 1 ? DeclaredCoverage::unknown : DeclaredCoverage::as_it_was;
  FurtherRecords further;
  further.has_mail_log = further.has_flows = third == 2;
  // In half of these all that passed went over a second mail host and line whose logs nobody handed
  // over; the case states them, or states nothing of hosts and lines.
  constexpr SecondPlaces kPlaces[] = {SecondPlaces::none, SecondPlaces::none, SecondPlaces::stated,
                                      SecondPlaces::unstated};
  if (third == 2) further.second = kPlaces[number / (6 * causes.size()) % 4];
  // Data travel in names that nobody can name beforehand: half of the questions, whatever the
  // cause, are about all names of the zone.
  const bool is_of_zone = number / (3 * causes.size()) % 2 == 1;
  const auto result = examine_run(draw->scenario, draw->run, coverage, further,
                                  is_of_zone ? AskedAbout::zone : AskedAbout::name);
  if (!result.ok()) return result.error();
  std::uint64_t rows = 0;
  for (const sim::Row& row : draw->run.rows) rows += row.party != sim::kNobody;
  std::vector<const sim::CauseKind*> besides;
  for (const sim::CauseCount& count : draw->run.truth) {
    if (count.party == 0 && count.kind != cause.name() && count.demands > 0) {
      besides.push_back(sim::find_cause(count.kind));
    }
  }
  RunOutcome outcome =
      outcome_of(cause, draw->scenario, *result, rows, further.has_mail_log, besides);
  outcome.has_second_places = further.second != SecondPlaces::none;
  return outcome;
}

std::uint64_t quantile(const std::vector<std::uint64_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

// Of single findings, what leans the wrong way though the verdict holds.
std::string leaning_page_of(const std::vector<CauseTally>& tallies) {
  std::string page =
      "\n| cause | a finding strongly against the truth | a clock or timer said to be kept | "
      "though no program did |\n|---|---|---|---|\n";
  for (const CauseTally& each : tallies) {
    page += fmt::format("| {}{} | {} | {} of {} | {} |\n", each.cause,
                        each.code.empty() ? "" : " (" + each.code + ")",
                        each.with_explanation > 0
                            ? fmt::format("{} of {}", each.truth_opposed, each.with_explanation)
                            : "-",
                        each.program_said, each.runs, each.program_said_wrongly);
  }
  return page;
}

std::string page_of(const std::vector<CauseTally>& tallies, const CalibrateRequest& request) {
  const CauseTally& all = tallies.back();
  std::string page = fmt::format(
      "| cause | runs | rows: 5 %, median, 95 % | insufficient | inconclusive | settled (by "
      "look-ups "
      "alone) | contact shown | rung too high | any cause excluded | truth excluded | truth "
      "survives "
      "| another cause alone |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const CauseTally& each : tallies) {
    const bool is_named = each.with_explanation > 0;
    page += fmt::format(
        "| {}{} | {} | {}, {}, {} | {} | {} | {} ({}) | {} | {} | {} | {} | {} | {} |\n",
        each.cause, each.code.empty() ? "" : " (" + each.code + ")", each.runs,
        quantile(each.rows, 0.05), quantile(each.rows, 0.5), quantile(each.rows, 0.95),
        each.insufficient, each.inconclusive, each.settled, each.settled_by_look_ups,
        each.contact_shown, each.rung_too_high, each.any_excluded,
        each.excludable > 0 ? fmt::format("{} of {}", each.truth_excluded, each.excludable) : "-",
        is_named ? fmt::format("{} of {}", each.truth_survives, each.with_explanation) : "-",
        each.wrong_single);
  }
  page += fmt::format(
      "\nSeeds {} to {}; {} runs had edited rows, {} a mixture of causes, all of which count as "
      "true. The true cause was excluded in {} of the {} runs in which it could be: it leaves mail "
      "or flows, and a mail log and flows lie beside the look-ups (at 95 %, at most {:.2g} %). In "
      "{} of these all of it went over a second mail host and line whose logs are missing, and in "
      "{} it stands in the logs. An explanation names the cause in {} runs. Records that would "
      "settle the question were named in all but {} runs. ",
      request.first_seed, request.first_seed + request.runs - 1, all.edited, all.mixtures,
      all.truth_excluded, all.excludable, 100 * upper_limit(all.truth_excluded, all.excludable),
      all.excludable_unseen, all.excludable - all.excludable_unseen, all.with_explanation,
      all.without_missing);
  page += fmt::format(
      "Some cause was excluded in {} of the {} runs that have mail logs and flows beside the "
      "look-ups ({} causes in all), and in {} of the {} that have look-ups alone. ",
      all.any_excluded - all.excluded_by_look_ups, all.with_other_records, all.causes_excluded,
      all.excluded_by_look_ups, all.runs - all.with_other_records);
  page += fmt::format("Of what caches, servers and recorders truly did, {} were excluded{}.\n",
                      all.wrongly_excluded.size(),
                      all.wrongly_excluded.empty()
                          ? std::string()
                          : fmt::format(" ({})", fmt::join(all.wrongly_excluded, ", ")));
  return page + leaning_page_of(tallies);
}

// How often each answer was given to the claims that every simulated case makes.
std::string claims_page_of(const std::vector<CauseTally>& tallies) {
  std::string head = "\n| cause | runs |", rule = "|---|---|";
  for (const auto& [kind, answers] : tallies.back().claims) {
    head += fmt::format(" {} |", kind);
    rule += "---|";
  }
  std::string page = head + "\n" + rule + "\n";
  for (const CauseTally& each : tallies) {
    page += fmt::format("| {} | {} |", each.cause, each.runs);
    for (const auto& [kind, answers] : each.claims) {
      page += fmt::format(" {} |", fmt::join(answers, ", "));
    }
    page += "\n";
  }
  return page +
         "\nOf each claim how often the answer was: supported, contradicted, supported only within "
         "these files, not testable.\n";
}

nlohmann::ordered_json claims_json_of(const CauseTally& each) {
  nlohmann::ordered_json claims = nlohmann::ordered_json::object();
  for (const auto& [kind, answers] : each.claims) {
    for (std::size_t answer = 0; answer < answers.size(); ++answer) {
      claims[kind][std::string(to_string(static_cast<Answer>(answer)))] = answers[answer];
    }
  }
  return claims;
}

std::string json_of(const std::vector<CauseTally>& tallies, const CalibrateRequest& request) {
  nlohmann::ordered_json causes = nlohmann::ordered_json::array();
  for (const CauseTally& each : tallies) {
    causes.push_back({{"cause", each.cause},
                      {"code", each.code},
                      {"runs", each.runs},
                      {"edited", each.edited},
                      {"mixtures", each.mixtures},
                      {"rows_median", quantile(each.rows, 0.5)},
                      {"insufficient", each.insufficient},
                      {"inconclusive", each.inconclusive},
                      {"settled", each.settled},
                      {"settled_by_look_ups", each.settled_by_look_ups},
                      {"contact_shown", each.contact_shown},
                      {"rung_too_high", each.rung_too_high},
                      {"without_missing_records", each.without_missing},
                      {"with_other_records", each.with_other_records},
                      {"any_cause_excluded", each.any_excluded},
                      {"any_cause_excluded_by_look_ups", each.excluded_by_look_ups},
                      {"causes_excluded", each.causes_excluded},
                      {"truth_opposed", each.truth_opposed},
                      {"program_said", each.program_said},
                      {"program_said_wrongly", each.program_said_wrongly},
                      {"with_explanation", each.with_explanation},
                      {"excludable", each.excludable},
                      {"excludable_unseen", each.excludable_unseen},
                      {"truth_excluded", each.truth_excluded},
                      {"truth_survives", each.truth_survives},
                      {"another_cause_alone", each.wrong_single},
                      {"wrongly_excluded", each.wrongly_excluded},
                      {"claims", claims_json_of(each)}});
  }
  const nlohmann::ordered_json document = {
      {"first_seed", request.first_seed}, {"runs", request.runs}, {"causes", causes}};
  return document.dump(2) + "\n";
}

Result<CalibrateOutcome> calibrate_ratios(const CalibrateRequest& request) {
  RatioRequest ratios;
  ratios.first_seed = request.first_seed;
  ratios.threads = request.threads;
  ratios.ranges = ranges_of(request);
  const auto families = static_cast<std::uint32_t>(modelled_families().size());
  const std::uint32_t each = request.runs / families;
  ratios.train = each * 5 / 10;
  ratios.calibrate = each * 2 / 10;
  ratios.test = each - ratios.train - ratios.calibrate;
  if (ratios.calibrate < 5) {
    return Error{ErrorCode::usage, "too few runs to train, calibrate and test on",
                 fmt::format("at least {}", 25 * families)};
  }
  auto study = study_ratios(ratios);
  if (!study.ok()) return study.error();
  GainRequest gains;
  gains.first_seed = request.first_seed + study->cases + study->other_cases;
  gains.ranges = ratios.ranges;
  gains.threads = request.threads;
  gains.train = std::max(10u, each / 6);
  gains.calibrate = gains.test = std::max(8u, each / 12);
  const auto gained = study_gains(gains);
  if (!gained.ok()) return gained.error();
  study->model.gains() = gains_of(*gained);
  study->model.set_open_bits(gained->open.front().of_contact);
  const std::string page = ratio_page(*study, ratios) + "\n### What further records would add\n" +
                           gain_page(*gained, gains);
  nlohmann::ordered_json numbers = ratio_json(*study, ratios);
  numbers["further_records"] = gain_json(*gained, gains);
  const std::string json = numbers.dump(2) + "\n";
  return CalibrateOutcome{page, json, ratio_files(*study, page, json)};
}

}  // namespace

Result<CalibrateOutcome> calibrate(const CalibrateRequest& request) {
  if (request.subject == CalibrateSubject::methods) return calibrate_methods(request);
  ASSAY_TRY(check_ranges(request));
  if (request.subject == CalibrateSubject::ratios) return calibrate_ratios(request);
  std::vector<RunOutcome> outcomes(request.runs);
  std::atomic<std::uint32_t> done = 0;
  const auto work = [&](std::size_t i, unsigned thread) -> Status {
    auto outcome = run_one(request, i);
    if (!outcome.ok()) return outcome.error();
    outcomes[i] = std::move(*outcome);
    ++done;
    if (thread == 0 && request.progress) request.progress(done);
    return {};
  };
  ASSAY_TRY(in_threads(request.threads, request.runs, work));
  const std::vector<CauseTally> tallies = tally(outcomes);
  return CalibrateOutcome{
      page_of(tallies, request) + claims_page_of(tallies), json_of(tallies, request), {}};
}

}  // namespace assay
