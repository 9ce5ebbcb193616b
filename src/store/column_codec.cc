#include "store/column_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are written as they lie");

constexpr std::size_t kMostListed = 255;
// Whole milliseconds and whole seconds: what logs are written in.
constexpr std::uint64_t kScales[] = {1'000'000, 1'000};

template <class N>
void put(N value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <class N>
bool take(std::string_view& bytes, N& value) {
  if (bytes.size() < sizeof(value)) return false;
  std::memcpy(&value, bytes.data(), sizeof(value));
  bytes.remove_prefix(sizeof(value));
  return true;
}

std::uint8_t bytes_for(std::uint64_t most) {
  return static_cast<std::uint8_t>(most == 0 ? 1 : (std::bit_width(most) + 7) / 8);
}

// The few different values of a column, and which one stands where.
template <class T>
class ShortList {
 public:
  // False when there are too many.
  bool fill(const T* values, std::size_t count, std::string& indexes) {
    indexes.resize(count);
    slots_.fill(0);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0 && values[i] == values[i - 1]) {
        indexes[i] = indexes[i - 1];
        continue;
      }
      std::size_t slot = (static_cast<std::uint64_t>(values[i]) * 0x9e3779b97f4a7c15ull) >> 54;
      while (slots_[slot] != 0 && listed_[slots_[slot] - 1u] != values[i]) {
        slot = (slot + 1) % slots_.size();
      }
      if (slots_[slot] == 0) {
        if (size_ == kMostListed) return false;
        listed_[size_++] = values[i];
        slots_[slot] = static_cast<std::uint16_t>(size_);
      }
      indexes[i] = static_cast<char>(slots_[slot] - 1);
    }
    return true;
  }
  std::size_t size() const { return size_; }
  T operator[](std::size_t i) const { return listed_[i]; }

 private:
  std::array<std::uint16_t, 1024> slots_;
  std::array<T, kMostListed> listed_;
  std::size_t size_ = 0;
};

std::uint64_t scale_of(const std::uint64_t* differences, std::size_t count) {
  for (const std::uint64_t scale : kScales) {
    const bool fits = std::all_of(differences, differences + count,
                                  [scale](std::uint64_t value) { return value % scale == 0; });
    if (fits) return scale;
  }
  return 1;
}

template <class Packed, class T>
void pack(const T* values, std::size_t count, T low, char* to) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<Packed>(static_cast<std::uint64_t>(values[i]) -
                                           static_cast<std::uint64_t>(low));
    std::memcpy(to + i * sizeof(Packed), &value, sizeof(Packed));
  }
}

void pack_odd(const std::uint64_t* values, std::size_t count, std::size_t width, char* to) {
  for (std::size_t i = 0; i < count; ++i)
    std::memcpy(to + i * width, &values[i], sizeof(values[i]));
}

// Differences of 64-bit values that need an odd width or have a scale.
std::vector<std::uint64_t>& spare_differences() {
  thread_local std::vector<std::uint64_t> differences;
  return differences;
}

}  // namespace

template <class T>
void encode_column(const T* values, std::size_t count, std::string& out) {
  using Mode = ColumnView::Mode;
  T low = count == 0 ? T{} : values[0], high = low;
  for (std::size_t i = 0; i < count; ++i) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  if (low == high) {
    out += static_cast<char>(Mode::constant);
    return put(static_cast<std::uint64_t>(low), out);
  }
  std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  std::uint8_t width = bytes_for(span);
  if (width > 1) {
    ShortList<T> list;
    thread_local std::string indexes;
    if (list.fill(values, count, indexes) && list.size() * 8 < count * (width - 1u)) {
      out += static_cast<char>(Mode::list);
      out += static_cast<char>(list.size());
      for (std::size_t i = 0; i < list.size(); ++i) put(static_cast<std::uint64_t>(list[i]), out);
      out += indexes;
      return;
    }
  }
  std::uint64_t scale = 1;
  auto& differences = spare_differences();
  if (width > 2) {
    differences.resize(count);
    pack<std::uint64_t>(values, count, low, reinterpret_cast<char*>(differences.data()));
    scale = scale_of(differences.data(), count);
    if (scale != 1) {
      for (std::uint64_t& value : differences) value /= scale;
      width = bytes_for(span /= scale);
    }
  }
  out += static_cast<char>(Mode::frame);
  out += static_cast<char>(width);
  put(static_cast<std::uint64_t>(low), out);
  put(static_cast<std::uint32_t>(scale), out);
  const std::size_t at = out.size();
  out.resize(at + count * width + sizeof(std::uint64_t));
  char* to = out.data() + at;
  if (width > 2 || scale != 1) {
    pack_odd(differences.data(), count, width, to);
  } else if (width == 2) {
    pack<std::uint16_t>(values, count, low, to);
  } else {
    pack<std::uint8_t>(values, count, low, to);
  }
  out.resize(at + count * width);
}

template void encode_column(const std::uint16_t*, std::size_t, std::string&);
template void encode_column(const std::uint32_t*, std::size_t, std::string&);
template void encode_column(const std::uint64_t*, std::size_t, std::string&);
template void encode_column(const std::int64_t*, std::size_t, std::string&);

bool ColumnView::parse(std::string_view& bytes, std::size_t count) {
  std::uint8_t mode = 0;
  std::uint32_t scale = 1;
  if (!take(bytes, mode)) return false;
  mode_ = static_cast<Mode>(mode);
  std::size_t payload = 0;
  switch (mode_) {
    case Mode::constant:
      return take(bytes, base_);
    case Mode::frame:
      if (!take(bytes, width_) || !take(bytes, base_) || !take(bytes, scale)) return false;
      if (width_ < 1 || width_ > 8) return false;
      scale_ = scale;
      payload = count * width_;
      break;
    case Mode::list: {
      std::uint8_t size = 0;
      if (!take(bytes, size) || bytes.size() < 8u * size) return false;
      list_ = bytes.data();
      list_size_ = size;
      bytes.remove_prefix(8u * size);
      payload = count;
      break;
    }
    default:
      return false;
  }
  if (bytes.size() < payload) return false;
  payload_ = bytes.data();
  bytes.remove_prefix(payload);
  return true;
}

template <class Packed, class T>
void ColumnView::copy_packed(std::size_t from, std::size_t count, T* into) const {
  for (std::size_t i = 0; i < count; ++i) {
    Packed value;
    std::memcpy(&value, payload_ + (from + i) * sizeof(Packed), sizeof(Packed));
    into[i] = static_cast<T>(base_ + scale_ * value);
  }
}

template <class T>
void ColumnView::copy(std::size_t from, std::size_t count, T* into) const {
  if (mode_ == Mode::constant) {
    std::fill_n(into, count, static_cast<T>(base_));
  } else if (mode_ == Mode::list) {
    std::array<T, 256> values{};
    for (std::size_t i = 0; i < list_size_; ++i) values[i] = static_cast<T>(list_value(i));
    for (std::size_t i = 0; i < count; ++i) {
      into[i] = values[static_cast<unsigned char>(payload_[from + i])];
    }
  } else if (width_ == 1) {
    copy_packed<std::uint8_t>(from, count, into);
  } else if (width_ == 2) {
    copy_packed<std::uint16_t>(from, count, into);
  } else if (width_ == 4) {
    copy_packed<std::uint32_t>(from, count, into);
  } else if (width_ == 8) {
    copy_packed<std::uint64_t>(from, count, into);
  } else {
    const std::uint64_t mask = (std::uint64_t{1} << (8 * width_)) - 1;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t value;
      std::memcpy(&value, payload_ + (from + i) * width_, sizeof(value));
      into[i] = static_cast<T>(base_ + scale_ * (value & mask));
    }
  }
}

template void ColumnView::copy(std::size_t, std::size_t, std::uint8_t*) const;
template void ColumnView::copy(std::size_t, std::size_t, std::uint16_t*) const;
template void ColumnView::copy(std::size_t, std::size_t, std::uint32_t*) const;
template void ColumnView::copy(std::size_t, std::size_t, std::uint64_t*) const;
template void ColumnView::copy(std::size_t, std::size_t, std::int64_t*) const;

}  // namespace assay
