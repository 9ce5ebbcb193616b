// What is kept of each message while sets are compared: about 250 bytes, whatever its size.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/record.h"
#include "assay/store.h"
#include "core/text_sketch.h"

namespace assay::review {

// Half of a SHA-256: two that are equal by chance, or by anybody's design, need 2^64 tries.
struct Key {
  std::uint64_t high = 0, low = 0;
  bool is_set() const { return (high | low) != 0; }
  friend auto operator<=>(const Key&, const Key&) = default;
};
Key key_of_hex(std::string_view sha256);
Key key_of_text(std::string_view text);

inline constexpr std::uint32_t kNone = UINT32_MAX;

struct Item {
  std::uint64_t offset = 0;
  std::int64_t time_us = 0;
  Key id;           // of the Message-ID
  Key bytes;        // of the message as it lies there
  Key content;      // of the text in one form; of the body's bytes where there is none
  Key attachments;  // of all parts that are no text
  Key matter;       // of content and attachments
  Key sending;      // of Message-ID and matter
  Key header;       // of author, recipients, subject, date and matter
  std::uint32_t evidence = 0, length = 0;
  std::uint32_t sketch = kNone;  // in ItemSet::sketches
  bool has_text = false, is_encrypted = false, is_time_unknown = false;

  bool is_comparable() const { return id.is_set() || content.is_set(); }
  // Content that two messages have in common for another reason than being copies: "Thank you."
  bool is_content_telling() const { return content.is_set() && (sketch != kNone || !has_text); }
};

// The bare Message-ID: without blanks and angle brackets.
std::string_view bare_id(std::string_view id);

class ItemSet {
 public:
  // A record of kind message.
  void add(const StoredRecord& record);

  const std::vector<Item>& items() const { return items_; }
  std::string_view sketch_of(const Item& item) const {
    if (item.sketch == kNone) return {};
    return std::string_view(sketches_).substr(std::size_t{item.sketch} * kSketchBins, kSketchBins);
  }

 private:
  std::vector<Item> items_;
  std::string sketches_;
};

// Finds items by one of their keys.
class KeyIndex {
 public:
  KeyIndex(const std::vector<Item>& items, Key Item::*key);
  // The first item with that key; kNone when there is none, and for a key that is not set.
  std::uint32_t find(const Key& key) const;

 private:
  const std::vector<Item>& items_;
  Key Item::*key_;
  std::vector<std::uint32_t> order_;
};

}  // namespace assay::review
