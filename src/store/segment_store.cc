#include "store/segment_store.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "store/answer_blocks.h"
#include "store/group_count.h"
#include "store/pair_count.h"
#include "store/record_blocks.h"
#include "store/side_blocks.h"
#include "store/side_tables.h"

namespace assay {
namespace {

RowColumns column_of(GroupKey key) {
  switch (key) {
    case GroupKey::evidence:
      return column_bit(RowColumn::evidence);
    case GroupKey::client:
      return column_bit(RowColumn::client);
    case GroupKey::server:
      return column_bit(RowColumn::server);
    case GroupKey::qname:
      return column_bit(RowColumn::qname);
    case GroupKey::qtype:
      return column_bit(RowColumn::qtype);
    case GroupKey::rcode:
      return column_bit(RowColumn::rcode);
    case GroupKey::hour:
    case GroupKey::day:
      return column_bit(RowColumn::time_us);
  }
  return 0;
}

RowColumns columns_of(const std::vector<GroupKey>& by) {
  RowColumns columns = column_bit(RowColumn::time_us);
  for (const GroupKey key : by) columns |= column_of(key);
  return columns;
}

// Values of group keys [from, ...) of every row of a window, one row after the other.
void group_values(const RowWindow& window, const std::vector<GroupKey>& by, std::size_t from,
                  std::vector<std::uint64_t>& values) {
  const std::size_t keys = by.size() - from;
  values.resize(window.size() * keys);
  for (std::size_t k = 0; k < keys; ++k) {
    for (std::size_t i = 0; i < window.size(); ++i) {
      values[i * keys + k] = group_value(by[from + k], window.evidence[i], window.rows, i);
    }
  }
}

bool is_empty(const RowBatch& batch) {
  return batch.size() == 0 && batch.answers.empty() && batch.records.empty() &&
         batch.names.empty() && batch.hosts.empty();
}

std::string file_of(const std::string& directory, std::uint32_t evidence, std::uint64_t batch) {
  return fmt::format("{}/{}-{}.segment", directory, evidence, batch);
}

}  // namespace

std::string segments_directory(const std::string& directory) { return directory + "/segments"; }

SegmentStore::SegmentStore(Parts parts) : parts_(std::move(parts)) {}

Status SegmentStore::refuse_writing() const {
  if (!parts_.options.is_read_only) return {};
  return Error{ErrorCode::usage, "the record store was opened for reading only", ""};
}

Status SegmentStore::begin(std::uint32_t evidence) { return drop(evidence); }

Result<Segment> SegmentStore::write_segment(std::uint32_t evidence, std::uint64_t batch_number,
                                            const RowBatch& batch) {
  const std::string folder = segments_directory(parts_.options.directory);
  const std::string path = file_of(folder, evidence, batch_number), temporary = path + ".tmp";
  auto writer = SegmentWriter::create(temporary);
  if (!writer.ok()) return writer.error();
  writer->index().evidence = evidence;
  writer->index().batch = batch_number;
  const SegmentLimits& limits = parts_.limits;
  ASSAY_TRY(write_names(*writer, batch.names, limits, sorter_));
  ASSAY_TRY(write_hosts(*writer, batch.hosts, limits));
  ASSAY_TRY(write_answers(*writer, batch, limits, sorter_));
  ASSAY_TRY(write_records(*writer, batch, limits));
  const auto& order = sorter_.sort(batch, nullptr, RowOrder::by_pair);
  ASSAY_TRY(
      row_writer_.write(*writer, batch, nullptr, order, RowOrder::by_pair, limits.rows_per_block));
  ASSAY_TRY(writer->finish());
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    return Error{ErrorCode::io, fmt::format("cannot make {}: {}", path, std::strerror(errno)), ""};
  }
  Segment segment;
  segment.source =
      std::make_shared<const BlockSource>(path, rebuild_hint(parts_.options.directory));
  segment.index = std::move(writer->index());
  return segment;
}

Status SegmentStore::append(std::uint32_t evidence, std::uint64_t batch_number,
                            const RowBatch& batch) {
  ASSAY_TRY(refuse_writing());
  auto& batches = parts_.segments[evidence];
  if (is_empty(batch) || batches.contains(batch_number)) return {};
  ASSAY_TRY(parts_.mirror.forget(evidence));
  auto segment = write_segment(evidence, batch_number, batch);
  if (!segment.ok()) return segment.error();
  batches.emplace(batch_number, std::move(*segment));
  return {};
}

Status SegmentStore::commit(const std::vector<std::uint32_t>& evidences) {
  ASSAY_TRY(refuse_writing());
  const std::set<std::uint32_t> wanted(evidences.begin(), evidences.end());
  Segments fresh, others;
  for (const auto& [number, batches] : parts_.segments) {
    for (const auto& [batch, segment] : batches) {
      (wanted.contains(number) ? fresh : others).push_back(&segment);
    }
  }
  row_writer_ = {};  // and the room they held
  sorter_ = {};
  ASSAY_TRY(key_checks_.add(fresh, others, parts_.limits));
  ASSAY_TRY(parts_.lock.sync());
  return parts_.committed.add(evidences);
}

Status SegmentStore::drop(std::uint32_t evidence) {
  ASSAY_TRY(refuse_writing());
  ASSAY_TRY(parts_.committed.remove(evidence));
  ASSAY_TRY(parts_.mirror.forget(evidence));
  ASSAY_TRY(remove_other_engine(parts_.options.directory));
  const auto found = parts_.segments.find(evidence);
  if (found == parts_.segments.end()) return {};
  const std::string folder = segments_directory(parts_.options.directory);
  for (const auto& [batch, segment] : found->second) {
    const std::string path = file_of(folder, evidence, batch);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      return Error{ErrorCode::io, fmt::format("cannot remove {}: {}", path, std::strerror(errno)),
                   ""};
    }
  }
  parts_.segments.erase(found);
  return {};
}

std::vector<const Segment*> SegmentStore::all_segments() const {
  std::vector<const Segment*> all;
  for (const auto& [evidence, batches] : parts_.segments) {
    for (const auto& [batch, segment] : batches) all.push_back(&segment);
  }
  return all;
}

ScanInput SegmentStore::input(const RowFilter& filter) const {
  ScanInput input{{}, parts_.limits, segments_directory(parts_.options.directory)};
  if (filter.evidences.empty()) {
    input.segments = all_segments();
    return input;
  }
  for (const std::uint32_t evidence :
       std::set<std::uint32_t>(filter.evidences.begin(), filter.evidences.end())) {
    const auto found = parts_.segments.find(evidence);
    if (found == parts_.segments.end()) continue;
    for (const auto& [batch, segment] : found->second) input.segments.push_back(&segment);
  }
  return input;
}

Status SegmentStore::scan(const RowFilter& filter, RowOrder order,
                          const std::function<bool(const RowBlock&)>& each) {
  const EachWindow pass_on = [&each](const RowWindow& window) {
    return each({&window.rows, &window.evidence});
  };
  return order == RowOrder::by_pair ? scan_by_pair(input(filter), filter, kAllRowColumns, pass_on)
                                    : scan_by_time(input(filter), filter, kAllRowColumns, pass_on);
}

Status SegmentStore::count_pairs(const RowFilter& filter, const std::vector<GroupKey>& by,
                                 const std::function<bool(const GroupCount&)>& each) {
  const std::size_t rest_keys = by.size() - 2;
  PairCounter counter(rest_keys, each);
  std::vector<std::uint64_t> rest;
  bool is_wanted = true;
  ASSAY_TRY(scan_by_pair(input(filter), filter, columns_of(by), [&](const RowWindow& window) {
    group_values(window, by, 2, rest);
    for (std::size_t i = 0; i < window.size() && is_wanted; ++i) {
      is_wanted =
          counter.add(window.rows.client[i], window.rows.qname[i], rest.data() + i * rest_keys);
    }
    return is_wanted;
  }));
  if (is_wanted) counter.finish();
  return {};
}

Status SegmentStore::count_hashed(const RowFilter& filter, const std::vector<GroupKey>& by,
                                  const std::function<bool(const GroupCount&)>& each) {
  GroupCounter counter(by.size(), parts_.limits.group_bytes_in_memory,
                       segments_directory(parts_.options.directory));
  std::vector<std::uint64_t> values;
  Status counted;
  ASSAY_TRY(visit_rows(input(filter), filter, columns_of(by), [&](const RowWindow& window) {
    group_values(window, by, 0, values);
    for (std::size_t i = 0; i < window.size() && counted.ok(); ++i) {
      counted = counter.add(values.data() + i * by.size());
    }
    return counted.ok();
  }));
  ASSAY_TRY(counted);
  return counter.send(each);
}

Status SegmentStore::count(const RowFilter& filter, const std::vector<GroupKey>& by,
                           const std::function<bool(const GroupCount&)>& each) {
  const RowSelection selection(filter);
  if (by.empty()) {
    auto rows = count_rows(filter);
    if (!rows.ok()) return rows.error();
    if (*rows > 0) each({{}, *rows});
    return {};
  }
  if (by.size() == 1 && by[0] == GroupKey::evidence && selection.takes_all()) {
    for (const auto& [evidence, batches] : parts_.segments) {
      std::uint64_t rows = 0;
      for (const auto& [batch, segment] : batches) rows += segment.index.entries(Section::rows);
      if (rows > 0 && selection.wants_evidence(evidence) && !each({{evidence}, rows})) break;
    }
    return {};
  }
  const bool begins_with_a_pair =
      by.size() >= 2 && by[0] == GroupKey::client && by[1] == GroupKey::qname;
  return begins_with_a_pair ? count_pairs(filter, by, each) : count_hashed(filter, by, each);
}

Result<std::uint64_t> SegmentStore::count_rows(const RowFilter& filter) {
  return count_wanted(input(filter), filter);
}

Status SegmentStore::answers(const RowFilter& filter,
                             const std::function<bool(const StoredAnswer&)>& each) {
  return each_answer(input(filter), filter, each);
}

Status SegmentStore::records(const RowFilter& filter,
                             const std::function<bool(const StoredRecord&)>& each) {
  return each_record(input(filter), filter, each);
}

Result<std::uint64_t> SegmentStore::count_records(const RowFilter& filter) {
  return count_wanted_records(input(filter), filter);
}

Result<std::optional<std::string>> SegmentStore::name(std::uint64_t key) {
  return find_name(all_segments(), key);
}

Result<std::optional<IpAddress>> SegmentStore::host(std::uint64_t key) {
  if (is_ipv4_key(key)) return std::optional(IpAddress::from_v4(static_cast<std::uint32_t>(key)));
  return find_host(all_segments(), key);
}

Status SegmentStore::names(const std::function<bool(std::uint64_t, std::string_view)>& each) {
  return each_name(all_segments(), parts_.limits, each);
}

Status SegmentStore::hosts(const std::function<bool(std::uint64_t, const IpAddress&)>& each) {
  return each_host(all_segments(), parts_.limits, each);
}

void SegmentStore::show_only(std::set<std::uint32_t> evidences) { shown_ = std::move(evidences); }

Result<RecordStore*> SegmentStore::people_store() {
  std::set<std::uint32_t> wanted = parts_.committed.numbers();
  if (shown_) std::erase_if(wanted, [this](std::uint32_t each) { return !shown_->contains(each); });
  auto store = parts_.mirror.fill(parts_.segments, wanted, parts_.limits);
  if (store.ok()) (*store)->show_only(std::move(wanted));
  return store;
}

Status SegmentStore::sql(std::string_view statement, std::string_view format,
                         const std::function<bool(std::string_view)>& each) {
  auto store = people_store();
  if (!store.ok()) return store.error();
  return (*store)->sql(statement, format, each);
}

Status SegmentStore::export_parquet(const RowFilter& filter, const std::string& path) {
  auto store = people_store();
  if (!store.ok()) return store.error();
  return (*store)->export_parquet(filter, path);
}

}  // namespace assay
