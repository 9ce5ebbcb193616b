// The public test suite of RFC 7208 (openspf.org, rfc7208-tests.yml), which is not part of this
// project: ASSAY_SPF_SUITE names the file. Debian has it in the source of pyspf (package
// python3-spf), under test/.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "methods/support/spf.h"

namespace assay {
namespace {

using methods::SpfAnswer;
using nlohmann::json;

constexpr int kMostAliases = 10;

struct Suite {
  json scenarios;
  int exit_code = 0;
};

Suite read_suite(const std::string& path) {
  const std::string command = "python3 -B tests/methods/spf_suite.py '" + path + "'";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {{}, 1};
  std::string text;
  char part[4096];
  for (std::size_t got; (got = fread(part, 1, sizeof part, pipe)) > 0;) text.append(part, got);
  const int status = pclose(pipe);
  return {json::parse(text, nullptr, false), WIFEXITED(status) ? WEXITSTATUS(status) : 1};
}

// An alias is followed, as a resolver does.
SpfAnswer look_up(const json& scenario, std::string name, std::uint16_t type) {
  const std::set<std::string> failing(scenario["failing"].begin(), scenario["failing"].end());
  for (int i = 0; i < kMostAliases; ++i) {
    const std::string key = name + " " + qtype_text(type);
    if (failing.contains(key)) return {false, {}};
    if (scenario["zone"].contains(key)) return {true, scenario["zone"][key]};
    const std::string alias = name + " CNAME";
    if (!scenario["zone"].contains(alias)) break;
    name = scenario["zone"][alias][0];
    while (name.ends_with('.')) name.pop_back();
  }
  return {true, {}};
}

TEST(SpfSuite, AnswersAsThePublicSuiteHasIt) {
  const char* path = std::getenv("ASSAY_SPF_SUITE");
  if (path == nullptr) {
    GTEST_SKIP() << "NOT TESTED: ASSAY_SPF_SUITE names no file rfc7208-tests.yml";
  }
  const Suite suite = read_suite(path);
  if (suite.exit_code == 77) GTEST_SKIP() << "NOT TESTED: python3 has no module yaml";
  ASSERT_EQ(suite.exit_code, 0) << path;
  ASSERT_TRUE(suite.scenarios.is_array()) << path;
  int tests = 0, right = 0;
  for (const json& scenario : suite.scenarios) {
    for (const json& test : scenario["tests"]) {
      ++tests;
      const auto host = IpAddress::parse(test["host"].get<std::string>());
      ASSERT_TRUE(host) << test["name"];
      const auto verdict = methods::check_spf({*host, test["mailfrom"], test["helo"]},
                                              [&](const std::string& name, std::uint16_t type,
                                                  bool) { return look_up(scenario, name, type); });
      const std::set<std::string> expected(test["result"].begin(), test["result"].end());
      const std::string got(word_of(verdict.result));
      right += expected.contains(got);
      EXPECT_TRUE(expected.contains(got))
          << test["name"] << ": " << got << ", not " << test["result"] << " " << verdict.why;
    }
  }
  EXPECT_GT(tests, 0);
  std::printf("%d of %d tests of %s\n", right, tests, path);
}

}  // namespace
}  // namespace assay
