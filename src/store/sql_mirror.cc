#include "store/sql_mirror.h"

#include <filesystem>
#include <system_error>

#include "store/answer_blocks.h"
#include "store/record_blocks.h"
#include "store/row_scan.h"
#include "store/segment_store.h"
#include "store/side_blocks.h"

namespace assay {
namespace {

// One batch as it was appended, but for the order of its rows.
Result<RowBatch> batch_of(const Segment& segment, const SegmentLimits& limits,
                          std::uint64_t key_seed) {
  const ScanInput input{{&segment}, limits, {}};
  const RowFilter all;
  RowBatch batch;
  ASSAY_TRY(visit_rows(input, all, kAllRowColumns, [&batch](const RowWindow& window) {
    for (std::size_t i = 0; i < window.size(); ++i) batch.push(window.rows.row(i));
    return true;
  }));
  ASSAY_TRY(each_answer(input, all, [&batch](const StoredAnswer& stored) {
    batch.answers.push_back(stored.answer);
    batch.answer_rdata += stored.rdata;
    batch.answer_end.push_back(batch.answer_rdata.size());
    return true;
  }));
  ASSAY_TRY(each_record(input, all, [&batch](const StoredRecord& stored) {
    batch.records.push_back(stored.row);
    for (const auto& [field, text] : stored.fields) {
      batch.fields.push_back({stored.row.number, field});
      batch.field_text += text;
      batch.field_end.push_back(batch.field_text.size());
    }
    return true;
  }));
  ASSAY_TRY(each_name({&segment}, limits, [&](std::uint64_t key, std::string_view name) {
    batch.names.add({key, name_key(name, key_seed).check}, name);
    return true;
  }));
  ASSAY_TRY(each_host({&segment}, limits, [&batch](std::uint64_t key, const IpAddress& address) {
    batch.hosts.push_back({key, address});
    return true;
  }));
  return batch;
}

}  // namespace

SqlMirror::SqlMirror(const StoreOptions& options)
    : options_(options), mirrored_(segments_directory(options.directory), "mirrored") {
  options_.directory += "/sql";
}

Status SqlMirror::open() {
  if (store_) return {};
  auto opened = open_embedded_store(options_);
  if (!opened.ok() && opened.error().code == ErrorCode::malformed && !options_.is_read_only) {
    std::error_code problem;  // of another version: it holds nothing that the segments do not
    std::filesystem::remove_all(options_.directory, problem);
    opened = open_embedded_store(options_);
  }
  if (opened.ok()) {
    store_ = std::move(*opened);
    return {};
  }
  Error error = opened.error();
  if (error.code == ErrorCode::unsupported) {
    error.message = "SQL and Parquet need ClickHouse in the process: " + error.message +
                    "; everything else works without it";
  }
  return error;
}

Status SqlMirror::bring(std::uint32_t evidence, const std::map<std::uint64_t, Segment>& batches,
                        const SegmentLimits& limits) {
  ASSAY_TRY(store_->begin(evidence));
  for (const auto& [number, segment] : batches) {
    const auto batch = batch_of(segment, limits, options_.key_seed);
    if (!batch.ok()) return batch.error();
    ASSAY_TRY(store_->append(evidence, number, *batch));
  }
  ASSAY_TRY(store_->commit(evidence));
  return mirrored_.add({evidence});
}

Result<RecordStore*> SqlMirror::fill(const SegmentTable& segments,
                                     const std::set<std::uint32_t>& committed,
                                     const SegmentLimits& limits) {
  ASSAY_TRY(open());
  CommittedList there(options_.directory);
  ASSAY_TRY(there.load());
  for (const std::uint32_t evidence : there.numbers()) {
    const bool is_wanted = committed.contains(evidence) && mirrored_.numbers().contains(evidence);
    if (!is_wanted) ASSAY_TRY(store_->drop(evidence));
  }
  for (const std::uint32_t evidence : committed) {
    if (mirrored_.numbers().contains(evidence) && there.numbers().contains(evidence)) continue;
    const auto batches = segments.find(evidence);
    static const std::map<std::uint64_t, Segment> kNone;
    ASSAY_TRY(bring(evidence, batches == segments.end() ? kNone : batches->second, limits));
  }
  return store_.get();
}

}  // namespace assay
