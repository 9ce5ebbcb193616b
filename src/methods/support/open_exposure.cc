#include "methods/support/open_exposure.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "methods/support/cache_shape.h"
#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr double kMostEarly = 0.01;  // of refreshes, with all caches taken
constexpr std::size_t kMostCaches = 8;
constexpr std::int64_t kSlotUs = kSlotSeconds * kMicrosPerSecond;
constexpr std::int64_t kLeadOfPart = 3;  // a stretch of fewer TTLs keeps its first one

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::int64_t slot_of(std::int64_t us) {
  return us >= 0 ? us / kSlotUs : -((-us + kSlotUs - 1) / kSlotUs);
}

// How many refreshes are still alive when each begins.
std::vector<std::size_t> alive_at(const std::vector<Refresh>& refreshes, std::int64_t life_us) {
  std::vector<std::size_t> alive;
  std::size_t from = 0;
  for (std::size_t i = 0; i < refreshes.size(); ++i) {
    while (from < i && refreshes[from].answered_us + life_us <= refreshes[i].begin_us) ++from;
    alive.push_back(i - from);
  }
  return alive;
}

std::size_t count_caches(const std::vector<std::size_t>& alive) {
  for (std::size_t caches = 1; caches <= kMostCaches; ++caches) {
    const auto early = std::count_if(alive.begin(), alive.end(),
                                     [&](std::size_t others) { return others >= caches; });
    if (static_cast<double>(early) <= kMostEarly * static_cast<double>(alive.size())) {
      return caches;
    }
  }
  return 0;
}

class Spreader {
 public:
  Spreader(OpenExposure& exposure, const std::vector<Interval>& parts)
      : exposure_(exposure), parts_(parts) {}

  // Stretches ascending and disjoint.
  void add(std::int64_t begin_us, std::int64_t end_us, double weight) {
    while (part_ < parts_.size() && parts_[part_].end_us <= begin_us) ++part_;
    for (std::size_t p = part_; p < parts_.size() && parts_[p].begin_us < end_us; ++p) {
      spread(std::max(begin_us, parts_[p].begin_us), std::min(end_us, parts_[p].end_us), weight);
    }
  }

 private:
  void spread(std::int64_t begin_us, std::int64_t end_us, double weight) {
    while (begin_us < end_us) {
      const std::int64_t slot = slot_of(begin_us);
      const std::int64_t until = std::min((slot + 1) * kSlotUs, end_us);
      const std::int64_t index = slot - exposure_.first_slot;
      if (index >= 0 && index < static_cast<std::int64_t>(exposure_.size())) {
        exposure_.open_seconds[static_cast<std::size_t>(index)] +=
            weight * static_cast<double>(until - begin_us) / kMicrosPerSecond;
      }
      begin_us = until;
    }
  }

  OpenExposure& exposure_;
  const std::vector<Interval>& parts_;
  std::size_t part_ = 0;
};

// Observed stretches without their first TTL.
std::vector<Interval> settled_parts(const ObservedTime& observed, std::int64_t life_us) {
  std::vector<Interval> parts = observed.parts;
  for (Interval& part : parts) {
    if (part.length_us() > kLeadOfPart * life_us) part.begin_us += life_us;
  }
  return parts;
}

// Walks along the moments at which the number of taken caches changes.
void add_open_time(const std::vector<Refresh>& refreshes, std::int64_t life_us, double caches,
                   const Interval& window, Spreader& spreader) {
  std::size_t begun = 0;
  std::size_t expired = 0;
  std::int64_t at = window.begin_us;
  const auto expiry = [&](std::size_t i) { return refreshes[i].answered_us + life_us; };
  while (at < window.end_us) {
    std::int64_t next = window.end_us;
    if (begun < refreshes.size()) next = std::min(next, refreshes[begun].begin_us);
    if (expired < begun) next = std::min(next, expiry(expired));
    next = std::max(next, at);
    const double taken = static_cast<double>(begun - expired);
    if (next > at && taken < caches) spreader.add(at, next, (caches - taken) / caches);
    at = next;
    if (at >= window.end_us) break;
    while (expired < begun && expiry(expired) <= at) ++expired;
    while (begun < refreshes.size() && refreshes[begun].begin_us <= at) ++begun;
  }
}

}  // namespace

double OpenExposure::total_events() const { return sum_of(events); }
double OpenExposure::total_open_seconds() const { return sum_of(open_seconds); }

double OpenExposure::open_share() const {
  const double observed = sum_of(observed_seconds);
  return observed > 0 ? total_open_seconds() / observed : 0;
}

double OpenExposure::slot_of_day(std::size_t i) const {
  const std::int64_t slot = first_slot + static_cast<std::int64_t>(i);
  return static_cast<double>(((slot % kSlotsPerDay) + kSlotsPerDay) % kSlotsPerDay);
}

int OpenExposure::weekday_of_slot(std::size_t i) const {
  return weekday_of(day_number((first_slot + static_cast<std::int64_t>(i)) * kSlotUs));
}

OpenExposure open_exposure(const std::vector<Refresh>& refreshes, const ObservedTime& observed,
                           double ttl_seconds, double tolerance_seconds) {
  OpenExposure exposure;
  if (observed.window.empty()) return exposure;
  exposure.first_slot = slot_of(observed.window.begin_us);
  const std::int64_t slots = slot_of(observed.window.end_us - 1) - exposure.first_slot + 1;
  exposure.is_cut = slots > kMaxSlots;
  const auto size = static_cast<std::size_t>(std::min(slots, kMaxSlots));
  exposure.events.assign(size, 0.0);
  exposure.open_seconds.assign(size, 0.0);
  Interval window = observed.window;
  window.end_us =
      std::min(window.end_us, (exposure.first_slot + static_cast<std::int64_t>(size)) * kSlotUs);
  const auto life_us = static_cast<std::int64_t>(std::max(ttl_seconds, 0.0) * kMicrosPerSecond);
  const auto slack_us = static_cast<std::int64_t>(tolerance_seconds * kMicrosPerSecond);
  std::size_t caches = 0;
  if (life_us > slack_us) caches = count_caches(alive_at(refreshes, life_us - slack_us));
  const std::int64_t hidden_us = caches > 0 ? life_us : 0;
  const auto parts = settled_parts(observed, hidden_us);
  Spreader observer(exposure, parts);
  observer.add(window.begin_us, window.end_us, 1.0);
  exposure.observed_seconds = exposure.open_seconds;
  if (caches > 0) {
    exposure.ttl_seconds = ttl_seconds;
    exposure.caches = static_cast<double>(caches);
    std::fill(exposure.open_seconds.begin(), exposure.open_seconds.end(), 0.0);
    Spreader spreader(exposure, parts);
    add_open_time(refreshes, life_us, exposure.caches, window, spreader);
  }
  std::size_t part = 0;
  for (const Refresh& refresh : refreshes) {
    while (part < parts.size() && parts[part].end_us <= refresh.begin_us) ++part;
    if (part == parts.size()) break;
    const std::int64_t index = slot_of(refresh.begin_us) - exposure.first_slot;
    if (!parts[part].contains(refresh.begin_us) || index < 0) continue;
    if (index >= static_cast<std::int64_t>(size)) break;
    exposure.events[static_cast<std::size_t>(index)] += 1;
  }
  return exposure;
}

SeriesExposure exposure_of(const QuestionRecords& records, const MethodContext& context,
                           GapSeries series, const ObservedTime& observed) {
  SeriesExposure measured;
  measured.ttl = known_ttl(records, context, series.rows);
  Ttl& ttl = measured.ttl;
  measured.burst_gap_seconds = burst_gap_for(ttl);
  measure_gaps(records, true, measured.burst_gap_seconds, ttl.seconds, series);
  if (ttl.source == TtlSource::unknown) {
    std::vector<double> gaps;
    for (const Gap& gap : series.gaps) gaps.push_back(gap.seconds);
    std::sort(gaps.begin(), gaps.end());
    ttl.estimated = estimate_ttl(gaps, series.tolerance_seconds, measured.burst_gap_seconds);
    if (ttl.estimated > 0) {
      ttl.seconds = ttl.estimated;
      ttl.source = TtlSource::estimated;
    }
  }
  std::vector<Refresh> refreshes;
  for (const Burst& burst : merge_bursts(records, series.rows, measured.burst_gap_seconds)) {
    refreshes.push_back({burst.begin_us, burst.answered_us});
  }
  measured.exposure = open_exposure(refreshes, observed, ttl.seconds, series.tolerance_seconds);
  measured.series = std::move(series);
  return measured;
}

void say_exposure(const SeriesExposure& measured, Finding& finding) {
  const OpenExposure& exposure = measured.exposure;
  finding.parameters["ttl_source"] = to_string(measured.ttl.source);
  finding.parameters["ttl_seconds"] = fmt::format("{:g}", exposure.ttl_seconds);
  finding.parameters["caches"] = fmt::format("{:g}", exposure.caches);
  add(finding, "events", exposure.total_events(), "bursts");
  add(finding, "open_share", exposure.open_share());
  if (measured.ttl.seconds <= 0) {
    finding.limitations.emplace_back(
        "No TTL is known or stands out of the gaps, so nothing is allowed for what a cache hides; "
        "a busy cache flattens the rhythm of the demand behind it.");
  } else if (exposure.ttl_seconds <= 0) {
    finding.limitations.push_back(fmt::format(
        "More than {} look-ups come within one TTL, as behind many caches; nothing is allowed for "
        "what they hide.",
        kMostCaches));
  }
  if (exposure.is_cut) {
    finding.limitations.push_back(
        fmt::format("Only the first {} days of the window are used.", kMaxSlots / kSlotsPerDay));
  }
}

}  // namespace assay::methods
