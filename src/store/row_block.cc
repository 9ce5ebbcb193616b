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

// The columns that vary, row after row: taken in another order, a row is then one or two lines of
// the processor's cache instead of one a column.
class PackedRows {
 public:
  PackedRows(const RowBatch& rows, HugeVector<char>& bytes) : bytes_(bytes) {
    each_row_column(rows, [this](RowColumn column, const auto& values) {
      if (is_constant(values)) return;
      at_[index(column)] = static_cast<int>(stride_);
      stride_ += sizeof(values[0]);
    });
    stride_ = (stride_ + 7) / 8 * 8;
    if (bytes_.size() < rows.size() * stride_) bytes_.resize(rows.size() * stride_);
    for (std::size_t from = 0; from < rows.size(); from += kTile) {
      const std::size_t to = std::min(rows.size(), from + kTile);
      each_row_column(rows, [&](RowColumn column, const auto& values) {
        if (!varies(column)) return;
        char* into = bytes_.data() + from * stride_ + at_[index(column)];
        for (std::size_t i = from; i < to; ++i, into += stride_) {
          std::memcpy(into, &values[i], sizeof(values[i]));
        }
      });
    }
  }
  bool varies(RowColumn column) const { return at_[index(column)] >= 0; }

  void prefetch(std::uint32_t row) const {
    if (stride_ == 0) return;
    const char* const at = bytes_.data() + row * stride_;
    __builtin_prefetch(at);
    __builtin_prefetch(at + stride_ - 1);
  }
  template <class T>
  void gather(RowColumn column, const std::uint32_t* order, std::size_t count, T* into) const {
    const char* const from = bytes_.data() + at_[index(column)];
    for (std::size_t i = 0; i < count; ++i) {
      std::memcpy(&into[i], from + order[i] * stride_, sizeof(T));
    }
  }

 private:
  static constexpr std::size_t kTile = 256;
  static std::size_t index(RowColumn column) { return static_cast<std::size_t>(column); }

  HugeVector<char>& bytes_;
  std::array<int, kRowColumns> at_ = filled();
  std::size_t stride_ = 0;

  static std::array<int, kRowColumns> filled() {
    std::array<int, kRowColumns> none;
    none.fill(-1);
    return none;
  }
};

// Gathers the rows of one block after the other and appends their columns.
class RowBlockWriter {
 public:
  RowBlockWriter(const RowBatch& rows, const std::vector<std::uint32_t>* evidence,
                 std::uint32_t of_segment, HugeVector<char>& room)
      : rows_(rows), evidence_(evidence), of_segment_(of_segment), packed_(rows, room) {}

  void write(const std::uint32_t* order, std::size_t count, std::string& out, BlockInfo& info) {
    gather(order, count);
    each_row_column(block_, [&](RowColumn column, const auto& values) {
      if (column == RowColumn::server) put_evidence(order, count, out);
      encode_column(values, out);
    });
    const auto [low, high] = std::minmax_element(block_.time_us.begin(), block_.time_us.end());
    info.time_min = *low;
    info.time_max = *high;
    const auto [first, last] = std::minmax_element(block_.offset.begin(), block_.offset.end());
    info.offset_min = *first;
    info.offset_max = *last;
  }

 private:
  static constexpr std::size_t kTile = 256;

  void gather(const std::uint32_t* order, std::size_t count) {
    each_of_both([&](RowColumn column, const auto& source, auto& values) {
      values.resize(packed_.varies(column) ? count : 1);
      if (!packed_.varies(column)) values[0] = source[0];
    });
    for (std::size_t from = 0; from < count; from += kTile) {
      const std::size_t tile = std::min(kTile, count - from);
      for (std::size_t i = from; i < from + tile; ++i) packed_.prefetch(order[i]);
      each_row_column(block_, [&](RowColumn column, auto& values) {
        if (packed_.varies(column)) packed_.gather(column, order + from, tile, &values[from]);
      });
    }
  }

  template <class Each>
  void each_of_both(const Each& each) {
    each_row_column(block_, [&](RowColumn column, auto& values) {
      each_row_column(rows_, [&](RowColumn other, const auto& source) {
        if constexpr (std::is_same_v<std::decay_t<decltype(source)>,
                                     std::decay_t<decltype(values)>>) {
          if (other == column) each(column, source, values);
        }
      });
    });
  }

  void put_evidence(const std::uint32_t* order, std::size_t count, std::string& out) {
    if (evidence_ == nullptr) return encode_column(&of_segment_, 1, out);
    evidences_.resize(count);
    for (std::size_t i = 0; i < count; ++i) evidences_[i] = (*evidence_)[order[i]];
    encode_column(evidences_, out);
  }

  const RowBatch& rows_;
  const std::vector<std::uint32_t>* evidence_;
  const std::uint32_t of_segment_;
  const PackedRows packed_;
  RowBatch block_;  // one value where a column is constant
  std::vector<std::uint32_t> evidences_;
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

Status RowWriter::write(SegmentWriter& writer, const RowBatch& rows,
                        const std::vector<std::uint32_t>* evidence,
                        const std::vector<std::uint32_t>& order, RowOrder row_order,
                        std::size_t rows_per_block) {
  if (order.empty()) return {};
  const std::uint32_t of_segment = writer.index().evidence;
  RowBlockWriter blocks(rows, evidence, of_segment, packed_);
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
