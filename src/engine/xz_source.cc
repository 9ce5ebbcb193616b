#include "engine/xz_source.h"

#include <fmt/core.h>
#include <lzma.h>

#include <optional>

namespace assay {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 16;

class XzSource final : public ByteSource {
 public:
  explicit XzSource(ByteSource& inner) : inner_(inner), block_(new std::uint8_t[kBlockBytes]) {
    const lzma_ret outcome = lzma_stream_decoder(&stream_, kMaxXzMemoryBytes, LZMA_CONCATENATED);
    if (outcome != LZMA_OK) fail(outcome);
  }
  ~XzSource() override { lzma_end(&stream_); }

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    stream_.next_out = reinterpret_cast<std::uint8_t*>(into);
    stream_.avail_out = capacity;
    while (stream_.avail_out == capacity && !error_ && !is_at_end_) step();
    const std::size_t count = capacity - stream_.avail_out;
    if (count == 0 && error_) return *error_;
    return count;
  }

 private:
  void step() {
    if (stream_.avail_in == 0 && !is_input_done_) {
      const auto count = inner_.read(reinterpret_cast<char*>(block_.get()), kBlockBytes);
      if (!count.ok()) {
        error_ = count.error();
        return;
      }
      stream_.next_in = block_.get();
      stream_.avail_in = *count;
      taken_ += *count;
      is_input_done_ = *count == 0;
    }
    const lzma_ret outcome = lzma_code(&stream_, is_input_done_ ? LZMA_FINISH : LZMA_RUN);
    if (outcome == LZMA_STREAM_END) {
      is_at_end_ = true;
    } else if (outcome != LZMA_OK) {
      fail(outcome);
    }
  }

  void fail(lzma_ret outcome) {
    if (outcome == LZMA_MEMLIMIT_ERROR) {
      error_ = Error{ErrorCode::malformed,
                     fmt::format("the xz data asks for {} MiB of memory; at most {} are given",
                                 lzma_memusage(&stream_) >> 20, kMaxXzMemoryBytes >> 20),
                     "decompress it by hand if it is what it says it is, and add the result"};
      return;
    }
    const std::uint64_t at = taken_ - stream_.avail_in;
    error_ = Error{ErrorCode::malformed,
                   is_input_done_
                       ? fmt::format("the xz data is truncated: it ends within a part, after {} "
                                     "compressed bytes",
                                     at)
                       : fmt::format("the xz data is corrupt near compressed byte {}", at),
                   ""};
  }

  ByteSource& inner_;
  std::unique_ptr<std::uint8_t[]> block_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  std::uint64_t taken_ = 0;
  bool is_input_done_ = false;
  bool is_at_end_ = false;
  std::optional<Error> error_;
};

}  // namespace

std::unique_ptr<ByteSource> make_xz_source(ByteSource& inner) {
  return std::make_unique<XzSource>(inner);
}

}  // namespace assay
