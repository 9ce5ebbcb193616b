// Isotonic regression by pooling adjacent violators, and the calibration made of it.
//
// M. Ayer, H. Brunk, G. Ewing, W. Reid, E. Silverman, An empirical distribution function for
// sampling with incomplete information (1955); as a calibration of likelihood ratios: N. Bruemmer,
// J. du Preez, Application-independent evaluation of speaker detection (2006).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace assay::likelihood {

// The non-decreasing sequence with the least weighted squared distance to `values`. Values finite,
// weights above 0, as many as values. O(n).
std::vector<double> pool_adjacent_violators(std::span<const double> values,
                                            std::span<const double> weights);

// The best that any order-preserving change of the scores could do on these very cases: the score
// becomes the natural log of the LR within its pool. It measures (Cllr_min, devPAV) and should not
// be used to report, unless on cases apart: it is fitted to every accident of the ones it saw.
class IsotonicCalibration {
 public:
  // Equal scores are one. `misleading` cases of H1 are set below every score and as many of H2
  // above, so that no pool is pure and every LR is finite; with 0, pure pools give LR 0 and
  // infinity. nullopt when a side is empty, a score is no number, or `misleading` is below 0. O(n
  // log n).
  static std::optional<IsotonicCalibration> fit(std::span<const double> scores_h1,
                                                std::span<const double> scores_h2,
                                                double misleading = 0);

  // Natural log LR. Between two pools the weaker of the two (the one nearer to LR 1, or 1 when they
  // point apart), beyond the outermost scores what the outermost pool has.
  double ln_lr(double score) const;

  struct Pool {
    double lowest_score, highest_score;
    double ln_lr;
  };
  const std::vector<Pool>& pools() const { return pools_; }

 private:
  std::vector<Pool> pools_;
};

}  // namespace assay::likelihood
