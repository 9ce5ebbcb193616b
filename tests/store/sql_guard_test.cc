#include "store/sql_guard.h"

#include <gtest/gtest.h>

#include <string>

namespace assay {
namespace {

bool passes(std::string_view statement) { return check_reading_statement(statement).ok(); }

TEST(SqlGuard, LetsReadingStatementsThrough) {
  EXPECT_TRUE(passes("select client, count() from lookups group by client"));
  EXPECT_TRUE(passes("  -- a comment with a ' quote\nWITH 1 AS x SELECT x"));
  EXPECT_TRUE(passes("/* it's one */ (SELECT 1) UNION ALL (SELECT 2)"));
  EXPECT_TRUE(passes("SHOW TABLES"));
  EXPECT_TRUE(passes("describe lookups"));
  EXPECT_TRUE(passes("EXPLAIN SELECT 1"));
  EXPECT_TRUE(passes("select `client`, \"qname\" from lookups"));
  EXPECT_TRUE(passes("select profile, files, filename, outfile_name from x"));
}

TEST(SqlGuard, MindsOnlyWordsOutsideTexts) {
  EXPECT_TRUE(passes("select * from lookups where qname = 'file.bank.example'"));
  EXPECT_TRUE(passes("select 'it''s a file', 'into outfile \\' file('"));
  EXPECT_TRUE(passes("select 'm\xc3\xbcnchen', 'a # b $ c'"));
  EXPECT_FALSE(passes("select 'a' , file('b')"));
  EXPECT_FALSE(passes("select 'a\\' , file('b')"));
  EXPECT_FALSE(passes("select 'it''s', file('b')"));
}

TEST(SqlGuard, RefusesWhateverDoesNotBeginByReading) {
  for (const char* statement :
       {"", "   ", "-- only a comment", "drop table dns", "INSERT INTO dns VALUES (1)",
        "KILL QUERY WHERE 1 SYNC", "SYSTEM SHUTDOWN", "set max_threads = 1", "use system",
        "attach table x", "1", "/* select */ drop table dns", "backup database assay to Null"}) {
    EXPECT_FALSE(passes(statement)) << statement;
  }
}

TEST(SqlGuard, RefusesWordsThatReachBeyondTheStore) {
  for (const char* statement :
       {"select 1 into outfile 'x'", "SELECT 1 INTO/**/OUTFILE 'x'", "select 1 Into\nOutFile 'x'",
        "select file('/etc/hostname')", "select `file`('/etc/hostname')",
        "select \"file\"('/etc/hostname')", "select `fi\\x6ce`('/etc/hostname')",
        "select \xe2\x80\x9c"
        "file\xe2\x80\x9d('/etc/hostname')",
        "select * apply(file) from (select '/etc/hostname')",
        "select arrayMap(file, ['/etc/hostname'])", "select * from eval('select 1')",
        "select catboostEvaluate('/x', 1)", "select aiGenerate('x')",
        "select * from clusterAllReplicas('x', system.one)", "select $$a$$, 1",
        "select 1 # 'comment'", "select 'no end", "select \"no end", "select 1 /* no end"}) {
    EXPECT_FALSE(passes(statement)) << statement;
  }
}

TEST(SqlGuard, NamesTheWordThatItRefuses) {
  const Status status = check_reading_statement("select file('/etc/hostname')");
  EXPECT_EQ(status.error().code, ErrorCode::usage);
  EXPECT_NE(status.error().message.find("'file'"), std::string::npos);
}

}  // namespace
}  // namespace assay
