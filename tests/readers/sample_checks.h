// What must hold for each reader on its own samples, whole, split and cut.
#pragma once

#include <gtest/gtest.h>

#include <random>

#include "golden.h"
#include "read_text.h"

namespace assay::test {

inline Status read_bytes(const Reader& reader, std::string_view bytes, CollectingSink& sink,
                         const ReadContext& context = {}, std::size_t piece = SIZE_MAX) {
  MemorySource source(bytes, piece);
  Status status = reader.read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even())
      << sink.balance().units << " units, " << sink.balance().used << " used, "
      << sink.balance().rejected << " rejected, " << sink.balance().blank << " blank";
  EXPECT_EQ(sink.balance().rows, sink.counted());
  for (const RecordRow& record : sink.records) {
    EXPECT_LE(record.offset + record.length, bytes.size());
    EXPECT_LE(record.time_us, record.until_us);
  }
  for (const Reject& reject : sink.rejects) {
    EXPECT_LE(reject.offset + reject.length, bytes.size()) << reject.code;
  }
  return status;
}

// Counts records and keeps none: for tests of limits.
class CountingSink final : public RecordSink {
 public:
  CountingSink() : RecordSink(CollectingSink::kSeed) {}
  std::uint64_t records = 0, of_unknown_time = 0;
  std::vector<std::string> reject_codes;
  std::uint64_t noted(std::string_view code) const {
    for (const Note& note : notes()) {
      if (note.code == code) return note.count;
    }
    return 0;
  }

 protected:
  Status deliver(RowBatch& batch) override {
    records += batch.records.size();
    for (const RecordRow& record : batch.records) {
      of_unknown_time += (record.flags & kTimeUnknown) != 0;
    }
    return {};
  }
  Status deliver_reject(const Reject& reject) override {
    reject_codes.push_back(reject.code);
    return {};
  }
};

// The samples are read as their golden files say, in pieces of any size, and are sniffed as the
// reader's own.
inline void expect_samples_of(const char* name) {
  const Reader& reader = *find_reader(name);
  const auto paths = samples_of(name);
  EXPECT_FALSE(paths.empty());
  for (const auto& path : paths) {
    SCOPED_TRACE(path);
    const std::string bytes = file_bytes(path);
    CollectingSink whole;
    ASSERT_TRUE(read_bytes(reader, bytes, whole).ok());
    expect_golden(path, whole.golden());
    for (const std::size_t piece : {1, 7, 64}) {
      CollectingSink split(3);
      ASSERT_TRUE(read_bytes(reader, bytes, split, {}, piece).ok());
      EXPECT_EQ(split.golden(), whole.golden()) << "in pieces of " << piece;
    }
    if (path.stem() == "rejects") continue;
    const SniffChoice choice = choose_reader(bytes.substr(0, kSniffBytes));
    ASSERT_NE(choice.reader, nullptr) << choice.why;
    EXPECT_EQ(choice.reader->name(), name) << choice.why;
    EXPECT_GE(choice.score, 40);
  }
}

// Cut at every byte (of a small sample) and with bytes changed at random, nothing upsets the
// balance.
inline void expect_damage_does_no_harm(const char* name) {
  constexpr std::size_t kMostCuts = 200;
  const Reader& reader = *find_reader(name);
  std::mt19937 random(20'160'923);
  for (const auto& path : samples_of(name)) {
    SCOPED_TRACE(path);
    const std::string whole = file_bytes(path);
    for (std::size_t end = 0; end < std::min(whole.size(), kMostCuts); ++end) {
      CollectingSink sink;
      read_bytes(reader, std::string_view(whole).substr(0, end), sink).ok();
      reader.sniff(std::string_view(whole).substr(0, end));
    }
    for (int round = 0; round < 20; ++round) {
      std::string bytes = whole;
      for (std::size_t flips = 1 + random() % 8; flips > 0; --flips) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      CollectingSink sink(16);
      read_bytes(reader, bytes, sink, {}, 1 + random() % 300).ok();
      reader.sniff(bytes);
    }
  }
}

// (Samples called "rejects" are mostly damage, which no reader has to know.) Nobody else takes this
// reader's samples for its own with an equal score, and this one takes nobody else's.
inline void expect_sniffs_only_its_own(const char* name) {
  const Reader& reader = *find_reader(name);
  const std::string folder = ASSAY_TEST_DATA "/readers/";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string other = entry.path().filename();
    for (const auto& path : samples_of(other)) {
      if (path.stem() == "rejects") continue;
      const std::string head = file_bytes(path).substr(0, kSniffBytes);
      const int score = reader.sniff(head).score;
      if (other != name) {
        EXPECT_LT(score, 40) << name << " takes " << path;
        continue;
      }
      for (const Reader* each : all_readers()) {
        if (each != &reader) {
          EXPECT_LT(each->sniff(head).score, score) << each->name() << " takes " << path;
        }
      }
    }
  }
  for (const std::string_view prose :
       {"hello\n", "{\"a\": 1}\n", "<html><body>no</body></html>\n", "#!/bin/sh\nexit 0\n",
        "Dear all,\n\nwe met at 10:30: nothing was said.\nRegards\n", "a,b\n1,2\n",
        "[section]\nkey = value\n", "name: x\nversion: 2\n"}) {
    EXPECT_LT(reader.sniff(prose).score, 40) << name << " takes " << prose;
  }
}

}  // namespace assay::test
