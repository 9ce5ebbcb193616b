#include "store/native_block.h"

#include <bit>
#include <utility>

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little, "Native is little-endian");

void put_varint(std::string& bytes, std::uint64_t value) {
  for (; value >= 128; value >>= 7) bytes.push_back(static_cast<char>(value | 128));
  bytes.push_back(static_cast<char>(value));
}

std::size_t width_of(std::string_view type) {
  if (type == "UInt64" || type == "Int64") return 8;
  if (type == "UInt32") return 4;
  if (type == "UInt16") return 2;
  if (type == "UInt8") return 1;
  if (type == "FixedString(16)") return 16;
  return 0;
}

}  // namespace

NativeWriter::NativeWriter(std::size_t columns, std::size_t rows) {
  std::string& bytes = kept_.emplace_back();
  put_varint(bytes, columns);
  put_varint(bytes, rows);
  piece(bytes);
}

void NativeWriter::put_text(std::string& bytes, std::string_view text) {
  put_varint(bytes, text.size());
  bytes.append(text);
}

void NativeWriter::head(std::string_view name, std::string_view type) {
  std::string& bytes = kept_.emplace_back();
  put_text(bytes, name);
  put_text(bytes, type);
  piece(bytes);
}

void NativeWriter::owned(std::string_view name, std::string_view type, std::string bytes) {
  head(name, type);
  piece(kept_.emplace_back(std::move(bytes)));
}

std::uint64_t NativeReader::varint(std::string_view& from) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(from.front());
    from.remove_prefix(1);
    value |= std::uint64_t{byte & 127u} << shift;
    if (byte < 128) return value;
  }
  is_cut_ = true;
  return 0;
}

std::string_view NativeReader::take(std::string_view& from, std::uint64_t bytes) {
  if (bytes > from.size()) {
    is_cut_ = true;
    return {};
  }
  const std::string_view taken = from.substr(0, bytes);
  from.remove_prefix(bytes);
  return taken;
}

bool NativeReader::next_block() {
  while (!rest_.empty() && !is_cut_) {
    const std::uint64_t columns = varint(rest_);
    rows_ = varint(rest_);
    columns_.clear();
    widths_.clear();
    for (std::uint64_t i = 0; i < columns && !is_cut_; ++i) {
      take(rest_, varint(rest_));
      const std::size_t width = width_of(take(rest_, varint(rest_)));
      const std::string_view from_here = rest_;
      if (width == 0) {
        for (std::size_t row = 0; row < rows_ && !is_cut_; ++row) take(rest_, varint(rest_));
      } else {
        take(rest_, rows_ * width);
      }
      columns_.push_back(from_here.substr(0, from_here.size() - rest_.size()));
      widths_.push_back(width);
    }
    if (is_cut_) return false;
    if (rows_ > 0) return true;
  }
  return false;
}

std::uint64_t NativeReader::number(std::size_t column, std::size_t row) const {
  std::uint64_t value = 0;
  const std::string_view bytes = fixed(column, row);
  std::memcpy(&value, bytes.data(), bytes.size() < 8 ? bytes.size() : 8);
  return value;
}

std::string_view NativeReader::next_text(std::size_t column) {
  std::string_view& from = columns_[column];
  return take(from, varint(from));
}

}  // namespace assay
