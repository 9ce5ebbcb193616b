#include "store/record_tables.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <array>
#include <map>

#include "store/batch_insert.h"
#include "store/filter_sql.h"
#include "store/native_block.h"
#include "store/readable_rows.h"
#include "store/side_tables.h"

namespace assay {
namespace {

// A column of `records`, and how it gets into a row and out of it.
struct Column {
  const char* name;
  const char* type;
  std::uint64_t (*get)(const RecordRow&);
  void (*set)(RecordRow&, std::uint64_t);
};

#define ASSAY_COLUMN(field, sql_type)                                                   \
  Column {                                                                              \
#field, sql_type, [](const RecordRow& row) { return std::uint64_t(row.field); },      \
        [](RecordRow& row, std::uint64_t v) { row.field = decltype(RecordRow::field)(v); } \
  }

constexpr std::array kColumns = {
    ASSAY_COLUMN(number, "UInt32"),
    ASSAY_COLUMN(kind, "UInt8"),
    ASSAY_COLUMN(time_us, "Int64"),
    ASSAY_COLUMN(until_us, "Int64"),
    ASSAY_COLUMN(width_us, "UInt32"),
    ASSAY_COLUMN(client, "UInt64"),
    ASSAY_COLUMN(client_port, "UInt16"),
    ASSAY_COLUMN(server, "UInt64"),
    ASSAY_COLUMN(server_port, "UInt16"),
    ASSAY_COLUMN(protocol, "UInt8"),
    ASSAY_COLUMN(name, "UInt64"),
    ASSAY_COLUMN(type, "UInt16"),
    ASSAY_COLUMN(code, "UInt16"),
    ASSAY_COLUMN(flags, "UInt32"),
    ASSAY_COLUMN(count, "UInt64"),
    ASSAY_COLUMN(packets_sent, "UInt64"),
    ASSAY_COLUMN(packets_received, "UInt64"),
    ASSAY_COLUMN(bytes_sent, "UInt64"),
    ASSAY_COLUMN(bytes_received, "UInt64"),
    ASSAY_COLUMN(offset, "UInt64"),
    ASSAY_COLUMN(length, "UInt32"),
};
#undef ASSAY_COLUMN

constexpr std::size_t kRecordsAtOnce = 4'096;  // whose fields are fetched together

std::size_t width_of(std::string_view type) {
  return type == "UInt8" ? 1 : type == "UInt16" ? 2 : type == "UInt32" ? 4 : 8;
}

std::string column_bytes(const Column& column, const std::vector<RecordRow>& records) {
  const std::size_t width = width_of(column.type);
  std::string bytes(records.size() * width, '\0');
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::uint64_t value = column.get(records[i]);
    std::memcpy(bytes.data() + i * width, &value, width);
  }
  return bytes;
}

Status insert_fields(chdb::Session& session, std::string_view token, std::uint32_t evidence,
                     const RowBatch& batch) {
  const std::size_t count = batch.fields.size();
  const std::vector<std::uint32_t> evidences(count, evidence);
  std::vector<std::uint32_t> number(count), position(count);
  std::vector<std::uint16_t> field(count);
  std::string words, texts;
  for (std::size_t i = 0; i < count; ++i) {
    number[i] = batch.fields[i].number;
    field[i] = batch.fields[i].field;
    position[i] = i > 0 && number[i - 1] == number[i] ? position[i - 1] + 1 : 0;
    NativeWriter::put_text(words, field_word(field[i]));
    NativeWriter::put_text(texts, field_text_of(batch, i));
  }
  NativeWriter block(6, count);
  block.fixed("evidence", "UInt32", evidences);
  block.fixed("number", "UInt32", number);
  block.fixed("position", "UInt32", position);
  block.fixed("id", "UInt16", field);
  block.owned("field", "String", std::move(words));
  block.owned("text", "String", std::move(texts));
  return send_once(session, "record_fields", token, block);
}

using RecordKey = std::pair<std::uint32_t, std::uint32_t>;  // evidence, number

Status fetch_fields(chdb::Pool& pool, std::vector<StoredRecord>& records) {
  std::map<RecordKey, StoredRecord*> by_key;
  std::map<std::uint32_t, std::vector<std::uint32_t>> numbers;
  for (StoredRecord& record : records) {
    by_key[{record.evidence, record.row.number}] = &record;
    numbers[record.evidence].push_back(record.row.number);
  }
  auto session = pool.borrow();
  if (!session.ok()) return session.error();
  for (const auto& [evidence, wanted] : numbers) {
    const std::string sql = fmt::format(
        "SELECT number, id, text FROM assay.record_fields WHERE evidence = {} AND number IN "
        "({}) ORDER BY number, position",
        evidence, fmt::join(wanted, ","));
    ASSAY_TRY((*session)->stream(sql, "Native", [&, of = evidence](std::string_view piece) {
      for (NativeReader block(piece); block.next_block();) {
        for (std::size_t i = 0; i < block.rows(); ++i) {
          const RecordKey key{of, static_cast<std::uint32_t>(block.number(0, i))};
          by_key.at(key)->fields.emplace_back(static_cast<FieldId>(block.number(1, i)),
                                              block.next_text(2));
        }
      }
      return true;
    }));
  }
  return {};
}

}  // namespace

std::string records_columns() {
  std::string columns = "evidence UInt32";
  for (const Column& column : kColumns) {
    columns += fmt::format(", {} {} CODEC(LZ4)", column.name, column.type);
  }
  return columns;
}

std::string fields_columns() {
  return "evidence UInt32, number UInt32, position UInt32, id UInt16, field String CODEC(LZ4), "
         "text String CODEC(LZ4)";
}

std::string record_filter_sql(const RowFilter& filter) {
  std::string where = filter_sql(filter, "", {"name", "type"});
  if (!filter.kinds.empty()) {
    std::vector<int> kinds;
    for (const RecordKind kind : filter.kinds) kinds.push_back(static_cast<int>(kind));
    where += fmt::format(" AND kind IN ({})", fmt::join(kinds, ","));
  }
  return where;
}

Status insert_records(chdb::Session& session, std::string_view token, std::uint32_t evidence,
                      const RowBatch& batch) {
  if (batch.records.empty()) return {};
  if (!batch.fields.empty()) ASSAY_TRY(insert_fields(session, token, evidence, batch));
  const std::vector<std::uint32_t> evidences(batch.records.size(), evidence);
  NativeWriter block(kColumns.size() + 1, batch.records.size());
  block.fixed("evidence", "UInt32", evidences);
  for (const Column& column : kColumns) {
    block.owned(column.name, column.type, column_bytes(column, batch.records));
  }
  return send_once(session, "record_rows", token, block);
}

Status stream_records(chdb::Pool& pool, const RowFilter& filter,
                      const std::function<bool(const StoredRecord&)>& each) {
  std::string columns = "evidence";
  for (const Column& column : kColumns) columns += fmt::format(", {}", column.name);
  const std::string sql =
      fmt::format("SELECT {} FROM assay.record_rows WHERE {} ORDER BY time_us, evidence, number",
                  columns, record_filter_sql(filter));
  auto session = pool.borrow();
  if (!session.ok()) return session.error();
  std::vector<StoredRecord> waiting;
  Status status;
  bool goes_on = true;
  const auto pass_on = [&] {
    status = fetch_fields(pool, waiting);
    for (std::size_t i = 0; status.ok() && goes_on && i < waiting.size(); ++i) {
      goes_on = each(waiting[i]);
    }
    waiting.clear();
    return status.ok() && goes_on;
  };
  ASSAY_TRY((*session)->stream(sql, "Native", [&](std::string_view piece) {
    for (NativeReader block(piece); block.next_block();) {
      for (std::size_t i = 0; i < block.rows(); ++i) {
        StoredRecord& record = waiting.emplace_back();
        record.evidence = static_cast<std::uint32_t>(block.number(0, i));
        for (std::size_t c = 0; c < kColumns.size(); ++c) {
          kColumns[c].set(record.row, block.number(c + 1, i));
        }
        if (waiting.size() == kRecordsAtOnce && !pass_on()) return false;
      }
    }
    return true;
  }));
  ASSAY_TRY(status);
  if (goes_on) pass_on();
  return status;
}

std::string readable_records_sql(std::string_view where) {
  std::string words;
  for (int kind = 0; kind < static_cast<int>(kRecordKinds); ++kind) {
    words += fmt::format("{}'{}'", kind == 0 ? "" : ", ", kind_word(static_cast<RecordKind>(kind)));
  }
  return fmt::format(
      "SELECT r.evidence AS evidence, r.number AS number, r.offset AS offset, r.length AS length, "
      "arrayElement([{words}], r.kind + 1) AS kind, "
      "if({unknown}, NULL, fromUnixTimestamp64Micro(r.time_us, 'UTC')) AS time, "
      "if({unknown}, NULL, fromUnixTimestamp64Micro(r.until_us, 'UTC')) AS until, "
      "if({unknown} OR r.width_us = {wider}, NULL, r.width_us) AS width_us, "
      "{client} AS client, r.client_port AS client_port, {server} AS server, "
      "r.server_port AS server_port, r.protocol AS protocol, "
      "multiIf(n.key = 0, '', n.name = '', '.', n.name) AS name, r.type AS type_number, "
      "nullIf(r.code, {no_code}) AS code, r.count AS count, r.packets_sent AS packets_sent, "
      "r.packets_received AS packets_received, r.bytes_sent AS bytes_sent, "
      "r.bytes_received AS bytes_received, r.flags AS flags "
      "FROM assay.record_rows AS r "
      "ANY LEFT JOIN (SELECT key, name FROM assay.names) AS n ON n.key = r.name "
      "ANY LEFT JOIN {hosts} AS c ON c.key = r.client "
      "ANY LEFT JOIN {hosts} AS s ON s.key = r.server WHERE {where}",
      fmt::arg("words", words), fmt::arg("client", host_sql("r.client", "c.ip")),
      fmt::arg("server", host_sql("r.server", "s.ip")), fmt::arg("no_code", kNoCode),
      fmt::arg("unknown", fmt::format("bitAnd(r.flags, {}) != 0", std::uint32_t{kTimeUnknown})),
      fmt::arg("wider", UINT32_MAX), fmt::arg("hosts", "(SELECT key, ip FROM assay.hosts)"),
      fmt::arg("where", where));
}

}  // namespace assay
