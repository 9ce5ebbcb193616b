// The model in the program is the one in the tree, and its card is its own.
#include "explanations/likelihood/shipped_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace assay::likelihood {
namespace {

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ShippedModel, IsReadAndNamedByItsCard) {
  const std::string text = contents_of("models/timing/timing.model");
  const auto read = FamilyModel::from_text(text);
  ASSERT_TRUE(read.ok()) << read.error().message;
  const ShippedModel* shipped = shipped_model();
  ASSERT_NE(shipped, nullptr);
  EXPECT_EQ(shipped->model.to_text(), text);
  EXPECT_THAT(contents_of("models/timing/card.md"), testing::HasSubstr(shipped->sha256));
}

TEST(ShippedModel, ReportsNoMoreThanItsCapsForAnyClaim) {
  const ShippedModel* shipped = shipped_model();
  ASSERT_NE(shipped, nullptr);
  ASSERT_EQ(shipped->model.claims().size(), 3u);
  for (const ModelClaim& claim : shipped->model.claims()) {
    const LrBounds limits = limits_of(claim);
    EXPECT_LE(limits.high, std::log(claim.cap_a) + 1e-9) << claim.word;
    EXPECT_GE(limits.low, -std::log(claim.cap_b) - 1e-9) << claim.word;
  }
}

}  // namespace
}  // namespace assay::likelihood
