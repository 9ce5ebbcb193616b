// What the tests of the logs of mail servers have in common.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "golden.h"
#include "read_text.h"

namespace assay::test {

inline Status read_mail(std::string_view reader, std::string_view text, CollectingSink& sink,
                        std::size_t piece = SIZE_MAX) {
  ReadContext context;
  context.clock.year = 2026;
  MemorySource source(text, piece);
  Status status = find_reader(reader)->read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

inline std::vector<const RecordRow*> mails(const CollectingSink& sink) {
  std::vector<const RecordRow*> out;
  for (const RecordRow& record : sink.records) {
    if (record.kind == RecordKind::mail) out.push_back(&record);
  }
  return out;
}

// The first text of a field of each record of kind mail.
inline std::vector<std::string> of_each(const CollectingSink& sink, std::string_view word) {
  std::vector<std::string> out;
  for (const RecordRow* record : mails(sink)) {
    const auto texts = sink.texts_of(record->number, word);
    out.push_back(texts.empty() ? "" : texts.front());
  }
  return out;
}

inline std::size_t count_of(const CollectingSink& sink, std::string_view word,
                            std::string_view text) {
  const auto texts = of_each(sink, word);
  return static_cast<std::size_t>(std::count(texts.begin(), texts.end(), text));
}

inline void expect_samples_as_golden(const std::string& reader) {
  for (const auto& path : samples_of(reader)) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read_mail(reader, file_bytes(path), sink).ok());
    expect_golden(path, sink.golden());
  }
}

// Each sample is this reader's, and no sample of another reader is.
// A letter that quotes a line of a log is no log.
inline void expect_letters_are_not_taken(const std::string& reader) {
  const Reader& each = *find_reader(reader);
  std::size_t quoted = 0;
  for (const auto& path : samples_of(reader)) {
    std::istringstream text(file_bytes(path));
    for (std::string line; std::getline(text, line);) {
      if (each.sniff(line + "\n").score < 40) continue;
      ++quoted;
      const std::string letter =
          "I found this:\n" + line + "\nWhat does it mean?\nI tried everything.\nRegards,\nJane\n";
      ASSERT_LT(each.sniff(letter).score, 40) << letter;
    }
  }
  EXPECT_GT(quoted, 0u);
}

inline void expect_own_samples_alone(const std::string& reader) {
  expect_letters_are_not_taken(reader);
  for (const auto& folder : std::filesystem::directory_iterator(ASSAY_TEST_DATA "/readers")) {
    const std::string owner = folder.path().filename();
    for (const auto& path : samples_of(owner)) {
      const std::string head = file_bytes(path).substr(0, kSniffBytes);
      const SniffChoice choice = choose_reader(head);
      if (owner == reader) {
        ASSERT_NE(choice.reader, nullptr) << path;
        EXPECT_EQ(choice.reader->name(), reader) << path << ": " << choice.why;
      } else {
        const int score = find_reader(reader)->sniff(head).score;
        EXPECT_TRUE(score == 0 || score < choice.score) << path;
      }
    }
  }
}

inline void expect_same_in_pieces(const std::string& reader) {
  for (const auto& path : samples_of(reader)) {
    const std::string text = file_bytes(path);
    CollectingSink whole;
    ASSERT_TRUE(read_mail(reader, text, whole).ok());
    for (const std::size_t piece : {1u, 61u, 997u}) {
      CollectingSink sink;
      ASSERT_TRUE(read_mail(reader, text, sink, piece).ok());
      EXPECT_EQ(sink.golden(), whole.golden()) << path << " in pieces of " << piece;
    }
  }
}

inline void expect_balance_under_damage(const std::string& reader, std::size_t step) {
  for (const auto& path : samples_of(reader)) {
    const std::string text = file_bytes(path);
    for (std::size_t at = 0; at < text.size(); at += step) {
      CollectingSink cut;
      ASSERT_TRUE(read_mail(reader, text.substr(0, at), cut).ok());
      std::string damaged = text;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
      CollectingSink flipped;
      const Status status = read_mail(reader, damaged, flipped);
      ASSERT_TRUE(status.ok() || status.error().code == ErrorCode::usage);
    }
  }
}

}  // namespace assay::test
