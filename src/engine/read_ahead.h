// Reads the source beneath in a thread of its own: what hashes and decompresses there works while
// the reader above parses.
#pragma once

#include <array>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "assay/reader.h"

namespace assay {

// Bytes and errors come out in the order in which `inner` gave them, whatever the threads do. At
// most kBlocks blocks wait. Until stop() or the destructor returns, nobody else may use `inner`.
class ReadAhead final : public ByteSource {
 public:
  static constexpr std::size_t kBlocks = 8;
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

  // `each`: called in the reading thread after each block, for what must not be called in another
  // (progress); may be empty.
  ReadAhead(ByteSource& inner, std::function<void()> each);
  ~ReadAhead() override { stop(); }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // Throws what `inner` threw.
  Result<std::size_t> read(char* into, std::size_t capacity) override;
  // Ends the thread; read() then gives what it has read, and no more.
  void stop();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;  // 0: the end
    std::optional<Error> error;
    std::exception_ptr exception;

    bool is_last() const { return size == 0; }
  };

  void run();
  void fill(Block& block);
  Result<std::size_t> take_from(Block& block, char* into, std::size_t capacity);

  // Small inputs are read without a thread: one costs as much as parsing some thousand lines.
  static constexpr std::size_t kBytesWithoutThread = kBlockBytes / 2;

  ByteSource& inner_;
  std::function<void()> each_;
  std::size_t read_bytes_ = 0;  // without a thread
  bool has_run_ = false;
  std::array<Block, kBlocks> blocks_;
  std::size_t served_ = 0;  // of the block at the front
  std::mutex mutex_;
  std::condition_variable filled_one_, took_one_;
  std::size_t filled_ = 0, taken_ = 0;  // blocks since the start
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace assay
