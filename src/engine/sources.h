// ByteSources of the engine: a file, its seal, a head that can be looked at, and decompression.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "assay/reader.h"
#include "core/digest.h"
#include "engine/files.h"

namespace assay {

// Decompressed data may be at most this many times the compressed data, once it is large at all:
// deflate cannot exceed 1,032; what other formats reach beyond it only a bomb needs.
inline constexpr std::uint64_t kMaxExpansionRatio = 2'000;
inline constexpr std::uint64_t kFreeExpansionBytes = 256ull << 20;
inline constexpr std::uint64_t kMaxExpandedBytes = 1ull << 40;
inline constexpr int kMaxEncodings = 3;  // "query.log.gz.gz.gz"

// Reads a descriptor to its end. `stop` and `progress` as in Surroundings; both may be empty.
class DescriptorSource final : public ByteSource {
 public:
  DescriptorSource(int descriptor, std::string path, const std::atomic<bool>* stop,
                   std::function<void(std::uint64_t)> progress);
  Result<std::size_t> read(char* into, std::size_t capacity) override;
  // When another thread reads, progress is told by tell_progress() alone, in the thread of its
  // caller.
  void tell_only_when_asked(bool is_so) { tells_while_reading_ = !is_so; }
  void tell_progress();
  // Back to the first byte.
  Status rewind();
  int descriptor() const { return descriptor_; }
  const std::atomic<bool>* stop_flag() const { return stop_; }
  // The file ends after so many bytes, whatever has been appended since.
  void end_after(std::uint64_t bytes) { end_ = bytes; }
  // What follows the last byte is lost: its end is this damage, in words, as of a stream that broke
  // off. "" = an ordinary end. For a member of an archive that could be unpacked only in part.
  void end_in(std::string damage) { damage_ = std::move(damage); }

 private:
  int descriptor_;
  std::string path_;
  const std::atomic<bool>* stop_;
  std::function<void(std::uint64_t)> progress_;
  std::atomic<std::uint64_t> done_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t end_ = UINT64_MAX;
  bool tells_while_reading_ = true;
  std::string damage_;
};

// Hashes what flows through.
class SealingSource final : public ByteSource {
 public:
  explicit SealingSource(ByteSource& inner) : inner_(inner) {}
  Result<std::size_t> read(char* into, std::size_t capacity) override;
  // Reads on to the end, so that the seal is that of all bytes. Damage (malformed) is an end.
  Status drain();
  std::uint64_t bytes() const { return bytes_; }
  // Why the bytes end where they do, when they broke off.
  const std::string& damage() const { return damage_; }
  std::string sha256();  // once, at the end

 private:
  ByteSource& inner_;
  Sha256 digest_;
  std::uint64_t bytes_ = 0;
  std::string damage_;
};

// Lets its first bytes be looked at before they are read.
class PeekSource final : public ByteSource {
 public:
  explicit PeekSource(ByteSource& inner) : inner_(inner) {}
  // Up to `size` bytes; fewer when the input ends or breaks off before.
  std::string_view peek(std::size_t size);
  // What stopped peek() early; the same error comes out of read() after the bytes before it.
  const std::optional<Error>& error() const { return error_; }
  Result<std::size_t> read(char* into, std::size_t capacity) override;

 private:
  ByteSource& inner_;
  std::string head_;
  std::size_t served_ = 0;
  std::optional<Error> error_;
};

// "gzip", "xz", "zstd", "bzip2", "lz4", "lzip", "compress", or "" for none of them.
std::string_view encoding_of(std::string_view head);
// True when libarchive would find members: tar (by its checksum), zip, 7z, rar, cpio, ar, cab.
bool is_archive(std::string_view head);

// Decompresses `inner` to the end of the last concatenated part. Damage: malformed, whose message
// says what is wrong at which compressed byte; what was decompressed before it is delivered first.
// gzip and xz go to the very byte; of the others the block that was begun is lost.
Result<std::unique_ptr<ByteSource>> make_decoder(std::string_view encoding, ByteSource& inner);
// Ends with malformed when the output exceeds the limits above.
std::unique_ptr<ByteSource> make_limit(std::unique_ptr<ByteSource> decoder,
                                       const SealingSource& received);

// The layers from bytes as received to bytes as read, and what they turned out to be.
class OpenedBytes {
 public:
  // `raw` outlives this. Errors: io.
  static Result<std::unique_ptr<OpenedBytes>> open(ByteSource& raw);

  SealingSource& received() { return *received_; }
  ByteSource& content() { return *top_; }
  std::string_view head() { return top_->peek(kSniffBytes); }
  const std::string& encoding() const { return encoding_; }  // "gzip", "gzip+gzip", ""
  bool is_archive() const { return is_archive_; }
  // Damage met while the head was decompressed, in words.
  std::string head_damage() const;

 private:
  explicit OpenedBytes(ByteSource& raw);
  std::unique_ptr<SealingSource> received_;
  std::vector<std::unique_ptr<ByteSource>> layers_;
  PeekSource* top_ = nullptr;
  std::string encoding_;
  bool is_archive_ = false;
};

}  // namespace assay
