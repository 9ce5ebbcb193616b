#include "explanations/likelihood/pav.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay::likelihood {
namespace {

struct Block {
  double sum;  // of value times weight; of H1 cases when scores are calibrated
  double weight;
  std::size_t first, last;
};

// Without division: counts are compared exactly, so equal shares are always pooled.
bool is_violated(const Block& before, const Block& after) {
  return before.sum * after.weight >= after.sum * before.weight;
}

void push(std::vector<Block>& blocks, Block block) {
  while (!blocks.empty() && is_violated(blocks.back(), block)) {
    block.sum += blocks.back().sum;
    block.weight += blocks.back().weight;
    block.first = blocks.back().first;
    blocks.pop_back();
  }
  blocks.push_back(block);
}

struct Score {
  double value;
  double h1 = 0, h2 = 0;  // cases
};

std::vector<Score> grouped(std::span<const double> scores_h1, std::span<const double> scores_h2,
                           double misleading) {
  std::vector<Score> scores;
  scores.reserve(scores_h1.size() + scores_h2.size() + 2);
  for (const double value : scores_h1) scores.push_back({value, 1, 0});
  for (const double value : scores_h2) scores.push_back({value, 0, 1});
  if (misleading > 0) {
    scores.push_back({-std::numeric_limits<double>::infinity(), misleading, 0});
    scores.push_back({std::numeric_limits<double>::infinity(), 0, misleading});
  }
  std::sort(scores.begin(), scores.end(),
            [](const Score& a, const Score& b) { return a.value < b.value; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < scores.size(); ++i) {
    if (scores[i].value == scores[kept].value) {
      scores[kept].h1 += scores[i].h1;
      scores[kept].h2 += scores[i].h2;
    } else {
      scores[++kept] = scores[i];
    }
  }
  scores.resize(kept + 1);
  return scores;
}

bool is_any_nan(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

}  // namespace

std::vector<double> pool_adjacent_violators(std::span<const double> values,
                                            std::span<const double> weights) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < values.size(); ++i) {
    push(blocks, {values[i] * weights[i], weights[i], i, i});
  }
  std::vector<double> fitted(values.size());
  for (const Block& block : blocks) {
    for (std::size_t i = block.first; i <= block.last; ++i) fitted[i] = block.sum / block.weight;
  }
  return fitted;
}

std::optional<IsotonicCalibration> IsotonicCalibration::fit(std::span<const double> scores_h1,
                                                            std::span<const double> scores_h2,
                                                            double misleading) {
  if (scores_h1.empty() || scores_h2.empty() || is_any_nan(scores_h1) || is_any_nan(scores_h2) ||
      !(misleading >= 0)) {
    return std::nullopt;
  }
  const std::vector<Score> scores = grouped(scores_h1, scores_h2, misleading);
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    push(blocks, {scores[i].h1, scores[i].h1 + scores[i].h2, i, i});
  }
  // The prior odds of the sample are divided out: an LR does not depend on how many cases of each
  // kind somebody chose to make.
  const double ln_prior_odds = std::log(static_cast<double>(scores_h1.size()) + misleading) -
                               std::log(static_cast<double>(scores_h2.size()) + misleading);
  IsotonicCalibration calibration;
  for (const Block& block : blocks) {
    const double ln_odds = std::log(block.sum) - std::log(block.weight - block.sum);
    calibration.pools_.push_back(
        {scores[block.first].value, scores[block.last].value, ln_odds - ln_prior_odds});
  }
  return calibration;
}

double IsotonicCalibration::ln_lr(double score) const {
  if (std::isnan(score)) return 0;
  const auto next =
      std::lower_bound(pools_.begin(), pools_.end(), score,
                       [](const Pool& pool, double value) { return pool.highest_score < value; });
  if (next == pools_.end()) return pools_.back().ln_lr;
  if (next == pools_.begin() || score >= next->lowest_score) return next->ln_lr;
  return std::clamp(0.0, std::prev(next)->ln_lr, next->ln_lr);
}

}  // namespace assay::likelihood
