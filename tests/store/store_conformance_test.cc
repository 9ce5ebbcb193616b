// What every engine under RecordStore must do alike.
#include <algorithm>
#include <map>

#include "store_fixture.h"

namespace assay::testing {
namespace {

TEST_P(StoreTest, IsEmptyBeforeAnythingIsAppended) {
  EXPECT_TRUE(scan_all(*store_).empty());
  EXPECT_TRUE(count_all(*store_, {GroupKey::client}).empty());
  EXPECT_EQ(*store_->count_rows({}), 0u);
  EXPECT_TRUE(answers_of(*store_).empty());
  EXPECT_FALSE(store_->name(kBankName)->has_value());
  EXPECT_FALSE(store_->host(kSixHost)->has_value());
  EXPECT_EQ(store_->key_seed(), kSeed);
}

TEST_P(StoreTest, GivesBackEveryColumnOfARow) {
  const RowBatch batch = varied_batch(0, 500);
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, batch));
  ASSERT_OK(store_->commit(1));
  std::vector<std::string> given, expected;
  for (const ScannedRow& scanned : scan_all(*store_)) given.push_back(text_of(scanned.row));
  for (std::size_t i = 0; i < batch.size(); ++i) expected.push_back(text_of(batch.row(i)));
  std::sort(given.begin(), given.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(given, expected);
}

TEST_P(StoreTest, StoresABatchNumberOnce) {
  ASSERT_OK(store_->begin(1));
  for (int pass = 0; pass < 2; ++pass) {
    ASSERT_OK(store_->append(1, 0, varied_batch(0, 100)));
    ASSERT_OK(store_->append(1, 1, varied_batch(100, 100)));
  }
  ASSERT_OK(store_->commit(1));
  EXPECT_EQ(*store_->count_rows({}), 200u);
}

TEST_P(StoreTest, StoresEqualBatchesUnderTwoNumbersTwice) {
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, varied_batch(0, 100)));
  ASSERT_OK(store_->append(1, 1, varied_batch(0, 100)));
  EXPECT_EQ(*store_->count_rows({}), 200u);
}

TEST_P(StoreTest, StoresAReplayAfterBeginAgain) {
  for (int pass = 0; pass < 3; ++pass) {
    ASSERT_OK(store_->begin(1));
    EXPECT_EQ(*store_->count_rows({}), 0u) << "begin drops what an interrupted read left";
    ASSERT_OK(store_->append(1, 0, varied_batch(0, 100)));
    ASSERT_OK(store_->append(1, 1, varied_batch(100, 100)));
    EXPECT_EQ(*store_->count_rows({}), 200u);
  }
  ASSERT_OK(store_->commit(1));
  EXPECT_EQ(*store_->count_rows({}), 200u);
}

TEST_P(StoreTest, DropsOneEvidenceAndLeavesTheOthers) {
  for (const std::uint32_t evidence : {1u, 2u}) {
    RowBatch batch = varied_batch(0, 50);
    add_name(batch, 1'000 + evidence, evidence == 1 ? "one.example" : "two.example");
    add_answer(batch, {.offset = batch.offset[0], .type = 1}, "abcd");
    ASSERT_OK(store_->begin(evidence));
    ASSERT_OK(store_->append(evidence, 0, batch));
    ASSERT_OK(store_->commit(evidence));
  }
  ASSERT_OK(store_->drop(1));
  EXPECT_EQ(*store_->count_rows({.evidences = {1}}), 0u);
  EXPECT_EQ(*store_->count_rows({.evidences = {2}}), 50u);
  EXPECT_EQ(answers_of(*store_).size(), 1u);
  EXPECT_TRUE(store_->name(1'002)->has_value());
}

TEST_P(StoreTest, ScansByPairAndByTimeAcrossBatchesAndEvidences) {
  for (const std::uint32_t evidence : {2u, 1u}) {
    ASSERT_OK(store_->begin(evidence));
    for (std::uint64_t batch = 0; batch < 4; ++batch) {
      ASSERT_OK(store_->append(evidence, batch, varied_batch(batch * 300, 300)));
    }
    ASSERT_OK(store_->commit(evidence));
  }
  const auto by_pair = [](const ScannedRow& s) {
    return std::tuple(s.row.client, s.row.qname, s.row.time_us, s.evidence, s.row.offset);
  };
  const auto by_time = [](const ScannedRow& s) {
    return std::tuple(s.row.time_us, s.evidence, s.row.offset);
  };
  const auto pairs = scan_all(*store_, {}, RowOrder::by_pair);
  const auto times = scan_all(*store_, {}, RowOrder::by_time);
  ASSERT_EQ(pairs.size(), 2'400u);
  ASSERT_EQ(times.size(), 2'400u);
  EXPECT_TRUE(std::is_sorted(pairs.begin(), pairs.end(), [&](const auto& a, const auto& b) {
    return by_pair(a) < by_pair(b);
  }));
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end(), [&](const auto& a, const auto& b) {
    return by_time(a) < by_time(b);
  }));
}

TEST_P(StoreTest, StopsAScanWhenTheCallerHasEnough) {
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, varied_batch(0, 300)));
  ASSERT_OK(store_->append(1, 1, varied_batch(300, 300)));
  int calls = 0;
  ASSERT_OK(store_->scan({}, RowOrder::by_pair, [&](const RowBlock&) { return ++calls < 1; }));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(*store_->count_rows({}), 600u) << "the store goes on working after a stopped scan";
}

TEST_P(StoreTest, AnswersQuestionsFromWithinAScan) {
  RowBatch batch = varied_batch(0, 10);
  add_name(batch, kSenderName, "mail1.sender.example");
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, batch));
  ASSERT_OK(store_->commit(1));
  std::string name;
  ASSERT_OK(store_->scan({}, RowOrder::by_pair, [&](const RowBlock&) {
    name = store_->name(kSenderName)->value_or("");
    return true;
  }));
  EXPECT_EQ(name, "mail1.sender.example");
}

TEST_P(StoreTest, FiltersByEveryField) {
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0,
                           batch_of({row_at(100, kBankHost, kBankName, 1, 10),
                                     row_at(200, kClinicHost, kBankName, 28, 20),
                                     row_at(300, kSixHost, kSenderName, 1, 30)})));
  DnsRow served = row_at(400, kBankHost, kSenderName, 15, 40);
  served.server = kServer;
  ASSERT_OK(store_->begin(2));
  ASSERT_OK(store_->append(2, 0, batch_of({served})));
  const auto times = [this](const RowFilter& filter) {
    std::vector<std::int64_t> found;
    for (const auto& s : scan_all(*store_, filter, RowOrder::by_time)) {
      found.push_back(s.row.time_us);
    }
    EXPECT_EQ(*store_->count_rows(filter), found.size());
    return found;
  };
  using Times = std::vector<std::int64_t>;
  EXPECT_EQ(times({}), (Times{100, 200, 300, 400}));
  EXPECT_EQ(times({.evidences = {2}}), (Times{400}));
  EXPECT_EQ(times({.evidences = {1, 2}}), (Times{100, 200, 300, 400}));
  EXPECT_EQ(times({.clients = {kSixHost, kClinicHost}}), (Times{200, 300}));
  EXPECT_EQ(times({.client_ranges = {{0xc0000200, 0xc00002ff}}}), (Times{100, 400}));
  EXPECT_EQ(times({.client_ranges = {{kBankHost + 1, 0xc00002ff}}}), (Times{}));
  EXPECT_EQ(times({.client_ranges = {{kBankHost, kBankHost}, {kClinicHost, kClinicHost}}}),
            (Times{100, 200, 400}));
  EXPECT_EQ(times({.clients = {kSixHost}, .client_ranges = {{kBankHost, kBankHost}}}),
            (Times{100, 300, 400}));
  EXPECT_EQ(times({.servers = {kServer}}), (Times{400}));
  EXPECT_EQ(times({.qnames = {kBankName}}), (Times{100, 200}));
  EXPECT_EQ(times({.qtypes = {28, 15}}), (Times{200, 400}));
  EXPECT_EQ(times({.window = Interval{100, 300}}), (Times{100, 200}));
  EXPECT_EQ(times({.offset = 30}), (Times{300}));
  EXPECT_EQ(times({.clients = {kBankHost}, .qnames = {kBankName}}), (Times{100}));
}

TEST_P(StoreTest, TakesClientsOrNamesAsAlternativesWhenAsked) {
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(
      1, 0,
      batch_of({row_at(100, kBankHost, kBankName), row_at(200, kClinicHost, kSenderName),
                row_at(300, kSixHost, kBankName), row_at(400, kSixHost, kSenderName)})));
  RowFilter filter{.clients_or_qnames = true};
  EXPECT_EQ(*store_->count_rows(filter), 4u);
  filter.client_ranges = {{kBankHost, kBankHost}};
  EXPECT_EQ(*store_->count_rows(filter), 1u);
  filter.clients = {kClinicHost};
  EXPECT_EQ(*store_->count_rows(filter), 2u);
  filter.qnames = {kBankName};
  EXPECT_EQ(*store_->count_rows(filter), 3u);
  filter.window = Interval{0, 300};
  EXPECT_EQ(*store_->count_rows(filter), 2u);
  filter = {.qnames = {kSenderName}, .clients_or_qnames = true};
  EXPECT_EQ(*store_->count_rows(filter), 2u);
}

TEST_P(StoreTest, CountsByEveryGroupKeyInAscendingOrder) {
  constexpr std::int64_t kHour = 3'600 * kMicrosPerSecond;
  DnsRow last = row_at(25 * kHour, kSixHost, kSenderName, 28);
  last.rcode = 3;
  last.server = kServer;
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0,
                           batch_of({row_at(kHour - 1, kClinicHost, kBankName),
                                     row_at(kHour, kBankHost, kBankName), last})));
  ASSERT_OK(store_->begin(2));
  ASSERT_OK(store_->append(2, 0, batch_of({row_at(kHour, kBankHost, kSenderName)})));
  using Lines = std::vector<std::string>;
  const std::string bank = "3221225985", clinic = "3325256706", six = "9223372036854775809";
  const std::string bank_name = "9000000000000000001";
  EXPECT_EQ(count_all(*store_, {}), (Lines{"=4"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::evidence}), (Lines{"1=3", "2=1"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::client}),
            (Lines{bank + "=2", clinic + "=1", six + "=1"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::server}), (Lines{"0=3", "3405803829=1"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::qname}), (Lines{"42=2", bank_name + "=2"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::qtype}), (Lines{"1=3", "28=1"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::rcode}), (Lines{"3=1", "65535=3"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::hour}), (Lines{"0=1", "1=2", "25=1"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::day}), (Lines{"0=3", "1=1"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::client, GroupKey::qname}),
            (Lines{bank + ",42=1", bank + "," + bank_name + "=1", clinic + "," + bank_name + "=1",
                   six + ",42=1"}));
  EXPECT_EQ(
      count_all(*store_, {GroupKey::client, GroupKey::qname, GroupKey::qtype}, {.qtypes = {28}}),
      (Lines{six + ",42,28=1"}));
  EXPECT_EQ(count_all(*store_, {GroupKey::day, GroupKey::client}, {.evidences = {1}}),
            (Lines{"0," + bank + "=1", "0," + clinic + "=1", "1," + six + "=1"}));
}

TEST_P(StoreTest, CountsTimesBefore1970InTheRightHour) {
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(
      1, 0, batch_of({row_at(-1, kBankHost, kBankName), row_at(1, kBankHost, kBankName)})));
  EXPECT_EQ(count_all(*store_, {GroupKey::hour}),
            (std::vector<std::string>{"0=1", "18446744073709551615=1"}));
}

TEST_P(StoreTest, CountsPairsAsARowByRowReferenceDoes) {
  for (const std::uint32_t evidence : {1u, 2u, 3u}) {
    ASSERT_OK(store_->begin(evidence));
    ASSERT_OK(store_->append(evidence, 0, varied_batch(evidence * 977, 2'000)));
    ASSERT_OK(store_->commit(evidence));
  }
  const RowFilter filter{.evidences = {1, 3}};
  const std::vector<GroupKey> by{GroupKey::client, GroupKey::qname, GroupKey::evidence,
                                 GroupKey::rcode};
  std::map<std::vector<std::uint64_t>, int> reference;
  for (const ScannedRow& s : scan_all(*store_, filter)) {
    ++reference[{s.row.client, s.row.qname, s.evidence, s.row.rcode}];
  }
  std::vector<std::string> expected;
  for (const auto& [key, count] : reference) {
    std::string line;
    for (const std::uint64_t part : key) line += (line.empty() ? "" : ",") + std::to_string(part);
    expected.push_back(line + "=" + std::to_string(count));
  }
  ASSERT_GT(expected.size(), 1'000u);
  EXPECT_EQ(count_all(*store_, by, filter), expected);
}

TEST_P(StoreTest, KeepsAnswersWithTheirRows) {
  RowBatch batch = batch_of(
      {row_at(100, kBankHost, kBankName, 1, 10), row_at(200, kClinicHost, kBankName, 1, 20)});
  add_answer(batch, {20, 1, kBankName, 5, 1, 300}, std::string("\3foo\0", 5));  // with a NUL
  add_answer(batch, {20, 1, kSenderName, 1, 1, 60}, "abcd");
  add_answer(batch, {10, 3, kBankName, 41, 4'096, 0x8000}, "");
  ASSERT_OK(store_->begin(3));
  ASSERT_OK(store_->append(3, 0, batch));
  ASSERT_OK(store_->append(3, 0, batch));
  ASSERT_OK(store_->commit(3));
  const std::string first = "3 10 3 9000000000000000001 41 4096 32768 ";
  const std::string second = "3 20 1 9000000000000000001 5 1 300 " + std::string("\3foo\0", 5);
  EXPECT_EQ(answers_of(*store_),
            (std::vector<std::string>{first, second, "3 20 1 42 1 1 60 abcd"}));
  EXPECT_EQ(answers_of(*store_, {.clients = {kBankHost}}), (std::vector<std::string>{first}));
  EXPECT_EQ(answers_of(*store_, {.evidences = {3}, .offset = 20}).size(), 2u);
  EXPECT_TRUE(answers_of(*store_, {.evidences = {4}}).empty());
}

TEST_P(StoreTest, SpellsOutNamesAndHosts) {
  RowBatch batch = varied_batch(0, 3);
  add_name(batch, kSenderName, "mail1.sender.example");
  add_name(batch, kBankName, std::string_view("it's\\032a\\\"name\\000.example"));
  add_name(batch, 7, "");
  batch.hosts.push_back({kSixHost, six_address()});
  batch.hosts.push_back({kBankHost, IpAddress::from_v4(0xc0000201)});
  for (const std::uint32_t evidence : {1u, 2u}) {
    ASSERT_OK(store_->begin(evidence));
    ASSERT_OK(store_->append(evidence, 0, batch));
    ASSERT_OK(store_->commit(evidence));
  }
  EXPECT_EQ(**store_->name(kBankName), "it's\\032a\\\"name\\000.example");
  EXPECT_EQ(**store_->name(7), "");
  EXPECT_FALSE(store_->name(8)->has_value());
  EXPECT_EQ(**store_->host(kSixHost), six_address());
  EXPECT_EQ(**store_->host(kBankHost), IpAddress::from_v4(0xc0000201));
  std::vector<std::uint64_t> keys;
  ASSERT_OK(store_->names([&](std::uint64_t key, std::string_view) {
    keys.push_back(key);
    return true;
  }));
  EXPECT_EQ(keys, (std::vector<std::uint64_t>{7, kSenderName, kBankName}));
  keys.clear();
  ASSERT_OK(store_->hosts([&](std::uint64_t key, const IpAddress& address) {
    keys.push_back(key);
    EXPECT_EQ(address, six_address());
    return true;
  }));
  EXPECT_EQ(keys, std::vector<std::uint64_t>{kSixHost}) << "an IPv4 address is its own key";
}

TEST_P(StoreTest, ReportsTwoNamesUnderOneKeyAtCommit) {
  RowBatch first = varied_batch(0, 3), second = varied_batch(3, 3);
  add_name(first, 5, "one.example", 100);
  add_name(second, 5, "two.example", 200);
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, first));
  ASSERT_OK(store_->commit(1));
  ASSERT_OK(store_->begin(2));
  ASSERT_OK(store_->append(2, 0, second));
  const Status status = store_->commit(2);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::internal);
  EXPECT_NE(status.error().mend.find("new case"), std::string::npos);
}

TEST_P(StoreTest, CommitsSeveralEvidencesAtOnce) {
  for (const std::uint32_t evidence : {1u, 2u, 3u}) {
    ASSERT_OK(store_->begin(evidence));
    ASSERT_OK(store_->append(evidence, 0, varied_batch(evidence * 10, 3)));
  }
  ASSERT_OK(store_->commit(std::vector<std::uint32_t>{1, 3}));
  ASSERT_OK(store_->commit(2));
  EXPECT_EQ(*store_->count_rows({}), 9u);
}

TEST_P(StoreTest, ReportsTwoNamesUnderOneKeyOfTwoEvidencesCommittedAtOnce) {
  RowBatch first = varied_batch(0, 3), second = varied_batch(3, 3);
  add_name(first, 5, "one.example", 100);
  add_name(second, 5, "two.example", 200);
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, first));
  ASSERT_OK(store_->begin(2));
  ASSERT_OK(store_->append(2, 0, second));
  EXPECT_EQ(store_->commit(std::vector<std::uint32_t>{1, 2}).error().code, ErrorCode::internal);
}

TEST_P(StoreTest, ReportsTwoAddressesUnderOneKeyAtCommit) {
  RowBatch batch = varied_batch(0, 3);
  batch.hosts.push_back({kSixHost, six_address()});
  IpAddress other = six_address();
  other.bytes[15] ^= 1;
  batch.hosts.push_back({kSixHost, other});
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, batch));
  EXPECT_EQ(store_->commit(1).error().code, ErrorCode::internal);
}

TEST_P(StoreTest, TakesABatchThatOnlyBringsNames) {
  RowBatch batch;
  add_name(batch, 5, "one.example");
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, batch));
  ASSERT_OK(store_->commit(1));
  EXPECT_EQ(**store_->name(5), "one.example");
  EXPECT_EQ(*store_->count_rows({}), 0u);
}

RecordRow transfer_at(std::int64_t time_us, std::uint32_t number) {
  RecordRow row;
  row.kind = RecordKind::mail;
  row.protocol = 6;
  row.client_port = 40'000;
  row.server_port = 25;
  row.type = 15;
  row.code = 250;
  row.width_us = 1'000'000;
  row.flags = kYearInferred;
  row.time_us = time_us;
  row.until_us = time_us + 5;
  row.client = kBankHost;
  row.server = kSixHost;
  row.name = kSenderName;
  row.count = 3;
  row.packets_sent = 4;
  row.packets_received = 5;
  row.bytes_sent = 1ull << 40;
  row.bytes_received = 7;
  row.offset = 77 * number;
  row.length = 70;
  row.number = number;
  return row;
}

void add_field(RowBatch& batch, std::uint32_t number, std::string_view word,
               std::string_view text) {
  batch.fields.push_back({number, field_id(word)});
  batch.field_text.append(text);
  batch.field_end.push_back(batch.field_text.size());
}

std::vector<std::string> records_of(RecordStore& store, const RowFilter& filter = {}) {
  std::vector<std::string> lines;
  EXPECT_TRUE(store
                  .records(filter,
                           [&](const StoredRecord& record) {
                             const RecordRow& row = record.row;
                             std::string line = std::to_string(record.evidence) + "/" +
                                                std::to_string(row.number) + " " +
                                                std::string(kind_word(row.kind));
                             for (const auto& [field, text] : record.fields) {
                               line += " " + std::string(field_word(field)) + "=" + text;
                             }
                             lines.push_back(line);
                             return true;
                           })
                  .ok());
  EXPECT_EQ(*store.count_records(filter), lines.size());
  return lines;
}

TEST_P(StoreTest, GivesBackEveryPartOfARecord) {
  RowBatch batch;
  batch.records.push_back(transfer_at(-5, 1));
  add_field(batch, 1, "queue_id", std::string("a\0b'\\", 5));
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, batch));
  ASSERT_OK(store_->append(1, 0, batch));
  ASSERT_OK(store_->commit(1));
  std::vector<StoredRecord> found;
  ASSERT_OK(store_->records({}, [&](const StoredRecord& record) {
    found.push_back(record);
    return true;
  }));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].evidence, 1u);
  EXPECT_EQ(found[0].row, batch.records[0]);
  ASSERT_EQ(found[0].fields.size(), 1u);
  EXPECT_EQ(found[0].fields[0].first, field_id("queue_id"));
  EXPECT_EQ(found[0].fields[0].second, std::string("a\0b'\\", 5));
}

TEST_P(StoreTest, OrdersAndFiltersRecordsAndKeepsTheirFieldsInOrder) {
  for (const std::uint32_t evidence : {2u, 1u}) {
    ASSERT_OK(store_->begin(evidence));
    for (std::uint32_t part = 0; part < 2; ++part) {
      RowBatch batch;
      for (std::uint32_t n = 1; n <= 3; ++n) {
        const std::uint32_t number = part * 3 + n;
        RecordRow row = transfer_at(1'000 - 10 * number, number);
        if (n == 3) row.kind = RecordKind::flow;
        if (n == 2) row.name = kBankName;
        batch.records.push_back(row);
        add_field(batch, number, "recipient", "b");
        if (n != 3) add_field(batch, number, "recipient", "a");
      }
      ASSERT_OK(store_->append(evidence, part, batch));
    }
    ASSERT_OK(store_->commit(evidence));
  }
  EXPECT_EQ(records_of(*store_, {.evidences = {1}}),
            (std::vector<std::string>{"1/6 flow recipient=b", "1/5 mail recipient=b recipient=a",
                                      "1/4 mail recipient=b recipient=a", "1/3 flow recipient=b",
                                      "1/2 mail recipient=b recipient=a",
                                      "1/1 mail recipient=b recipient=a"}));
  EXPECT_EQ(records_of(*store_).size(), 12u);
  EXPECT_EQ(records_of(*store_).front(), "1/6 flow recipient=b");
  EXPECT_EQ(records_of(*store_)[1], "2/6 flow recipient=b") << "time before evidence";
  EXPECT_EQ(records_of(*store_, {.kinds = {RecordKind::flow}}).size(), 4u);
  EXPECT_EQ(records_of(*store_, {.qnames = {kBankName}}).size(), 4u);
  EXPECT_EQ(records_of(*store_, {.window = Interval{990, 1'001}}).size(), 2u);
  EXPECT_EQ(records_of(*store_, {.evidences = {2}, .offset = 77}).size(), 1u);
  EXPECT_EQ(*store_->count_rows({}), 0u) << "look-ups are counted apart";
  ASSERT_OK(store_->drop(1));
  EXPECT_EQ(records_of(*store_).size(), 6u);
}

INSTANTIATE_TEST_SUITE_P(Engine, StoreTest, ::testing::ValuesIn(engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace assay::testing
