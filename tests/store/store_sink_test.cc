// The sink's second thread: nothing lost, nothing twice, and errors come back to the reader.
#include "assay/reader.h"
#include "store_fixture.h"

namespace assay::testing {
namespace {

TEST(StoreSink, BringsEveryRowAndNameIntoTheStore) {
  const auto store = make_memory_store(kSeed);
  ASSERT_OK(store->begin(1));
  const auto sink = make_store_sink(*store, 1, nullptr, 64);
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t name = sink->name("host" + std::to_string(i % 10) + ".bank.example");
    sink->add(row_at(i, kBankHost, name, 1, static_cast<std::uint64_t>(i)));
    sink->unit();
    sink->used_unit();
  }
  ASSERT_OK(finish_store_sink(*sink));
  ASSERT_OK(store->commit(1));
  EXPECT_EQ(*store->count_rows({}), 1'000u);
  const std::uint64_t key = name_key("host7.bank.example", kSeed).key;
  EXPECT_EQ(**store->name(key), "host7.bank.example");
  EXPECT_EQ(*store->count_rows({.qnames = {key}}), 100u);
  EXPECT_EQ(sink->balance().rows, 1'000u);
}

TEST(StoreSink, CutsABatchWhoseAnswersOutweighItsRows) {
  const auto store = make_memory_store(kSeed);
  const auto sink = make_store_sink(*store, 1, nullptr, 64);
  sink->add(row_at(1, kBankHost, kBankName));
  for (int i = 0; i < 64 * 2; ++i) sink->add_answer({.owner = kBankName, .type = 1}, "abcd");
  sink->add_answer({.owner = kBankName, .type = 99}, std::string(100, 'x'));
  ASSERT_OK(finish_store_sink(*sink));
  EXPECT_EQ(answers_of(*store).size(), 129u);
  EXPECT_EQ(*store->count_rows({}), 1u);
}

TEST(StoreSink, HandsRejectsOverOnTheCallersThread) {
  const auto store = make_memory_store(kSeed);
  std::vector<std::string> codes;
  const auto sink = make_store_sink(
      *store, 1,
      [&](const Reject& reject) {
        codes.push_back(reject.code);
        return Status{};
      },
      64);
  sink->reject("bind.time.unreadable", 0, 5, "hello", "no time");
  EXPECT_EQ(codes, std::vector<std::string>{"bind.time.unreadable"});
  ASSERT_OK(finish_store_sink(*sink));
}

// A store whose disk fills after a few batches; all else is the memory store's.
class FullStore : public RecordStore {
 public:
  std::string_view engine() const override { return "full"; }
  std::string engine_version() const override { return ""; }
  std::uint64_t key_seed() const override { return kSeed; }
  Status begin(std::uint32_t) override { return {}; }
  Status append(std::uint32_t, std::uint64_t number, const RowBatch&) override {
    if (number < 3) return {};
    return Error{ErrorCode::io, "no space left", ""};
  }
  Status commit(const std::vector<std::uint32_t>&) override { return {}; }
  Status drop(std::uint32_t) override { return {}; }
  Status scan(const RowFilter&, RowOrder, const std::function<bool(const RowBlock&)>&) override {
    return {};
  }
  Status count(const RowFilter&, const std::vector<GroupKey>&,
               const std::function<bool(const GroupCount&)>&) override {
    return {};
  }
  Result<std::uint64_t> count_rows(const RowFilter&) override { return std::uint64_t{0}; }
  Status records(const RowFilter&, const std::function<bool(const StoredRecord&)>&) override {
    return {};
  }
  Result<std::uint64_t> count_records(const RowFilter&) override { return std::uint64_t{0}; }
  Status answers(const RowFilter&, const std::function<bool(const StoredAnswer&)>&) override {
    return {};
  }
  Result<std::optional<std::string>> name(std::uint64_t) override {
    return std::optional<std::string>();
  }
  Result<std::optional<IpAddress>> host(std::uint64_t) override {
    return std::optional<IpAddress>();
  }
  Status names(const std::function<bool(std::uint64_t, std::string_view)>&) override { return {}; }
  Status hosts(const std::function<bool(std::uint64_t, const IpAddress&)>&) override { return {}; }
  Status sql(std::string_view, std::string_view,
             const std::function<bool(std::string_view)>&) override {
    return {};
  }
  Status export_parquet(const RowFilter&, const std::string&) override { return {}; }
};

TEST(StoreSink, TellsTheReaderThatTheStoreRefused) {
  FullStore store;
  const auto sink = make_store_sink(store, 1, nullptr, 16);
  int added = 0;
  while (!sink->failure() && added < 100'000) {
    sink->add(row_at(added++, kBankHost, kBankName));
  }
  ASSERT_TRUE(sink->failure().has_value());
  EXPECT_EQ(sink->failure()->message, "no space left");
  EXPECT_LT(added, 16 * 10) << "the queue is short, so the reader stops soon";
  EXPECT_EQ(finish_store_sink(*sink).error().code, ErrorCode::io);
}

TEST(StoreSink, ReportsTheRefusalOfTheLastBatch) {
  FullStore store;
  const auto sink = make_store_sink(store, 1, nullptr, 16);
  for (int i = 0; i < 16 * 3 + 1; ++i) sink->add(row_at(i, kBankHost, kBankName));
  EXPECT_EQ(finish_store_sink(*sink).error().message, "no space left");
}

TEST(StoreSink, CanBeAbandonedInTheMiddle) {
  const auto store = make_memory_store(kSeed);
  {
    const auto sink = make_store_sink(*store, 1, nullptr, 16);
    for (int i = 0; i < 100; ++i) sink->add(row_at(i, kBankHost, kBankName));
  }
  EXPECT_LE(*store->count_rows({}), 96u);
}

}  // namespace
}  // namespace assay::testing
