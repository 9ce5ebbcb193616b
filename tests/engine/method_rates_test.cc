#include "engine/calibrate/method_rates/method_rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace assay {
namespace {

TEST(MethodRates, NamesEveryLineOnceAndKeepsTablesTogether) {
  std::set<std::string> lines, tables;
  std::string last;
  for (const MethodCell& cell : method_cells()) {
    EXPECT_TRUE(lines.insert(cell.metric + cell.counted + cell.setting).second) << cell.setting;
    EXPECT_LE(cell.least, cell.most) << cell.setting;
    const std::string table = cell.metric + cell.counted;
    if (table != last) EXPECT_TRUE(tables.insert(table).second) << table;
    last = table;
  }
  EXPECT_GE(lines.size(), 100u);
}

// A few runs of quick lines, of which the truth is seen even so.
TEST(MethodRates, CountsTheSameWhateverTheThreads) {
  std::vector<MethodCell> cells;
  for (MethodCell& cell : method_cells()) {
    if (cell.metric == "M19" || cell.setting.starts_with("independent, one working day")) {
      cell.runs_share = 1;
      cells.push_back(std::move(cell));
    }
  }
  ASSERT_GE(cells.size(), 6u);
  CalibrateRequest request;
  request.runs = 3;
  const auto one = run_cells(cells, request);
  request.threads = 3;
  const auto three = run_cells(cells, request);
  ASSERT_TRUE(one.ok() && three.ok());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    EXPECT_EQ((*one)[i].runs, 3u);
    EXPECT_EQ((*one)[i].answered, 3u) << cells[i].setting;
    EXPECT_EQ((*one)[i].hits, (*three)[i].hits);
    EXPECT_EQ((*one)[i].size_mean, (*three)[i].size_mean);
    if (cells[i].metric == "M19") EXPECT_EQ((*one)[i].hits, 0u) << cells[i].setting;
  }
}

TEST(MethodRates, PassesAnErrorOn) {
  MethodCell cell{"M0", "fails", "always"};
  cell.run = [](std::uint64_t) -> Result<MethodTrial> {
    return Error{ErrorCode::usage, "no such record", ""};
  };
  CalibrateRequest request;
  request.runs = 2;
  EXPECT_FALSE(run_cells({cell}, request).ok());
}

}  // namespace
}  // namespace assay
