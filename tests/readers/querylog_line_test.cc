// What a parser remembers of earlier lines must never show in what it reads.
#include "readers/querylog_line.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include "readers/log_stamp.h"

namespace assay {
namespace {

std::vector<std::string> sample_lines() {
  std::vector<std::string> lines;
  std::vector<std::filesystem::path> paths;
  for (const auto& file :
       std::filesystem::directory_iterator(ASSAY_TEST_DATA "/readers/bind_querylog")) {
    if (file.path().extension() != ".golden") paths.push_back(file.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
  }
  return lines;
}

std::string damaged(std::string line, std::mt19937& random) {
  if (line.empty()) return line;
  const std::size_t at = random() % line.size();
  switch (random() % 4) {
    case 0:
      line.resize(at);
      break;
    case 1:
      line[at] = static_cast<char>(random() % 256);
      break;
    case 2:
      line.erase(at, 1 + random() % 4);
      break;
    default:
      line.insert(at, 1, " .:#()0"[random() % 7]);
  }
  return line;
}

std::string shown(const QuerylogLine& line) {
  std::string text = std::to_string(static_cast<int>(line.kind));
  const auto add = [&text](const auto& part) {
    text += '|';
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(part)>>) {
      text += std::to_string(part);
    } else {
      text += part;
    }
  };
  if (line.kind == QuerylogLine::Kind::refused) {
    add(line.code);
    add(line.why);
    return text;
  }
  for (const std::int64_t number :
       {std::int64_t{line.stamp.year}, std::int64_t{line.stamp.month}, std::int64_t{line.stamp.day},
        line.stamp.day_us, std::int64_t{line.stamp.width_us}, std::int64_t{line.stamp.has_offset},
        std::int64_t{line.stamp.offset_seconds}}) {
    add(number);
  }
  if (line.kind != QuerylogLine::Kind::query) return text;
  add(line.client);
  add(line.is_client_v4 ? line.client_v4 : 0);
  add(line.client_port);
  add(line.qname);
  const QuerylogTail& tail = *line.tail;
  for (const std::string_view word : {tail.qclass, tail.qtype, tail.server}) add(word);
  add(tail.flags);
  add(tail.has_suffix);
  add(tail.has_unknown_flag);
  return text;
}

TEST(QuerylogParser, ReadsALineTheSameWhateverItReadBefore) {
  const auto lines = sample_lines();
  ASSERT_GT(lines.size(), 20u);
  std::mt19937 random(4);
  QuerylogParser experienced;
  QuerylogLine with_memory, without;
  int queries = 0;
  for (int i = 0; i < 4'000; ++i) {
    // Runs of neighbours, so that there is something to remember.
    std::string line = lines[(random() % 8 == 0 ? random() : i / 3) % lines.size()];
    if (random() % 3 == 0) line = damaged(std::move(line), random);
    experienced.parse(line, with_memory);
    QuerylogParser fresh;
    fresh.parse(line, without);
    ASSERT_EQ(shown(with_memory), shown(without)) << line;
    queries += without.kind == QuerylogLine::Kind::query;
  }
  EXPECT_GT(queries, 1'000);
}

TEST(QuerylogParser, KeepsTailsApartThatShareAPlace) {
  QuerylogParser parser;
  QuerylogLine line;
  for (int turn = 0; turn < 3; ++turn) {
    for (int type = 1; type < 3'000; ++type) {
      const std::string text =
          "02-Mar-2026 00:00:00.014 client 192.0.2.1#53 (a.example): query: a.example IN TYPE" +
          std::to_string(type) + " +E(0) (198.51.100.53)";
      parser.parse(text, line);
      ASSERT_EQ(line.kind, QuerylogLine::Kind::query);
      ASSERT_EQ(line.tail->qtype, "TYPE" + std::to_string(type));
      ASSERT_EQ(line.tail->server, "198.51.100.53");
      // What a reader kept with a tail must come back with that tail and no other.
      if (line.tail->is_resolved) {
        ASSERT_EQ(line.tail->type_number, type);
      }
      line.tail->type_number = static_cast<std::uint16_t>(type);
      line.tail->is_resolved = true;
    }
  }
}

TEST(StampMemo, ReadsEveryStampAsOneWithoutMemory) {
  const std::vector<std::string> seeds = {"25-Feb-2016 11:09:43.651 x",
                                          "25-Feb-2016 23:59:60.000001 x",
                                          "Feb 25 11:09:43.651 x",
                                          "Feb  5 11:09:43 x",
                                          "Feb 25 2016 11:09:43 x",
                                          "2016-02-25T11:09:43.651+01:00 x",
                                          "2016-02-25T11:09:43Z x",
                                          "2016-02-25 11:09:43,123456789-0330 x",
                                          "2016-02-25T11:09:43.651+01:00more"};
  std::mt19937 random(5);
  StampMemo memo;
  for (int i = 0; i < 30'000; ++i) {
    std::string text = seeds[random() % 4 == 0 ? random() % seeds.size() : i / 64 % seeds.size()];
    if (random() % 2 == 0) text[random() % text.size()] = "0123456789:. -+Z"[random() % 16];
    if (random() % 16 == 0) text.resize(random() % text.size());
    LogStamp with, without;
    const std::size_t expected = parse_log_stamp(text, without);
    ASSERT_EQ(memo.parse(text, with), expected) << text;
    if (expected == 0) continue;
    EXPECT_EQ(with.year, without.year) << text;
    EXPECT_EQ(with.month, without.month) << text;
    EXPECT_EQ(with.day, without.day) << text;
    EXPECT_EQ(with.day_us, without.day_us) << text;
    EXPECT_EQ(with.width_us, without.width_us) << text;
    EXPECT_EQ(with.has_offset, without.has_offset) << text;
    EXPECT_EQ(with.offset_seconds, without.offset_seconds) << text;
  }
}

}  // namespace
}  // namespace assay
