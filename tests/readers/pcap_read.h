// Reads a capture through pcap_dns, for tests.
#pragma once

#include <gtest/gtest.h>

#include "read_text.h"
#include "readers/byte_order.h"
#include "readers/readers.h"

namespace assay::test {

// Counts the records of a capture with big-endian headers on its own; nothing when it is another
// file, or a damaged one.
inline std::optional<std::uint64_t> count_packets(std::string_view capture) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(capture.data());
  if (capture.size() < 24 || be32(bytes) != 0xa1b2c3d4 || be16(bytes + 6) != 4) return std::nullopt;
  std::uint64_t count = 0;
  std::size_t at = 24;
  for (; at + 16 <= capture.size(); ++count) at += 16 + std::size_t{be32(bytes + at + 8)};
  return at == capture.size() ? std::optional(count) : std::nullopt;
}

inline void read_capture(std::string_view bytes, RecordSink& sink, std::int64_t skew_us = 0) {
  MemorySource source(bytes);
  ReadContext context;
  context.clock.skew_us = skew_us;
  const Status status = pcap_dns_reader().read(source, context, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  const Balance& balance = sink.balance();
  EXPECT_TRUE(balance.is_even()) << balance.units << " units, " << balance.used << " used, "
                                 << balance.rejected << " rejected, " << balance.blank << " blank";
  if (const auto packets = count_packets(bytes)) {
    EXPECT_EQ(balance.units, *packets);
  }
}

}  // namespace assay::test
