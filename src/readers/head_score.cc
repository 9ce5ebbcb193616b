#include "readers/head_score.h"

#include <fmt/format.h>

namespace assay {

SniffScore score_of(const LineCount& count, const LineScale& scale) {
  // A letter that quotes a log is none. Lists of lines for tests have a comment before each.
  if (count.undated * 4 > count.lines * 3) return {};
  if (count.own > 0) {
    const auto share = static_cast<int>((count.own + count.akin) *
                                        static_cast<std::uint64_t>(scale.more) / count.lines);
    return {scale.least + share, fmt::format("{}; {} of the first {} lines {}", count.first,
                                             count.own, count.lines, scale.own)};
  }
  if (count.akin == 0) return {};
  return {scale.akin_score, fmt::format("{} lines {}", count.akin, scale.akin)};
}

}  // namespace assay
