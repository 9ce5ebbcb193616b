// Records of other kinds than look-ups in the embedded engine: tables `record_rows` and
// `record_fields`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/store.h"
#include "store/chdb_pool.h"

namespace assay {

// Column lists of the two tables, for CREATE TABLE.
std::string records_columns();
std::string fields_columns();

// RowFilter as a condition on `record_rows`, where a look-up's qname and qtype are name and type.
std::string record_filter_sql(const RowFilter& filter);

Status insert_records(chdb::Session& session, std::string_view token, std::uint32_t evidence,
                      const RowBatch& batch);

// By time_us, evidence and number, each with its fields; false from `each` ends it.
Status stream_records(chdb::Pool& pool, const RowFilter& filter,
                      const std::function<bool(const StoredRecord&)>& each);

// For people: kinds and fields by their words, keys spelled out.
std::string readable_records_sql(std::string_view where);

}  // namespace assay
