#include "sim/vantage.h"

#include <algorithm>
#include <cmath>

namespace assay::sim {
namespace {

// Within the zone one label above the target, or the target with a search suffix behind it.
bool reaches_servers(const std::string& name, const std::string& target) {
  const std::string zone = target.substr(target.find('.') + 1);
  if (name == zone || name.starts_with(target + ".")) return true;
  return name.ends_with("." + zone);
}

bool is_out(const Vantage& vantage, double time_s) {
  return std::any_of(vantage.outages.begin(), vantage.outages.end(), [&](const Outage& outage) {
    return time_s >= outage.begin_s && time_s < outage.end_s;
  });
}

void sort_by_time(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.time_s < b.time_s; });
}

}  // namespace

std::vector<Row> record(std::vector<Row> queries, const Scenario& scenario, const Names& names,
                        Random& random) {
  const Vantage& vantage = scenario.vantage;
  std::vector<char> is_seen(names.size());
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    const bool passes = !vantage.only_target || i == 0;
    is_seen[i] = passes && reaches_servers(names.name(i), scenario.target.qname);
  }
  std::vector<Row> rows;
  rows.reserve(queries.size());
  for (Row& row : queries) {
    if (row.time_s < scenario.begin_s || row.time_s >= scenario.end_s) continue;
    if (!is_seen[row.name] || (vantage.only_type_a && row.qtype != kTypeA)) continue;
    if (is_out(vantage, row.time_s) || !random.chance(vantage.seen_probability)) continue;
    if (row.server < vantage.skew_seconds.size()) row.time_s += vantage.skew_seconds[row.server];
    const double step = vantage.resolution_seconds;
    if (step > 0) row.time_s = std::floor(row.time_s / step) * step;
    rows.push_back(row);
  }
  sort_by_time(rows);
  return rows;
}

void edit_rows(SimulatedRun& run, const Scenario& scenario, Random& random) {
  const Edit& edit = scenario.edit;
  std::vector<Row>& rows = run.rows;
  const std::size_t before = rows.size();
  if (before == 0) return;
  const auto invented =
      static_cast<std::size_t>(std::llround(edit.invented_share * static_cast<double>(before)));
  std::vector<Row> made;
  for (std::size_t i = 0; i < invented; ++i) {
    Row row = rows[random.below(before)];  // so that clients keep their shares
    row.time_s = std::floor(random.uniform(scenario.begin_s, scenario.end_s));
    row.server = static_cast<std::uint8_t>(random.below(scenario.vantage.servers.size()));
    row.is_invented = true;
    made.push_back(row);
  }
  const auto block = std::min(before / 2, static_cast<std::size_t>(edit.repeated_block_rows));
  if (block > 0) {
    const std::size_t from = random.below(before - block);
    const double shift = 86'400 * std::floor(random.uniform(2, 20));
    for (std::size_t i = from; i < from + block; ++i) {
      Row row = rows[i];
      row.time_s += row.time_s + shift < scenario.end_s ? shift : -shift;
      row.is_invented = true;
      made.push_back(row);
    }
  }
  if (edit.deleted_share > 0) {
    std::erase_if(rows, [&](const Row&) { return random.chance(edit.deleted_share); });
  }
  run.deleted_rows = before - rows.size();
  run.invented_rows = made.size();
  rows.insert(rows.end(), made.begin(), made.end());
  for (Row& row : rows) {
    if (random.chance(edit.rounded_share)) row.time_s = std::floor(row.time_s / 10) * 10;
  }
  sort_by_time(rows);
}

}  // namespace assay::sim
