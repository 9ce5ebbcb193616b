#include "writers/format.h"

#include <gtest/gtest.h>

#include <cmath>

namespace assay {
namespace {

TEST(FormatNumber, GroupsThousandsAndKeepsFourDigits) {
  EXPECT_EQ(format_count(2'820), "2,820");
  EXPECT_EQ(format_number(-1'234'567), "-1,234,567");
  EXPECT_EQ(format_number(24.9134), "24.91");
  EXPECT_EQ(format_number(0.00002), "2.0e-05");
  EXPECT_EQ(format_number(0), "0");
  EXPECT_EQ(format_number(std::nan("")), "not computed");
}

TEST(FormatQuantity, ShowsSharesAsPercentagesAndTheUnitOnce) {
  EXPECT_EQ(format_quantity({"share", 0.798, "", std::pair{0.751, 0.838}, "95 %"}),
            "79.8 % (75.1 % to 83.8 %; 95 %)");
  EXPECT_EQ(format_quantity({"rate_per_day", 24.5, "rows per day", std::pair{10.5, 39.25}, "95 %"}),
            "24.50 rows per day (10.50 to 39.25; 95 %)");
  EXPECT_EQ(format_quantity({"top_1_share", 0.5, "", std::nullopt, ""}), "50.0 %");
  EXPECT_EQ(format_quantity({"simpson_unbiased", 0.5, "", std::nullopt, ""}), "0.5000");
}

}  // namespace
}  // namespace assay
