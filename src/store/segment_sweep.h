// Walks entries of many sorted segments together, window by window in ascending order, in memory
// that does not grow with what lies on disk.
//
// A window is all entries below a bound that is chosen from the first keys of the blocks, so that
// about the wanted number falls into it; the caller sorts it. A heap over the segments, the usual
// way, costs a few mispredicted comparisons a row that grow with their number; this does not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/segment_file.h"

namespace assay {

struct SweepInput {
  const Segment* segment = nullptr;
  std::vector<const BlockInfo*> blocks;  // those wanted, in their order
};

// All blocks of one section.
inline SweepInput whole_section(const Segment& segment, Section section) {
  SweepInput input{&segment, {}};
  for (const BlockInfo& block : segment.index.of(section)) input.blocks.push_back(&block);
  return input;
}

// View: parse(bytes, entries) and whatever `key_of` asks.
template <class View>
class Sweep {
 public:
  using KeyOf = std::function<EntryKey(const View&, std::size_t)>;
  // Entries [from, to) of a block of inputs[input].
  using Take =
      std::function<Status(std::size_t input, const View&, std::size_t from, std::size_t to)>;

  Sweep(std::vector<SweepInput> inputs, std::size_t entries_per_window, KeyOf key_of)
      : key_of_(std::move(key_of)), entries_per_window_(entries_per_window) {
    for (SweepInput& input : inputs) {
      for (const BlockInfo* block : input.blocks) starts_.push_back({block->first, block->entries});
      sources_.push_back({std::move(input)});
    }
    std::sort(starts_.begin(), starts_.end(),
              [](const Start& a, const Start& b) { return a.first < b.first; });
  }

  // Hands over the entries of the next window; false when there was none left. Errors: malformed
  // (a damaged file), io, and those of `take`.
  Result<bool> next(const Take& take) {
    if (is_finished_) return false;
    std::size_t entries = 0;
    while (next_start_ < starts_.size() && entries < entries_per_window_) {
      entries += starts_[next_start_++].entries;
    }
    is_finished_ = next_start_ == starts_.size();
    const EntryKey* bound = is_finished_ ? nullptr : &starts_[next_start_].first;
    std::size_t held_bytes = 0;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      ASSAY_TRY(take_below(i, bound, take));
      held_bytes += sources_[i].bytes.capacity();
    }
    if (held_bytes > kMostHeldBytes) {
      for (Source& source : sources_) source.release();
    }
    return true;
  }

 private:
  // Blocks in hand, one a segment, are given up beyond this and read again for the next window.
  static constexpr std::size_t kMostHeldBytes = std::size_t{64} << 20;

  struct Start {
    EntryKey first;
    std::uint32_t entries;
  };
  struct Source {
    SweepInput input;
    std::size_t next_block = 0;
    std::size_t position = 0;  // within that block
    bool is_loaded = false;
    std::string bytes;
    View view;

    void release() {
      is_loaded = false;
      bytes = std::string();
    }
  };

  Status load(Source& source) {
    const BlockInfo& block = *source.input.blocks[source.next_block];
    ASSAY_TRY(source.input.segment->source->read(block, source.bytes));
    if (!source.view.parse({source.bytes.data(), block.bytes}, block.entries)) {
      return source.input.segment->source->damaged("a block cannot be read");
    }
    source.is_loaded = true;
    return {};
  }

  std::size_t first_not_below(const Source& source, const EntryKey& bound) const {
    std::size_t low = source.position;
    std::size_t high = source.input.blocks[source.next_block]->entries;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (key_of_(source.view, middle) < bound) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  Status take_below(std::size_t i, const EntryKey* bound, const Take& take) {
    Source& source = sources_[i];
    while (source.next_block < source.input.blocks.size()) {
      const BlockInfo& block = *source.input.blocks[source.next_block];
      if (bound != nullptr && !(block.first < *bound)) break;
      if (!source.is_loaded) ASSAY_TRY(load(source));
      const bool is_whole = bound == nullptr || block.last < *bound;
      const std::size_t end = is_whole ? block.entries : first_not_below(source, *bound);
      if (end > source.position) ASSAY_TRY(take(i, source.view, source.position, end));
      source.position = end;
      if (end < block.entries) break;
      source.is_loaded = false;  // the bytes keep their room for the next block
      source.position = 0;
      ++source.next_block;
    }
    if (source.next_block == source.input.blocks.size()) source.release();
    return {};
  }

  KeyOf key_of_;
  const std::size_t entries_per_window_;
  std::vector<Source> sources_;
  std::vector<Start> starts_;  // of all blocks, ascending
  std::size_t next_start_ = 0;
  bool is_finished_ = false;
};

}  // namespace assay
