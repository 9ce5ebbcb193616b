// Keys of the words that a text log repeats line after line.
//
// A log names the same clients, servers and names over and over. Small direct-mapped tables keyed
// by the text itself spare parsing and hashing them anew; a wrong slot only costs the full way.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/names.h"
#include "assay/reader.h"

namespace assay {

// Text of at most kMaxText bytes -> Value; longer text is never kept.
template <class Value, std::size_t kSlots, std::size_t kMaxText>
class TextCache {
 public:
  // The slot that would hold `text`; `is_known` tells whether it does.
  struct Slot {
    std::uint8_t length = 0;  // 0: empty
    std::array<char, kMaxText> text;
    Value value{};
  };

  TextCache() : slots_(kSlots) {}

  Slot& slot(std::string_view text) { return slots_[hash(text) & (kSlots - 1)]; }
  static bool holds(const Slot& slot, std::string_view text) {
    return slot.length == text.size() &&
           std::memcmp(slot.text.data(), text.data(), text.size()) == 0;
  }
  static void put(Slot& slot, std::string_view text, const Value& value) {
    if (text.empty() || text.size() > kMaxText) return;
    slot.length = static_cast<std::uint8_t>(text.size());
    std::memcpy(slot.text.data(), text.data(), text.size());
    slot.value = value;
  }

 private:
  static_assert(kMaxText < 256 && (kSlots & (kSlots - 1)) == 0);

  // First, middle and last eight bytes: names and addresses differ in them or do not matter much.
  static std::size_t hash(std::string_view text) {
    const std::size_t size = text.size();
    std::uint64_t a = 0, b = 0, c = 0;
    if (size >= 8) {
      std::memcpy(&a, text.data(), 8);
      std::memcpy(&b, text.data() + size - 8, 8);
      std::memcpy(&c, text.data() + (size - 8) / 2, 8);
    } else {
      std::memcpy(&a, text.data(), size);
    }
    std::uint64_t h = (a ^ size) * 0x9e3779b97f4a7c15ull;
    h = (h ^ (h >> 32) ^ b) * 0xc2b2ae3d27d4eb4full;
    h = (h ^ (h >> 29) ^ c) * 0x165667b19e3779f9ull;
    return static_cast<std::size_t>(h ^ (h >> 32));
  }

  std::vector<Slot> slots_;
};

// One per read; used by one thread.
class TextKeys {
 public:
  explicit TextKeys(RecordSink& sink) : sink_(sink) {}

  // An address in text, without a port. Nothing when it is none.
  std::optional<std::uint64_t> host(std::string_view text);

  struct Name {
    std::uint64_t key = 0;
    bool had_capitals = false;
  };
  // A name in presentation form (RFC 1035 section 5.1). On a problem the name is not stored.
  std::optional<NameProblem> name(std::string_view presentation, Name& out);
  // A name whose labels stand unescaped between dots, as any bytes.
  std::optional<NameProblem> raw_name(std::string_view bytes, Name& out);

  std::optional<std::uint16_t> qtype(std::string_view mnemonic);
  std::optional<std::uint16_t> qclass(std::string_view mnemonic);

 private:
  RecordSink& sink_;
  TextCache<std::uint64_t, 4096, 47> hosts_;
  TextCache<Name, 8192, 79> names_;
  TextCache<std::uint16_t, 256, 15> qtypes_;
  std::string canonical_;
};

}  // namespace assay
