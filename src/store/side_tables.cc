#include "store/side_tables.h"

#include <fmt/core.h>

namespace assay {
namespace {

// With 64-bit keys a hundred million names share one with a chance of 3 in 10,000: rare enough for
// another case under another seed, too likely for a verdict to rest on silence about it.
Error collision(std::string_view what, std::uint64_t key) {
  return {
      ErrorCode::internal,
      fmt::format("two {} share the key {:016x} in the record store", what, key),
      "the seed of the keys is sealed when a case is made: make a new case, which draws another, "
      "and add the same evidence to it"};
}

}  // namespace

std::string_view rdata_of(const RowBatch& batch, std::size_t i) {
  const std::uint64_t begin = i == 0 ? 0 : batch.answer_end[i - 1];
  return std::string_view(batch.answer_rdata).substr(begin, batch.answer_end[i] - begin);
}

std::string_view field_text_of(const RowBatch& batch, std::size_t i) {
  const std::uint64_t begin = i == 0 ? 0 : batch.field_end[i - 1];
  return std::string_view(batch.field_text).substr(begin, batch.field_end[i] - begin);
}

Status CollisionCheck::add_name(std::uint64_t key, std::uint64_t check) {
  if (last_name_ && last_name_->key == key && last_name_->check != check) {
    return collision("names", key);
  }
  last_name_ = NameKey{key, check};
  return {};
}

Status CollisionCheck::add_host(std::uint64_t key, const IpAddress& address) {
  if (last_host_ && last_host_->key == key && last_host_->address != address) {
    return collision("addresses", key);
  }
  last_host_ = NewHost{key, address};
  return {};
}

}  // namespace assay
