#include "explanations/likelihood/case_range.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "explanations/likelihood/model_text.h"

namespace assay::likelihood {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMostSquare = 25;  // one odd number of seventy must not decide
constexpr double kMargin = 0.02;    // of the range: a hair's breadth outside is inside
constexpr double kLikeShare = 0.99;
constexpr std::string_view kKind = "assay-case-range 1";
constexpr std::size_t kMostBytes = 8u << 20;
constexpr std::uint64_t kMostNumbers = 100'000, kMostClasses = 64;

// Six digits are plenty for what a margin of 2 % is added to, and make the file half as long.
double shortened(double number) {
  if (!std::isfinite(number)) return number;
  const std::string text = fmt::format("{:.6g}", number);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

CaseRange CaseRange::of(const LabelledCases& cases, const LabelledCases& apart) {
  CaseRange range;
  const std::size_t width = cases.features;
  range.least_.assign(width, kInfinity);
  range.most_.assign(width, -kInfinity);
  std::vector<double> counts(cases.classes * width), sums(counts), squares(counts);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (std::size_t f = 0; f < width; ++f) {
      const double value = cases.row(i)[f];
      if (!std::isfinite(value)) continue;
      range.least_[f] = std::min(range.least_[f], value);
      range.most_[f] = std::max(range.most_[f], value);
      const std::size_t at = cases.labels[i] * width + f;
      ++counts[at];
      sums[at] += value;
      squares[at] += value * value;
    }
  }
  range.mean_.assign(counts.size(), 0);
  range.deviation_.assign(counts.size(), 0);
  for (std::size_t at = 0; at < counts.size(); ++at) {
    if (counts[at] < 2) continue;
    range.mean_[at] = sums[at] / counts[at];
    const double variance = squares[at] / counts[at] - range.mean_[at] * range.mean_[at];
    range.deviation_[at] = std::sqrt(std::max(0.0, variance));
  }
  for (auto* numbers : {&range.least_, &range.most_, &range.mean_, &range.deviation_}) {
    for (double& number : *numbers) number = shortened(number);
  }
  std::vector<double> distances;
  for (std::size_t i = 0; i < apart.size(); ++i) distances.push_back(range.distance(apart.row(i)));
  std::sort(distances.begin(), distances.end());
  if (!distances.empty()) {
    const auto last = static_cast<double>(distances.size() - 1);
    range.farthest_ = distances[static_cast<std::size_t>(std::ceil(kLikeShare * last))];
  }
  return range;
}

double CaseRange::distance(std::span<const double> values) const {
  const std::size_t width = least_.size();
  double nearest = kInfinity;
  for (std::size_t c = 0; c * width < mean_.size(); ++c) {
    double sum = 0, count = 0;
    for (std::size_t f = 0; f < width && f < values.size(); ++f) {
      const double deviation = deviation_[c * width + f];
      if (!std::isfinite(values[f]) || deviation <= 0) continue;
      const double z = (values[f] - mean_[c * width + f]) / deviation;
      sum += std::min(z * z, kMostSquare);
      ++count;
    }
    if (count > 0) nearest = std::min(nearest, sum / count);
  }
  return nearest;
}

CaseRange::Unlikeness CaseRange::of_case(std::span<const double> values) const {
  Unlikeness unlike;
  for (std::size_t f = 0; f < least_.size() && f < values.size(); ++f) {
    if (std::isnan(values[f])) continue;
    const double margin = kMargin * std::max(0.0, most_[f] - least_[f]);
    if (values[f] < least_[f] - margin || values[f] > most_[f] + margin) {
      unlike.outside.push_back(f);
    }
  }
  unlike.distance = distance(values);
  unlike.is_far = !(unlike.distance <= farthest_);
  return unlike;
}

std::string CaseRange::to_text() const {
  std::string text =
      fmt::format("{}\nfeatures {} classes {} farthest {}\n", kKind, least_.size(),
                  least_.empty() ? 0 : mean_.size() / least_.size(), exact_text(farthest_));
  for (std::size_t f = 0; f < least_.size(); ++f) {
    // A feature that was never a number has no range; 1 to 0 says so in finite numbers.
    const bool is_empty = least_[f] > most_[f];
    text += fmt::format("{} {}\n", exact_text(is_empty ? 1 : least_[f]),
                        exact_text(is_empty ? 0 : most_[f]));
  }
  for (std::size_t at = 0; at < mean_.size(); ++at) {
    text += fmt::format("{} {}\n", exact_text(mean_[at]), exact_text(deviation_[at]));
  }
  return seal_model(std::move(text));
}

Result<CaseRange> CaseRange::from_text(std::string_view text) {
  const auto body = open_model(text, kKind, kMostBytes);
  if (!body.ok()) return body.error();
  Words words(*body);
  CaseRange range;
  const auto width = words.skip("features") ? words.count(kMostNumbers) : std::nullopt;
  const auto classes = words.skip("classes") ? words.count(kMostClasses) : std::nullopt;
  const auto farthest = words.skip("farthest") ? words.number() : std::nullopt;
  if (!width || !classes || !farthest || *width * *classes > kMostNumbers) {
    return malformed_model(kKind, "the sizes cannot be read");
  }
  range.farthest_ = *farthest;
  const auto read = [&](std::vector<double>& first, std::vector<double>& second,
                        std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto a = words.number(), b = words.number();
      if (!a || !b) return false;
      first.push_back(*a);
      second.push_back(*b);
    }
    return true;
  };
  if (!read(range.least_, range.most_, *width) ||
      !read(range.mean_, range.deviation_, *width * *classes) || !words.is_at_end()) {
    return malformed_model(kKind, "a number is missing, or there are more than said");
  }
  return range;
}

}  // namespace assay::likelihood
