// The model in the program is the one in the tree, and its card is its own.
#include "explanations/likelihood/shipped_model.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

// The card prints each cap; the model must hold the same.
TEST(ShippedModel, HasTheCapsOfItsCard) {
  const ShippedModel* shipped = shipped_model();
  ASSERT_NE(shipped, nullptr);
  const std::string card = contents_of("models/timing/card.md");
  ASSERT_EQ(shipped->model.claims().size(), 3u);
  for (const ModelClaim& claim : shipped->model.claims()) {
    for (const auto& [side, cap] : {std::pair{claim.a, claim.cap_a}, {claim.b, claim.cap_b}}) {
      EXPECT_THAT(card,
                  testing::HasSubstr(fmt::format("**The cap for \"{}\" is {:.3g}.**", side, cap)));
    }
  }
}

// Records of one server, or of many resolvers, are ordinary.
TEST(ShippedModel, KnowsRecordsOfOneServerAndOfMany) {
  const FamilyModel& model = shipped_model()->model;
  const auto at = [&](const char* name) {
    const auto found = std::find(model.features().begin(), model.features().end(), name);
    EXPECT_NE(found, model.features().end());
    return static_cast<std::size_t>(found - model.features().begin());
  };
  EXPECT_LE(model.range().least(at("servers")), 1);
  EXPECT_GE(model.range().most(at("servers")), 6);
  EXPECT_GE(model.range().most(at("clients")), 10);
}

}  // namespace
}  // namespace assay::likelihood
