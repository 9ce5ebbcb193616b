#include "store/row_block.h"

#include <algorithm>
#include <type_traits>

namespace assay {
namespace {

template <class T>
bool is_constant(const std::vector<T>& column) {
  return std::memcmp(column.data(), column.data() + 1, (column.size() - 1) * sizeof(T)) == 0;
}

EntryKey key_of(const RowBatch& rows, const std::vector<std::uint32_t>* evidence,
                std::uint32_t of_segment, std::size_t i, RowOrder order) {
  EntryKey key;
  key.a = rows.client[i];
  key.b = rows.qname[i];
  key.c = ordered(rows.time_us[i]);
  if (order == RowOrder::by_time) key = {key.c};
  key.evidence = evidence != nullptr ? (*evidence)[i] : of_segment;
  key.offset = rows.offset[i];
  return key;
}

// Writes the columns of one block after the other, each gathered in the order of the rows.
class RowBlockWriter {
 public:
  RowBlockWriter(const RowBatch& rows, const std::vector<std::uint32_t>* evidence,
                 std::uint32_t of_segment)
      : rows_(rows), evidence_(evidence), of_segment_(of_segment) {
    each_row_column(rows_, [this](RowColumn column, const auto& values) {
      if (is_constant(values)) constant_ |= column_bit(column);
    });
  }

  void write(const std::uint32_t* order, std::size_t count, std::string& out, BlockInfo& info) {
    each_row_column(rows_, [&](RowColumn column, const auto& values) {
      if (column == RowColumn::server) put_evidence(order, count, out);
      put_column(column, values, order, count, out);
    });
    const auto [low, high] = std::minmax_element(times_.begin(), times_.end());
    info.time_min = *low;
    info.time_max = *high;
    const auto [first, last] = std::minmax_element(offsets_.begin(), offsets_.end());
    info.offset_min = *first;
    info.offset_max = *last;
  }

 private:
  void put_evidence(const std::uint32_t* order, std::size_t count, std::string& out) {
    if (evidence_ == nullptr) return encode_column(&of_segment_, 1, out);
    narrow_.resize(count);
    for (std::size_t i = 0; i < count; ++i) narrow_[i] = (*evidence_)[order[i]];
    encode_column(narrow_, out);
  }

  template <class T>
  void put_column(RowColumn column, const std::vector<T>& values, const std::uint32_t* order,
                  std::size_t count, std::string& out) {
    auto& gathered = gathered_of<T>(column);
    if ((constant_ & column_bit(column)) != 0) {
      if (column == RowColumn::time_us || column == RowColumn::offset) gathered = {values[0]};
      return encode_column(values.data(), 1, out);
    }
    gathered.resize(count);
    for (std::size_t i = 0; i < count; ++i) gathered[i] = values[order[i]];
    encode_column(gathered, out);
  }

  template <class T>
  std::vector<T>& gathered_of(RowColumn column) {
    if constexpr (std::is_same_v<T, std::int64_t>) {
      return times_;
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      return column == RowColumn::offset ? offsets_ : wide_;
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
      return narrow_;
    } else {
      return short_;
    }
  }

  const RowBatch& rows_;
  const std::vector<std::uint32_t>* evidence_;
  const std::uint32_t of_segment_;
  RowColumns constant_ = 0;
  std::vector<std::int64_t> times_;
  std::vector<std::uint64_t> offsets_, wide_;
  std::vector<std::uint32_t> narrow_;
  std::vector<std::uint16_t> short_;
};

template <class T>
void extend(const ColumnView& view, std::size_t from, std::size_t count, std::vector<T>& column) {
  const std::size_t size = column.size();
  column.resize(size + count);
  view.copy(from, count, column.data() + size);
}

template <class T>
void extend(const ColumnView& view, const std::vector<std::uint32_t>& positions,
            std::vector<T>& column) {
  for (const std::uint32_t i : positions) column.push_back(static_cast<T>(view.at(i)));
}

}  // namespace

void RowWindow::clear() {
  rows.clear();
  evidence.clear();
}

void RowWindow::take(const RowWindow& from, const std::vector<std::uint32_t>& order,
                     std::size_t begin, std::size_t end, RowColumns columns) {
  clear();
  const auto gather = [&](const auto& source, auto& column) {
    column.resize(end - begin);
    for (std::size_t i = begin; i < end; ++i) column[i - begin] = source[order[i]];
  };
  gather(from.evidence, evidence);
  each_row_column(rows, [&](RowColumn column, auto& values) {
    if ((columns & column_bit(column)) == 0) return;
    each_row_column(from.rows, [&](RowColumn other, const auto& source) {
      if constexpr (std::is_same_v<std::decay_t<decltype(source)>,
                                   std::decay_t<decltype(values)>>) {
        if (other == column) gather(source, values);
      }
    });
  });
}

Status write_rows(SegmentWriter& writer, const RowBatch& rows,
                  const std::vector<std::uint32_t>* evidence,
                  const std::vector<std::uint32_t>& order, RowOrder row_order,
                  std::size_t rows_per_block) {
  if (order.empty()) return {};
  const std::uint32_t of_segment = writer.index().evidence;
  RowBlockWriter blocks(rows, evidence, of_segment);
  for (std::size_t from = 0; from < order.size(); from += rows_per_block) {
    const std::size_t count = std::min(rows_per_block, order.size() - from);
    BlockInfo info;
    info.entries = static_cast<std::uint32_t>(count);
    info.first = key_of(rows, evidence, of_segment, order[from], row_order);
    info.last = key_of(rows, evidence, of_segment, order[from + count - 1], row_order);
    blocks.write(&order[from], count, writer.buffer(), info);
    ASSAY_TRY(writer.block(Section::rows, info));
  }
  return {};
}

bool RowBlockView::parse(std::string_view bytes, std::size_t count) {
  count_ = count;
  for (ColumnView& column : columns_) {
    if (!column.parse(bytes, count)) return false;
  }
  return bytes.empty();
}

EntryKey RowBlockView::key(std::size_t i, RowOrder order) const {
  const std::uint64_t time = ordered(static_cast<std::int64_t>(column(RowColumn::time_us).at(i)));
  EntryKey key;
  if (order == RowOrder::by_time) {
    key.a = time;
  } else {
    key.a = column(RowColumn::client).at(i);
    key.b = column(RowColumn::qname).at(i);
    key.c = time;
  }
  key.evidence = static_cast<std::uint32_t>(column(RowColumn::evidence).at(i));
  key.offset = column(RowColumn::offset).at(i);
  return key;
}

void RowBlockView::append(std::size_t from, std::size_t count, RowColumns columns,
                          RowWindow& into) const {
  extend(column(RowColumn::evidence), from, count, into.evidence);
  each_row_column(into.rows, [&](RowColumn which, auto& values) {
    if ((columns & column_bit(which)) != 0) extend(column(which), from, count, values);
  });
}

void RowBlockView::append(const std::vector<std::uint32_t>& positions, RowColumns columns,
                          RowWindow& into) const {
  extend(column(RowColumn::evidence), positions, into.evidence);
  each_row_column(into.rows, [&](RowColumn which, auto& values) {
    if ((columns & column_bit(which)) != 0) extend(column(which), positions, values);
  });
}

}  // namespace assay
