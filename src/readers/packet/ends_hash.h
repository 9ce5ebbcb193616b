// The hash under which tables keep what senders of packets chose: addresses, ports, numbers.
//
// Who knows a hash can make all its flows fall into one bucket, where each packet passes over all
// of them: 45,000 flows in 2 MB took half a minute. So it goes by the case's seed, as names do.
#pragma once

#include <cstdint>

#include "assay/reader.h"
#include "readers/packet/packet.h"

namespace assay {

class EndsHash {
 public:
  explicit EndsHash(RecordSink& sink);
  std::size_t operator()(const Endpoints& ends) const;
  // `more`: what else tells one from another.
  std::size_t of(const Endpoints& ends, std::uint64_t more) const;

 private:
  std::uint64_t seed_;
};

}  // namespace assay
