#include "store/row_scan.h"

#include <algorithm>
#include <utility>

#include "store/row_sort.h"
#include "store/segment_sweep.h"

namespace assay {
namespace {

constexpr RowColumns kConditionColumns =
    column_bit(RowColumn::client) | column_bit(RowColumn::server) | column_bit(RowColumn::qname) |
    column_bit(RowColumn::offset) | column_bit(RowColumn::qtype) | column_bit(RowColumn::time_us);

std::vector<SweepInput> wanted_blocks(const ScanInput& input, const RowSelection& selection) {
  std::vector<SweepInput> wanted;
  for (const Segment* segment : input.segments) {
    if (!selection.wants_evidence(segment->index.evidence)) continue;
    SweepInput blocks{segment, {}};
    for (const BlockInfo& block : segment->index.of(Section::rows)) {
      if (selection.may_want(block)) blocks.blocks.push_back(&block);
    }
    if (!blocks.blocks.empty()) wanted.push_back(std::move(blocks));
  }
  return wanted;
}

void append_wanted(RowSelection& selection, const RowBlockView& view, std::size_t from,
                   std::size_t to, RowColumns columns, RowWindow& into) {
  if (selection.takes_all()) return view.append(from, to - from, columns, into);
  const auto& positions = selection.positions(view, from, to);
  if (positions.size() == to - from) return view.append(from, to - from, columns, into);
  view.append(positions, columns, into);
}

// Hands a window over in the order given, in pieces. False: enough.
bool send(const RowWindow& window, const std::vector<std::uint32_t>& order, RowColumns columns,
          std::size_t rows_per_output, RowWindow& output, const EachWindow& each) {
  for (std::size_t from = 0; from < order.size(); from += rows_per_output) {
    output.take(window, order, from, std::min(order.size(), from + rows_per_output), columns);
    if (!each(output)) return false;
  }
  return true;
}

Status sweep_rows(std::vector<SweepInput> inputs, RowOrder order, const SegmentLimits& limits,
                  RowSelection& selection, RowColumns columns, const EachWindow& each) {
  const bool is_one = inputs.size() == 1;
  Sweep<RowBlockView> sweep(
      std::move(inputs), is_one ? limits.rows_per_output : limits.rows_per_window,
      [order](const RowBlockView& view, std::size_t i) { return view.key(i, order); });
  RowSorter sorter;
  RowWindow window, output;
  for (;;) {
    window.clear();
    auto found = sweep.next(
        [&](std::size_t, const RowBlockView& view, std::size_t from, std::size_t to) -> Status {
          append_wanted(selection, view, from, to, columns, window);
          return {};
        });
    if (!found.ok()) return found.error();
    if (!*found) return {};
    if (window.size() == 0) continue;
    if (is_one) {  // as it lies
      if (!each(window)) return {};
      continue;
    }
    const auto& sorted = sorter.sort(window.rows, &window.evidence, order);
    if (!send(window, sorted, columns, limits.rows_per_output, output, each)) return {};
  }
}

// Rows sorted by time in runs on disk, each as long as fits into memory.
class TimeRuns {
 public:
  explicit TimeRuns(const ScanInput& input) : input_(input) {}

  bool is_empty() const { return runs_.empty(); }

  Status add(const RowWindow& window, RowSorter& sorter) {
    if (!writer_) {
      auto made = SegmentWriter::create_unnamed(input_.directory);
      if (!made.ok()) return made.error();
      writer_ = std::make_unique<SegmentWriter>(std::move(*made));
    }
    const auto& order = sorter.sort(window.rows, &window.evidence, RowOrder::by_time);
    ASSAY_TRY(blocks_.write(*writer_, window.rows, &window.evidence, order, RowOrder::by_time,
                            input_.limits.rows_per_block));
    runs_.emplace_back().index.blocks[0] = std::exchange(writer_->index().blocks[0], {});
    return {};
  }

  Result<std::vector<SweepInput>> finish() {
    auto file = writer_->release();
    if (!file.ok()) return file.error();
    const auto source = std::make_shared<const BlockSource>(*file, "run the command again");
    std::vector<SweepInput> inputs;
    for (Segment& run : runs_) {
      run.source = source;
      inputs.push_back(whole_section(run, Section::rows));
    }
    return inputs;
  }

 private:
  const ScanInput& input_;
  std::unique_ptr<SegmentWriter> writer_;
  RowWriter blocks_;
  std::vector<Segment> runs_;
};

}  // namespace

RowSelection::RowSelection(const RowFilter& filter)
    : filter_(filter), matcher_(filter), clients_(filter.clients) {
  std::sort(clients_.begin(), clients_.end());
  takes_all_ = filter.clients.empty() && filter.client_ranges.empty() && filter.servers.empty() &&
               filter.qnames.empty() && filter.qtypes.empty() && !filter.window && !filter.offset;
}

bool RowSelection::may_want_client(std::uint64_t first, std::uint64_t last) const {
  const auto next = std::lower_bound(clients_.begin(), clients_.end(), first);
  if (next != clients_.end() && *next <= last) return true;
  return std::any_of(
      filter_.client_ranges.begin(), filter_.client_ranges.end(),
      [&](const auto& range) { return range.first <= last && first <= range.second; });
}

bool RowSelection::may_want(const BlockInfo& block) const {
  if (takes_all_) return true;
  if (filter_.window &&
      (block.time_max < filter_.window->begin_us || block.time_min >= filter_.window->end_us)) {
    return false;
  }
  if (filter_.offset &&
      (*filter_.offset < block.offset_min || *filter_.offset > block.offset_max)) {
    return false;
  }
  const bool asks_client = !filter_.clients.empty() || !filter_.client_ranges.empty();
  const bool asks_name = !filter_.qnames.empty();
  const bool is_alternative = filter_.clients_or_qnames && asks_name;
  if (asks_client && !is_alternative && !may_want_client(block.first.a, block.last.a)) return false;
  if (asks_name && (!filter_.clients_or_qnames || !asks_client) && block.first.a == block.last.a) {
    return std::any_of(filter_.qnames.begin(), filter_.qnames.end(), [&](std::uint64_t name) {
      return block.first.b <= name && name <= block.last.b;
    });
  }
  return true;
}

const std::vector<std::uint32_t>& RowSelection::positions(const RowBlockView& view,
                                                          std::size_t from, std::size_t to) {
  scratch_.clear();
  view.append(from, to - from, kConditionColumns, scratch_);
  positions_.clear();
  for (std::size_t i = 0; i < to - from; ++i) {
    if (matcher_.matches(scratch_.rows, i))
      positions_.push_back(static_cast<std::uint32_t>(from + i));
  }
  return positions_;
}

Status visit_rows(const ScanInput& input, const RowFilter& filter, RowColumns columns,
                  const EachWindow& each) {
  RowSelection selection(filter);
  RowWindow window;
  RowBlockView view;
  std::string bytes;
  for (const SweepInput& wanted : wanted_blocks(input, selection)) {
    for (const BlockInfo* block : wanted.blocks) {
      const BlockSource& source = *wanted.segment->source;
      ASSAY_TRY(source.read(*block, bytes));
      if (!view.parse({bytes.data(), block->bytes}, block->entries)) {
        return source.damaged("a block cannot be read");
      }
      window.clear();
      append_wanted(selection, view, 0, block->entries, columns, window);
      if (window.size() > 0 && !each(window)) return {};
    }
  }
  return {};
}

Status scan_by_pair(const ScanInput& input, const RowFilter& filter, RowColumns columns,
                    const EachWindow& each) {
  RowSelection selection(filter);
  return sweep_rows(wanted_blocks(input, selection), RowOrder::by_pair, input.limits, selection,
                    columns | kKeyColumns, each);
}

Status scan_by_time(const ScanInput& input, const RowFilter& filter, RowColumns columns,
                    const EachWindow& each) {
  columns |= kKeyColumns;
  RowSorter sorter;
  TimeRuns runs(input);
  RowWindow gathered;
  Status spilled;
  RowSelection selection(filter);
  const std::vector<SweepInput> wanted = wanted_blocks(input, selection);
  // What is written to disk needs all columns.
  std::size_t most = 0;
  for (const SweepInput& blocks : wanted) {
    for (const BlockInfo* block : blocks.blocks) most += block->entries;
  }
  if (most > input.limits.rows_in_memory) columns = kAllRowColumns;
  ASSAY_TRY(visit_rows(input, filter, columns, [&](const RowWindow& window) {
    each_row_column(gathered.rows, [&](RowColumn column, auto& values) {
      each_row_column(window.rows, [&](RowColumn other, const auto& more) {
        if constexpr (std::is_same_v<std::decay_t<decltype(more)>,
                                     std::decay_t<decltype(values)>>) {
          if (other == column) values.insert(values.end(), more.begin(), more.end());
        }
      });
    });
    gathered.evidence.insert(gathered.evidence.end(), window.evidence.begin(),
                             window.evidence.end());
    if (gathered.size() < input.limits.rows_in_memory) return true;
    spilled = runs.add(gathered, sorter);
    gathered.clear();
    return spilled.ok();
  }));
  ASSAY_TRY(spilled);
  if (runs.is_empty()) {
    RowWindow output;
    const auto& order = sorter.sort(gathered.rows, &gathered.evidence, RowOrder::by_time);
    send(gathered, order, columns, input.limits.rows_per_output, output, each);
    return {};
  }
  if (gathered.size() > 0) ASSAY_TRY(runs.add(gathered, sorter));
  gathered = RowWindow();
  auto inputs = runs.finish();
  if (!inputs.ok()) return inputs.error();
  const RowFilter all;
  RowSelection everything(all);
  return sweep_rows(std::move(*inputs), RowOrder::by_time, input.limits, everything, columns, each);
}

Result<std::uint64_t> count_wanted(const ScanInput& input, const RowFilter& filter) {
  RowSelection selection(filter);
  std::uint64_t rows = 0;
  if (selection.takes_all()) {
    for (const Segment* segment : input.segments) {
      if (selection.wants_evidence(segment->index.evidence)) {
        rows += segment->index.entries(Section::rows);
      }
    }
    return rows;
  }
  ASSAY_TRY(visit_rows(input, filter, kKeyColumns, [&](const RowWindow& window) {
    rows += window.size();
    return true;
  }));
  return rows;
}

}  // namespace assay
