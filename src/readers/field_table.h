// Tables that pair a reader's own keys with fields.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "assay/record.h"

namespace assay {

// `field_table<Slot>({{kUid, "uid"}, ...})`, looked up once and kept in a static constant.
template <class Key, std::size_t kCount>
std::array<std::pair<Key, FieldId>, kCount> field_table(
    const std::pair<Key, std::string_view> (&words)[kCount]) {
  std::array<std::pair<Key, FieldId>, kCount> table{};
  for (std::size_t i = 0; i < kCount; ++i) table[i] = {words[i].first, field_id(words[i].second)};
  return table;
}

}  // namespace assay
