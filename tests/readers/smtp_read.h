// Reads a capture through pcap_smtp, for tests.
#pragma once

#include "smtp_talk.h"

namespace assay::test {

inline void read_smtp(std::string_view bytes, RecordSink& sink, std::int64_t skew_us = 0,
                      std::size_t piece = SIZE_MAX) {
  MemorySource source(bytes, piece);
  ReadContext context;
  context.clock.skew_us = skew_us;
  const Status status = pcap_smtp_reader().read(source, context, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  const Balance& balance = sink.balance();
  EXPECT_TRUE(balance.is_even()) << balance.units << " units, " << balance.used << " used, "
                                 << balance.rejected << " rejected, " << balance.blank << " blank";
}

// Of each record of kind mail: recipient, status, step, code and enhanced code.
inline std::vector<std::string> fates(const CollectingSink& sink) {
  std::vector<std::string> out;
  for (const RecordRow& row : sink.records) {
    if (row.kind != RecordKind::mail) continue;
    const auto text = [&](std::string_view field) {
      const auto texts = sink.texts_of(row.number, field);
      return texts.empty() ? std::string("-") : texts[0];
    };
    std::string line = text("recipient") + " " + text("status") + " " + text("step");
    if (row.code != kNoCode) line += " " + std::to_string(row.code);
    if (text("enhanced_code") != "-") line += " " + text("enhanced_code");
    out.push_back(line);
  }
  return out;
}

}  // namespace assay::test
