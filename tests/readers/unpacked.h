// A file of the shared captures, decompressed.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace assay::test {

inline std::string unpacked(const std::filesystem::path& path) {
  std::string out;
  archive* in = archive_read_new();
  archive_read_support_filter_all(in);
  archive_read_support_format_raw(in);
  archive_entry* entry = nullptr;
  EXPECT_EQ(archive_read_open_filename(in, path.c_str(), 1 << 16), ARCHIVE_OK);
  EXPECT_EQ(archive_read_next_header(in, &entry), ARCHIVE_OK);
  std::string block(1 << 20, '\0');
  for (la_ssize_t n; (n = archive_read_data(in, block.data(), block.size())) > 0;) {
    out.append(block, 0, static_cast<std::size_t>(n));
  }
  archive_read_free(in);
  return out;
}

}  // namespace assay::test
