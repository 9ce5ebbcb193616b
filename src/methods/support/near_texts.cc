#include "methods/support/near_texts.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "core/text_sketch.h"

namespace assay::methods {
namespace {

constexpr std::size_t kBands = 21, kBandBins = 6;
constexpr std::size_t kMostCompared = 32;    // of one band's texts, the last ones
constexpr std::size_t kMostPairs = 200'000;  // of which a list is kept
static_assert(kBands * kBandBins <= kSketchBins);

// What each number of bins in common tells, at 95 %.
std::vector<Range> ranges_by_bins() {
  constexpr auto kBins = static_cast<double>(kSketchBins);
  std::vector<Range> ranges;
  for (std::size_t same = 0; same <= kSketchBins; ++same) {
    const Range share = clopper_pearson(static_cast<double>(same), kBins);
    ranges.emplace_back(jaccard_told_by(share.first * kBins),
                        jaccard_told_by(share.second * kBins));
  }
  return ranges;
}

}  // namespace

NearPairs near_texts(const std::vector<std::string>& sketches) {
  const std::vector<Range> ranges = ranges_by_bins();
  NearPairs result;
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  const auto compare = [&](std::uint32_t first, std::uint32_t second) {
    const std::size_t same = bins_in_common(sketches[first], sketches[second]);
    const double jaccard = jaccard_told_by(static_cast<double>(same));
    if (jaccard < kNearCopy || !seen.insert({first, second}).second) return;
    result.pairs.push_back({first, second, jaccard, ranges[same]});
  };
  for (std::size_t band = 0; band < kBands; ++band) {
    std::unordered_map<std::string_view, std::vector<std::uint32_t>> alike;
    for (std::uint32_t i = 0; i < sketches.size(); ++i) {
      if (sketches[i].size() != kSketchBins) continue;
      auto& others = alike[std::string_view(sketches[i]).substr(band * kBandBins, kBandBins)];
      const std::size_t from = others.size() - std::min(others.size(), kMostCompared);
      result.is_cut |= from > 0;
      for (std::size_t k = from; k < others.size(); ++k) {
        if (result.pairs.size() < kMostPairs) compare(others[k], i);
      }
      others.push_back(i);
    }
  }
  result.is_cut |= result.pairs.size() == kMostPairs;
  std::sort(result.pairs.begin(), result.pairs.end(), [](const NearPair& a, const NearPair& b) {
    return std::tie(a.first, a.second) < std::tie(b.first, b.second);
  });
  return result;
}

}  // namespace assay::methods
