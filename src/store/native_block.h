// The engine's Native format: column-oriented blocks, the same bytes from ClickHouse 18.16 to
// today. A block is two varints (columns, rows), then for each column its name, its type and its
// values, little-endian; texts are a varint length and bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// A block to be sent, as the pieces that make it up: column values are not copied, so what `fixed`
// is given must live until the block is sent.
class NativeWriter {
 public:
  NativeWriter(std::size_t columns, std::size_t rows);

  template <class T>
  void fixed(std::string_view name, std::string_view type, const std::vector<T>& values) {
    head(name, type);
    piece({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
  }
  // A column that this block keeps: `bytes` in the column's layout (see put_text for String).
  void owned(std::string_view name, std::string_view type, std::string bytes);
  static void put_text(std::string& bytes, std::string_view text);

  const std::vector<std::string_view>& pieces() const { return pieces_; }

 private:
  void head(std::string_view name, std::string_view type);
  void piece(std::string_view bytes) {
    if (!bytes.empty()) pieces_.push_back(bytes);
  }

  std::deque<std::string> kept_;
  std::vector<std::string_view> pieces_;
};

// Walks the blocks of one piece of a result. Columns come in the order of the statement; the types
// that the store's statements use are UInt8..UInt64, Int64, FixedString(16) and String.
class NativeReader {
 public:
  explicit NativeReader(std::string_view bytes) : rest_(bytes) {}

  // The next block with at least one row. False at the end or when the bytes are cut short.
  bool next_block();
  std::size_t rows() const { return rows_; }
  // Fixed-width values of a column, rows() of them.
  template <class T>
  void copy(std::size_t column, std::vector<T>& into) const {
    into.resize(rows_);
    if (widths_[column] == sizeof(T)) {
      std::memcpy(into.data(), columns_[column].data(), rows_ * sizeof(T));
    }
  }
  std::string_view fixed(std::size_t column, std::size_t row) const {
    return columns_[column].substr(row * widths_[column], widths_[column]);
  }
  std::uint64_t number(std::size_t column, std::size_t row) const;
  // Texts can only be walked from the first row on.
  std::string_view next_text(std::size_t column);

 private:
  std::uint64_t varint(std::string_view& from);
  std::string_view take(std::string_view& from, std::uint64_t bytes);

  std::string_view rest_;
  std::size_t rows_ = 0;
  bool is_cut_ = false;
  std::vector<std::string_view> columns_;
  std::vector<std::size_t> widths_;  // 0 = String
};

}  // namespace assay
