// A trained model of families of causes: what a case's summary numbers weigh between them.
//
// Boosted trees, calibration, the range of the cases that it was trained on, and for each claim
// what may be reported: bounds that the calibration cases support and the cap by left-out families
// (leave_family_out.h). docs/weighing.md argues all of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/result.h"
#include "explanations/likelihood/boosting.h"
#include "explanations/likelihood/case_range.h"
#include "explanations/likelihood/elub.h"
#include "explanations/likelihood/known_cases.h"
#include "explanations/likelihood/multinomial.h"

namespace assay::likelihood {

inline constexpr std::size_t kMaxFamilyModelBytes = 80u << 20;

// Cases of known truth by what LR the model gave them: how many of each side lie in each class,
// which shows what LR such a number has been worth.
inline constexpr std::array<double, 9> kLrClassEdges = {0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100};
inline constexpr std::size_t kLrClasses = kLrClassEdges.size() + 1;
struct LrCounts {
  std::array<std::uint64_t, kLrClasses> h1 = {}, h2 = {};
};
LrCounts lr_counts(const KnownCases& cases);

// "For a person rather than a program": families that it is true of against those that it is not.
struct ModelClaim {
  std::string word;  // "person_timed": stable
  std::string a, b;  // "persons who chose the moments", "a program that chose them"
  std::vector<std::string> for_a, for_b;  // names of families
  LrBounds bounds;                        // of ln LR: what the test cases support
  // Share of test cases of a (of b) that get an LR of at least 10 for their own side as it would be
  // reported: of fewer than 200 rows, of fewer than 1,000, of more.
  std::array<double, 3> power_a = {}, power_b = {};
  double cap_a = 1, cap_b = 1;  // the largest LR that may be reported for a, for b; at least 1
  LrCounts counted, counted_elsewhere;  // test cases; cases drawn by other customs
};

// The range of what may be reported: bounds and caps together.
LrBounds limits_of(const ModelClaim& claim);
// ln LR, low and high, that cases with about this LR were worth: of each count the quotient of the
// sides' shares with exact limits (95 % together), and the hull of both counts. Nothing without
// cases or for what is no number.
std::optional<std::pair<double, double>> counted_range(const ModelClaim& claim, double ln_lr);
// Of power_a and power_b.
std::size_t power_class(double rows);

// What a further kind of record adds on simulated cases, in bits of whether there was contact.
struct RecordGain {
  std::string record;  // SettlingRecord::record
  double bits = 0;
};

struct ModelCase {
  std::vector<double> ln_likelihoods;  // of the families, in their order
  std::vector<std::string> unlike;     // why the case is outside what was simulated; empty: inside
};

class FamilyModel {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::size_t rounds = 150;
    std::uint32_t least_leaf = 20;  // cases
  };
  // Trains on `train`, calibrates and measures the range on `apart`; labels are indices of
  // `families`. ErrorCode::usage when cases are incomplete or shapes differ.
  static Result<FamilyModel> learn(const LabelledCases& train, const LabelledCases& apart,
                                   std::vector<std::string> families,
                                   std::vector<std::string> features, const Options& options);

  const std::vector<std::string>& families() const { return families_; }
  const std::vector<std::string>& features() const { return features_; }
  std::vector<ModelClaim>& claims() { return claims_; }
  const std::vector<ModelClaim>& claims() const { return claims_; }
  // Best first; bits of whether there was contact that look-ups leave open.
  std::vector<RecordGain>& gains() { return gains_; }
  const std::vector<RecordGain>& gains() const { return gains_; }
  double open_bits() const { return open_bits_; }
  void set_open_bits(double bits) { open_bits_ = bits; }
  const CaseRange& range() const { return range_; }

  // `values` in the order of features(); missing ones are no numbers.
  ModelCase look_at(std::span<const double> values) const;
  // ln LR of the claim's a over its b, families of one side weighing the same. Families that the
  // model does not have are passed over; nothing when a side has none.
  std::optional<double> ln_ratio(const ModelCase& looked_at, const ModelClaim& claim) const;

  // Exact both ways. from_text() returns ErrorCode::malformed whatever is wrong with the bytes.
  std::string to_text() const;
  static Result<FamilyModel> from_text(std::string_view text);

 private:
  std::vector<std::string> families_, features_;
  Boosting boosting_;
  MultinomialLogistic calibration_;
  CaseRange range_;
  std::vector<ModelClaim> claims_;
  std::vector<RecordGain> gains_;
  double open_bits_ = 0;
};

}  // namespace assay::likelihood
