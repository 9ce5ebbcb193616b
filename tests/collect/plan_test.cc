#include "collect/plan.h"

#include <gtest/gtest.h>

#include "collect/list_files.h"

namespace assay::collecting {
namespace {

std::string problem_of(std::string_view text) {
  const auto plan = parse_plan(text, "p.toml");
  return plan.ok() ? "" : plan.error().message + " | " + plan.error().mend;
}

TEST(Plan, ReadsWhatIsToBeCollected) {
  const auto plan = parse_plan(R"(
title = "Name server"
[limits]
file = "512 MiB"
seconds = 5
[clock]
reference = "radio clock"
offset = "-2.5s"
ask = ["chrony"]
[[files]]
what = "query log"
paths = ["/var/log/named/query.log*"]
follow_links = true
[[journal]]
units = ["named.service"]
since = "2026-05-04T00:00:00Z"
[[queue]]
of = ["postfix", "exim"]
[[version]]
of = "bind"
)",
                               "p.toml");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->limits.file_bytes, std::uint64_t{512} << 20);
  EXPECT_TRUE(plan->files.at(0).follow_links);
  ASSERT_EQ(plan->commands.size(), 5u);
  EXPECT_EQ(plan->commands[0].choices[0][0], "chronyc");
  EXPECT_EQ(plan->commands[1].choices[0].back(), "--since=2026-05-04 00:00:00 UTC");
  EXPECT_FALSE(plan->commands[2].is_spelled_out);
}

TEST(Plan, NamesTheLineOfWhatIsWrong) {
  EXPECT_TRUE(problem_of("[[files]]\npath = [\"/x\"]\n").starts_with("p.toml:2: "));
  EXPECT_NE(problem_of("[[files]]\npath = [\"/x\"]\n").find("did you mean 'paths'?"),
            std::string::npos);
  EXPECT_TRUE(problem_of("\n[[queue]]\nof = [\"qmail\"]\n").starts_with("p.toml:3: "));
  EXPECT_TRUE(problem_of("[limits]\nfile = \"4 gigs\"\n").starts_with("p.toml:2: "));
  EXPECT_TRUE(problem_of("title = 1\n").starts_with("p.toml:1: "));
  EXPECT_TRUE(problem_of("title = \n").starts_with("p.toml:1: "));
  EXPECT_NE(problem_of("title = \"nothing\"\n").find("names nothing to collect"),
            std::string::npos);
  EXPECT_TRUE(problem_of("[clock]\nask = [\"sundial\"]\n").starts_with("p.toml:2: "));
  EXPECT_TRUE(problem_of("[[journal]]\nunits = [\"a\", \"--flush\"]\n").starts_with("p.toml:2: "));
}

TEST(Plan, RefusesPathsThatAreNoEvidenceAtRest) {
  for (const char* path :
       {"relative", "/proc/1/environ", "/dev", "/var/../etc/shadow", "/a\\\\b"}) {
    EXPECT_TRUE(
        problem_of(std::string("[[files]]\npaths = [\"") + path + "\"]\n").starts_with("p.toml:2:"))
        << path;
  }
}

TEST(Plan, FollowsLinksOnlyToWhatItNames) {
  EXPECT_EQ(folder_of_pattern("/var/log/named/query.log*"), "/var/log/named");
  EXPECT_EQ(folder_of_pattern("/*"), "/");
  EXPECT_TRUE(is_inside("/var/log/named/a", {"/var/log/named/*.log"}));
  EXPECT_TRUE(is_inside("/var/log/query.log.3", {"/var/log/query.log"}));
  EXPECT_FALSE(is_inside("/var/log/named-other/a", {"/var/log/named/*"}));
  EXPECT_FALSE(is_inside("/etc/shadow", {"/var/log/named/*"}));
}

TEST(Plan, RunsOnlyProgramsThatPrint) {
  for (const KnownCommand& known : known_commands()) {
    ASSERT_FALSE(known.choices.empty());
    for (const auto& argv : known.choices) {
      ASSERT_FALSE(argv.empty());
      EXPECT_EQ(argv[0].find_first_of("/ $;"), std::string::npos) << known.word;
    }
  }
}

}  // namespace
}  // namespace assay::collecting
