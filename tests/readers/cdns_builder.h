// Makes C-DNS files (RFC 8618) by hand, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "packet_builder.h"

namespace assay::test {

inline std::string cbor_head(unsigned major, std::uint64_t value) {
  const unsigned high = major << 5;
  if (value < 24) return u8(high | static_cast<unsigned>(value));
  if (value <= 0xff) return u8(high | 24) + u8(static_cast<unsigned>(value));
  if (value <= 0xffff) return u8(high | 25) + u16(static_cast<unsigned>(value));
  if (value <= 0xffffffff) return u8(high | 26) + u32(static_cast<std::uint32_t>(value));
  return u8(high | 27) + u32(static_cast<std::uint32_t>(value >> 32)) +
         u32(static_cast<std::uint32_t>(value));
}
inline std::string cbor_number(std::int64_t value) {
  return value >= 0 ? cbor_head(0, static_cast<std::uint64_t>(value))
                    : cbor_head(1, static_cast<std::uint64_t>(-1 - value));
}
inline std::string cbor_bytes(std::string_view bytes) {
  return cbor_head(2, bytes.size()) + std::string(bytes);
}
inline std::string cbor_text(std::string_view text) {
  return cbor_head(3, text.size()) + std::string(text);
}
inline std::string cbor_array(const std::vector<std::string>& members) {
  std::string out = cbor_head(4, members.size());
  for (const std::string& member : members) out += member;
  return out;
}
using CborPairs = std::vector<std::pair<std::int64_t, std::string>>;
inline std::string cbor_map(const CborPairs& pairs) {
  std::string out = cbor_head(5, pairs.size());
  for (const auto& [key, value] : pairs) out += cbor_number(key) + value;
  return out;
}

// A file of one block with one pair, one query alone, one malformed message and one address event.
struct CdnsFile {
  std::int64_t major = 1;
  std::int64_t ticks_per_second = 1'000'000;
  std::int64_t item_hints = 0x3ffff;
  CborPairs more_storage;  // further storage parameters
  std::int64_t seconds = 1'772'409'600, ticks = 100;
  std::int64_t first_signature = 0;
  std::vector<std::string> more_items;
  CborPairs more_tables, more_of_event;
  std::size_t listed_records = 1;  // how often the one list of records names the one record
  bool is_open = false;            // arrays of unknown length, as the compactor writes them

  std::string storage() const {
    CborPairs pairs = {{0, cbor_number(ticks_per_second)},
                       {1, cbor_number(5'000)},
                       {2, cbor_map({{0, cbor_number(item_hints)},
                                     {1, cbor_number(0x1ffff)},
                                     {2, cbor_number(3)},
                                     {3, cbor_number(3)}})},
                       {3, cbor_array({cbor_number(0), cbor_number(5)})},
                       {4, cbor_array({cbor_number(1), cbor_number(15)})}};
    pairs.insert(pairs.end(), more_storage.begin(), more_storage.end());
    return cbor_map(pairs);
  }
  std::string tables() const {
    const auto signature = [](std::int64_t about, std::int64_t dns, std::int64_t classtype) {
      return cbor_map({{0, cbor_number(1)},
                       {1, cbor_number(53)},
                       {2, cbor_number(0)},
                       {4, cbor_number(about)},
                       {5, cbor_number(0)},
                       {6, cbor_number(dns)},
                       {8, cbor_number(classtype)},
                       {16, cbor_number(0)}});
    };
    const auto classtype = [](std::int64_t type) {
      return cbor_map({{0, cbor_number(type)}, {1, cbor_number(1)}});
    };
    CborPairs pairs = {
        {0, cbor_array({cbor_bytes(address_bytes(kClient)), cbor_bytes(address_bytes(kServer))})},
        {1, cbor_array({classtype(1), classtype(15)})},
        {2, cbor_array({cbor_bytes(wire_name("Mail.Bank.example")), cbor_bytes(u32(0xc0000219)),
                        cbor_bytes(wire_name("clinic.example"))})},
        {3, cbor_array(
                {signature(3, 1 << 4 | 1 << 11 | 1 << 12 | 1 << 14, 0), signature(1, 1 << 4, 1)})},
        {6, cbor_array({cbor_array(std::vector<std::string>(listed_records, cbor_number(0)))})},
        {7, cbor_array({cbor_map({{0, cbor_number(0)},
                                  {1, cbor_number(0)},
                                  {2, cbor_number(300)},
                                  {3, cbor_number(1)}})})},
        {8, cbor_array({cbor_map({{0, cbor_number(1)}, {3, cbor_bytes("broken")}})})}};
    pairs.insert(pairs.end(), more_tables.begin(), more_tables.end());
    return cbor_map(pairs);
  }
  std::string bytes() const {
    std::vector<std::string> items = {cbor_map({{0, cbor_number(50)},
                                                {1, cbor_number(0)},
                                                {2, cbor_number(40'000)},
                                                {3, cbor_number(7)},
                                                {4, cbor_number(first_signature)},
                                                {6, cbor_number(1'500)},
                                                {7, cbor_number(0)},
                                                {12, cbor_map({{1, cbor_number(0)}})}}),
                                      cbor_map({{0, cbor_number(5'000)},
                                                {1, cbor_number(0)},
                                                {2, cbor_number(40'001)},
                                                {3, cbor_number(8)},
                                                {4, cbor_number(1)},
                                                {7, cbor_number(2)}})};
    items.insert(items.end(), more_items.begin(), more_items.end());
    CborPairs event = {
        {0, cbor_number(2)}, {1, cbor_number(3)}, {2, cbor_number(0)}, {4, cbor_number(12)}};
    event.insert(event.end(), more_of_event.begin(), more_of_event.end());
    const std::string block = cbor_map(
        {{0, cbor_map({{0, cbor_array({cbor_number(seconds), cbor_number(ticks)})}})},
         {2, tables()},
         {3, cbor_array(items)},
         {4, cbor_array({cbor_map(event)})},
         {5, cbor_array(
                 {cbor_map({{0, cbor_number(1)}, {1, cbor_number(0)}, {3, cbor_number(0)}})})}});
    const std::string preamble = cbor_map(
        {{0, cbor_number(major)},
         {1, cbor_number(0)},
         {3, cbor_array({cbor_map({{0, storage()},
                                   {1, cbor_map({{8, cbor_text("Example 1.0")},
                                                 {9, cbor_text("ns1.bank.example")}})}})})}});
    const std::string blocks = is_open ? "\x9f" + block + "\xff" : cbor_head(4, 1) + block;
    return cbor_head(4, 3) + cbor_text("C-DNS") + preamble + blocks;
  }
};

}  // namespace assay::test
