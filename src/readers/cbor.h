// CBOR (RFC 8949) over bytes in memory, without recursion and without a copy.
//
// Every length is checked against what is left. Strings in chunks and numbers with a fraction are
// taken for damage where they are asked for: no writer of our formats makes them.
#pragma once

#include <cstdint>
#include <span>

namespace assay {

inline constexpr unsigned kMaxCborDepth = 24;

class Cbor {
 public:
  using Bytes = std::span<const std::uint8_t>;
  enum class State : std::uint8_t { good, cut, damaged };
  enum Major : std::uint8_t { uint, negative, bytes, text, array, map, tag, simple };

  Cbor() = default;
  explicit Cbor(Bytes input, std::size_t at = 0) : input_(input), at_(at) {}

  State state() const { return state_; }
  bool is_good() const { return state_ == State::good; }
  std::size_t at() const { return at_; }
  // For a value that its format does not allow. Always false.
  bool refuse() { return fail(); }

  // The members of an array or the pairs of a map, of known number or up to a break.
  struct Items {
    std::uint64_t left = 0;
    bool is_open = false;
  };
  bool enter(Major major, Items& items) {
    Head head;
    if (!read_head(head)) return false;
    if (head.major != major) return fail();
    items = {head.value, head.is_open};
    return true;
  }
  // Whether one more member follows.
  bool more(Items& items) {
    if (!is_good()) return false;
    if (!items.is_open) return items.left > 0 && items.left-- > 0;
    if (at_ >= input_.size()) return cut();
    if (input_[at_] != 0xff) return true;
    ++at_;
    return false;
  }
  // A whole number, which may be negative.
  bool number(std::int64_t& value) {
    Head head;
    if (!read_head(head)) return false;
    if (head.major > negative || head.value > static_cast<std::uint64_t>(INT64_MAX)) return fail();
    value = static_cast<std::int64_t>(head.value);
    if (head.major == negative) value = -1 - value;
    return true;
  }
  bool string(Major major, Bytes& value) {
    Head head;
    if (!read_head(head)) return false;
    if (head.major != major || head.is_open) return fail();
    if (head.value > input_.size() - at_) return cut();
    value = input_.subspan(at_, head.value);
    at_ += head.value;
    return true;
  }
  // Passes over one item, whatever it is.
  bool skip() {
    std::uint64_t left[kMaxCborDepth];  // items that each open level still has; kOpen: to a break
    unsigned depth = 0;
    do {
      if (at_ < input_.size() && input_[at_] == 0xff) {
        if (depth == 0 || left[depth - 1] != kOpen) return fail();
        ++at_;
        --depth;
      } else if (!skip_head(left, depth)) {
        return false;
      }
      while (depth > 0 && left[depth - 1] == 0) --depth;
    } while (depth > 0);
    return true;
  }

 private:
  static constexpr std::uint64_t kOpen = UINT64_MAX;
  struct Head {
    Major major = uint;
    std::uint64_t value = 0;
    bool is_open = false;
  };

  bool fail() {
    state_ = State::damaged;
    return false;
  }
  bool cut() {
    state_ = State::cut;
    return false;
  }
  // One item without its members, which a level is opened for.
  bool skip_head(std::uint64_t (&left)[kMaxCborDepth], unsigned& depth) {
    Head head;
    if (!read_head(head)) return false;
    if (depth > 0 && left[depth - 1] != kOpen) --left[depth - 1];
    const bool is_string = head.major == bytes || head.major == text;
    if (is_string && !head.is_open) {
      if (head.value > input_.size() - at_) return cut();
      at_ += head.value;
      return true;
    }
    if (head.major != array && head.major != map && head.major != tag && !is_string) return true;
    if (depth == kMaxCborDepth || head.value > UINT64_MAX / 4) return fail();
    std::uint64_t members = head.major == map ? head.value * 2 : head.value;
    if (head.major == tag) members = 1;
    left[depth++] = head.is_open ? kOpen : members;
    return true;
  }
  bool read_head(Head& head) {
    if (!is_good()) return false;
    if (at_ >= input_.size()) return cut();
    const std::uint8_t first = input_[at_++];
    head.major = static_cast<Major>(first >> 5);
    const unsigned low = first & 31;
    head.is_open = false;
    head.value = low;
    if (low < 24) return true;
    if (low == 31) {
      head.is_open = head.major >= bytes && head.major <= map;
      head.value = 0;
      return head.is_open || fail();
    }
    if (low > 27) return fail();
    const std::size_t size = std::size_t{1} << (low - 24);
    if (input_.size() - at_ < size) return cut();
    head.value = 0;
    for (std::size_t i = 0; i < size; ++i) head.value = head.value << 8 | input_[at_ + i];
    at_ += size;
    return true;
  }

  Bytes input_;
  std::size_t at_ = 0;
  State state_ = State::good;
};

// Calls `take` with the key of each pair of a map; `take` reads the value, or leaves it: false
// then.
template <class Take>
bool for_each_pair(Cbor& cbor, Take take) {
  Cbor::Items items;
  if (!cbor.enter(Cbor::map, items)) return false;
  while (cbor.more(items)) {
    std::int64_t key = 0;
    if (!cbor.number(key)) return false;
    if (!take(key) && (!cbor.is_good() || !cbor.skip())) return false;
  }
  return cbor.is_good();
}

// Calls `take` for each member of an array; it reads the member.
template <class Take>
bool for_each_member(Cbor& cbor, Take take) {
  Cbor::Items items;
  if (!cbor.enter(Cbor::array, items)) return false;
  while (cbor.more(items)) {
    if (!take()) return false;
  }
  return cbor.is_good();
}

}  // namespace assay
