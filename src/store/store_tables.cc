// The tables of the embedded store and the views that people query.
#include <fmt/core.h>
#include <fmt/format.h>

#include "assay/names.h"
#include "store/readable_rows.h"
#include "store/record_tables.h"
#include "store/store_schema.h"

namespace assay {
namespace {

// One INSERT = one part, atomic, and known by its token for as long as the window lasts. Parts are
// made durable together, when their evidence is committed: one by one that cost a tenth of a CPU
// second for 2 M packets.
//
// After a power cut an evidence that was being read may leave broken parts; the engine would refuse
// to open over a gigabyte of them, although begin() drops them.
//
// No background merges: parts of half a million rows stream in key order as they are (10 parts of
// 5 M rows: 0.47 CPU seconds for a whole scan), and merging them would cost more than inserting
// did. Compact parts without sparse columns took 1.16 CPU seconds for 5 M rows, wide ones 1.37.
constexpr std::string_view kPartSettings =
    "non_replicated_deduplication_window = 100000, min_bytes_for_wide_part = 1000000000, "
    "ratio_of_defaults_for_sparse_serialization = 1, "
    "max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1, "
    "parts_to_delay_insert = 100000, parts_to_throw_insert = 100000, "
    "max_parts_in_total = 1000000, max_avg_part_size_for_too_many_parts = 0, "
    "max_suspicious_broken_parts = 1000000, max_suspicious_broken_parts_bytes = 1000000000000";

constexpr std::string_view kPartitioned = "ENGINE = MergeTree PARTITION BY evidence";

// Names and hosts come with every evidence again: small parts are merged, and what is there twice
// goes. Large ones stay as they are: merging those of a capture cost a fourteenth of reading it.
// Two different names under one key both stay, to be found at commit.
constexpr std::string_view kMergedSettings =
    "min_bytes_for_wide_part = 1000000000, "
    "max_bytes_to_merge_at_max_space_in_pool = 4000000, "
    "max_suspicious_broken_parts = 1000000, max_suspicious_broken_parts_bytes = 1000000000000";

std::string table(std::string_view name, std::string_view columns, std::string_view engine,
                  std::string_view order, std::string_view settings) {
  return fmt::format("CREATE TABLE IF NOT EXISTS assay.{} ({}) {} {} SETTINGS {}", name, columns,
                     engine, order, settings);
}

}  // namespace

std::vector<std::string> schema_statements() {
  return {
      "CREATE DATABASE IF NOT EXISTS assay ENGINE = Atomic",
      // Sorted so that a pair is a range read and a scan needs no sort but of rows with equal
      // times. 32,768 rows a granule instead of 8,192 save 0.1 to 0.2 CPU seconds an insert of 5 M
      // rows; a pair then reads a few ms. LZ4 takes a quarter more room than ZSTD(1) and a tenth
      // less time.
      table("dns",
            "evidence UInt32 CODEC(LZ4), time_us Int64 CODEC(Delta(8), LZ4), "
            "width_us UInt32 CODEC(LZ4), client UInt64 CODEC(LZ4), "
            "server UInt64 CODEC(LZ4), qname UInt64 CODEC(LZ4), "
            "qtype UInt16 CODEC(LZ4), qclass UInt16 CODEC(LZ4), "
            "rcode UInt16 CODEC(LZ4), id UInt16 CODEC(LZ4), "
            "client_port UInt16 CODEC(LZ4), ttl UInt32 CODEC(LZ4), "
            "flags UInt32 CODEC(LZ4), delay_us UInt32 CODEC(LZ4), "
            "offset UInt64 CODEC(Delta(8), LZ4), length UInt32 CODEC(LZ4)",
            kPartitioned, "ORDER BY (client, qname, time_us)",
            fmt::format("{}, index_granularity = 32768", kPartSettings)),
      table("answers",
            "evidence UInt32, offset UInt64 CODEC(Delta(8), LZ4), section UInt8, "
            "owner UInt64 CODEC(LZ4), type UInt16 CODEC(LZ4), "
            "rclass UInt16 CODEC(LZ4), ttl UInt32 CODEC(LZ4), "
            "rdata String CODEC(LZ4)",
            kPartitioned, "ORDER BY offset", kPartSettings),
      table("record_rows", records_columns(), kPartitioned, "ORDER BY (kind, time_us)",
            kPartSettings),
      table("record_fields", fields_columns(), kPartitioned, "ORDER BY (number, position)",
            kPartSettings),
      table("names", "key UInt64, check UInt64, name String CODEC(LZ4)",
            "ENGINE = ReplacingMergeTree", "ORDER BY (key, check)", kMergedSettings),
      // IPv6 only: the key of an IPv4 address is the address.
      table("hosts", "key UInt64, ip FixedString(16)", "ENGINE = ReplacingMergeTree",
            "ORDER BY (key, ip)", kMergedSettings),
  };
}

std::vector<std::string> view_statements(const std::set<std::uint32_t>& evidences) {
  const std::string shown = evidences.empty()
                                ? "evidence = 0"
                                : fmt::format("evidence IN ({})", fmt::join(evidences, ","));
  return {"CREATE OR REPLACE VIEW assay.lookups AS " + readable_rows_sql("d." + shown),
          "CREATE OR REPLACE VIEW assay.records AS " + readable_records_sql("r." + shown),
          "CREATE OR REPLACE VIEW assay.fields AS SELECT evidence, number, position, field, "
          "text FROM assay.record_fields WHERE " +
              shown};
}

}  // namespace assay
