#include <gtest/gtest.h>

#include "assay/reader.h"
#include "core/digest.h"

namespace assay {
namespace {

class CountingSink : public RecordSink {
 public:
  explicit CountingSink(std::uint32_t rows_per_batch) : RecordSink(1, rows_per_batch) {}
  std::size_t rows = 0, names = 0, hosts = 0, batches = 0, rejects = 0;

 protected:
  Status deliver(RowBatch& batch) override {
    rows += batch.size(), names += batch.names.size(), hosts += batch.hosts.size(), ++batches;
    return {};
  }
  Status deliver_reject(const Reject& reject) override {
    EXPECT_LE(reject.text.size(), kMaxRejectText);
    ++rejects;
    return {};
  }
};

TEST(RecordSink, HandsEachNameAndHostOnOnce) {
  CountingSink sink(1'000);
  for (int i = 0; i < 100'000; ++i) {
    DnsRow row;
    row.time_us = i;
    row.qname = sink.name("n" + std::to_string(i % 5'000) + ".example");
    row.client = sink.host(*IpAddress::parse("2001:db8::" + std::to_string(i % 3'000)));
    sink.add(row);
    sink.unit();
    sink.used_unit();
  }
  sink.flush();
  EXPECT_EQ(sink.rows, 100'000u);
  EXPECT_EQ(sink.names, 5'000u);
  EXPECT_EQ(sink.hosts, 3'000u);
  EXPECT_EQ(sink.batches, 100u);
  EXPECT_EQ(*sink.span(), (Interval{0, 100'000}));
  EXPECT_TRUE(sink.balance().is_even());
}

TEST(RecordSink, LeavesRecordsOfNoKnownTimeOutOfTheSpan) {
  CountingSink sink(10);
  RecordRow record;
  record.kind = RecordKind::registration;
  record.flags = kTimeUnknown;
  sink.add_record(record);
  sink.flush();
  EXPECT_FALSE(sink.span());
  record.flags = 0;
  record.time_us = record.until_us = 5;
  sink.add_record(record);
  sink.flush();
  EXPECT_EQ(*sink.span(), (Interval{5, 6}));
}

TEST(RecordSink, CutsTheTextOfAReject) {
  CountingSink sink(10);
  sink.unit();
  sink.reject("line.too_long", 0, 100'000, std::string(100'000, 'x'), "too long");
  EXPECT_EQ(sink.rejects, 1u);
  EXPECT_EQ(sink.balance().rejected, 1u);
  EXPECT_TRUE(sink.balance().is_even());
}

TEST(RecordSink, ShowsAUnitThatNobodyTellsOrThatIsToldTwice) {
  CountingSink sink(10);
  sink.unit(2);
  sink.used_unit();
  EXPECT_FALSE(sink.balance().is_even());
  sink.blank_unit();
  EXPECT_TRUE(sink.balance().is_even());
  sink.blank_unit();
  EXPECT_FALSE(sink.balance().is_even());
}

TEST(Digest, KnowsTheEmptyText) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace assay
