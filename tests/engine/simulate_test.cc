#include "assay/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "case_support.h"

namespace assay {
namespace {

// What the case's readers made of a file, held against what the truth says is in it.
void expect_as_told(const Evidence& evidence, const nlohmann::json& told) {
  EXPECT_EQ(evidence.state, ReadState::read) << evidence.name;
  EXPECT_TRUE(evidence.balance.is_even()) << evidence.name;
  EXPECT_EQ(evidence.balance.rejected, 0u) << evidence.name;
  const std::string name = evidence.name.substr(evidence.name.rfind('/') + 1);
  ASSERT_TRUE(told.contains(name)) << name;
  const std::map<std::string, std::uint64_t> expected = told[name];
  EXPECT_EQ(evidence.kinds, expected) << name;
}

TEST(Simulate, WritesEveryShippedScenarioAsFilesThatItsReadersTakeWhole) {
  std::vector<std::string> scenarios = {"demo/list.toml"};
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    scenarios.push_back(entry.path().string());
  }
  EXPECT_GE(scenarios.size(), 4u);
  for (const std::string& scenario : scenarios) {
    const auto files = simulate(scenario, std::nullopt);
    ASSERT_TRUE(files.ok()) << files.error().message;
    EXPECT_EQ(files->back().name, "truth.json");
    const test::TempFolder folder;
    std::vector<SimulatedFile> records(files->begin(), files->end() - 1);
    ASSERT_TRUE(write_simulated(records, folder / "records").ok());
    auto opened = Case::init(folder / "case", "simulated", "UTC", 5, test::still_surroundings());
    ASSERT_TRUE(opened.ok());
    AddRequest request;
    request.paths = {folder / "records"};
    const auto outcomes = opened->add(request);
    ASSERT_TRUE(outcomes.ok());
    EXPECT_EQ(outcomes->size(), records.size());
    const auto truth = nlohmann::json::parse(files->back().bytes);
    EXPECT_EQ(truth["files"].size(), records.size());
    for (const AddOutcome& outcome : *outcomes) expect_as_told(outcome.evidence, truth["files"]);
  }
}

TEST(Simulate, PutsNothingIntoAFolderThatHoldsSomething) {
  const auto files = simulate("scenarios/archive-rescan.toml", 5);
  ASSERT_TRUE(files.ok());
  const test::TempFolder folder;
  ASSERT_TRUE(write_simulated(*files, folder / "records").ok());
  EXPECT_FALSE(test::read_all(folder / "records/ns1.query.log").empty());
  const Status again = write_simulated(*files, folder / "records");
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace assay
