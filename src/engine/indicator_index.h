// The entries of lists of indicators, found by name, address and mailbox.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/evidence.h"
#include "assay/names.h"
#include "assay/store.h"
#include "methods/support/indicator_matches.h"

namespace assay {

// A different value that was asserted, by one entry or several.
struct IndicatorHit {
  std::uint32_t value = 0;  // index into IndicatorIndex::values()
  bool is_below = false;
  friend auto operator<=>(const IndicatorHit&, const IndicatorHit&) = default;
};
using IndicatorHits = std::vector<IndicatorHit>;

struct IndicatorValue {
  std::string name;  // canonical; "" for an address or network
  std::optional<IpPrefix> network;
  std::vector<std::uint32_t> entries;  // indices into IndicatorIndex::entries()
};

class IndicatorIndex {
 public:
  // Reads all records of kind indicator of these evidences, up to `most`.
  Status load(RecordStore& store, const std::vector<std::uint32_t>& evidences, std::size_t most);

  const std::vector<IndicatorAssertion>& entries() const { return entries_; }
  const std::vector<IndicatorValue>& values() const { return values_; }
  std::uint64_t left_out() const { return left_out_; }

  // Appends what is asserted of the name itself and of names above it. O(labels).
  void find_name(std::string_view canonical, IndicatorHits& hits) const;
  // The same of an address and of networks that hold it. O(different lengths of networks).
  void find_address(const IpAddress& address, IndicatorHits& hits) const;
  // Of "user@domain", in lower case.
  void find_mailbox(std::string_view mailbox, IndicatorHits& hits) const;
  // Whether any address is asserted at all: then answers need not be looked at for them.
  bool has_addresses() const { return !by_length_.empty(); }

 private:
  struct AddressHash {
    std::size_t operator()(const IpAddress& address) const;
  };
  void add(IndicatorAssertion entry, const StoredRecord& record);
  std::uint32_t value_of_name(const std::string& canonical);
  std::uint32_t value_of_network(const IpPrefix& network);
  std::uint32_t value_of_mailbox(const std::string& mailbox);
  std::uint32_t new_value();

  std::vector<IndicatorAssertion> entries_;
  std::vector<IndicatorValue> values_;
  std::unordered_map<std::string, std::uint32_t> names_, mailboxes_;
  // By length in bits of the 16-byte form, the longest first; within it by the network's address.
  std::map<int, std::unordered_map<IpAddress, std::uint32_t, AddressHash>, std::greater<>>
      by_length_;
  std::uint64_t left_out_ = 0;
};

}  // namespace assay
