// Many tests at once: ranks among controls as p values, the false discovery rate, and e values.
// Plain numbers in and out; what was tested is the caller's to say.
#pragma once

#include <cstddef>
#include <vector>

namespace assay::methods {

// Share of controls that score as high, the tested one counted in: (1 + those at least as high) /
// (1 + controls). Exact when tested and controls are exchangeable; ties count against the tested
// one, so it needs no random numbers. `controls` ascending. Vovk, Gammerman and Shafer 2005.
double conformal_p(const std::vector<double>& controls, double score);

// Controls without which nothing can be found: a p value is never below 1 / (1 + controls), and
// among `tests` tests the `fewest` smallest have to reach level * fewest / tests.
double fewest_controls(double tests, double level, double fewest = 1);

// The level at which each test would be a discovery, in the order given. A rate over many uses:
// one use may have more false discoveries; see false_share_bound. O(m log m).
// Benjamini and Hochberg 1995: for p values that are independent, or positively dependent as those
// from one set of controls are (Bates et al. 2023).
std::vector<double> benjamini_hochberg(const std::vector<double>& p);
// The same whatever the dependence, with a factor of log m (Benjamini and Yekutieli 2001).
std::vector<double> benjamini_yekutieli(const std::vector<double>& p);
// Probability of any false discovery at all (Holm 1979).
std::vector<double> holm(const std::vector<double>& p);

// e values: expected to be at most 1 without an effect. All or nothing at `threshold`, which is
// fixed before the p values are seen: 1/threshold when p is at most that, else 0.
double all_or_nothing_e(double p, double threshold);
// e-BH (Wang and Ramdas 2022): the level at which each would be a discovery, whatever the
// dependence, and however often one looks again; 1 where there is none.
std::vector<double> e_benjamini_hochberg(const std::vector<double>& e);

// Above the share of false ones among `found` discoveries, with 95 % confidence at every threshold
// at once, for independent tests: c (1 + tests * threshold) / found with c = log(20) / log(1 +
// log(20)) (Katsevich and Ramdas 2020). At most 1.
double false_share_bound(double tests, double threshold, double found);

}  // namespace assay::methods
