#include "explanations/likelihood/forest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

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

double out_of_bag_accuracy(const LabelledCases& cases, const OutOfBag& out) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto row = out.row(i);
    const auto best = std::max_element(row.begin(), row.end()) - row.begin();
    right += static_cast<std::size_t>(best) == cases.labels[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(cases.size());
}

// Few short edges, so that most bytes of its text belong to trees.
Forest small_forest() {
  LabelledCases cases = rings(40, 3);
  for (double& value : cases.values) value = std::round(value);
  return Forest::train(cases, {.trees = 3})->forest;
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

TEST(Forest, SeparatesWhatIsSeparable) {
  const LabelledCases cases = rings(450, 1);
  const auto trained = Forest::train(cases, {.trees = 40});
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_GT(out_of_bag_accuracy(cases, trained->out_of_bag), 0.95);
  const LabelledCases fresh = rings(150, 2);
  int right = 0;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const auto shares = trained->forest.shares(fresh.row(i));
    EXPECT_NEAR(shares[0] + shares[1] + shares[2], 1, 1e-9);
    right += *std::max_element(shares.begin(), shares.end()) == shares[fresh.labels[i]] ? 1 : 0;
  }
  EXPECT_GT(right, 142);
}

TEST(Forest, GuessesOnNoiseAndItsOutOfBagSharesKnowIt) {
  const LabelledCases cases = noise(600, 8, 3, 4);
  const auto trained = Forest::train(cases, {.trees = 40});
  // Chance is 1/3 with a standard error of 0.02.
  EXPECT_NEAR(out_of_bag_accuracy(cases, trained->out_of_bag), 1.0 / 3, 0.08);
  double own = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    own += trained->forest.shares(cases.row(i))[cases.labels[i]];
  }
  EXPECT_GT(own / 600, 0.6) << "which the cases that it was trained on do not";
}

TEST(Forest, LeavesAboutAThirdOfTheTreesOutOfEachCasesBag) {
  const auto trained = Forest::train(noise(200, 3, 2, 5), {.trees = 100});
  double trees = 0;
  for (const std::uint32_t count : trained->out_of_bag.trees) trees += count;
  EXPECT_NEAR(trees / 200 / 100, std::exp(-1), 0.02);
  const auto single = Forest::train(noise(20, 3, 2, 5), {.trees = 1});
  for (std::size_t i = 0; i < 20; ++i) {
    if (single->out_of_bag.trees[i] == 0) EXPECT_EQ(single->out_of_bag.row(i)[0], 0.5);
  }
}

TEST(Forest, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const LabelledCases cases = rings(120, 1);
  const auto text = [&](std::uint64_t seed) {
    return Forest::train(cases, {.seed = seed, .trees = 5})->forest.to_text();
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST(Forest, TakesWhatIsNoNumberForAValueOfItsOwn) {
  LabelledCases cases = noise(300, 3, 2, 6);
  for (std::size_t i = 0; i < 300; ++i) {
    if (cases.labels[i] == 1) cases.values[i * 3 + 1] = kNan;
  }
  const auto trained = Forest::train(cases, {.trees = 30});
  EXPECT_GT(trained->forest.shares(std::vector<double>{0, kNan, 0})[1], 0.8);
  EXPECT_LT(trained->forest.shares(std::vector<double>{0, 0, 0})[1], 0.2);
  EXPECT_EQ(trained->forest.shares(std::vector<double>{0})[1],
            trained->forest.shares(std::vector<double>{0, kNan, kNan})[1]);
}

TEST(Forest, KeepsToItsLimits) {
  const LabelledCases cases = rings(120, 1);
  EXPECT_FALSE(Forest::train(cases, {.trees = 0}));
  EXPECT_FALSE(Forest::train(cases, {.trees = kMaxForestTrees + 1}));
  EXPECT_FALSE(Forest::train(cases, {.depth = kMaxForestDepth + 1}));
  EXPECT_FALSE(Forest::train(cases, {.least_leaf = 0}));
  EXPECT_FALSE(Forest::train({}, {}));
  LabelledCases unlabelled = cases;
  unlabelled.labels[0] = 3;
  EXPECT_FALSE(Forest::train(unlabelled, {}));
  EXPECT_EQ(Forest::train(cases, {.trees = 3, .least_leaf = 1000})->forest.nodes(), 3u);
  EXPECT_LE(Forest::train(cases, {.trees = 3, .depth = 2})->forest.nodes(), 3u * 7);
}

TEST(Forest, IsWrittenAndReadExactly) {
  LabelledCases cases = rings(90, 1);
  cases.values[0] = 1e-310;
  cases.values[6] = -std::numeric_limits<double>::infinity();
  cases.values[13] = kNan;
  const auto trained = Forest::train(cases, {.trees = 7});
  const std::string text = trained->forest.to_text();
  const auto read = Forest::from_text(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->to_text(), text);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(read->shares(cases.row(i)), trained->forest.shares(cases.row(i)));
  }
}

TEST(Forest, RefusesAFileThatWasCutOrChangedAtAnyByte) {
  const std::string text = small_forest().to_text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(Forest::from_text(text.substr(0, i)));
    for (const int bit : {0, 4}) {
      std::string flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      const auto read = Forest::from_text(flipped);
      ASSERT_FALSE(read) << i;
      EXPECT_EQ(read.error().code, ErrorCode::malformed);
    }
  }
  EXPECT_FALSE(Forest::from_text(text + " "));
}

// The seal is no lock: whoever edits a file can make a new one. Each byte in turn cut off, dropped
// or replaced, under a right seal: refused, or a forest that answers within its limits.
TEST(Forest, AnswersOrRefusesWhateverStandsUnderARightSeal) {
  const std::string text = small_forest().to_text();
  int refused = 0, taken = 0;
  const auto check = [&](const std::string& changed) {
    const auto read = Forest::from_text(sealed_again(changed));
    if (!read) {
      ++refused;
      return;
    }
    ++taken;
    ASSERT_LE(read->nodes(), kMaxForestNodes);
    for (const double x : {-1e300, 0.0, 1e300, kNan}) {
      for (const double share : read->shares(std::vector<double>(read->features(), x))) {
        ASSERT_GE(share, 0);
        ASSERT_LE(share, 1 + 1e-9);
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
  EXPECT_GT(refused, 1000);
  EXPECT_GT(taken, 100) << "nothing was tested behind the seal";
}

TEST(Forest, RefusesTreesThatDoNotEndWhereTheySayOrRunTooDeep) {
  const auto forest = [](const std::string& tree) {
    return Forest::from_text(
        sealed_again("assay-forest 1\nclasses 2 features 1 trees 1\nedges 1 0.5\n" + tree + "\n" +
                     std::string(72, ' ')));
  };
  EXPECT_TRUE(forest("tree 3 s 0 1 1 0 5 2 0 1 1 4"));
  EXPECT_FALSE(forest("tree 2 s 0 1 1 0 5"));
  EXPECT_FALSE(forest("tree 4 s 0 1 1 0 5 1 1 4 1 1 4"));
  EXPECT_FALSE(forest("tree 0"));
  EXPECT_FALSE(forest("tree 1 0"));
  EXPECT_FALSE(forest("tree 1 1 2 5")) << "no such class";
  EXPECT_FALSE(forest("tree 1 2 1 5 0 5")) << "out of order";
  EXPECT_FALSE(forest("tree 1 1 0 0")) << "nobody in the leaf";
  EXPECT_FALSE(forest("tree 3 s 1 1 1 0 5 1 1 4")) << "no such feature";
  EXPECT_FALSE(forest("tree 1 1 0 5 6"));
  EXPECT_FALSE(forest("tree 18446744073709551616 1 0 5"));
  std::string deep = "tree 201", leaves;
  for (int i = 0; i < 100; ++i) deep += " s 0 1", leaves += " 1 0 1";
  EXPECT_FALSE(forest(deep + leaves + " 1 0 1"));
}

}  // namespace
}  // namespace assay::likelihood
