// How a column of a block lies on disk: one value, narrow differences to the smallest value, or
// bytes that point into a short list of values. Simple enough that a row costs a nanosecond a
// column, and any slice can be had without the rest. LZ4 on top took longer than the reading of the
// bytes it saved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// Blocks end in so many zero bytes: values of odd widths are read eight bytes at a time.
inline constexpr std::size_t kBlockSlack = 8;

// Appends `count` values as a column. T: a 16, 32 or 64-bit integer.
template <class T>
void encode_column(const T* values, std::size_t count, std::string& out);
template <class T>
void encode_column(const std::vector<T>& values, std::string& out) {
  encode_column(values.data(), values.size(), out);
}

// A view of one column within a block, valid as long as the block's bytes.
class ColumnView {
 public:
  // Takes one column of `count` values off the front of `bytes`, which lie in a buffer that goes on
  // for kBlockSlack bytes. False when they are no column.
  bool parse(std::string_view& bytes, std::size_t count);

  std::uint64_t at(std::size_t i) const {
    if (mode_ == Mode::constant) return base_;
    if (mode_ == Mode::list) return list_value(static_cast<unsigned char>(payload_[i]));
    return base_ + scale_ * packed(i);
  }
  // Values [from, from + count) to `into`.
  template <class T>
  void copy(std::size_t from, std::size_t count, T* into) const;

 private:
  enum class Mode : std::uint8_t { constant, frame, list };
  template <class T>
  friend void encode_column(const T*, std::size_t, std::string&);

  std::uint64_t packed(std::size_t i) const {
    std::uint64_t value;
    std::memcpy(&value, payload_ + i * width_, sizeof(value));
    return width_ == 8 ? value : value & ((std::uint64_t{1} << (8 * width_)) - 1);
  }
  std::uint64_t list_value(std::size_t index) const {
    std::uint64_t value = 0;
    if (index < list_size_) std::memcpy(&value, list_ + 8 * index, sizeof(value));
    return value;
  }
  template <class Packed, class T>
  void copy_packed(std::size_t from, std::size_t count, T* into) const;

  Mode mode_ = Mode::constant;
  std::uint8_t width_ = 0;
  std::uint64_t base_ = 0;
  std::uint64_t scale_ = 1;
  std::size_t list_size_ = 0;
  const char* list_ = nullptr;
  const char* payload_ = nullptr;
};

}  // namespace assay
