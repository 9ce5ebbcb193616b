#include "methods/support/shared_events.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "methods/support/measure.h"
#include "methods/support/seal.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostPairs = 4'000'000;
constexpr std::size_t kMostTwinsOfOne = 2'000;  // rows of b that one row of a is held against
constexpr double kMostOffsetSeconds = 26 * 3600;
constexpr double kScales[] = {1, 10, 100, 1'000};  // a drifting clock smears the offset
constexpr double kEnough = 0.5;  // of the smaller side: a wider scale is not needed then
constexpr std::size_t kMostForSlope = 400;
constexpr double kShortestForDrift = 3'600;

struct Candidate {
  double offset = 0;  // seconds, b minus a
  std::uint32_t a = 0, b = 0;
};

double middle_of(const LookupRow& row) {
  return (static_cast<double>(row.time_us) + row.width_us / 2.0) / kMicrosPerSecond;
}

using Key = std::tuple<IpAddress, std::string_view, std::uint16_t>;

Key key_of(const QuestionRecords& records, const LookupRow& row) {
  return {records.hosts[row.client].address, records.names[row.name].canonical, row.qtype};
}

bool agree(const LookupRow& a, const LookupRow& b) {
  const auto same = [](std::uint32_t x, std::uint32_t y) { return x == 0 || y == 0 || x == y; };
  return same(a.id, b.id) && same(a.client_port, b.client_port);
}

std::vector<Candidate> candidates_of(const EvidenceRows& a, const EvidenceRows& b,
                                     bool& is_thinned) {
  std::map<Key, std::vector<std::uint32_t>> of_b;
  for (const std::uint32_t index : b.rows) {
    of_b[key_of(*b.records, b.records->rows[index])].push_back(index);
  }
  std::vector<Candidate> found;
  for (const std::uint32_t index : a.rows) {
    const LookupRow& row = a.records->rows[index];
    const auto others = of_b.find(key_of(*a.records, row));
    if (others == of_b.end()) continue;
    const double at = middle_of(row);
    const auto first =
        std::lower_bound(others->second.begin(), others->second.end(), at - kMostOffsetSeconds,
                         [&](std::uint32_t other, double limit) {
                           return middle_of(b.records->rows[other]) < limit;
                         });
    std::size_t taken = 0;
    for (auto other = first; other != others->second.end(); ++other) {
      const LookupRow& twin = b.records->rows[*other];
      const double offset = middle_of(twin) - at;
      if (offset > kMostOffsetSeconds) break;
      if (!agree(row, twin)) continue;
      if (++taken > kMostTwinsOfOne || found.size() >= kMostPairs) {
        is_thinned = true;
        break;
      }
      found.push_back({offset, index, *other});
    }
  }
  std::sort(found.begin(), found.end(), [](const Candidate& x, const Candidate& y) {
    return std::tie(x.offset, x.a, x.b) < std::tie(y.offset, y.a, y.b);
  });
  return found;
}

struct Window {
  std::size_t begin = 0, end = 0;  // of the candidates
  std::size_t size() const { return end - begin; }
};

// The fullest window of `width` seconds, and the fullest that does not touch it.
std::pair<Window, Window> fullest(const std::vector<Candidate>& found, double width) {
  Window best, second;
  const auto scan = [&](Window& into, const Window* away_from) {
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < found.size(); ++begin) {
      end = std::max(end, begin);
      while (end < found.size() && found[end].offset <= found[begin].offset + width) ++end;
      if (away_from != nullptr && found[begin].offset <= found[away_from->end - 1].offset + width &&
          found[end - 1].offset >= found[away_from->begin].offset - width) {
        continue;
      }
      if (end - begin > into.size()) into = {begin, end};
    }
  };
  scan(best, nullptr);
  if (best.size() > 0) scan(second, &best);
  return {best, second};
}

struct Line {
  double offset = 0;  // at `centre`
  double slope = 0;   // seconds a second
  double centre = 0;
  double at(double time) const { return offset + slope * (time - centre); }
};

// Theil and Sen: the median of the slopes between pairs of points, and of what it leaves.
Line robust_line(const std::vector<std::pair<double, double>>& points,
                 std::optional<Range>* slopes) {
  std::vector<std::pair<double, double>> some;
  const std::size_t step = 1 + points.size() / kMostForSlope;
  for (std::size_t i = 0; i < points.size(); i += step) some.push_back(points[i]);
  Line line;
  const double span = points.back().first - points.front().first;
  line.centre = points.front().first + span / 2;
  std::vector<double> all;
  for (std::size_t i = 0; i < some.size(); ++i) {
    for (std::size_t k = i + 1; k < some.size(); ++k) {
      const double dt = some[k].first - some[i].first;
      if (dt > span / 10) all.push_back((some[k].second - some[i].second) / dt);
    }
  }
  if (span >= kShortestForDrift && all.size() >= 100) {
    std::sort(all.begin(), all.end());
    line.slope = quantile_of_sorted(all, 0.5);
    // Sen's interval by Kendall's variance, over the slopes that were taken.
    const double n = static_cast<double>(some.size());
    const double spread = 1.96 * std::sqrt(n * (n - 1) * (2 * n + 5) / 18) / (n * (n - 1) / 2);
    *slopes = Range{quantile_of_sorted(all, std::max(0.0, 0.5 - spread / 2)),
                    quantile_of_sorted(all, std::min(1.0, 0.5 + spread / 2))};
  }
  std::vector<double> rest;
  for (const auto& [time, offset] : points) {
    rest.push_back(offset - line.slope * (time - line.centre));
  }
  std::sort(rest.begin(), rest.end());
  line.offset = quantile_of_sorted(rest, 0.5);
  return line;
}

// One twin for each row, the nearest to the line first.
std::vector<std::pair<std::uint32_t, std::uint32_t>> one_to_one(std::vector<Candidate> near,
                                                                const EvidenceRows& a,
                                                                const Line& line,
                                                                double tolerance) {
  const auto miss = [&](const Candidate& candidate) {
    return std::abs(candidate.offset - line.at(middle_of(a.records->rows[candidate.a])));
  };
  std::erase_if(near, [&](const Candidate& candidate) { return miss(candidate) > tolerance; });
  std::stable_sort(near.begin(), near.end(),
                   [&](const Candidate& x, const Candidate& y) { return miss(x) < miss(y); });
  std::vector<bool> used_a(a.records->rows.size()), used_b;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> twins;
  for (const Candidate& candidate : near) {
    if (used_b.size() <= candidate.b) used_b.resize(candidate.b + 1);
    if (used_a[candidate.a] || used_b[candidate.b]) continue;
    used_a[candidate.a] = used_b[candidate.b] = true;
    twins.emplace_back(candidate.a, candidate.b);
  }
  std::sort(twins.begin(), twins.end());
  return twins;
}

// Distinct rows of a in a window: a periodic asker has many candidates for each of its rows.
std::size_t rows_in(const std::vector<Candidate>& found, const Window& window) {
  std::vector<std::uint32_t> rows;
  for (std::size_t i = window.begin; i < window.end; ++i) rows.push_back(found[i].a);
  std::sort(rows.begin(), rows.end());
  return static_cast<std::size_t>(std::unique(rows.begin(), rows.end()) - rows.begin());
}

void measure(const EvidenceRows& a, const EvidenceRows& b, double stamp_seconds,
             SharedEvents& shared) {
  std::vector<std::pair<double, double>> points;
  for (const auto& [row_a, row_b] : shared.twins) {
    const double at = middle_of(a.records->rows[row_a]);
    points.emplace_back(at, middle_of(b.records->rows[row_b]) - at);
  }
  const Line line = robust_line(points, &shared.drift_interval);
  shared.offset_seconds = line.offset;
  shared.drift_ppm = line.slope * 1e6;
  if (shared.drift_interval) {
    shared.drift_interval->first *= 1e6;
    shared.drift_interval->second *= 1e6;
  }
  shared.span_seconds = points.back().first - points.front().first;
  std::vector<double> rest;
  for (const auto& [time, offset] : points) {
    rest.push_back(offset - line.slope * (time - line.centre));
  }
  std::sort(rest.begin(), rest.end());
  const double n = static_cast<double>(rest.size());
  const double half = 0.98 / std::sqrt(n);
  shared.offset_interval =
      Range{quantile_of_sorted(rest, std::max(0.0, 0.5 - half)) - stamp_seconds,
            quantile_of_sorted(rest, std::min(1.0, 0.5 + half)) + stamp_seconds};
}

class PairFindings {
 public:
  PairFindings(const MethodContext& context, const MeasurePair& measure)
      : context_(context), measure_(measure) {}

  void take(const EvidencePair& pair) {
    if (findings_.size() < kMostEvidencePairs) {
      findings_.push_back(measure_(pair, context_));
    } else {
      ++left_out_;
    }
  }
  std::vector<Finding> all() {
    if (left_out_ > 0) {
      findings_.back().limitations.push_back(
          fmt::format("{} more pairs of evidences were not compared.", left_out_));
    }
    return std::move(findings_);
  }

 private:
  const MethodContext& context_;
  const MeasurePair& measure_;
  std::vector<Finding> findings_;
  std::size_t left_out_ = 0;
};

}  // namespace

std::vector<EvidenceRows> rows_by_evidence(const QuestionRecords& records) {
  std::vector<EvidenceRows> all;
  std::map<std::uint32_t, std::size_t> index;
  for (const Evidence* evidence : records.evidences) {
    index[evidence->number] = all.size();
    all.push_back({&records, evidence, {}});
  }
  for (std::uint32_t i = 0; i < records.rows.size(); ++i) {
    const auto found = index.find(records.rows[i].evidence);
    if (found != index.end()) all[found->second].rows.push_back(i);
  }
  return all;
}

SharedEvents find_shared_events(const EvidenceRows& a, const EvidenceRows& b) {
  SharedEvents shared;
  const std::vector<Candidate> found = candidates_of(a, b, shared.is_thinned);
  if (found.empty()) return shared;
  double stamp = 0;
  for (const EvidenceRows* side : {&a, &b}) {
    std::uint32_t widest = 1;
    for (const std::uint32_t row : side->rows) {
      widest = std::max(widest, side->records->rows[row].width_us);
    }
    stamp += widest / 2.0 / kMicrosPerSecond;
  }
  const double wanted = kEnough * static_cast<double>(std::min(a.rows.size(), b.rows.size()));
  Window best, second;
  double width = 0;
  for (const double scale : kScales) {
    width = 2 * stamp + scale;
    std::tie(best, second) = fullest(found, width);
    if (static_cast<double>(rows_in(found, best)) >= wanted) break;
  }
  shared.runner_up = second.size() == 0 ? 0
                                        : static_cast<double>(rows_in(found, second)) /
                                              static_cast<double>(rows_in(found, best));
  if (second.size() > 0) {
    shared.runner_up_offset_seconds = found[second.begin + second.size() / 2].offset;
  }
  std::vector<Candidate> near(found.begin() + static_cast<std::ptrdiff_t>(best.begin),
                              found.begin() + static_cast<std::ptrdiff_t>(best.end));
  std::vector<std::pair<double, double>> points;
  for (const Candidate& candidate : near) {
    points.emplace_back(middle_of(a.records->rows[candidate.a]), candidate.offset);
  }
  std::sort(points.begin(), points.end());
  std::optional<Range> unused;
  const Line line = robust_line(points, &unused);
  std::vector<double> misses;
  for (const auto& [time, offset] : points) misses.push_back(std::abs(offset - line.at(time)));
  std::sort(misses.begin(), misses.end());
  const double tolerance =
      std::max(0.001 + 2 * stamp, 6 * quantile_of_sorted(misses, 0.5));  // about 4 deviations
  shared.twins = one_to_one(std::move(near), a, line, tolerance);
  if (!shared.twins.empty()) measure(a, b, stamp, shared);
  return shared;
}

bool is_identified(const SharedEvents& shared) {
  return static_cast<double>(shared.twins.size()) >= kFewestTwins &&
         shared.runner_up <= kMostRunnerUp;
}

std::vector<Finding> measure_pairs_within(const QuestionRecords& records,
                                          const MethodContext& context, const MeasurePair& measure,
                                          Finding otherwise) {
  const std::vector<EvidenceRows> rows = rows_by_evidence(records);
  PairFindings findings(context, measure);
  for (std::size_t a = 0; a < rows.size(); ++a) {
    for (std::size_t b = a + 1; b < rows.size(); ++b) findings.take({&rows[a], &rows[b]});
  }
  auto all = findings.all();
  if (all.empty()) all.push_back(std::move(otherwise));
  return all;
}

std::vector<Finding> measure_pairs_across(const std::vector<QuestionRecords>& vantages,
                                          const MethodContext& context,
                                          const MeasurePair& measure) {
  std::vector<std::vector<EvidenceRows>> rows;
  for (const QuestionRecords& records : vantages) rows.push_back(rows_by_evidence(records));
  PairFindings findings(context, measure);
  for (std::size_t v = 0; v < rows.size(); ++v) {
    for (std::size_t w = v + 1; w < rows.size(); ++w) {
      for (const EvidenceRows& a : rows[v]) {
        for (const EvidenceRows& b : rows[w]) findings.take({&a, &b});
      }
    }
  }
  return findings.all();
}

Finding nothing_to_compare(const Method& method, const QuestionRecords& records,
                           const MethodContext& context, std::string_view what_then) {
  Finding finding = make_finding(method, records, context, "");
  finding.dedup_rule = "raw rows";
  finding.outcome = Outcome::not_applicable;
  finding.denominator =
      fmt::format("of {} for {}", plural(static_cast<double>(records.rows.size()), "row"),
                  target_text(records));
  finding.selection = seal(records, {}, "no rows");
  finding.statement =
      fmt::format("Fewer than two evidences tell look-ups at this vantage, so {}.", what_then);
  return finding;
}

Selection seal_twins(const EvidenceRows& a, const EvidenceRows& b, const SharedEvents& shared,
                     std::string description) {
  std::vector<std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>> places;
  for (const auto& [row_a, row_b] : shared.twins) {
    for (const auto& [side, index] : {std::pair(&a, row_a), std::pair(&b, row_b)}) {
      const LookupRow& row = side->records->rows[index];
      places.emplace_back(row.evidence, row.offset, row.length);
    }
  }
  std::sort(places.begin(), places.end());
  SelectionSeal sealed(std::move(description), [&](std::uint32_t number) {
    return (number == a.evidence->number ? a : b).evidence->id;
  });
  for (const auto& [evidence, offset, length] : places) sealed.add(evidence, offset, length);
  Selection selection = sealed.finish();
  // Both were searched, be there nothing that both tell.
  selection.evidences = {a.evidence->number, b.evidence->number};
  std::sort(selection.evidences.begin(), selection.evidences.end());
  return selection;
}

Finding make_pair_finding(const Method& method, const EvidencePair& pair,
                          const MethodContext& context) {
  const auto& [a, b] = pair;
  QuestionRecords both;
  both.vantage = a->records->vantage == b->records->vantage ? a->records->vantage : "across";
  both.window = {std::min(a->records->window.begin_us, b->records->window.begin_us),
                 std::max(a->records->window.end_us, b->records->window.end_us)};
  Finding finding =
      make_finding(method, both, context, fmt::format("{}+{}", a->evidence->id, b->evidence->id));
  finding.dedup_rule = "raw rows";
  return finding;
}

}  // namespace assay::methods
