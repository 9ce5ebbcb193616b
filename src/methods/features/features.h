// Some hundred numbers that sum up how one party asked for the question's names: what a classifier
// of simulated causes learns from and what a case is held against. None is evidence by itself, and
// none says why; docs/weighing.md says how they are used and where they may not be.
//
// Not a number (NaN) where a number cannot be had: too few rows, no TTL. The set and order of names
// is always the same. What was asked for and who else asked is left out: a list that somebody
// filtered has one type and few askers whatever the cause. Times enter by their distances and by
// their place in the UTC day and week, never by their date, so that a model cannot learn when its
// training cases happened to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"

namespace assay::methods {

// Rises when a number may change: models are trained for one version.
inline constexpr std::string_view kFeaturesVersion = "3";

class Features {
 public:
  void add(std::string_view name, double value) {
    names_.emplace_back(name);
    values_.push_back(value);
  }
  // "<prefix>_<percent>" of sorted values, each as its logarithm to base 10; NaN for none.
  void add_log_quantiles(std::string_view prefix, const std::vector<double>& sorted,
                         const std::vector<double>& shares);
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<std::string> names_;
  std::vector<double> values_;
};

// What each part of the features sees.
struct FeatureInput {
  const QuestionRecords& records;
  const AskerGroup& group;
  double ttl_seconds = 0;             // 0: unknown
  std::vector<double> heads_s;        // begins of bursts, ascending
  std::vector<double> burst_rows;     // rows of each burst
  std::vector<double> burst_seconds;  // width of each
  double days = 0;                    // of the window
  double begin_s = 0;                 // of the window
};
void add_volume_features(const FeatureInput& input, Features& out);
void add_gap_features(const FeatureInput& input, Features& out);
void add_clock_features(const FeatureInput& input, Features& out);
void add_burst_features(const FeatureInput& input, Features& out);
void add_source_features(const FeatureInput& input, Features& out);
void add_cluster_features(const FeatureInput& input, Features& out);

// Of one party of the question; O(n log n). A party without rows gives NaN for most.
Features summary_features(const QuestionRecords& records, const MethodContext& context,
                          const AskerGroup& group);

}  // namespace assay::methods
