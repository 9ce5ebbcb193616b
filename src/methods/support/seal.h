// Seals the rows that a finding rests on, so that another expert can tell whether the same ones
// were taken. All selections are sealed here: the hash is part of what two experts compare.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "assay/finding.h"
#include "core/digest.h"

namespace assay::methods {

// SHA-256 over "<evidence number>:<offset>:<length>\n" in the order of add(), with the first rows
// as examples. O(rows), and a buffer of 64 KiB.
class SelectionSeal {
 public:
  // `id_of` names an evidence in the examples; "" leaves the number to stand for it.
  using IdOf = std::function<std::string(std::uint32_t evidence)>;
  SelectionSeal(std::string description, IdOf id_of);

  void add(std::uint32_t evidence, std::uint64_t offset, std::uint64_t length);
  Selection finish();

 private:
  void append(std::uint64_t value, char end);

  IdOf id_of_;
  Selection selection_;
  Sha256 digest_;
  std::string buffer_;
  std::vector<bool> is_told_;  // by evidence number
};

}  // namespace assay::methods
