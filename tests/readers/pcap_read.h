// Reads a capture through pcap_dns, for tests.
#pragma once

#include <gtest/gtest.h>

#include "read_text.h"
#include "readers/readers.h"

namespace assay::test {

inline void read_capture(std::string_view bytes, RecordSink& sink, std::int64_t skew_us = 0) {
  MemorySource source(bytes);
  ReadContext context;
  context.clock.skew_us = skew_us;
  const Status status = pcap_dns_reader().read(source, context, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  const Balance& balance = sink.balance();
  EXPECT_TRUE(balance.is_even()) << balance.units << " units, " << balance.used << " used, "
                                 << balance.rejected << " rejected, " << balance.blank << " blank";
}

}  // namespace assay::test
