#include "store_fixture.h"

#include <unistd.h>

#include <filesystem>

#include "store/segment_store.h"

namespace assay::testing {

IpAddress six_address() {
  IpAddress address;
  address.bytes = {0x20, 0x01, 0x0d, 0xb8};
  address.bytes[15] = 1;
  return address;
}

DnsRow row_at(std::int64_t time_us, std::uint64_t client, std::uint64_t qname, std::uint16_t qtype,
              std::uint64_t offset) {
  DnsRow row;
  row.time_us = time_us;
  row.client = client;
  row.qname = qname;
  row.qtype = qtype;
  row.offset = offset;
  return row;
}

RowBatch batch_of(const std::vector<DnsRow>& rows) {
  RowBatch batch;
  for (const DnsRow& row : rows) batch.push(row);
  return batch;
}

RowBatch varied_batch(std::uint64_t first, std::size_t count) {
  RowBatch batch;
  for (std::uint64_t n = first; n < first + count; ++n) {
    const std::uint64_t mixed = (n + 1) * 0x9e3779b97f4a7c15ull;
    DnsRow row;
    row.time_us = 1'460'000'000'000'000 + static_cast<std::int64_t>(mixed >> 40);
    row.width_us = 1 + static_cast<std::uint32_t>(n % 1'000'000);
    row.client = 0xc0000200 + (mixed >> 33) % 40;
    row.server = n % 3 == 0 ? 0 : kServer + n % 3;
    row.qname = 1 + (mixed >> 21) % 60 * 0x0123456789abcdefull;
    row.qtype = static_cast<std::uint16_t>(1 + n % 65'000);
    row.qclass = static_cast<std::uint16_t>(1 + n % 4);
    row.rcode = n % 5 == 0 ? kNoRcode : static_cast<std::uint16_t>(n % 24);
    row.id = static_cast<std::uint16_t>(mixed);
    row.client_port = static_cast<std::uint16_t>(mixed >> 16);
    row.ttl = n % 7 == 0 ? kNoTtl : static_cast<std::uint32_t>(n * 60);
    row.flags = static_cast<std::uint32_t>(mixed >> 11);
    row.delay_us = n % 11 == 0 ? kNoDelay : static_cast<std::uint32_t>(n);
    row.offset = n * 77 + (n % 13 == 0 ? 1ull << 40 : 0);
    row.length = 77 + static_cast<std::uint32_t>(n % 9);
    batch.push(row);
  }
  return batch;
}

void add_name(RowBatch& batch, std::uint64_t key, std::string_view name, std::uint64_t check) {
  batch.names.add({key, check}, name);
}

void add_answer(RowBatch& batch, const AnswerRow& answer, std::string_view rdata) {
  batch.answers.push_back(answer);
  batch.answer_rdata.append(rdata);
  batch.answer_end.push_back(batch.answer_rdata.size());
}

std::vector<ScannedRow> scan_all(RecordStore& store, const RowFilter& filter, RowOrder order) {
  std::vector<ScannedRow> rows;
  const Status status = store.scan(filter, order, [&](const RowBlock& block) {
    EXPECT_EQ(block.rows->size(), block.evidence->size());
    for (std::size_t i = 0; i < block.rows->size(); ++i) {
      rows.push_back({(*block.evidence)[i], block.rows->row(i)});
    }
    return true;
  });
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
  return rows;
}

std::vector<std::string> count_all(RecordStore& store, const std::vector<GroupKey>& by,
                                   const RowFilter& filter) {
  std::vector<std::string> lines;
  const Status status = store.count(filter, by, [&](const GroupCount& group) {
    std::string line;
    for (const std::uint64_t part : group.key) {
      line += (line.empty() ? "" : ",") + std::to_string(part);
    }
    lines.push_back(line + "=" + std::to_string(group.count));
    return true;
  });
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
  return lines;
}

std::vector<std::string> answers_of(RecordStore& store, const RowFilter& filter) {
  std::vector<std::string> lines;
  const Status status = store.answers(filter, [&](const StoredAnswer& stored) {
    const AnswerRow& a = stored.answer;
    std::string line;
    for (const std::uint64_t part :
         {std::uint64_t{stored.evidence}, a.offset, std::uint64_t{a.section}, a.owner,
          std::uint64_t{a.type}, std::uint64_t{a.rclass}, std::uint64_t{a.ttl}}) {
      line += std::to_string(part) + " ";
    }
    lines.push_back(line + stored.rdata);
    return true;
  });
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
  return lines;
}

std::string text_of(const DnsRow& row) {
  std::string text = std::to_string(row.time_us);
  for (const std::uint64_t part :
       {std::uint64_t{row.width_us}, row.client, row.server, row.qname, std::uint64_t{row.qtype},
        std::uint64_t{row.qclass}, std::uint64_t{row.rcode}, std::uint64_t{row.id},
        std::uint64_t{row.client_port}, std::uint64_t{row.ttl}, std::uint64_t{row.flags},
        std::uint64_t{row.delay_us}, row.offset, std::uint64_t{row.length}}) {
    text += " " + std::to_string(part);
  }
  return text;
}

std::vector<std::string> engines() {
  std::vector<std::string> names{"memory", "segments", "tiny_segments"};
  if (has_embedded_store()) names.push_back("embedded");
  return names;
}

SegmentLimits tiny_limits() {
  return {.rows_per_block = 5,
          .answers_per_block = 2,
          .records_per_block = 2,
          .names_per_block = 2,
          .text_bytes_per_block = 40,
          .rows_per_window = 11,
          .names_per_window = 3,
          .answers_per_window = 3,
          .records_per_window = 3,
          .rows_per_output = 7,
          .keys_in_memory = 20,
          .rows_in_memory = 23,
          .loci_in_memory = 2,
          .group_bytes_in_memory = 1};
}

std::string store_test_directory() {
  // In memory where there is such a place: the engine syncs every batch, and what these tests ask
  // is whether a store survives a killed process, not a power cut.
  const bool has_memory_disk = access("/dev/shm", W_OK) == 0;
  return (has_memory_disk ? "/dev/shm/" : ::testing::TempDir()) + "assay-store-test-" +
         std::to_string(getpid());
}

void StoreTest::SetUp() {
  directory_ = store_test_directory();
  std::filesystem::remove_all(directory_);
  open();
}

void StoreTest::TearDown() {
  store_.reset();
  std::filesystem::remove_all(directory_);
}

void StoreTest::open() {
  store_.reset();
  const StoreOptions options{.directory = directory_, .key_seed = kSeed};
  if (GetParam() == "memory") {
    store_ = make_memory_store(kSeed);
    return;
  }
  auto opened = GetParam() == "tiny_segments" ? open_segment_store(options, tiny_limits())
                : GetParam() == "segments"    ? open_segment_store(options)
                                              : open_embedded_store(options);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  store_ = std::move(*opened);
}

}  // namespace assay::testing
