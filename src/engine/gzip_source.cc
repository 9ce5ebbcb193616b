#include "engine/gzip_source.h"

#include <fmt/core.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <optional>

namespace assay {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

Error damage(std::string what) { return {ErrorCode::malformed, std::move(what), ""}; }

std::string_view reason_of(int outcome) {
  switch (outcome) {
    case ISAL_INVALID_BLOCK:
      return "invalid block";
    case ISAL_INVALID_SYMBOL:
      return "invalid code";
    case ISAL_INVALID_LOOKBACK:
      return "invalid distance too far back";
    case ISAL_INVALID_WRAPPER:
      return "incorrect header check";
    case ISAL_UNSUPPORTED_METHOD:
      return "unknown compression method";
    case ISAL_INCORRECT_CHECKSUM:
      return "incorrect data check";
    default:
      return "no reason given";
  }
}

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(ByteSource& inner)
      : inner_(inner), block_(new std::uint8_t[kBlockBytes]), state_(new inflate_state) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    const auto wanted =
        static_cast<std::uint32_t>(std::min<std::size_t>(capacity, std::size_t{1} << 30));
    state_->next_out = reinterpret_cast<std::uint8_t*>(into);
    state_->avail_out = wanted;
    while (state_->avail_out == wanted && !error_ && !is_at_end_) step();
    const std::size_t count = wanted - state_->avail_out;
    if (count == 0 && error_) return *error_;
    return count;
  }

 private:
  // Decompresses something, or moves on in the input, or ends with error_ or is_at_end_.
  void step() {
    // Without input it may still have output: what did not fit the last time.
    if (state_->avail_in == 0 && !has_output_left_ && !fill()) return;
    if (!is_within_part_ && !begin_part()) return;
    const std::uint32_t room = state_->avail_out;
    const int outcome = isal_inflate(state_.get());
    has_output_left_ = state_->avail_out == 0 && room != 0;
    if (outcome != ISAL_DECOMP_OK) {
      error_ = damage(fmt::format("the gzip data is corrupt near compressed byte {}: {}",
                                  taken_ - state_->avail_in, reason_of(outcome)));
    } else if (state_->block_state == ISAL_BLOCK_FINISH) {
      end_part();
    }
  }

  void end_part() {
    is_within_part_ = has_output_left_ = false;
    ++parts_;
    std::uint8_t* const next = state_->next_in;
    const std::uint32_t left = state_->avail_in;
    isal_inflate_reset(state_.get());
    state_->crc_flag = ISAL_GZIP;
    state_->next_in = next;
    state_->avail_in = left;
  }

  // Parts may follow one another (RFC 1952 section 2.2); zeros after the last are padding.
  bool begin_part() {
    if (parts_ > 0) {
      while (state_->avail_in > 0 && *state_->next_in == 0) ++state_->next_in, --state_->avail_in;
      if (state_->avail_in == 0) return false;
      if (*state_->next_in != 0x1f) {
        error_ =
            damage(fmt::format("bytes that are not gzip follow the gzip data, from compressed "
                               "byte {}",
                               taken_ - state_->avail_in));
        return false;
      }
    }
    is_within_part_ = true;
    return true;
  }

  bool fill() {
    const auto count = inner_.read(reinterpret_cast<char*>(block_.get()), kBlockBytes);
    if (!count.ok()) {
      error_ = count.error();
      return false;
    }
    state_->next_in = block_.get();
    state_->avail_in = static_cast<std::uint32_t>(*count);
    taken_ += *count;
    if (*count > 0) return true;
    is_at_end_ = !is_within_part_;
    if (is_within_part_) {
      error_ =
          damage(fmt::format("the gzip data is truncated: it ends within a part, after {} "
                             "compressed bytes",
                             taken_));
    }
    return false;
  }

  ByteSource& inner_;
  std::unique_ptr<std::uint8_t[]> block_;
  std::unique_ptr<inflate_state> state_;
  std::uint64_t taken_ = 0;
  std::uint64_t parts_ = 0;
  bool is_within_part_ = false;
  bool has_output_left_ = false;
  bool is_at_end_ = false;
  std::optional<Error> error_;
};

}  // namespace

std::unique_ptr<ByteSource> make_gzip_source(ByteSource& inner) {
  return std::make_unique<GzipSource>(inner);
}

}  // namespace assay
