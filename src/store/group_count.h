// Grouped counts: hashed while they fit into memory, otherwise sorted runs on disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "assay/store.h"

namespace assay {

// Counts by up to some dozen keys, in a flat table. 5 M rows by name (2.5 M groups): 0.2 s.
class GroupCounter {
 public:
  // Beyond `most_bytes` groups go to a file without a name in `directory`.
  GroupCounter(std::size_t keys, std::size_t most_bytes, std::string directory);
  GroupCounter(const GroupCounter&) = delete;
  GroupCounter& operator=(const GroupCounter&) = delete;
  ~GroupCounter();

  // Adds one event to the group of `keys` values. Errors: io.
  Status add(const std::uint64_t* key);
  // Groups in ascending order of their keys until `each` returns false. Errors: io.
  Status send(const std::function<bool(const GroupCount&)>& each);

 private:
  struct Run {
    std::uint64_t at = 0, end = 0;  // bytes in the file
  };
  class RunReader;

  std::size_t stride() const { return keys_ + 1; }
  std::size_t groups() const { return entries_.size() / stride(); }
  const std::uint64_t* entry(std::size_t i) const { return &entries_[i * stride()]; }
  std::uint64_t hash(const std::uint64_t* key) const;
  void grow();
  std::vector<std::uint32_t> sorted() const;
  Status spill();
  Status merge(const std::function<bool(const GroupCount&)>& each);

  const std::size_t keys_;
  const std::size_t most_groups_;
  const std::string directory_;
  std::vector<std::uint64_t> entries_;  // keys and count, one group after the other
  std::vector<std::uint32_t> slots_;    // number of a group, plus one
  int file_ = -1;
  std::uint64_t written_ = 0;
  std::vector<Run> runs_;
};

}  // namespace assay
