// Blocks of look-ups within a segment.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "assay/store.h"
#include "store/huge_pages.h"
#include "store/segment_file.h"

namespace assay {

// The columns of a block of rows, in their order on disk.
enum class RowColumn : std::uint8_t {
  client,
  qname,
  time_us,
  offset,
  evidence,
  server,
  qtype,
  width_us,
  qclass,
  rcode,
  id,
  client_port,
  ttl,
  flags,
  delay_us,
  length,
};
inline constexpr std::size_t kRowColumns = 16;

using RowColumns = std::uint32_t;  // a set of them
constexpr RowColumns column_bit(RowColumn column) {
  return RowColumns{1} << static_cast<unsigned>(column);
}
inline constexpr RowColumns kAllRowColumns = (RowColumns{1} << kRowColumns) - 1;
// Those by which rows are ordered.
inline constexpr RowColumns kKeyColumns = 0b11111;

// Calls `each(column, rows.column)` for all columns of a batch but the evidence.
template <class Rows, class Each>
void each_row_column(Rows& rows, const Each& each) {
  each(RowColumn::client, rows.client);
  each(RowColumn::qname, rows.qname);
  each(RowColumn::time_us, rows.time_us);
  each(RowColumn::offset, rows.offset);
  each(RowColumn::server, rows.server);
  each(RowColumn::qtype, rows.qtype);
  each(RowColumn::width_us, rows.width_us);
  each(RowColumn::qclass, rows.qclass);
  each(RowColumn::rcode, rows.rcode);
  each(RowColumn::id, rows.id);
  each(RowColumn::client_port, rows.client_port);
  each(RowColumn::ttl, rows.ttl);
  each(RowColumn::flags, rows.flags);
  each(RowColumn::delay_us, rows.delay_us);
  each(RowColumn::length, rows.length);
}

// Rows with the evidence of each; only the wanted columns are filled, and always the keys.
struct RowWindow {
  RowBatch rows;
  std::vector<std::uint32_t> evidence;

  std::size_t size() const { return evidence.size(); }
  void clear();
  // Rows of `from` at order[begin, end), of these columns.
  void take(const RowWindow& from, const std::vector<std::uint32_t>& order, std::size_t begin,
            std::size_t end, RowColumns columns);
};

// Appends rows to segments, in blocks. Keeps its room from call to call.
class RowWriter {
 public:
  // The rows at `order`. `evidence`: of each row, or null: that of the segment. Errors: io.
  Status write(SegmentWriter& writer, const RowBatch& rows,
               const std::vector<std::uint32_t>* evidence, const std::vector<std::uint32_t>& order,
               RowOrder row_order, std::size_t rows_per_block);

 private:
  HugeVector<char> packed_;
};

class RowBlockView {
 public:
  // False when the bytes are no such block.
  bool parse(std::string_view bytes, std::size_t count);
  std::size_t size() const { return count_; }
  EntryKey key(std::size_t i, RowOrder order) const;
  // Appends rows [from, from + count).
  void append(std::size_t from, std::size_t count, RowColumns columns, RowWindow& into) const;
  // Appends the rows at `positions`.
  void append(const std::vector<std::uint32_t>& positions, RowColumns columns,
              RowWindow& into) const;
  const ColumnView& column(RowColumn column) const {
    return columns_[static_cast<std::size_t>(column)];
  }

 private:
  std::size_t count_ = 0;
  std::array<ColumnView, kRowColumns> columns_;
};

}  // namespace assay
