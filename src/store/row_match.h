// RowFilter evaluated on rows in memory: the reference that the SQL of other engines must agree
// with (tests/store compares them).
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>

#include "assay/store.h"

namespace assay {

class RowMatcher {
 public:
  explicit RowMatcher(const RowFilter& filter);
  bool wants_evidence(std::uint32_t evidence) const;
  bool matches(const RowBatch& rows, std::size_t i) const;
  bool matches(const RecordRow& record) const;

 private:
  // What a look-up and a record have alike.
  struct Common {
    std::uint64_t client, server, name, offset;
    std::uint16_t type;
    std::int64_t time_us;
  };
  bool matches(const Common& row) const;
  bool client_matches(std::uint64_t client) const;
  bool has_client_condition() const;

  const RowFilter& filter_;  // outlives the matcher: both live within one call of the store
  std::unordered_set<std::uint64_t> clients_;
  std::unordered_set<std::uint64_t> servers_;
  std::unordered_set<std::uint64_t> qnames_;
};

// The value of one group key; hours and days are counted from 1970, rounded down.
std::uint64_t group_value(GroupKey key, std::uint32_t evidence, const RowBatch& rows,
                          std::size_t i);

}  // namespace assay
