#include "store/row_sort.h"

#include <array>
#include <bit>
#include <tuple>

#include "store/segment_file.h"
#include "store/side_tables.h"

namespace assay {
namespace {

constexpr unsigned kDigitBits = 11;
// Names are hashes: so many bits of them part nearly all pairs of half a million rows.
constexpr unsigned kNameBits = 26;

unsigned bits_of(std::uint64_t most) { return static_cast<unsigned>(std::bit_width(most)); }

// Clients in fewer bits and the same order: IPv4 addresses as their distance to the lowest, and
// behind them the leading bits of IPv6 keys, which are hashes. Ranking the clients through a hash
// table left more bits to names and took twice as long as the sort.
class ClientPrefix {
 public:
  explicit ClientPrefix(const std::vector<std::uint64_t>& clients) {
    std::uint64_t high = 0;
    for (const std::uint64_t client : clients) {
      if (!is_ipv4_key(client)) {
        has_others_ = true;
        continue;
      }
      low_ = std::min(low_, client);
      high = std::max(high, client);
    }
    address_bits_ = std::max(low_ > high ? 0u : bits_of(high - low_), has_others_ ? 16u : 0u);
  }
  unsigned bits() const { return address_bits_ + (has_others_ ? 1 : 0); }
  std::uint64_t of(std::uint64_t client) const {
    if (is_ipv4_key(client)) return client - low_;
    return std::uint64_t{1} << address_bits_ | client >> (64 - address_bits_);
  }

 private:
  std::uint64_t low_ = ~std::uint64_t{0};
  unsigned address_bits_ = 0;
  bool has_others_ = false;
};

}  // namespace

void RowSorter::make_room(std::size_t count) {
  elements_.resize(count);
  order_.resize(count);
  position_bits_ = std::max(1u, bits_of(count == 0 ? 0 : count - 1));
}

void RowSorter::radix_sort(unsigned low_bit) {
  using Histogram = std::array<std::uint32_t, std::size_t{1} << kDigitBits>;
  constexpr unsigned kMostPasses = (64 + kDigitBits - 1) / kDigitBits;
  if (low_bit >= 64) return;
  other_.resize(elements_.size());
  const unsigned passes = (64 - low_bit + kDigitBits - 1) / kDigitBits;
  const unsigned digit_bits = (64 - low_bit + passes - 1) / passes;
  const std::uint64_t mask = (std::uint64_t{1} << digit_bits) - 1;
  std::array<Histogram, kMostPasses> histograms{};
  for (const std::uint64_t element : elements_) {
    for (unsigned pass = 0; pass < passes; ++pass) {
      ++histograms[pass][(element >> (low_bit + pass * digit_bits)) & mask];
    }
  }
  for (unsigned pass = 0; pass < passes; ++pass) {
    const unsigned shift = low_bit + pass * digit_bits;
    Histogram& at = histograms[pass];
    if (at[(elements_.front() >> shift) & mask] == elements_.size()) continue;
    std::uint32_t begin = 0;
    for (std::uint32_t& slot : at) begin += std::exchange(slot, begin);
    for (const std::uint64_t element : elements_) {
      other_[at[(element >> shift) & mask]++] = element;
    }
    elements_.swap(other_);
  }
}

template <class Before>
void RowSorter::settle_equal(unsigned low_bit, const Before& before) {
  const std::uint64_t position = (std::uint64_t{1} << position_bits_) - 1;
  const std::size_t count = elements_.size();
  for (std::size_t i = 0; i < count; ++i) {
    order_[i] = static_cast<std::uint32_t>(elements_[i] & position);
  }
  for (std::size_t begin = 0; begin < count;) {
    const std::uint64_t leading = elements_[begin] >> low_bit;
    bool is_sorted = true;
    std::size_t end = begin + 1;
    for (; end < count && elements_[end] >> low_bit == leading; ++end) {
      is_sorted = is_sorted && !before(order_[end], order_[end - 1]);
    }
    if (!is_sorted) {
      std::stable_sort(order_.begin() + static_cast<std::ptrdiff_t>(begin),
                       order_.begin() + static_cast<std::ptrdiff_t>(end), before);
    }
    begin = end;
  }
}

const std::vector<std::uint32_t>& RowSorter::sort(const RowBatch& rows,
                                                  const std::vector<std::uint32_t>* evidence,
                                                  RowOrder order) {
  const std::size_t count = rows.size();
  make_room(count);
  if (count == 0) return order_;
  const unsigned key_bits = 64 - position_bits_;
  const auto evidence_of = [evidence](std::size_t i) { return evidence ? (*evidence)[i] : 0; };
  const auto before_in_time = [&](std::uint32_t a, std::uint32_t b) {
    return std::tuple(rows.time_us[a], evidence_of(a), rows.offset[a]) <
           std::tuple(rows.time_us[b], evidence_of(b), rows.offset[b]);
  };
  if (order == RowOrder::by_time) {
    const auto [low, high] = std::minmax_element(rows.time_us.begin(), rows.time_us.end());
    const std::uint64_t first = ordered(*low);
    const unsigned span_bits = bits_of(ordered(*high) - first);
    const unsigned dropped = span_bits > key_bits ? span_bits - key_bits : 0;
    const unsigned raised = span_bits > key_bits ? 0 : key_bits - span_bits;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t key = (ordered(rows.time_us[i]) - first) >> dropped << raised;
      elements_[i] = key << position_bits_ | i;
    }
    const unsigned low_bit = position_bits_ + raised;
    if (low_bit < 64) radix_sort(low_bit);
    settle_equal(std::min(low_bit, 63u), before_in_time);
    return order_;
  }
  const ClientPrefix prefix(rows.client);
  const unsigned name_bits = key_bits - prefix.bits();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t key =
        prefix.of(rows.client[i]) << name_bits | rows.qname[i] >> (64 - name_bits);
    elements_[i] = key << position_bits_ | i;
  }
  const unsigned low_bit = 64 - prefix.bits() - std::min(name_bits, kNameBits);
  radix_sort(low_bit);
  settle_equal(low_bit, [&](std::uint32_t a, std::uint32_t b) {
    if (rows.client[a] != rows.client[b]) return rows.client[a] < rows.client[b];
    if (rows.qname[a] != rows.qname[b]) return rows.qname[a] < rows.qname[b];
    return before_in_time(a, b);
  });
  return order_;
}

const std::vector<std::uint32_t>& RowSorter::sort(const std::vector<std::uint64_t>& keys) {
  make_room(keys.size());
  if (keys.empty()) return order_;
  const auto [low, high] = std::minmax_element(keys.begin(), keys.end());
  const std::uint64_t first = *low, span = *high - first;
  const unsigned key_bits = 64 - position_bits_;
  const unsigned dropped = bits_of(span) > key_bits ? bits_of(span) - key_bits : 0;
  const unsigned raised = bits_of(span) > key_bits ? 0 : key_bits - bits_of(span);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    elements_[i] = ((keys[i] - first) >> dropped << raised) << position_bits_ | i;
  }
  // Keys that are hashes differ in their leading bits; the others are settled by comparison.
  const unsigned enough = std::min(key_bits, position_bits_ + 8);
  radix_sort(64 - enough);
  settle_equal(64 - enough, [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
  return order_;
}

}  // namespace assay
