#include "engine/read_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <stdexcept>

namespace assay {
namespace {

// Numbers in order, in pieces of any size, then what `end` says.
class CountingSource final : public ByteSource {
 public:
  enum class End { plain, error, exception };
  CountingSource(std::size_t size, End end) : size_(size), end_(end) {}

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    if (at_ == size_ && end_ == End::error) return Error{ErrorCode::malformed, "broken off", ""};
    if (at_ == size_ && end_ == End::exception) throw std::runtime_error("beneath");
    std::size_t count = std::min(capacity, size_ - at_);
    if (count > 1) count = 1 + random_() % count;
    for (std::size_t i = 0; i < count; ++i) into[i] = static_cast<char>(at_++ * 31 >> 3);
    return count;
  }
  std::size_t taken() const { return at_; }

 private:
  std::size_t size_;
  End end_;
  std::atomic<std::size_t> at_ = 0;
  std::mt19937 random_{9};
};

std::size_t read_and_check(ReadAhead& ahead) {
  std::mt19937 random(10);
  std::string buffer(1 << 19, '\0');
  std::size_t at = 0;
  while (true) {
    const auto count = ahead.read(buffer.data(), 1 + random() % buffer.size());
    if (!count.ok()) {
      EXPECT_EQ(count.error().message, "broken off");
      return at;
    }
    if (*count == 0) return at;
    for (std::size_t i = 0; i < *count; ++i, ++at) {
      if (buffer[i] != static_cast<char>(at * 31 >> 3)) {
        ADD_FAILURE() << "another byte at " << at;
        return at;
      }
    }
  }
}

TEST(ReadAhead, GivesAllBytesInOrderAndThenTheEnd) {
  for (const std::size_t size : {0u, 1u, 100u, 1u << 18, 12'345'678u}) {
    CountingSource source(size, CountingSource::End::plain);
    ReadAhead ahead(source, {});
    EXPECT_EQ(read_and_check(ahead), size);
    char byte = 0;
    EXPECT_EQ(*ahead.read(&byte, 1), 0u);
  }
}

TEST(ReadAhead, GivesAllBytesBeforeAnErrorAndRepeatsTheError) {
  CountingSource source(9'000'000, CountingSource::End::error);
  ReadAhead ahead(source, {});
  EXPECT_EQ(read_and_check(ahead), 9'000'000u);
  char byte = 0;
  EXPECT_EQ(ahead.read(&byte, 1).error().code, ErrorCode::malformed);
}

TEST(ReadAhead, ThrowsInTheReadersThreadWhatWasThrownBeneath) {
  CountingSource source(9'000'000, CountingSource::End::exception);
  ReadAhead ahead(source, {});
  EXPECT_THROW(read_and_check(ahead), std::runtime_error);
}

TEST(ReadAhead, HoldsABoundedNumberOfBlocksAndEndsWhenToldTo) {
  CountingSource source(100'000'000, CountingSource::End::plain);
  {
    ReadAhead ahead(source, {});
    char byte = 0;
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(ahead.read(&byte, 1).ok());
    for (int i = 0; i < 50; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_LE(source.taken(), (ReadAhead::kBlocks + 1) * ReadAhead::kBlockBytes);
  }
  const std::size_t taken = source.taken();
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(source.taken(), taken);
}

TEST(ReadAhead, TellsOfEachBlockInTheReadersThread) {
  CountingSource source(5'000'000, CountingSource::End::plain);
  const auto here = std::this_thread::get_id();
  int told = 0;
  ReadAhead ahead(source, [&] {
    EXPECT_EQ(std::this_thread::get_id(), here);
    ++told;
  });
  read_and_check(ahead);
  EXPECT_GE(told, 5'000'000 / static_cast<int>(ReadAhead::kBlockBytes));
}

}  // namespace
}  // namespace assay
