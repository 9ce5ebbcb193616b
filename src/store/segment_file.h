// One segment: what a batch brought, sorted, in one file that is written once.
//
// A file is a header, blocks, a footer and a trailer. Each block is columns after columns
// (column_codec.h) of up to some thousand entries of one section; the footer lists the blocks of
// each section with their first and last keys and the hash of their bytes. A file is whole or not
// there: it gets its name when everything is in it. docs/store.md has the layout.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"
#include "store/column_codec.h"

namespace assay {

// Where an entry stands in the order of its section. Rows by pair: client, qname, time; rows by
// time: time, 0, 0; names and hosts: their key; answers: offset, batch, position; records: time.
struct EntryKey {
  std::uint64_t a = 0, b = 0, c = 0;
  std::uint32_t evidence = 0;
  std::uint64_t offset = 0;

  auto operator<=>(const EntryKey&) const = default;
};

// Signed times as numbers of the same order.
inline std::uint64_t ordered(std::int64_t time_us) {
  return static_cast<std::uint64_t>(time_us) ^ (std::uint64_t{1} << 63);
}
inline std::int64_t time_of(std::uint64_t ordered_time) {
  return static_cast<std::int64_t>(ordered_time ^ (std::uint64_t{1} << 63));
}

struct BlockInfo {
  std::uint64_t at = 0;  // byte in the file
  std::uint32_t bytes = 0;
  std::uint32_t entries = 0;
  std::uint64_t hash = 0;
  EntryKey first, last;
  // Of rows and records, so that filters pass over blocks.
  std::int64_t time_min = 0, time_max = 0;
  std::uint64_t offset_min = 0, offset_max = 0;
};

enum class Section : std::uint8_t { rows, answers, records, names, hosts };
inline constexpr std::size_t kSections = 5;

struct SegmentIndex {
  std::uint32_t evidence = 0;
  std::uint64_t batch = 0;
  std::array<std::vector<BlockInfo>, kSections> blocks;

  const std::vector<BlockInfo>& of(Section section) const {
    return blocks[static_cast<std::size_t>(section)];
  }
  std::uint64_t entries(Section section) const;
};

// Most bytes and entries of one block; a reader takes no block beyond them.
inline constexpr std::uint32_t kMostBlockBytes = std::uint32_t{1} << 28;
inline constexpr std::uint32_t kMostBlockEntries = std::uint32_t{1} << 16;

// Writes blocks one after the other, some megabytes at a time.
class SegmentWriter {
 public:
  // Makes `path` anew. Errors: io.
  static Result<SegmentWriter> create(const std::string& path);
  // A file without a name, for what does not fit into memory; see release(). Errors: io.
  static Result<SegmentWriter> create_unnamed(const std::string& directory);
  SegmentWriter(SegmentWriter&& other) noexcept;
  SegmentWriter& operator=(SegmentWriter&&) = delete;
  ~SegmentWriter();

  // Where the next block's bytes are appended to; block() ends it.
  std::string& buffer() { return buffer_; }
  Status block(Section section, BlockInfo info);
  SegmentIndex& index() { return index_; }
  // Appends footer and trailer. The file is complete, though not durable. Errors: io.
  Status finish();
  // Writes what is pending; the descriptor of an unnamed file is then the caller's.
  Result<int> release();

 private:
  SegmentWriter(int descriptor, std::string path);
  Status write_out();

  int descriptor_;
  std::string path_;
  std::string buffer_;
  std::size_t block_begin_ = 0;  // in buffer_
  std::uint64_t written_ = 0;    // bytes of the file before buffer_
  SegmentIndex index_;
};

// Where blocks are read from. Files are opened for each block (2 microseconds): thousands of
// evidences would not fit into a process's descriptors. They are read rather than mapped, since
// mapped pages count as memory, and a file that was cut short would end the process.
class BlockSource {
 public:
  // `mend`: what to say when the file is damaged.
  BlockSource(std::string path, std::string mend);
  BlockSource(int descriptor, std::string mend);  // takes it
  BlockSource(const BlockSource&) = delete;
  BlockSource& operator=(const BlockSource&) = delete;
  ~BlockSource();

  // The block's bytes, checked against their hash, and kBlockSlack zero bytes behind them.
  // Errors: malformed (damaged; says how to rebuild), io.
  Status read(const BlockInfo& block, std::string& bytes) const;
  Error damaged(std::string_view what) const;
  // Reads and checks the footer. Errors: malformed, io.
  Result<SegmentIndex> read_index() const;

 private:
  Status read_at(std::uint64_t at, std::size_t size, char* into, std::string_view what) const;

  std::string path_;
  std::string mend_;
  int descriptor_ = -1;
};

// A section's source and its blocks, as scans and merges take them.
struct Segment {
  std::shared_ptr<const BlockSource> source;
  SegmentIndex index;
};

}  // namespace assay
