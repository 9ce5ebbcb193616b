// cache_inversion: how much demand lies behind the cache, or that these rows cannot tell.

#include "methods/support/cache_inversion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/registry.h"
#include "methods/support/measure.h"
#include "methods/support/no_rows.h"
#include "methods/support/observed.h"
#include "methods/support/one_cache.h"

namespace assay::methods {
namespace {

constexpr std::size_t kAddresses = 3;
constexpr double kLeastRefreshes = 300;  // fewer do not show whether demand comes one by one
constexpr double kLeastFit = 0.01;
constexpr double kLeastSoon = 0.02;
constexpr double kMostError = 0.25;  // of the logarithm
constexpr int kMostSeparable = 3;
constexpr double kMostPerTtlOfThree = 8;
constexpr double kLeastLead = 3;  // of the likelihood over other numbers of caches
constexpr double kMostEarly = 4;  // seconds: BIND's two, one of its clock, one of the stamps
constexpr double kLeastEarlyShare = 0.01;
constexpr double kLeastTtlOfEarly = 60;
constexpr double kNearConstant = 3;
constexpr double kSparse = 2;
constexpr double kSecondsPerDay = 86'400;
constexpr char kRule[] = "raw rows; those within 60 s weighed as repeats";

// A cache that counts whole seconds, or renews when it is asked in the last two of them as BIND
// does, is closed for less than the TTL: for as much less as gaps of a single cache are. The gaps
// of several caches lie there by chance only, as often as a little further down.
double seconds_early(const std::vector<double>& times, double ttl) {
  double early = 0, before = 0, most = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const double ahead = ttl - (times[i] - times[i - 1]);
    if (ahead <= 0 || ahead > 3 * kMostEarly) continue;
    if (ahead > kMostEarly) {
      before += 1;
    } else {
      early += 1;
      most = std::max(most, ahead);
    }
  }
  const double least = std::max(3.0, kLeastEarlyShare * static_cast<double>(times.size()));
  return ttl >= kLeastTtlOfEarly && early >= least && early > before ? most : 0;
}

Thinned thinned(const QuestionRecords& records, const CacheSeries& cache) {
  Thinned rows;
  rows.ttl = cache.ttl.seconds;
  rows.begin = static_cast<double>(records.window.begin_us) / kMicrosPerSecond;
  rows.end = static_cast<double>(records.window.end_us) / kMicrosPerSecond;
  for (const std::uint32_t index : cache.series.rows) {
    rows.times.push_back(static_cast<double>(records.rows[index].time_us) / kMicrosPerSecond);
  }
  rows.ttl -= seconds_early(rows.times, rows.ttl);
  return rows;
}

// A TTL other than the one used that the rows fit far better.
double better_ttl(const Thinned& all, const CacheFit& fit) {
  const Thinned rows = beginning_of(all);
  double best = 0;
  double most = 10;  // natural log units
  const double base = fit_caches(rows, fit.caches, 16, 6).likelihood;
  for (const double factor : {0.5, 0.9, 2.0}) {
    Thinned other = rows;
    other.ttl *= factor;
    const double gain = fit_caches(other, fit.caches, 16, 6).likelihood - base;
    if (gain <= most) continue;
    most = gain;
    best = other.ttl;
  }
  return best;
}

std::vector<std::string> objections(const Thinned& rows, const Inversion& inversion,
                                    const CacheSeries& cache) {
  const CacheFit& fit = inversion.fit;
  std::vector<std::string> found;
  if (fit.refreshes < kLeastRefreshes) {
    found.push_back(
        fmt::format("{} refreshes are too few to show whether demand comes one by one ({:g} are "
                    "needed)",
                    count_text(std::round(fit.refreshes)), kLeastRefreshes));
  }
  if (fit.p_soon < kLeastSoon) {
    found.push_back(
        fmt::format("demand comes in clusters, as sessions make it: more follows an expiry at once "
                    "than would one by one ({})",
                    probability_text(fit.p_soon)));
  } else if (fit.p_fit < kLeastFit) {
    found.push_back(fit.dispersion >= 1
                        ? fmt::format("demand comes in clusters, as sessions make it ({})",
                                      probability_text(fit.p_fit))
                        : fmt::format("demand comes more evenly than one by one, as a clock makes "
                                      "it ({})",
                                      probability_text(fit.p_fit)));
  }
  if (fit.log_error > kMostError) {
    found.emplace_back("some hours were nearly never open, so that their demand is not seen");
  }
  if (fit.caches > kMostSeparable ||
      (fit.caches == kMostSeparable && fit.per_ttl > kMostPerTtlOfThree)) {
    found.push_back(
        fmt::format("repeats and refreshes of {} busy caches are not told apart", fit.caches));
  }
  for (std::size_t k = 0; k < inversion.likelihood_of_caches.size(); ++k) {
    if (static_cast<int>(k) + 1 == fit.caches) continue;
    const double best = inversion.likelihood_of_caches[static_cast<std::size_t>(fit.caches) - 1];
    if (best - inversion.likelihood_of_caches[k] >= kLeastLead) continue;
    found.push_back(fmt::format("{} caches fit as well as {}", k + 1, fit.caches));
    break;
  }
  if (cache.ttl.source == TtlSource::estimated && fit.caches > 1) {
    found.emplace_back("nobody tells the TTL, and with several caches it is not read off the rows");
  }
  if (const double other = better_ttl(rows, fit); other > 0) {
    found.push_back(fmt::format("a TTL of {} fits far better than {}", duration_text(other),
                                duration_text(rows.ttl)));
  }
  return found;
}

void add_fit(const Thinned& rows, double ttl, const Inversion& inversion, Finding& finding) {
  const CacheFit& fit = inversion.fit;
  const double days = (rows.end - rows.begin) / kSecondsPerDay;
  add(finding, "ttl_seconds", ttl, "s");
  add(finding, "closed_seconds", rows.ttl, "s");
  add(finding, "caches", fit.caches, "caches");
  add(finding, "caches_at_least", caches_at_least(rows), "caches");
  add(finding, "refreshes", fit.refreshes, "rows");
  add(finding, "repeats_per_row", fit.repeats);
  add(finding, "open_share", fit.open_share);
  add(finding, "p_one_by_one", fit.p_fit);
  add(finding, "p_soon_after_expiry", fit.p_soon);
  add(finding, "dispersion", fit.dispersion);
  const double ceiling = fit.caches * (days * kSecondsPerDay / rows.ttl + 1);
  add(finding, "refreshes_ceiling", ceiling, "rows");
  add(finding, "saturation", fit.refreshes / ceiling);
  Table table{"caches_profile", {"caches", "log_likelihood_below_best"}, {}, {}};
  const auto& profile = inversion.likelihood_of_caches;
  const double best = *std::max_element(profile.begin(), profile.end());
  for (std::size_t k = 0; k < profile.size(); ++k) {
    table.row_labels.push_back(plural(static_cast<double>(k + 1), "cache"));
    table.rows.push_back({static_cast<double>(k + 1), best - profile[k]});
  }
  finding.tables.push_back(std::move(table));
}

constexpr char kInterval[] =
    "95 % normal on the logarithm: deviations by days, and what the width of bins changes";

std::string kind_of(const CacheFit& fit) {
  const double half = std::exp(1.96 * fit.log_error);
  if (fit.per_ttl / half > kNearConstant) return "near constant";
  return fit.per_ttl * half < kSparse ? "sparse" : "undecided";
}

bool is_declared_complete(const QuestionRecords& records) {
  return std::all_of(records.evidences.begin(), records.evidences.end(), [](const Evidence* each) {
    return each->coverage.completeness == Completeness::complete;
  });
}

void conclude(const QuestionRecords& records, const CacheSeries& cache, const Thinned& rows,
              const Inversion& inversion, Finding& finding) {
  const CacheFit& fit = inversion.fit;
  const double days = (rows.end - rows.begin) / kSecondsPerDay;
  const double half = std::exp(1.96 * fit.log_error);
  std::vector<std::string> against = objections(rows, inversion, cache);
  if (const Evidence* partial = partial_evidence(records)) {
    against.push_back(
        fmt::format("{} is declared {}, and a gap that a left-out row made looks like "
                    "one in which nobody asked",
                    partial->id, to_string(partial->coverage.completeness)));
  }
  // Every refresh is a demand; where demand clusters, the fitted rate is a bound from below too.
  double least = fit.refreshes / days;
  if (fit.dispersion >= 1 && fit.log_error <= kMostError && fit.caches <= kMostSeparable) {
    least = std::max(least, fit.demands / days / half);
  }
  finding.parameters["identifiable"] = against.empty() ? "yes" : "no";
  add(finding, "identifiable", against.empty() ? 1 : 0);
  add(finding, "demands_per_day_at_least", least, "per day");
  const std::string who = fmt::format("{}'s {} for {} {}", who_text(finding.subject),
                                      plural(static_cast<double>(cache.series.rows.size()), "row"),
                                      finding.parameters.at("name"), window_text(records.window));
  if (!against.empty()) {
    finding.outcome = Outcome::not_applicable;
    finding.statement = fmt::format(
        "How much demand lies behind {} is not identifiable from these records: {}. At least {} a "
        "day is certain.",
        who, fmt::join(against, "; "), number_text(least));
    return;
  }
  const double rate = fit.demands / days;
  add(finding, "demands_per_day", rate, "per day", Range{rate / half, rate * half}, kInterval);
  add(finding, "demands_per_ttl", fit.per_ttl, "demands",
      Range{fit.per_ttl / half, fit.per_ttl * half}, kInterval);
  const std::string kind = kind_of(fit);
  add(finding, "near_constant_demand", kind == "near constant" ? 1 : 0);
  add(finding, "sparse_demand", kind == "sparse" ? 1 : 0);
  finding.limitations.emplace_back(
      "Demands in sessions much shorter than the TTL can pass for single ones, most of all in few "
      "rows: the rate is then one of sessions, and a bound from below for demands.");
  finding.outcome = Outcome::measured;
  finding.statement = fmt::format(
      "Behind {} lie about {} demands a day ({} to {}), if {} of TTL {} let{} through what came "
      "while open, {} of the time{}: {} demands in a TTL while there is demand, {}.",
      who, number_text(rate), number_text(rate / half), number_text(rate * half),
      plural(fit.caches, "cache"), duration_text(rows.ttl), fit.caches == 1 ? "s" : "",
      share_text(fit.open_share), is_declared_complete(records) ? "" : ", and if no row is missing",
      number_text(fit.per_ttl),
      kind == "undecided" ? "neither near constant nor sparse for certain" : kind);
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const CacheSeries& cache) {
  Finding finding = make_finding(cache_inversion_method(), records, context, cache.subject);
  const std::string name{display_name(records.names[cache.series.name].canonical)};
  finding.dedup_rule = kRule;
  finding.denominator =
      fmt::format("of {}", plural(static_cast<double>(cache.series.rows.size()), "row"));
  finding.selection = seal(records, cache.series.rows,
                           fmt::format("{} rows of {} for {}", qtype_text(cache.series.qtype),
                                       who_text(cache.subject), name));
  finding.parameters["name"] = name;
  finding.parameters["ttl_source"] = to_string(cache.ttl.source);
  finding.limitations.emplace_back(
      "A demand is what reaches the cache from inside, by a person or by a program: it is not an "
      "action of anybody. Demands that follow each other within the TTL while the entry lives "
      "leave "
      "no row at all; their number is inferred from those that came while it was open.");
  say_window(records, finding);
  const Thinned rows = thinned(records, cache);
  if (rows.ttl <= 0 || cache.series.rows.size() < 30 || cache.series.rows.size() > kMaxInverted) {
    finding.outcome = rows.ttl <= 0 ? Outcome::not_applicable : Outcome::not_enough;
    finding.statement = fmt::format(
        "The demand behind {}'s {} for {} {} is not estimated: {}.", who_text(cache.subject),
        plural(static_cast<double>(cache.series.rows.size()), "row"), name,
        window_text(records.window),
        rows.ttl <= 0 ? "no record, statement or gap tells the TTL (state it in [ttl] of case.toml)"
                      : fmt::format("30 to {} rows are needed",
                                    count_text(static_cast<double>(kMaxInverted))));
    return finding;
  }
  const Inversion inversion = invert(rows);
  add_fit(rows, cache.ttl.seconds, inversion, finding);
  conclude(records, cache, rows, inversion, finding);
  return finding;
}

class CacheInversion : public Method {
 public:
  std::string_view name() const override { return "cache_inversion"; }
  std::string_view version() const override { return "3"; }
  std::string_view summary() const override {
    return "demand behind a cache with its interval, or that the rows cannot tell it";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    std::vector<Finding> findings;
    for (const AskerGroup& group : split_by_asker(records, context).parties) {
      for (const CacheSeries& cache : series_by_cache(records, context, group, kAddresses)) {
        findings.push_back(measure(records, context, cache));
      }
    }
    if (findings.empty()) {
      findings.push_back(
          no_rows(*this, records, context, "", kRule, "row", "there is no demand to infer"));
    }
    return findings;
  }
};

}  // namespace

const Method& cache_inversion_method() {
  static const CacheInversion kMethod;
  return kMethod;
}

}  // namespace assay::methods
