// What only the embedded engine promises: a disk, a lock, crashes, SQL and Parquet.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "killed_writer.h"
#include "store/chdb_connection.h"
#include "store/chdb_library.h"
#include "store_fixture.h"

namespace assay::testing {
namespace {

class EmbeddedStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_embedded_store()) GTEST_SKIP() << "this build has no embedded store: NOT TESTED";
    directory_ = store_test_directory();
    std::filesystem::remove_all(directory_);
  }
  void TearDown() override {
    store_.reset();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  StoreOptions options() const { return {.directory = directory_, .key_seed = kSeed}; }
  void open() {
    store_.reset();
    auto opened = open_embedded_store(options());
    ASSERT_OK(opened);
    store_ = std::move(*opened);
  }
  // Two evidences with names and both kinds of hosts, the second not committed.
  void fill() {
    DnsRow six = row_at(1'462'320'000'000'000, kSixHost, kSenderName, 28, 160);
    six.rcode = 3;
    six.ttl = 60;
    RowBatch batch = batch_of({row_at(1'462'320'000'500'000, kBankHost, kSenderName, 15, 80), six});
    add_name(batch, kSenderName, "mail1.sender.example");
    batch.hosts.push_back({kSixHost, six_address()});
    ASSERT_OK(store_->begin(1));
    ASSERT_OK(store_->append(1, 0, batch));
    ASSERT_OK(store_->commit(1));
    ASSERT_OK(store_->begin(2));
    ASSERT_OK(store_->append(2, 0, batch));
  }
  std::string sql(std::string_view statement, std::string_view format = "csv") {
    std::string out;
    const Status status = store_->sql(statement, format, [&](std::string_view piece) {
      out += piece;
      return true;
    });
    return status.ok() ? out : "ERROR " + status.error().message;
  }
  bool is_refused(std::string_view statement) {
    const Status status = store_->sql(statement, "csv", [](std::string_view) { return true; });
    return !status.ok() && status.error().code == ErrorCode::usage;
  }

  std::string directory_;
  std::unique_ptr<RecordStore> store_;
};

TEST_F(EmbeddedStoreTest, KeepsEverythingWhenClosedAndOpenedAgain) {
  open();
  fill();
  open();
  EXPECT_EQ(*store_->count_rows({.evidences = {1}}), 2u);
  EXPECT_EQ(**store_->name(kSenderName), "mail1.sender.example");
  EXPECT_EQ(sql("select count() from lookups"), "\"count()\"\n2\n");
}

TEST_F(EmbeddedStoreTest, TakesABatchSentAgainAfterReopeningOnce) {
  open();
  fill();
  open();
  ASSERT_OK(store_->append(2, 1, varied_batch(0, 100)));
  open();
  ASSERT_OK(store_->append(2, 1, varied_batch(0, 100)));
  EXPECT_EQ(*store_->count_rows({.evidences = {2}}), 102u);
}

constexpr AppendLoad kLoad = {20, 2'000};

TEST_F(EmbeddedStoreTest, DISABLED_AppendsUntilKilled) {
  directory_ = std::getenv("ASSAY_TEST_STORE");
  open();
  append_until_killed(*store_, kLoad);
}

TEST_F(EmbeddedStoreTest, LeavesOnlyWholeBatchesWhenKilledInTheMiddle) {
  std::uint64_t acknowledged = 0;
  ASSERT_NO_FATAL_FAILURE(
      kill_a_writer("EmbeddedStoreTest.DISABLED_AppendsUntilKilled", directory_, acknowledged));
  open();
  ASSERT_NO_FATAL_FAILURE(expect_whole_batches(*store_, kLoad, acknowledged));
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, varied_batch(0, kLoad.rows)));
  EXPECT_EQ(*store_->count_rows({.evidences = {1}}), kLoad.rows);
}

TEST_F(EmbeddedStoreTest, TellsASecondProcessThatTheStoreIsTaken) {
  open();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto second = open_embedded_store(options());
    const bool is_told = !second.ok() && second.error().code == ErrorCode::locked &&
                         second.error().message.find("another assay process") != std::string::npos;
    _exit(is_told ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(EmbeddedStoreTest, SaysHowToRebuildAStoreOfAnotherVersionOrSeed) {
  open();
  store_.reset();
  StoreOptions other = options();
  other.key_seed = kSeed + 1;
  EXPECT_EQ(open_embedded_store(other).error().code, ErrorCode::malformed);
  other.key_seed = 0;
  EXPECT_EQ((*open_embedded_store(other))->key_seed(), kSeed) << "0 takes the seed that is there";

  std::ofstream(directory_ + "/schema") << "assay record store\nschema 999\nkey_seed 7\n";
  const auto newer = open_embedded_store(options());
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, ErrorCode::malformed);
  EXPECT_NE(newer.error().message.find("999"), std::string::npos);
  EXPECT_NE(newer.error().mend.find(directory_), std::string::npos);

  std::filesystem::remove(directory_ + "/schema");
  EXPECT_EQ(open_embedded_store(options()).error().code, ErrorCode::malformed);
}

TEST_F(EmbeddedStoreTest, NamesTheLibraryThatItCannotFind) {
  // Loading happens once a process, so this must run in one that has not loaded yet.
  int status = 0;
  waitpid(start_child("EmbeddedStoreTest.DISABLED_LibraryIsMissing", STDERR_FILENO,
                      "ASSAY_TEST_STORE="),
          &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(EmbeddedStoreTest, DISABLED_LibraryIsMissing) {
  StoreOptions missing = options();
  missing.library_path = "/nowhere/libchdb.so";
  const auto opened = open_embedded_store(missing);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
  EXPECT_NE(opened.error().message.find("/nowhere/libchdb.so"), std::string::npos);
}

TEST_F(EmbeddedStoreTest, RefusesToWriteWhenOpenedForReading) {
  StoreOptions reading = options();
  reading.is_read_only = true;
  EXPECT_EQ(open_embedded_store(reading).error().code, ErrorCode::not_found);
  open();
  fill();
  store_.reset();
  auto opened = open_embedded_store(reading);
  ASSERT_OK(opened);
  store_ = std::move(*opened);
  EXPECT_EQ(store_->begin(1).error().code, ErrorCode::usage);
  EXPECT_EQ(store_->append(1, 9, varied_batch(0, 1)).error().code, ErrorCode::usage);
  EXPECT_EQ(store_->drop(1).error().code, ErrorCode::usage);
  EXPECT_EQ(*store_->count_rows({.evidences = {1}}), 2u);
  EXPECT_EQ(sql("select count() from lookups"), "\"count()\"\n2\n");
}

TEST_F(EmbeddedStoreTest, ShowsPeopleCommittedRowsInWords) {
  open();
  fill();
  EXPECT_EQ(sql("select client, qname, qtype, time, rcode, ttl, evidence from lookups "
                "order by time"),
            "\"client\",\"qname\",\"qtype\",\"time\",\"rcode\",\"ttl\",\"evidence\"\n"
            "\"2001:db8::1\",\"mail1.sender.example\",\"AAAA\",\"2016-05-04 00:00:00.000000\","
            "\"NXDOMAIN\",60,1\n"
            "\"192.0.2.1\",\"mail1.sender.example\",\"MX\",\"2016-05-04 00:00:00.500000\",\\N,"
            "\\N,1\n");
  EXPECT_EQ(sql("select client, count() as n from lookups group by client order by client", "tsv"),
            "client\tn\n192.0.2.1\t1\n2001:db8::1\t1\n");
  EXPECT_EQ(sql("select qname, offset from lookups where offset = 80;", "json"),
            "{\"qname\":\"mail1.sender.example\",\"offset\":80}\n");
  ASSERT_OK(store_->commit(2));
  EXPECT_EQ(sql("select count() from lookups", "tsv"), "count()\n4\n");
  ASSERT_OK(store_->drop(1));
  EXPECT_EQ(sql("select distinct evidence from lookups", "tsv"), "evidence\n2\n");
}

TEST_F(EmbeddedStoreTest, SaysNullWhereARecordTellsNoTimeOrIsWiderThanItsColumn) {
  open();
  RowBatch batch;
  for (const std::uint32_t number : {1u, 2u, 3u}) {
    RecordRow row;
    row.number = number;
    row.time_us = row.until_us = 1'462'320'000'000'000;
    row.width_us = 1'000;
    batch.records.push_back(row);
  }
  batch.records[1].until_us += 86'399'999'999;
  batch.records[1].width_us = UINT32_MAX;  // as readers cap it
  batch.records[2].flags = kTimeUnknown | kYearInferred;
  batch.records[2].time_us = batch.records[2].until_us = 0;
  ASSERT_OK(store_->begin(1));
  ASSERT_OK(store_->append(1, 0, batch));
  ASSERT_OK(store_->commit(1));
  EXPECT_EQ(sql("select number, time, until, width_us from records order by number"),
            "\"number\",\"time\",\"until\",\"width_us\"\n"
            "1,\"2016-05-04 00:00:00.000000\",\"2016-05-04 00:00:00.000000\",1000\n"
            "2,\"2016-05-04 00:00:00.000000\",\"2016-05-04 23:59:59.999999\",\\N\n"
            "3,\\N,\\N,\\N\n");
  EXPECT_EQ(sql("select name, type from system.columns where database = 'assay' and "
                "table = 'records' and name in ('time', 'until', 'width_us') order by name",
                "tsv"),
            "name\ttype\ntime\tNullable(DateTime64(6, \\'UTC\\'))\n"
            "until\tNullable(DateTime64(6, \\'UTC\\'))\nwidth_us\tNullable(UInt32)\n");
}

TEST_F(EmbeddedStoreTest, PrintsTheHeaderOfALongResultOnce) {
  open();
  const std::string csv = sql("select number as \"a\nb\" from system.numbers limit 200000");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '"'), 2);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 200'002);
}

TEST_F(EmbeddedStoreTest, RefusesSqlThatWritesOrLooksElsewhere) {
  open();
  fill();
  const std::string outside = directory_ + "/outside.txt";
  for (const std::string& statement : std::vector<std::string>{
           "drop table dns", "insert into dns (evidence) values (1)", "set readonly = 0",
           "select 1 settings readonly = 0", "select 1; drop table dns",
           "select * from file('/etc/hostname', LineAsString)", "select file('/etc/hostname')",
           "select * from url('http://127.0.0.1:1/', LineAsString)",
           "select * from s3('http://127.0.0.1:1/bucket/key.csv')",
           "select * from remote('127.0.0.1', system.one)", "select * from `/etc/hostname`",
           "select * from executable('id', TSV, 'a String')",
           "select 1 into outfile '" + outside + "'",
           "explain select 1 into outfile '" + outside + "'", "kill query where 1 async",
           "alter table dns drop partition 1", "create table t (a UInt8) engine = Memory"}) {
    EXPECT_TRUE(is_refused(statement)) << statement;
  }
  EXPECT_FALSE(std::filesystem::exists(outside));
  EXPECT_EQ(*store_->count_rows({.evidences = {1}}), 2u);
}

TEST_F(EmbeddedStoreTest, ExplainsAWrongStatementInTheEnginesWords) {
  open();
  const Status status =
      store_->sql("select nothing from lookups", "csv", [](std::string_view) { return true; });
  EXPECT_EQ(status.error().code, ErrorCode::usage);
  EXPECT_NE(status.error().message.find("nothing"), std::string::npos);
  EXPECT_EQ(status.error().message.find("DB::Exception"), std::string::npos);
  EXPECT_EQ(store_->sql("select 1", "xml", [](std::string_view) { return true; }).error().code,
            ErrorCode::usage);
}

TEST_F(EmbeddedStoreTest, ExportsRowsAsParquetThatReadsBack) {
  open();
  fill();
  const std::string path = directory_ + "/rows {1,2} *.parquet";
  ASSERT_OK(store_->export_parquet({.evidences = {1}}, path));
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  ASSERT_GT(bytes.size(), 8u);
  EXPECT_EQ(bytes.substr(0, 4), "PAR1");
  EXPECT_EQ(bytes.substr(bytes.size() - 4), "PAR1");

  const std::string plain = directory_ + "/rows.parquet";
  std::filesystem::rename(path, plain);
  const auto library = chdb::load_library("");
  ASSERT_OK(library);
  const auto session = chdb::Session::open(**library, directory_ + "/engine", {});
  ASSERT_OK(session);
  EXPECT_EQ(
      *(*session)->query("SELECT evidence, offset, length, time, client, server, qname, qtype, "
                         "rcode, ttl FROM file('" +
                             plain + "', Parquet) ORDER BY time",
                         "TSV"),
      "1\t160\t0\t2016-05-04 00:00:00.000000\t2001:db8::1\t\tmail1.sender.example\tAAAA\t"
      "NXDOMAIN\t60\n"
      "1\t80\t0\t2016-05-04 00:00:00.500000\t192.0.2.1\t\tmail1.sender.example\tMX\t\\N\t"
      "\\N\n");
  EXPECT_EQ(store_->export_parquet({}, "/nowhere/x.parquet").error().code, ErrorCode::io);
}

TEST_F(EmbeddedStoreTest, NeverExportsOverAFileThatIsThere) {
  open();
  fill();
  const std::string path = directory_ + "/evidence.log";
  std::ofstream(path) << "evidence";
  const Status status = store_->export_parquet({.evidences = {1}}, path);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().mend.find("never overwrites"), std::string::npos);
  std::ifstream file(path);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(file), {}}), "evidence");
  std::size_t beside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    beside += entry.path().filename().string().starts_with("evidence.log");
  }
  EXPECT_EQ(beside, 1u) << "something was left beside it";
}

TEST_F(EmbeddedStoreTest, ShowsPeopleOnlyWhatTheChainCounts) {
  open();
  fill();
  ASSERT_OK(store_->commit(2));
  const auto evidences = [&] {
    std::string text;
    const Status status = store_->sql("select distinct evidence from lookups order by 1", "tsv",
                                      [&](std::string_view piece) {
                                        text += piece;
                                        return true;
                                      });
    EXPECT_TRUE(status.ok());
    return text;
  };
  EXPECT_EQ(evidences(), "evidence\n1\n2\n");
  store_->show_only({1});
  EXPECT_EQ(evidences(), "evidence\n1\n");
  store_->show_only({1, 2, 3});
  EXPECT_EQ(evidences(), "evidence\n1\n2\n");
}

TEST_F(EmbeddedStoreTest, TakesFiltersOfManyKeys) {
  open();
  fill();
  RowFilter filter{.qnames = {kSenderName}};
  for (std::uint64_t i = 0; i < 100'000; ++i) filter.qnames.push_back(1'000'000 + i);
  EXPECT_EQ(*store_->count_rows(filter), 4u);
}

}  // namespace
}  // namespace assay::testing
