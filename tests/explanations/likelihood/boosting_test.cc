#include "explanations/likelihood/boosting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <span>

#include "cases.h"
#include "core/digest.h"
#include "core/random.h"

namespace assay::likelihood {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

LabelledCases noise(std::size_t n, std::size_t features, std::size_t classes, std::uint64_t seed) {
  LabelledCases cases{features, classes, {}, {}};
  Random random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < features; ++j) cases.values.push_back(random.normal(0, 1));
    cases.labels.push_back(i % classes);
  }
  return cases;
}

// Three classes in the plane that no single cut tells apart, and noise beside.
LabelledCases rings(std::size_t n, std::uint64_t seed) {
  LabelledCases cases = noise(n, 6, 3, seed);
  for (std::size_t i = 0; i < n; ++i) {
    double* row = cases.values.data() + i * 6;
    const double scale =
        static_cast<double>(1 + 3 * cases.labels[i]) / std::max(std::hypot(row[2], row[4]), 1e-9);
    row[2] *= scale;
    row[4] *= scale;
  }
  return cases;
}

std::size_t likeliest(const Boosting& boosting, std::span<const double> features) {
  const auto scores = boosting.scores(features);
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

BoostOptions options(std::size_t rounds) {
  BoostOptions chosen{.rounds = rounds};
  chosen.tree.least_leaf = 3;
  chosen.tree.features = 6;
  return chosen;
}

// Few short edges, so that most bytes of its text belong to trees.
Boosting small_boosting() {
  LabelledCases cases = rings(60, 3);
  for (double& value : cases.values) value = std::round(value);
  BoostOptions few = options(3);
  few.edges = 4;
  return *Boosting::train(cases, few);
}

// With the right seal, so that what is below it is read.
std::string sealed_again(std::string text) {
  text.resize(text.size() - 72);
  return text + "sha256 " + sha256_hex(text) + "\n";
}

TEST(FeatureBins, CutBetweenNeighboursAndKeepOrder) {
  LabelledCases cases{1, 1, {3, 1, kNan, 1, 2}, {0, 0, 0, 0, 0}};
  const FeatureBins bins = FeatureBins::of(cases);
  EXPECT_EQ(bins.edges(0), (std::vector<double>{1.5, 2.5}));
  EXPECT_EQ(bins.bin(0, kNan), 0);
  EXPECT_EQ(bins.bin(0, -std::numeric_limits<double>::infinity()), 1);
  EXPECT_EQ(bins.bin(0, 1.5), 1);
  EXPECT_EQ(bins.bin(0, 2), 2);
  EXPECT_EQ(bins.bin(0, 1e308), 3);
}

TEST(FeatureBins, HoldManyValuesAndExtremeOnes) {
  const LabelledCases cases = noise(5000, 1, 1, 1);
  const FeatureBins bins = FeatureBins::of(cases);
  EXPECT_EQ(bins.edges(0).size(), kMaxBinEdges);
  std::vector<int> counts(256);
  for (std::size_t i = 0; i < cases.size(); ++i) ++counts[bins.bin(0, cases.row(i)[0])];
  EXPECT_EQ(counts[0], 0);
  EXPECT_LE(*std::max_element(counts.begin(), counts.end()), 25);
  const double infinity = std::numeric_limits<double>::infinity();
  const double next = std::nextafter(1.0, 2.0);
  const FeatureBins extreme = FeatureBins::of({1, 1, {-infinity, 1, next, infinity}, {0, 0, 0, 0}});
  EXPECT_EQ(extreme.bin(0, -infinity), 1);
  EXPECT_EQ(extreme.bin(0, 1), 2);
  EXPECT_EQ(extreme.bin(0, next), 3);
  EXPECT_EQ(extreme.bin(0, infinity), 4);
}

TEST(FeatureBins, WriteEdgesWithNoMoreDigitsThanTheyNeed) {
  const FeatureBins bins = FeatureBins::of({1, 1, {0.123456789, 0.2, 0.2001}, {0, 0, 0}});
  EXPECT_EQ(bins.edges(0), (std::vector<double>{0.16, 0.2}));
  EXPECT_EQ(FeatureBins::of(noise(5000, 1, 1, 1), 15).edges(0).size(), 15u);
}

TEST(Boosting, SeparatesWhatIsSeparable) {
  const auto trained = Boosting::train(rings(450, 1), options(30));
  ASSERT_TRUE(trained) << trained.error().message;
  const LabelledCases fresh = rings(150, 2);
  int right = 0;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const auto scores = trained->scores(fresh.row(i));
    EXPECT_NEAR(scores[0] + scores[1] + scores[2], 0, 1e-9);
    right += likeliest(*trained, fresh.row(i)) == fresh.labels[i];
  }
  EXPECT_GT(right, 138);
}

TEST(Boosting, GuessesOnNoise) {
  const auto trained = Boosting::train(noise(600, 8, 3, 4), options(20));
  const LabelledCases fresh = noise(600, 8, 3, 104);
  double right = 0;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    right += likeliest(*trained, fresh.row(i)) == fresh.labels[i];
  }
  // Chance is 1/3 with a standard error of 0.02.
  EXPECT_NEAR(right / 600, 1.0 / 3, 0.08);
}

TEST(Boosting, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const LabelledCases cases = rings(120, 1);
  const auto text = [&](std::uint64_t seed) {
    BoostOptions chosen = options(5);
    chosen.seed = seed;
    return Boosting::train(cases, chosen)->to_text();
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST(Boosting, TakesWhatIsNoNumberForAValueOfItsOwn) {
  LabelledCases cases = noise(300, 3, 2, 6);
  for (std::size_t i = 0; i < 300; ++i) {
    if (cases.labels[i] == 1) cases.values[i * 3 + 1] = kNan;
  }
  const auto trained = Boosting::train(cases, options(30));
  EXPECT_GT(trained->scores(std::vector<double>{0, kNan, 0})[1], 1);
  EXPECT_LT(trained->scores(std::vector<double>{0, 0, 0})[1], -1);
  EXPECT_EQ(trained->scores(std::vector<double>{0})[1],
            trained->scores(std::vector<double>{0, kNan, kNan})[1]);
}

TEST(Boosting, KeepsToItsLimits) {
  const LabelledCases cases = rings(120, 1);
  EXPECT_FALSE(Boosting::train(cases, {.rounds = 0}));
  EXPECT_FALSE(Boosting::train(cases, {.rounds = kMaxBoostRounds + 1}));
  EXPECT_FALSE(Boosting::train(cases, {.rate = 0}));
  EXPECT_FALSE(Boosting::train(cases, {.row_share = 1.5}));
  EXPECT_FALSE(Boosting::train(cases, {.edges = kMaxBinEdges + 1}));
  EXPECT_FALSE(Boosting::train({}, {}));
  LabelledCases unlabelled = cases;
  unlabelled.labels[0] = 3;
  EXPECT_FALSE(Boosting::train(unlabelled, {}));
  EXPECT_EQ(Boosting::train(cases, options(4))->trees(), 12u);
}

// With one case drawn, with none, with cases that are all alike.
TEST(Boosting, LearnsNothingFromWhatTeachesNothing) {
  BoostOptions rare = options(3);
  rare.row_share = 1e-9;
  EXPECT_EQ(Boosting::train(rings(60, 1), rare)->scores(std::vector<double>(6, 0.0)),
            std::vector<double>(3, 0.0));
  const LabelledCases alike{1, 2, {1, 1, 1, 1}, {0, 1, 0, 1}};
  EXPECT_TRUE(Boosting::train(alike, options(3)));
}

TEST(Boosting, IsWrittenAndReadExactly) {
  LabelledCases cases = rings(90, 1);
  cases.values[0] = 1e-310;
  cases.values[6] = -std::numeric_limits<double>::infinity();
  cases.values[13] = kNan;
  const auto trained = Boosting::train(cases, options(7));
  const std::string text = trained->to_text();
  const auto read = Boosting::from_text(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->to_text(), text);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(read->scores(cases.row(i)), trained->scores(cases.row(i)));
  }
}

TEST(Boosting, RefusesAFileThatWasCutOrChangedAtAnyByte) {
  const std::string text = small_boosting().to_text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(Boosting::from_text(text.substr(0, i)));
    for (const int bit : {0, 4}) {
      std::string flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      const auto read = Boosting::from_text(flipped);
      ASSERT_FALSE(read) << i;
      EXPECT_EQ(read.error().code, ErrorCode::malformed);
    }
  }
  EXPECT_FALSE(Boosting::from_text(text + " "));
}

// The seal is no lock: whoever edits a file can make a new one. Each byte in turn cut off, dropped
// or replaced, under a right seal: refused, or trees that answer within their limits.
TEST(Boosting, AnswersOrRefusesWhateverStandsUnderARightSeal) {
  const std::string text = small_boosting().to_text();
  int refused = 0, taken = 0;
  const auto check = [&](const std::string& changed) {
    const auto read = Boosting::from_text(sealed_again(changed));
    if (!read) {
      ++refused;
      return;
    }
    ++taken;
    const double most = static_cast<double>(read->trees()) * kMostBoostValue * kBoostStep;
    for (const double x : {-1e300, 0.0, 1e300, kNan}) {
      for (const double score : read->scores(std::vector<double>(read->features(), x))) {
        ASSERT_LE(std::abs(score), most);
      }
    }
  };
  for (std::size_t i = 0; i + 72 < text.size(); ++i) {
    std::string changed = text;
    check(changed.erase(i, 1));
    for (const char c : {'9', '0', ' ', 's', '-', '\n'}) {
      changed = text;
      changed[i] = c;
      check(changed);
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(taken, 100) << "nothing was tested behind the seal";
}

TEST(Boosting, RefusesTreesThatDoNotEndWhereTheySay) {
  const auto boosting = [](const std::string& tree) {
    return Boosting::from_text(
        sealed_again("assay-boosting 1\nclasses 2 features 1 trees 2\nedges 1 0.5\n" + tree +
                     "\ntree 1 0\n" + std::string(72, ' ')));
  };
  EXPECT_TRUE(boosting("tree 3 s0 1 -5 7"));
  EXPECT_FALSE(boosting("tree 2 s0 1 -5"));
  EXPECT_FALSE(boosting("tree 4 s0 1 -5 7 8"));
  EXPECT_FALSE(boosting("tree 0"));
  EXPECT_FALSE(boosting("tree 1 --5"));
  EXPECT_FALSE(boosting("tree 1 -0")) << "two ways to write one thing";
  EXPECT_FALSE(boosting("tree 1 9000")) << "beyond what a leaf may hold";
  EXPECT_FALSE(boosting("tree 3 s1 1 -5 7")) << "no such feature";
  EXPECT_FALSE(boosting("tree 1 5 6"));
  EXPECT_FALSE(boosting("tree 18446744073709551616 5"));
  std::string deep = "tree 1201", leaves;
  for (int i = 0; i < 600; ++i) deep += " s0 1", leaves += " 1";
  EXPECT_FALSE(boosting(deep + leaves + " 1"));
}

}  // namespace
}  // namespace assay::likelihood
