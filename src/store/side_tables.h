// What every engine does alike with the names, hosts and answers that travel in a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "assay/record.h"
#include "assay/result.h"

namespace assay {

// The rdata of answers[i] of a batch.
std::string_view rdata_of(const RowBatch& batch, std::size_t i);
// The text of fields[i] of a batch.
std::string_view field_text_of(const RowBatch& batch, std::size_t i);

// An IPv4 address is its own key (names.h) and needs no side table.
inline bool is_ipv4_key(std::uint64_t key) { return key <= 0xffffffffu; }

// Finds two names, or two hosts, under one key in a sequence that ascends by key. Feed it the whole
// side table; it keeps only the last entry. Errors: internal, naming the rebuild.
class CollisionCheck {
 public:
  Status add_name(std::uint64_t key, std::uint64_t check);
  Status add_host(std::uint64_t key, const IpAddress& address);

 private:
  std::optional<NameKey> last_name_;
  std::optional<NewHost> last_host_;
};

}  // namespace assay
