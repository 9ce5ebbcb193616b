// The records of hop limit and EDNS size that are in force at a question's look-ups.
#include "engine/query_paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay {
namespace {

using testing::ElementsAre;

constexpr std::uint32_t kClient = 0xc000020a, kOther = 0xc000020b;  // 192.0.2.10, 192.0.2.11

class QueryPathsLoad : public testing::Test {
 protected:
  void path(std::uint64_t client, std::uint64_t offset, std::string_view hop_limit,
            std::uint8_t protocol = 17) {
    RecordRow record;
    record.kind = RecordKind::dns;
    record.client = client;
    record.offset = offset;
    record.length = 1;
    record.protocol = protocol;
    record.number = static_cast<std::uint32_t>(batch_.records.size() + 1);
    record.time_us = record.until_us = static_cast<std::int64_t>(offset);
    batch_.records.push_back(record);
    batch_.fields.push_back({record.number, field_id("hop_limit")});
    batch_.field_text += hop_limit;
    batch_.field_end.push_back(batch_.field_text.size());
  }

  // Of look-ups by kClient at these offsets.
  OtherRecords loaded(const std::vector<std::uint64_t>& offsets, std::size_t most = 100) {
    const auto store = make_memory_store(7);
    EXPECT_TRUE(store->begin(1).ok());
    EXPECT_TRUE(store->append(1, 1, batch_).ok());
    EXPECT_TRUE(store->commit(1).ok());
    std::vector<QuestionRecords> groups(1);
    groups[0].hosts = {{}, {IpAddress::from_v4(kClient), -1}};
    for (const std::uint64_t offset : offsets) {
      LookupRow row;
      row.client = 1;
      row.evidence = 1;
      row.offset = offset;
      groups[0].rows.push_back(row);
    }
    OtherRecords others;
    EXPECT_TRUE(load_query_paths(*store, groups, ClockShifts(), others, most).ok());
    return others;
  }
  static std::vector<std::uint64_t> offsets_of(const OtherRecords& others) {
    std::vector<std::uint64_t> offsets;
    for (const OtherRow& row : others.rows) offsets.push_back(row.row.offset);
    return offsets;
  }

  RowBatch batch_;
};

TEST_F(QueryPathsLoad, BringsWhatIsInForceAtALookUpAndNoMore) {
  for (std::uint64_t offset = 0; offset < 100; ++offset) {
    path(kClient, 10 * offset, offset % 2 == 0 ? "57" : "118");
  }
  path(kOther, 305, "64");
  path(kClient, 306, "60", 6);
  const OtherRecords others = loaded({300, 307, 308, 995, 2'000});
  EXPECT_THAT(offsets_of(others), ElementsAre(300, 990));
  EXPECT_EQ(others.rows[0].client, IpAddress::from_v4(kClient));
  EXPECT_EQ(others.rows[0].field(field_id("hop_limit")), "57");
  EXPECT_TRUE(others.left_out.empty());
}

TEST_F(QueryPathsLoad, BringsNothingFromBehindTheLastLookUp) {
  path(kClient, 500, "57");
  EXPECT_TRUE(loaded({100, 200}).rows.empty());
}

TEST_F(QueryPathsLoad, SaysWhatALimitLeftOut) {
  for (std::uint64_t offset = 0; offset < 10; ++offset) path(kClient, offset, "57");
  const OtherRecords others = loaded({0, 1, 2, 3, 4, 5}, 3);
  EXPECT_EQ(others.rows.size(), 3u);
  EXPECT_GT(others.left_out.at(RecordKind::dns), 0u);
}

}  // namespace
}  // namespace assay
