#include "engine/read_ahead.h"

#include <algorithm>
#include <cstring>

namespace assay {

ReadAhead::ReadAhead(ByteSource& inner, std::function<void()> each)
    : inner_(inner), each_(std::move(each)) {}

void ReadAhead::fill(Block& block) {
  if (!block.bytes) block.bytes.reset(new char[kBlockBytes]);
  block.size = 0;
  try {
    auto count = inner_.read(block.bytes.get(), kBlockBytes);
    if (count.ok()) {
      block.size = *count;
    } else {
      block.error = count.error();
    }
  } catch (...) {
    block.exception = std::current_exception();
  }
}

void ReadAhead::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      took_one_.wait(lock, [this] { return is_stopped_ || filled_ - taken_ < kBlocks; });
      if (is_stopped_) return;
    }
    Block& block = blocks_[filled_ % kBlocks];  // nobody else looks at it before it is counted
    fill(block);
    const bool is_last = block.is_last();
    {
      const std::lock_guard lock(mutex_);
      ++filled_;
    }
    filled_one_.notify_one();
    if (is_last) return;
  }
}

Result<std::size_t> ReadAhead::take_from(Block& block, char* into, std::size_t capacity) {
  if (block.is_last()) {  // stays at the front: who reads on is told the same again
    if (block.exception) std::rethrow_exception(block.exception);
    if (block.error) return *block.error;
    return std::size_t{0};
  }
  const std::size_t count = std::min(capacity, block.size - served_);
  std::memcpy(into, block.bytes.get() + served_, count);
  served_ += count;
  if (served_ == block.size) {
    served_ = 0;
    {
      const std::lock_guard lock(mutex_);
      ++taken_;
    }
    took_one_.notify_one();
    if (each_) each_();
  }
  return count;
}

Result<std::size_t> ReadAhead::read(char* into, std::size_t capacity) {
  if (!has_run_ && (read_bytes_ < kBytesWithoutThread || is_stopped_)) {
    auto count = inner_.read(into, capacity);
    if (count.ok()) read_bytes_ += *count;
    if (each_) each_();
    return count;
  }
  if (!has_run_) {
    has_run_ = true;
    thread_ = std::thread([this] { run(); });
  }
  {
    std::unique_lock lock(mutex_);
    filled_one_.wait(lock, [this] { return is_stopped_ || filled_ > taken_; });
    if (filled_ == taken_) return std::size_t{0};  // stopped before the end
  }
  return take_from(blocks_[taken_ % kBlocks], into, capacity);
}

void ReadAhead::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  took_one_.notify_one();
  if (thread_.joinable()) thread_.join();
}

}  // namespace assay
