// The fields of a Protocol Buffers message, one after the other, without a copy.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

namespace assay {

struct ProtobufField {
  std::uint32_t number = 0;
  std::uint64_t value = 0;              // of a varint or fixed field
  std::span<const std::uint8_t> bytes;  // of a field with a length
  bool has_bytes = false;
};

// Every varint and length is checked; groups, which nobody has written for many years, are damage.
class ProtobufFields {
 public:
  explicit ProtobufFields(std::span<const std::uint8_t> message)
      : at_(message.data()), end_(message.data() + message.size()) {}

  // False at the end, and at damage.
  bool next(ProtobufField& field) {
    if (at_ == end_) return false;
    std::uint64_t key = 0;
    if (!varint(key) || key >> 3 == 0 || key >> 32 != 0) return fail();
    field.number = static_cast<std::uint32_t>(key >> 3);
    field.has_bytes = false;
    switch (key & 7) {
      case 0:
        return varint(field.value) || fail();
      case 1:
        return fixed<std::uint64_t>(field) || fail();
      case 2: {
        std::uint64_t length = 0;
        if (!varint(length) || length > static_cast<std::uint64_t>(end_ - at_)) return fail();
        field.bytes = {at_, static_cast<std::size_t>(length)};
        field.has_bytes = true;
        at_ += length;
        return true;
      }
      case 5:
        return fixed<std::uint32_t>(field) || fail();
      default:
        return fail();
    }
  }
  bool is_damaged() const { return is_damaged_; }

 private:
  bool fail() {
    is_damaged_ = true;
    return false;
  }
  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && at_ < end_; shift += 7) {
      const std::uint8_t byte = *at_++;
      if (shift == 63 && byte > 1) return false;  // more than 64 bits
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  template <class Number>
  bool fixed(ProtobufField& field) {
    if (static_cast<std::size_t>(end_ - at_) < sizeof(Number)) return false;
    field.value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      field.value |= std::uint64_t{at_[i]} << (8 * i);
    }
    at_ += sizeof(Number);
    return true;
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool is_damaged_ = false;
};

}  // namespace assay
