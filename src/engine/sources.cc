#include "engine/sources.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace assay {
namespace {

constexpr std::uint64_t kProgressStep = 16ull << 20;
constexpr std::size_t kDrainBytes = std::size_t{1} << 18;

// Ends a stream that grows beyond every honest ratio.
class LimitSource final : public ByteSource {
 public:
  LimitSource(std::unique_ptr<ByteSource> decoder, const SealingSource& received)
      : decoder_(std::move(decoder)), received_(received) {}

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    if (is_over()) {
      return Error{ErrorCode::malformed,
                   fmt::format("it expands to more than {} times its size, or beyond {} bytes: "
                               "reading stopped after {} bytes",
                               kMaxExpansionRatio, kMaxExpandedBytes, bytes_),
                   "decompress it by hand if it is what it says it is, and add the result"};
    }
    auto count = decoder_->read(into, capacity);
    if (count.ok()) bytes_ += *count;
    return count;
  }

 private:
  bool is_over() const {
    if (bytes_ <= kFreeExpansionBytes) return false;
    return bytes_ > kMaxExpandedBytes || bytes_ / kMaxExpansionRatio > received_.bytes();
  }

  std::unique_ptr<ByteSource> decoder_;
  const SealingSource& received_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

DescriptorSource::DescriptorSource(int descriptor, std::string path, const std::atomic<bool>* stop,
                                   std::function<void(std::uint64_t)> progress)
    : descriptor_(descriptor),
      path_(std::move(path)),
      stop_(stop),
      progress_(std::move(progress)) {}

Result<std::size_t> DescriptorSource::read(char* into, std::size_t capacity) {
  while (true) {
    if (stop_ && stop_->load(std::memory_order_relaxed)) {
      return Error{ErrorCode::interrupted, fmt::format("stopped while reading {}", path_),
                   "run the command again: it goes on where it stopped"};
    }
    capacity = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, end_ - done_));
    const ssize_t count = capacity == 0 ? 0 : ::read(descriptor_, into, capacity);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", path_);
    if (count == 0 && !damage_.empty()) return Error{ErrorCode::malformed, damage_, ""};
    done_ += static_cast<std::uint64_t>(count);
    if (tells_while_reading_) tell_progress();
    return static_cast<std::size_t>(count);
  }
}

void DescriptorSource::tell_progress() {
  const std::uint64_t done = done_;
  if (!progress_ || done - told_ < kProgressStep) return;
  told_ = done;
  progress_(done);
}

Status DescriptorSource::rewind() {
  if (::lseek(descriptor_, 0, SEEK_SET) < 0) return system_error("rewind", path_);
  done_ = 0;
  told_ = 0;
  return {};
}

Result<std::size_t> SealingSource::read(char* into, std::size_t capacity) {
  auto count = inner_.read(into, capacity);
  if (count.ok()) {
    digest_.update({into, *count});
    bytes_ += *count;
  } else if (count.error().code == ErrorCode::malformed) {
    damage_ = count.error().message;
  }
  return count;
}

Status SealingSource::drain() {
  const auto buffer = std::make_unique<char[]>(kDrainBytes);
  while (true) {
    const auto count = read(buffer.get(), kDrainBytes);
    if (!count.ok() && count.error().code == ErrorCode::malformed) return {};
    if (!count.ok()) return count.error();
    if (*count == 0) return {};
  }
}

std::string SealingSource::sha256() { return digest_.hex(); }

std::string_view PeekSource::peek(std::size_t size) {
  while (head_.size() < size && !error_) {
    const std::size_t before = head_.size();
    head_.resize(size);
    const auto count = inner_.read(head_.data() + before, size - before);
    head_.resize(before + (count.ok() ? *count : 0));
    if (!count.ok()) error_ = count.error();
    if (count.ok() && *count == 0) break;
  }
  return std::string_view(head_).substr(0, size);
}

Result<std::size_t> PeekSource::read(char* into, std::size_t capacity) {
  if (served_ < head_.size()) {
    const std::size_t count = std::min(capacity, head_.size() - served_);
    std::memcpy(into, head_.data() + served_, count);
    served_ += count;
    return count;
  }
  if (error_) return *error_;
  return inner_.read(into, capacity);
}

std::unique_ptr<ByteSource> make_limit(std::unique_ptr<ByteSource> decoder,
                                       const SealingSource& received) {
  return std::make_unique<LimitSource>(std::move(decoder), received);
}

OpenedBytes::OpenedBytes(ByteSource& raw) : received_(std::make_unique<SealingSource>(raw)) {}

Result<std::unique_ptr<OpenedBytes>> OpenedBytes::open(ByteSource& raw) {
  std::unique_ptr<OpenedBytes> opened(new OpenedBytes(raw));
  auto peek = std::make_unique<PeekSource>(*opened->received_);
  opened->top_ = peek.get();
  opened->layers_.push_back(std::move(peek));
  for (int depth = 0; depth < kMaxEncodings; ++depth) {
    const std::string encoding(encoding_of(opened->head()));
    if (encoding.empty()) break;
    auto decoder = make_decoder(encoding, *opened->top_);
    if (!decoder.ok()) return decoder.error();
    opened->layers_.push_back(make_limit(std::move(*decoder), *opened->received_));
    auto next = std::make_unique<PeekSource>(*opened->layers_.back());
    opened->top_ = next.get();
    opened->layers_.push_back(std::move(next));
    opened->encoding_ += (opened->encoding_.empty() ? "" : "+") + encoding;
  }
  const std::string_view head = opened->head();
  const auto& error = opened->top_->error();
  if (error && error->code != ErrorCode::malformed) return *error;
  opened->is_archive_ = assay::is_archive(head);
  return opened;
}

std::string OpenedBytes::head_damage() const {
  return top_->error() ? top_->error()->message : std::string();
}

}  // namespace assay
