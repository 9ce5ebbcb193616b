// Shared by the conformance tests: every case runs against each engine that this build offers.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "assay/store.h"
#include "store/segment_limits.h"

namespace assay::testing {

inline constexpr std::uint64_t kSeed = 7;
inline constexpr std::uint64_t kBankHost = 0xc0000201;    // 192.0.2.1
inline constexpr std::uint64_t kClinicHost = 0xc6336402;  // 198.51.100.2
inline constexpr std::uint64_t kSixHost = 0x8000000000000001ull;
inline constexpr std::uint64_t kServer = 0xcb007135;  // 203.0.113.53
inline constexpr std::uint64_t kBankName = 9'000'000'000'000'000'001ull;
inline constexpr std::uint64_t kSenderName = 42;

IpAddress six_address();

DnsRow row_at(std::int64_t time_us, std::uint64_t client, std::uint64_t qname,
              std::uint16_t qtype = 1, std::uint64_t offset = 0);
RowBatch batch_of(const std::vector<DnsRow>& rows);
// `count` rows that differ in every column, over 40 clients and 60 names.
RowBatch varied_batch(std::uint64_t first, std::size_t count);
void add_name(RowBatch& batch, std::uint64_t key, std::string_view name, std::uint64_t check = 1);
void add_answer(RowBatch& batch, const AnswerRow& answer, std::string_view rdata);

struct ScannedRow {
  std::uint32_t evidence;
  DnsRow row;
};
std::vector<ScannedRow> scan_all(RecordStore& store, const RowFilter& filter = {},
                                 RowOrder order = RowOrder::by_pair);
// Groups as "key,key=count" lines in the order in which they came.
std::vector<std::string> count_all(RecordStore& store, const std::vector<GroupKey>& by,
                                   const RowFilter& filter = {});
std::vector<std::string> answers_of(RecordStore& store, const RowFilter& filter = {});
std::string text_of(const DnsRow& row);

// "memory", "segments", "tiny_segments" (with tiny_limits), and "embedded" where this build offers
// it.
std::vector<std::string> engines();
// So that a few hundred rows make many blocks, windows and files on disk.
SegmentLimits tiny_limits();

// A folder of this process's own; not made yet.
std::string store_test_directory();

// Opens the engine named by the parameter; a second open() in one test is the same store reopened.
class StoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override;
  void TearDown() override;
  void open();

  std::unique_ptr<RecordStore> store_;
  std::string directory_;
};

#define ASSERT_OK(expression)                                                 \
  do {                                                                        \
    const auto& assay_result = (expression);                                  \
    ASSERT_TRUE(assay_result.ok())                                            \
        << assay_result.error().message << "; " << assay_result.error().mend; \
  } while (false)

}  // namespace assay::testing
