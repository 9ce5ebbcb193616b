// A table of what waits for later lines of a log, with a bound: when it is full, what was touched
// longest ago falls out, and whoever owns the table says what becomes of it.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace assay {

template <class Value>
class BoundedTable {
 public:
  explicit BoundedTable(std::size_t capacity) : capacity_(capacity) {}

  // The value under `key`, which counts as touched; nullptr when there is none.
  Value* find(std::string_view key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.end(), entries_, found->second);
    return &found->second->second;
  }
  // What must leave before one more comes in: call before insert().
  std::optional<Value> make_room() {
    if (entries_.size() < capacity_) return {};
    std::optional<Value> oldest(std::move(entries_.front().second));
    places_.erase(entries_.front().first);
    entries_.pop_front();
    return oldest;
  }
  // Of a key that is not there.
  Value& insert(std::string_view key) {
    entries_.emplace_back(std::string(key), Value());
    places_.emplace(entries_.back().first, std::prev(entries_.end()));
    return entries_.back().second;
  }
  void erase(std::string_view key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    const auto entry = found->second;
    places_.erase(found);
    entries_.erase(entry);
  }
  // From the one touched longest ago to the last one.
  template <class Take>
  void for_each(Take take) {
    for (auto& entry : entries_) take(entry.second);
  }

 private:
  using Entries = std::list<std::pair<std::string, Value>>;
  std::size_t capacity_;
  Entries entries_;
  std::unordered_map<std::string_view, typename Entries::iterator> places_;
};

}  // namespace assay
