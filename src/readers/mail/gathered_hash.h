// A SHA-256 that is given lines: they are gathered first, since each call of the digest costs as
// much as hashing some forty bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "core/digest.h"

namespace assay {

class GatheredHash {
 public:
  void update(std::string_view bytes) {
    if (bytes.empty()) return;
    size_ += bytes.size();
    if (used_ + bytes.size() > kGathered) flush();
    if (bytes.size() > kGathered) return digest_.update(bytes);
    std::memcpy(gathered_.get() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  std::uint64_t size() const { return size_; }
  // Of everything so far; begins anew.
  std::string hex() {
    flush();
    std::string out = digest_.hex();
    digest_ = Sha256();
    size_ = 0;
    return out;
  }

 private:
  static constexpr std::size_t kGathered = 16'384;

  void flush() {
    if (used_ > 0) digest_.update({gathered_.get(), used_});
    used_ = 0;
  }

  Sha256 digest_;
  std::unique_ptr<char[]> gathered_ = std::make_unique_for_overwrite<char[]>(kGathered);
  std::size_t used_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace assay
