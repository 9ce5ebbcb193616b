// The table of the single methods' error rates, as a page and as JSON.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "engine/calibrate/method_rates/method_rates.h"
#include "methods/support/stats.h"

namespace assay {
namespace {

struct Verdict {
  double rate = 0;
  methods::Range range{0, 1};
  std::string word;  // "yes", "within chance", "no", "-"
};

bool is_wanted(const MethodCell& cell) { return cell.least > 0 || cell.most < 1; }

Verdict judge(const MethodCell& cell, const MethodRate& rate) {
  Verdict verdict;
  const std::uint32_t of = rate.of(cell.of);
  verdict.word = "-";
  if (of == 0) return verdict;
  verdict.rate = rate.hits / static_cast<double>(of);
  verdict.range = methods::clopper_pearson(rate.hits, of);
  if (!is_wanted(cell)) return verdict;
  const bool is_met = cell.least <= verdict.rate && verdict.rate <= cell.most;
  const bool could_be = verdict.range.second >= cell.least && verdict.range.first <= cell.most;
  verdict.word = is_met ? "yes" : could_be ? "within chance" : "no";
  return verdict;
}

std::string wanted_text(const MethodCell& cell) {
  if (!is_wanted(cell)) return "";
  if (cell.most >= 1) return fmt::format("at least {:g}", cell.least);
  if (cell.least <= 0) return fmt::format("at most {:g}", cell.most);
  return fmt::format("{:g} to {:g}", cell.least, cell.most);
}

std::string page_of(const std::vector<MethodCell>& cells, const std::vector<MethodRate>& rates,
                    const CalibrateRequest& request, std::uint32_t most_runs) {
  std::string page;
  std::string metric, counted;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const MethodCell& cell = cells[i];
    const MethodRate& rate = rates[i];
    if (cell.metric != metric || cell.counted != counted) {
      metric = cell.metric;
      counted = cell.counted;
      page += fmt::format(
          "{}**{}: {}**, of all runs{}\n\n| records | runs | answered | rate | 95 % | wanted | met "
          "| {} |\n|---|---|---|---|---|---|---|---|\n",
          i == 0 ? "" : "\n", metric, counted,
          cell.of == RateOf::answered ? " that were answered" : "",
          cell.size_of.empty() ? " " : cell.size_of);
    }
    const Verdict verdict = judge(cell, rate);
    const bool has_any = rate.of(cell.of) > 0;
    page += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} | {} |\n", cell.setting, rate.runs, rate.answered,
        has_any ? fmt::format("{:.3f}", verdict.rate) : "-",
        has_any ? fmt::format("{:.3f} to {:.3f}", verdict.range.first, verdict.range.second) : "-",
        wanted_text(cell), verdict.word,
        cell.size_of.empty() || rate.answered == 0 ? "" : fmt::format("{:.3g}", rate.size_mean));
  }
  page += fmt::format("\nSeeds {} to {}, the first ones for every line.\n", request.first_seed,
                      request.first_seed + most_runs - 1);
  return page;
}

std::string json_of(const std::vector<MethodCell>& cells, const std::vector<MethodRate>& rates,
                    const CalibrateRequest& request) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const MethodCell& cell = cells[i];
    const MethodRate& rate = rates[i];
    const Verdict verdict = judge(cell, rate);
    nlohmann::ordered_json line = {
        {"metric", cell.metric},   {"counted", cell.counted},
        {"records", cell.setting}, {"of", cell.of == RateOf::all ? "all" : "answered"},
        {"runs", rate.runs},       {"answered", rate.answered},
        {"hits", rate.hits}};
    if (rate.of(cell.of) > 0) {
      line["rate"] = verdict.rate;
      line["rate_low"] = verdict.range.first;
      line["rate_high"] = verdict.range.second;
    }
    if (is_wanted(cell)) {
      line["wanted_least"] = cell.least;
      line["wanted_most"] = cell.most;
      line["met"] = verdict.word;
    }
    if (!cell.size_of.empty() && rate.answered > 0) {
      line["size_of"] = cell.size_of;
      line["size_mean"] = rate.size_mean;
    }
    lines.push_back(std::move(line));
  }
  const nlohmann::ordered_json document = {
      {"first_seed", request.first_seed}, {"runs", request.runs}, {"methods", lines}};
  return document.dump(2) + "\n";
}

}  // namespace

Result<CalibrateOutcome> calibrate_methods(const CalibrateRequest& request) {
  const std::vector<MethodCell> cells = method_cells();
  const auto rates = run_cells(cells, request);
  if (!rates.ok()) return rates.error();
  std::uint32_t most = 0;
  for (const MethodRate& rate : *rates) most = std::max(most, rate.runs);
  return CalibrateOutcome{
      page_of(cells, *rates, request, most), json_of(cells, *rates, request), {}};
}

}  // namespace assay
