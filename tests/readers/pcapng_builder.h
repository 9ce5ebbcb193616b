// Makes pcapng files by hand, for tests.
#pragma once

#include "packet_builder.h"

namespace assay::test {

// A pcapng file, block by block, in either byte order.
class Pcapng {
 public:
  explicit Pcapng(bool is_little = true) : is_little_(is_little) { section(); }

  Pcapng& section() {
    return block(0x0a0d0d0a, word(0x1a2b3c4d) + half(1) + half(0) + std::string(8, '\xff'));
  }
  Pcapng& interface(unsigned link_type, std::uint32_t snap = 65'536, std::string options = "") {
    return block(1, half(link_type) + half(0) + word(snap) + options);
  }
  std::string option(unsigned code, std::string value) const {
    const auto size = static_cast<unsigned>(value.size());
    value.resize((value.size() + 3) / 4 * 4);
    return half(code) + half(size) + value;
  }
  // An Enhanced Packet Block; `ticks` of the interface's clock. Returns its offset.
  std::uint64_t packet(std::uint32_t interface, std::uint64_t ticks, const std::string& frame) {
    const std::uint64_t offset = bytes.size();
    const auto size = static_cast<std::uint32_t>(frame.size());
    block(6, word(interface) + word(static_cast<std::uint32_t>(ticks >> 32)) +
                 word(static_cast<std::uint32_t>(ticks)) + word(size) + word(size) + frame);
    return offset;
  }
  Pcapng& block(std::uint32_t type, std::string body) {
    body.resize((body.size() + 3) / 4 * 4);
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    bytes += word(type) + word(length) + body + word(length);
    return *this;
  }
  std::string word(std::uint32_t value) const {
    return is_little_ ? reversed(u32(value)) : u32(value);
  }
  std::string half(unsigned value) const { return is_little_ ? reversed(u16(value)) : u16(value); }

  std::string bytes;

 private:
  bool is_little_;
};

}  // namespace assay::test
