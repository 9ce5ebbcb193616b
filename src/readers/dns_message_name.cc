#include <cstring>

#include "assay/names.h"
#include "readers/dns_message.h"

namespace assay {
namespace {

constexpr DnsProblem kShort{"dns.name.short", "a name runs past the end of the message"};
constexpr DnsProblem kTooLong{"dns.name.too_long", "a name is longer than 255 bytes"};
constexpr DnsProblem kLabelType{"dns.name.label_type",
                                "a label begins with the bits 01 or 10, which mean nothing"};
constexpr DnsProblem kForward{"dns.name.pointer_forward",
                              "a compression pointer does not point backwards"};
constexpr DnsProblem kLoop{"dns.name.pointer_loop",
                           "a name follows more compression pointers than a name has labels"};

// Walks the labels at `at` and hands each run of whole labels to `take(begin, length)`.
template <class Take>
DnsProblem walk_name(Bytes message, std::size_t at, std::size_t& next, Take take) {
  std::size_t run = at;  // where the present run of labels began
  std::size_t total = 0;
  std::size_t hops = 0;
  const std::size_t size = message.size();
  for (;;) {
    if (at >= size) return kShort;
    const std::uint8_t length = message[at];
    if (length == 0) {
      if (total + (at - run) + 1 > kMaxWireName) return kTooLong;
      take(run, at - run + 1);
      if (hops == 0) next = at + 1;
      return {};
    }
    if (length < 64) {
      at += 1 + length;
      if (total + (at - run) >= kMaxWireName) return kTooLong;
      continue;
    }
    if (length < 0xc0) return kLabelType;
    if (at + 1 >= size) return kShort;
    const std::size_t target = static_cast<std::size_t>(length & 0x3f) << 8 | message[at + 1];
    if (target >= run) return kForward;
    if (hops == 0) next = at + 2;
    if (++hops > kMaxPointerHops) return kLoop;
    take(run, at - run);
    total += at - run;
    at = run = target;
  }
}

}  // namespace

DnsProblem expand_name(Bytes message, std::size_t at, WireName& into, std::size_t& next) {
  into.length = 0;
  return walk_name(message, at, next, [&](std::size_t begin, std::size_t length) {
    std::memcpy(into.bytes.data() + into.length, message.data() + begin, length);
    into.length += length;
  });
}

DnsProblem skip_name(Bytes message, std::size_t at, std::size_t& next) {
  return walk_name(message, at, next, [](std::size_t, std::size_t) {});
}

void append_canonical_name(Bytes wire_name, std::string& out, bool* had_upper) {
  std::size_t at = 0;
  while (at < wire_name.size() && wire_name[at] != 0) {
    const std::size_t length = wire_name[at];
    if (at != 0) out.push_back('.');
    append_canonical_label({reinterpret_cast<const char*>(wire_name.data()) + at + 1, length}, out,
                           had_upper);
    at += 1 + length;
  }
}

}  // namespace assay
