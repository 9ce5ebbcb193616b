// What the tests of readers share that make records of other kinds than look-ups.
#pragma once

#include <gtest/gtest.h>

#include <random>

#include "golden.h"
#include "read_text.h"
#include "unpacked.h"

namespace assay::test {

inline Status read_records(const char* reader, std::string_view text, CollectingSink& sink,
                           const ReadContext& context = {}, std::size_t piece = SIZE_MAX) {
  MemorySource source(text, piece);
  Status status = find_reader(reader)->read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

// What became of the records, without where in the input they stood.
inline std::string records_of(CollectingSink& sink) {
  std::string out;
  for (RecordRow record : sink.records) {
    record.offset = record.length = 0;
    out += sink.golden_record(record);
  }
  return out;
}

// Cut at each byte and flipped at random, a sample may lose records but never the balance; fed in
// pieces, it gives what it gives whole.
inline void expect_damage_is_balanced(const char* reader, const std::filesystem::path& path) {
  SCOPED_TRACE(path);
  const std::string whole = file_bytes(path);
  CollectingSink all;
  ASSERT_TRUE(read_records(reader, whole, all).ok());
  std::mt19937 random(20'160'923);
  for (std::size_t size = 0; size <= whole.size(); size += 1 + whole.size() / 60) {
    CollectingSink sink;
    ASSERT_TRUE(read_records(reader, whole.substr(0, size), sink).ok());
    ASSERT_LE(sink.records.size(), all.records.size());
    for (const Reject& reject : sink.rejects) ASSERT_LE(reject.offset + reject.length, size);
  }
  for (int round = 0; round < 25; ++round) {
    std::string bytes = whole;
    for (std::size_t flips = 1 + random() % 8; flips > 0 && !bytes.empty(); --flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    CollectingSink sink;
    EXPECT_TRUE(read_records(reader, bytes, sink).ok());
    find_reader(reader)->sniff(bytes);
    for (const RecordRow& record : sink.records) {
      ASSERT_LE(record.offset + record.length, bytes.size());
    }
  }
  for (const std::size_t piece : {7u, 250u}) {
    CollectingSink sink;
    ASSERT_TRUE(read_records(reader, whole, sink, {}, piece).ok());
    ASSERT_EQ(sink.golden(), all.golden());
  }
}

}  // namespace assay::test
