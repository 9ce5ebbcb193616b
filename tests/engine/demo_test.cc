// `assay demo` in a folder where something is already.
#include <gmock/gmock.h>

#include "case_support.h"
#include "engine/demo_folder.h"

namespace assay::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kShipped =
    "title = \"Shipped\"\n[[party]]\nname = \"Bank\"\naddresses = [\"192.0.2.0/24\"]\n"
    "[[party]]\nname = \"Sender\"\nnames = [\"*.sender.example\"]\n"
    "[[question]]\nbetween = [\"Bank\", \"Sender\"]\n";

class Demo : public ::testing::Test {
 protected:
  // As after a first `assay demo`, small.
  void make() {
    made_.emplace(
        Case::init(folder_ / "demo", kDemoTitle, "UTC", kDemoKeySeed, still_surroundings())
            .value());
    write_all_to(folder_ / "demo/case.toml", kShipped);
    fs::create_directories(folder_ / "demo/received");
    write_all_to(folder_ / "demo/received/list-ns1.log", query_log(30));
    add_files(*made_, {folder_ / "demo/received/list-ns1.log"});
    ASSERT_TRUE(made_->examine().ok());
  }
  DemoFolder look() const { return look_at_demo_folder(folder_ / "demo", kShipped); }
  TempFolder folder_;
  std::optional<Case> made_;
};

TEST_F(Demo, IsMadeAgainInItsOwnFolder) {
  EXPECT_EQ(look(), DemoFolder::free);
  make();
  EXPECT_EQ(look(), DemoFolder::demo);
  ASSERT_TRUE(clear_demo_folder(folder_ / "demo").ok());
  EXPECT_EQ(look(), DemoFolder::free);
  make();
  EXPECT_EQ(made_->evidences().size(), 1u);
}

TEST_F(Demo, IsMadeAgainAfterAnAttemptThatWasKilled) {
  make();
  fs::remove(folder_ / "demo/case.toml");
  EXPECT_EQ(look(), DemoFolder::demo) << "killed while its folder was emptied";
  ASSERT_TRUE(clear_demo_folder(folder_ / "demo").ok());
  Case::init(folder_ / "demo", kDemoTitle, "UTC", kDemoKeySeed, still_surroundings()).value();
  EXPECT_EQ(look(), DemoFolder::demo) << "killed after the chain's first line";
  fs::remove(folder_ / "demo/custody.jsonl");
  fs::remove(folder_ / "demo/custody.head");
  EXPECT_EQ(look(), DemoFolder::demo) << "killed before it";
}

TEST_F(Demo, KeepsWhatSomebodyDidInIt) {
  make();
  write_all_to(folder_ / "demo/notes.txt", "mine");
  EXPECT_EQ(look(), DemoFolder::lived_in);
  fs::remove(folder_ / "demo/notes.txt");
  EXPECT_EQ(look(), DemoFolder::demo);
  write_all_to(folder_ / "demo/case.toml", std::string(kShipped) + "# mine\n");
  EXPECT_EQ(look(), DemoFolder::lived_in);
  write_all_to(folder_ / "demo/case.toml", kShipped);
  write_all_to(folder_ / "mine.log", query_log(10, 100));
  add_files(*made_, {folder_ / "mine.log"});
  EXPECT_EQ(look(), DemoFolder::lived_in);
}

TEST_F(Demo, TouchesNoFolderOfAnotherKind) {
  fs::create_directories(folder_ / "demo");
  write_all_to(folder_ / "demo/case.toml", "title = \"T\"\n");
  EXPECT_EQ(look(), DemoFolder::foreign);
  fs::remove_all(folder_ / "demo");
  Case::init(folder_ / "demo", kDemoTitle, "UTC", 7, still_surroundings()).value();
  EXPECT_EQ(look(), DemoFolder::foreign) << "the title alone is no mark";
  fs::create_directories(folder_ / "shipped");
  write_all_to(folder_ / "shipped/case.toml", kShipped);
  const auto refused = make_demo_case(folder_ / "demo", folder_ / "shipped", still_surroundings());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_TRUE(fs::exists(folder_ / "demo/custody.jsonl"));
}

}  // namespace
}  // namespace assay::test
