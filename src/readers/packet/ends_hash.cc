#include "readers/packet/ends_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace assay {

// A sink does not tell its seed. The key of the root's name, which captures hold anyway, hangs on
// nothing else.
EndsHash::EndsHash(RecordSink& sink) : seed_(sink.name("")) {}

std::size_t EndsHash::operator()(const Endpoints& ends) const { return of(ends, 0); }

std::size_t EndsHash::of(const Endpoints& ends, std::uint64_t more) const {
  std::uint8_t bytes[44];
  std::memcpy(bytes, ends.source.bytes.data(), 16);
  std::memcpy(bytes + 16, ends.destination.bytes.data(), 16);
  std::memcpy(bytes + 32, &ends.source_port, 2);
  std::memcpy(bytes + 34, &ends.destination_port, 2);
  std::memcpy(bytes + 36, &more, 8);
  return XXH3_64bits_withSeed(bytes, sizeof bytes, seed_);
}

}  // namespace assay
