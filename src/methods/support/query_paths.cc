#include "methods/support/query_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::uint8_t kTcpNumber = 6;

// Where answers are lost, resolvers offer less: the least that all take (RFC 6891 section 6.2.5
// and 6.2.3), what fits a frame of IPv6 or of Ethernet through a tunnel or without.
constexpr std::array<std::uint32_t, 10> kFallbackSizes{512,  1220, 1232, 1280, 1400,
                                                       1410, 1432, 1440, 1452, 1472};

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

bool is_near(int usual, int hop_limit) {
  return std::abs(usual - hop_limit) <= kHopSpread &&
         initial_hop_limit(usual) == initial_hop_limit(hop_limit);
}

int commonest_of(const std::map<int, double>& counts) {
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? 0 : most->first;
}

}  // namespace

QueryPaths::QueryPaths(const MethodContext& context) {
  if (context.others == nullptr) return;
  is_cut_ = context.others->left_out.contains(RecordKind::dns);
  if (is_cut_) return;
  static const FieldId kHopLimit = field_id("hop_limit"), kEdnsSize = field_id("edns_size");
  for (const OtherRow& row : context.others->rows) {
    if (row.row.kind != RecordKind::dns) continue;
    changes_[{row.evidence, row.client.bytes, row.row.protocol == kTcpNumber}].push_back(
        {row.row.offset,
         {number_in<std::uint8_t>(row.field(kHopLimit)),
          number_in<std::uint16_t>(row.field(kEdnsSize))}});
  }
  for (auto& [key, changes] : changes_) {
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& a, const Change& b) { return a.offset < b.offset; });
  }
}

PathOfQuery QueryPaths::of(const QuestionRecords& records, const LookupRow& row) const {
  const auto found = changes_.find(
      {row.evidence, records.hosts[row.client].address.bytes, (row.flags & kTcp) != 0});
  if (found == changes_.end()) return {};
  const auto& changes = found->second;
  const auto after = std::upper_bound(
      changes.begin(), changes.end(), row.offset,
      [](std::uint64_t offset, const Change& change) { return offset < change.offset; });
  if (after == changes.begin()) return {};
  PathOfQuery path = std::prev(after)->path;
  if ((row.flags & kEdns) == 0) path.edns_size.reset();
  return path;
}

int initial_hop_limit(int hop_limit) {
  if (hop_limit <= 64) return 64;
  return hop_limit <= 128 ? 128 : 255;
}

bool HopHabit::is_usual(const HopSeen& seen) const {
  const auto found = usual.find(seen.sensor);
  return found != usual.end() && is_near(found->second, seen.hop_limit);
}

HopHabit hop_habit(const std::vector<HopSeen>& seen) {
  HopHabit habit;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::map<int, double>> by_sensor;
  for (const HopSeen& each : seen) by_sensor[each.sensor][each.hop_limit] += 1;
  for (const auto& [sensor, counts] : by_sensor) {
    double all = 0;
    for (const auto& [hop_limit, count] : counts) all += count;
    if (all >= kFewestBySensor) habit.usual[sensor] = commonest_of(counts);
  }
  std::map<int, double> all, others;
  std::vector<std::uint32_t> is_other;
  std::vector<std::size_t> at;
  double other_starts = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto usual = habit.usual.find(seen[i].sensor);
    if (usual == habit.usual.end()) continue;
    all[seen[i].hop_limit] += 1;
    at.push_back(i);
    is_other.push_back(is_near(usual->second, seen[i].hop_limit) ? 0 : 1);
    if (is_other.back() == 0) continue;
    others[seen[i].hop_limit] += 1;
    other_starts += initial_hop_limit(usual->second) != initial_hop_limit(seen[i].hop_limit);
  }
  habit.told = static_cast<double>(is_other.size());
  habit.commonest = commonest_of(all);
  const auto other = static_cast<double>(std::count(is_other.begin(), is_other.end(), 1U));
  if (habit.told < kFewestSent || other == 0) return habit;
  habit.other_share = other / habit.told;
  habit.other_interval = clopper_pearson(other, habit.told);
  habit.other_commonest = commonest_of(others);
  habit.is_other_start = other_starts > 0.5 * other;
  if (other < kFewestOfSecond || habit.other_share < kSecondHabitShare) return habit;
  FlagHabit places;
  places.kinds = {{0, habit.told - other}, {1, other}};
  place_second(is_other, places);
  habit.two = places.two;
  if (places.two == TwoHabits::in_turn) habit.turned_at = at[places.turned_at];
  return habit;
}

std::string hops_text(int hop_limit) {
  const int initial = initial_hop_limit(hop_limit);
  return fmt::format("{} ({} less {})", hop_limit, initial, initial - hop_limit);
}

SizeHabit size_habit(const std::vector<std::uint32_t>& sizes) {
  const FlagHabit habit = flag_habit(sizes);
  SizeHabit result;
  result.told = habit.told;
  result.kinds = habit.kinds;
  result.two = habit.two;
  result.second_share = habit.second_share;
  result.turned_at = habit.turned_at;
  if (habit.kinds.size() > 1) {
    const std::uint32_t smaller = std::min(habit.kinds[0].flags, habit.kinds[1].flags);
    result.is_like_fallback =
        std::find(kFallbackSizes.begin(), kFallbackSizes.end(), smaller) != kFallbackSizes.end();
  }
  return result;
}

}  // namespace assay::methods
