#include "store/record_blocks.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

#include "store/segment_sweep.h"
#include "store/side_blocks.h"
#include "store/side_tables.h"

namespace assay {
namespace {

constexpr std::size_t kRecordColumns = 20, kTimeColumn = 8;
// A block ends with the record that fills it, which has kMaxFields at most.
constexpr std::size_t kFullBlockFields = 65'536;
constexpr std::size_t kMostBlockFields = kFullBlockFields + (std::size_t{1} << 20);

// Calls `each(number of the column, member)` for the members of a record.
template <class Row, class Each>
void each_record_member(Row& row, const Each& each) {
  std::size_t column = 0;
  each(column++, row.kind);
  each(column++, row.protocol);
  each(column++, row.client_port);
  each(column++, row.server_port);
  each(column++, row.type);
  each(column++, row.code);
  each(column++, row.width_us);
  each(column++, row.flags);
  each(column++, row.time_us);
  each(column++, row.until_us);
  each(column++, row.client);
  each(column++, row.server);
  each(column++, row.name);
  each(column++, row.count);
  each(column++, row.packets_sent);
  each(column++, row.packets_received);
  each(column++, row.bytes_sent);
  each(column++, row.bytes_received);
  each(column++, row.offset);
  each(column++, row.length);
}

class RecordBlockView {
 public:
  bool parse(std::string_view bytes, std::size_t count) {
    for (ColumnView& column : columns_) {
      if (!column.parse(bytes, count)) return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (columns_[0].at(i) >= kRecordKinds) return false;
    }
    if (!number_.parse(bytes, count) || !evidence_.parse(bytes, count)) return false;
    ColumnView fields, field, length;
    if (!fields.parse(bytes, count)) return false;
    field_end_.resize(count);
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < count; ++i) {
      end += std::min<std::uint64_t>(fields.at(i), kMostBlockFields + 1);
      field_end_[i] = end;
    }
    if (end > kMostBlockFields || !field.parse(bytes, end) || !length.parse(bytes, end)) {
      return false;
    }
    fields_.resize(end);
    field.copy(0, end, fields_.data());
    const std::size_t known = field_words().size();
    return std::all_of(fields_.begin(), fields_.end(), [&](FieldId id) { return id < known; }) &&
           text_.parse(length, end, bytes) && bytes.empty();
  }
  RecordRow row(std::size_t i) const {
    RecordRow row;
    each_record_member(row, [&](std::size_t column, auto& member) {
      member = static_cast<std::decay_t<decltype(member)>>(columns_[column].at(i));
    });
    row.number = static_cast<std::uint32_t>(number_.at(i));
    return row;
  }
  std::uint32_t evidence(std::size_t i) const {
    return static_cast<std::uint32_t>(evidence_.at(i));
  }
  EntryKey key(std::size_t i) const {
    return {ordered(static_cast<std::int64_t>(columns_[kTimeColumn].at(i))), evidence_.at(i),
            number_.at(i)};
  }
  void add_fields(std::size_t i, StoredRecord& record) const {
    for (std::uint64_t at = i == 0 ? 0 : field_end_[i - 1]; at < field_end_[i]; ++at) {
      record.fields.emplace_back(fields_[at], text_.at(at));
    }
  }

 private:
  std::array<ColumnView, kRecordColumns> columns_;
  ColumnView number_, evidence_;
  std::vector<std::uint64_t> field_end_;
  std::vector<FieldId> fields_;
  TextColumn text_;
};

// The fields of a batch, found by the record that they belong to.
class FieldRanges {
 public:
  explicit FieldRanges(const RowBatch& batch) : begin_(batch.records.size() + 1) {
    std::size_t field = 0;
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
      begin_[i] = field;
      while (field < batch.fields.size() && batch.fields[field].number == batch.records[i].number) {
        ++field;
      }
    }
    begin_.back() = field;
  }
  std::size_t begin(std::size_t record) const { return begin_[record]; }
  std::size_t end(std::size_t record) const { return begin_[record + 1]; }

 private:
  std::vector<std::size_t> begin_;
};

struct BlockRange {
  const std::vector<std::uint32_t>& order;
  std::size_t from, to;
};

void put_fields(const RowBatch& batch, const FieldRanges& ranges, const BlockRange& range,
                std::string& out) {
  std::vector<std::uint32_t> counts, lengths;
  std::vector<FieldId> fields;
  std::string texts;
  for (std::size_t i = range.from; i < range.to; ++i) {
    const std::size_t record = range.order[i];
    counts.push_back(static_cast<std::uint32_t>(ranges.end(record) - ranges.begin(record)));
    for (std::size_t field = ranges.begin(record); field < ranges.end(record); ++field) {
      const std::string_view text = field_text_of(batch, field);
      fields.push_back(batch.fields[field].field);
      lengths.push_back(static_cast<std::uint32_t>(text.size()));
      texts += text;
    }
  }
  encode_column(counts, out);
  encode_column(fields, out);
  encode_column(lengths, out);
  out += texts;
}

void put_rows(const RowBatch& batch, const BlockRange& range, std::uint32_t evidence,
              std::string& out) {
  std::array<std::vector<std::uint64_t>, kRecordColumns> columns;
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = range.from; i < range.to; ++i) {
    const RecordRow& row = batch.records[range.order[i]];
    each_record_member(row, [&](std::size_t column, const auto& member) {
      columns[column].push_back(static_cast<std::uint64_t>(member));
    });
    numbers.push_back(row.number);
  }
  for (const auto& column : columns) encode_column(column, out);
  encode_column(numbers, out);
  encode_column(&evidence, 1, out);
}

BlockInfo info_of(const RowBatch& batch, const BlockRange& range, std::uint32_t evidence) {
  const auto key_of = [&](std::size_t i) {
    const RecordRow& row = batch.records[range.order[i]];
    return EntryKey{ordered(row.time_us), evidence, row.number};
  };
  BlockInfo info;
  info.entries = static_cast<std::uint32_t>(range.to - range.from);
  info.first = key_of(range.from);
  info.last = key_of(range.to - 1);
  info.time_min = batch.records[range.order[range.from]].time_us;
  info.time_max = batch.records[range.order[range.to - 1]].time_us;
  info.offset_min = ~std::uint64_t{0};
  for (std::size_t i = range.from; i < range.to; ++i) {
    const std::uint64_t offset = batch.records[range.order[i]].offset;
    info.offset_min = std::min(info.offset_min, offset);
    info.offset_max = std::max(info.offset_max, offset);
  }
  return info;
}

bool may_want(const RowFilter& filter, const BlockInfo& block) {
  if (filter.window &&
      (block.time_max < filter.window->begin_us || block.time_min >= filter.window->end_us)) {
    return false;
  }
  return !filter.offset ||
         (block.offset_min <= *filter.offset && *filter.offset <= block.offset_max);
}

std::vector<SweepInput> wanted_blocks(const ScanInput& input, const RowFilter& filter,
                                      const RowMatcher& matcher) {
  std::vector<SweepInput> wanted;
  for (const Segment* segment : input.segments) {
    if (!matcher.wants_evidence(segment->index.evidence)) continue;
    SweepInput blocks{segment, {}};
    for (const BlockInfo& block : segment->index.of(Section::records)) {
      if (may_want(filter, block)) blocks.blocks.push_back(&block);
    }
    if (!blocks.blocks.empty()) wanted.push_back(std::move(blocks));
  }
  return wanted;
}

}  // namespace

Status write_records(SegmentWriter& writer, const RowBatch& batch, const SegmentLimits& limits) {
  std::vector<std::uint32_t> order(batch.records.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto precedes = [&batch](std::uint32_t a, std::uint32_t b) {
    const RecordRow &row_a = batch.records[a], &row_b = batch.records[b];
    return std::tie(row_a.time_us, row_a.number) < std::tie(row_b.time_us, row_b.number);
  };
  if (!std::is_sorted(order.begin(), order.end(), precedes)) {
    std::sort(order.begin(), order.end(), precedes);
  }
  const FieldRanges ranges(batch);
  for (std::size_t from = 0; from < order.size();) {
    std::size_t to = from, bytes = 0, fields = 0;
    while (to < order.size() && to - from < limits.records_per_block &&
           bytes < limits.text_bytes_per_block && fields < kFullBlockFields) {
      const std::size_t record = order[to++];
      for (std::size_t field = ranges.begin(record); field < ranges.end(record); ++field) {
        bytes += field_text_of(batch, field).size();
        ++fields;
      }
    }
    const BlockRange range{order, from, to};
    put_rows(batch, range, writer.index().evidence, writer.buffer());
    put_fields(batch, ranges, range, writer.buffer());
    ASSAY_TRY(writer.block(Section::records, info_of(batch, range, writer.index().evidence)));
    from = to;
  }
  return {};
}

Status each_record(const ScanInput& input, const RowFilter& filter,
                   const std::function<bool(const StoredRecord&)>& each) {
  const RowMatcher matcher(filter);
  Sweep<RecordBlockView> sweep(
      wanted_blocks(input, filter, matcher), input.limits.records_per_window,
      [](const RecordBlockView& view, std::size_t i) { return view.key(i); });
  std::vector<StoredRecord> window;
  for (;;) {
    window.clear();
    auto found = sweep.next(
        [&](std::size_t, const RecordBlockView& view, std::size_t from, std::size_t to) -> Status {
          for (std::size_t i = from; i < to; ++i) {
            StoredRecord record{view.evidence(i), view.row(i), {}};
            if (!matcher.matches(record.row)) continue;
            view.add_fields(i, record);
            window.push_back(std::move(record));
          }
          return {};
        });
    if (!found.ok()) return found.error();
    if (!*found) return {};
    std::sort(window.begin(), window.end(), [](const StoredRecord& a, const StoredRecord& b) {
      return std::tie(a.row.time_us, a.evidence, a.row.number) <
             std::tie(b.row.time_us, b.evidence, b.row.number);
    });
    for (const StoredRecord& record : window) {
      if (!each(record)) return {};
    }
  }
}

Result<std::uint64_t> count_wanted_records(const ScanInput& input, const RowFilter& filter) {
  const RowMatcher matcher(filter);
  RowSelection selection(filter);
  const bool takes_all = selection.takes_all() && filter.kinds.empty();
  std::uint64_t records = 0;
  std::string bytes;
  RecordBlockView view;
  for (const SweepInput& wanted : wanted_blocks(input, filter, matcher)) {
    for (const BlockInfo* block : wanted.blocks) {
      if (takes_all) {
        records += block->entries;
        continue;
      }
      const BlockSource& source = *wanted.segment->source;
      ASSAY_TRY(source.read(*block, bytes));
      if (!view.parse({bytes.data(), block->bytes}, block->entries)) {
        return source.damaged("a block cannot be read");
      }
      for (std::size_t i = 0; i < block->entries; ++i) records += matcher.matches(view.row(i));
    }
  }
  return records;
}

}  // namespace assay
