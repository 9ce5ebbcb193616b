// Archives made for a test.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "assay/engine.h"

namespace assay::test {

struct Member {
  std::string path, bytes;
};

inline la_ssize_t keep(archive*, void* into, const void* bytes, std::size_t size) {
  static_cast<std::string*>(into)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

// With libarchive's own writers. `filter`: a compression, 0 = none.
inline std::string archive_of(int format, int filter, const std::vector<Member>& members) {
  std::string bytes;
  archive* out = archive_write_new();
  archive_write_set_format(out, format);
  archive_write_add_filter(out, filter);
  archive_write_set_bytes_in_last_block(out, 1);
  EXPECT_EQ(archive_write_open(out, &bytes, nullptr, keep, nullptr), ARCHIVE_OK);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.path.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.bytes.size()));
    EXPECT_EQ(archive_write_header(out, entry), ARCHIVE_OK);
    archive_write_data(out, member.bytes.data(), member.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
  return bytes;
}

inline const Evidence& member_of(const Case& made, const std::string& path) {
  for (const Evidence& evidence : made.evidences()) {
    if (evidence.member == path) return evidence;
  }
  ADD_FAILURE() << "no member " << path;
  return made.evidences().front();
}

}  // namespace assay::test
