// Golden files: what a sample must be read as, beside the sample as NAME.golden. With the variable
// ASSAY_UPDATE_GOLDEN=1 in the environment the tests write them anew instead of comparing.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace assay::test {

inline std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "cannot open " << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// The samples of one reader, sorted by name.
inline std::vector<std::filesystem::path> samples_of(const std::string& reader) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(ASSAY_TEST_DATA "/readers/") + reader)) {
    const auto suffix = entry.path().extension();
    if (suffix != ".golden" && suffix != ".toml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

inline void expect_golden(const std::filesystem::path& sample, const std::string& actual) {
  std::filesystem::path golden = sample;
  golden += ".golden";
  if (const char* update = std::getenv("ASSAY_UPDATE_GOLDEN"); update && *update == '1') {
    std::ofstream(golden, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(file_bytes(golden), actual) << "refresh with ASSAY_UPDATE_GOLDEN=1";
}

// A file of the shared collection of real records; empty when the collection is not there.
inline std::filesystem::path shared_file(const std::string& name) {
  const char* told = std::getenv("ASSAY_SHARED_DATA");
  const std::filesystem::path path =
      std::filesystem::path(told && *told ? told : ASSAY_SHARED_DATA) / name;
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

}  // namespace assay::test

// Skips the test aloud when a shared file is not there.
#define ASSAY_NEED_SHARED(variable, name)                                \
  const std::filesystem::path variable = assay::test::shared_file(name); \
  if (variable.empty()) GTEST_SKIP() << "the shared record " << (name) << " is not here"
