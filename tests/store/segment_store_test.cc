// What the store of segments promises beyond what all engines do: a disk, a lock, crashes, damage,
// and merges and spills that give what memory would.
#include "store/segment_store.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "killed_writer.h"
#include "store_fixture.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;

class SegmentStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = store_test_directory() + "-segments";
    fs::remove_all(directory_);
  }
  void TearDown() override {
    store_.reset();
    if (!directory_.empty()) fs::remove_all(directory_);
  }

  StoreOptions options() const { return {.directory = directory_, .key_seed = kSeed}; }
  void open() {
    store_.reset();
    auto opened = open_segment_store(options(), tiny_limits());
    ASSERT_OK(opened);
    store_ = std::move(*opened);
  }
  std::vector<std::string> segment_files() const {
    std::vector<std::string> paths;
    for (const auto& entry : fs::directory_iterator(segments_directory(directory_))) {
      if (entry.path().extension() == ".segment") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  std::string directory_;
  std::unique_ptr<RecordStore> store_;
};

// A batch with everything that a batch can bring.
RowBatch full_batch(std::size_t from, std::size_t rows) {
  RowBatch batch = varied_batch(from, rows);
  for (std::size_t i = 0; i < rows; i += 3) {
    add_answer(batch, {.offset = batch.offset[i], .owner = i, .type = 1, .ttl = 60}, "abcd");
  }
  for (std::uint32_t n = 1; n <= 4; ++n) {
    RecordRow row;
    row.kind = RecordKind::mail;
    row.time_us = 1'000 - n;
    row.number = static_cast<std::uint32_t>(from) + n;
    row.offset = 10 * n;
    batch.records.push_back(row);
    batch.fields.push_back({row.number, field_id("queue_id")});
    batch.field_text += "queue";
    batch.field_end.push_back(batch.field_text.size());
  }
  for (std::uint64_t i = 0; i < rows; ++i) {
    const std::string name = "host" + std::to_string(from + i) + ".bank.example";
    const NameKey key = name_key(name, kSeed);
    add_name(batch, key.key, name, key.check);
  }
  batch.hosts.push_back({kSixHost, six_address()});
  return batch;
}

// Everything that a store can be asked, as text; the first error instead when there is one.
std::string everything_in(RecordStore& store) {
  std::string text;
  const auto told = [&text](const Status& status) {
    if (!status.ok()) text = "ERROR " + status.error().message;
    return status.ok();
  };
  const auto add_rows = [&text](const RowBlock& block) {
    for (std::size_t i = 0; i < block.rows->size(); ++i) {
      text += std::to_string((*block.evidence)[i]) + " " + text_of(block.rows->row(i)) + "\n";
    }
    return true;
  };
  const auto add_group = [&text](const GroupCount& group) {
    for (const std::uint64_t part : group.key) text += std::to_string(part) + ",";
    text += std::to_string(group.count) + "\n";
    return true;
  };
  const auto add_answer_text = [&text](const StoredAnswer& answer) {
    text += std::to_string(answer.answer.offset) + answer.rdata + "\n";
    return true;
  };
  const auto add_record = [&text](const StoredRecord& record) {
    text += std::to_string(record.row.number) + record.fields.at(0).second + "\n";
    return true;
  };
  const auto add_name_text = [&text](std::uint64_t key, std::string_view name) {
    text += std::to_string(key) + std::string(name) + "\n";
    return true;
  };
  const auto add_host_text = [&text](std::uint64_t key, const IpAddress& address) {
    text += std::to_string(key) + address.to_string() + "\n";
    return true;
  };
  told(store.scan({}, RowOrder::by_pair, add_rows)) &&
      told(store.scan({}, RowOrder::by_time, add_rows)) &&
      told(store.count({}, {GroupKey::client, GroupKey::qname, GroupKey::hour}, add_group)) &&
      told(store.count({}, {GroupKey::qname, GroupKey::qtype}, add_group)) &&
      told(store.answers({}, add_answer_text)) &&
      told(store.answers({.qtypes = {1, 28}}, add_answer_text)) &&
      told(store.records({}, add_record)) && told(store.names(add_name_text)) &&
      told(store.hosts(add_host_text));
  return text;
}

TEST_F(SegmentStoreTest, GivesWhatMemoryGivesOverManySegmentsAndEvidences) {
  open();
  const auto reference = make_memory_store(kSeed);
  std::mt19937 random(3);
  for (RecordStore* store : {store_.get(), reference.get()}) {
    random.seed(3);
    for (const std::uint32_t evidence : {7u, 2u, 5u}) {
      ASSERT_OK(store->begin(evidence));
      for (std::uint64_t batch = 0; batch < 6; ++batch) {
        const std::size_t rows = 1 + random() % 60;
        ASSERT_OK(store->append(evidence, batch, full_batch(random() % 200, rows)));
      }
      ASSERT_OK(store->commit(evidence));
    }
  }
  const std::string expected = everything_in(*reference);
  EXPECT_GT(expected.size(), 50'000u);
  EXPECT_EQ(everything_in(*store_), expected);
  open();
  EXPECT_EQ(everything_in(*store_), expected) << "after closing and opening again";
}

TEST_F(SegmentStoreTest, FiltersAsTheReferenceDoes) {
  open();
  const auto reference = make_memory_store(kSeed);
  for (RecordStore* store : {store_.get(), reference.get()}) {
    for (const std::uint32_t evidence : {1u, 2u}) {
      ASSERT_OK(store->begin(evidence));
      for (std::uint64_t batch = 0; batch < 3; ++batch) {
        ASSERT_OK(store->append(evidence, batch, full_batch(batch * 77, 150)));
      }
    }
  }
  const std::vector<ScannedRow> rows = scan_all(*reference);
  std::mt19937 random(5);
  const auto any = [&]() -> const ScannedRow& { return rows[random() % rows.size()]; };
  std::size_t found = 0;
  for (int round = 0; round < 300; ++round) {
    RowFilter filter;
    if (random() % 3 == 0) filter.evidences = {any().evidence};
    if (random() % 3 == 0) filter.clients = {any().row.client, any().row.client};
    if (random() % 3 == 0) filter.client_ranges = {{any().row.client, any().row.client + 2}};
    if (random() % 3 == 0) filter.qnames = {any().row.qname, any().row.qname};
    if (random() % 3 == 0) filter.qtypes = {any().row.qtype};
    if (random() % 4 == 0) filter.servers = {any().row.server};
    if (random() % 4 == 0) filter.offset = any().row.offset;
    if (random() % 3 == 0) filter.window = Interval{any().row.time_us, any().row.time_us + 9'000};
    filter.clients_or_qnames = random() % 2 == 0;
    for (const RowOrder order : {RowOrder::by_pair, RowOrder::by_time}) {
      const auto expected = scan_all(*reference, filter, order);
      const auto given = scan_all(*store_, filter, order);
      ASSERT_EQ(given.size(), expected.size());
      for (std::size_t i = 0; i < given.size(); ++i) {
        ASSERT_EQ(text_of(given[i].row), text_of(expected[i].row));
        ASSERT_EQ(given[i].evidence, expected[i].evidence);
      }
      found += given.size();
    }
    ASSERT_EQ(answers_of(*store_, filter), answers_of(*reference, filter));
    ASSERT_EQ(*store_->count_rows(filter), *reference->count_rows(filter));
  }
  EXPECT_GT(found, 1'000u) << "the filters took nearly nothing: nothing was compared";
}

TEST_F(SegmentStoreTest, TellsADamagedFileFromASoundOneWhateverByteHasChanged) {
  open();
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, full_batch(0, 6)));
  ASSERT_OK(store_->commit(1));
  const std::string expected = everything_in(*store_);
  const std::string path = segment_files().at(0);
  std::ifstream file(path, std::ios::binary);
  const std::string sound{std::istreambuf_iterator<char>(file), {}};
  std::size_t refused_at_once = 0, refused_when_read = 0;
  const auto try_with = [&](const std::string& bytes) {
    store_.reset();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    auto opened = open_segment_store(options(), tiny_limits());
    if (!opened.ok()) {
      EXPECT_EQ(opened.error().code, ErrorCode::malformed);
      EXPECT_NE(opened.error().mend.find("remove the folder " + directory_), std::string::npos);
      ++refused_at_once;
      return;
    }
    const std::string given = everything_in(**opened);
    EXPECT_TRUE(given == expected || given.starts_with("ERROR " + path)) << given;
    refused_when_read += given != expected;
  };
  for (std::size_t at = 0; at < sound.size(); ++at) {
    std::string changed = sound;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    try_with(changed);
  }
  EXPECT_EQ(refused_at_once + refused_when_read, sound.size()) << "no byte is without a check";
  EXPECT_GT(refused_at_once, 0u);
  EXPECT_GT(refused_when_read, 0u);
  for (std::size_t size = 0; size < sound.size(); size += 13) try_with(sound.substr(0, size));
  try_with(sound + "x");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << sound;
  open();
  EXPECT_EQ(everything_in(*store_), expected);
}

TEST_F(SegmentStoreTest, NeverCrashesOverAFileThatIsWrongAndHasRightHashes) {
  open();
  std::mt19937 random(11);
  const RowBatch batch = full_batch(0, 9);
  for (int round = 0; round < 400; ++round) {
    fs::create_directories(segments_directory(directory_));
    const std::string path = segments_directory(directory_) + "/1-0.segment";
    auto writer = SegmentWriter::create(path);
    ASSERT_OK(writer);
    writer->index().evidence = 1;
    for (std::uint8_t section = 0; section < kSections; ++section) {
      std::string& buffer = writer->buffer();
      const std::size_t begin = buffer.size();
      encode_column(batch.qname, buffer);
      encode_column(batch.time_us, buffer);
      for (int i = 0; i < 18; ++i) encode_column(batch.qtype, buffer);
      for (int changes = 0; changes < 3; ++changes) {
        buffer[begin + random() % (buffer.size() - begin)] = static_cast<char>(random());
      }
      BlockInfo info;
      info.entries = 1 + random() % 12;
      info.last.a = ~std::uint64_t{0};
      info.time_max = 1'000'000;
      ASSERT_OK(writer->block(static_cast<Section>(section), info));
    }
    ASSERT_OK(writer->finish());
    open();
    (void)everything_in(*store_);
    (void)store_->name(7);
    (void)store_->commit(1);
  }
}

TEST_F(SegmentStoreTest, TakesABatchSentAgainAfterReopeningOnce) {
  open();
  ASSERT_OK(store_->begin(2));
  ASSERT_OK(store_->append(2, 1, varied_batch(0, 100)));
  open();
  ASSERT_OK(store_->append(2, 1, varied_batch(0, 100)));
  EXPECT_EQ(*store_->count_rows({.evidences = {2}}), 100u);
}

TEST_F(SegmentStoreTest, LeavesNoFileOfADroppedEvidenceAndNothingTemporary) {
  open();
  for (const std::uint32_t evidence : {1u, 2u}) {
    ASSERT_OK(store_->begin(evidence));
    ASSERT_OK(store_->append(evidence, 0, full_batch(0, 100)));
    ASSERT_OK(store_->commit(evidence));
  }
  (void)everything_in(*store_);  // sorts by time, and spills
  EXPECT_EQ(segment_files().size(), 2u);
  ASSERT_OK(store_->drop(1));
  EXPECT_EQ(segment_files().size(), 1u);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(segments_directory(directory_))) {
    files += entry.is_regular_file();
  }
  EXPECT_EQ(files, 3u) << "schema, committed, and one segment";
}

TEST_F(SegmentStoreTest, ForgetsADamagedFileOfAnEvidenceThatWasStillBeingRead) {
  open();
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, full_batch(0, 10)));
  store_.reset();
  const std::string path = segment_files().at(0);
  fs::resize_file(path, 100);
  std::ofstream(path + ".tmp") << "half a file";
  open();
  EXPECT_EQ(*store_->count_rows({}), 0u);
  EXPECT_FALSE(fs::exists(path));
  EXPECT_FALSE(fs::exists(path + ".tmp"));
}

TEST_F(SegmentStoreTest, RefusesAFileUnderTheNameOfAnother) {
  open();
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, full_batch(0, 10)));
  ASSERT_OK(store_->commit(1));
  store_.reset();
  fs::copy(segment_files().at(0), segments_directory(directory_) + "/1-5.segment");
  const auto opened = open_segment_store(options());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::malformed);
}

constexpr AppendLoad kLoad = {200, 500};

TEST_F(SegmentStoreTest, DISABLED_AppendsUntilKilled) {
  directory_ = std::getenv("ASSAY_TEST_STORE");
  open();
  append_until_killed(*store_, kLoad);
}

TEST_F(SegmentStoreTest, LeavesOnlyWholeBatchesWhenKilledInTheMiddle) {
  std::uint64_t acknowledged = 0;
  ASSERT_NO_FATAL_FAILURE(
      kill_a_writer("SegmentStoreTest.DISABLED_AppendsUntilKilled", directory_, acknowledged));
  open();
  ASSERT_NO_FATAL_FAILURE(expect_whole_batches(*store_, kLoad, acknowledged));
}

TEST_F(SegmentStoreTest, TellsASecondProcessThatTheStoreIsTaken) {
  open();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto second = open_segment_store(options());
    const bool is_told = !second.ok() && second.error().code == ErrorCode::locked &&
                         second.error().message.find("another assay process") != std::string::npos;
    _exit(is_told ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(SegmentStoreTest, SaysHowToRebuildAStoreOfAnotherVersionOrSeed) {
  open();
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, varied_batch(0, 5)));
  store_.reset();
  StoreOptions other = options();
  other.key_seed = kSeed + 1;
  EXPECT_EQ(open_segment_store(other).error().code, ErrorCode::malformed);
  other.key_seed = 0;
  EXPECT_EQ((*open_segment_store(other))->key_seed(), kSeed) << "0 takes the seed that is there";

  const std::string schema = segments_directory(directory_) + "/schema";
  std::ofstream(schema) << "assay record store\nschema 999\nkey_seed 7\n";
  const auto newer = open_segment_store(options());
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, ErrorCode::malformed);
  EXPECT_NE(newer.error().message.find("999"), std::string::npos);
  EXPECT_NE(newer.error().mend.find(directory_), std::string::npos);
  fs::remove(schema);
  EXPECT_EQ(open_segment_store(options()).error().code, ErrorCode::malformed);
}

TEST_F(SegmentStoreTest, RefusesToWriteWhenOpenedForReading) {
  StoreOptions reading = options();
  reading.is_read_only = true;
  EXPECT_EQ(open_segment_store(reading).error().code, ErrorCode::not_found);
  open();
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, varied_batch(0, 5)));
  store_.reset();
  auto opened = open_segment_store(reading);
  ASSERT_OK(opened);
  EXPECT_EQ((*opened)->begin(1).error().code, ErrorCode::usage);
  EXPECT_EQ((*opened)->append(1, 9, varied_batch(0, 1)).error().code, ErrorCode::usage);
  EXPECT_EQ((*opened)->commit(1).error().code, ErrorCode::usage);
  EXPECT_EQ((*opened)->drop(1).error().code, ErrorCode::usage);
  EXPECT_EQ(*(*opened)->count_rows({.evidences = {1}}), 5u);
}

TEST_F(SegmentStoreTest, ThrowsAwayWhatAnotherEngineHeldOnceItIsWrittenTo) {
  fs::create_directories(directory_ + "/engine/data");
  std::ofstream(directory_ + "/schema") << "assay record store\nschema 2\nkey_seed 7\n";
  open();
  EXPECT_TRUE(fs::exists(directory_ + "/engine")) << "reading changes nothing";
  ASSERT_OK(store_->begin(1));
  EXPECT_FALSE(fs::exists(directory_ + "/engine"));
  EXPECT_FALSE(fs::exists(directory_ + "/schema"));
}

TEST_F(SegmentStoreTest, SaysWhatIsMissingWhenThereIsNoSqlEngine) {
  if (has_embedded_store()) GTEST_SKIP() << "this build has an SQL engine";
  open();
  const Status status = store_->sql("select 1", "csv", [](std::string_view) { return true; });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::unsupported);
  EXPECT_NE(status.error().message.find("everything else works without it"), std::string::npos);
  EXPECT_EQ(store_->export_parquet({}, "/nowhere").error().code, ErrorCode::unsupported);
}

class SegmentSqlTest : public SegmentStoreTest {
 protected:
  void SetUp() override {
    if (!has_embedded_store()) GTEST_SKIP() << "this build has no embedded store: NOT TESTED";
    SegmentStoreTest::SetUp();
    open();
  }
  std::string sql(std::string_view statement) {
    std::string out;
    const Status status = store_->sql(statement, "tsv", [&](std::string_view piece) {
      out += piece;
      return true;
    });
    return status.ok() ? out : "ERROR " + status.error().message;
  }
  void fill(std::uint32_t evidence, std::size_t rows) {
    ASSERT_OK(store_->begin(evidence));
    ASSERT_OK(store_->append(evidence, 0, full_batch(0, rows)));
    ASSERT_OK(store_->append(evidence, 1, full_batch(500, 2)));
    ASSERT_OK(store_->commit(evidence));
  }
};

TEST_F(SegmentSqlTest, BringsOverWhatIsCommittedAndKeepsItUpToDate) {
  const std::string by_evidence =
      "select evidence, count() from lookups group by evidence order by evidence";
  const std::string header = "evidence\tcount()\n";
  fill(1, 10);
  fill(2, 20);
  EXPECT_EQ(sql(by_evidence), header + "1\t12\n2\t22\n");
  EXPECT_EQ(sql("select count() from answers"), "count()\n13\n");
  EXPECT_EQ(sql("select count() from fields"), "count()\n16\n");
  EXPECT_EQ(sql("select uniqExact(key) as n from names"), "n\n22\n");
  fill(1, 5);
  EXPECT_EQ(sql(by_evidence), header + "1\t7\n2\t22\n") << "read again";
  ASSERT_OK(store_->drop(2));
  EXPECT_EQ(sql(by_evidence), header + "1\t7\n");
  ASSERT_OK(store_->begin(3));
  ASSERT_OK(store_->append(3, 0, full_batch(0, 9)));
  EXPECT_EQ(sql(by_evidence), header + "1\t7\n") << "not committed";
  open();
  EXPECT_EQ(sql(by_evidence), header + "1\t7\n");
  fill(2, 3);
  store_->show_only({2});
  EXPECT_EQ(sql(by_evidence), header + "2\t5\n");
  store_->show_only({1, 2});
  EXPECT_EQ(sql(by_evidence), header + "1\t7\n2\t5\n");
}

TEST_F(SegmentSqlTest, ExportsParquet) {
  fill(1, 10);
  const std::string path = directory_ + "/rows.parquet";
  ASSERT_OK(store_->export_parquet({.evidences = {1}}, path));
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(bytes.substr(0, 4), "PAR1");
}

}  // namespace
}  // namespace assay::testing
